// SPDX-License-Identifier: GPL-2.0-or-later
//! The result of checking a mail as JSON.

use super::replay::{of, wrong};
use crate::mail::{ReplayedFile, ReplayedMail, ReplayedReport};
use serde_json::{Value, json};

pub(super) fn replayed(mail: &ReplayedMail) -> Value {
    json!({
        "holds": mail.holds(),
        "reports": mail.reports.iter().map(report).collect::<Value>(),
        "files": mail.files.iter().map(file).collect::<Value>(),
    })
}

fn report(report: &ReplayedReport) -> Value {
    json!({
        "mark": report.mark,
        "ids": report.ids,
        "holds": report.holds(),
        "statements": report.holds,
        "wrong": wrong(&report.wrong),
        "not_checked": report.not_checked,
    })
}

fn file(file: &ReplayedFile) -> Value {
    let mut all = of(&file.received, &file.replayed);
    all["name"] = json!(file.name);
    all
}
