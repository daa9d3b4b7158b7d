// SPDX-License-Identifier: GPL-2.0-or-later
//! Expands states: looks up what every possible operation does in the graph of each model.
//!
//! The return values, complaints and leaks of each operation form a key. A case with a new key
//! becomes a candidate, and is judged in full at the end of the level; see [`super::candidates`].

use super::candidates::{Candidates, Keys, Path, Width};
use super::graph::columns::{Family, Part};
use super::graph::link::{Change, Link};
use super::graph::memo::{Memo, packed};
use super::graph::numbers::{Numbers, NumbersOf, Rank};
use super::graph::seen::{ENDS, LACKING, NAMED, ODD, REFCOUNT, Seen};
use super::graph::symmetry::Names;
use super::graph::{ABSENT, Entry, Graph, Info, LOST, MORE, NOTHING, Node, STILL, Stepper, World};
use super::key;
use super::past::{Past, since};
use super::state::{Form, State, both};
use crate::judge::{Diverged, View, same_splats};
use crate::question::Question;
use spec::case::MAX_OPS;
use spec::kernel::NONE;
use spec::op::{MAX_ARGS, MmState, Over, Resource};
use spec::{Model, OpCode, Run};

/// A state that was reached from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Child<const N: usize> {
    pub state: State<N>,
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
    /// Pasts in which callers have noticed a difference, with what is seen of all operations that
    /// change nothing, whose keys were all noted.
    looked_at: hashbrown::HashSet<u128, foldhash::fast::FixedState>,
    key: Vec<u8>,
    path: Path,
    looks_there: bool,
    /// Whether driver calls or existing objects are compared.
    is_deep: bool,
}

/// The state that is being expanded, with what all its operations need.
struct From<'a, 'n, const N: usize> {
    state: State<N>,
    nodes: [&'a Node; N],
    past: &'a Past,
    link: &'a Link,
    /// The names in the state of each model of what has names in the state.
    inverse: [Names; N],
    nr_mms: usize,
    numbers: NumbersOf<'n>,
}

/// A family of operations of the state that is being expanded.
#[derive(Clone, Copy)]
struct Tried<'f> {
    family: &'f Family,
    rank: Rank,
}

