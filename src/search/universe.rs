// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search covers.

use serde_json::{Value, json};
use spec::case::{MAX_DEVICES, MAX_MMS, MAX_OPS, OP_NAMES};
use spec::run::Held;
use spec::{Device, Errno, Fault, Mm, Op, OpKind, Run, Site, Topology};
use std::fmt;

/// The sequences of operations that a search covers, over some topologies. Either their length is
/// limited, or how much they hold at the same time; or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Universe {
    /// How many devices; every way to put them into groups is a topology.
    pub devices: usize,
    /// How many mms at most; every number from 1 is a topology.
    pub mms: usize,
    /// Most operations in a sequence; `None` for any number of them.
    pub ops: Option<usize>,
    /// Most operations that hold something at the same time: binds, and what else holds. `None`
    /// for any number of them.
    pub binds: Option<usize>,
    /// The operations, by name.
    pub only: Vec<&'static str>,
    /// Whether states are one that are the same but for the names of devices and mms.
    pub symmetry: bool,
    /// Whether an operation can have a fault.
    pub faults: bool,
}

impl Default for Universe {
    /// Two devices in two groups and two in one, one and two mms, four operations, no faults.
    fn default() -> Self {
        Universe {
            devices: 2,
            mms: 2,
            ops: Some(4),
            binds: None,
            only: OP_NAMES.to_vec(),
            symmetry: true,
            faults: false,
        }
    }
}

/// `max_pasids` of every device here: so many that allocation never runs out of them.
const MAX_PASIDS: u16 = 16;

impl Universe {
    /// The operations of a universe unless others are asked for: all where the length of sequences
    /// is limited; where it is not, those that callers of the SVA calls do.
    pub fn usual(ops: Option<usize>) -> Vec<&'static str> {
        match ops {
            Some(_) => OP_NAMES.to_vec(),
            None => [
                "bind",
                "unbind",
                "get_pasid",
                "exit",
                "page_request",
                "enqcmd_pasid",
            ]
            .into(),
        }
    }

    /// Why there is no such universe, if there is none.
    pub fn refused(&self) -> Option<String> {
        let limits = [
            ("devices", self.devices, 1, MAX_DEVICES),
            ("mms", self.mms, 1, MAX_MMS),
            ("ops", self.ops.unwrap_or(0), 0, MAX_OPS),
            ("binds", self.binds.unwrap_or(1), 1, MAX_OPS - 1),
        ];
        if self.ops.is_none() && self.binds.is_none() {
            return Some("a universe needs a limit of ops or of binds".to_owned());
        }
        limits.into_iter().find_map(|(what, given, least, most)| {
            (given < least || given > most)
                .then(|| format!("{given} {what}, but a universe has {least} to {most}"))
        })
    }

    /// The topologies, smaller ones first. Groups are numbered as they are met, so no two of them
    /// are the same but for names.
    pub fn topologies(&self) -> Vec<Topology> {
        let mut groupings: Vec<Vec<u8>> = vec![vec![]];
        for _ in 0..self.devices {
            groupings = groupings
                .iter()
                .flat_map(|grouping| {
                    let groups = grouping.iter().max().map_or(0, |&group| group + 1);
                    (0..=groups).map(|group| [&grouping[..], &[group]].concat())
                })
                .collect();
        }
        // Devices of a topology are alike, so only the sizes of the groups count.
        let sizes = |grouping: &Vec<u8>| {
            let mut sizes = [0; MAX_DEVICES];
            grouping
                .iter()
                .for_each(|&group| sizes[group as usize] += 1);
            sizes
        };
        groupings.retain(|grouping| {
            let sizes = sizes(grouping);
            sizes.is_sorted_by(|a, b| a >= b) && grouping.is_sorted()
        });
        // The more groups, the less is shared: begin with the simplest.
        groupings.sort_by_key(|grouping| std::cmp::Reverse(grouping.last().copied()));
        (1..=self.mms)
            .flat_map(|mms| groupings.iter().map(move |grouping| (mms, grouping)))
            .map(|(mms, grouping)| Topology {
                devices: grouping
                    .iter()
                    .map(|&group| Device {
                        group,
                        max_pasids: MAX_PASIDS,
                        instance: 0,
                    })
                    .collect(),
                mms: vec![Mm { dma_compat: true }; mms],
            })
            .collect()
    }

    /// The PASIDs that drivers attach to and that devices fault on: those that the mms get first.
    fn pasids(&self) -> std::ops::RangeInclusive<u32> {
        1..=self.mms as u32
    }

    /// Every operation that does something in at least one of two runs.
    pub fn operations(&self, runs: [&Run; 2], outstanding: usize, out: &mut Vec<Op>) {
        out.clear();
        let is_full = self.binds.is_some_and(|binds| outstanding >= binds);
        let devices = 0..runs[0].machine.nr_devices() as u32;
        let mms = 0..runs[0].machine.nr_mms().max(runs[1].machine.nr_mms()) as u32;
        let mut push = |kind: OpKind| {
            if !self.only.contains(&kind.name()) || is_full && is_holding(kind) {
                return;
            }
            out.push(kind.into());
        };
        for dev in devices.clone() {
            for mm in mms.clone() {
                push(OpKind::Bind { dev, mm });
            }
        }
        for of in 0..outstanding as u32 {
            let held = runs.map(|run| run.held(of as usize));
            for held in held
                .into_iter()
                .filter(|held| *held != Held::Nothing)
                .take(1)
            {
                match held {
                    Held::Nothing => {}
                    Held::Bind(_) => {
                        push(OpKind::Unbind { of });
                        push(OpKind::GetPasid { of });
                    }
                    Held::Pasid(_) => push(OpKind::FreePasid { of }),
                    Held::Domain { .. } => push(OpKind::Detach { of }),
                }
            }
        }
        for mm in mms {
            push(OpKind::Exit { mm });
            push(OpKind::Fork { mm });
            push(OpKind::EnqcmdPasid { mm });
        }
        for dev in devices {
            push(OpKind::AllocPasid { dev });
            for pasid in self.pasids() {
                push(OpKind::PageRequest { dev, pasid });
                push(OpKind::Attach { dev, pasid });
            }
        }
        if self.faults {
            // After all without one: a case that needs no fault is the simpler one.
            for at in 0..out.len() {
                let op = out[at];
                let faulty = faults(op.kind).map(|fault| Op {
                    fault: Some(fault),
                    ..op
                });
                out.extend(faulty);
            }
        }
    }

    /// The universe in JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "devices": self.devices,
            "mms": self.mms,
            "ops": self.ops,
            "binds": self.binds,
            "only": self.only,
            "faults": self.faults,
            "topologies": self.topologies(),
        })
    }
}

