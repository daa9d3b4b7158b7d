// SPDX-License-Identifier: GPL-2.0-or-later
//! What commands report, before it has a form.

use crate::finding::Finding;
use crate::history::Change;
use crate::hunt::{HuntFinding, HuntSummary};
use crate::interleaving::Explored;
use crate::judge::{Difference, View};
use crate::ledger::{Checked, Ledger};
use crate::limits::peak_of_process;
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::runs::Runs;
use crate::universe::Universe;
use spec::Case;
use spec::generate::Profile;

/// What a command reports.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// The models.
    Models(&'a [AnyModel]),
    /// What each of some models does with a case.
    Trace(&'a TraceReport<'a>),
    /// What two models do with a case, side by side.
    Diff(&'a DiffReport<'a>),
    /// What each step of history changed of what a case does.
    Bisect(&'a BisectReport<'a>),
    /// What an exploration of a universe found and covered.
    Search(&'a SearchReport<'a>),
    /// How many findings each pair of models has in a universe.
    Matrix(&'a MatrixReport<'a>),
    /// The outcomes of a program under every interleaving.
    Race(&'a RaceReport<'a>),
    /// A minimized case.
    Minimized(&'a MinimizedReport<'a>),
    /// The last finding of a hunt that goes on. A form that gives all findings at the end writes
    /// nothing.
    HuntFinding(&'a HuntReport<'a>),
    /// What a hunt found.
    Hunt(&'a HuntReport<'a>),
    /// The known differences.
    Ledger(&'a Ledger),
    /// What the check of a ledger found.
    LedgerCheck(&'a LedgerReport<'a>),
}

/// What each of some models does with a case.
#[derive(Debug)]
pub struct TraceReport<'a> {
    /// The models.
    pub models: &'a [AnyModel],
    /// The runs of the case.
    pub runs: &'a Runs,
}

/// What two models do with a case, side by side.
#[derive(Debug)]
pub struct DiffReport<'a> {
    /// The models.
    pub models: [AnyModel; 2],
    /// The views in which they are compared.
    pub views: &'a [View],
    /// The runs of the case.
    pub runs: &'a Runs,
    /// All differences, consequences included.
    pub differences: &'a [Difference],
}

/// One case through history.
#[derive(Debug)]
pub struct BisectReport<'a> {
    /// The case.
    pub case: &'a Case,
    /// Each model, and the step that leads to it; `None` where history begins.
    pub steps: Vec<(AnyModel, Option<BisectStep>)>,
}

/// The step from a model to one that is built on it.
#[derive(Debug)]
pub struct BisectStep {
    /// The model, and the one that is built on it.
    pub models: [AnyModel; 2],
    /// All differences, consequences included.
    pub differences: Vec<Difference>,
    /// The commits that made them.
    pub by: Vec<Change>,
}

/// What an exploration of a universe found and covered.
#[derive(Debug)]
pub struct SearchReport<'a> {
    /// One model that was checked, or two that were compared.
    pub models: Vec<AnyModel>,
    /// The universe.
    pub universe: &'a Universe,
    /// The views in which two models were compared.
    pub views: &'a [View],
    /// What was found and covered.
    pub summary: &'a SearchSummary,
    /// The digest of a complete exploration.
    pub digest: Option<String>,
}

impl<'a> SearchReport<'a> {
    /// Returns the report of a question and its answer.
    pub fn new<const N: usize>(
        question: &Question<'a, AnyModel, N>,
        summary: &'a SearchSummary,
    ) -> Self {
        let digest = || super::digest(question, &summary.findings);
        SearchReport {
            models: question.models.to_vec(),
            universe: question.universe,
            views: question.views,
            summary,
            digest: summary.complete().then(digest),
        }
    }

    /// Returns the most bytes that the process had at the same time, and the most that states took
    /// of them; `None` of a search with few states, whose measure would say nothing, and of a race
    /// search, which keeps the states of one program at a time.
    pub fn memory(&self) -> Option<(u64, u64)> {
        const WORTH_MEASURING: usize = 100_000;
        let SearchSummary {
            states, programs, ..
        } = self.summary;
        let is_worth = *states >= WORTH_MEASURING && programs.is_none();
        let process = peak_of_process().filter(|_| is_worth)?;
        Some((process, self.summary.bytes as u64))
    }
}

/// How many findings each pair of models has in a universe.
#[derive(Debug)]
pub struct MatrixReport<'a> {
    /// The universe.
    pub universe: &'a Universe,
    /// The views.
    pub views: &'a [View],
    /// For each model the pairs that it is the first one of.
    pub rows: Vec<(AnyModel, Vec<MatrixPair>)>,
}

/// One pair of models.
#[derive(Debug)]
pub struct MatrixPair {
    /// The second model.
    pub to: AnyModel,
    /// How many findings there are.
    pub findings: usize,
    /// Whether everything was explored.
    pub complete: bool,
    /// The digest of a complete exploration.
    pub digest: Option<String>,
}

/// The outcomes of a program under every interleaving.
#[derive(Debug)]
pub struct RaceReport<'a> {
    /// The program; its schedule does not matter.
    pub case: &'a Case,
    /// For each model what it allows.
    pub models: Vec<(AnyModel, Explored)>,
}

impl RaceReport<'_> {
    /// Returns whether some model has more states than the bounds let be explored.
    pub fn is_cut(&self) -> bool {
        self.models.iter().any(|(_, explored)| explored.cut)
    }
}

/// A minimized case.
#[derive(Debug)]
pub struct MinimizedReport<'a> {
    /// The models.
    pub models: [AnyModel; 2],
    /// The views in which they are compared.
    pub views: &'a [View],
    /// The case before.
    pub before: &'a Case,
    /// The smallest case, and what it shows.
    pub finding: &'a Finding,
}

/// What a hunt found.
#[derive(Debug)]
pub struct HuntReport<'a> {
    /// The models.
    pub models: [AnyModel; 2],
    /// The views in which they are compared.
    pub views: &'a [View],
    /// What cases are made of.
    pub profile: &'static Profile,
    /// How many CPUs do the operations.
    pub cpus: u8,
    /// The seed of the cases.
    pub seed: u64,
    /// The folder of the ledger, where one was named.
    pub known: Option<String>,
    /// The findings so far.
    pub findings: Vec<HuntFinding>,
    /// How far the hunt went.
    pub summary: HuntSummary,
}

/// What the check of a ledger found.
#[derive(Debug)]
pub struct LedgerReport<'a> {
    /// The ledger.
    pub ledger: &'a Ledger,
    /// What its check found.
    pub checked: &'a Checked,
}
