// SPDX-License-Identifier: GPL-2.0-or-later
//! One finding, as text.

use super::{cites, live, op, ret, topology, wrap};
use crate::finding::id;
use crate::history::{Change, history, history_alone};
use crate::interleaving::Outcome;
use crate::judge::{Cause, Difference, LeakKind, Place, RetKind, Side};
use crate::models::AnyModel;
use crate::runs::Runs;
use spec::record::Recording;
use spec::trace::Live;
use spec::{Case, Model};

/// Describes a difference of a case in a sentence without a full stop.
pub fn headline(models: [AnyModel; 2], case: &Case, difference: &Difference) -> String {
    let what = what(models, difference);
    let fault = match difference.place {
        Place::Op(op) => case.ops[op].fault,
        Place::End => None,
    };
    match fault {
        Some(fault) => format!("{what}, when {} fails", fault.site.name()),
        None => what,
    }
}

fn what(models: [AnyModel; 2], difference: &Difference) -> String {
    let [from, to] = models.map(AnyModel::name);
    let name = |side: Side| [from, to][side.index()];
    let other = |side: Side| [to, from][side.index()];
    match &difference.cause {
        Cause::Returned {
            op,
            from: (before, _),
            to: (now, _),
        } => match (before, now) {
            (RetKind::Pasid, RetKind::Pasid) | (RetKind::NewHandle, RetKind::NewHandle) => {
                format!("{op} returns another PASID")
            }
            (RetKind::Mm, RetKind::Mm) => format!("{op} is answered by another mm"),
            _ => format!("{op} returns {now} where it returned {before}"),
        },
        Cause::Attached { side, op, .. } => format!(
            "after {op} the device is still attached in {}, and not in {}",
            name(*side),
            other(*side)
        ),
        Cause::Complained {
            side: Side::Both,
            splat,
            ..
        } => format!("{} in {from} and in {to}", splat.text()),
        Cause::Leaked {
            side: Side::Both,
            kind: left,
            ..
        } => format!("{from} {}, and so does {to}", leaks(*left)),
        Cause::Complained { side, splat, .. } => {
            format!(
                "{} in {}, and not in {}",
                splat.text(),
                name(*side),
                other(*side)
            )
        }
        Cause::Leaked {
            side, kind: left, ..
        } => {
            let what = leaks(*left);
            format!("{} {what}, and {} does not", name(*side), other(*side))
        }
        Cause::Dangles { .. } => format!("{from} {}, and so does {to}", leaks(LeakKind::Dangling)),
        Cause::Foreign { .. } => format!("{from} {FOREIGN}, and so does {to}"),
        Cause::Called { op, .. } => format!("{op} calls the driver differently"),
        Cause::Existed { op, .. } => format!("after {op} something else exists"),
    }
}

/// The phrase for a bind whose domain belongs to another mm.
const FOREIGN: &str = "serves two processes from one address space";

/// Returns the phrase for a leak of this kind.
fn leaks(left: LeakKind) -> &'static str {
    match left {
        LeakKind::Handles => "leaks a handle",
        LeakKind::Dangling => "leaves a device attached to a freed domain",
        LeakKind::Attached => "leaves a device attached",
        LeakKind::Domains => "leaks a domain",
        LeakKind::MmCount => "leaks a reference to the mm",
        LeakKind::Pasids => "leaks a PASID",
    }
}

/// Describes a misbehaviour of a model in a sentence without a full stop.
pub fn misbehaves(model: AnyModel, difference: &Difference) -> String {
    let name = model.name();
    match &difference.cause {
        Cause::Complained { splat, .. } => format!("{} in {name}", splat.text()),
        Cause::Leaked { kind, .. } => format!("{name} {}", leaks(*kind)),
        Cause::Dangles { .. } => format!("{name} {}", leaks(LeakKind::Dangling)),
        Cause::Foreign { .. } => format!("{name} {FOREIGN}"),
        // The other causes need two models.
        _ => format!("{name} does what no kernel may do"),
    }
}

/// Formats a finding: its number and headline, the case, what each model shows and what decided it,
/// and the commits. `models` are one model that misbehaves, or two that differ.
pub fn finding(models: &[AnyModel], number: usize, runs: &Runs, difference: &Difference) -> String {
    let case = runs.case();
    let (headline, history) = match *models {
        [from, to] => {
            let models = [from, to];
            let headline = headline(models, case, difference);
            let effect = difference.cause.effect().name();
            (
                format!("{effect}: {headline}"),
                history(models, runs, difference),
            )
        }
        [model, ..] => {
            let headline = misbehaves(model, difference);
            (headline, history_alone(model, runs, difference))
        }
        [] => return String::new(),
    };
    let mut text = wrap(&format!("{number}. "), "   ", &headline);
    text += &format!("   [{}, {}]\n\n", difference.view.name(), difference.place);
    text += &case_lines(case, Some(difference.place));
    text.push('\n');

    let names = models.iter().map(|model| model.name());
    let width = names.chain(["since"]).map(str::len).max().unwrap_or(0);
    for (model, decided) in models.iter().zip(difference.decided) {
        let first = format!("     {:width$}  ", model.name());
        let further = " ".repeat(first.len());
        let shown = seen(&runs.recording(*model), difference);
        text += &wrap(&first, &further, &shown);
        for line in cites(decided, model.tree()) {
            text += &format!("{further}{line}\n");
        }
    }

    if let Some(shown) = shown_by(models, runs, difference) {
        let first = format!("     {:width$}  ", "shown");
        text += &wrap(&first, &" ".repeat(first.len()), &shown);
    }
    for (label, change) in [("since", history.introduced), ("until", history.fixed)] {
        if let Some(change) = change {
            text += &commit_line(&format!("     {label:width$}  "), change);
        }
    }
    text += &format!("     {:width$}  {}\n", "id", id(case));
    text
}

