// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search covers.

mod json;
mod text;

use spec::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, MAX_PASIDS};
use spec::kernel::MmId;
use spec::op::{MmState, Things};
use spec::{Device, Fault, Mm, Op, OpCode, OpKind, Run, Site, Topology};
use std::borrow::Cow;
use std::collections::HashSet;

/// The sequences of operations that a search covers, over some topologies. Either their length is
/// limited, or how much they hold at the same time; or both.
///
/// What needs fewer devices or mms is covered as well: the others can be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Universe {
    /// How many devices.
    pub devices: usize,
    /// How they are put into groups.
    pub groups: Groups,
    /// `max_pasids` of all devices, or of each of them.
    pub max_pasids: Vec<u16>,
    /// How many mms.
    pub mms: usize,
    /// These topologies, and not those of the four fields above. Empty for none given.
    pub given: Vec<Topology>,
    /// Most operations in a sequence; `None` for any number of them.
    pub ops: Option<usize>,
    /// Most operations that hold something at the same time: binds, and what else holds. `None`
    /// for any number of them.
    pub binds: Option<usize>,
    /// The PASIDs that operations name, ascending and each once; `None` for the usual ones, see
    /// [`named_pasids`](Universe::named_pasids).
    pub pasids: Option<Vec<u32>>,
    /// The operations, in the order of [`OpCode::ALL`].
    pub only: Vec<OpCode>,
    /// The sites that can fail, in the order of [`Site::ALL`].
    pub faults: Vec<Site>,
    /// How many CPUs do the operations. With more than one, every interleaving is covered.
    pub cpus: usize,
    /// Whether states are one that are the same but for the names of devices and mms.
    pub symmetry: bool,
}

/// How devices are put into groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Groups {
    /// In every way; each is a topology.
    Every,
    /// Each into one of its own.
    Own,
    /// All into one.
    One,
    /// Each into the group with this number.
    These(Vec<u8>),
}

impl Default for Universe {
    /// Two devices in two groups and two in one, two mms, four operations, no faults.
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

/// Most CPUs of a universe: with more, there are more schedules than anybody can wait for.
pub const MOST_CPUS: usize = 4;

/// Most PASIDs that the operations of a universe name.
pub const MOST_PASIDS: usize = 64;

/// `max_pasids` of a device unless another is asked for: so many that allocation never runs out of
/// them in a small universe.
pub const MANY_PASIDS: u16 = 16;

impl Universe {
    /// Returns the operations of a universe unless others are asked for: all where the length of
    /// sequences is limited and one CPU does them; else those that callers of the SVA calls do.
    pub fn usual(ops: Option<usize>, cpus: usize) -> Vec<OpCode> {
        let all = ops.is_some() && cpus <= 1;
        let is_in = |code: &OpCode| all || code.info().usual;
        OpCode::ALL.into_iter().filter(is_in).collect()
    }

    /// Returns why there is no such universe, if there is none.
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

    /// Returns the topologies, in the order in which they are searched: the more groups, the less
    /// is shared, so those with most groups first. No two that are enumerated are the same but for
    /// names.
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

    /// Returns the PASIDs that operations of this universe name, ascending.
    ///
    /// Unless they are given: 0, those that the mms can have, and of each device the last PASID
    /// below its limit and the first one beyond. 4096 is no PASID, so it is left out. On several
    /// CPUs, where each operation more multiplies the schedules, 0 and the limits are named only if
    /// a domain can be attached there; nothing answers a page request on them otherwise.
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

    /// Sets the PASIDs that operations name: these, or, where there are none, those that the mms
    /// can have, which is what a universe without PASIDs meant in files of earlier versions.
    pub(crate) fn set_pasids(&mut self, pasids: Option<Vec<u32>>) {
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

    /// Every operation that does something in at least one of these runs. Of releases that release
    /// the same thing in all of them there is one.
    pub fn operations<const N: usize>(
        &self,
        runs: &[Run; N],
        outstanding: usize,
        out: &mut Vec<Op>,
    ) {
        out.clear();
        let is_full = self.binds.is_some_and(|binds| outstanding >= binds);
        let only = { self.only.iter() }
            .filter(|code| !(is_full && code.info().holds.is_some()))
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
        // What is skipped in all of them does nothing.
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
            // After all without one: a case that needs no fault is the simpler one.
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

    /// Returns the faults of this universe that an operation can meet.
    pub(crate) fn faults_of(&self, kind: OpKind) -> impl Iterator<Item = Fault> + '_ {
        self.faults_at(kind.info().sites)
    }

    fn faults_at(&self, reached: &'static [Site]) -> impl Iterator<Item = Fault> + '_ {
        let asked = self.faults.iter().filter(|site| reached.contains(site));
        asked.flat_map(|site| site.tried())
    }
}

/// Returns the PASIDs that so many mms can have.
fn pasids_of(mms: usize) -> Vec<u32> {
    (1..=mms as u32).collect()
}

/// Returns every way to put devices into groups, up to names. Groups are numbered as they are met.
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
    // Two of them are the same but for names if the same kinds of devices are together.
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
        // Without an operation that attaches.
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
        // All apart, the two alike together, one of them with the third, all together.
        assert_eq!(universe.topologies().len(), 4);
    }
}
