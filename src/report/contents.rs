// SPDX-License-Identifier: GPL-2.0-or-later
//! The contents of reports, independent of their form.

use crate::finding::Finding;
use crate::history::Change;
use crate::hunt::{HuntFinding, HuntSummary};
use crate::interleaving::Explored;
use crate::judge::{Difference, View};
use crate::ledger::{Checked, Ledger};
use crate::limits::{Stopped, peak_of_process};
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::runs::Runs;
use crate::universe::Universe;
use spec::Case;
use spec::generate::Profile;

/// The report of a command.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// The models.
    Models(&'a [AnyModel]),
    /// What several models do with a case.
    Trace(&'a TraceReport<'a>),
    /// What two models do with a case, side by side.
    Diff(&'a DiffReport<'a>),
    /// What each step in history changes in the behaviour of a case.
    Bisect(&'a BisectReport<'a>),
    /// What an exploration of a universe found and covered.
    Search(&'a SearchReport<'a>),
    /// The number of findings for each pair of models in a universe.
    Matrix(&'a MatrixReport<'a>),
    /// The outcomes of a program under every interleaving.
    Race(&'a RaceReport<'a>),
    /// A minimized case.
    Minimized(&'a MinimizedReport<'a>),
    /// The latest finding of a running hunt. Forms that write all findings at the end ignore it.
    HuntFinding(&'a HuntReport<'a>),
    /// The findings of a hunt.
    Hunt(&'a HuntReport<'a>),
    /// The entries of the ledger.
    Ledger(&'a Ledger),
    /// The result of checking a ledger.
    LedgerCheck(&'a LedgerReport<'a>),
}

/// What several models do with a case.
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
    /// All differences, including consequences.
    pub differences: &'a [Difference],
}

/// One case on every model of history.
#[derive(Debug)]
pub struct BisectReport<'a> {
    /// The case.
    pub case: &'a Case,
    /// Each model with the step that leads to it; `None` for the first model.
    pub steps: Vec<(AnyModel, Option<BisectStep>)>,
}

/// The step from a model to one that is built on it.
#[derive(Debug)]
pub struct BisectStep {
    /// The model, and the one built on it.
    pub models: [AnyModel; 2],
    /// All differences, including consequences.
    pub differences: Vec<Difference>,
    /// The changes that made them.
    pub by: Vec<Change>,
}

/// What an exploration of a universe found and covered.
#[derive(Debug)]
pub struct SearchReport<'a> {
    /// The one model that was checked, or the two that were compared.
    pub models: Vec<AnyModel>,
    /// The universe.
    pub universe: &'a Universe,
    /// The views in which two models were compared.
    pub views: &'a [View],
    /// The findings and the extent of the exploration.
    pub summary: &'a SearchSummary,
    /// The digest, if the exploration is complete.
    pub digest: Option<String>,
}

impl<'a> SearchReport<'a> {
    /// Makes the report of a question and its answer.
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

    /// Returns the peak memory of the process and the part of it that states took, in bytes.
    /// Returns `None` for a search with few states, where the measurement means nothing, and for a
    /// race search, which keeps the states of one program at a time.
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

/// The number of findings for each pair of models in a universe.
#[derive(Debug)]
pub struct MatrixReport<'a> {
    /// The universe.
    pub universe: &'a Universe,
    /// The views.
    pub views: &'a [View],
    /// For each model, the pairs in which it is the first.
    pub rows: Vec<(AnyModel, Vec<MatrixPair>)>,
}

/// A pair of models.
#[derive(Debug)]
pub struct MatrixPair {
    /// The second model.
    pub to: AnyModel,
    /// The number of findings.
    pub findings: usize,
    /// Whether everything was explored.
    pub complete: bool,
    /// The digest, if the exploration is complete.
    pub digest: Option<String>,
}

/// The outcomes of a program under every interleaving.
#[derive(Debug)]
pub struct RaceReport<'a> {
    /// The program. Its schedule is ignored.
    pub case: &'a Case,
    /// The outcomes of each model. Of a model that was not explored to its end, these are outcomes
    /// that it allows, and there may be more.
    pub models: Vec<(AnyModel, Explored)>,
    /// The reason why a model was not explored to its end.
    pub stopped: Option<Stopped>,
}

/// A minimized case.
#[derive(Debug)]
pub struct MinimizedReport<'a> {
    /// The models.
    pub models: [AnyModel; 2],
    /// The views in which they are compared.
    pub views: &'a [View],
    /// The case before it was minimized.
    pub before: &'a Case,
    /// The minimized case, and what it shows.
    pub finding: &'a Finding,
}

/// The findings of a hunt.
#[derive(Debug)]
pub struct HuntReport<'a> {
    /// The models.
    pub models: [AnyModel; 2],
    /// The views in which they are compared.
    pub views: &'a [View],
    /// The profile that cases are generated from.
    pub profile: &'static Profile,
    /// The number of CPUs.
    pub cpus: u8,
    /// The seed.
    pub seed: u64,
    /// The folder of the ledger, if one was given.
    pub known: Option<String>,
    /// The findings so far.
    pub findings: Vec<HuntFinding>,
    /// The progress or the results of the hunt.
    pub summary: HuntSummary,
}

/// The result of checking a ledger.
#[derive(Debug)]
pub struct LedgerReport<'a> {
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The result of the check.
    pub checked: &'a Checked,
}
