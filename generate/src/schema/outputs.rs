// SPDX-License-Identifier: GPL-2.0-or-later
//! What the commands print with `--json`.

use super::counterexample::{Counterexample, FirstDifference, History, Kind, Life};
use super::names::{CommitId, Count, Digest, Id, Large, ModelName, Place, Text, ViewName};
use super::signature::{Citation, Pattern, Signature};
use super::universe::Universe;
use schemars::JsonSchema;
use serde_json::Value;
use spec::schema::{Pasid, SplatText};
use spec::trace::{Call, Live};
use spec::{Case, OpCode, Ret, Trace};
use std::collections::BTreeMap;

/// A row that `trace --jsonl` and `conform` read. Other keys are ignored.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "row")]
pub struct Row {
    /// Any value, which is printed as it is.
    pub id: Value,
    /// The case.
    pub case: Case,
    /// Recorded traces by the names of their models, which `conform` compares.
    #[schemars(skip_serializing_if = "absent")]
    pub traces: BTreeMap<String, Recorded>,
}

/// A recorded trace.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded", deny_unknown_fields)]
pub struct Recorded {
    /// What each operation did.
    pub steps: Vec<RecordedStep>,
    /// The teardown; null after an oops or a hang.
    pub end: Option<RecordedStep>,
    /// The CPU that ran each section, in a concurrent case.
    #[schemars(skip_serializing_if = "absent")]
    pub schedule: Vec<u8>,
}

/// A step of a recorded trace.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded_step", deny_unknown_fields)]
pub struct RecordedStep {
    /// What it returned.
    pub ret: Ret,
    /// The driver callbacks.
    #[schemars(skip_serializing_if = "absent")]
    pub calls: Vec<Call>,
    /// The kernel's complaints.
    #[schemars(skip_serializing_if = "absent")]
    pub splats: Vec<SplatText>,
    /// What existed after it.
    #[schemars(skip_serializing_if = "absent")]
    pub live: Live,
    /// The lines at which the executed basic blocks begin. They are not compared.
    #[schemars(skip_serializing_if = "absent")]
    pub lines: Vec<u32>,
}

/// The programs of `corpus/conformance/outcomes.json`.
pub type Outcomes = Vec<Program>;

/// A program, and all that each model can come to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "program", deny_unknown_fields)]
pub struct Program {
    /// Its name.
    pub name: Text,
    /// The program.
    pub case: Case,
    /// The number of orders that were run on each model.
    pub schedules: BTreeMap<String, Count>,
    /// The distinct outcomes of each model.
    pub outcomes: BTreeMap<String, Vec<RecordedOutcome>>,
}

/// A recorded outcome of a program.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "recorded_outcome", deny_unknown_fields)]
pub struct RecordedOutcome {
    /// What each operation returned.
    pub rets: Vec<Ret>,
    /// The complaints.
    pub splats: Vec<SplatText>,
    /// What is left; null if the kernel died.
    pub leaked: Option<Left>,
}

/// A commit.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "commit", deny_unknown_fields)]
pub struct Commit {
    /// The abbreviated commit, or the Message-ID of a proposal.
    pub id: CommitId,
    /// Its subject.
    pub subject: Text,
}

/// A range of releases.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "releases", deny_unknown_fields)]
pub struct Releases {
    /// The first release.
    pub first: Text,
    /// The last one; null if the range ends with its series.
    pub last: Option<Text>,
    /// Whether only kernels configured for x86 are meant.
    pub x86: bool,
}

/// A branch of the history.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "branch", rename_all = "snake_case")]
pub enum Branch {
    /// Mainline.
    Mainline,
    /// A stable branch.
    Stable,
    /// A stable branch, configured for x86.
    X86,
    /// A patch that was never merged.
    Proposal,
}

/// A model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "model", deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: ModelName,
    /// What it is.
    pub what: Text,
    /// Its first parent; null for the first model.
    pub base: Option<ModelName>,
    /// The commits that it adds.
    pub commits: Vec<Commit>,
    /// Whether it is a proposal.
    pub proposal: bool,
    /// The abbreviated git blob of its `iommu-sva.c`, or null.
    #[schemars(regex(pattern = "^[0-9a-f]+$"))]
    pub blob: Option<String>,
    /// Its branch.
    pub branch: Branch,
    /// The releases that it stands for.
    pub stands_for: Vec<Releases>,
    /// Whether it is derived from its commits, without a recorded run.
    pub derived: bool,
}

