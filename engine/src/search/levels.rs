// SPDX-License-Identifier: GPL-2.0-or-later
//! Searches one topology level by level, on the cores of one machine.
//!
//! A level is expanded in rounds. First, all threads expand states of the round and look up which
//! successors are known; nothing is added meanwhile, so nobody has to wait. Then the others are
//! added, in the order of the states that they were reached from. The result therefore does not
//! depend on the threads.

use super::arena::Tables;
use super::candidates::Candidates;
use super::found::{Found, findings_of};
use super::frontier::Frontier;
use super::product::{Child, Expander};
use super::recent::Recent;
use super::state::State;
use super::visited::Visited;
use crate::limits::{Control, Stopped};
use crate::question::Question;
use crate::workers;
use serde::{Deserialize, Serialize};
use spec::Model;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The most states of a round.
const ROUND: usize = 1 << 13;
/// The number of states that a thread takes at once.
const BLOCK: usize = 64;
/// A smaller round is expanded by a single thread.
const WORTH_A_THREAD: usize = 512;

/// The progress of the search in one topology.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Levels {
    visited: Visited,
    /// The length of the paths to the states of the level that is being expanded.
    pub depth: usize,
    /// The states of this level, and how many of them are expanded.
    level: Frontier,
    done: usize,
    /// The states that were first reached in this level.
    next: Frontier,
    pub transitions: u64,
    /// The candidates of this level.
    pub candidates: Candidates,
    pub found: Found,
    /// What states refer to by number, when the search is saved.
    pub tables: Tables,
}

/// A successor that was not known when its round began.
#[derive(Clone, Copy, Debug)]
struct Fresh {
    /// Its word when the round began; 0 if the words were too short for it.
    word: u128,
    /// The position of its state in the block, or [`IN_WORD`].
    state: u32,
    /// The position of the state that it was reached from.
    parent: u32,
    /// The operation, as its index among those of the parent.
    number: u32,
    /// What was seen of the operation on each model.
    last: [u32; 2],
    /// Whether nothing remains to be done in the state.
    is_done: bool,
}

/// Says that the word of a state is the state.
const IN_WORD: u32 = u32::MAX;

/// The successors of a block of states.
#[derive(Debug)]
struct Block<const N: usize> {
    /// The position of the block in the round.
    at: usize,
    fresh: Vec<Fresh>,
    /// The states whose words do not contain them.
    states: Vec<State<N>>,
}

/// A thread that expands states.
struct Hand<'s, 'a, M, const N: usize> {
    expander: &'s mut Expander<'a, M, N>,
    /// What the thread found.
    blocks: Vec<Block<N>>,
    recent: Recent,
    transitions: u64,
}

impl Levels {
    /// Starts a search with the state at boot only.
    pub(super) fn at_boot<M: Model, const N: usize>(
        expander: &mut Expander<'_, M, N>,
        control: &Control<'_>,
    ) -> Self {
        let mut levels = Levels {
            visited: Visited::new(expander.form.symmetric),
            depth: 0,
            level: Frontier::default(),
            done: 0,
            next: Frontier::default(),
            transitions: 0,
            candidates: Candidates::default(),
            found: Found::default(),
            tables: Tables::default(),
        };
        let state = expander.boot();
        let graph = expander.graphs[0];
        let nr = graph.nr_mms(state.nodes[0]);
        levels
            .visited
            .widen([state].iter(), |node| graph.nr_mms(node));
        let word = levels.visited.word(&state, nr);
        levels.visited.insert(word);
        let codec = levels.visited.codec;
        levels
            .level
            .push(codec, (word, || (state, nr)), expander.at_boot(), |_| {});
        control.new_state();
        levels
    }

