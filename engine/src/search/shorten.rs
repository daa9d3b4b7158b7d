// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes sure that the cases of a search are shortest, including their teardowns.
//!
//! If sequences may have any length, states do not record the order in which things were acquired:
//! a sequence can release them in any order by operations. But a teardown releases in the order of
//! the operations, so the teardown of a shorter case may show what a longer case shows by
//! operations. Here the order is part of the states, for lengths up to which there are few states.

use super::{Pool, Search};
use crate::finding::{Finding, Findings};
use crate::limits::{Deadline, Limits, Stopped};
use crate::question::Question;
use crate::universe::Universe;
use spec::Model;

/// The length at which a search exceeds this number of states is the last one.
const MOST_STATES: usize = 100_000;

/// Replaces cases by shorter ones with the same cause. Returns the length up to which cases are
/// known to be shortest.
///
/// # Errors
///
/// The reason for stopping, if the deadline came first.
pub(super) fn shorten<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    findings: &mut Findings,
    (threads, pool): (usize, &Pool<M>),
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
            pool: Some(pool),
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
