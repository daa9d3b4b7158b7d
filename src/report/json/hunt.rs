// SPDX-License-Identifier: GPL-2.0-or-later
//! The findings of a hunt, as JSON.

use super::counterexample;
use crate::hunt::HuntFinding;
use crate::report::HuntReport;
use serde_json::{Map, Value};

pub(super) fn hunt(report: &HuntReport<'_>) -> Value {
    let HuntReport {
        models: [from, to],
        views,
        cpus,
        summary,
        findings,
        ..
    } = report;
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    put("from", from.name().into());
    put("to", to.name().into());
    put("views", super::views(views));
    put("seed", report.seed.into());
    put("profile", report.profile.name.into());
    if *cpus > 1 {
        put("cpus", (*cpus).into());
    }
    if let Some(left_out) = super::left_out(&report.models) {
        put("left_out", left_out);
    }
    put("cases", summary.cases.into());
    put("ops", summary.ops.into());
    if *cpus > 1 {
        put("schedules", summary.schedules.to_string().into());
        put("too_large", summary.too_large.into());
    }
    let stopped = summary.interrupted.then_some("interrupted");
    put("stopped", stopped.into());
    if summary.unfinished {
        put("unfinished", true.into());
    }
    let all_findings = findings.iter().map(|found| &found.finding);
    put("effects", super::effects(all_findings));
    let finding = |found: &HuntFinding| counterexample(report.models, views, &found.finding);
    put("findings", findings.iter().map(finding).collect());
    let known = findings.iter().map(|found| found.known.clone());
    put("known", known.collect());
    all.into()
}
