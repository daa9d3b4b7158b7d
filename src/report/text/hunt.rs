// SPDX-License-Identifier: GPL-2.0-or-later
//! The findings of a hunt, and the command that repeats it, as text.

use super::{block, effect, finding, left_out, only_views, wrap};
use crate::hunt::{HuntSummary, usual_cpus};
use crate::judge::View;
use crate::report::HuntReport;
use crate::runs::Runs;
use spec::generate::EVERYTHING;

/// Returns the latest finding, and whether the ledger knows it.
pub(super) fn last_finding(report: &HuntReport<'_>) -> String {
    let Some(found) = report.findings.last() else {
        return String::new();
    };
    let runs = Runs::of(&report.models, &found.finding);
    let number = report.findings.len();
    let difference = &found.finding.difference;
    let text = finding(&report.models, number, &runs, difference);
    let known = match &found.known {
        Some(name) => wrap("     known  ", "            ", name),
        None => "     NEW: the ledger does not know it\n".to_owned(),
    };
    format!("{text}{known}\n")
}

pub(super) fn hunt(report: &HuntReport<'_>) -> String {
    let HuntSummary {
        cases,
        ops,
        schedules,
        too_large,
        findings,
        interrupted,
        unfinished,
    } = report.summary;
    let [from, to] = report.models.map(|model| model.name());
    let (profile, cpus) = (report.profile.name, report.cpus);
    let mut done = format!(
        "{cases} of {profile}, seed {}, {ops} operations",
        report.seed
    );
    if interrupted {
        done += ", interrupted";
    }
    if unfinished {
        done += "; there was no time to minimize all that they show";
    }
    let new = report.findings.iter().filter(|found| found.known.is_none());
    let what_follows = match (findings, new.count()) {
        (0, _) if unfinished => "none was minimized in time".to_owned(),
        (0, _) => "no difference in these cases".to_owned(),
        (_, 0) => "all of them known".to_owned(),
        (_, new) => format!("{new} of them NEW"),
    };
    let programs = || {
        let large = match too_large {
            0 => String::new(),
            n => format!("; {n} cases have too many, and nothing is known of these"),
        };
        format!("{cpus}, {schedules} schedules{large}")
    };
    block(&[
        ("Models", Some(format!("{from} and {to}"))),
        ("Views", only_views(report.views)),
        ("Cases", Some(done)),
        ("Left out", left_out(&report.models)),
        ("CPUs", (cpus > 1).then(programs)),
        ("Findings", Some(format!("{findings}   {what_follows}"))),
        (
            "Effect",
            effect(
                &report.models,
                report.findings.iter().map(|found| &found.finding),
            ),
        ),
        ("Again", Some(again(report))),
    ])
}

/// Returns the command that repeats the hunt. Defaults are omitted, so that it fits in a line.
fn again(report: &HuntReport<'_>) -> String {
    let [from, to] = report.models.map(|model| model.name());
    let mut again = format!("svadiff hunt {from} {to}");
    if report.views != View::DEFAULT {
        let views = report.views.iter();
        views.for_each(|view| again += &format!(" --view {}", view.name()));
    }
    if report.profile.name != EVERYTHING.name {
        again += &format!(" --profile {}", report.profile.name);
    }
    if report.cpus != usual_cpus(report.profile) {
        again += &format!(" --cpus {}", report.cpus);
    }
    if report.seed != 0 {
        again += &format!(" --seed {}", report.seed);
    }
    if let Some(folder) = &report.known {
        again += &format!(" --known {folder}");
    }
    again + &format!(" --cases {}", report.summary.cases)
}
