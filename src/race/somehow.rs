// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether a program shows something under any schedule.

use super::explore::{Explored, Explorer};
use super::joint::Alone;
use super::outcome::Outcome;
use super::search::Search;
use crate::diff::View;
use crate::search::Question;
use crate::signature::Cause;
use spec::concurrent::Program;
use spec::smaller::without_op;
use spec::{Case, Model};

impl<M: Model, const N: usize> Search<'_, M, N> {
    /// Whether a case without one of its operations shows a cause under any schedule. Then that was
    /// looked at, and what it shows could be told as something that is known.
    pub(super) fn shows_with_less(&self, case: &Case, cause: &Cause) -> bool {
        (0..case.ops.len()).any(|op| {
            let smaller = without_op(case, op);
            self.shows_somehow(&smaller, cause) == Some(true)
        })
    }

    /// Whether the operations of a case show a cause under any schedule, as what comes first of an
    /// outcome that only one side allows, or as what no kernel may do; `None` where they are beyond
    /// the bounds.
    pub fn shows_somehow(&self, case: &Case, cause: &Cause) -> Option<bool> {
        let Question { models, views, .. } = &self.question;
        let (topology, program) = (&case.topology, Program::new(&case.ops));
        let mut explorer = Explorer::default();
        let all: [Explored; N] = std::array::from_fn(|side| {
            explorer.explore(&models[side], topology, &program, true, self.bounds)
        });
        if all.iter().any(|explored| explored.cut) {
            return None;
        }
        let everything: &[_] = if N == 1 { &View::ALL } else { views };
        let seen = |side: usize| -> Vec<Outcome> {
            let outcomes = all[side].outcomes.keys();
            outcomes.map(|outcome| outcome.seen(everything)).collect()
        };
        for (side, explored) in all.iter().enumerate() {
            let others = seen(N - 1 - side);
            for (outcome, shown) in &explored.outcomes {
                let is_alone = N == 2 && !others.contains(&outcome.seen(everything));
                let case = Case::scheduled(topology, program.ops(), shown.fewest.1.clone());
                let shown = self.shown(&case, is_alone.then_some(side));
                if shown.iter().any(|difference| difference.cause == *cause) {
                    return Some(true);
                }
                if let ([from, to], true) = (&models[..], is_alone) {
                    let alone = Alone {
                        models: [*from, *to],
                        views,
                        side,
                        topology,
                        program: &program,
                        outcome,
                        others: &others,
                    };
                    if alone.shows(cause) {
                        return Some(true);
                    }
                }
            }
        }
        Some(false)
    }
}