/// Whether the caller of an operation holds something afterwards.
fn is_holding(kind: OpKind) -> bool {
    matches!(
        kind,
        OpKind::Bind { .. } | OpKind::AllocPasid { .. } | OpKind::Attach { .. }
    )
}

/// The faults that an operation can meet. A driver's own errno is passed on, whichever it is, so
/// one stands for all; `EBUSY` is the one that the kernels also return themselves.
fn faults(kind: OpKind) -> impl Iterator<Item = Fault> {
    let sites: &[Site] = match kind {
        OpKind::Bind { .. } => &Site::ALL,
        OpKind::AllocPasid { .. } => &[Site::PasidAlloc],
        OpKind::Attach { .. } => &[Site::PasidArray, Site::SetDevPasid],
        _ => &[],
    };
    sites.iter().flat_map(|&site| {
        let nths: &[u32] = match site {
            Site::PasidArray | Site::SetDevPasid => &[1, 2, 0],
            _ => &[1],
        };
        let errnos: &[Errno] = match site {
            Site::SetDevPasid => &[Errno::EIO, Errno::EBUSY],
            _ => &[Errno::ENOMEM],
        };
        nths.iter()
            .flat_map(move |&nth| errnos.iter().map(move |&errno| Fault { site, nth, errno }))
    })
}

impl fmt::Display for Universe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |f: &mut fmt::Formatter<'_>, n: usize, what: &str| {
            write!(f, "{n} {what}{}", if n == 1 { "" } else { "s" })
        };
        count(f, self.devices, "device")?;
        if self.devices > 1 {
            f.write_str(" in every grouping")?;
        }
        match self.mms {
            1 => f.write_str(", 1 mm")?,
            n => write!(f, ", 1 to {n} mms")?,
        }
        if let Some(ops) = self.ops {
            f.write_str(", up to ")?;
            count(f, ops, "op")?;
        }
        if let Some(binds) = self.binds {
            f.write_str(", ")?;
            count(f, binds, "outstanding bind")?;
        }
        if self.only != Universe::usual(self.ops) {
            write!(f, ", only {}", self.only.join(" "))?;
        }
        f.write_str(if self.faults {
            ", faults"
        } else {
            ", no faults"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Universe;

    fn groupings(devices: usize) -> Vec<Vec<u8>> {
        let universe = Universe {
            devices,
            mms: 1,
            ..Universe::default()
        };
        let topologies = universe.topologies();
        let groups = |t: &spec::Topology| t.devices.iter().map(|d| d.group).collect();
        topologies.iter().map(groups).collect()
    }

    #[test]
    fn two_devices_are_in_two_groups_or_in_one() {
        assert_eq!(groupings(2), [vec![0, 1], vec![0, 0]]);
    }

    #[test]
    fn devices_are_grouped_in_as_many_ways_as_their_number_has_partitions() {
        let partitions = [1, 2, 3, 5, 7, 11, 15, 22];
        for (devices, expected) in (1..).zip(partitions) {
            assert_eq!(groupings(devices).len(), expected, "{devices} devices");
        }
    }

    #[test]
    fn the_default_universe_has_four_topologies() {
        assert_eq!(Universe::default().topologies().len(), 4);
    }
}
