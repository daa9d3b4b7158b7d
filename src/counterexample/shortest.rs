// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes, reads and searches again the scope in which no shorter case shows the same cause.

use super::About;
use crate::finding::Scope;
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::universe::Universe;

const LOOKING_AT: &str = ", looking at ";

/// Formats a scope: its universe, and its views unless they are the ones that a reader of the file
/// assumes.
pub(super) fn in_words(scope: &Scope, checked_with: &[View]) -> String {
    let Scope { universe, views } = scope;
    if views == checked_with {
        return universe.to_string();
    }
    let names: Vec<_> = views.iter().map(|view| view.name()).collect();
    format!("{universe}{LOOKING_AT}{}", names.join(" "))
}

/// Parses the output of [`in_words`]; returns `None` for any other text.
fn read(scope: &str, checked_with: &[View]) -> Option<(Universe, Vec<View>)> {
    let (text, views) = match scope.split_once(LOOKING_AT) {
        None => (scope, checked_with.to_vec()),
        Some((text, names)) => {
            let by_name = |name| View::ALL.into_iter().find(|view| view.name() == name);
            let views: Option<Vec<View>> = names.split(' ').map(by_name).collect();
            (text, views?)
        }
    };
    Universe::from_words(text).map(|universe| (universe, views))
}

/// The result of checking the claim that no shorter case in a scope shows a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shortest {
    /// The claim holds.
    Holds,
    /// The claim is false: a case with this number of operations shows the cause.
    Not(usize),
    /// The claim was not checked, for this reason.
    Unknown(&'static str),
}

/// Checks the claim by searching the shorter cases of the scope.
pub(super) fn check(
    about: About,
    scope: &str,
    checked_with: &[View],
    ops: usize,
    cause: &Cause,
) -> Shortest {
    /// Maximum number of states of a search, so that the reader waits seconds, not minutes.
    const MOST_STATES: usize = 300_000;
    let Some((universe, views)) = read(scope, checked_with) else {
        return Shortest::Unknown("names no scope that this program can search");
    };
    let limits = Limits {
        states: MOST_STATES,
        ..Limits::default()
    };
    let less = ops.saturating_sub(1);
    let shorter = Universe {
        ops: Some(universe.ops.map_or(less, |ops| ops.min(less))),
        ..universe
    };
    let summary = about.explore(&shorter, &views, limits);
    let mut same = summary.findings.iter();
    match same.find(|finding| finding.difference.cause == *cause) {
        Some(finding) => Shortest::Not(finding.case.ops.len()),
        None if summary.complete() => Shortest::Holds,
        None => Shortest::Unknown("names a scope that is too large to search again"),
    }
}

#[cfg(test)]
mod tests {
    use super::{in_words, read};
    use crate::finding::Scope;
    use crate::judge::View;
    use crate::universe::Universe;

    #[test]
    fn what_is_written_of_a_scope_is_read_again() {
        let universe = Universe {
            devices: 3,
            mms: 1,
            ops: Some(6),
            faults: spec::Site::ALL.to_vec(),
            ..Universe::default()
        };
        for views in [&View::DEFAULT[..], &[View::Driver], &View::ALL] {
            let scope = Scope {
                universe: universe.clone(),
                views: views.to_vec(),
            };
            let text = in_words(&scope, &View::DEFAULT);
            let again = read(&text, &View::DEFAULT);
            assert_eq!(again, Some((universe.clone(), views.to_vec())), "{text}");
        }
    }

    #[test]
    fn other_words_are_no_scope() {
        let all = [
            "",
            "everything",
            "9 devices in every grouping, 1 mm, up to 4 ops, faults",
        ];
        for scope in all {
            assert_eq!(read(scope, &View::DEFAULT), None, "{scope}");
        }
        let text = Universe::default().to_string();
        assert_eq!(read(&format!("{text}, looking at it"), &View::ALL), None);
    }
}
