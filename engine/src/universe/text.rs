// SPDX-License-Identifier: GPL-2.0-or-later
//! Universes in words: formatting and parsing.

use super::{Groups, MANY_PASIDS, Universe};
use spec::{OpCode, Site};
use std::fmt;

const FAULTS_AT: &str = "faults at ";
const TO_PASID: &str = " to PASID ";

/// Formats the universe without its PASIDs, as earlier versions did.
struct Words<'a> {
    universe: &'a Universe,
    pasids: bool,
}

impl fmt::Display for Universe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words(true).fmt(f)
    }
}

impl Universe {
    fn words(&self, pasids: bool) -> Words<'_> {
        let universe = self;
        Words { universe, pasids }
    }
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let universe = self.universe;
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        if universe.given.is_empty() {
            f.write_str(&count(universe.devices, "device"))?;
            match &universe.groups {
                _ if universe.devices == 1 => {}
                Groups::Every => f.write_str(" in every grouping")?,
                Groups::Own => write!(f, " in {} groups", universe.devices)?,
                Groups::One => f.write_str(" in 1 group")?,
                Groups::These(groups) => write!(f, " in groups {}", words(groups))?,
            }
            write!(f, ", {}", count(universe.mms, "mm"))?;
            if universe
                .max_pasids
                .iter()
                .any(|&limit| limit != MANY_PASIDS)
            {
                write!(f, ", max_pasids {}", words(&universe.max_pasids))?;
            }
        } else {
            f.write_str(&count(universe.given.len(), "given topology").replace("ys", "ies"))?;
        }
        if let Some(ops) = universe.ops {
            write!(f, ", up to {}", count(ops, "op"))?;
        }
        if let Some(binds) = universe.binds {
            write!(f, ", {}", count(binds, "outstanding bind"))?;
        }
        if universe.cpus != 1 {
            write!(f, ", {}", count(universe.cpus, "CPU"))?;
        }
        if universe.only != Universe::usual(universe.ops, universe.cpus) {
            write!(f, ", only {}", words(&universe.only))?;
        }
        if self.pasids && universe.names_pasids() {
            let names_pasid = |code: &&OpCode| code.info().names_pasid();
            let names = list(universe.only.iter().filter(names_pasid), " and ");
            let pasids = list(universe.named_pasids().iter(), ", ");
            write!(f, ", {names}{TO_PASID}{pasids}")?;
        }
        match universe.faults.len() {
            0 => f.write_str(", no faults"),
            all if all == Site::ALL.len() => f.write_str(", faults"),
            _ => {
                let names: Vec<_> = universe.faults.iter().map(|site| site.name()).collect();
                write!(f, ", {FAULTS_AT}{}", names.join(" "))
            }
        }
    }
}

fn words<T: fmt::Display>(all: &[T]) -> String {
    list(all.iter(), " ")
}

fn list<T: ToString>(all: impl Iterator<Item = T>, between: &str) -> String {
    let words: Vec<String> = all.map(|this| this.to_string()).collect();
    words.join(between)
}

