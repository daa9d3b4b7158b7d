// SPDX-License-Identifier: GPL-2.0-or-later
//! Counterexample files: a minimal case and what it shows, small enough to attach to a mail.

mod about;
mod check;
mod named;
pub(crate) mod received;
mod shortest;

pub use about::About;
pub use check::{ReplayReport, Wrong};
pub use named::{Description, Named};
pub use received::Received;

use crate::finding::Finding;
use crate::judge::{Difference, View, differences};
use crate::models::AnyModel;
use crate::runs::Runs;
use engine::registered::Registered;

/// The `format` of a counterexample file.
pub const FORMAT: &str = "svadiff-counterexample/1";

/// The claims of a counterexample in addition to the behaviour of its models.
pub(crate) struct Claim {
    /// The difference that a reader finds by running the file.
    pub difference: Difference,
    /// Whether every part of the case is needed.
    pub one_minimal: bool,
    /// The scope that has no shorter case with the same cause, in words.
    pub shortest_in: Option<String>,
}

impl Claim {
    /// Derives the claims about a finding. `views` are the views in which it was found.
    pub(crate) fn new(about: About, views: &[View], finding: &Finding, runs: &Runs) -> Self {
        let Finding {
            case, difference, ..
        } = finding;
        let is_it = |this: &Difference| this.cause == difference.cause;
        let shown = about.shown(runs, difference.view, is_it);
        let is_shown = shown.is_some();
        let (checked_with, difference) =
            shown.unwrap_or_else(|| (views.to_vec(), difference.clone()));
        let cause = &difference.cause;
        let one_minimal = match about {
            _ if case.is_concurrent() => {
                let is = about.is_one_minimal(&checked_with, case, cause);
                is.unwrap_or(false)
            }
            About::Alone(models) => {
                is_shown && AnyModel::needs_all(models, &checked_with, case, cause)
            }
            About::Pair(models) => {
                is_shown && AnyModel::needs_all(models, &checked_with, case, cause)
            }
        };
        let scope = finding.shortest_in.as_ref();
        Claim {
            one_minimal,
            shortest_in: scope.map(|scope| shortest::in_words(scope, &checked_with)),
            difference,
        }
    }
}

/// Finds the difference that a counterexample is about, and the views that show it.
///
/// A file records the view of its difference, but not the other views that were compared when it
/// was found. In the default views, the difference can be a consequence of another one that only
/// those views show; it is then looked for in its own view alone. A consequence in both is not a
/// finding. A misbehaviour that both models share is not among their differences, so it is looked
/// for last.
fn shown_in(
    models: [AnyModel; 2],
    runs: &Runs,
    view: View,
    is_it: impl Fn(&Difference) -> bool + Copy,
) -> Option<(Vec<View>, Difference)> {
    let case = runs.case();
    let [from, to] = models.map(|model| runs.recording(model));
    let by_default = View::DEFAULT
        .contains(&view)
        .then(|| View::DEFAULT.to_vec());
    by_default
        .into_iter()
        .chain([vec![view]])
        .find_map(|views| {
            let all = differences(case, &from, &to, &views);
            let found = all.into_iter().find(|this| !this.follows && is_it(this))?;
            Some((views, found))
        })
        .or_else(|| {
            let all = About::Pair(models).of_both(runs);
            let found = all.into_iter().find(is_it)?;
            Some((vec![view], found))
        })
}
