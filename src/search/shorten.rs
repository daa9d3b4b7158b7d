// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether the cases of a search are shortest, teardown and all.
//!
//! Where sequences may have any length, states do not know in which order they hold what they hold:
//! a sequence that needs another order releases it by operations. But a teardown releases in the order of the
//! operations, so a shorter case may show by its teardown what a longer one shows by operations.
//! Here the order is part of the states, operation by operation, as long as they are few.

use super::Search;
use crate::finding::{Finding, Findings};
use crate::limits::{Deadline, Limits, Stopped};
use crate::question::Question;
use crate::universe::Universe;
use spec::Model;

/// A level that had more states is the last one.
const MOST_STATES: usize = 100_000;

/// Replaces cases by shorter ones that show the same, and returns up to which length no shorter case
/// shows what any of them shows.
///
/// # Errors
///
/// Why it stopped, if it was not through before the deadline.
pub(super) fn shorten<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    findings: &mut Findings,
    threads: usize,
    deadline: Deadline<'_>,
) -> Result<usize, Stopped> {
    let length = |finding: &Finding| finding.case.ops.len();
    let mut exact = 1;
    loop {
        let longest = findings.values().map(length).max().unwrap_or(0);
        if longest <= exact {
            return Ok(usize::MAX);
        }
        let universe = Universe {
            ops: Some(exact),
            ..question.universe.clone()
        };
        let shorter = Question {
            universe: &universe,
            ..*question
        };
        let limits = Limits {
            time: deadline.remaining(),
            ..Limits::default()
        };
        let search = Search {
            threads,
            interrupt: deadline.interrupt(),
            ..Search::new(shorter, limits)
        };
        let summary = search.run();
        if let Some(stopped) = summary.stopped {
            return Err(stopped);
        }
        let found = summary.findings.into_iter();
        let found = found.map(|finding| (finding.difference.cause.clone(), finding));
        question.add(findings, found.collect());
        exact += 1;
        if summary.states > MOST_STATES {
            let longest = findings.values().map(length).max().unwrap_or(0);
            return Ok(if longest <= exact { usize::MAX } else { exact });
        }
    }
}