    /// Restores the data that a checkpoint does not contain, after reading it.
    pub(super) fn restore<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        expander: &mut Expander<'_, M, N>,
    ) {
        self.found.findings = findings_of(question, expander, &self.found.hits);
    }

    /// Returns the number of distinct states so far.
    pub(super) fn states(&self) -> usize {
        self.visited.len()
    }

    /// Returns whether states were told apart exactly so far.
    pub(super) fn is_exact(&self) -> bool {
        self.visited.is_exact()
    }

    /// Returns the bytes that states take.
    fn bytes<M: Model, const N: usize>(&self, expanders: &[Expander<'_, M, N>]) -> usize {
        let memos: usize = expanders.iter().map(Expander::bytes).sum();
        let states = self.visited.bytes() + self.level.bytes() + self.next.bytes();
        states + memos + expanders[0].graph_bytes()
    }

    /// Searches until the end, or until `control` stops it. After a stop, it can be called again.
    pub(super) fn run<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        expanders: &mut [Expander<'_, M, N>],
        control: &Control<'_>,
    ) -> Result<(), Stopped> {
        loop {
            let left = self.level.len() - self.done;
            control.level(self.depth, left, self.found.findings.len());
            let mut stopped = None;
            while self.done < self.level.len() && stopped.is_none() {
                self.round(expanders, control);
                stopped = control.take_stopped();
            }
            if self.done == self.level.len() {
                let candidates = std::mem::take(&mut self.candidates);
                self.found.judge(question, &mut expanders[0], candidates);
                if self.next.is_empty() {
                    return question.end_at(self.depth);
                }
                self.level = std::mem::take(&mut self.next);
                self.done = 0;
                self.depth += 1;
            }
            if let Some(stopped) = stopped {
                return Err(stopped);
            }
        }
    }

    /// Expands the next states of the level.
    fn round<M: Model, const N: usize>(
        &mut self,
        expanders: &mut [Expander<'_, M, N>],
        control: &Control<'_>,
    ) {
        // Nothing is left out until the next level has a state, so the search ends at the depth at
        // which one ends that counts all states.
        let may_leave_out = !expanders[0].counts && expanders[0].is_last(self.depth + 1);
        let leaves_out = may_leave_out && !self.next.is_empty();
        for expander in &mut *expanders {
            expander.leaves_out = leaves_out;
        }
        let round = match may_leave_out && !leaves_out {
            true => BLOCK,
            false => ROUND,
        };
        // Near a limit of states, rounds are small, so that it is not exceeded by much.
        let most = (control.states_left() / 8).clamp(1, round);
        let from = self.done;
        let to = self.level.len().min(from + most);
        let threads = match to - from < WORTH_A_THREAD {
            true => 1,
            false => expanders.len(),
        };
        let next_block = AtomicUsize::new(0);
        let mut hands: Vec<Hand<'_, '_, M, N>> = { expanders[..threads].iter_mut() }
            .map(|expander| Hand {
                expander,
                blocks: Vec::new(),
                recent: Recent::default(),
                transitions: 0,
            })
            .collect();
        workers::run(&mut hands, |hand| {
            while !control.no_more() {
                let block = next_block.fetch_add(1, Relaxed);
                let first = from + block * BLOCK;
                if first >= to {
                    return;
                }
                self.expand(hand, block, first..to.min(first + BLOCK));
            }
        });
        let mut blocks = Vec::new();
        let mut transitions = 0;
        for hand in hands {
            blocks.extend(hand.blocks);
            transitions += hand.transitions;
        }
        blocks.sort_unstable_by_key(|block| block.at);
        // Blocks are taken in order, so those that were expanded are the first ones.
        let expanded = (blocks.len() * BLOCK).min(to - from);
        self.done += expanded;
        self.transitions += transitions;
        for expander in &mut *expanders {
            self.candidates
                .merge(std::mem::take(&mut expander.candidates));
        }
        let new = self.add(&blocks, expanders);
        self.level.drop_before(self.done);
        control.new_states(new);
        control.expanded(expanded, transitions, self.bytes(expanders));
    }

    fn expand<M: Model, const N: usize>(
        &self,
        hand: &mut Hand<'_, '_, M, N>,
        at: usize,
        range: std::ops::Range<usize>,
    ) {
        let graph = hand.expander.graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        let mut block = Block {
            at,
            fresh: Vec::new(),
            states: Vec::new(),
        };
        let mut children: Vec<Child<N>> = Vec::new();
        let mut words = Vec::new();
        let states: Vec<State<N>> = range
            .clone()
            .map(|at| self.level.state(at, nr_mms))
            .collect();
        hand.expander.approach(&states);
        let is_last = hand.expander.is_last(self.depth + 1);
        let is_exact = self.is_exact();
        let mut walk = self.level.walk(range.start);
        let recent = &mut hand.recent;
        for (at, state) in range.zip(states) {
            children.clear();
            words.clear();
            let known = &self.found.known;
            walk.to(at);
            let (path, last) = (walk.path(), walk.last());
            hand.transitions += hand
                .expander
                .expand(&state, path, last, known, &mut |child| {
                    let nr = child.nr_mms.into();
                    let word = self.visited.word(&child.state, nr);
                    if recent.meet(word) {
                        return;
                    }
                    words.push(word);
                    children.push(child);
                });
            self.visited.missing(&words, |missing| {
                let word = words[missing];
                let child = &children[missing];
                let state = match is_exact && word != 0 {
                    true => IN_WORD,
                    false => {
                        block.states.push(child.state);
                        block.states.len() as u32 - 1
                    }
                };
                block.fresh.push(Fresh {
                    word,
                    state,
                    parent: at as u32,
                    number: child.number,
                    last: child.last,
                    is_done: is_last && hand.expander.is_clean(&child.state.nodes),
                });
            });
        }
        hand.blocks.push(block);
    }

    /// Adds successors. Returns the number of those that are new.
    fn add<M: Model, const N: usize>(
        &mut self,
        blocks: &[Block<N>],
        expanders: &mut [Expander<'_, M, N>],
    ) -> usize {
        let graph = expanders[0].graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        let before = self.visited.codec;
        let state_of = |block: &Block<N>, fresh: &Fresh| -> State<N> {
            match fresh.state {
                IN_WORD => before.state(fresh.word, nr_mms),
                at => block.states[at as usize],
            }
        };
        // If a word was too short, all are made anew.
        let all = blocks
            .iter()
            .flat_map(|block| block.fresh.iter().map(move |fresh| (block, fresh)));
        let short = all.filter(|(_, fresh)| fresh.word == 0);
        let short: Vec<State<N>> = short.map(|(block, fresh)| state_of(block, fresh)).collect();
        self.visited.widen(short.iter(), nr_mms);
        let codec = self.visited.codec;
        let width = expanders[0].width;
        let (mut words, mut missing) = (Vec::new(), Vec::new());
        let mut new = 0;
        for block in blocks {
            let Some(first) = block.fresh.first() else {
                continue;
            };
            let mut walk = self.level.walk(first.parent as usize);
            words.clear();
            words.extend(block.fresh.iter().map(|fresh| {
                if short.is_empty() {
                    return fresh.word;
                }
                let state = state_of(block, fresh);
                self.visited.word(&state, nr_mms(state.nodes[0]))
            }));
            // Most were added for an earlier state of the round.
            missing.clear();
            self.visited.missing(&words, |at| missing.push(at));
            for &at in &missing {
                if !self.visited.insert(words[at]) {
                    continue;
                }
                new += 1;
                let fresh = &block.fresh[at];
                // The first one stands for all, so that there is a next level.
                if fresh.is_done && !self.next.is_empty() {
                    continue;
                }
                let last = expanders[0].last(fresh.last);
                walk.to(fresh.parent as usize);
                let state = || {
                    let state = state_of(block, fresh);
                    (state, nr_mms(state.nodes[0]))
                };
                self.next.push(codec, (words[at], state), last, |paths| {
                    paths.extend_from_slice(walk.path());
                    width.push(paths, fresh.number as usize);
                });
            }
        }
        new
    }
}
