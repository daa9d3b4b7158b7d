// SPDX-License-Identifier: GPL-2.0-or-later
//! The part of the states that a worker owns, and how it tells other workers of a state.

use crate::question::Question;
use crate::search::arena::Arena;
use crate::search::candidates::Keys;
use crate::search::frontier::{Frontier, Walk};
use crate::search::graph::link::Link;
use crate::search::graph::symmetry::{Mms, Names};
use crate::search::past::Past;
use crate::search::product::{Child, Expander};
use crate::search::state::{State, both};
use crate::search::visited::{Visited, Word};
use serde::{Deserialize, Serialize};
use spec::Model;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64;

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
struct Sent {
    /// The numbers of each kind.
    numbers: [u32; KINDS],
    /// The names of devices and of mms, by model.
    names: [(u8, u64); 2],
}

/// States for one other worker.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// Numbers that the states have, and that were not in an earlier parcel.
    means: Vec<(u32, Meaning)>,
    states: Vec<Sent>,
    /// The paths of all states, one after the other. They have the same length.
    paths: Vec<u8>,
}

/// States that were first reached in a level, by the same worker.
struct New<const N: usize> {
    /// Each state, and its last operation.
    states: Vec<(State<N>, u32)>,
    /// Their paths, one after the other. They have the same length.
    paths: Vec<u8>,
}

impl<const N: usize> New<N> {
    fn none() -> Self {
        New {
            states: Vec::new(),
            paths: Vec::new(),
        }
    }
}

/// The part of the states that a worker owns, in one topology.
pub(super) struct Part<'a, M, const N: usize> {
    pub expander: Expander<'a, M, N>,
    pub visited: Visited,
    /// The number of this worker.
    index: usize,
    /// By the worker that reached them.
    new: Vec<New<N>>,
    /// What is sent to each other worker next.
    parcels: Vec<Parcel>,
    /// For every other worker and kind, its own numbers by those of that worker.
    known: Vec<[Vec<u32>; KINDS]>,
    /// For every other worker and kind, whether it has been told the meaning of each number.
    told: Vec<[Vec<bool>; KINDS]>,
    /// The worker that owns all states with each state of the first model, or [`NOBODY`] if that is
    /// not computed.
    owners: Vec<u32>,
    /// Words of states that were sent lately, each at the place that its hash gives it. They are
    /// exact, or there is none.
    sent: Vec<u128>,
    children: Vec<Child<N>>,
    /// Those that this worker owns, and their words.
    own: Vec<usize>,
    words: Vec<u128>,
    missing: Vec<usize>,
}

const NOBODY: u32 = u32::MAX;

/// The number of states that a worker remembers having sent.
const REMEMBERED: usize = 1 << 18;

impl<'a, M: Model, const N: usize> Part<'a, M, N> {
    /// Makes an empty part, for the worker with this number, one of so many.
    pub(super) fn new(
        arena: &'a Arena<M, N>,
        question: &'a Question<'a, M, N>,
        (index, peers): (usize, usize),
    ) -> Self {
        Part {
            expander: arena.expander(question),
            visited: Visited::new(question.universe.symmetry),
            index,
            new: (0..peers).map(|_| New::none()).collect(),
            parcels: (0..peers).map(|_| Parcel::default()).collect(),
            known: (0..peers).map(|_| Default::default()).collect(),
            told: (0..peers).map(|_| Default::default()).collect(),
            owners: Vec::new(),
            sent: vec![0; if peers > 1 { REMEMBERED } else { 1 }],
            children: Vec::new(),
            own: Vec::new(),
            words: Vec::new(),
            missing: Vec::new(),
        }
    }

    /// Adds the state at boot, if this worker owns it.
    pub(super) fn boot(&mut self) {
        let (state, last) = (self.expander.boot(), self.expander.at_boot());
        if self.owner(state.nodes[0]) == self.index {
            self.reach(self.index, state, last, |_| {});
        }
    }

