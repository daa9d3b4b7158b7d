// SPDX-License-Identifier: GPL-2.0-or-later
//! Expands states: looks up what every possible operation does in the graph of each model.
//!
//! The return values, complaints and leaks of each operation form a key. A case with a new key
//! becomes a candidate, and is judged in full at the end of the level; see [`super::candidates`].

mod families;
mod teardown;
mod transition;

use super::candidates::{Candidates, Keys, Path, Width};
use super::graph::columns::{Family, Part};
use super::graph::link::Link;
use super::graph::memo::{Map, Memo};
use super::graph::numbers::{Numbers, NumbersOf, Rank};
use super::graph::seen::Seen;
use super::graph::symmetry::{Mms, Names};
use super::graph::{ABSENT, Graph, Info, NOTHING, Node, Outline, Stepper, World};
use super::key;
use super::past::Past;
use super::state::{Form, State};
use crate::judge::View;
use crate::question::Question;
use families::Tried;
use spec::case::MAX_OPS;
use spec::op::{MAX_ARGS, Over};
use spec::{Model, OpCode, Run};

/// A state that was reached from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<const N: usize> {
    pub state: State<N>,
    pub nr_mms: u8,
    /// The operation, as its index among those of the state.
    pub number: u32,
    /// What was seen of the operation on each model.
    pub last: [u32; 2],
}

/// Expands the states of one topology, one after the other.
pub(super) struct Expander<'a, M, const N: usize> {
    pub question: &'a Question<'a, M, N>,
    pub world: &'a World,
    pub graphs: [&'a Graph<M>; N],
    pub form: Form,
    pub width: Width,
    families: Vec<Family>,
    ranks: Vec<Rank>,
    numbers: Numbers,
    /// For each model and operation, the info of an entry where nothing is held that it names.
    skipped: [Vec<u32>; N],
    pub stepper: Stepper,
    pub memo: Memo,
    /// Cases that may show a new cause.
    pub candidates: Candidates,
    /// Pasts with what was seen of operations after them, whose keys were noted.
    noted: hashbrown::HashSet<u128, foldhash::fast::FixedState>,
    /// What is seen of all operations over devices and mms that change nothing, how names go
    /// together, and the past, of which nothing remains to be compared. `u32::MAX` stands for all
    /// pasts in which callers have noticed no difference.
    looked_at: Map<(u128, Mms), ()>,
    key: Vec<u8>,
    path: Path,
    looks_there: bool,
    /// Whether all states are counted; see [`Search::counts`](super::Search::counts).
    pub counts: bool,
    /// Whether states that need not be counted are left out in this round.
    pub leaves_out: bool,
    /// Whether driver calls or existing objects are compared.
    is_deep: bool,
}