/// The model of a release.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "of_release", deny_unknown_fields)]
pub struct OfRelease {
    /// The name that was given.
    pub asked: String,
    /// The upstream release; null if the name is that of a model.
    pub release: Option<Text>,
    /// Whether the kernel is configured for x86.
    pub x86: bool,
    /// The model, with the commits on top of it.
    pub model: ModelName,
    /// The model without these commits.
    pub base: ModelName,
    /// The releases of `base`.
    pub stands_for: Vec<Releases>,
    /// The model of the same release configured for x86, if that is another one.
    pub on_x86: Option<ModelName>,
    /// The sentences that the text form prints.
    pub says: Vec<Text>,
    /// What a log has on top of the release.
    #[schemars(skip_serializing_if = "absent")]
    pub log: Log,
}

/// What a log has on top of a release.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "log", deny_unknown_fields)]
pub struct Log {
    /// The commits that are added to the model.
    pub added: Vec<Commit>,
    /// The commits that are removed from it.
    pub removed: Vec<Commit>,
    /// The commits that are left out.
    pub left_out: Vec<LeftOut>,
}

/// A commit that is left out.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "left_out", deny_unknown_fields)]
pub struct LeftOut {
    /// The commit.
    pub id: CommitId,
    /// Its subject.
    pub subject: Text,
    /// The reason.
    pub why: Text,
}

/// The behaviour of several models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "traces", deny_unknown_fields)]
pub struct Traces {
    /// The trace on each model, by its name.
    pub traces: BTreeMap<String, Trace>,
}

/// The behaviour of several models in the case of a row.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "traced_row", deny_unknown_fields)]
pub struct TracedRow {
    /// The id of the row.
    pub id: Value,
    /// The trace on each model, by its name.
    pub traces: BTreeMap<String, Trace>,
}

/// The lines that decided on one side.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "decided", deny_unknown_fields)]
pub struct Decided {
    /// The line that decided, then the line whose result it propagated.
    pub decided_by: Vec<Citation>,
}

/// A difference between two models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "difference", deny_unknown_fields)]
pub struct Difference {
    /// Where it is.
    pub op: Place,
    /// The view.
    pub view: ViewName,
    /// Whether it follows from an earlier difference.
    pub follows: bool,
    /// What it is, as text.
    pub what: Text,
    /// Its cause.
    pub signature: Signature,
    /// The first model.
    pub from: Decided,
    /// The second model.
    pub to: Decided,
}

/// A case on two models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "diff", untagged)]
pub enum Diff {
    /// The models can be compared.
    Compared(Compared),
    /// They cannot.
    Incomparable(Incomparable),
}

/// The differences of two models in a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "compared", deny_unknown_fields)]
pub struct Compared {
    /// The id of the case.
    pub id: Id,
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// The first difference, or null.
    pub first_difference: Option<FirstDifference>,
    /// All differences.
    pub differences: Vec<Difference>,
    /// The commits of the first difference, or null.
    pub history: Option<History>,
    /// The traces, by the names of the models.
    pub traces: BTreeMap<String, Trace>,
}

/// Two models that cannot be compared with a case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "incomparable", deny_unknown_fields)]
pub struct Incomparable {
    /// The reason.
    pub incomparable: Text,
}

/// A step from a model to one that is built on it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "step_of_history", deny_unknown_fields)]
pub struct HistoryStep {
    /// The model.
    pub from: ModelName,
    /// The one that is built on it.
    pub to: ModelName,
    /// The commits of `to`.
    pub commits: Vec<Commit>,
    /// The ids of the commits by which the behaviour changed.
    pub by: Vec<CommitId>,
    /// Whether `to` is a proposal.
    pub proposal: bool,
    /// The differences.
    pub differences: Vec<Difference>,
}

/// A case on every model of history.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "bisect", deny_unknown_fields)]
pub struct Bisect {
    /// The id of the case.
    pub id: Id,
    /// The steps.
    pub history: Vec<HistoryStep>,
}

/// The result of comparing recorded traces with models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "conform", deny_unknown_fields)]
pub struct Conform {
    /// The number of rows.
    pub rows: Count,
    /// The number of traces that were compared.
    pub traces: Count,
    /// The number of traces that a model does not reproduce.
    pub mismatches: Count,
    /// The counts of each model.
    pub models: BTreeMap<String, Conforming>,
    /// The first mismatches.
    #[schemars(length(max = 10))]
    pub shown: Vec<Mismatch>,
}

