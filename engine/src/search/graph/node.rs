// SPDX-License-Identifier: GPL-2.0-or-later
//! The states of one model.

use super::World;
use super::entry::Entry;
use super::link::{Effect, Map};
use super::outline::{Outline, Resources};
use super::rows::{Ends, Packer, Rest, Stepper};
use super::symmetry::{Mms, Names};
use crate::workers::lock;
use hashbrown::HashTable;
use spec::canonical::{One, Scratch, blocks, distinct, surplus};
use spec::case::MAX_OPS;
use spec::kernel::{MmId, NONE};
use spec::{Model, Run};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use xxhash_rust::xxh3::xxh3_64;

/// A state of one model, up to names.
#[derive(Debug)]
pub(in crate::search) struct Node {
    /// Its canonical form.
    pub bytes: Box<[u8]>,
    /// In the view of state, what exists.
    pub existing: u32,
    /// The resources that are held, each once.
    pub resources: Resources,
    left: OnceLock<u32>,
    pub(super) ends: OnceLock<Ends>,
    pub(super) gains: OnceLock<Box<[Entry]>>,
    pub(super) rest: OnceLock<Rest>,
}

/// A state with fewer surplus references, the names there, and the effect on what is held.
type Capped = (u32, Names, u32);

/// The result of bringing a run into canonical form.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Placed {
    pub node: u32,
    /// The names there of what has names in the run.
    pub names: Names,
    /// The new index of each handle, what each operation holds, and what was lost.
    pub one: One,
}

/// Where a run stands in a graph.
#[derive(Debug)]
pub(in crate::search) struct Located {
    pub node: u32,
    /// The names there of what has names in the run.
    pub names: Names,
    /// For each operation the index of what it holds, from 1; 0 for nothing.
    pub held: [u8; MAX_OPS],
    /// The new index of each handle.
    pub handles: [u8; MAX_OPS],
}

/// The states of one model, and what operations do in them.
#[derive(Debug)]
pub(in crate::search) struct Graph<M> {
    pub model: M,
    nodes: boxcar::Vec<Node>,
    outlines: boxcar::Vec<Outline>,
    pub(super) bytes: AtomicUsize,
    /// Numbers of nodes, with a part of the hash of each.
    index: Mutex<HashTable<(u32, u32)>>,
    /// The states with fewer surplus references, by state and number of holders.
    capped: Mutex<HashMap<(u32, u8), Capped>>,
}

/// The most releases for which every order is tried: each one doubles the number of states.
const MOST_RELEASES: usize = 8;

const CLEAN: u8 = 1;
const NOT_CLEAN: u8 = 2;

impl<M: Model> Graph<M> {
    pub(in crate::search) fn new(model: M) -> Self {
        Graph {
            model,
            nodes: boxcar::Vec::new(),
            outlines: boxcar::Vec::new(),
            bytes: AtomicUsize::new(0),
            index: Mutex::default(),
            capped: Mutex::default(),
        }
    }

    #[inline(always)]
    pub(in crate::search) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    #[inline(always)]
    pub(in crate::search) fn outline(&self, at: u32) -> &Outline {
        &self.outlines[at as usize]
    }

    /// Returns the number of mms in a state. It is that of all models.
    #[inline(always)]
    pub(in crate::search) fn nr_mms(&self, at: u32) -> usize {
        self.outline(at).nr_mms.into()
    }

    /// Returns the bytes that the graph takes.
    pub(in crate::search) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Returns the state that a run is in, up to names.
    pub(super) fn place(
        &self,
        world: &World,
        packer: &mut Packer,
        run: &Run,
        holders: Option<u8>,
    ) -> Placed {
        let Packer { scratch, packed } = packer;
        packed.clear();
        let one = world.canon.pack_one(scratch, run, holders, packed);
        let nr_mms = run.machine.nr_mms();
        let node = self.number(world, scratch, packed);
        Placed {
            node,
            names: Names {
                dev: one.renaming,
                mms: Mms::new(|mm| one.mms[mm], nr_mms),
            },
            one,
        }
    }

    /// Returns the canonical forms of all states, by number.
    pub(in crate::search) fn all_bytes(&self) -> Vec<Box<[u8]>> {
        self.nodes
            .iter()
            .map(|(_, node)| node.bytes.clone())
            .collect()
    }

