// SPDX-License-Identifier: GPL-2.0-or-later
//! Decides whether a case shows a cause and needs each of its parts to show it.

use crate::interleaving::find;
use crate::judge::{Cause, View};
use crate::race::RaceSearch;
use spec::edit::one_less;
use spec::{Case, Model};

/// Returns whether a case shows a cause, but no longer does without any one of its operations,
/// devices, mms and faults. A concurrent case may show the cause under any schedule; returns `None`
/// if there are too many schedules.
pub fn is_one_minimal<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<bool> {
    if case.is_concurrent() {
        let shows = |case: &Case| shown_by_a_schedule(models, views, case, cause);
        if !shows(case)? {
            return Some(false);
        }
        for smaller in one_less(case) {
            if shows(&smaller)? {
                return Some(false);
            }
        }
        return Some(true);
    }
    let is_shown = find(models, views, case, cause).is_some();
    Some(is_shown && needs_all(models, views, case, cause))
}

/// Returns whether a sequential case needs all of its parts to show a cause, which it is known to
/// show.
pub fn needs_all<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> bool {
    let shows = |case: &Case| find(models, views, case, cause).is_some();
    !one_less(case).any(|smaller| shows(&smaller))
}

/// Returns whether the operations of a concurrent case show a cause under any schedule; `None` if
/// there are too many schedules.
fn shown_by_a_schedule<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<bool> {
    RaceSearch::of_programs(*models, views).shows_under_any_schedule(case, cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use crate::models::{AnyModel, by_name};
    use spec::{Device, Mm, OpKind, Topology};

    /// Returns a case with two binds, of the devices `dev`, which are in these groups.
    fn two_binds_of(groups: &[u8], dev: [u32; 2]) -> Case {
        let device = |group| Device {
            group,
            max_pasids: 16,
            instance: 0,
        };
        let devices = groups.iter().copied().map(device).collect();
        let mms = vec![Mm { dma_compat: true }];
        let ops = dev.map(|dev| OpKind::Bind { dev, mm: 0 }.into());
        Case::new(Topology { devices, mms }, ops.to_vec())
    }

    fn first_cause(case: &Case) -> Cause {
        let all = judge(&models(), &View::DEFAULT, case);
        all.into_iter().next().expect("a difference").cause
    }

    fn models() -> [AnyModel; 2] {
        ["v6.7", "v6.8-rc1"].map(|name| by_name(name).expect("a model of this name"))
    }

    #[test]
    fn two_binds_of_one_device_are_one_minimal() {
        let case = two_binds_of(&[0], [0, 0]);
        let cause = first_cause(&case);
        let is = is_one_minimal(&models(), &View::DEFAULT, &case, &cause);
        assert_eq!(is, Some(true));
    }

    #[test]
    fn a_device_that_is_not_needed_makes_a_case_not_one_minimal() {
        let case = two_binds_of(&[0, 1], [0, 0]);
        let cause = first_cause(&case);
        let is = is_one_minimal(&models(), &View::DEFAULT, &case, &cause);
        assert_eq!(is, Some(false));
    }

    #[test]
    fn an_operation_that_is_not_needed_makes_a_case_not_one_minimal() {
        let mut case = two_binds_of(&[0], [0, 0]);
        case.ops.push(OpKind::EnqcmdPasid { mm: 0 }.into());
        let cause = first_cause(&case);
        let is = is_one_minimal(&models(), &View::DEFAULT, &case, &cause);
        assert_eq!(is, Some(false));
    }
}