impl<'a, M: Model, const N: usize> Expander<'a, M, N> {
    pub(super) fn new(
        question: &'a Question<'a, M, N>,
        world: &'a World,
        graphs: [&'a Graph<M>; N],
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
                // If any number of operations can follow, every order of releases is also a sequence
                // of its own. If their number is limited, the teardown has to try each order.
                ordered: universe.ops.is_some(),
            },
            width: Width::of(universe.most_operations()),
            ranks: Numbers::ranks(&families),
            numbers: Numbers::of(&families, devices, pasids),
            families,
            skipped: question.models.each_ref().map(skipped),
            stepper: Stepper::new(world),
            memo: Memo::default(),
            candidates: Candidates::default(),
            noted: Default::default(),
            looked_at: Default::default(),
            key: Vec::new(),
            path: Path::new(),
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
        self.memo.bytes() + self.noted.capacity() * 16
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
        if path.len() >= self.width.bytes(universe.ops.unwrap_or(MAX_OPS)) {
            return 0;
        }
        let nodes: [&Node; N] =
            std::array::from_fn(|side| self.graphs[side].node(state.nodes[side]));
        let nr_mms = nodes[0].nr_mms as usize;
        let families = std::mem::take(&mut self.families);
        let ranks = std::mem::take(&mut self.ranks);
        let numbers = self.numbers.clone();
        let link = world.links.get(state.link);
        let from = From {
            numbers: numbers.with(nr_mms, link.pairs.len()),
            state: *state,
            nodes,
            past,
            link,
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

    /// Returns the set of mms of which an operation of this family does something in some model.
    fn mms(&self, from: &From<'_, '_, N>, family: &Family) -> u16 {
        let sets = (0..N).map(|side| {
            let node = from.nodes[side];
            let set = match family.mm {
                Some(MmState::Alive) => node.alive,
                Some(MmState::Exists) => node.exists,
                None => return u16::MAX,
            };
            from.state.names[side].mms.set(set, from.nr_mms)
        });
        sets.fold(0, |all, set| all | set)
    }

    /// Runs all operations of a family over devices and mms.
    #[inline]
    fn over_names(
        &mut self,
        from: &From<'_, '_, N>,
        Tried { family, rank }: Tried<'_>,
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) -> u64 {
        let world = self.world;
        let mms = self.mms(from, family);
        let nr_mms = from.nr_mms;
        let (rows, base): ([&[Entry]; N], usize) = match family.part {
            Part::Gain => (
                std::array::from_fn(|side| {
                    let graph = self.graphs[side];
                    graph.gains(world, &mut self.stepper, from.state.nodes[side])
                }),
                family.base(nr_mms),
            ),
            Part::End => (
                std::array::from_fn(|side| {
                    let graph = self.graphs[side];
                    let ends = graph.ends(world, &mut self.stepper, from.state.nodes[side]);
                    &ends[from.nodes[side].resources.len()..]
                }),
                0,
            ),
            Part::Rest | Part::Look => (
                std::array::from_fn(|side| {
                    let graph = self.graphs[side];
                    &*graph
                        .rest(world, &mut self.stepper, from.state.nodes[side])
                        .entries
                }),
                family.base(nr_mms),
            ),
        };
        let dev = from.inverse.map(|names| world.symmetry.dev(names.dev));
        let to_mm = from.inverse.map(|names| names.mms);
        let devices = 0..world.symmetry.devices;
        let mut transitions = 0;
        let mut run = |this: &mut Self, at: usize, columns: [usize; N]| {
            transitions += 1;
            let entries = std::array::from_fn(|side| rows[side][base + columns[side]]);
            let number = from.numbers.number(family, rank, at);
            this.transition(from, entries, family.code, (number, NONE), known, out);
        };
        match family.over {
            Over::DevicesAndMms => {
                for d in devices {
                    for mm in (0..nr_mms).filter(|mm| mms >> mm & 1 != 0) {
                        let columns = std::array::from_fn(|side| {
                            dev[side][d] as usize * nr_mms + to_mm[side].get(mm)
                        });
                        run(self, d * nr_mms + mm, columns);
                    }
                }
            }
            Over::Mms => {
                for mm in (0..nr_mms).filter(|mm| mms >> mm & 1 != 0) {
                    run(self, mm, to_mm.map(|to| to.get(mm)));
                }
            }
            Over::Devices => {
                for d in devices {
                    run(self, d, dev.map(|dev| dev[d] as usize));
                }
            }
            Over::Pasids => {
                let pasids = world.columns.pasids.len();
                for d in devices {
                    for at in 0..pasids {
                        run(
                            self,
                            d * pasids + at,
                            dev.map(|dev| dev[d] as usize * pasids + at),
                        );
                    }
                }
            }
            Over::Held => unreachable!("these are over what is held"),
        }
        transitions
    }

    /// Runs all operations of a family over what is held.
    #[inline]
    fn over_held(
        &mut self,
        from: &From<'_, '_, N>,
        Tried { family, rank }: Tried<'_>,
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) -> u64 {
        let world = self.world;
        let is_end = family.part == Part::End;
        let rows: [&[Entry]; N] = std::array::from_fn(|side| {
            let (graph, node) = (self.graphs[side], from.state.nodes[side]);
            match is_end {
                true => graph.ends(world, &mut self.stepper, node),
                false => {
                    let rest = graph.rest(world, &mut self.stepper, node);
                    &rest.entries[world.columns.named_rest(from.nr_mms)..]
                }
            }
        });
        let skipped = self.skipped.each_ref().map(|all| all[family.code as usize]);
        let mut transitions = 0;
        for at in self.held(from, family) {
            let pair = from.link.pairs[at];
            let entries = std::array::from_fn(|side| match pair[side] {
                0 => Entry {
                    next: from.state.nodes[side],
                    info: skipped[side],
                },
                held => {
                    let held = held as usize - 1;
                    let column = match is_end {
                        true => held,
                        false => {
                            let families = &world.columns.held_rest;
                            place(from.nodes[side], families, held) + family.base(0)
                        }
                    };
                    rows[side][column]
                }
            });
            let released = match family.code.info().releases {
                true => at as u8,
                false => NONE,
            };
            transitions += 1;
            let number = from.numbers.number(family, rank, at);
            self.transition(from, entries, family.code, (number, released), known, out);
        }
        transitions
    }

    /// Returns the operations that hold what a family names. Of several that hold the same in all
    /// models, it returns the first.
    fn held(
        &self,
        from: &From<'_, '_, N>,
        family: &Family,
    ) -> impl Iterator<Item = usize> + use<M, N> {
        let pairs = &from.link.pairs;
        let mut set = 0u64;
        for (at, pair) in pairs.iter().enumerate() {
            let same = at > 0 && pairs[at - 1] == *pair;
            if !same && resource(from, pair) == family.of {
                set |= 1 << at;
            }
        }
        std::iter::from_fn(move || {
            (set != 0).then(|| {
                let at = set.trailing_zeros() as usize;
                set &= set - 1;
                at
            })
        })
    }

    /// Returns the number of operations over devices and mms of a family that changes nothing.
    fn count_looks(&self, from: &From<'_, '_, N>, family: &Family) -> u64 {
        let all = self.world.columns.count(family, from.nr_mms);
        let mms = self.mms(from, family) & ((1u32 << from.nr_mms) - 1) as u16;
        match family.over {
            Over::DevicesAndMms | Over::Mms => {
                (all / from.nr_mms.max(1) * mms.count_ones() as usize) as u64
            }
            _ => all as u64,
        }
    }

    /// Compares all operations over devices and mms that change nothing.
    #[inline]
    fn look(
        &mut self,
        from: &From<'_, '_, N>,
        families: &[Family],
        ranks: &[Rank],
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) {
        let world = self.world;
        let rests = std::array::from_fn::<_, N, _>(|side| {
            self.graphs[side].rest(world, &mut self.stepper, from.state.nodes[side])
        });
        if rests.iter().all(|rest| rest.odd.is_none()) {
            let (mut shown, mut looked) = ([0; N], [0; 2]);
            for (side, rest) in rests.iter().enumerate() {
                let names = from.state.names[side];
                (looked[side], shown[side]) = match N {
                    1 => (0, u32::from(self.memo.is_odd(world, rest.looks))),
                    _ => self.memo.looks(world, rest.looks, names, from.nr_mms),
                };
            }
            if shown[0] == if N == 1 { 0 } else { shown[N - 1] } {
                return;
            }
            // Callers see no difference for the first time here, so nothing follows from these
            // operations but their keys.
            let key = packed([from.state.past, looked[0], looked[1]], 0);
            if from.past.diverged.callers && !self.looked_at.insert(key) {
                return;
            }
        }
        for (family, &rank) in families.iter().zip(ranks) {
            let count = world.columns.count(family, from.nr_mms);
            if family.part == Part::Look && family.over != Over::Held {
                let mms = self.mms(from, family);
                for at in 0..count {
                    let mm = match family.over {
                        Over::DevicesAndMms | Over::Mms => at % from.nr_mms,
                        _ => 0,
                    };
                    if mms >> mm & 1 == 0 {
                        continue;
                    }
                    let entries = std::array::from_fn(|side| {
                        let column = family.base(from.nr_mms) + self.column(from, family, side, at);
                        self.look_entry(from.state.nodes[side], rests[side], column)
                    });
                    let number = from.numbers.number(family, rank, at);
                    self.transition(from, entries, family.code, (number, NONE), known, out);
                }
            }
        }
    }

    fn column(&self, from: &From<'_, '_, N>, family: &Family, side: usize, at: usize) -> usize {
        let names = from.inverse[side];
        let dev = self.world.symmetry.dev(names.dev);
        let (nr_mms, pasids) = (from.nr_mms, self.world.columns.pasids.len());
        match family.over {
            Over::DevicesAndMms => dev[at / nr_mms] as usize * nr_mms + names.mms.get(at % nr_mms),
            Over::Mms => names.mms.get(at),
            Over::Devices => dev[at] as usize,
            Over::Pasids => dev[at / pasids] as usize * pasids + at % pasids,
            Over::Held => at,
        }
    }

    /// Returns the entry of an operation over devices and mms that should change nothing.
    fn look_entry(&mut self, node: u32, rest: &super::graph::Rest, column: usize) -> Entry {
        match &rest.odd {
            Some(entries) => entries[column],
            None => Entry {
                next: node,
                info: self
                    .memo
                    .still(self.world, self.world.looks.get(rest.looks)[column]),
            },
        }
    }

    /// Compares all operations over what is held that change nothing.
    #[inline]
    fn look_at_held(
        &mut self,
        from: &From<'_, '_, N>,
        Tried { family, rank }: Tried<'_>,
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) -> u64 {
        let world = self.world;
        let rests = std::array::from_fn::<_, N, _>(|side| {
            self.graphs[side].rest(world, &mut self.stepper, from.state.nodes[side])
        });
        let lists = rests.map(|rest| world.looks.get(rest.held_looks));
        let skipped = self.skipped.each_ref().map(|all| all[family.code as usize]);
        let is_odd = rests.iter().any(|rest| rest.odd.is_some());
        let mut transitions = 0;
        for at in self.held(from, family) {
            transitions += 1;
            let pair = from.link.pairs[at];
            let columns: [Option<usize>; N] = std::array::from_fn(|side| match pair[side] {
                0 => None,
                held => {
                    let families = &world.columns.held_looks;
                    Some(place(from.nodes[side], families, held as usize - 1) + family.base(0))
                }
            });
            if !is_odd {
                let seen: [&Seen; N] = std::array::from_fn(|side| match columns[side] {
                    None => world.seen.get(world.infos.get(skipped[side]).seen),
                    Some(column) => world.seen.get(lists[side][column]),
                });
                let quiet = match N {
                    1 => seen[0].flags & (ODD | ENDS) == 0,
                    _ => seen[0].shown == seen[N - 1].shown,
                };
                let numbers = || {
                    both::<_, N>(
                        std::array::from_fn(|side| match columns[side] {
                            None => world.infos.get(skipped[side]).seen,
                            Some(column) => lists[side][column],
                        }),
                        u32::MAX,
                    )
                };
                if quiet || from.past.diverged.callers && self.is_noted(from.state.past, numbers())
                {
                    continue;
                }
            }
            let entries = std::array::from_fn(|side| match columns[side] {
                None => Entry {
                    next: from.state.nodes[side],
                    info: skipped[side],
                },
                Some(column) => match &rests[side].odd {
                    Some(entries) => {
                        let named = world.looks.get(rests[side].looks).len();
                        entries[named + column]
                    }
                    None => Entry {
                        next: from.state.nodes[side],
                        info: self.memo.still(world, lists[side][column]),
                    },
                },
            });
            let number = from.numbers.number(family, rank, at);
            self.transition(from, entries, family.code, (number, NONE), known, out);
        }
        transitions
    }

    /// Returns whether the key of an operation was noted.
    #[inline(always)]
    fn is_noted(&self, past: u32, last: [u32; 2]) -> bool {
        self.noted.contains(&packed([past, last[0], last[1]], 0))
    }

    /// Compares what one operation does in each model, adds a candidate if it may show something
    /// new, and reports the state that follows.
    #[inline]
    fn transition(
        &mut self,
        from: &From<'_, '_, N>,
        entries: [Entry; N],
        code: OpCode,
        (number, released): (usize, u8),
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) {
        let world = self.world;
        let state = &from.state;
        let past = from.past;
        let infos = entries.map(|entry| world.infos.get(entry.info));
        let flags = infos.iter().fold(0, |all, info| all | info.seen_flags);
        let ends = flags & ENDS != 0;
        let mut differ = Diverged::default();
        if N == 1 {
            differ.callers = flags & ODD != 0;
        } else {
            differ.callers = !self.same_shown(state, infos, flags);
            if self.is_deep {
                self.compare_deeply(from, entries, infos, &mut differ);
            }
        }
        let mut link = state.link;
        if !ends {
            let effects = both(infos.map(|info| info.effect), NOTHING);
            let same_numbers = N == 2 && !past.diverged.callers && !differ.callers;
            let is_same = effects == [NOTHING; 2] && released == NONE;
            if !is_same || !same_numbers && from.link.has_numbers() {
                let change = Change {
                    released,
                    same_numbers,
                    ordered: self.form.ordered,
                };
                let (next, handles_differ) = self.memo.link(world, link, effects, change);
                link = next;
                differ.callers |= handles_differ;
            }
        }
        let last = both(infos.map(|info| info.seen), u32::MAX);
        if differ.any() && self.noted.insert(packed([state.past, last[0], last[1]], 0)) {
            self.key.clear();
            past.pack(&mut self.key);
            self.key.extend(code.name().bytes());
            key::results(&mut self.key, &infos.map(|info| world.seen.get(info.seen)));
            let length = self.path.len();
            self.width.push(&mut self.path, number);
            let differs = differ.callers && self.looks_there;
            self.candidates
                .note(known, &self.key, &self.path, false, differs);
            self.path.truncate(length);
        }
        // With one model, its misbehaviour so far does not affect its next operations.
        let diverged = match N {
            1 => Diverged::default(),
            _ => past.diverged.or(differ),
        };
        if ends {
            return;
        }
        // Only an incorrect kernel writes in an operation that should only read.
        let is_still = || infos.iter().all(|info| info.flags & STILL != 0);
        if diverged == past.diverged && code.info().read_only && is_still() {
            return;
        }
        let mut next = State {
            nodes: entries.map(|entry| entry.next),
            names: state.names,
            link,
            past: state.past,
        };
        let nr_mms = self.graphs[0].node(next.nodes[0]).nr_mms as usize;
        let symmetry = &world.symmetry;
        for side in 0..N {
            let names = match (self.form.symmetric, side) {
                (true, 0) => Names::SAME,
                (true, _) => symmetry.after(infos[0].names, state.names[side], nr_mms),
                (false, _) => state.names[side],
            };
            next.names[side] = match (self.form.symmetric, side) {
                (true, 0) => names,
                _ => symmetry.after(names, infos[side].inverse, nr_mms),
            };
        }
        let lost = infos.iter().fold(0, |all, info| all | info.flags) & (LOST | MORE);
        let same_keys = N == 1 || diverged.callers || self.same_keys(&next);
        next.past = self.past(
            state.past,
            past,
            diverged,
            (flags, same_keys),
            (code, infos),
            last,
        );
        if lost != 0 {
            // The state does not record the objects that were lost on the path to it, so run the
            // teardown here.
            let now = world.pasts.get(next.past);
            let length = self.path.len();
            self.width.push(&mut self.path, number);
            let more = infos.map(|info| info.lost.map(u32::from));
            let last = last_op(code, infos.map(|info| world.seen.get(info.seen)));
            self.tear_down(&next, more, now, &last, known);
            self.path.truncate(length);
            if lost & LOST != 0 && !now.lost {
                next.past = world.pasts.intern(Past {
                    lost: true,
                    ..now.clone()
                });
            }
        }
        self.form.cap(
            &mut next,
            world,
            &self.graphs,
            &mut self.memo,
            &mut self.stepper,
        );
        next.normalize(world, &self.graphs, &mut self.memo, self.form);
        out(Child {
            state: next,
            number: number as u32,
            last,
        });
    }

    /// Returns whether callers and readers of dmesg see the same, but for handles.
    #[inline]
    fn same_shown(&mut self, state: &State<N>, infos: [&Info; N], flags: u8) -> bool {
        if flags & (LACKING | NAMED) == 0 {
            return infos[0].shown == infos[N - 1].shown;
        }
        let renamed: [_; N] = std::array::from_fn(|side| {
            let seen = self
                .memo
                .seen(self.world, infos[side].seen, state.names[side]);
            self.world.seen.get(seen)
        });
        let (a, b) = (renamed[0], renamed[N - 1]);
        match flags & LACKING {
            0 => a.shown == b.shown,
            // That a kernel does not have an operation is no difference.
            _ => same_splats(&a.splats, &b.splats),
        }
    }

    /// Compares driver calls and existing objects, if they are asked for.
    #[inline]
    fn compare_deeply(
        &mut self,
        from: &From<'_, '_, N>,
        entries: [Entry; N],
        infos: [&Info; N],
        differ: &mut Diverged,
    ) {
        let world = self.world;
        let seen = infos.map(|info| world.seen.get(info.seen));
        if world.compares_calls() && !(seen[0].calls.is_empty() && seen[N - 1].calls.is_empty()) {
            let calls: [_; N] = std::array::from_fn(|side| {
                let names = from.state.names[side];
                let seen = self.memo.seen(world, infos[side].seen, names);
                &world.seen.get(seen).calls
            });
            differ.driver = calls[0] != calls[N - 1];
        }
        if world.compares_state() {
            let existing: [Option<u32>; N] = std::array::from_fn(|side| {
                let existing = match infos[side].existing {
                    ABSENT => from.nodes[side].existing,
                    existing => existing,
                };
                let names = from.state.names[side];
                let exists = entries[side].next != ABSENT;
                exists.then(|| self.memo.existing(world, existing, names))
            });
            differ.state = existing[0] != existing[N - 1];
        }
    }

    /// Returns whether the same groups have entries for the same PASIDs.
    #[inline]
    fn same_keys(&mut self, state: &State<N>) -> bool {
        let keys: [u32; N] = std::array::from_fn(|side| {
            let keys = self.graphs[side].node(state.nodes[side]).keys;
            self.memo.keys(self.world, keys, state.names[side])
        });
        keys[0] == keys[N - 1]
    }

    /// Returns the number of the past after an operation.
    #[inline]
    fn past(
        &mut self,
        before: u32,
        past: &Past,
        diverged: Diverged,
        (flags, same_keys): (u8, bool),
        (code, infos): (OpCode, [&Info; N]),
        last: [u32; 2],
    ) -> u32 {
        let keeps = diverged == past.diverged && flags & REFCOUNT == 0;
        if keeps && same_keys == past.apart.is_none() {
            return before;
        }
        let bits = [diverged.callers, diverged.driver, diverged.state, same_keys];
        let bits = bits.iter().fold(0, |bits, &bit| bits << 1 | u32::from(bit));
        let world = self.world;
        let now = || {
            let seen = infos.map(|info| world.seen.get(info.seen));
            let mut now = Past {
                diverged,
                refcount: past.refcount,
                lost: past.lost,
                apart: None,
            };
            for (complained, seen) in now.refcount.iter_mut().zip(&seen) {
                *complained |= seen.flags & REFCOUNT != 0;
            }
            if !same_keys {
                let decided = seen.map(|seen| seen.decided);
                now.apart = past.apart.or_else(|| Some(since(code, &decided)));
            }
            world.pasts.intern(now)
        };
        *{
            self.memo
                .pasts
                .entry(packed([before, last[0], last[1]], bits))
        }
        .or_insert_with(now)
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

    /// Returns a hash of a state that does not depend on numbers.
    #[cfg(feature = "cluster")]
    pub(super) fn hash(&mut self, state: &State<N>) -> u64 {
        let world = self.world;
        let mut hash = self.memo.hash_of(world, state.link, state.past);
        for side in 0..N {
            let node = self.graphs[side].node(state.nodes[side]);
            let Names { dev, mms } = state.names[side];
            for part in [
                xxhash_rust::xxh3::xxh3_64(&node.bytes),
                mms.bits_of() ^ u64::from(dev),
            ] {
                let product = u128::from(hash ^ part) * 0x9e37_79b9_7f4a_7c15;
                hash = product as u64 ^ (product >> 64) as u64;
            }
        }
        hash
    }

    /// Returns whether every teardown of these states is quiet and leaves nothing, so that there is
    /// nothing to compare.
    #[inline]
    fn is_clean(&mut self, nodes: &[u32; N]) -> bool {
        !self.world.compares_calls()
            && (0..N).all(|side| {
                let graph = self.graphs[side];
                graph.is_clean(self.world, &mut self.stepper, nodes[side])
            })
    }

    /// Runs the teardown in a state, and adds a candidate if it may show something new. `lost` are
    /// the numbers of handles and domains of each model that the state does not contain.
    #[inline(never)]
    fn tear_down(
        &mut self,
        state: &State<N>,
        lost: [[u32; 2]; N],
        past: &Past,
        last: &[u8],
        known: &Keys,
    ) {
        let world = self.world;
        let ends: [_; N] = std::array::from_fn(|side| self.end(state, side, lost[side]));
        let is_over = ends.iter().any(|end| end.ret.ends_the_run());
        let left = ends.each_ref().map(|end| world.left.get(end.left));
        let (shown, what) = match (&ends[..], &left[..]) {
            ([end], [left]) => {
                let shown = is_over || !end.splats.is_empty() || !left.is_nothing();
                (shown, left.compare(&Default::default()))
            }
            ([from, to], [a, b]) => {
                let shown = from.ret != to.ret
                    || !same_splats(&from.splats, &to.splats)
                    || !is_over && a != b
                    || from.calls != to.calls;
                (shown, a.compare(b))
            }
            _ => unreachable!("one model or two"),
        };
        if !shown {
            return;
        }
        // Whatever is lost was lost in the teardown or in the last operation. If it was lost earlier,
        // an earlier state has shown it.
        self.key.clear();
        self.key.push(b'$');
        past.pack(&mut self.key);
        self.key.extend(last);
        self.key.extend(what);
        for end in &ends {
            key::ret_kind(&mut self.key, end.ret);
            self.key.extend(&end.events);
            self.key.push(0);
        }
        self.candidates
            .note(known, &self.key, &self.path, true, false);
    }
}

/// Returns the bytes for the last operation of a path.
fn last_op<const N: usize>(code: OpCode, seen: [&Seen; N]) -> Vec<u8> {
    let mut bytes = Vec::new();
    key::last_op(&mut bytes, code.name(), seen.map(|seen| &*seen.events));
    bytes
}

/// Returns the resource that an operation holds in the first model in which it holds something.
fn resource<const N: usize>(from: &From<'_, '_, N>, pair: &[u8; 2]) -> Option<Resource> {
    (0..N).find_map(|side| match pair[side] {
        0 => None,
        held => Some(from.nodes[side].resources[held as usize - 1]),
    })
}

/// Returns the position of the operations over something held, among those over all that is held.
fn place(node: &Node, families: &[Family], held: usize) -> usize {
    let count = |resource: &Resource| {
        let of = Some(*resource);
        families.iter().filter(|family| family.of == of).count()
    };
    node.resources[..held].iter().map(count).sum()
}