    /// Returns the number of the state with this canonical form, which it adds if it is new.
    pub(in crate::search) fn add(&self, world: &World, bytes: &[u8]) -> u32 {
        self.number(world, &mut Scratch::default(), bytes)
    }

    fn number(&self, world: &World, scratch: &mut Scratch, bytes: &[u8]) -> u32 {
        let hash = xxh3_64(bytes);
        let find = |index: &HashTable<(u32, u32)>| {
            let short = (hash >> 32) as u32;
            let is_it =
                |&(at, other): &(u32, u32)| other == short && *self.node(at).bytes == *bytes;
            index.find(hash, is_it).map(|&(at, _)| at)
        };
        let known = find(&lock(&self.index));
        known.unwrap_or_else(|| {
            let node = self.describe(world, scratch, bytes.into());
            let mut index = lock(&self.index);
            // Another thread may have been faster.
            find(&index).unwrap_or_else(|| self.insert(&mut index, hash, node))
        })
    }

    fn insert(
        &self,
        index: &mut HashTable<(u32, u32)>,
        hash: u64,
        (node, outline): (Node, Outline),
    ) -> u32 {
        let own = size_of::<Node>() + size_of::<Outline>() + 32 + node.bytes.len();
        self.bytes.fetch_add(own, Relaxed);
        let outlined = self.outlines.push(outline);
        let at = self.nodes.push(node) as u32;
        debug_assert_eq!(outlined, at as usize, "they are pushed together");
        let rehash = |&(at, _): &(u32, u32)| xxh3_64(&self.node(at).bytes);
        index.insert_unique(hash, (at, (hash >> 32) as u32), rehash);
        at
    }

    /// Returns where a run is in the graph. `holders` is the number of operations that hold something
    /// in any model.
    pub(in crate::search) fn locate(
        &self,
        world: &World,
        stepper: &mut Stepper,
        run: &Run,
        holders: u8,
    ) -> Located {
        let placed = self.place(world, &mut stepper.packer, run, Some(holders));
        let now = holdings(run, &placed.one);
        Located {
            node: placed.node,
            names: placed.names,
            held: now.map(|at| at.wrapping_add(1)),
            handles: placed.one.handles,
        }
    }

    /// Describes the state with this canonical form.
    fn describe(&self, world: &World, scratch: &mut Scratch, bytes: Box<[u8]>) -> (Node, Outline) {
        let [run] = world.canon.unpack::<1>(&bytes);
        let m = &run.machine;
        let nr_mms = m.nr_mms();
        let set = |is: &dyn Fn(MmId) -> bool| {
            (0..nr_mms as u8).fold(0, |all, mm| all | u16::from(is(MmId::new(mm))) << mm)
        };
        let keys = m.pasid_arrays().entries().iter();
        let keys = keys.map(|entry| (entry.group, entry.pasid)).collect();
        let resources = distinct(&run).filter_map(|(_, held)| held.resource());
        let block = blocks(&run);
        let mut outline = Outline {
            nr_mms: nr_mms as u8,
            alive: set(&|mm| !m.mm(mm).exited),
            exists: set(&|mm| m.mm(mm).mm_count != 0),
            blocks: Mms::new(|mm| block[mm], nr_mms),
            class: 0,
            moves: 0,
            keys: world.keys.intern(keys),
            surplus: surplus(&run),
            clean: AtomicU8::new(0),
        };
        let node = Node {
            existing: match world.compares_state() {
                true => world.existing.intern(super::Existing::of(&run)),
                false => super::ABSENT,
            },
            resources: Resources::of(resources),
            left: OnceLock::new(),
            ends: OnceLock::new(),
            gains: OnceLock::new(),
            rest: OnceLock::new(),
            bytes,
        };
        if world.symmetry.len() > 1 {
            let same = world.canon.stabilizer(scratch, &run, &node.bytes);
            if !same.is_empty() {
                let mut class = vec![0];
                let mut moves = vec![super::NOTHING];
                for one in &same {
                    class.push(one.renaming);
                    let effect = effect(&run, &run, one, None);
                    moves.push(world.effects.intern(effect));
                }
                outline.class = world.classes.intern(class.into());
                // Number 0 stands for renamings that move nothing, however many they are.
                if moves.iter().any(|&effect| effect != super::NOTHING) {
                    outline.moves = world.moves.intern(moves.into());
                }
            }
        }
        (node, outline)
    }