/// The counts of a model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "conforming", deny_unknown_fields)]
pub struct Conforming {
    /// The number of its traces.
    pub traces: Count,
    /// The number of those that it does not reproduce.
    pub wrong: Count,
}

/// A recorded trace that a model does not reproduce.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "mismatch", deny_unknown_fields)]
pub struct Mismatch {
    /// The file.
    pub file: String,
    /// The line of the row, from 1.
    #[schemars(range(min = 1))]
    pub line: u64,
    /// The id of the row.
    pub id: Value,
    /// The model.
    pub model: ModelName,
    /// The first field that differs.
    pub field: String,
    /// The recorded value, or null.
    pub expected: Value,
    /// The value of the model, or null.
    pub got: Value,
    /// The case.
    pub case: Case,
}

/// The findings of a search over two models, and its extent.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "compare", deny_unknown_fields)]
pub struct Compare {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// What was searched.
    pub universe: Universe,
    /// Operations with which the two cannot be compared.
    #[schemars(skip_serializing_if = "absent")]
    pub left_out: Vec<OpCode>,
    /// Distinct states.
    pub states: Count,
    /// Operations, or sections, that were run in them.
    pub transitions: Count,
    /// The length of the shortest path to the farthest state.
    pub depth: Count,
    /// The number of programs, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub programs: Count,
    /// The number of schedules, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Large,
    /// Whether everything was covered.
    pub complete: bool,
    /// Why not, or null.
    pub stopped: Option<Text>,
    /// The most memory, if it was worth measuring.
    pub memory: Option<Memory>,
    /// The digest, or null if the search is not complete.
    pub digest: Option<Digest>,
    /// For each effect, the number of findings that have it.
    pub effects: Effects,
    /// The findings.
    pub findings: Vec<Counterexample>,
}

/// The findings of a search over one model, and its extent.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "check", deny_unknown_fields)]
pub struct Check {
    /// The model.
    pub model: ModelName,
    /// What was searched.
    pub universe: Universe,
    /// Distinct states.
    pub states: Count,
    /// Operations, or sections, that were run in them.
    pub transitions: Count,
    /// The length of the shortest path to the farthest state.
    pub depth: Count,
    /// The number of programs, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub programs: Count,
    /// The number of schedules, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Large,
    /// Whether everything was covered.
    pub complete: bool,
    /// Why not, or null.
    pub stopped: Option<Text>,
    /// The most memory, if it was worth measuring.
    pub memory: Option<Memory>,
    /// The digest, or null if the search is not complete.
    pub digest: Option<Digest>,
    /// The findings.
    pub findings: Vec<Misbehaviour>,
}

/// Bytes of memory.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "memory", deny_unknown_fields)]
pub struct Memory {
    /// The most that the process had.
    pub process: Count,
    /// Those of states.
    pub states: Count,
}

/// The number of findings with each effect.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "effects", deny_unknown_fields)]
pub struct Effects {
    /// A misbehaviour is gone, or an operation succeeds that failed.
    pub fixes: Count,
    /// There is a new misbehaviour, or an operation fails that succeeded.
    pub breaks: Count,
    /// Neither.
    pub differs: Count,
    /// Both models have the misbehaviour.
    pub keeps: Count,
}

/// A misbehaviour of one model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "misbehaviour", deny_unknown_fields)]
pub struct Misbehaviour {
    /// The id of the case.
    pub id: Id,
    /// The case.
    pub case: Case,
    /// What it is, as text.
    pub what: Text,
    /// Where it shows first.
    pub first: FirstDifference,
    /// The cause.
    pub signature: Signature,
    /// The lines that decided.
    pub decided_by: Vec<Citation>,
    /// The trace of the case.
    pub trace: Trace,
    /// The commits.
    pub history: HistoryAlone,
}

/// The commits of a misbehaviour of one model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "history_alone", deny_unknown_fields)]
pub struct HistoryAlone {
    /// The commit that brought it.
    pub introduced: Option<CommitId>,
    /// The commit that ended it.
    pub fixed: Option<CommitId>,
    /// The same.
    pub from: Life,
}

/// Every pair of models in a universe, or one pair.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "matrix", untagged)]
pub enum Matrix {
    /// Every pair.
    Pairs(Pairs),
    /// The pair of --from and --to.
    One(Compare),
}