/// The state that is being expanded, with what all its operations need.
struct From<'a, 'n, const N: usize> {
    state: State<N>,
    nodes: [&'a Node; N],
    outlines: [&'a Outline; N],
    past: &'a Past,
    link: &'a Link,
    /// The operations that hold each resource.
    holders: [u64; families::KINDS],
    /// The names in the state of each model of what has names in the state.
    inverse: [Names; N],
    nr_mms: usize,
    numbers: NumbersOf<'n>,
}

impl<'a, M: Model, const N: usize> Expander<'a, M, N> {
    pub(super) fn new(
        question: &'a Question<'a, M, N>,
        world: &'a World,
        graphs: [&'a Graph<M>; N],
        memo: Memo,
    ) -> Self {
        let universe = question.universe;
        let is_tried = |family: &&Family| crate::judge::is_tried(&question.models, family.code);
        let skipped = |model: &M| {
            let info = |code: OpCode| match code.info().over() {
                Over::Held => {
                    let op = code.with_args([0; MAX_ARGS]).into();
                    let ret = Run::new(&world.topology).step(model, 1, &op, &mut ());
                    world
                        .infos
                        .intern(Info::still(world, world.quiet(code, ret)))
                }
                _ => ABSENT,
            };
            OpCode::ALL.into_iter().map(info).collect()
        };
        let views = question.views;
        let families: Vec<Family> = world
            .columns
            .families
            .iter()
            .filter(is_tried)
            .copied()
            .collect();
        let (devices, pasids) = (world.symmetry.devices, world.columns.pasids.len());
        Expander {
            question,
            world,
            graphs,
            form: Form {
                symmetric: universe.symmetry,
                // If the length is not limited, operations can release in every order, so the order
                // need not be stored. If it is, a state keeps the order in which the teardown
                // releases.
                ordered: universe.ops.is_some(),
            },
            width: Width::of(universe.most_operations()),
            ranks: Numbers::ranks(&families),
            numbers: Numbers::of(&families, devices, pasids),
            families,
            skipped: question.models.each_ref().map(skipped),
            stepper: Stepper::new(world),
            memo,
            candidates: Candidates::default(),
            noted: Default::default(),
            looked_at: Default::default(),
            key: Vec::new(),
            path: Path::new(),
            counts: true,
            leaves_out: false,
            is_deep: world.compares_calls() || world.compares_state(),
            looks_there: [View::Api, View::Splat]
                .iter()
                .all(|view| views.contains(view)),
        }
    }

    /// Returns the family and the position in it of an operation, by its number in a state with so
    /// many mms and operations that hold something.
    pub(super) fn find(&self, number: usize, mms: usize, held: usize) -> Option<(&Family, usize)> {
        let numbers = self.numbers.with(mms, held);
        let (family, at) = numbers.find(number, &self.families, &self.ranks, held)?;
        Some((&self.families[family], at))
    }

    /// Returns the bytes that results of earlier states take.
    pub(super) fn bytes(&self) -> usize {
        self.memo.bytes() + self.noted.capacity() * 17 + self.looked_at.capacity() * 33
    }

    /// Returns the bytes that the graphs take with their tables, which all threads share.
    pub(super) fn graph_bytes(&self) -> usize {
        let graphs: usize = self.graphs.iter().map(|graph| graph.bytes()).sum();
        graphs + self.world.bytes()
    }

    /// Returns the state at boot.
    pub(super) fn boot(&mut self) -> State<N> {
        let mut state = State {
            nodes: [0; N],
            names: [Names::SAME; N],
            link: 0,
            past: 0,
        };
        let nr_mms = self.world.topology.mms.len();
        for side in 0..N {
            let (node, names) = self.graphs[side].boot(self.world, &mut self.stepper);
            state.nodes[side] = node;
            state.rename(
                self.world,
                &mut self.memo,
                self.form,
                side,
                (names, NOTHING, nr_mms),
            );
        }
        state.normalize(self.world, &self.graphs, &mut self.memo, self.form);
        state
    }

    /// Reads the rows of these states ahead of their use. The reads do not depend on each other, so
    /// the processor overlaps them.
    pub(super) fn approach(&self, states: &[State<N>]) {
        let mut read = 0;
        for state in states {
            for (graph, node) in self.graphs.iter().zip(state.nodes) {
                read ^= graph.first_of_rows(node);
            }
        }
        std::hint::black_box(read);
    }

    /// Runs the teardown in a state, and then each operation, unless the path already has the
    /// maximum length. Returns the number of operations that ran.
    ///
    /// `last` is the number of the last operation of the path, with what was seen of it.
    pub(super) fn expand(
        &mut self,
        state: &State<N>,
        path: &[u8],
        last: u32,
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) -> u64 {
        let world = self.world;
        self.path.clear();
        self.path.extend_from_slice(path);
        let past = world.pasts.get(state.past);
        if !self.is_clean(&state.nodes) {
            self.tear_down(state, [[0; 2]; N], past, world.lasts.get(last), known);
        }
        let universe = self.question.universe;
        if path.len() >= self.width.bytes(self.longest()) {
            return 0;
        }
        let nodes: [&Node; N] =
            std::array::from_fn(|side| self.graphs[side].node(state.nodes[side]));
        let outlines: [&Outline; N] =
            std::array::from_fn(|side| self.graphs[side].outline(state.nodes[side]));
        let nr_mms = outlines[0].nr_mms as usize;
        let families = std::mem::take(&mut self.families);
        let ranks = std::mem::take(&mut self.ranks);
        let numbers = self.numbers.clone();
        let link = world.links.get(state.link);
        let from = From {
            numbers: numbers.with(nr_mms, link.pairs.len()),
            state: *state,
            nodes,
            outlines,
            past,
            link,
            holders: families::holders(&link.pairs, nodes),
            inverse: state
                .names
                .map(|names| world.symmetry.inverse(names, nr_mms)),
            nr_mms,
        };
        let pairs = &from.link.pairs;
        let is_full = universe.binds.is_some_and(|binds| pairs.len() >= binds);
        let mut transitions = 0;
        for (family, &rank) in families.iter().zip(&ranks) {
            if is_full && family.part == Part::Gain {
                continue;
            }
            let tried = Tried { family, rank };
            transitions += match (family.over, family.part) {
                (Over::Held, Part::Look) => self.look_at_held(&from, tried, known, out),
                (_, Part::Look) => self.count_looks(&from, family),
                (Over::Held, _) => self.over_held(&from, tried, known, out),
                _ => self.over_names(&from, tried, known, out),
            };
        }
        self.look(&from, &families, &ranks, known, out);
        (self.families, self.ranks) = (families, ranks);
        transitions
    }

    /// Returns the maximum length of a path.
    fn longest(&self) -> usize {
        self.question.universe.ops.unwrap_or(MAX_OPS)
    }

    /// Returns whether nothing but teardowns run in states with paths of this length.
    pub(super) fn is_last(&self, length: usize) -> bool {
        length >= self.longest()
    }

    /// Returns the number of the last operation before the state at boot.
    pub(super) fn at_boot(&self) -> u32 {
        let mut bytes = Vec::new();
        key::last_op(&mut bytes, "boot", [&[][..]; N]);
        self.world.lasts.intern(bytes.into())
    }

    /// Returns the number of an operation with what was seen of it on each model.
    pub(super) fn last(&mut self, last: [u32; 2]) -> u32 {
        let world = self.world;
        let number = || {
            let seen: [&Seen; N] = std::array::from_fn(|side| world.seen.get(last[side]));
            world.lasts.intern(last_op(seen[0].code, seen).into())
        };
        *self.memo.lasts.entry(last).or_insert_with(number)
    }
}

/// Returns the bytes for the last operation of a path.
fn last_op<const N: usize>(code: OpCode, seen: [&Seen; N]) -> Vec<u8> {
    let mut bytes = Vec::new();
    key::last_op(&mut bytes, code.name(), seen.map(|seen| &*seen.events));
    bytes
}
