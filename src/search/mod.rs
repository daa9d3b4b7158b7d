// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: everything that one model can do in a universe, or two together.
//!
//! A state is the machines of the models and what their callers hold; an operation moves all of
//! them. Breadth first over the states that they reach together, each known once up to renaming
//! (see [`spec::canonical`]), so the answer is that of all sequences while the work is that of all
//! states, and the first case that shows a cause is one than which none is shorter.

mod checkpoint;
#[cfg(feature = "cluster")]
pub mod cluster;
pub(crate) mod control;
mod expand;
mod found;
pub(crate) mod levels;
mod looks;
mod memory;
mod nibbles;
mod past;
pub(crate) mod question;
mod seen;
mod shard;
mod shorten;
mod way;

pub use crate::universe::{Groups, MANY_PASIDS, Universe};
pub use checkpoint::Saved;
pub use control::{Limits, Status, Stopped};
pub use memory::peak_of_process;
pub use question::{Finding, Question};

use crate::judge::View;
use control::Control;
use found::findings_of;
use levels::Levels;
use question::{Findings, in_order};
use shorten::shorten;
use spec::Model;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What a search found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Distinct states, of all topologies together.
    pub states: usize,
    /// Operations that were done.
    pub transitions: u64,
    /// The longest of the shortest ways from boot to a state.
    pub depth: usize,
    /// Most bytes that states took at the same time, in this process.
    pub bytes: usize,
    /// Where several CPUs did the operations: how many programs there were, and how many schedules of
    /// them on all models together. States are then those of all programs, and transitions sections.
    pub programs: Option<(usize, u128)>,
    /// Why it was stopped; `None` if everything was seen.
    pub stopped: Option<Stopped>,
    /// The findings, those with the shortest cases first.
    pub findings: Vec<Finding>,
    /// Of a case with so many operations or fewer, no shorter one shows the same.
    pub shortest: usize,
}

/// What states are known by.
pub const FINGERPRINT_BITS: u32 = 128;

impl Outcome {
    /// Of a search that has not begun.
    pub(crate) fn nothing() -> Self {
        Outcome {
            states: 0,
            transitions: 0,
            depth: 0,
            bytes: 0,
            programs: None,
            stopped: None,
            findings: Vec::new(),
            shortest: usize::MAX,
        }
    }

    /// Puts the findings in order, and makes sure that their cases are shortest.
    fn conclude<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        mut found: Findings,
        threads: usize,
        interrupt: Option<&AtomicBool>,
    ) {
        if question.universe.ops.is_none() && self.complete() {
            match shorten(question, &mut found, threads, interrupt) {
                Some(shortest) => self.shortest = shortest,
                None => self.stopped = Some(Stopped::Interrupted),
            }
        }
        self.findings = in_order(found);
    }

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
    search(question, limits)
}

fn search<M: Model, const N: usize>(question: Question<'_, M, N>, limits: Limits) -> Outcome {
    match question.universe.cpus {
        0..=1 => Search::new(question, limits).run(),
        _ => crate::race::Search::new(question, limits).run(),
    }
}

/// Finds everything that a model does in a universe and that no kernel may ever do.
pub fn check<M: Model>(model: M, universe: &Universe, limits: Limits) -> Outcome {
    let question = Question {
        models: [model],
        universe,
        views: &[],
    };
    search(question, limits)
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
    /// How often it is saved, where it is.
    pub save_every: Option<Duration>,
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
            save_every: None,
        }
    }

    /// Searches.
    pub fn run(&self) -> Outcome {
        self.go_on(Saved::default(), &mut |_| {})
    }

    /// Goes on from where a search was saved. `save` is called now and then, and where the search
    /// ends: complete or not, from what it is given the search can go on.
    pub fn go_on(&self, mut saved: Saved, save: &mut dyn FnMut(&Saved)) -> Outcome {
        let question = &self.question;
        let control = Control::new(self.limits, self.interrupt, self.watch);
        let topologies = question.universe.topologies();
        let mut found = Findings::new();
        for (topology, hits) in topologies.iter().zip(&saved.hits) {
            question.add(&mut found, findings_of(question, topology, hits));
        }
        if let Some(levels) = &mut saved.levels {
            levels.restore(question, &topologies[saved.topology]);
        }
        let save_later = || {
            if let Some(every) = self.save_every {
                control.pause_in(every);
            }
        };
        save_later();
        let mut stopped = None;
        while let Some(topology) = topologies.get(saved.topology) {
            let at = (saved.topology, topologies.len());
            let begun = saved.levels.as_ref();
            let (states, transitions) = begun.map_or((0, 0), |l| (l.states(), l.transitions));
            control.resume(at, saved.states + states, saved.transitions + transitions);
            let levels = saved
                .levels
                .get_or_insert_with(|| Levels::at_boot(question, topology, &control));
            stopped = levels.run(question, topology, self.threads, &control).err();
            match stopped {
                Some(Stopped::Checkpoint) => {
                    save(&saved);
                    save_later();
                    continue;
                }
                Some(_) => break,
                None => {}
            }
            saved.states = control.states();
            saved.transitions += levels.transitions;
            saved.depth = saved.depth.max(levels.depth);
            question.add(&mut found, std::mem::take(&mut levels.found.findings));
            saved.hits.push(std::mem::take(&mut levels.found.hits));
            saved.topology += 1;
            saved.levels = None;
        }
        save(&saved);
        let mut outcome = Outcome {
            states: saved.states,
            transitions: saved.transitions,
            depth: saved.depth,
            bytes: control.peak(),
            programs: None,
            stopped,
            findings: Vec::new(),
            shortest: usize::MAX,
        };
        if let (Some(levels), Some(topology)) = (&saved.levels, topologies.get(saved.topology)) {
            outcome.states = control.states();
            outcome.transitions += levels.transitions;
            outcome.depth = outcome.depth.max(levels.depth);
            question.add(
                &mut found,
                levels.found.so_far(question, topology, &levels.looks),
            );
        }
        outcome.conclude(question, found, self.threads, self.interrupt);
        outcome
    }
}
