// SPDX-License-Identifier: GPL-2.0-or-later
//! What happens in a case, moment by moment and object by object: what pictures and tables of a run
//! are made from. How it looks is not decided here.

mod facts;
mod lanes;
mod marks;
#[cfg(test)]
mod tests;

pub use facts::Facts;
pub use lanes::{Kind, Label, Lane, Span};
pub use marks::Mark;

use crate::judge::{Difference, Place};
use crate::models::AnyModel;
use spec::record::Recording;
use spec::{Case, Ret, objects};

/// A case on several kernels.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The case.
    pub case: Case,
    /// The kernels, those that do the same in one column.
    pub columns: Vec<Column>,
    /// Why the kernels are not compared, if they cannot be.
    pub incomparable: Option<String>,
}

/// A kernel, or several that do the same, in a case.
#[derive(Clone, Debug)]
pub struct Column {
    /// The kernels. Lines of source are those of the first one.
    pub models: Vec<AnyModel>,
    /// The recording of the case on the first one.
    pub recording: Recording,
    /// The moments, in the order of time: an operation, or a section of one in a concurrent case,
    /// and at last the teardown.
    pub rows: Vec<Row>,
    /// The objects.
    pub lanes: Vec<Lane>,
    /// The differences from the first column, or the misbehaviour of the only kernel.
    pub differences: Vec<Difference>,
    /// The row in which the machine died.
    pub died: Option<usize>,
}

/// A moment.
#[derive(Clone, Debug)]
pub struct Row {
    /// What the row is about.
    pub place: Place,
    /// In a concurrent case, the section: which CPU runs, and who has the lock.
    pub section: Option<Section>,
    /// What happens.
    pub facts: Facts,
    /// How it relates to the other kernel.
    pub mark: Mark,
}

/// A section of an operation, on one of several CPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The number of the CPU.
    pub cpu: u8,
    /// The CPU that has `iommu_sva_lock` in this section.
    pub lock: Option<u8>,
    /// Whether it is the first section of its operation.
    pub is_first: bool,
    /// Whether it is the last section of its operation.
    pub is_last: bool,
}

impl Timeline {
    /// Makes the timeline of one model that misbehaves or of two that differ. `found` is the
    /// difference that it is about.
    pub fn of_finding(models: &[AnyModel], case: &Case, found: &Difference) -> Self {
        let mut timeline = Timeline::of_each(models, case);
        timeline.compare(Some(found));
        timeline
    }

    /// Makes the timeline of several models. Those that do the same share a column, where the first
    /// of them is. The columns are compared with the first one.
    pub fn of_models(models: &[AnyModel], case: &Case) -> Self {
        let mut timeline = Timeline::of_each(models, case);
        let mut columns: Vec<Column> = Vec::new();
        for column in timeline.columns {
            let does = |other: &&mut Column| facts::same(&other.recording, &column.recording);
            match columns.iter_mut().find(does) {
                Some(other) => other.models.extend(column.models),
                None => columns.push(column),
            }
        }
        timeline.columns = columns;
        timeline.compare(None);
        timeline
    }

    fn of_each(models: &[AnyModel], case: &Case) -> Self {
        Timeline {
            case: case.clone(),
            columns: models
                .iter()
                .map(|model| Column::of(*model, case))
                .collect(),
            incomparable: None,
        }
    }

    fn compare(&mut self, found: Option<&Difference>) {
        let Timeline { case, columns, .. } = self;
        self.incomparable = marks::compare(case, columns, found);
    }

    /// Returns whether the rows are operations, which are the same in each column.
    pub fn is_aligned(&self) -> bool {
        !self.case.is_concurrent()
    }
}

impl Column {
    fn of(model: AnyModel, case: &Case) -> Self {
        let (recording, mut moments) = objects::watch(&model, case);
        let ran = match case.is_concurrent() {
            true => recording.sections.len(),
            false => recording.trace.steps.len(),
        };
        // The releases of the teardown are one moment.
        let end = moments.split_off(ran.min(moments.len())).pop();
        let rows = facts::rows(model, case, &recording);
        let dies = |row: &Row| row.facts.value.is_some_and(Ret::ends_the_run);
        let died = rows.iter().position(dies);
        if recording.trace.end.is_some() {
            let last = moments.last().cloned();
            moments.extend(end.or(last).or_else(|| Some(lanes::at_boot(case))));
        }
        Column {
            models: vec![model],
            lanes: lanes::lanes(case, &moments, died.is_none()),
            recording,
            rows,
            differences: Vec::new(),
            died,
        }
    }

    /// Returns the names of its models.
    pub fn names(&self) -> String {
        let names: Vec<_> = self.models.iter().map(|model| model.name()).collect();
        names.join(", ")
    }
}
