// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports for a mailing list: blocks of plain text that [`crate::mail`] reads back.
//!
//! A block is a list of [`Statement`]s between two marks. The reader runs the case again, makes the
//! same statements, and compares them with the text of the mail. So everything that a block says is a
//! statement, and each of them follows from the models, the case and the difference alone.
//!
//! Except in the subjects of commits, a block has no `>` and no `|`, which mail programs put before
//! quoted lines; the reader passes over both. It has no `---`, where `git am` ends a message.

mod case;
mod certificate;
mod command;
mod finding;

pub(crate) use certificate::certificate;
pub(crate) use finding::{Subject, first_statements, openers, statements, subjects};

use super::{MailReport, MailedReport, WIDTH, with_width, wrap};
use crate::counterexample::About;
use crate::models::AnyModel;
use crate::runs::Runs;

/// What every mark of a beginning starts with.
pub(crate) const MARK: &str = "[svadiff ";

/// The mark at the end of a block.
pub(crate) const END: &str = "[end of report]";

/// The kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// One finding.
    Report,
    /// All findings of two models in a universe, and the certificate.
    Comparison,
    /// All misbehaviours of a model in a universe, and the certificate.
    Check,
}

impl BlockKind {
    /// All kinds.
    pub(crate) const ALL: [BlockKind; 3] =
        [BlockKind::Report, BlockKind::Comparison, BlockKind::Check];

    /// Returns the words of the mark up to the names of the models.
    pub(crate) fn words(self) -> &'static str {
        match self {
            BlockKind::Report => "report on",
            BlockKind::Comparison => "comparison of",
            BlockKind::Check => "check of",
        }
    }

    /// Returns the mark at the beginning of a block about these models.
    pub(crate) fn mark(self, names: &[&str]) -> String {
        format!("{MARK}{} {}]", self.words(), names.join(" and "))
    }
}

/// What a statement is about, for messages and to find its place in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What differs, in one sentence.
    Headline,
    /// The case as text.
    Case,
    /// What a model does where the models differ.
    Result,
    /// More about the result before it: who decided it, and since when it is so.
    Detail,
    /// What the case shows besides.
    Also,
    /// A heading without a claim.
    Heading,
    /// What happens after the difference.
    Later,
    /// How many schedules show it.
    Schedules,
    /// The commit that brought it.
    Since,
    /// The commit that ended it.
    Until,
    /// The command that shows it.
    Command,
    /// The id of the case.
    Id,
    /// A line for the message of a fix.
    Tag,
    /// A row of a certificate.
    Certificate,
}

impl Kind {
    /// Returns its name for a message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Headline => "the sentence",
            Kind::Case => "the case",
            Kind::Result => "a result",
            Kind::Detail => "more about a result",
            Kind::Also => "what the case also shows",
            Kind::Heading => "a heading",
            Kind::Later => "what follows",
            Kind::Schedules => "the schedules",
            Kind::Since => "since",
            Kind::Until => "until",
            Kind::Command => "the command",
            Kind::Id => "the id",
            Kind::Tag => "the tag",
            Kind::Certificate => "the certificate",
        }
    }
}

/// Returns what the statements after a case begin with. No case has these words.
pub(crate) fn labels(about: About) -> Vec<String> {
    let fixed = [
        "both, op",
        "both, end",
        "decided at",
        "propagated from",
        "so since",
        "so until",
        "so in every",
        ALSO,
        FOLLOWS,
        OTHERS,
        "Shown:",
        "Since:",
        "Until:",
        "Id:",
        "To reproduce:",
        "Fixes:",
        "There is no Fixes:",
    ];
    let models = about.models().iter().map(|model| AnyModel::name(*model));
    let named = models.flat_map(|name| [format!("{name}, op"), format!("{name}, end")]);
    named.chain(fixed.map(str::to_owned)).collect()
}

/// What the statements about more differences begin with.
const ALSO: &str = "The case also shows:";

/// The heading of what happens after a difference.
const FOLLOWS: &str = "What follows:";

/// The heading of what happens on other CPUs.
const OTHERS: &str = "What the other operations do:";

/// How a statement is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Wrapped, with this many blanks before the first line and before the others.
    Words(usize, usize),
    /// In lines that are ready, below a line of their own.
    Lines,
    /// On one line, however long it is.
    Line,
}

/// One statement of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// What it is about.
    pub kind: Kind,
    /// Its words.
    pub text: String,
    layout: Layout,
    /// Whether an empty line comes before it.
    is_apart: bool,
}

impl Statement {
    fn new(kind: Kind, text: impl Into<String>) -> Statement {
        Statement {
            kind,
            text: text.into(),
            layout: Layout::Words(0, 2),
            is_apart: false,
        }
    }

    fn laid_out(self, layout: Layout) -> Statement {
        Statement { layout, ..self }
    }

    fn apart(self) -> Statement {
        Statement {
            is_apart: true,
            ..self
        }
    }

    fn print(&self) -> String {
        let before = if self.is_apart { "\n" } else { "" };
        let text = match self.layout {
            Layout::Words(first, further) => {
                wrap(&" ".repeat(first), &" ".repeat(further), &self.text)
            }
            Layout::Lines | Layout::Line => format!("{}\n", self.text.trim_end()),
        };
        format!("{before}{text}")
    }
}

/// Prints a report on one finding.
pub(super) fn report(report: &MailReport<'_>) -> String {
    let MailReport {
        about,
        finding,
        tags,
        ..
    } = *report;
    let subject = Subject {
        about,
        difference: finding.difference.clone(),
    };
    let runs = Runs::of(about.models(), finding);
    as_wide_as_a_mail(|| {
        let all = statements(&subject, &runs, tags);
        print(BlockKind::Report, about.models(), &all)
    })
}

/// Prints a text for a mail, which is the same on a terminal of any width.
fn as_wide_as_a_mail(print: impl FnOnce() -> String) -> String {
    with_width(WIDTH, print)
}

/// Prints all findings of a search and its certificate.
pub(super) fn mailed(mailed: &MailedReport<'_>) -> String {
    as_wide_as_a_mail(|| all_findings(mailed))
}

fn all_findings(mailed: &MailedReport<'_>) -> String {
    let search = mailed.search;
    let mut all = Vec::new();
    let about = match search.models[..] {
        [from, to] => [from, to].into(),
        [model, ..] => [model].into(),
        [] => return String::new(),
    };
    for found in &search.summary.findings {
        let runs = Runs::of(&search.models, found);
        let subject = Subject {
            about,
            difference: found.difference.clone(),
        };
        all.extend(statements(&subject, &runs, mailed.tags));
    }
    all.extend(certificate(search));
    let kind = match search.models.len() {
        1 => BlockKind::Check,
        _ => BlockKind::Comparison,
    };
    print(kind, &search.models, &all)
}

fn print(kind: BlockKind, models: &[AnyModel], statements: &[Statement]) -> String {
    let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
    let mut text = wrap("", "  ", &kind.mark(&names));
    for (at, statement) in statements.iter().enumerate() {
        let printed = statement.print();
        // The first statement stands below the mark.
        text += if at == 0 {
            printed.trim_start()
        } else {
            &printed
        };
    }
    text + END + "\n"
}
