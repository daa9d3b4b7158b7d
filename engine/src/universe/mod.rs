// SPDX-License-Identifier: GPL-2.0-or-later
//! The universe of a search: the sequences of operations that it covers.

mod json;
mod text;

use crate::judge::is_tried;
use spec::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, MAX_PASIDS};
use spec::kernel::MmId;
use spec::op::{MmState, Things};
use spec::{Device, Fault, Mm, Model, Op, OpCode, OpKind, Run, Site, Topology};
use std::borrow::Cow;
use std::collections::HashSet;

/// The sequences of operations that a search covers, over some topologies. The length of the
/// sequences is limited, or how many operations hold something at the same time, or both.
///
/// Sequences that need fewer devices or mms are covered as well, because the others can stay
/// unused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Universe {
    /// The number of devices.
    pub devices: usize,
    /// How the devices are divided into groups.
    pub groups: Groups,
    /// `max_pasids`, the limit that a PASID of a device must be below: one value for all devices,
    /// or one for each.
    pub max_pasids: Vec<u16>,
    /// The number of mms.
    pub mms: usize,
    /// The topologies, given explicitly in place of the four fields above. Empty if none are given.
    pub given: Vec<Topology>,
    /// The most operations in a sequence; `None` for any number.
    pub ops: Option<usize>,
    /// The most operations that hold something at the same time: binds, and any other operation
    /// that acquires something. `None` for any number.
    pub binds: Option<usize>,
    /// The PASIDs that operations name, ascending and without repetition; `None` for the default,
    /// see [`named_pasids`](Universe::named_pasids).
    pub pasids: Option<Vec<u32>>,
    /// The operations, in the order of [`OpCode::ALL`].
    pub only: Vec<OpCode>,
    /// The sites that can fail, in the order of [`Site::ALL`].
    pub faults: Vec<Site>,
    /// The number of CPUs that run the operations. With more than one, every interleaving is
    /// covered.
    pub cpus: usize,
    /// Whether states that differ only in the names of devices and mms are merged.
    pub symmetry: bool,
}

/// How devices are divided into groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// In every possible division; each is a topology.
    Every,
    /// Each device in a group of its own.
    Own,
    /// All devices in one group.
    One,
    /// Each device in the group with this number.
    These(Vec<u8>),
}

impl Default for Universe {
    /// Returns the default universe: two devices, in two groups and in one; two mms; four
    /// operations; no faults.
    fn default() -> Self {
        Universe {
            devices: 2,
            groups: Groups::Every,
            max_pasids: vec![MANY_PASIDS],
            mms: 2,
            pasids: None,
            given: Vec::new(),
            ops: Some(4),
            binds: None,
            only: OpCode::ALL.to_vec(),
            faults: Vec::new(),
            cpus: 1,
            symmetry: true,
        }
    }
}

/// The most CPUs of a universe. With more CPUs there are too many schedules to explore.
pub const MOST_CPUS: usize = 4;

/// The most PASIDs that the operations of a universe name.
pub const MOST_PASIDS: usize = 64;

/// The default `max_pasids` of a device. It is large enough that allocation never fails in a small
/// universe.
pub const MANY_PASIDS: u16 = 16;

impl Universe {
    /// Returns the default operations of a universe. If the length of sequences is limited and
    /// there is one CPU, these are all operations; otherwise, those of callers of the SVA
    /// functions.
    pub fn usual(ops: Option<usize>, cpus: usize) -> Vec<OpCode> {
        let all = ops.is_some() && cpus <= 1;
        let is_in = |code: &OpCode| all || code.info().usual;
        OpCode::ALL.into_iter().filter(is_in).collect()
    }

    /// Returns why this universe is not valid; `None` if it is.
    pub fn refused(&self) -> Option<String> {
        let limits = [
            ("devices", self.devices, 1, MAX_DEVICES),
            ("mms", self.mms, 1, MAX_MMS),
            ("ops", self.ops.unwrap_or(0), 0, MAX_OPS),
            ("binds", self.binds.unwrap_or(1), 1, MAX_OPS - 1),
            ("CPUs", self.cpus, 1, MOST_CPUS),
            ("PASIDs", self.named_pasids().len(), 1, MOST_PASIDS),
        ];
        if self.cpus > 1 && (self.ops.is_none() || self.binds.is_some()) {
            return Some(
                "on several CPUs, a universe has a limit of ops, and none of binds".to_owned(),
            );
        }
        if self.ops.is_none() && self.binds.is_none() {
            return Some("a universe needs a limit of ops or of binds".to_owned());
        }
        let beyond = limits.into_iter().find_map(|(what, given, least, most)| {
            (given < least || given > most)
                .then(|| format!("{given} {what}, but a universe has {least} to {most}"))
        });
        if beyond.is_some() {
            return beyond;
        }
        let devices = self.devices;
        if let Groups::These(groups) = &self.groups {
            if groups.len() != devices {
                let named = groups.len();
                return Some(format!(
                    "groups of {named} devices, but there are {devices}"
                ));
            }
            if let Some(group) = groups.iter().find(|&&group| group as usize >= MAX_GROUPS) {
                return Some(format!("group {group}, but groups are below {MAX_GROUPS}"));
            }
        }
        let pasids = self.named_pasids();
        if let Some(pasid) = pasids.iter().find(|&&pasid| pasid >= MAX_PASIDS.into()) {
            return Some(format!("PASID {pasid}, but PASIDs are below {MAX_PASIDS}"));
        }
        if self.only.is_empty() {
            return Some("a universe needs an operation".to_owned());
        }
        let twice = (1..self.given.len()).find(|&at| self.given[..at].contains(&self.given[at]));
        if let Some(at) = twice {
            return Some(format!("topologies[{at}] stands there twice"));
        }
        let limits = self.max_pasids.len();
        if limits != 1 && limits != devices {
            return Some(format!(
                "max_pasids of {limits} devices, but there are {devices}"
            ));
        }
        let most = MAX_PASIDS;
        let over = self.max_pasids.iter().find(|&&limit| limit > most);
        over.map(|limit| format!("max_pasids {limit}, but it is at most {most}"))
    }

