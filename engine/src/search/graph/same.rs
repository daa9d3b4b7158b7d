// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether two models have the same graph.

use super::World;
use super::entry::{ABSENT, Entry};
use super::node::Graph;
use super::rows::Stepper;
use spec::Model;

/// Pairs of states of two models, each reached by the same operations.
struct Pairs {
    /// For each state of the first model, that of the second one; [`ABSENT`] if it was not reached.
    others: Vec<u32>,
    /// Those to look at next.
    next: Vec<[u32; 2]>,
}

impl Pairs {
    /// Compares what operations do in two states, and adds the states that follow.
    fn are_same(&mut self, all: [&[Entry]; 2]) -> bool {
        let [from, to] = all;
        from.len() == to.len() && from.iter().zip(to).all(|(a, b)| self.is_same(*a, *b))
    }

    fn is_same(&mut self, a: Entry, b: Entry) -> bool {
        if a.info() != b.info() || (a.next == ABSENT) != (b.next == ABSENT) {
            return false;
        }
        a.next == ABSENT || self.meet([a.next, b.next])
    }

    /// Notes that two states correspond. Returns false if the first one has another counterpart.
    fn meet(&mut self, pair: [u32; 2]) -> bool {
        let at = pair[0] as usize;
        if self.others.len() <= at {
            self.others.resize(at + 1, ABSENT);
        }
        match self.others[at] {
            ABSENT => {
                self.others[at] = pair[1];
                self.next.push(pair);
                true
            }
            other => other == pair[1],
        }
    }
}

/// Returns whether two models do the same in every sequence of up to this many operations, and in
/// whatever is released after it: they are in the same states, up to names, and the judge sees the
/// same of every operation, decisions included.
pub(in crate::search) fn do_the_same<M: Model>(
    world: &World,
    graphs: [&Graph<M>; 2],
    ops: usize,
) -> bool {
    let mut stepper = Stepper::new(world);
    let mut pairs = Pairs {
        others: Vec::new(),
        next: Vec::new(),
    };
    let [a, b] = graphs.map(|graph| graph.boot(world, &mut stepper));
    if a.1 != b.1 || !pairs.meet([a.0, b.0]) {
        return false;
    }
    let mut depth = 0;
    loop {
        let level = std::mem::take(&mut pairs.next);
        if level.is_empty() {
            return true;
        }
        for nodes in level {
            let [a, b] = [0, 1].map(|side| graphs[side].node(nodes[side]));
            if a.bytes != b.bytes || a.existing != b.existing {
                return false;
            }
            let ends = [0, 1].map(|side| graphs[side].ends(world, &mut stepper, nodes[side]));
            if !pairs.are_same(ends) {
                return false;
            }
            if depth == ops {
                continue;
            }
            let gains = [0, 1].map(|side| graphs[side].gains(world, &mut stepper, nodes[side]));
            let rest = [0, 1].map(|side| graphs[side].rest(world, &mut stepper, nodes[side]));
            let [a, b] = rest;
            let odd = rest.map(|rest| rest.odd.as_deref());
            let is_same = (a.looks, a.held_looks) == (b.looks, b.held_looks)
                && pairs.are_same(gains)
                && pairs.are_same(rest.map(|rest| &*rest.entries))
                && match odd {
                    [Some(a), Some(b)] => pairs.are_same([a, b]),
                    [None, None] => true,
                    _ => false,
                };
            if !is_same {
                return false;
            }
        }
        // What follows the last operation is only released.
        depth = ops.min(depth + 1);
    }
}