    /// Returns the state with as many surplus references as this number of holders can use up, with
    /// the names there and the effect on what is held.
    pub(in crate::search) fn capped(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
        holders: u8,
    ) -> (u32, Names, u32) {
        if let Some(&known) = lock(&self.capped).get(&(node, holders)) {
            return known;
        }
        let [run] = world.canon.unpack::<1>(&self.node(node).bytes);
        let placed = self.place(world, &mut stepper.packer, &run, Some(holders));
        let effect = world.effects.intern(effect(&run, &run, &placed.one, None));
        let capped = (placed.node, placed.names, effect);
        lock(&self.capped).insert((node, holders), capped);
        self.bytes
            .fetch_add(size_of::<((u32, u8), Capped)>(), Relaxed);
        capped
    }

    /// Returns what remains in a state that nobody tears down any further.
    pub(in crate::search) fn left(&self, world: &World, node: u32) -> u32 {
        let this = self.node(node);
        *this.left.get_or_init(|| {
            let [run] = world.canon.unpack::<1>(&this.bytes);
            world.left.intern(run.machine.left())
        })
    }

    /// Returns whether every teardown of a state is known to be quiet and to leave nothing.
    pub(in crate::search) fn is_clean(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
    ) -> bool {
        let outline = self.outline(node);
        match outline.clean.load(Relaxed) {
            CLEAN => return true,
            NOT_CLEAN => return false,
            _ => {}
        }
        let this = self.node(node);
        let releases = this.resources.len();
        if releases > MOST_RELEASES {
            outline.clean.store(NOT_CLEAN, Relaxed);
            return false;
        }
        let ends = self.ends(world, stepper, node);
        let is_quiet = |entry: &Entry| {
            let info = world.infos.get(entry.info());
            let seen = world.seen.get(info.seen);
            entry.next != super::ABSENT
                && info.flags & (super::LOST | super::MORE) == 0
                && seen.splats.is_empty()
        };
        let clean = if releases > 0 {
            let mut all = ends[..releases].iter();
            all.all(|entry| is_quiet(entry) && self.is_clean(world, stepper, entry.next))
        } else if outline.alive != 0 {
            let mut mms = (0..outline.nr_mms as usize).filter(|mm| outline.alive >> mm & 1 != 0);
            mms.all(|mm| {
                let entry = &ends[mm];
                is_quiet(entry) && self.is_clean(world, stepper, entry.next)
            })
        } else {
            world.left.get(self.left(world, node)).is_nothing()
        };
        outline
            .clean
            .store(if clean { CLEAN } else { NOT_CLEAN }, Relaxed);
        clean
    }
}

/// Returns the effect on handles and on what is held of an operation that made `after` of `before`,
/// and of the names that `one` then gives. `by` is the operation that ran, if it holds something
/// now or released something.
pub(super) fn effect(before: &Run, after: &Run, one: &One, by: Option<By>) -> Effect {
    let handles = (0..before.machine.handles().len()).map(|handle| one.handles[handle]);
    let now = holdings(after, one);
    let mut held = Map::new();
    let mut last = None;
    for (op, &now) in now.iter().enumerate().take(before.nr_held() as usize) {
        let this = before.held(op);
        if last.replace(this) != Some(this) {
            held.push(now);
        } else if let Some(first) = held.last_mut()
            && *first == NONE
        {
            // The first of several was released.
            *first = now;
        }
    }
    let new = by.map_or(NONE, |by| now[by.op]);
    let returned = by
        .and_then(|by| by.handle)
        .map(|handle| super::link::Returned {
            before: match usize::from(handle) < before.machine.handles().len() {
                true => handle,
                false => NONE,
            },
            after: one.handles[handle as usize],
        });
    Effect {
        handles: Effect::map(handles.collect()),
        held: Effect::map(held),
        returned,
        holds: new,
    }
}

/// Returns for each operation the index of what it holds among all that is held, each thing counted
/// once; [`NONE`] if it holds nothing.
fn holdings(run: &Run, one: &One) -> [u8; MAX_OPS] {
    let (mut at, mut last) = (NONE, None);
    let mut now = [NONE; MAX_OPS];
    for &op in one.held() {
        let held = run.held(op as usize);
        if last.replace(held) != Some(held) {
            at = at.wrapping_add(1);
        }
        now[op as usize] = at;
    }
    now
}

/// The operation whose effect is described.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    pub op: usize,
    /// The handle that it returned.
    pub handle: Option<u8>,
}
