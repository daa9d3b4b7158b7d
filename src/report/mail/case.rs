// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases in reports: text that `spec::text` reads.

use spec::Case;

/// Returns a case in lines, indented.
pub(super) fn lines(case: &Case) -> String {
    let text = temporary(case, true);
    let lines = text.lines().map(|line| format!("  {line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns a case on one line.
pub(super) fn one_line(case: &Case) -> String {
    temporary(case, false)
}

fn temporary(case: &Case, lines: bool) -> String {
    let mut all = vec![format!("on {}", crate::report::topology(&case.topology))];
    for (at, op) in case.ops.iter().enumerate() {
        let cpu = op.cpu.map_or(String::new(), |cpu| format!("cpu {cpu}: "));
        let op = crate::report::op(op);
        all.push(if lines {
            format!("{at:2}  {cpu}{op}")
        } else {
            format!("{cpu}{op}")
        });
    }
    if let Some(schedule) = &case.schedule {
        let all_of: Vec<String> = schedule.iter().map(u8::to_string).collect();
        all.push(format!("schedule {}", all_of.join(" ")));
    }
    all.join(if lines { "\n" } else { "; " })
}
