// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes cases of paths: finds the state that machines are in, and what the names of the state stand
//! for.

use super::graph::NOTHING;
use super::graph::link::{Link, moved_pair};
use super::graph::symmetry::{Mms, Names};
use super::product::Expander;
use super::state::{State, both};
use spec::case::MAX_OPS;
use spec::kernel::NONE;
use spec::op::Refers;
use spec::run::Held;
use spec::{Case, Model, Op, Run};

/// What the names of a state stand for in a case.
#[derive(Debug)]
struct Place {
    /// The device and the mm of the case, by names in the state.
    dev: [u8; 8],
    mms: Mms,
    /// The operations that hold something, in the order of the state.
    held: Vec<u32>,
    nr_mms: usize,
}

impl<M: Model, const N: usize> Expander<'_, M, N> {
    /// Returns the case of a path, with the indices that devices, mms and operations have in the
    /// case.
    pub(super) fn case(&mut self, path: &[u8]) -> Case {
        let mut case = Case::new(self.world.topology.clone(), Vec::new());
        let mut runs = [Run::new(&self.world.topology); N];
        let numbers: Vec<usize> = self.width.numbers(path).collect();
        for number in numbers {
            let place = self.locate(&runs);
            let op = self.op(number, &place);
            let index = case.ops.len();
            case.ops.push(op);
            for (run, model) in runs.iter_mut().zip(&self.question.models) {
                run.step(model, index, &op, &mut ());
            }
        }
        case
    }

    /// Finds the state that machines are in, and returns what its names stand for.
    fn locate(&mut self, runs: &[Run; N]) -> Place {
        let world = self.world;
        let outstanding = |op: &usize| runs.iter().any(|run| run.held(*op) != Held::Nothing);
        let ops: Vec<usize> = (0..MAX_OPS).filter(outstanding).collect();
        let placed: [_; N] = std::array::from_fn(|side| {
            self.graphs[side].locate(world, &mut self.stepper, &runs[side], ops.len() as u8)
        });
        let nr_mms = runs[0].machine.nr_mms();
        let symmetry = &world.symmetry;
        let undone = placed
            .each_ref()
            .map(|placed| symmetry.inverse(placed.names, nr_mms));
        let symmetric = self.form.symmetric;
        let mut state = State {
            nodes: placed.each_ref().map(|placed| placed.node),
            names: std::array::from_fn(|side| match (symmetric, side) {
                (true, 0) => Names::SAME,
                (true, _) => symmetry.after(placed[0].names, undone[side], nr_mms),
                (false, _) => undone[side],
            }),
            link: 0,
            past: 0,
        };
        let pair = |op: &usize| both(placed.each_ref().map(|placed| placed.held[*op]), 0);
        let mut pairs: Vec<([u8; 2], u32)> = ops.iter().map(|op| (pair(op), *op as u32)).collect();
        if !self.form.ordered {
            pairs.sort();
        }
        let mut link = Link {
            pairs: pairs.iter().map(|(pair, _)| *pair).collect(),
            ..Link::default()
        };
        if N == 2 {
            let known = |side: usize| {
                let handles = 0..runs[side].machine.handles().len();
                let placed = &placed[side];
                let all = handles.map(move |at| (placed.handles[at], runs[side].number_of(at)));
                all.filter(|&(at, number)| at != NONE && number != NONE)
            };
            link.first = known(0).map(|(at, _)| at).collect();
            let same = |number| known(0).find(|&(_, other)| other == number);
            link.second = known(N - 1)
                .map(|(at, number)| (at, same(number).map_or(NONE, |(at, _)| at)))
                .collect();
            link.first.sort();
            link.second.sort();
        }
        // Once callers have noticed a difference, handles are not identified any more; their numbers
        // then decide nothing but between names that come to the same.
        if link.first.len() != link.second.len() {
            link.first.clear();
            link.second.clear();
        }
        state.link = world.links.intern(link);
        let before = state;
        let normal = state.normalize(world, &self.graphs, &mut self.memo, self.form);
        let nodes: [_; N] =
            std::array::from_fn(|side| self.graphs[side].outline(state.nodes[side]));
        let effects: [u32; 2] = std::array::from_fn(|side| {
            let Some(node) = nodes.get(side) else {
                return NOTHING;
            };
            match node.moves {
                0 => NOTHING,
                moves => world.moves.get(moves)[normal.elements[side] as usize],
            }
        });
        let effects = effects.map(|effect| world.effects.get(effect));
        for (pair, _) in &mut pairs {
            *pair = moved_pair(*pair, effects);
        }
        if !self.form.ordered {
            pairs.sort();
        }
        // The names in the state of what has names in the case.
        let mut names = match symmetric {
            true => placed[0].names,
            false => Names::SAME,
        };
        if symmetric {
            let element = world.classes.get(nodes[0].class)[normal.elements[0] as usize];
            names.dev = symmetry.devices_after(element, names.dev);
            if N == 2 {
                let blocks = nodes.map(|node| node.blocks);
                let exchanged = exchanged(&before, &state, both(blocks, Mms::SAME), nr_mms);
                names.mms = exchanged.after(names.mms, nr_mms);
            }
        }
        let back = symmetry.inverse(names, nr_mms);
        Place {
            dev: *symmetry.dev(back.dev),
            mms: back.mms,
            held: pairs.iter().map(|(_, op)| *op).collect(),
            nr_mms,
        }
    }

    /// Returns the operation with this number in a state, under the names of the case.
    fn op(&self, number: usize, place: &Place) -> Op {
        let columns = &self.world.columns;
        let found = self.find(number, place.nr_mms, place.held.len());
        let (family, at) = found.expect("a path has operations of its states");
        let mut op = columns.op(family, at, place.nr_mms);
        op.kind.for_each_arg(|arg, value| match arg.refers {
            Refers::Device => *value = place.dev[*value as usize].into(),
            Refers::Mm(_) => *value = place.mms.get(*value as usize) as u32,
            Refers::Op(_) => *value = place.held[*value as usize],
            Refers::Pasid => {}
        });
        op
    }
}

/// Returns the new names of the mms of the first model that [`State::normalize`] exchanged.
fn exchanged<const N: usize>(
    before: &State<N>,
    after: &State<N>,
    [blocks, others]: [Mms; 2],
    nr: usize,
) -> Mms {
    let to = |state: &State<N>| state.names[N - 1].mms.inverse(nr);
    let (from, to) = (to(before), to(after));
    let mut used = [false; 16];
    let mut new = [0u8; 16];
    for (mm, new) in new.iter_mut().enumerate().take(nr) {
        let is_it = |&at: &usize| {
            !used[at]
                && blocks.get(at) == blocks.get(mm)
                && others.get(to.get(at)) == others.get(from.get(mm))
        };
        // The same name, if it is possible.
        let at = std::iter::once(mm).chain(0..nr).find(is_it).unwrap_or(mm);
        used[at] = true;
        *new = at as u8;
    }
    Mms::new(|mm| new[mm], nr)
}
