// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether two models have the same graph.
//!
//! What a search notes of a state depends on the canonical form of the state, and what it notes of an
//! operation on the [`Info`](super::Info) of its entry. Together they have all that the judge compares,
//! decisions included. So if both are equal everywhere, a search beside a third model comes to the
//! same states by the same paths.

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
    /// The number of pairs.
    met: usize,
}

impl Pairs {
    /// Notes the states that follow two states. Returns whether the operations there do the same.
    fn follow_all(&mut self, [from, to]: [&[Entry]; 2]) -> bool {
        from.len() == to.len() && from.iter().zip(to).all(|(a, b)| self.follow(*a, *b))
    }

    fn follow(&mut self, a: Entry, b: Entry) -> bool {
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
                self.met += 1;
                true
            }
            other => other == pair[1],
        }
    }
}

/// Returns whether two models have the same graph, as far as sequences of up to this many operations
/// reach, and the teardowns after them. Calls `goes_on` for every state with the number of states and the
/// bytes of the graphs, and returns `None` if it returns false.
pub(in crate::search) fn are_same<M: Model>(
    world: &World,
    graphs: [&Graph<M>; 2],
    ops: usize,
    goes_on: &dyn Fn(usize, usize) -> bool,
) -> Option<bool> {
    let mut stepper = Stepper::new(world);
    let mut pairs = Pairs {
        others: Vec::new(),
        next: Vec::new(),
        met: 0,
    };
    let [a, b] = graphs.map(|graph| graph.boot(world, &mut stepper));
    if a.1 != b.1 || !pairs.meet([a.0, b.0]) {
        return Some(false);
    }
    let mut depth = 0;
    loop {
        let level = std::mem::take(&mut pairs.next);
        if level.is_empty() {
            return Some(true);
        }
        for nodes in level {
            let bytes = graphs.iter().map(|graph| graph.bytes()).sum();
            if !goes_on(pairs.met, bytes) {
                return None;
            }
            let both = [0, 1].map(|side| (graphs[side], nodes[side]));
            let [a, b] = both.map(|(graph, node)| &*graph.node(node).bytes);
            let ends = both.map(|(graph, node)| graph.ends(world, &mut stepper, node));
            if a != b || !pairs.follow_all(ends) {
                return Some(false);
            }
            if depth == ops {
                continue; // Only the teardown runs here.
            }
            let gains = both.map(|(graph, node)| graph.gains(world, &mut stepper, node));
            let rest = both.map(|(graph, node)| graph.rest(world, &mut stepper, node));
            let [a, b] = rest;
            let is_same = (a.looks, a.held_looks) == (b.looks, b.held_looks)
                && pairs.follow_all(gains)
                && pairs.follow_all(rest.map(|rest| &*rest.entries))
                && match rest.map(|rest| rest.odd.as_deref()) {
                    [Some(a), Some(b)] => pairs.follow_all([a, b]),
                    [None, None] => true,
                    _ => false,
                };
            if !is_same {
                return Some(false);
            }
        }
        depth = ops.min(depth + 1);
    }
}
