// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs the operations of a state, family by family.

use super::{Child, Expander, From};
use crate::search::candidates::Keys;
use crate::search::graph::columns::{Family, Kinds, Part};
use crate::search::graph::memo::{forget, packed};
use crate::search::graph::numbers::Rank;
use crate::search::graph::seen::{ENDS, ODD};
use crate::search::graph::symmetry::Names;
use crate::search::graph::{Entry, Node, Outline, Rest, World};
use crate::search::state::both;
use spec::Model;
use spec::kernel::NONE;
use spec::op::{MmState, Over, Resource};

/// The number of resources.
pub(super) const KINDS: usize = Resource::ALL.len();

/// A family of operations of the state that is being expanded.
#[derive(Clone, Copy)]
pub(super) struct Tried<'f> {
    pub family: &'f Family,
    pub rank: Rank,
}

impl<M: Model, const N: usize> Expander<'_, M, N> {
    /// Returns the mms for which operations of this family do something in at least one model.
    fn mms(&self, from: &From<'_, '_, N>, family: &Family) -> u16 {
        let sets = (0..N).map(|side| {
            let node = from.outlines[side];
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
    pub(super) fn over_names(
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
        let mut transitions = 0;
        each(world, from, family, mms, |at, columns| {
            transitions += 1;
            let entries = std::array::from_fn(|side| rows[side][base + columns[side]]);
            let number = from.numbers.number(family, rank, at);
            self.transition(from, entries, family.code, (number, NONE), known, out);
        });
        transitions
    }

    /// Runs all operations of a family over what is held.
    #[inline]
    pub(super) fn over_held(
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
        for at in held(from, family) {
            let pair = from.link.pairs[at];
            let entries = std::array::from_fn(|side| match pair[side] {
                0 => Entry::still(from.state.nodes[side], from.outlines[side], skipped[side]),
                held => {
                    let held = held as usize - 1;
                    let column = match is_end {
                        true => held,
                        false => {
                            let families = &world.columns.nr_held_rest;
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

    /// Returns the number of operations over devices and mms of a family that changes nothing.
    pub(super) fn count_looks(&self, from: &From<'_, '_, N>, family: &Family) -> u64 {
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
    pub(super) fn look(
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
        if rests.iter().all(|rest| rest.odd.is_none()) && self.is_looked_at(from, rests) {
            return;
        }
        let looks = |family: &Family| family.part == Part::Look && family.over != Over::Held;
        for (family, &rank) in families
            .iter()
            .zip(ranks)
            .filter(|(family, _)| looks(family))
        {
            let mms = self.mms(from, family);
            let base = family.base(from.nr_mms);
            each(world, from, family, mms, |at, columns| {
                let entries = std::array::from_fn(|side| {
                    let node = (from.state.nodes[side], from.outlines[side]);
                    self.look_entry(node, rests[side], base + columns[side])
                });
                let number = from.numbers.number(family, rank, at);
                self.transition(from, entries, family.code, (number, NONE), known, out);
            });
        }
    }

    /// Returns whether nothing remains to be compared of all operations over devices and mms that
    /// change nothing.
    #[inline]
    fn is_looked_at(&mut self, from: &From<'_, '_, N>, rests: [&Rest; N]) -> bool {
        let world = self.world;
        let looks = both(rests.map(|rest| rest.looks), u32::MAX);
        // It only matters how the names of one model go with those of the other.
        let names = match N {
            1 => Names::SAME,
            _ => (world.symmetry).after(from.inverse[0], from.state.names[N - 1], from.nr_mms),
        };
        // If callers have noticed a difference before, these operations lead to no new state, and
        // only their keys matter.
        let past = match from.past.diverged.callers {
            true => from.state.past,
            false => u32::MAX,
        };
        let key = (
            packed([past, looks[0], looks[1]], names.dev.into()),
            names.mms,
        );
        if self.looked_at.contains_key(&key) {
            return true;
        }
        let is_quiet = match N {
            1 => !self.memo.is_odd(world, looks[0]),
            _ => self.memo.same_looks(world, looks, names, from.nr_mms),
        };
        if is_quiet || from.past.diverged.callers {
            forget(&mut self.looked_at);
            self.looked_at.insert(key, ());
        }
        is_quiet
    }

    /// Returns the entry of an operation over devices and mms that should change nothing.
    fn look_entry(&mut self, (node, this): (u32, &Outline), rest: &Rest, column: usize) -> Entry {
        match &rest.odd {
            Some(entries) => entries[column],
            None => {
                let seen = self.world.looks.get(rest.looks)[column];
                Entry::still(node, this, self.memo.still(self.world, seen))
            }
        }
    }

    /// Compares all operations over what is held that change nothing.
    #[inline]
    pub(super) fn look_at_held(
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
        for at in held(from, family) {
            transitions += 1;
            let pair = from.link.pairs[at];
            let columns: [Option<usize>; N] = std::array::from_fn(|side| match pair[side] {
                0 => None,
                held => {
                    let families = &world.columns.nr_held_looks;
                    Some(place(from.nodes[side], families, held as usize - 1) + family.base(0))
                }
            });
            if !is_odd {
                let numbers: [u32; N] = std::array::from_fn(|side| match columns[side] {
                    None => self.memo.info(world, skipped[side]).seen,
                    Some(column) => lists[side][column],
                });
                let seen = numbers.map(|seen| world.seen.get(seen));
                let quiet = match N {
                    1 => seen[0].flags & (ODD | ENDS) == 0,
                    _ => seen[0].shown == seen[N - 1].shown,
                };
                let is_noted = || self.is_noted(from.state.past, both(numbers, u32::MAX));
                if quiet || from.past.diverged.callers && is_noted() {
                    continue;
                }
            }
            let entries = std::array::from_fn(|side| match columns[side] {
                None => Entry::still(from.state.nodes[side], from.outlines[side], skipped[side]),
                Some(column) => match &rests[side].odd {
                    Some(entries) => {
                        let named = world.looks.get(rests[side].looks).len();
                        entries[named + column]
                    }
                    None => {
                        let info = self.memo.still(world, lists[side][column]);
                        Entry::still(from.state.nodes[side], from.outlines[side], info)
                    }
                },
            });
            let number = from.numbers.number(family, rank, at);
            self.transition(from, entries, family.code, (number, NONE), known, out);
        }
        transitions
    }
}

/// Calls `run` with each operation of a family over devices and mms, of which only some mms do
/// something: with its position in the family, and in each model with its position there.
#[inline(always)]
fn each<const N: usize>(
    world: &World,
    from: &From<'_, '_, N>,
    family: &Family,
    mms: u16,
    mut run: impl FnMut(usize, [usize; N]),
) {
    let dev = from.inverse.map(|names| world.symmetry.dev(names.dev));
    let to_mm = from.inverse.map(|names| names.mms);
    let nr_mms = from.nr_mms;
    let devices = 0..world.symmetry.devices;
    let mms = (0..nr_mms).filter(|mm| mms >> mm & 1 != 0);
    match family.over {
        Over::DevicesAndMms => {
            for d in devices {
                for mm in mms.clone() {
                    let columns = std::array::from_fn(|side| {
                        dev[side][d] as usize * nr_mms + to_mm[side].get(mm)
                    });
                    run(d * nr_mms + mm, columns);
                }
            }
        }
        Over::Mms => {
            for mm in mms {
                run(mm, to_mm.map(|to| to.get(mm)));
            }
        }
        Over::Devices => {
            for d in devices {
                run(d, dev.map(|dev| dev[d] as usize));
            }
        }
        Over::Pasids => {
            let pasids = world.columns.pasids.len();
            for d in devices {
                for at in 0..pasids {
                    let columns = dev.map(|dev| dev[d] as usize * pasids + at);
                    run(d * pasids + at, columns);
                }
            }
        }
        Over::Held => unreachable!("these are over what is held"),
    }
}

/// Returns for each resource the set of operations that hold it in the first model in which they
/// hold something. Of several that hold the same in all models, the first is in it.
pub(super) fn holders<const N: usize>(pairs: &[[u8; 2]], nodes: [&Node; N]) -> [u64; KINDS] {
    let mut sets = [0; KINDS];
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 && pairs[at - 1] == *pair {
            continue;
        }
        if let Some(side) = (0..N).find(|&side| pair[side] != 0) {
            let kind = nodes[side].resources.kind(pair[side] as usize - 1);
            sets[kind] |= 1 << at;
        }
    }
    sets
}

/// Returns the operations that hold what a family names.
fn held<const N: usize>(from: &From<'_, '_, N>, family: &Family) -> impl Iterator<Item = usize> {
    let mut set = family.of.map_or(0, |of| from.holders[of as usize]);
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let at = set.trailing_zeros() as usize;
            set &= set - 1;
            at
        })
    })
}

/// Returns the position of the operations over something held, among those over all that is held.
/// `families` are the numbers of families that name each resource.
#[inline(always)]
fn place(node: &Node, families: &Kinds, held: usize) -> usize {
    let all = node.resources;
    (0..held).map(|at| families[all.kind(at)]).sum()
}
