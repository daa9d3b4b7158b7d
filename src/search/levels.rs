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
/// The number of words that a thread remembers.
const RECENT: usize = 1 << 12;
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
struct Fresh<const N: usize> {
    child: Child<N>,
    /// Its word when the round began; 0 if the words were too short for it.
    word: u128,
    /// The position of the state that it was reached from.
    parent: u32,
}

/// A thread that expands states.
struct Hand<'s, 'a, M, const N: usize> {
    expander: &'s mut Expander<'a, M, N>,
    /// What the thread found in each block.
    blocks: Vec<(usize, Vec<Fresh<N>>)>,
    /// Words of some of that, which need not be found again.
    recent: Vec<u128>,
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
            .push(codec, (&state, nr), expander.at_boot(), |_| {});
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
        // Near a limit of states, rounds are small, so that it is not exceeded by much.
        let most = (control.states_left() / 8).clamp(1, ROUND);
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
                recent: vec![0; RECENT],
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
        blocks.sort_unstable_by_key(|(block, _)| *block);
        // Blocks are taken in order, so those that were expanded are the first ones.
        let expanded = (blocks.len() * BLOCK).min(to - from);
        self.done += expanded;
        self.transitions += transitions;
        for expander in &mut *expanders {
            self.candidates
                .merge(std::mem::take(&mut expander.candidates));
        }
        let fresh: Vec<Vec<Fresh<N>>> = blocks.into_iter().map(|(_, fresh)| fresh).collect();
        let new = self.add(&fresh, expanders);
        control.new_states(new);
        control.expanded(expanded, transitions, self.bytes(expanders));
    }

    fn expand<M: Model, const N: usize>(
        &self,
        hand: &mut Hand<'_, '_, M, N>,
        block: usize,
        range: std::ops::Range<usize>,
    ) {
        let graph = hand.expander.graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        let mut fresh = Vec::new();
        let mut children: Vec<Child<N>> = Vec::new();
        let mut words = Vec::new();
        let states: Vec<State<N>> = range
            .clone()
            .map(|at| self.level.state(at, nr_mms))
            .collect();
        hand.expander.approach(&states);
        for (at, state) in range.zip(states) {
            children.clear();
            words.clear();
            let known = &self.found.known;
            let (path, last) = (self.level.path(at), self.level.last(at));
            hand.transitions += hand
                .expander
                .expand(&state, path, last, known, &mut |child| {
                    let nr = child.nr_mms.into();
                    words.push(self.visited.word(&child.state, nr));
                    children.push(child);
                });
            self.visited.missing(&words, |missing| {
                let word = words[missing];
                let recent = &mut hand.recent[(word as usize ^ (word >> 32) as usize) % RECENT];
                if word != 0 && std::mem::replace(recent, word) == word {
                    return;
                }
                fresh.push(Fresh {
                    child: children[missing],
                    word,
                    parent: at as u32,
                });
            });
        }
        hand.blocks.push((block, fresh));
    }

    /// Adds successors. Returns the number of those that are new.
    fn add<M: Model, const N: usize>(
        &mut self,
        fresh: &[Vec<Fresh<N>>],
        expanders: &mut [Expander<'_, M, N>],
    ) -> usize {
        let graph = expanders[0].graphs[0];
        let nr_mms = |node: u32| graph.nr_mms(node);
        // If a word was too short, all are made anew.
        let is_short = fresh.iter().flatten().any(|fresh| fresh.word == 0);
        if is_short {
            let states = fresh.iter().flatten().map(|fresh| &fresh.child.state);
            self.visited.widen(states, nr_mms);
        }
        let codec = self.visited.codec;
        let width = expanders[0].width;
        let (mut words, mut missing) = (Vec::new(), Vec::new());
        let mut new = 0;
        for fresh in fresh {
            words.clear();
            words.extend(
                fresh
                    .iter()
                    .map(|Fresh { child, word, .. }| match is_short {
                        true => self.visited.word(&child.state, child.nr_mms.into()),
                        false => *word,
                    }),
            );
            // Most were added for an earlier state of the round.
            missing.clear();
            self.visited.missing(&words, |at| missing.push(at));
            for &at in &missing {
                if !self.visited.insert(words[at]) {
                    continue;
                }
                new += 1;
                let Fresh { child, parent, .. } = &fresh[at];
                let last = expanders[0].last(child.last);
                let before = self.level.path(*parent as usize);
                let state = (&child.state, child.nr_mms.into());
                self.next.push(codec, state, last, |paths| {
                    paths.extend_from_slice(before);
                    width.push(paths, child.number as usize);
                });
            }
        }
        new
    }
}
