// SPDX-License-Identifier: GPL-2.0-or-later
//! The part of the states that a worker owns, and how it tells other workers of a state.

use crate::question::Question;
use crate::search::arena::Arena;
use crate::search::candidates::Path;
use crate::search::frontier::Frontier;
use crate::search::graph::link::Link;
use crate::search::graph::symmetry::{Mms, Names};
use crate::search::past::Past;
use crate::search::product::Expander;
use crate::search::state::{State, both};
use crate::search::visited::Visited;
use serde::{Deserialize, Serialize};
use spec::Model;
use std::collections::HashSet;

/// What a number stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Meaning {
    /// A state of the model on this side, in its canonical form.
    Node(u8, Box<[u8]>),
    Link(Link),
    Past(Vec<u8>),
    Last(Box<[u8]>),
}

impl Meaning {
    /// Returns the position of its kind among all kinds.
    fn kind(&self) -> usize {
        match self {
            Meaning::Link(_) => 0,
            Meaning::Past(_) => 1,
            Meaning::Last(_) => 2,
            Meaning::Node(side, _) => 3 + usize::from(*side),
        }
    }
}

/// The number of kinds of meanings.
const KINDS: usize = 5;

/// A state, in the numbers of the worker that sends it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sent {
    from: u64,
    /// The numbers of each kind.
    numbers: [u32; KINDS],
    /// The names of devices and of mms, by model.
    names: [(u8, u64); 2],
    path: Path,
}

/// The part of the states that a worker owns, in one topology.
pub(super) struct Part<'a, M, const N: usize> {
    pub expander: Expander<'a, M, N>,
    pub visited: Visited,
    /// The states that were first reached in this level, with a path and the last operation of each.
    new: Vec<(Path, State<N>, u32)>,
    /// For every other worker and kind, its own numbers by those of that worker.
    known: Vec<[Vec<u32>; KINDS]>,
    /// For every other worker and kind, the numbers whose meaning it has been told.
    told: Vec<[HashSet<u32>; KINDS]>,
    /// States that were sent lately, each at the place that its hash gives it.
    sent: Vec<Option<State<N>>>,
}

/// The number of states that a worker remembers to have sent.
const REMEMBERED: usize = 1 << 18;

impl<'a, M: Model, const N: usize> Part<'a, M, N> {
    /// Makes an empty part, for one of so many workers.
    pub(super) fn new(
        arena: &'a Arena<M, N>,
        question: &'a Question<'a, M, N>,
        peers: usize,
    ) -> Self {
        Part {
            expander: arena.expander(question),
            visited: Visited::new(question.universe.symmetry),
            new: Vec::new(),
            known: (0..peers).map(|_| Default::default()).collect(),
            told: (0..peers).map(|_| Default::default()).collect(),
            sent: vec![None; REMEMBERED],
        }
    }

    /// Returns whether the state is known.
    pub(super) fn contains(&self, state: &State<N>) -> bool {
        let nr_mms = self.expander.graphs[0].nr_mms(state.nodes[0]);
        self.visited.contains(self.visited.word(state, nr_mms))
    }

    /// Returns whether a state with this hash was sent lately, and remembers it.
    pub(super) fn is_sent(&mut self, state: State<N>, hash: u64) -> bool {
        self.sent[hash as usize % REMEMBERED].replace(state) == Some(state)
    }

    /// Describes a state for another worker. Calls `tell` with each number whose meaning that worker
    /// does not know.
    pub(super) fn describe(
        &mut self,
        (from, to): (u64, usize),
        (state, last): (State<N>, u32),
        path: Path,
        mut tell: impl FnMut(u32, Meaning),
    ) -> Sent {
        let nodes = both(state.nodes, 0);
        let numbers = [state.link, state.past, last, nodes[0], nodes[1]];
        for (kind, &number) in numbers.iter().enumerate().take(KINDS - 2 + N) {
            if self.told[to][kind].insert(number) {
                tell(number, self.meaning(kind, number));
            }
        }
        let names = state.names.map(|names| (names.dev, names.mms.bits_of()));
        Sent {
            from,
            numbers,
            names: both(names, (0, 0)),
            path,
        }
    }

    /// Adds a state that was reached, unless it is known.
    pub(super) fn reach(&mut self, state: State<N>, last: u32, path: Path) {
        let graph = self.expander.graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        self.visited.widen([state].iter(), nr_mms);
        let word = self.visited.word(&state, nr_mms(state.nodes[0]));
        if self.visited.insert(word) {
            self.new.push((path, state, last));
        }
    }

    /// Returns the bytes that the states of this worker take.
    pub(super) fn bytes(&self) -> usize {
        let graphs = self.expander.graph_bytes();
        let new: usize = self.new.iter().map(|(path, ..)| path.len() + 80).sum();
        self.visited.bytes() + self.expander.bytes() + graphs + new + size_of_val(&self.sent[..])
    }

    /// Ends a level: returns its new states, in the order of their paths.
    pub(super) fn end_level(&mut self) -> Frontier {
        let mut new = std::mem::take(&mut self.new);
        new.sort_by(|a, b| a.0.cmp(&b.0));
        let mut frontier = Frontier::default();
        for (path, state, last) in new {
            let nr_mms = self.expander.graphs[0].nr_mms(state.nodes[0]);
            let word = self.visited.word(&state, nr_mms);
            frontier.push(
                self.visited.codec,
                (word, || (state, nr_mms)),
                last,
                |paths| {
                    paths.extend_from_slice(&path);
                },
            );
        }
        frontier
    }

    /// Returns the state that another worker has sent.
    pub(super) fn received(&mut self, sent: Sent) -> (State<N>, u32, Path) {
        let known = &self.known[sent.from as usize];
        let own = |kind: usize| known[kind][sent.numbers[kind] as usize];
        let state = State {
            nodes: std::array::from_fn(|side| own(3 + side)),
            names: std::array::from_fn(|side| Names {
                dev: sent.names[side].0,
                mms: Mms::of_bits(sent.names[side].1),
            }),
            link: own(0),
            past: own(1),
        };
        (state, own(2), sent.path)
    }

    /// Learns what a number of another worker stands for.
    pub(super) fn learn(&mut self, from: u64, number: u32, meaning: Meaning) {
        let world = self.expander.world;
        let kind = meaning.kind();
        let own = match meaning {
            Meaning::Link(link) => world.links.intern(link),
            Meaning::Past(bytes) => world.pasts.intern(Past::unpack(&bytes).0),
            Meaning::Last(last) => world.lasts.intern(last),
            Meaning::Node(side, bytes) => self.expander.graphs[side as usize].add(world, &bytes),
        };
        let all = &mut self.known[from as usize][kind];
        if all.len() <= number as usize {
            all.resize(number as usize + 1, u32::MAX);
        }
        all[number as usize] = own;
    }

    /// Returns what a number of this worker stands for.
    fn meaning(&self, kind: usize, number: u32) -> Meaning {
        let world = self.expander.world;
        match kind {
            0 => Meaning::Link(world.links.get(number).clone()),
            1 => {
                let mut bytes = Vec::new();
                world.pasts.get(number).pack(&mut bytes);
                Meaning::Past(bytes)
            }
            2 => Meaning::Last(world.lasts.get(number).clone()),
            _ => {
                let side = kind - 3;
                let bytes = self.expander.graphs[side].node(number).bytes.clone();
                Meaning::Node(side as u8, bytes)
            }
        }
    }
}