impl Universe {
    /// Parses the output of [`Display`](fmt::Display); returns `None` for any other text. Given
    /// topologies cannot be parsed from text. If the text has no PASIDs, operations name those that
    /// the mms can have.
    pub fn from_words(text: &str) -> Option<Universe> {
        let mut universe = Universe {
            ops: None,
            ..Universe::default()
        };
        let (mut only, mut pasids) = (None, None);
        for (index, part) in text.split(", ").enumerate() {
            if part == "faults" {
                universe.faults = Site::ALL.to_vec();
                continue;
            }
            if let Some((_, first)) = part.split_once(TO_PASID) {
                pasids = Some(vec![first.parse().ok()?]);
                continue;
            }
            if let (Some(pasids), Ok(pasid)) = (&mut pasids, part.parse()) {
                pasids.push(pasid);
                continue;
            }
            let (first, rest) = part.split_once(' ')?;
            match (index, first) {
                (0, devices) => {
                    universe.devices = devices.parse().ok()?;
                    universe.groups = groups(rest, universe.devices)?;
                }
                // Earlier versions wrote `1 to 2 mms`.
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
        let with_pasids = pasids.is_some();
        universe.set_pasids(pasids);
        let covers = |mms: usize| format!(", 1 to {mms} mms,");
        let given = text.replace(&covers(universe.mms), &format!(", {} mms,", universe.mms));
        let words = universe.words(with_pasids).to_string();
        (universe.refused().is_none() && words == given).then_some(universe)
    }
}

fn groups(text: &str, devices: usize) -> Option<Groups> {
    match text.split_once(" in ").map_or(text, |(_, groups)| groups) {
        "device" | "every grouping" | "devices" => Some(Groups::Every),
        "1 group" => Some(Groups::One),
        these if these.starts_with("groups ") => numbers(&these[7..]).map(Groups::These),
        own if own == format!("{devices} groups") => Some(Groups::Own),
        _ => None,
    }
}

fn numbers<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    text.split(' ').map(|word| word.parse().ok()).collect()
}

/// Returns the items of a list that the text names, in the order of the list; `None` if it names
/// anything else.
fn one_of<T: Copy>(text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Option<Vec<T>> {
    let named: Vec<&str> = text.split(' ').collect();
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
    fn what_is_written_is_read_again() {
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
                ..small.clone()
            },
            Universe {
                pasids: Some(vec![1, 2]),
                ..small.clone()
            },
            Universe {
                max_pasids: vec![4096],
                pasids: Some(vec![7]),
                cpus: 2,
                ..small
            },
        ];
        for universe in universes {
            let text = universe.to_string();
            assert_eq!(Universe::from_words(&text), Some(universe), "{text}");
        }
    }

    #[test]
    fn pasids_are_named_where_operations_name_them() {
        let of = |only: &[OpCode]| {
            let only = only.to_vec();
            let universe = Universe {
                only,
                ..Universe::default()
            };
            universe.to_string()
        };
        let all = Universe::default().to_string();
        let named = "up to 4 ops, attach and page_request to PASID 0, 1, 2, 15, 16, no faults";
        assert!(all.ends_with(named), "{all}");
        let one = of(&[OpCode::PageRequest]);
        assert!(
            one.ends_with(", page_request to PASID 0, 1, 2, 15, 16, no faults"),
            "{one}"
        );
        assert!(!of(&[OpCode::Bind]).contains("PASID"));
    }

    #[test]
    fn text_of_earlier_versions_is_read_with_the_pasids_of_the_mms() {
        let old = Universe {
            pasids: Some(vec![1, 2]),
            ..Universe::default()
        };
        for mms in ["2 mms", "1 to 2 mms"] {
            let text = format!("2 devices in every grouping, {mms}, up to 4 ops, no faults");
            assert_eq!(Universe::from_words(&text), Some(old.clone()));
        }
        // On several CPUs these are the default PASIDs.
        let text = "1 device, 1 mm, up to 4 ops, 2 CPUs, no faults";
        let pasids = Universe::from_words(text).map(|universe| universe.pasids);
        assert_eq!(pasids, Some(None));
    }

    #[test]
    fn other_words_are_no_universe() {
        for text in [
            "",
            "everything",
            "9 devices in every grouping, 1 mm, up to 4 ops, no faults",
            "2 devices in every grouping, 2 mms, up to 4 ops",
            "2 devices in every grouping, 2 mms, up to 4 ops, no faults, no faults",
            "2 devices in every grouping, 2 mms, up to 4 ops, faults at nothing",
            "2 devices in every grouping, 2 mms, up to 4 ops, attach to PASID 1, no faults",
            "2 devices in every grouping, 2 mms, up to 4 ops, attach and page_request to PASID 2, 1, no faults",
        ] {
            assert_eq!(Universe::from_words(text), None, "{text}");
        }
    }
}
