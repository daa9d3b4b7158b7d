// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of comparing recorded traces with models, as text.

use super::{NAME, wrap};
use crate::models::AnyModel;
use crate::report::{ConformReport, MismatchReport};
use serde_json::Value;
use spec::read::shown;

pub(super) fn conform(report: &ConformReport) -> String {
    let mut text: String = report.shown.iter().map(mismatch).collect();
    let all = report.mismatches();
    if all > report.shown.len() {
        let more = all - report.shown.len();
        text += &format!("… and {more} more mismatches\n\n");
    }
    for (model, traces, wrong) in &report.models {
        let name = AnyModel::name(*model);
        text += &format!("{name:NAME$}{traces:7} traces  {wrong:7} wrong\n");
    }
    let (rows, traces) = (report.rows, report.traces());
    text + &format!("{rows} rows, {traces} traces, {all} mismatches\n")
}

fn mismatch(this: &MismatchReport) -> String {
    const MOST: usize = 600;
    let value = |value: &Option<Value>| match value {
        Some(value) => shown(value, MOST),
        None => "nothing".to_owned(),
    };
    let MismatchReport { file, line, .. } = this;
    let (id, name) = (shown(&this.id, MOST), AnyModel::name(this.model));
    let head = format!("{}: line {line}: row {id}: {name}", shown(file, MOST));
    let mut text = wrap("", "  ", &head);
    let mismatch = &this.mismatch;
    for (label, what) in [
        ("field", shown(&mismatch.field, MOST)),
        ("expected", value(&mismatch.expected)),
        ("got", value(&mismatch.got)),
    ] {
        let first = format!("  {label:8}  ");
        text += &wrap(&first, "            ", &what);
    }
    // The case is never broken into lines, so that it can be copied.
    let case = this.case.bare().to_json();
    text + &format!("  case\n{case}\n\n")
}
