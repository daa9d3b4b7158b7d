// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: everything that one model can do in a universe, or two together.
//!
//! A state is the machines of the models and what their callers hold; an operation moves all of
//! them. Breadth first over the states that they reach together, each known once up to renaming
//! (see [`spec::canonical`]), so the answer is that of all sequences while the work is that of all
//! states, and the first case that shows a cause is one than which none is shorter.

mod control;
mod expand;
mod levels;
mod looks;
mod memory;
mod nibbles;
mod past;
mod question;
mod seen;
mod shard;
mod universe;
mod way;

pub use control::{Limits, Status, Stopped};
pub use memory::peak_of_process;
pub use question::{Finding, Question};
pub use universe::{Groups, MANY_PASIDS, Universe};

use crate::diff::View;
use control::Control;
use levels::Levels;
use question::{Findings, in_order};
use spec::Model;
use std::sync::atomic::AtomicBool;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Distinct states, of all topologies together.
    pub states: usize,
    /// Operations that were done.
    pub transitions: u64,
    /// The longest of the shortest ways from boot to a state.
    pub depth: usize,
    /// Why it was stopped; `None` if everything was seen.
    pub stopped: Option<Stopped>,
    /// The findings, those with the shortest cases first.
    pub findings: Vec<Finding>,
}

/// What states are known by.
pub const FINGERPRINT_BITS: u32 = 128;

impl Outcome {
    /// Whether everything was seen.
    pub fn complete(&self) -> bool {
        self.stopped.is_none()
    }

    /// An upper bound of the probability that two states were taken for one, as the exponent of a
    /// power of two: there are fewer than `states²/2` pairs.
    pub fn collision_exponent(&self) -> i32 {
        let bits = (self.states as f64).log2().max(0.0);
        (2.0 * bits).ceil() as i32 - 1 - FINGERPRINT_BITS as i32
    }
}

/// Finds every way in which two models differ in a universe.
pub fn compare<M: Model>(
    models: [M; 2],
    universe: &Universe,
    views: &[View],
    limits: Limits,
) -> Outcome {
    let question = Question {
        models,
        universe,
        views,
    };
    Search::new(question, limits).run()
}

/// Finds everything that a model does in a universe and that no kernel may ever do.
pub fn check<M: Model>(model: M, universe: &Universe, limits: Limits) -> Outcome {
    let question = Question {
        models: [model],
        universe,
        views: &[],
    };
    Search::new(question, limits).run()
}

/// A search that is yet to be made.
pub struct Search<'a, M, const N: usize> {
    /// What is asked.
    pub question: Question<'a, M, N>,
    /// What it may use.
    pub limits: Limits,
    /// How many threads search. What is found does not depend on it.
    pub threads: usize,
    /// Set from outside, to stop it.
    pub interrupt: Option<&'a AtomicBool>,
    /// Told how far it is, many times a second.
    pub watch: Option<&'a (dyn Fn(&Status) + Sync)>,
}

impl<'a, M: Model, const N: usize> Search<'a, M, N> {
    /// A search on all cores, which nobody watches.
    pub fn new(question: Question<'a, M, N>, limits: Limits) -> Self {
        Search {
            question,
            limits,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            interrupt: None,
            watch: None,
        }
    }

    /// Searches.
    pub fn run(&self) -> Outcome {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let mut outcome = Outcome {
            states: 0,
            transitions: 0,
            depth: 0,
            stopped: None,
            findings: Vec::new(),
        };
        let mut found = Findings::new();
        let topologies = question.universe.topologies();
        for (index, topology) in topologies.iter().enumerate() {
            control.resume(
                (index, topologies.len()),
                outcome.states,
                outcome.transitions,
            );
            let mut levels = Levels::at_boot(question, topology, &control);
            outcome.stopped = levels.run(question, topology, self.threads, &control).err();
            outcome.states = control.states();
            outcome.transitions += levels.transitions;
            outcome.depth = outcome.depth.max(levels.depth);
            question.add(&mut found, levels.findings_so_far(question, topology));
            if outcome.stopped.is_some() {
                break;
            }
        }
        outcome.findings = in_order(found);
        outcome
    }
}
