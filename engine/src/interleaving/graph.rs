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
use spec::run::Call;
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

#[derive(Clone, Debug)]
struct Node {
    run: Run,
    /// In the order of the operations.
    calls: Vec<Running>,
    fingerprint: u128,
    end: Option<u32>,
}

/// What the sections of one model do on one topology, as far as it is known.
#[derive(Debug)]
pub(super) struct Graph {
    tree: Option<&'static Tree>,
    topology: Topology,
    /// Whether operations of the program can return the number of a domain. Configurations then
    /// differ in more, so they are not those of other programs.
    attaches: bool,
    nodes: Vec<Node>,
    /// Whether the lock is held in each configuration.
    locked: Vec<bool>,
    by_fingerprint: HashTable<u32>,
    /// By configuration and operation.
    edges: Map<u64, Edge>,
    /// The operations that have a number: their index, the operation on any CPU.
    ops: IndexSet<(u8, Op), FixedState>,
    seen: IndexSet<Seen, FixedState>,
    ends: IndexSet<End, FixedState>,
    /// Whether the graph has to be made anew before a program, since slots of machines run out.
    worn: bool,
    scratch: Node,
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
            locked: Vec::new(),
            by_fingerprint: HashTable::new(),
            edges: Map::default(),
            ops: IndexSet::default(),
            seen: IndexSet::default(),
            ends: IndexSet::default(),
            worn: false,
            scratch: Node::new(Run::new(&Topology::default())),
            watch: Splats::default(),
            key: Vec::new(),
        }
    }
}

impl Node {
    fn new(run: Run) -> Self {
        Node {
            run,
            calls: Vec::new(),
            fingerprint: 0,
            end: None,
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
            self.worn = program.ops().len() > MOST_SHARED_OPS;
        }
        self.attaches = program.attaches();
        self.scratch.run = Run::new(topology);
        self.scratch.calls.clear();
        self.node()
    }

    fn clear(&mut self) {
        self.nodes.clear();
        self.locked.clear();
        self.by_fingerprint.clear();
        self.edges.clear();
        self.ops.clear();
        self.seen.clear();
        self.ends.clear();
        self.seen.insert((None, Vec::new()));
    }

    /// Returns the memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        const EDGE: usize = 2 * size_of::<(u64, Edge)>();
        self.nodes.len() * (size_of::<Node>() + size_of::<Running>()) + self.edges.len() * EDGE
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
        self.locked[node as usize]
    }

    /// Returns what the next section of an operation does.
    #[inline]
    pub(super) fn section<M: Model>(&mut self, model: &M, node: u32, op: u32) -> Edge {
        let key = u64::from(node) << 32 | u64::from(op);
        match self.edges.get(&key) {
            Some(&edge) => edge,
            None => {
                let edge = self.run(model, node, op);
                self.edges.insert(key, edge);
                edge
            }
        }
    }

    fn run<M: Model>(&mut self, model: &M, node: u32, number: u32) -> Edge {
        let (index, op) = self.ops[number as usize];
        let from = &self.nodes[node as usize];
        let Node { run, calls, .. } = &mut self.scratch;
        run.copy_from(&from.run);
        calls.clone_from(&from.calls);
        self.watch.0.clear();
        let at = calls.binary_search_by_key(&index, |&(index, ..)| index);
        let at = at.unwrap_or_else(|at| {
            calls.insert(at, (index, number, Call::new(index.into(), &op)));
            at
        });
        let ret = run.section(model, &mut calls[at].2, op.kind, &mut self.watch);
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

    /// Returns the number of the configuration in `scratch`.
    fn node(&mut self) -> u32 {
        let Node { run, calls, .. } = &self.scratch;
        self.key.clear();
        self.key.extend([self.attaches.into(), calls.len() as u8]);
        for (_, op, _) in calls {
            self.key.extend(op.to_le_bytes());
        }
        let each = calls.iter().map(|(.., call)| Some(call));
        run.identify(each, self.attaches, &mut self.key);
        let fingerprint = xxh3_128(&self.key);
        let nodes = &self.nodes;
        let entry = self.by_fingerprint.entry(
            fingerprint as u64,
            |&at| nodes[at as usize].fingerprint == fingerprint,
            |&at| nodes[at as usize].fingerprint as u64,
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(known) => *known.get(),
            hashbrown::hash_table::Entry::Vacant(new) => {
                let at = nodes.len() as u32;
                new.insert(at);
                let machine = &run.machine;
                let slots = machine.handles().len().max(machine.domains().len());
                self.worn |= slots > MOST_SLOTS;
                self.locked.push(machine.iommu_sva_lock_is_held());
                self.nodes.push(Node {
                    fingerprint,
                    end: None,
                    ..self.scratch.clone()
                });
                at
            }
        }
    }

    /// Returns the number of what the teardown does in a configuration.
    pub(super) fn end<M: Model>(&mut self, model: &M, node: u32) -> u32 {
        let node = &mut self.nodes[node as usize];
        if let Some(end) = node.end {
            return end;
        }
        let run = &mut self.scratch.run;
        run.copy_from(&node.run);
        let mut watch = Splats::default();
        let ret = run.teardown(model, &mut watch);
        let leaked = (!ret.ends_the_run()).then(|| Leaked::of(&run.machine.live()));
        let end = self.ends.insert_full((watch.0, leaked)).0 as u32;
        node.end = Some(end);
        end
    }

    /// Returns what can be seen of the teardown with this number.
    pub(super) fn of_end(&self, end: u32) -> &End {
        &self.ends[end as usize]
    }
}
