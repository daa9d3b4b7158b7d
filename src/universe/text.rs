// SPDX-License-Identifier: GPL-2.0-or-later
//! A universe in words, and read again from them.

use super::{Groups, MANY_PASIDS, Universe};
use spec::{OpCode, Site};
use std::fmt;

const FAULTS_AT: &str = "faults at ";

impl fmt::Display for Universe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        if self.given.is_empty() {
            f.write_str(&count(self.devices, "device"))?;
            match &self.groups {
                _ if self.devices == 1 => {}
                Groups::Every => f.write_str(" in every grouping")?,
                Groups::Own => write!(f, " in {} groups", self.devices)?,
                Groups::One => f.write_str(" in 1 group")?,
                Groups::These(groups) => write!(f, " in groups {}", words(groups))?,
            }
            write!(f, ", {}", count(self.mms, "mm"))?;
            if self.max_pasids.iter().any(|&limit| limit != MANY_PASIDS) {
                write!(f, ", max_pasids {}", words(&self.max_pasids))?;
            }
        } else {
            f.write_str(&count(self.given.len(), "given topology").replace("ys", "ies"))?;
        }
        if let Some(ops) = self.ops {
            write!(f, ", up to {}", count(ops, "op"))?;
        }
        if let Some(binds) = self.binds {
            write!(f, ", {}", count(binds, "outstanding bind"))?;
        }
        if self.cpus != 1 {
            write!(f, ", {}", count(self.cpus, "CPU"))?;
        }
        if self.only != Universe::usual(self.ops, self.cpus) {
            write!(f, ", only {}", words(&self.only))?;
        }
        match self.faults.len() {
            0 => f.write_str(", no faults"),
            all if all == Site::ALL.len() => f.write_str(", faults"),
            _ => {
                let names: Vec<_> = self.faults.iter().map(|site| site.name()).collect();
                write!(f, ", {FAULTS_AT}{}", names.join(" "))
            }
        }
    }
}

fn words<T: ToString>(list: &[T]) -> String {
    let words: Vec<String> = list.iter().map(T::to_string).collect();
    words.join(" ")
}

impl Universe {
    /// The universe of which this is what [`Display`](fmt::Display) says; `None` of anything else.
    /// Topologies that were given cannot be read from words.
    pub fn from_words(text: &str) -> Option<Universe> {
        let mut universe = Universe {
            ops: None,
            ..Universe::default()
        };
        let mut only = None;
        for (index, part) in text.split(", ").enumerate() {
            if part == "faults" {
                universe.faults = Site::ALL.to_vec();
                continue;
            }
            let (first, rest) = part.split_once(' ')?;
            match (index, first) {
                (0, devices) => {
                    universe.devices = devices.parse().ok()?;
                    universe.groups = groups(rest, universe.devices)?;
                }
                // Earlier versions counted what is covered as well.
                (1, mms) => {
                    universe.mms = rest.split(' ').rev().nth(1).unwrap_or(mms).parse().ok()?
                }
                (_, "max_pasids") => universe.max_pasids = numbers(rest)?,
                (_, "up") => {
                    universe.ops = rest.strip_prefix("to ")?.split(' ').next()?.parse().ok();
                }
                (_, "only") => only = Some(one_of(rest, &OpCode::ALL, OpCode::name)?),
                (_, "no") => {}
                (_, "faults") => {
                    let sites = part.strip_prefix(FAULTS_AT)?;
                    universe.faults = one_of(sites, &Site::ALL, Site::name)?;
                }
                (_, cpus) if part.ends_with(" CPUs") => universe.cpus = cpus.parse().ok()?,
                (_, binds) => universe.binds = Some(binds.parse().ok()?),
            }
        }
        universe.only = only.unwrap_or_else(|| Universe::usual(universe.ops, universe.cpus));
        let covers = |mms: usize| format!(", 1 to {mms} mms,");
        let said = text.replace(&covers(universe.mms), &format!(", {} mms,", universe.mms));
        let is_it = universe.refused().is_none() && universe.to_string() == said;
        is_it.then_some(universe)
    }
}

fn groups(said: &str, devices: usize) -> Option<Groups> {
    match said.split_once(" in ").map_or(said, |(_, groups)| groups) {
        "device" | "every grouping" | "devices" => Some(Groups::Every),
        "1 group" => Some(Groups::One),
        these if these.starts_with("groups ") => numbers(&these[7..]).map(Groups::These),
        own if own == format!("{devices} groups") => Some(Groups::Own),
        _ => None,
    }
}

fn numbers<T: std::str::FromStr>(said: &str) -> Option<Vec<T>> {
    said.split(' ').map(|word| word.parse().ok()).collect()
}

/// Those of a list that are named, in its order.
fn one_of<T: Copy>(said: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Option<Vec<T>> {
    let named: Vec<&str> = said.split(' ').collect();
    let found: Vec<T> = all
        .iter()
        .copied()
        .filter(|&this| named.contains(&name(this)))
        .collect();
    (found.len() == named.len()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_again() {
        let small = Universe::default();
        let universes = [
            small.clone(),
            Universe {
                devices: 1,
                mms: 1,
                ops: Some(1),
                binds: Some(1),
                ..small.clone()
            },
            Universe {
                devices: 3,
                groups: Groups::Own,
                max_pasids: vec![2],
                ops: None,
                binds: Some(5),
                only: Universe::usual(None, 1),
                ..small.clone()
            },
            Universe {
                devices: 3,
                groups: Groups::These(vec![0, 1, 1]),
                max_pasids: vec![2, 0, 16],
                only: vec![OpCode::Bind, OpCode::Exit],
                faults: vec![Site::DomainAlloc, Site::SetDevPasid],
                ..small.clone()
            },
            Universe {
                cpus: 2,
                only: Universe::usual(Some(4), 2),
                ..small.clone()
            },
            Universe {
                groups: Groups::One,
                faults: Site::ALL.to_vec(),
                ..small
            },
        ];
        for universe in universes {
            let said = universe.to_string();
            assert_eq!(Universe::from_words(&said), Some(universe), "{said}");
        }
    }

    #[test]
    fn what_earlier_versions_said_is_read_as_well() {
        let said = "2 devices in every grouping, 1 to 2 mms, up to 4 ops, no faults";
        assert_eq!(Universe::from_words(said), Some(Universe::default()));
    }

    #[test]
    fn other_words_are_no_universe() {
        for said in [
            "",
            "everything",
            "9 devices in every grouping, 1 mm, up to 4 ops, no faults",
            "2 devices in every grouping, 2 mms, up to 4 ops",
            "2 devices in every grouping, 2 mms, up to 4 ops, no faults, no faults",
            "2 devices in every grouping, 2 mms, up to 4 ops, faults at nothing",
        ] {
            assert_eq!(Universe::from_words(said), None, "{said}");
        }
    }
}
