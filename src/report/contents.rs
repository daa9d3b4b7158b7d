// SPDX-License-Identifier: GPL-2.0-or-later
//! The contents of reports, independent of their form.

use crate::conformance::Mismatch;
use crate::counterexample::{About, Received, ReplayReport};
use crate::explain::Explanation;
use crate::finding::Finding;
use crate::fuzzing::{Differ, Target};
use crate::history::Change;
use crate::hunt::{HuntFinding, HuntSummary};
use crate::interleaving::Explored;
use crate::judge::{Difference, UserEffect, View};
use crate::ledger::{Checked, Ledger};
use crate::limits::{Stopped, peak_of_process};
use crate::mail::ReplayedMail;
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::releases::{Answer, Backports};
use crate::runs::Runs;
use crate::schemas::Schema;
use crate::universe::Universe;
use crate::why::outside::Row;
use crate::why::{self, Asked, Part};
use serde_json::Value;
use spec::Case;
use spec::generate::Profile;
use spec::revision::Release;

/// The report of a command.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// The models.
    Models(&'a [AnyModel]),
    /// The model of a release.
    Release(&'a ReleaseReport<'a>),
    /// The behaviour of several models in a case.
    Trace(&'a TraceReport<'a>),
    /// The behaviour of two models in a case, side by side.
    Diff(&'a DiffReport<'a>),
    /// Two models cannot be compared with a case; the reason, as a sentence.
    Incomparable(&'a str),
    /// The changes that each step in history makes to the behaviour of a case.
    Bisect(&'a BisectReport<'a>),
    /// The findings of an exploration of a universe, and its coverage.
    Search(&'a SearchReport<'a>),
    /// The findings of an exploration of two models, as the changes that users of the first one get
    /// with the second one.
    Upgrade(&'a SearchReport<'a>),
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
    LedgerCheck(&'a Checked),
    /// A new entry of the ledger, which is JSON in every form.
    LedgerEntry(&'a Value),
    /// The result of replaying a counterexample.
    Replay(&'a ReplayedReport<'a>),
    /// The result of checking a mail.
    ReplayedMail(&'a ReplayedMail),
    /// The result of replaying a case, which makes no claims: the changes that each commit makes to
    /// its behaviour.
    Bare(&'a BisectReport<'a>),
    /// A finding, for a mailing list.
    Mail(&'a MailReport<'a>),
    /// The findings of an exploration of a universe and its coverage, for a mailing list.
    Mailed(&'a MailedReport<'a>),
    /// The result of comparing recorded traces with models.
    Conform(&'a ConformReport),
    /// The result of running the bytes at which a fuzz target stopped.
    Artifact(&'a ArtifactReport),
    /// A case on one model or several, as a story.
    Explain(&'a Explanation<'a>),
    /// The JSON Schemas.
    Schemas(&'a [Schema]),
    /// A JSON Schema, which is JSON in every form.
    Schema(&'a Schema),
    /// The ways in which an operation produces a result on a model.
    Why(&'a WhyReport<'a>),
    /// No result, with the reason as a sentence. It is null in JSON.
    Nothing(&'a str),
}

/// The ways in which an operation produces a result on a model.
#[derive(Debug)]
pub struct WhyReport<'a> {
    /// The model.
    pub model: AnyModel,
    /// The question.
    pub asked: &'a Asked,
    /// The ways, each with a case.
    pub answers: &'a [why::Answer],
    /// What gives the same result outside of the models.
    pub outside: &'a [&'static Row],
    /// The release that the rows are for.
    pub release: Option<Release>,
    /// The universe.
    pub parts: &'a [Part],
    /// Whether it is the usual universe.
    pub is_usual: bool,
    /// The extent of the search.
    pub explored: &'a why::Explored,
    /// The digest of a complete search; `None` if it was stopped.
    pub digest: Option<String>,
}

/// The model of a release.
#[derive(Clone, Copy, Debug)]
pub struct ReleaseReport<'a> {
    /// The answer to its name.
    pub answer: &'a Answer,
    /// The commits that a log has on top of it, if one was read.
    pub backports: Option<&'a Backports>,
}

/// The result of replaying a counterexample.
#[derive(Debug)]
pub struct ReplayedReport<'a> {
    /// The counterexample.
    pub received: &'a Received,
    /// The result of checking its claims.
    pub replayed: &'a ReplayReport,
}

/// A finding, for a mailing list.
#[derive(Clone, Copy, Debug)]
pub struct MailReport<'a> {
    /// The models.
    pub about: About,
    /// The views in which two models are compared.
    pub views: &'a [View],
    /// The case, and what it shows on the models.
    pub finding: &'a Finding,
    /// Whether the `Fixes:` line is printed.
    pub tags: bool,
}

/// The findings of an exploration of a universe and its coverage, for a mailing list.
#[derive(Clone, Copy, Debug)]
pub struct MailedReport<'a> {
    /// The findings and the coverage.
    pub search: &'a SearchReport<'a>,
    /// Whether the `Fixes:` lines are printed.
    pub tags: bool,
}

/// The result of comparing recorded traces with models.
#[derive(Clone, Debug, Default)]
pub struct ConformReport {
    /// The number of rows.
    pub rows: usize,
    /// For each model: the number of its traces, and the number of those that it does not
    /// reproduce.
    pub models: Vec<(AnyModel, usize, usize)>,
    /// The first mismatches.
    pub shown: Vec<MismatchReport>,
}

/// A recorded trace that a model does not reproduce.
#[derive(Clone, Debug)]
pub struct MismatchReport {
    /// The name of the file.
    pub file: String,
    /// The line of the row, from 1.
    pub line: usize,
    /// The id of the row, as JSON.
    pub id: String,
    /// The model.
    pub model: AnyModel,
    /// The case.
    pub case: Case,
    /// The first field in which the recorded trace and the model differ.
    pub mismatch: Mismatch,
}

impl ConformReport {
    /// Returns the number of traces.
    pub fn traces(&self) -> usize {
        self.models.iter().map(|(_, traces, _)| traces).sum()
    }

    /// Returns the number of traces that their models do not reproduce.
    pub fn mismatches(&self) -> usize {
        self.models.iter().map(|(_, _, wrong)| wrong).sum()
    }
}

/// The result of running the bytes at which a fuzz target stopped.
#[derive(Debug)]
pub struct ArtifactReport {
    /// The fuzz target.
    pub target: Target,
    /// The error of svadiff itself on these bytes, if any.
    pub broken: Option<String>,
    /// Two models that differ on these bytes, if any.
    pub differ: Option<Differ>,
    /// Whether the counterexample is written to a file instead of being printed as text.
    pub is_in_a_file: bool,
}

/// The behaviour of several models in a case.
#[derive(Debug)]
pub struct TraceReport<'a> {
    /// The models.
    pub models: &'a [AnyModel],
    /// The runs of the case.
    pub runs: &'a Runs,
    /// Whether text has each model in full, even if others do the same.
    pub all: bool,
}

/// The behaviour of two models in a case, side by side.
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
    /// Why they cannot be compared with the case; `None` if they can.
    pub incomparable: Option<String>,
    /// All differences, including consequences.
    pub differences: Vec<Difference>,
    /// The changes that made them.
    pub by: Vec<Change>,
}

/// The findings of an exploration of a universe, and its coverage.
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
    /// The outcomes of each model. If the exploration of a model was stopped, it may have more
    /// outcomes.
    pub models: Vec<(AnyModel, Explored)>,
    /// The reason why the exploration of a model was stopped, if any.
    pub stopped: Option<Stopped>,
}

impl RaceReport<'_> {
    /// Returns the names of the models that were not explored to the end.
    pub fn incomplete(&self) -> Vec<&'static str> {
        let cut = self.models.iter().filter(|(_, explored)| explored.cut);
        cut.map(|(model, _)| AnyModel::name(*model)).collect()
    }
}

/// A minimized case.
#[derive(Debug)]
pub struct MinimizedReport<'a> {
    /// The models.
    pub about: About,
    /// The views in which two models are compared.
    pub views: &'a [View],
    /// The case before it was minimized.
    pub before: &'a Case,
    /// The minimized case, and what it shows.
    pub finding: &'a Finding,
    /// The reason why the case may not be as small as possible, if any.
    pub stopped: Option<Stopped>,
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

/// Returns each effect with the number of findings that have it.
pub(super) fn effects<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
) -> [(UserEffect, usize); UserEffect::ALL.len()] {
    let mut counts = UserEffect::ALL.map(|effect| (effect, 0));
    for finding in findings {
        let effect = finding.difference.cause.effect();
        let of_it = counts.iter_mut().filter(|(this, _)| *this == effect);
        of_it.for_each(|(_, count)| *count += 1);
    }
    counts
}
