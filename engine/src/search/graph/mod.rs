// SPDX-License-Identifier: GPL-2.0-or-later
//! A graph for each model: its states alone, up to names, and what each operation does in them.
//!
//! What a model does in one of its states is the same however many states of another model it meets.
//! An entry of a graph is computed by the same [`Run`](spec::Run) as everything else, when a search
//! first needs it.

pub(super) mod columns;
mod entry;
mod intern;
mod known;
pub(super) mod link;
mod links;
pub(super) mod memo;
mod node;
pub(super) mod numbers;
mod outline;
mod rows;
pub(super) mod same;
pub(super) mod seen;
pub(super) mod symmetry;

pub(super) use entry::{ABSENT, Entry, Info, LOST, MORE, STILL};
pub(super) use node::{Graph, Node};
pub(super) use outline::Outline;
pub(super) use rows::{Rest, Stepper};

use crate::judge::{View, ViewSet};
use crate::search::past::Past;
use crate::universe::Universe;
use columns::Columns;
use intern::{Heap, Interner};
use link::{Effect, Link};
use seen::{Seen, Shown};
use spec::canonical::Canon;
use spec::kernel::LeakDigest;
use spec::{OpCode, Ret, Topology};
use symmetry::{Names, Symmetry};

/// The entries of all groups' arrays by group and PASID, ascending.
type Keys = Box<[(u8, u16)]>;

/// The objects that exist, as far as models are compared in the view of state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Existing {
    pub handles: u32,
    pub domains: u32,
    pub pasids: Box<[u16]>,
    pub mm_counts: Box<[u32]>,
    /// By group and PASID.
    pub entries: Box<[crate::judge::ExistingEntry]>,
}

impl Heap for Info {}
impl Heap for LeakDigest {}
impl Heap for Past {}

impl Heap for Link {
    fn heap(&self) -> usize {
        2 * (self.pairs.capacity() + self.second.capacity()) + self.first.capacity()
    }
}

impl Heap for Effect {
    fn heap(&self) -> usize {
        let lists = [&self.handles, &self.held];
        let spilled = lists.iter().filter(|list| list.spilled());
        spilled.map(|list| list.capacity()).sum()
    }
}

impl Heap for Seen {
    fn heap(&self) -> usize {
        self.events.heap() + self.splats.heap() + self.calls.heap()
    }
}

impl Heap for Shown {
    fn heap(&self) -> usize {
        self.splats.heap()
    }
}

impl Heap for Existing {
    fn heap(&self) -> usize {
        self.pasids.heap() + self.mm_counts.heap() + self.entries.heap()
    }
}

/// What the graphs of one topology have in common: names, and numbers for what is seen.
#[derive(Debug)]
pub(super) struct World {
    pub topology: Topology,
    pub canon: Canon,
    pub symmetry: Symmetry,
    pub columns: Columns,
    pub views: ViewSet,
    /// Whether a single model is judged.
    pub alone: bool,
    pub seen: Interner<Seen>,
    pub shown: Interner<Shown>,
    pub infos: Interner<Info>,
    pub effects: Interner<Effect>,
    /// What is seen of the operations of a row that change nothing, by their numbers.
    pub looks: Interner<Box<[u32]>>,
    pub keys: Interner<Keys>,
    pub existing: Interner<Existing>,
    pub left: Interner<LeakDigest>,
    /// Renamings of devices, which leave a state as it is.
    pub classes: Interner<Box<[u8]>>,
    /// Effects of these renamings.
    pub moves: Interner<Box<[u32]>>,
    pub links: Interner<Link>,
    pub pasts: Interner<Past>,
    /// The last operations of paths, with what was seen of them, as bytes.
    pub lasts: Interner<Box<[u8]>>,
}

/// The number of an effect that changes nothing.
pub(super) const NOTHING: u32 = 0;