/// Every pair of models in a universe.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "pairs", deny_unknown_fields)]
pub struct Pairs {
    /// The universe.
    pub universe: Universe,
    /// The views.
    pub views: Vec<ViewName>,
    /// The pairs.
    pub pairs: Vec<Pair>,
}

/// A pair of models.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "pair", deny_unknown_fields)]
pub struct Pair {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// Whether everything was covered.
    pub complete: bool,
    /// The number of findings.
    pub findings: Count,
    /// The digest, or null if the search is not complete.
    pub digest: Option<Digest>,
}

/// The findings of a hunt.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "hunt", deny_unknown_fields)]
pub struct Hunt {
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The views.
    pub views: Vec<ViewName>,
    /// The seed.
    pub seed: Count,
    /// The profile that cases are made from.
    pub profile: Text,
    /// The number of CPUs, if there are several.
    #[schemars(skip_serializing_if = "absent", range(min = 2))]
    pub cpus: u8,
    /// Operations with which the two cannot be compared.
    #[schemars(skip_serializing_if = "absent")]
    pub left_out: Vec<OpCode>,
    /// How many cases.
    pub cases: Count,
    /// How many operations ran on both models.
    pub ops: Count,
    /// The number of schedules, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Large,
    /// Programs with too many states, with several CPUs.
    #[schemars(skip_serializing_if = "absent")]
    pub too_large: Count,
    /// Why it stopped early, or null.
    pub stopped: Option<Text>,
    /// True if time ran out before all findings were minimized.
    #[schemars(skip_serializing_if = "absent", extend("const" = true))]
    pub unfinished: bool,
    /// For each effect, the number of findings that have it.
    pub effects: Effects,
    /// The findings.
    pub findings: Vec<Counterexample>,
    /// For each finding, the entry of the ledger that covers it, or null.
    pub known: Vec<Option<Text>>,
}

/// The outcomes of a program on each model.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "race", deny_unknown_fields)]
pub struct Race {
    /// The outcomes, by the names of the models.
    pub outcomes: BTreeMap<String, Vec<Outcome>>,
    /// False if a limit or a signal stopped the run.
    #[schemars(skip_serializing_if = "absent", extend("const" = false))]
    pub complete: bool,
    /// Why it stopped.
    #[schemars(skip_serializing_if = "absent")]
    pub stopped: Text,
    /// The models that were not explored completely.
    #[schemars(skip_serializing_if = "absent")]
    pub incomplete: Vec<ModelName>,
}

/// What a program came to.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "outcome", deny_unknown_fields)]
pub struct Outcome {
    /// What each operation returned.
    pub rets: Vec<Ret>,
    /// The complaints.
    pub splats: Vec<SplatText>,
    /// What is left; null if the kernel died.
    pub leaked: Option<Left>,
    /// The number of schedules that show it, if all were explored.
    #[schemars(skip_serializing_if = "absent")]
    pub schedules: Number,
    /// A shortest schedule that shows it.
    pub schedule: Vec<u8>,
}

/// A number, as a string if it has more than 64 bits.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "number", untagged)]
pub enum Number {
    /// Up to 64 bits.
    Small(Count),
    /// More.
    Large(Large),
}

/// What is left after a teardown. What is not left has no key.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "left", deny_unknown_fields)]
pub struct Left {
    /// Entries of the groups' arrays, if nothing else is left.
    #[schemars(skip_serializing_if = "absent")]
    pub attached: Vec<Entry>,
    /// The number of handles.
    #[schemars(skip_serializing_if = "absent", range(min = 1))]
    pub handles: u32,
    /// The number of domains.
    #[schemars(skip_serializing_if = "absent", range(min = 1))]
    pub domains: u32,
    /// The global PASIDs.
    #[schemars(skip_serializing_if = "absent")]
    pub pasids: Vec<Pasid>,
    /// The count of each mm.
    #[schemars(skip_serializing_if = "absent")]
    pub mm_count: Vec<u32>,
}

/// An entry of a group's array.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "entry", deny_unknown_fields)]
pub struct Entry {
    /// The group.
    pub group: u8,
    /// The PASID.
    pub pasid: Pasid,
    /// True if it points at freed memory.
    #[schemars(skip_serializing_if = "absent")]
    pub freed: bool,
}

/// The ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "ledger", deny_unknown_fields)]
pub struct LedgerList {
    /// The entries.
    pub known: Vec<Listed>,
}

