// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `case_json`: a case as JSON, on all models. The target checks that the differences
//! between neighbours with a sequential case are known, that a concurrent case behaves the same
//! again under the schedule in its trace, that recordings are well formed, and that the written
//! case can be read back.

use super::pairs::pairs;
use super::{Screen, What};
use crate::ledger;
use crate::models::{AnyModel, all};
use spec::edit::in_sequence;
use spec::record::Recording;
use spec::{Case, Ret};
use std::sync::OnceLock;

/// Runs the target on these bytes. Returns the failure, if any.
pub fn run(screen: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    let case = Case::from_json(bytes).ok()?;
    reads_back(&case)
        .or_else(|| all().into_iter().find_map(|model| runs(model, &case)))
        .or_else(|| unknown(screen, &case))
}

/// Checks that a case is unchanged after it is written and read.
pub(super) fn reads_back(case: &Case) -> Option<What> {
    let written = crate::report::json(&case.to_json());
    match Case::from_json(written.as_bytes()) {
        Ok(read) if read == *case => None,
        Ok(_) => Some(What::broken(
            case,
            "a case that is written reads as another",
        )),
        Err(refused) => {
            let what = format!("a case that is written is refused: {refused}");
            Some(What::broken(case, what))
        }
    }
}

/// Checks that the recording of a case on a model is well formed.
fn runs(model: AnyModel, case: &Case) -> Option<What> {
    let recording = model.record(case);
    let what = match case.is_concurrent() {
        true => of_concurrent(model, case, &recording),
        false => of_sequential(case, &recording),
    }?;
    Some(What::broken(case, format!("{}: {what}", model.name())))
}

fn of_sequential(case: &Case, recording: &Recording) -> Option<&'static str> {
    let Recording { trace, steps, .. } = recording;
    let died = trace.steps.iter().position(|step| step.ret.ends_the_run());
    let due = died.map_or(case.ops.len(), |at| at + 1);
    let skipped = |ret| ret == Ret::Skipped;
    if trace.steps.len() != due || steps.len() != due {
        Some("not as many steps as operations")
    } else if trace.end.is_some() != died.is_none() {
        Some("a teardown where there is none, or none where there is one")
    } else if trace.steps.iter().any(|step| step.ret == Ret::Unfinished) {
        Some("an operation is not over")
    } else if { trace.steps.iter() }
        .any(|step| skipped(step.ret) && !(step.calls.is_empty() && step.splats.is_empty()))
    {
        Some("an operation that was not done did something")
    } else {
        None
    }
}

fn of_concurrent(model: AnyModel, case: &Case, recording: &Recording) -> Option<&'static str> {
    let Recording {
        trace, sections, ..
    } = recording;
    let Some(schedule) = &trace.schedule else {
        return Some("a concurrent trace has no schedule");
    };
    if trace.steps.len() != case.ops.len() || schedule.len() != sections.len() {
        return Some("not as many steps as operations, or sections as entries");
    }
    let again = Case {
        schedule: Some(schedule.clone()),
        ..case.bare()
    };
    let again = model.record(&again);
    (again != *recording).then_some("another trace under the schedule of the trace")
}

/// Returns the first difference between neighbours that is not known.
fn unknown(screen: &mut Screen<'_>, case: &Case) -> Option<What> {
    if case.is_on_several_cpus() {
        return None;
    }
    let case = in_sequence(&case.bare());
    neighbours().find_map(|pair| screen.unknown(pair, &case))
}

/// Returns the indices in [`pairs`] of all pairs of a model and the one that it is built on, in the
/// order of [`ledger::neighbours`].
fn neighbours() -> impl Iterator<Item = usize> {
    static ALL: OnceLock<Vec<usize>> = OnceLock::new();
    let index = |pair: [AnyModel; 2]| pairs().iter().position(|this| *this == pair);
    let all = || ledger::neighbours().into_iter().filter_map(index).collect();
    ALL.get_or_init(all).iter().copied()
}
