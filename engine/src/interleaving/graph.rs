// SPDX-License-Identifier: GPL-2.0-or-later
//! What the sections of one model do on one topology, whatever the program.
//!
//! A *configuration* is a machine, what its callers hold, and the calls in progress. A section of
//! an operation leads from one configuration to another, and it is computed once: most states of a
//! program differ only in what was returned before, and most programs of a search come to the same
//! configurations.

use super::outcome::Leaked;
use super::state::Splats;
use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};
use indexmap::IndexSet;
use spec::case::MAX_OPS;
use spec::concurrent::Program;
use spec::revision::Tree;
use spec::run::{Call, SmallRun};
use spec::{Model, Op, Ret, Run, Splat, Topology};
use std::ptr;
use xxhash_rust::xxh3::xxh3_128;

type Map<K, V> = HashMap<K, V, FixedState>;

/// What a section does. Numbers stand for things of the [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The configuration that it leads to.
    pub(super) to: u32,
    /// What can be seen of it; [`NOTHING`] if the call goes on and nothing is complained about.
    pub(super) seen: u32,
}

/// The number of a section that neither returns nor complains.
pub(super) const NOTHING: u32 = 0;

/// What can be seen of a section: the return value, if it is the last one of its call, and the
/// complaints.
pub(super) type Seen = (Option<Ret>, Vec<Splat>);

/// What can be seen of the teardown: the complaints, and what exists afterwards; `None` if the
/// kernel died.
pub(super) type End = (Vec<Splat>, Option<Leaked>);

/// A call in progress: the index of its operation, the number of the operation, and the call.
type Running = (u8, u32, Call);

#[derive(Clone, Debug, Default)]
struct Node {
    /// `None` if it is too large.
    run: Option<SmallRun>,
    /// In the order of the operations.
    calls: Vec<Running>,
    fingerprint: u128,
    end: Option<u32>,
}

/// What an exploration asks of a configuration all the time, in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Outline {
    /// Whether the lock is held.
    is_locked: bool,
    /// What sections do, each with the number of its operation, which determines the place.
    edges: [(u32, Edge); NEAR],
}

/// The number of places for sections of a configuration. An operation whose place another one has
/// is looked up.
const NEAR: usize = 4;

/// The number of no operation.
const NO_OP: u32 = u32::MAX;

impl Outline {
    fn new(is_locked: bool) -> Self {
        let none = Edge { to: 0, seen: 0 };
        Outline {
            is_locked,
            edges: [(NO_OP, none); NEAR],
        }
    }
}

/// What the sections of one model do on one topology, as far as it is known.
#[derive(Debug)]
pub(super) struct Graph {
    tree: Option<&'static Tree>,
    topology: Topology,
    /// Whether operations of the program can return the number of a domain. Configurations then
    /// differ in more, so they are not those of other programs.
    attaches: bool,
    /// The configurations, then memory for further ones.
    nodes: Vec<Node>,
    /// The machines that are too large for a node.
    large: Map<u32, Box<Run>>,
    by_fingerprint: HashTable<u32>,
    /// What is known of each configuration without a look at the machine. There are as many as there
    /// are configurations.
    outlines: Vec<Outline>,
    /// Further sections, by configuration and operation.
    edges: Map<u64, Edge>,
    /// The operations that have a number: their index, the operation on any CPU.
    ops: IndexSet<(u8, Op), FixedState>,
    seen: IndexSet<Seen, FixedState>,
    ends: IndexSet<End, FixedState>,
    /// Whether the graph has to be made anew before a program, since slots of machines run out.
    worn: bool,
    /// A run at boot.
    boot: Run,
    /// Where sections run.
    run: Run,
    calls: Vec<Running>,
    watch: Splats,
    key: Vec<u8>,
}

/// Programs of up to this length can share a graph. An operation allocates at most two handles or
/// domains on any kernel, so together with [`MOST_SLOTS`] there are enough.
const MOST_SHARED_OPS: usize = MAX_OPS / 4;
const MOST_SLOTS: usize = MAX_OPS / 2;

impl Default for Graph {
    fn default() -> Self {
        Graph {
            tree: None,
            topology: Topology::default(),
            attaches: false,
            nodes: Vec::new(),
            large: Map::default(),
            by_fingerprint: HashTable::new(),
            outlines: Vec::new(),
            edges: Map::default(),
            ops: IndexSet::default(),
            seen: IndexSet::default(),
            ends: IndexSet::default(),
            worn: false,
            boot: Run::new(&Topology::default()),
            run: Run::new(&Topology::default()),
            calls: Vec::new(),
            watch: Splats::default(),
            key: Vec::new(),
        }
    }
}

impl Graph {
    /// Prepares for a program, and returns the configuration at boot. Keeps what is known of this
    /// model and topology if that takes less than `most` bytes.
    pub(super) fn begin<M: Model>(
        &mut self,
        model: &M,
        topology: &Topology,
        program: &Program,
        most: usize,
    ) -> u32 {
        let tree = model.tree();
        let fits = self.tree.is_some_and(|this| ptr::eq(this, tree))
            && self.topology == *topology
            && program.ops().len() <= MOST_SHARED_OPS;
        if self.worn || !fits || self.bytes() >= most {
            self.clear();
            self.tree = Some(tree);
            self.topology.clone_from(topology);
            self.boot = Run::new(topology);
            self.worn = program.ops().len() > MOST_SHARED_OPS;
        }
        self.attaches = program.attaches();
        self.run = self.boot;
        self.calls.clear();
        self.node()
    }