/// An entry of the ledger, with the id of its case.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "listed", deny_unknown_fields)]
pub struct Listed {
    /// The name of its file.
    pub name: Text,
    /// The first model.
    pub from: ModelName,
    /// The second model.
    pub to: ModelName,
    /// The difference, in one sentence.
    pub what: Text,
    /// Whether it was intended.
    pub kind: Kind,
    /// The commit that introduced it.
    pub introduced: CommitId,
    /// The commit that ended it, or null.
    pub fixed: Option<CommitId>,
    /// A Message-ID or a commit that documents it.
    pub reference: Text,
    /// The differences that it covers.
    pub signature: Pattern,
    /// The id of its case.
    pub id: Id,
}

/// The result of checking the ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "ledger_check", deny_unknown_fields)]
pub struct LedgerCheck {
    /// The number of entries.
    pub entries: Count,
    /// The number of searches.
    pub searches: Count,
    /// The universes that were searched.
    pub scopes: Vec<Text>,
    /// The number of differences between all neighbours.
    pub differences: Count,
    /// What is wrong with the ledger.
    pub troubles: Vec<Trouble>,
    /// False if a limit or a signal ended the check.
    #[schemars(skip_serializing_if = "absent", extend("const" = false))]
    pub complete: bool,
    /// Why it ended.
    #[schemars(skip_serializing_if = "absent")]
    pub stopped: Text,
}

/// What is wrong with the ledger.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "trouble", tag = "is", deny_unknown_fields)]
pub enum Trouble {
    /// An entry does not hold.
    #[schemars(rename = "stale")]
    Stale {
        /// The entry.
        entry: Text,
        /// The reason.
        why: Text,
    },
    /// An entry covers several causes.
    #[schemars(rename = "too broad")]
    Broad {
        /// The entry.
        entry: Text,
        /// What it covers.
        signatures: Vec<Signature>,
    },
    /// Several entries cover one cause.
    #[schemars(rename = "twice")]
    Twice {
        /// The entries.
        entries: Vec<Text>,
        /// The cause.
        signature: Box<Signature>,
    },
    /// A difference has no entry.
    #[schemars(rename = "missing")]
    Missing {
        /// A case that shows it.
        counterexample: Box<Counterexample>,
    },
}

/// The result of a replay: of a counterexample, of a mail, or of a case, which claims nothing.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replay", untagged)]
pub enum Replay {
    /// Of a counterexample.
    Replayed(Replayed),
    /// Of a mail.
    Mail(ReplayedMail),
    /// Of a case.
    Bare(Bare),
}

/// Whether a mail holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-mail", deny_unknown_fields)]
pub struct ReplayedMail {
    /// Whether everything that it states is so; null if some was not checked.
    pub holds: Option<bool>,
    /// The reports in its text.
    pub reports: Vec<ReplayedReport>,
    /// The counterexamples that are attached.
    pub files: Vec<ReplayedFile>,
}

/// Whether a report in a mail holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-report", deny_unknown_fields)]
pub struct ReplayedReport {
    /// Its first line.
    pub mark: Text,
    /// The ids of its cases.
    pub ids: Vec<Id>,
    /// Whether every statement holds; null if some were not checked.
    pub holds: Option<bool>,
    /// How many statements are so.
    pub statements: u64,
    /// The statements that are not so.
    pub wrong: Vec<Wrong>,
    /// The statements that were not checked.
    pub not_checked: Vec<Text>,
}

/// Whether an attached counterexample holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed-file", deny_unknown_fields)]
pub struct ReplayedFile {
    /// The id of the case.
    pub id: Id,
    /// The models that the file is about.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What the case shows, or null if that is not what is claimed.
    pub what: Option<Text>,
    /// Whether every claim holds; null if some were not checked.
    pub holds: Option<bool>,
    /// The claims that are false.
    pub wrong: Vec<Wrong>,
    /// The claims that were not checked.
    pub not_checked: Vec<Text>,
    /// Remarks.
    pub notes: Vec<Text>,
    /// The name of the file.
    pub name: Text,
}

/// Whether a counterexample holds.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "replayed", deny_unknown_fields)]
pub struct Replayed {
    /// The id of the case.
    pub id: Id,
    /// The models that the file is about.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What the case shows, or null if that is not what is claimed.
    pub what: Option<Text>,
    /// Whether every claim holds; null if some were not checked.
    pub holds: Option<bool>,
    /// The claims that are false.
    pub wrong: Vec<Wrong>,
    /// The claims that were not checked.
    pub not_checked: Vec<Text>,
    /// Remarks.
    pub notes: Vec<Text>,
}