    /// Returns the worker that owns all states with this state of the first model.
    #[inline]
    fn owner(&mut self, node: u32) -> usize {
        match self.owners.get(node as usize) {
            Some(&owner) if owner != NOBODY => owner as usize,
            _ => self.find_owner(node),
        }
    }

    /// Computes the owner from what does not depend on numbers.
    #[cold]
    fn find_owner(&mut self, node: u32) -> usize {
        let hash = xxh3_64(&self.expander.graphs[0].node(node).bytes);
        let owner = (u128::from(hash) * self.parcels.len() as u128) >> 64;
        let at = node as usize;
        if at >= self.owners.len() {
            self.owners.resize((at + 1).next_power_of_two(), NOBODY);
        }
        self.owners[at] = owner as u32;
        owner as usize
    }

    /// Expands states of a level. Returns the number of operations that ran.
    pub(super) fn expand(
        &mut self,
        level: &Frontier,
        range: Range<usize>,
        walk: &mut Walk<'_>,
        known: &Keys,
    ) -> u64 {
        let graph = self.expander.graphs[0];
        let nr_mms = |node| graph.nr_mms(node);
        let states: Vec<State<N>> = range.clone().map(|at| level.state(at, nr_mms)).collect();
        self.expander.approach(&states);
        let mut children = std::mem::take(&mut self.children);
        let mut transitions = 0;
        for (at, state) in range.zip(&states) {
            walk.to(at);
            let (path, last) = (walk.path(), walk.last());
            children.clear();
            transitions += self
                .expander
                .expand(state, path, last, known, &mut |child| children.push(child));
            self.take(&children, path);
        }
        self.children = children;
        transitions
    }

    /// Adds the successors of the state with this path, or puts them into parcels.
    fn take(&mut self, children: &[Child<N>], path: &[u8]) {
        self.own.clear();
        self.words.clear();
        for (at, child) in children.iter().enumerate() {
            let word = self.visited.word(&child.state, child.nr_mms.into());
            let owner = self.owner(child.state.nodes[0]);
            if owner == self.index {
                self.own.push(at);
                self.words.push(word);
            } else if !self.is_sent(word) {
                self.put(owner, child, path);
            }
        }
        let mut missing = std::mem::take(&mut self.missing);
        missing.clear();
        self.visited.missing(&self.words, |at| missing.push(at));
        for &at in &missing {
            let child = &children[self.own[at]];
            let last = self.expander.last(child.last);
            let width = self.expander.width;
            self.reach(self.index, child.state, last, |paths| {
                paths.extend_from_slice(path);
                width.push(paths, child.number as usize);
            });
        }
        self.missing = missing;
    }

    /// Returns whether a state with this word was sent lately, and remembers it.
    #[inline]
    fn is_sent(&mut self, word: u128) -> bool {
        // The owner may tell states apart that have the same fingerprint here.
        if word == 0 || !self.visited.is_exact() {
            return false;
        }
        let at = word.hash() as usize % self.sent.len();
        std::mem::replace(&mut self.sent[at], word) == word
    }

    /// Puts a successor of the state with this path into the parcel for another worker.
    fn put(&mut self, to: usize, child: &Child<N>, path: &[u8]) {
        let state = &child.state;
        let last = self.expander.last(child.last);
        let nodes = both(state.nodes, 0);
        let numbers = [state.link, state.past, last, nodes[0], nodes[1]];
        for (kind, &number) in numbers.iter().enumerate().take(KINDS - 2 + N) {
            let told = &mut self.told[to][kind];
            if told.len() <= number as usize {
                told.resize((number as usize + 1).next_power_of_two(), false);
            }
            if !std::mem::replace(&mut told[number as usize], true) {
                let meaning = self.meaning(kind, number);
                self.parcels[to].means.push((number, meaning));
            }
        }
        let names = state.names.map(|names| (names.dev, names.mms.bits_of()));
        let parcel = &mut self.parcels[to];
        parcel.states.push(Sent {
            numbers,
            names: both(names, (0, 0)),
        });
        parcel.paths.extend_from_slice(path);
        self.expander
            .width
            .push(&mut parcel.paths, child.number as usize);
    }