    fn clear(&mut self) {
        self.large.clear();
        self.by_fingerprint.clear();
        self.outlines.clear();
        self.edges.clear();
        self.ops.clear();
        self.seen.clear();
        self.ends.clear();
        self.seen.insert((None, Vec::new()));
    }

    /// Returns the memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        const NODE: usize = size_of::<Node>() + size_of::<Running>() + size_of::<Outline>();
        const EDGE: usize = 2 * size_of::<(u64, Edge)>();
        let large = self.large.len() * size_of::<Run>();
        self.outlines.len() * NODE + self.edges.len() * EDGE + large
    }

    /// Returns the number of an operation with this index.
    pub(super) fn op(&mut self, index: usize, op: &Op) -> u32 {
        let op = Op { cpu: None, ..*op };
        self.ops.insert_full((index as u8, op)).0 as u32
    }

    /// Returns what can be seen of a section with this number.
    pub(super) fn seen(&self, seen: u32) -> &Seen {
        &self.seen[seen as usize]
    }

    /// Returns whether the lock is held in a configuration.
    #[inline]
    pub(super) fn is_locked(&self, node: u32) -> bool {
        self.outlines[node as usize].is_locked
    }

    /// Returns what the next section of an operation does.
    #[inline]
    pub(super) fn section<M: Model>(&mut self, model: &M, node: u32, op: u32) -> Edge {
        let place = op as usize % NEAR;
        let (known, edge) = self.outlines[node as usize].edges[place];
        if known == op {
            return edge;
        }
        let key = u64::from(node) << 32 | u64::from(op);
        let is_free = known == NO_OP;
        if !is_free && let Some(&edge) = self.edges.get(&key) {
            return edge;
        }
        let edge = self.run(model, node, op);
        match is_free {
            true => self.outlines[node as usize].edges[place] = (op, edge),
            false => {
                self.edges.insert(key, edge);
            }
        }
        edge
    }

    fn run<M: Model>(&mut self, model: &M, node: u32, number: u32) -> Edge {
        let (index, op) = self.ops[number as usize];
        self.load(node);
        self.calls.clone_from(&self.nodes[node as usize].calls);
        self.watch.0.clear();
        let calls = &mut self.calls;
        let at = calls.binary_search_by_key(&index, |&(index, ..)| index);
        let at = at.unwrap_or_else(|at| {
            calls.insert(at, (index, number, Call::new(index.into(), &op)));
            at
        });
        let call = &mut calls[at].2;
        let ret = self.run.section(model, call, op.kind, &mut self.watch);
        if ret.is_some() {
            calls.remove(at);
        }
        let seen = match ret.is_none() && self.watch.0.is_empty() {
            true => NOTHING,
            false => self.seen.insert_full((ret, self.watch.0.clone())).0 as u32,
        };
        let to = self.node();
        Edge { to, seen }
    }

    /// Makes `run` that of a configuration.
    fn load(&mut self, node: u32) {
        match &self.nodes[node as usize].run {
            Some(small) => small.write_to(&mut self.run, &self.boot),
            None => self.run.copy_from(&self.large[&node]),
        }
    }

    /// Returns the number of the configuration of `run` and `calls`.
    fn node(&mut self) -> u32 {
        let (run, calls, key) = (&self.run, &self.calls, &mut self.key);
        key.clear();
        key.extend([self.attaches.into(), calls.len() as u8]);
        for (_, op, _) in calls {
            key.extend(op.to_le_bytes());
        }
        let each = calls.iter().map(|(.., call)| Some(call));
        run.identify(each, self.attaches, key);
        let fingerprint = xxh3_128(key);
        let nodes = &self.nodes;
        let entry = self.by_fingerprint.entry(
            fingerprint as u64,
            |&at| nodes[at as usize].fingerprint == fingerprint,
            |&at| nodes[at as usize].fingerprint as u64,
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(known) => *known.get(),
            hashbrown::hash_table::Entry::Vacant(new) => {
                let at = self.outlines.len() as u32;
                new.insert(at);
                self.add(fingerprint);
                at
            }
        }
    }

    /// Adds the configuration of `run` and `calls`.
    fn add(&mut self, fingerprint: u128) {
        let machine = &self.run.machine;
        let slots = machine.handles().len().max(machine.domains().len());
        self.worn |= slots > MOST_SLOTS;
        let is_locked = machine.iommu_sva_lock_is_held();
        let at = self.outlines.len();
        self.outlines.push(Outline::new(is_locked));
        if at == self.nodes.len() {
            self.nodes.push(Node::default());
        }
        let node = &mut self.nodes[at];
        node.run = SmallRun::of(&self.run);
        if node.run.is_none() {
            self.large.insert(at as u32, Box::new(self.run));
        }
        node.calls.clone_from(&self.calls);
        node.fingerprint = fingerprint;
        node.end = None;
    }

    /// Returns the number of what the teardown does in a configuration.
    pub(super) fn end<M: Model>(&mut self, model: &M, node: u32) -> u32 {
        if let Some(end) = self.nodes[node as usize].end {
            return end;
        }
        self.load(node);
        let mut watch = Splats::default();
        let ret = self.run.teardown(model, &mut watch);
        let leaked = (!ret.ends_the_run()).then(|| Leaked::of(&self.run.machine.live()));
        let end = self.ends.insert_full((watch.0, leaked)).0 as u32;
        self.nodes[node as usize].end = Some(end);
        end
    }

    /// Returns what can be seen of the teardown with this number.
    pub(super) fn of_end(&self, end: u32) -> &End {
        &self.ends[end as usize]
    }
}
