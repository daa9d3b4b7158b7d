// SPDX-License-Identifier: GPL-2.0-or-later
//! The states of an exploration after the same number of sections.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// A state of an exploration, to which one schedule or several lead.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// The configuration in the graph.
    pub(super) node: u32,
    /// The number of what was seen so far.
    pub(super) past: u32,
    /// The number of schedules.
    pub(super) schedules: u128,
}

impl State {
    fn key(&self) -> u64 {
        u64::from(self.node) << 32 | u64::from(self.past)
    }
}

/// The states of a level, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Level {
    states: Vec<State>,
    /// The index of each state, by configuration and past.
    index: HashMap<u64, u32, FixedState>,
}

impl Level {
    pub(super) fn states(&self) -> &[State] {
        &self.states
    }

    /// Returns the memory that the states take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        const INDEX: usize = 2 * size_of::<(u64, u32)>();
        self.states.len() * (size_of::<State>() + INDEX)
    }

    pub(super) fn clear(&mut self) {
        self.states.clear();
        self.index.clear();
    }

    /// Adds schedules to a state with the same configuration and past, and returns its index, if
    /// there is one.
    #[inline]
    pub(super) fn merge(&mut self, state: &State) -> Option<usize> {
        let at = *self.index.get(&state.key())? as usize;
        self.states[at].schedules += state.schedules;
        Some(at)
    }

    /// Adds a state that it does not have yet, and returns its index.
    #[inline]
    pub(super) fn push(&mut self, state: State) -> usize {
        let at = self.states.len();
        self.index.insert(state.key(), at as u32);
        self.states.push(state);
        at
    }
}