    /// Returns the topologies in the order in which they are searched: those with the most groups
    /// first, because they share least. Enumerated topologies differ in more than names.
    pub fn topologies(&self) -> Vec<Topology> {
        if !self.given.is_empty() {
            return self.given.clone();
        }
        let max_pasids = |dev: usize| self.max_pasids[dev.min(self.max_pasids.len() - 1)];
        let topology = |groups: &Vec<u8>| Topology {
            devices: (0..)
                .zip(groups)
                .map(|(dev, &group)| Device {
                    group,
                    max_pasids: max_pasids(dev),
                    instance: 0,
                })
                .collect(),
            mms: vec![Mm { dma_compat: true }; self.mms],
        };
        let groupings = match &self.groups {
            Groups::Every => groupings(self.devices, max_pasids),
            Groups::Own => vec![(0..self.devices as u8).collect()],
            Groups::One => vec![vec![0; self.devices]],
            Groups::These(groups) => vec![groups.clone()],
        };
        groupings.iter().map(topology).collect()
    }

    /// Returns the PASIDs that operations of this universe name, in ascending order.
    ///
    /// Unless PASIDs are given, these are 0, the PASIDs that the mms can have, and, for each
    /// device, the last PASID below its limit and the first one beyond; 4096 is not a PASID and is
    /// left out. On several CPUs, where every additional operation multiplies the number of
    /// schedules, 0 and the PASIDs around the limits are included only if a domain can be attached
    /// there, because otherwise nothing answers a page request on them.
    pub fn named_pasids(&self) -> Cow<'_, [u32]> {
        if let Some(pasids) = &self.pasids {
            return pasids.into();
        }
        let mut pasids = pasids_of(self.mms);
        let attaches = |code: &OpCode| code.info().names_pasid() && code.info().holds.is_some();
        if self.cpus <= 1 || self.only.iter().any(attaches) {
            pasids.push(0);
            let mut limit = |limit: u16| {
                let limit = u32::from(limit);
                pasids.extend(limit.checked_sub(1));
                pasids.extend((limit < MAX_PASIDS.into()).then_some(limit));
            };
            match &self.given[..] {
                [] => self.max_pasids.iter().copied().for_each(&mut limit),
                given => { given.iter() }
                    .flat_map(|topology| &topology.devices)
                    .for_each(|device| limit(device.max_pasids)),
            }
            pasids.sort();
            pasids.dedup();
        }
        pasids.into()
    }

    /// Returns whether any operation of this universe names a PASID.
    pub(crate) fn names_pasids(&self) -> bool {
        self.only.iter().any(|code| code.info().names_pasid())
    }

    /// Sets the PASIDs that operations name. `None` stands for the PASIDs that the mms can have, as
    /// a missing key did in files of earlier versions.
    pub fn set_pasids(&mut self, pasids: Option<Vec<u32>>) {
        self.pasids = None;
        let mut pasids = match pasids {
            None if !self.names_pasids() => return,
            None => pasids_of(self.mms),
            Some(pasids) => pasids,
        };
        pasids.sort();
        pasids.dedup();
        if pasids != *self.named_pasids() {
            self.pasids = Some(pasids);
        }
    }

    /// Collects every operation that does something in at least one of these runs, of the models
    /// `models`. Of several releases that release the same thing in all runs, it collects one.
    pub fn operations<M: Model, const N: usize>(
        &self,
        models: &[M; N],
        runs: &[Run; N],
        outstanding: usize,
        out: &mut Vec<Op>,
    ) {
        out.clear();
        let is_full = self.binds.is_some_and(|binds| outstanding >= binds);
        let only = { self.only.iter() }
            .filter(|code| !(is_full && code.info().holds.is_some()))
            .filter(|&&code| is_tried(models, code))
            .fold(0_u64, |only, &code| only | 1 << code as u8);
        let mms = runs.iter().map(|run| run.machine.nr_mms() as u32).max();
        let pasids = self.named_pasids();
        let things = Things {
            devices: runs[0].machine.nr_devices() as u32,
            mms: mms.unwrap_or(0),
            ops: outstanding as u32,
            pasids: &pasids,
        };
        let held = |of: u32| {
            let of = of as usize;
            let same = |run: &Run| of > 0 && run.held(of) == run.held(of - 1);
            if runs.iter().all(same) {
                return None;
            }
            runs.iter().find_map(|run| run.held(of).resource())
        };
        // An operation that is skipped in all runs does nothing.
        let does = |kind: OpKind| {
            let (Some((_, state)), Some(mm)) = (kind.info().mm(), kind.mm()) else {
                return true;
            };
            let mut mms = runs.iter().map(|run| run.machine.mm(MmId::new(mm as u8)));
            match state {
                MmState::Alive => mms.any(|mm| !mm.exited),
                MmState::Exists => mms.any(|mm| mm.mm_count != 0),
            }
        };
        let asked = |code: OpCode| only >> code as u8 & 1 != 0;
        things.operations(asked, held, |kind| {
            if does(kind) {
                out.push(kind.into());
            }
        });
        if !self.faults.is_empty() {
            // Operations with faults come last, because a case without faults is simpler.
            for at in 0..out.len() {
                let op = out[at];
                let faulty = self.faults_of(op.kind).map(|fault| Op {
                    fault: Some(fault),
                    ..op
                });
                out.extend(faulty);
            }
        }
    }

    /// Returns an upper bound of the number of operations in any state.
    pub fn most_operations(&self) -> usize {
        let things = Things {
            devices: MAX_DEVICES as u32,
            mms: MAX_MMS as u32,
            ops: MAX_OPS as u32,
            pasids: &self.named_pasids(),
        };
        let faults = |code: OpCode| self.faults_at(code.info().sites).count();
        let faults = OpCode::ALL.map(faults).into_iter().max().unwrap_or(0);
        things.most() * (1 + faults)
    }

    /// Returns the faults of this universe that can affect an operation.
    pub(crate) fn faults_of(&self, kind: OpKind) -> impl Iterator<Item = Fault> + '_ {
        self.faults_at(kind.info().sites)
    }

    fn faults_at(&self, reached: &'static [Site]) -> impl Iterator<Item = Fault> + '_ {
        let asked = self.faults.iter().filter(|site| reached.contains(site));
        asked.flat_map(|site| site.tried())
    }
}

