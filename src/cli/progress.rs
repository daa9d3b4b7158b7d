// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the progress of long work as a line on the terminal. Without a terminal it shows nothing.

use super::Io;
use crate::hunt::HuntStatus;
use crate::interleaving::Explored;
use crate::limits::Status;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The progress line, and the state of its last update.
pub(super) struct Progress {
    bar: ProgressBar,
    shown: Mutex<Shown>,
}

/// The numbers in the last text, when it was shown, and when its level began.
struct Shown {
    last: Instant,
    ops: u64,
    level: (usize, usize),
    done: usize,
    begun: Instant,
}

impl Progress {
    /// The time between two texts.
    const PERIOD: Duration = Duration::from_millis(200);

    /// Makes a progress line without a text. It is hidden if the command is not the whole process.
    pub(super) fn new(io: &Io<'_>) -> Self {
        let bar = match io.is_process {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{spinner} {wide_msg}");
        bar.set_style(style.expect("a template without mistakes"));
        let now = Instant::now();
        let shown = Shown {
            last: now,
            ops: 0,
            level: (0, 0),
            done: 0,
            begun: now,
        };
        Progress {
            bar,
            shown: Mutex::new(shown),
        }
    }

    /// Hides the line while `print` runs.
    pub(super) fn suspend<R>(&self, print: impl FnOnce() -> R) -> R {
        self.bar.suspend(print)
    }

    /// Removes the line.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows the progress of a search.
    pub(super) fn of_search(&self, status: &Status) {
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        let level = (status.topology.0, status.depth);
        if shown.level != level || status.level.0 < shown.done {
            shown.level = level;
            shown.begun = Instant::now();
        }
        let Some(rate) = shown.rate(status.transitions) else {
            return;
        };
        shown.done = status.level.0;
        let took = shown.begun.elapsed().as_secs_f64();
        let (done, all) = status.level;
        // The sizes of the next levels are not known, but the time for this one can be estimated.
        let rest = took * all.saturating_sub(done) as f64 / done.max(1) as f64;
        let rest = match rest {
            soon if soon < 1.0 => String::new(),
            rest => format!(", {rest:.0} s left"),
        };
        let (this, of) = status.topology;
        self.bar.set_message(format!(
            "{}/{of} level {}: {} % of {}{rest}; {} states; {rate:.1} M ops/s; {} found",
            this + 1,
            status.depth,
            done * 100 / all.max(1),
            HumanCount(all as u64),
            HumanCount(status.states as u64),
            status.findings,
        ));
        self.bar.tick();
    }

    /// Shows how many pairs of models were compared.
    pub(super) fn of_pairs(&self, done: usize, all: usize) {
        self.show(done as u64, |_| format!("{done} of {all} comparisons"));
    }

    /// Shows the progress of exploring a program on model number `at`, from 0, of `of` models.
    pub(super) fn of_race(&self, at: usize, of: usize, model: &str, explored: &Explored) {
        self.show(explored.sections, |rate| {
            let (states, found) = (HumanCount(explored.states as u64), explored.outcomes.len());
            let at = at + 1;
            format!("{at}/{of} {model}: {states} states; {rate:.1} M sections/s; {found} outcomes")
        });
    }

    /// Shows the progress of a search of which nobody knows how large it is.
    pub(super) fn of_ways(&self, status: &Status) {
        self.show(status.transitions, |rate| {
            let states = HumanCount(status.states as u64);
            format!("{states} states; {rate:.1} M ops/s")
        });
    }

    /// Shows the number of cases that the minimizer has tried.
    pub(super) fn of_minimizer(&self, tried: u64) {
        self.show(tried, |_| format!("{} steps", HumanCount(tried)));
    }

    /// Shows the progress of a hunt.
    pub(super) fn of_hunt(&self, status: &HuntStatus) {
        self.show(status.ops, |rate| {
            let (cases, found) = (HumanCount(status.cases), status.findings);
            format!("{cases} cases; {rate:.1} M ops/s; {found} found")
        });
    }

    /// Shows a text that is made from the speed, unless one was shown a moment ago. `done` counts
    /// the operations so far.
    fn show(&self, done: u64, text: impl FnOnce(f64) -> String) {
        let Ok(mut shown) = self.shown.try_lock() else {
            return;
        };
        if let Some(rate) = shown.rate(done) {
            self.bar.set_message(text(rate));
            self.bar.tick();
        }
    }
}

impl Shown {
    /// Returns the speed since the last text, in millions of operations per second; `None` if the
    /// last text was shown a moment ago.
    fn rate(&mut self, ops: u64) -> Option<f64> {
        let took = self.last.elapsed();
        if took < Progress::PERIOD {
            return None;
        }
        let since = ops.saturating_sub(self.ops);
        (self.last, self.ops) = (Instant::now(), ops);
        Some(since as f64 / took.as_secs_f64() / 1e6)
    }
}
