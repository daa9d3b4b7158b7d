// SPDX-License-Identifier: GPL-2.0-or-later
//! The commands that show what a report says.

use crate::counterexample::About;
use crate::judge::{Difference, View};
use crate::models::AnyModel;
use crate::report::{SearchReport, wrap};
use crate::universe::{Groups, MANY_PASIDS, Universe};
use spec::{Case, Site};

/// Stands for a blank at which a line must not be broken.
const GLUE: &str = "\u{e000}";

/// Returns the command that runs a case on its models. Its lines are broken only inside the quotes
/// around the case, where a shell takes them as they are.
pub(super) fn of_case(about: About, difference: &Difference, case: &Case) -> String {
    let names: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
    let mut words = match names[..] {
        [from, to] => format!("svadiff diff --from {from} --to {to}"),
        _ => format!("svadiff trace --model {}", names.concat()),
    };
    if !View::DEFAULT.contains(&difference.view) && names.len() == 2 {
        words += &format!(" --view {}", difference.view.name());
    }
    words += " --case '";
    let case = super::case::one_line(case);
    wrap(
        "  ",
        "    ",
        &format!("{}{case}'", words.replace(' ', GLUE)),
    )
    .replace(GLUE, " ")
}

/// Returns the command that searches a universe, or `None` if it takes a file.
pub(super) fn of_search(report: &SearchReport<'_>) -> Option<String> {
    let universe = report.universe;
    if !universe.given.is_empty() {
        return None;
    }
    let usual = Universe::default();
    let names: Vec<&str> = report.models.iter().copied().map(AnyModel::name).collect();
    let command = if names.len() == 1 { "check" } else { "compare" };
    let mut words = vec![format!("svadiff {command} {}", names.join(" "))];
    let mut option = |name: &str, value: String| words.push(format!("--{name} {value}"));
    fn list<T: ToString>(all: &[T]) -> String {
        let all: Vec<String> = all.iter().map(T::to_string).collect();
        all.join(",")
    }
    if universe.devices != usual.devices {
        option("devices", universe.devices.to_string());
    }
    match &universe.groups {
        Groups::Every => {}
        Groups::Own => option("groups", "own".to_owned()),
        Groups::One => option("groups", "one".to_owned()),
        Groups::These(groups) => option("groups", list(groups)),
    }
    if universe.max_pasids != [MANY_PASIDS] {
        option("max-pasids", list(&universe.max_pasids));
    }
    if universe.mms != usual.mms {
        option("mms", universe.mms.to_string());
    }
    if let Some(pasids) = &universe.pasids {
        option("pasids", list(pasids));
    }
    if let Some(ops) = universe
        .ops
        .filter(|_| universe.binds.is_some() || universe.ops != usual.ops)
    {
        option("ops", ops.to_string());
    }
    if let Some(binds) = universe.binds {
        option("binds", binds.to_string());
    }
    if universe.cpus != usual.cpus {
        option("cpus", universe.cpus.to_string());
    }
    if universe.only != Universe::usual(universe.ops, universe.cpus) {
        option("only", list(&universe.only));
    }
    match &universe.faults[..] {
        [] => {}
        all if all.len() == Site::ALL.len() => words.push("--faults".to_owned()),
        some => {
            let names: Vec<&str> = some.iter().map(|site| site.name()).collect();
            words.push(format!("--faults {}", names.join(",")));
        }
    }
    if report.models.len() == 2 && report.views != View::DEFAULT {
        words.extend(
            report
                .views
                .iter()
                .map(|view| format!("--view {}", view.name())),
        );
    }
    // A shell needs a mark where a line goes on.
    let mut lines = vec![String::from(" ")];
    for word in words {
        let line = lines.last_mut().filter(|line| line.len() + word.len() < 70);
        match line {
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(format!("    {word}")),
        }
    }
    Some(lines.join(" \\\n"))
}
