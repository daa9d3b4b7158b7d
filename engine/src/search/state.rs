// SPDX-License-Identifier: GPL-2.0-or-later
//! States of all models together: numbers of states of each model, and how names and holdings go
//! together.

use super::graph::symmetry::{Mms, Names};
use super::graph::{Graph, World};
use crate::search::graph::link::Change;
use crate::search::graph::memo::Memo;
use crate::search::graph::{NOTHING, Stepper};
use spec::Model;
use spec::kernel::NONE;

/// A state of all models together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct State<const N: usize> {
    /// The state of each model.
    pub nodes: [u32; N],
    /// The names in this state of what has names in the state of each model. With symmetry, the
    /// names of this state are those of the first model.
    pub names: [Names; N],
    /// The number of the link.
    pub link: u32,
    /// The number of the past.
    pub past: u32,
}

/// How states are brought into normal form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Whether states that differ only in names are one.
    pub symmetric: bool,
    /// Whether operations that hold something keep their order.
    pub ordered: bool,
}

/// The way in which a state was brought into normal form.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Normal {
    /// The element of the class of each model, as a position.
    pub elements: [u8; 2],
}

/// Returns both values, with `default` for a model that is not there.
#[inline(always)]
pub(super) fn both<T: Copy, const N: usize>(of: [T; N], default: T) -> [T; 2] {
    std::array::from_fn(|side| of.get(side).copied().unwrap_or(default))
}

impl<const N: usize> State<N> {
    /// Gives other names to the state of one model.
    pub(super) fn rename(
        &mut self,
        world: &World,
        memo: &mut Memo,
        form: Form,
        side: usize,
        (names, effect, nr): (Names, u32, usize),
    ) {
        let symmetry = &world.symmetry;
        if form.symmetric && side == 0 {
            for others in &mut self.names[1..] {
                *others = symmetry.after(names, *others, nr);
            }
        } else {
            let inverse = symmetry.inverse(names, nr);
            self.names[side] = symmetry.after(self.names[side], inverse, nr);
        }
        let mut effects = [NOTHING; 2];
        effects[side] = effect;
        if effect != NOTHING {
            self.link = memo.link(world, self.link, effects, form.renaming()).0;
        }
    }

    /// Brings the state into normal form: of all states that differ only in names, one.
    #[inline]
    pub(super) fn normalize<M: Model>(
        &mut self,
        world: &World,
        graphs: &[&Graph<M>; N],
        memo: &mut Memo,
        form: Form,
    ) -> Normal {
        let nodes: [_; N] = std::array::from_fn(|side| graphs[side].outline(self.nodes[side]));
        let mut normal = Normal::default();
        let classes = nodes.map(|node| node.class);
        if classes != [0; N] {
            let devs = both(self.names.map(|names| names.dev), 0);
            let (least, ways) = memo.devices(world, both(classes, 0), devs, form.symmetric);
            for (names, dev) in self.names.iter_mut().zip(least) {
                names.dev = dev;
            }
            let moves = both(nodes.map(|node| node.moves), 0);
            let mut at = 0;
            if moves != [0; 2] {
                (self.link, at) = memo.best(world, self.link, moves, ways, form.ordered);
            }
            let (i, j) = memo.way(ways, at);
            normal.elements = [i, j];
        }
        let blocks = nodes.map(|node| node.blocks);
        if blocks != [Mms::SAME; N] {
            let nr = nodes[0].nr_mms as usize;
            match (form.symmetric, N) {
                (true, 1) => {}
                (true, _) => {
                    let to = self.names[1].mms.inverse(nr);
                    self.names[1].mms = matched(to, blocks[0], blocks[1], nr).inverse(nr);
                }
                (false, _) => {
                    for (names, blocks) in self.names.iter_mut().zip(blocks) {
                        names.mms = sorted(names.mms, blocks, nr);
                    }
                }
            }
        }
        normal
    }
}

impl Form {
    /// Returns the change of a link when only names change.
    pub(super) fn renaming(self) -> Change {
        Change {
            released: NONE,
            same_numbers: true,
            ordered: self.ordered,
        }
    }

    /// Drops the surplus references to mms that the holders of a state cannot use up.
    #[inline]
    pub(super) fn cap<M: Model, const N: usize>(
        self,
        state: &mut State<N>,
        world: &World,
        graphs: &[&Graph<M>; N],
        memo: &mut Memo,
        stepper: &mut Stepper,
    ) {
        if state
            .nodes
            .iter()
            .zip(graphs)
            .all(|(&node, graph)| graph.outline(node).surplus == 0)
        {
            return;
        }
        let holders = world.links.get(state.link).pairs.len() as u8;
        for (side, graph) in graphs.iter().enumerate() {
            let node = graph.outline(state.nodes[side]);
            if node.surplus > 2 * holders + 1 {
                let (to, names, effect) = graph.capped(world, stepper, state.nodes[side], holders);
                state.nodes[side] = to;
                let nr = node.nr_mms as usize;
                state.rename(world, memo, self, side, (names, effect, nr));
            }
        }
    }
}

/// Returns the least map from mms of one state to those of another, among those that differ only by
/// exchanging mms of one block.
fn matched(to: Mms, blocks: Mms, others: Mms, nr: usize) -> Mms {
    let mut block: [u8; 16] = std::array::from_fn(|mm| others.get(to.get(mm)) as u8);
    sort_blocks(&mut block, blocks, nr);
    let mut used = [0; 16];
    let mut new = [0; 16];
    for (new, &first) in new.iter_mut().zip(&block[..nr]) {
        let used: &mut u8 = &mut used[first as usize];
        *new = first + *used;
        *used += 1;
    }
    Mms::new(|mm| new[mm], nr)
}

/// Returns the least names of mms among those that differ only by exchanging mms of one block.
fn sorted(names: Mms, blocks: Mms, nr: usize) -> Mms {
    let mut to: [u8; 16] = std::array::from_fn(|mm| names.get(mm) as u8);
    sort_blocks(&mut to, blocks, nr);
    Mms::new(|mm| to[mm], nr)
}

/// Sorts the values of each block of mms.
fn sort_blocks(values: &mut [u8; 16], blocks: Mms, nr: usize) {
    let mut from = 0;
    while from < nr {
        let mut to = from + 1;
        while to < nr && blocks.get(to) == blocks.get(from) {
            to += 1;
        }
        values[from..to].sort_unstable();
        from = to;
    }
}