/// A false claim.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "wrong", deny_unknown_fields)]
pub struct Wrong {
    /// The key.
    pub what: Text,
    /// Its value in the file.
    pub claimed: Value,
    /// The actual value.
    pub happens: Value,
}

/// A case on every model of history, as a replay.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "bare", deny_unknown_fields)]
pub struct Bare {
    /// The id of the case.
    pub id: Id,
    /// The steps.
    pub history: Vec<HistoryStep>,
    /// Null: a case claims nothing.
    #[schemars(extend("const" = null))]
    pub holds: Option<bool>,
}

/// The result of running the bytes at which a fuzz target stopped.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "artifact", deny_unknown_fields)]
pub struct Artifact {
    /// The fuzz target.
    pub target: Text,
    /// The error of svadiff itself, or null.
    pub broken: Option<Text>,
    /// The counterexample, or null if the models agree.
    pub counterexample: Option<Counterexample>,
    /// Whether the ledger has the difference; null if it was not looked up.
    pub known: Option<bool>,
}

/// A case on one model or several, step by step.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "explain", deny_unknown_fields)]
pub struct Explain {
    /// The id of the case.
    pub id: Id,
    /// The models, in the order in which they are told.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelName>,
    /// The first difference of each model and the next, or the first misbehaviour of the only one.
    pub differences: Vec<Explained>,
    /// What each model does, in the order in which it ran, up to the first difference.
    pub told: BTreeMap<String, Vec<Told>>,
}

/// A difference or a misbehaviour that ends a story.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "explained", deny_unknown_fields)]
pub struct Explained {
    /// The two models, or the only one.
    #[schemars(length(min = 1, max = 2))]
    pub models: Vec<ModelName>,
    /// What it is, as text.
    pub what: Text,
    /// Where it shows first.
    pub first_difference: FirstDifference,
    /// The commits.
    pub history: History,
}

/// An operation, a section of one, or a release of the teardown.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "told", deny_unknown_fields)]
pub struct Told {
    /// The operation, or `"end"`.
    pub op: Place,
    /// What is released, in the teardown.
    #[schemars(skip_serializing_if = "absent")]
    pub releases: Released,
    /// The CPU, in a concurrent case.
    #[schemars(skip_serializing_if = "absent", range(max = spec::case::MAX_CPUS - 1))]
    pub cpu: u8,
    /// The steps, in order.
    pub steps: Vec<StepOf>,
    /// What it returned; null for a section that is not the last one.
    pub ret: Option<Ret>,
}

/// What the teardown releases.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released", untagged)]
pub enum Released {
    /// What an operation holds.
    Op(ReleasedOp),
    /// An mm, whose process exits.
    Mm(ReleasedMm),
}

/// What an operation holds.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released_op", deny_unknown_fields)]
pub struct ReleasedOp {
    /// The index of the operation.
    pub op: u8,
}

/// An mm, whose process exits.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "released_mm", deny_unknown_fields)]
pub struct ReleasedMm {
    /// The index of the mm.
    pub mm: u8,
}

/// A step of a call.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "step_of_call", deny_unknown_fields)]
pub struct StepOf {
    /// The function that it is in.
    pub function: Text,
    /// What kind of step it is.
    pub kind: StepKind,
    /// What happens.
    pub what: Text,
    /// Whether it stands at `line`, or before or after it in the same function.
    pub stands: Stands,
    /// The line, or null if none is known.
    pub line: Option<Citation>,
}

/// Where a step stands, seen from a line.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "stands", rename_all = "snake_case")]
pub enum Stands {
    /// At the line, which has run.
    At,
    /// Before the line.
    Before,
    /// After the line.
    After,
}

/// A kind of step.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(rename = "step_kind", rename_all = "snake_case")]
pub enum StepKind {
    /// The code does something, or passes a check.
    Does,
    /// A branch decides what the call returns or leaks.
    Decides,
    /// The driver is called.
    Driver,
    /// The kernel complains, or dies.
    Complains,
}

/// The JSON Schemas.
pub type Schemas = Vec<Listing>;

/// A JSON Schema in a list.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "listing", deny_unknown_fields)]
pub struct Listing {
    /// Its name.
    pub name: Text,
    /// What it describes.
    pub what: Text,
}
