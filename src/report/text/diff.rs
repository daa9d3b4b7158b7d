// SPDX-License-Identifier: GPL-2.0-or-later
//! Two models with one case, as text.

use super::{both_runs, finding, headline, side_by_side, wrap};
use crate::judge::{Difference, View};
use crate::report::DiffReport;

pub(super) fn diff(report: &DiffReport<'_>) -> String {
    let DiffReport {
        models,
        views,
        runs,
        differences,
    } = report;
    let first = differences.first();
    let mut text = side_by_side(*models, runs, views, first);
    let Some(first) = first else {
        text += &both_runs(models, runs);
        let names: Vec<_> = views.iter().map(|view| view.name()).collect();
        text += &format!("\nNo difference in {}.\n", names.join(", "));
        let died = models.map(|model| {
            let end = &runs.recording(model).trace.end;
            end.as_ref().is_none_or(|end| end.live.is_none())
        });
        if views.contains(&View::Leak) && died == [true; 2] {
            text += "Both died, so what they leave could not be compared.\n";
        }
        return text;
    };
    text += "\n-> the first difference, ~ what differs besides\n";
    text += &both_runs(models, runs);
    text += "\nFirst difference\n\n";
    text += &finding(models, 1, runs, first);
    let (independent, consequences): (Vec<&Difference>, Vec<_>) =
        differences[1..].iter().partition(|this| !this.follows);
    if !independent.is_empty() {
        text += "\nIndependent differences\n\n";
        for (number, difference) in (2..).zip(&independent) {
            if number > 2 {
                text.push('\n');
            }
            text += &finding(models, number, runs, difference);
        }
    }
    if !consequences.is_empty() {
        text += "\nConsequences\n\n";
        for this in consequences {
            let line = headline(*models, runs.case(), this);
            let first = format!("   {} [{}]  ", this.place, this.view.name());
            text += &wrap(&first, "      ", &line);
        }
    }
    text
}