    /// Takes the parcel for another worker, unless it is empty.
    pub(super) fn parcel(&mut self, to: usize) -> Option<Parcel> {
        let parcel = &mut self.parcels[to];
        (!parcel.states.is_empty()).then(|| std::mem::take(parcel))
    }

    /// Adds a state that a worker has reached, unless it is known. `path` appends its path.
    fn reach(&mut self, by: usize, state: State<N>, last: u32, path: impl FnOnce(&mut Vec<u8>)) {
        let graph = self.expander.graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        let mut word = self.visited.word(&state, nr_mms(state.nodes[0]));
        if word == 0 {
            self.visited.widen([state].iter(), nr_mms);
            word = self.visited.word(&state, nr_mms(state.nodes[0]));
            // Words of before mean something else.
            self.sent.fill(0);
        }
        if self.visited.insert(word) {
            let new = &mut self.new[by];
            new.states.push((state, last));
            path(&mut new.paths);
        }
    }

    /// Returns the bytes that the states of this worker take.
    pub(super) fn bytes(&self) -> usize {
        let graphs = self.expander.graph_bytes();
        let one = size_of::<(State<N>, u32)>();
        // With the order in which they are sorted.
        let of = |new: &New<N>| new.states.capacity() * (one + 16) + new.paths.capacity();
        let new: usize = self.new.iter().map(of).sum();
        let names = size_of_val(&self.owners[..]) + size_of_val(&self.sent[..]);
        self.visited.bytes() + self.expander.bytes() + graphs + new + names
    }

    /// Ends a level: returns its new states, in the order of their paths.
    pub(super) fn end_level(&mut self) -> Frontier {
        let all = self.new.iter().enumerate();
        let mut order: Vec<(usize, usize)> = all
            .flat_map(|(by, new)| (0..new.states.len()).map(move |at| (by, at)))
            .collect();
        let path = |&(by, at): &(usize, usize)| {
            let New { states, paths } = &self.new[by];
            let length = paths.len() / states.len();
            &paths[at * length..(at + 1) * length]
        };
        // Each worker has sent the successors of one state after those of another in this order,
        // which the sort makes use of.
        order.sort_by(|a, b| path(a).cmp(path(b)));
        let mut frontier = Frontier::default();
        for place in &order {
            let (state, last) = self.new[place.0].states[place.1];
            let nr_mms = self.expander.graphs[0].nr_mms(state.nodes[0]);
            let word = self.visited.word(&state, nr_mms);
            let write = |paths: &mut Vec<u8>| paths.extend_from_slice(path(place));
            frontier.push(self.visited.codec, (word, || (state, nr_mms)), last, write);
        }
        for new in &mut self.new {
            *new = New::none();
        }
        frontier
    }

    /// Adds the states that another worker has sent.
    pub(super) fn receive(&mut self, from: usize, parcel: Parcel) {
        for (number, meaning) in parcel.means {
            self.learn(from, number, meaning);
        }
        let length = parcel.paths.len() / parcel.states.len();
        for (at, sent) in parcel.states.into_iter().enumerate() {
            let known = &self.known[from];
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
            let last = own(2);
            let path = &parcel.paths[at * length..(at + 1) * length];
            self.reach(from, state, last, |paths| paths.extend_from_slice(path));
        }
    }

    /// Learns what a number of another worker stands for.
    fn learn(&mut self, from: usize, number: u32, meaning: Meaning) {
        let world = self.expander.world;
        let kind = meaning.kind();
        let own = match meaning {
            Meaning::Link(link) => world.links.intern(link),
            Meaning::Past(bytes) => world.pasts.intern(Past::unpack(&bytes).0),
            Meaning::Last(last) => world.lasts.intern(last),
            Meaning::Node(side, bytes) => self.expander.graphs[side as usize].add(world, &bytes),
        };
        let all = &mut self.known[from][kind];
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