/// For a concurrent case that is not too large, returns how many schedules of each model show the
/// same.
pub(in crate::report) fn shown_by(
    models: &[AnyModel],
    runs: &Runs,
    difference: &Difference,
) -> Option<String> {
    if !runs.case().is_concurrent() {
        return None;
    }
    let outcome = match models {
        [from, to] => match runs.allowed_in_one([*from, *to], difference) {
            Some((_, outcome)) => outcome,
            None => Outcome::of(&runs.recording(*from)),
        },
        _ => Outcome::of(&runs.recording(*models.first()?)),
    };
    let of = |model: &AnyModel| {
        let (shown, all) = runs.showing(*model, &outcome)?;
        let name = model.name();
        Some(match shown {
            0 => format!("by none of {all} schedules of {name}"),
            _ => format!("by {shown} of {all} schedules of {name}"),
        })
    };
    let all: Option<Vec<String>> = models.iter().map(of).collect();
    Some(all?.join(", "))
}

/// Returns a line for the commit that made a change.
fn commit_line(first: &str, change: Change) -> String {
    let further = " ".repeat(first.chars().count());
    wrap(first, &further, &super::commit(change))
}

/// Returns the operations of a case, and marks a place among them.
pub fn case_lines(case: &Case, marked: Option<Place>) -> String {
    let mut text = wrap("     on ", "        ", &topology(&case.topology));
    let mark = |place: Place| match marked == Some(place) {
        true => "->",
        false => "  ",
    };
    // If there are few CPUs, each has a column.
    let cpus = case.cpus();
    const COLUMN: usize = 22;
    let in_columns = (1..=3).contains(&cpus.len());
    if in_columns {
        let heads = cpus
            .iter()
            .map(|cpu| format!("{:COLUMN$}", format!("cpu {cpu}")));
        let heads: String = heads.collect();
        text += &format!("         {}\n", heads.trim_end());
    }
    for (index, this) in case.ops.iter().enumerate() {
        let column = this.cpu.and_then(|cpu| cpus.iter().position(|&c| c == cpu));
        let indent = match in_columns {
            true => " ".repeat(COLUMN * column.unwrap_or(0)),
            false => this.cpu.map_or(String::new(), |cpu| format!("cpu {cpu}: ")),
        };
        let first = format!("  {} {index:2}  {indent}", mark(Place::Op(index)));
        let further = match in_columns {
            true => format!("           {indent}"),
            false => "           ".to_owned(),
        };
        text += &wrap(&first, &further, &op(this));
    }
    if let Some(schedule) = &case.schedule {
        let schedule: Vec<String> = schedule.iter().map(u8::to_string).collect();
        text += &wrap("     schedule ", "              ", &schedule.join(" "));
    }
    if marked == Some(Place::End) {
        text += &format!("  {} end  everything is released\n", mark(Place::End));
    }
    text
}

/// Returns the text for one side of a difference.
pub(in crate::report) fn seen(recording: &Recording, difference: &Difference) -> String {
    let step = match difference.place {
        Place::Op(op) => recording.trace.steps.get(op),
        Place::End => recording.trace.end.as_ref(),
    };
    let Some(step) = step else {
        return "(died before)".to_owned();
    };
    let mut text = ret(step.ret);
    match &difference.cause {
        Cause::Returned { .. } | Cause::Attached { .. } => {}
        Cause::Foreign { .. } => text += ", with the domain of another mm",
        Cause::Complained { .. } => {
            let splats = step.splats.iter().map(|splat| format!("; {splat}"));
            text.extend(splats);
            if step.splats.is_empty() {
                text += "; no splat";
            }
        }
        Cause::Leaked { .. } | Cause::Dangles { .. } => {
            // 6.7 has no `mm_data`, so it does not count as a difference.
            let left = step.live.clone().map(|left| Live { mm_data: 0, ..left });
            text += &format!("; left: {}", left.as_ref().map_or("?".to_owned(), live));
        }
        Cause::Called { .. } => {
            let calls: Vec<String> = step.calls.iter().map(super::call).collect();
            text += &format!("; {}", calls.join("; "));
        }
        Cause::Existed { .. } => {
            let exists = step.live.as_ref().map_or("".to_owned(), live);
            text += &format!("; exists: {exists}");
        }
    }
    text
}