/// Returns the PASIDs that this number of mms can have.
fn pasids_of(mms: usize) -> Vec<u32> {
    (1..=mms as u32).collect()
}

/// Returns every division of the devices into groups, up to names. Groups are numbered in the order
/// of their first device.
fn groupings(devices: usize, max_pasids: impl Fn(usize) -> u16) -> Vec<Vec<u8>> {
    let mut groupings: Vec<Vec<u8>> = vec![vec![]];
    for _ in 0..devices {
        groupings = groupings
            .iter()
            .flat_map(|grouping| {
                let groups = grouping.iter().max().map_or(0, |&group| group + 1);
                (0..=groups).map(|group| [&grouping[..], &[group]].concat())
            })
            .collect();
    }
    // Two divisions are the same up to names if their groups contain the same kinds of devices.
    let mut met = HashSet::new();
    groupings.retain(|grouping| {
        let mut kinds: Vec<Vec<u16>> = vec![Vec::new(); devices];
        for (dev, &group) in grouping.iter().enumerate() {
            kinds[group as usize].push(max_pasids(dev));
        }
        kinds.iter_mut().for_each(|kinds| kinds.sort());
        kinds.sort();
        met.insert(kinds)
    });
    groupings.sort_by_key(|grouping| std::cmp::Reverse(grouping.iter().max().copied()));
    groupings
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
    fn the_default_universe_has_two_topologies() {
        assert_eq!(Universe::default().topologies().len(), 2);
    }

    #[test]
    fn pasids_are_those_of_the_mms_and_around_the_limits() {
        let of = |max_pasids: &[u16], mms, cpus| {
            let universe = Universe {
                devices: max_pasids.len(),
                max_pasids: max_pasids.to_vec(),
                mms,
                cpus,
                only: Universe::usual(Some(4), cpus),
                ..Universe::default()
            };
            universe.named_pasids().to_vec()
        };
        assert_eq!(of(&[16], 2, 1), [0, 1, 2, 15, 16]);
        assert_eq!(of(&[2], 1, 1), [0, 1, 2]);
        assert_eq!(of(&[2, 8], 1, 1), [0, 1, 2, 7, 8]);
        assert_eq!(of(&[0], 1, 1), [0, 1]);
        assert_eq!(of(&[4096], 1, 1), [0, 1, 4095]);
        // Without an operation that can attach a domain.
        assert_eq!(of(&[16], 2, 2), [1, 2]);
        let attach = Universe {
            cpus: 2,
            ..Universe::default()
        };
        assert_eq!(*attach.named_pasids(), [0, 1, 2, 15, 16]);
    }

    #[test]
    fn devices_with_different_limits_are_not_alike() {
        let universe = Universe {
            devices: 3,
            max_pasids: vec![16, 16, 2],
            ..Universe::default()
        };
        // All three apart, the two alike together, one of them with the third, all together.
        assert_eq!(universe.topologies().len(), 4);
    }
}