impl World {
    pub(super) fn new(
        universe: &Universe,
        topology: &Topology,
        views: &[View],
        alone: bool,
    ) -> Self {
        let canon = Canon::symmetric(topology);
        let world = World {
            symmetry: Symmetry::of(&canon, topology.devices.len()),
            columns: Columns::of(universe, topology.devices.len()),
            topology: topology.clone(),
            canon,
            views: ViewSet::of(views),
            alone,
            seen: Interner::default(),
            shown: Interner::default(),
            infos: Interner::default(),
            effects: Interner::default(),
            looks: Interner::default(),
            keys: Interner::default(),
            existing: Interner::default(),
            left: Interner::default(),
            classes: Interner::default(),
            moves: Interner::default(),
            links: Interner::default(),
            pasts: Interner::default(),
            lasts: Interner::default(),
        };
        world.effects.intern(Effect::nothing());
        world.classes.intern(Box::new([0]));
        world.moves.intern(Box::new([NOTHING]));
        world.links.intern(Link::default());
        world.pasts.intern(Past::default());
        world
    }

    /// Returns the bytes that all of this takes.
    pub(super) fn bytes(&self) -> usize {
        let lists = self.looks.bytes() + self.keys.bytes() + self.classes.bytes();
        let seen = self.seen.bytes() + self.shown.bytes() + self.infos.bytes();
        let changes = self.effects.bytes() + self.moves.bytes() + self.links.bytes();
        let rest = self.existing.bytes() + self.left.bytes() + self.pasts.bytes();
        lists + seen + changes + rest + self.lasts.bytes()
    }

    /// Returns the number of what is seen of an operation.
    pub(super) fn see(&self, mut seen: Seen) -> u32 {
        seen.shown = self.shown.intern(seen.shown());
        self.seen.intern(seen)
    }

    /// Returns the number of what is seen of an operation that does nothing but return.
    pub(super) fn quiet(&self, code: OpCode, ret: Ret) -> u32 {
        self.see(Seen {
            code,
            ret,
            events: Box::default(),
            splats: Box::default(),
            decided: None,
            calls: Box::default(),
            flags: if ret == Ret::Lacking {
                seen::LACKING
            } else {
                0
            },
            shown: 0,
        })
    }

    /// Returns the entries under other names.
    pub(super) fn renamed_keys(&self, keys: u32, names: Names) -> u32 {
        let group = self.symmetry.group(names.dev);
        let keys = self.keys.get(keys).iter();
        let mut renamed: Vec<_> = keys.map(|&(g, pasid)| (group[g as usize], pasid)).collect();
        renamed.sort();
        self.keys.intern(renamed.into())
    }

    /// Returns the existing objects under other names.
    pub(super) fn renamed_existing(&self, existing: u32, names: Names) -> u32 {
        let mut renamed = self.existing.get(existing).clone();
        let group = self.symmetry.group(names.dev);
        for entry in &mut renamed.entries {
            entry.key.0 = group[entry.key.0 as usize];
        }
        renamed.entries.sort_by_key(|entry| entry.key);
        let before = renamed.mm_counts.clone();
        for (mm, count) in before.iter().enumerate() {
            renamed.mm_counts[names.mms.get(mm)] = *count;
        }
        self.existing.intern(renamed)
    }

    /// Returns what remains, under other names, with lost handles and domains.
    pub(super) fn renamed_left(&self, left: u32, names: Names, lost: [u32; 2]) -> u32 {
        let group = self.symmetry.group(names.dev);
        let left = self.left.get(left);
        self.left.intern(left.renamed(
            |at| group[at as usize],
            |mm| names.mms.get(mm as usize) as u8,
            lost.map(|lost| lost as u8),
        ))
    }

    /// Returns what is seen, under other names.
    pub(super) fn renamed_seen(&self, seen: u32, names: Names) -> u32 {
        let this = self.seen.get(seen);
        match this.flags & seen::NAMED {
            0 => seen,
            _ => {
                let group = |dev: u32| self.topology.devices[dev as usize].group;
                self.see(this.renamed(&self.symmetry, names, group))
            }
        }
    }
}
