// SPDX-License-Identifier: GPL-2.0-or-later
//! What happens in a moment, in words.

use super::{Mark, Row, Section};
use crate::judge::Place;
use crate::models::AnyModel;
use crate::report::{call, cites, live, op, ret};
use spec::record::{Ran, Recording};
use spec::trace::{Live, Step};
use spec::{Case, Decision, Model, Ret};

/// What happens in a moment, in words.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What is called: an operation, or a section of one.
    pub call: String,
    /// The return value, if the operation ends here.
    pub value: Option<Ret>,
    /// The driver callbacks, in order.
    pub calls: Vec<String>,
    /// The kernel's complaints, in order.
    pub splats: Vec<String>,
    /// The lines of source that decided.
    pub decided: Vec<String>,
    /// The lock, in a section of a concurrent case.
    pub lock: Option<String>,
    /// What exists afterwards, or what is left after the teardown.
    pub exists: Option<String>,
    /// Whether the teardown leaves something.
    pub leaks: bool,
    /// Whether it did not run, since the machine was dead.
    pub is_not_run: bool,
}

impl Facts {
    /// Returns the return value in words; `None` if the operation does not end here.
    pub fn returned(&self) -> Option<String> {
        match self.is_not_run {
            true => Some("not run: the machine is dead".to_owned()),
            false => self.value.map(ret),
        }
    }

    /// Returns the label of [`exists`](Self::exists).
    pub fn exists_label(place: Place) -> &'static str {
        match place {
            Place::Op(_) => "exists",
            Place::End => "left",
        }
    }

    /// Returns all of it, each fact with its label.
    pub fn all(&self, place: Place) -> Vec<(&'static str, String)> {
        let mut all = vec![("call", self.call.clone())];
        all.extend(self.lock.clone().map(|lock| ("lock", lock)));
        all.extend(self.returned().map(|value| ("return", value)));
        all.extend(self.calls.iter().map(|this| ("driver", this.clone())));
        all.extend(self.splats.iter().map(|this| ("dmesg", this.clone())));
        all.extend(self.decided.iter().map(|this| ("source", this.clone())));
        if all.len() == 1 {
            all.push(("goes on", "nothing that others can see".to_owned()));
        }
        let exists = self.exists.clone();
        all.extend(exists.map(|this| (Self::exists_label(place), this)));
        all
    }
}

/// Returns whether two recordings show the same to everybody.
pub(super) fn same(a: &Recording, b: &Recording) -> bool {
    let (a, b) = (&a.trace, &b.trace);
    let same_live = |a: &Option<Live>, b: &Option<Live>| match (a, b) {
        (Some(a), Some(b)) => a.is_like(b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let same_step = |a: &Step, b: &Step| {
        let same_calls = crate::judge::same_calls(&a.calls, &b.calls);
        same_ret(a.ret, b.ret) && same_calls && a.splats == b.splats && same_live(&a.live, &b.live)
    };
    let same_end = match (&a.end, &b.end) {
        (Some(a), Some(b)) => same_step(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let steps = a.steps.len() == b.steps.len();
    steps && same_end && a.steps.iter().zip(&b.steps).all(|(a, b)| same_step(a, b))
}

/// Returns whether two values print the same, up to the numbers of domains.
fn same_ret(a: Ret, b: Ret) -> bool {
    match (a, b) {
        (Ret::Domain(_), Ret::Domain(_)) => true,
        (Ret::Skipped | Ret::Lacking, Ret::Skipped | Ret::Lacking) => true,
        _ => a == b,
    }
}

/// Returns the moments of a recording.
pub(super) fn rows(model: AnyModel, case: &Case, recording: &Recording) -> Vec<Row> {
    let mut rows = match case.is_concurrent() {
        true => sections(model, case, recording),
        false => operations(model, case, recording),
    };
    let end = recording.trace.end.as_ref();
    rows.push(Row {
        place: Place::End,
        section: None,
        facts: end.map_or_else(|| not_run(RELEASED.to_owned()), of_end),
        mark: Mark::None,
    });
    rows
}

/// The call of the teardown.
const RELEASED: &str = "everything is released";

fn not_run(call: String) -> Facts {
    Facts {
        call,
        is_not_run: true,
        ..Facts::default()
    }
}

fn of_end(end: &Step) -> Facts {
    let is_left = |left: &Live| {
        let counts = [left.handles, left.domains];
        let mms = left.mm_count.iter();
        counts.iter().chain(mms).any(|&count| count > 0)
            || !left.pasids.is_empty()
            || !left.attached.is_empty()
    };
    Facts {
        leaks: end.live.as_ref().is_some_and(is_left),
        ..of_step(RELEASED.to_owned(), end)
    }
}

fn of_step(call: String, step: &Step) -> Facts {
    Facts {
        call,
        value: Some(step.ret),
        calls: step.calls.iter().map(self::call).collect(),
        splats: step.splats.iter().map(|&splat| splat.to_owned()).collect(),
        exists: step.live.as_ref().map(live),
        ..Facts::default()
    }
}

fn decided(model: AnyModel, decision: Option<Decision>) -> Vec<String> {
    cites(decision, model.tree())
}

fn operations(model: AnyModel, case: &Case, recording: &Recording) -> Vec<Row> {
    let each = case.ops.iter().enumerate();
    each.map(|(index, this)| {
        let step = recording.trace.steps.get(index);
        let note = recording.steps.get(index);
        let mut facts = match step {
            Some(step) => of_step(op(this), step),
            None => not_run(op(this)),
        };
        let decision = note.and_then(|note| note.decisions.last().copied());
        facts.decided = decided(model, decision);
        Row {
            place: Place::Op(index),
            section: None,
            facts,
            mark: Mark::None,
        }
    })
    .collect()
}

fn sections(model: AnyModel, case: &Case, recording: &Recording) -> Vec<Row> {
    let all = &recording.sections;
    let each = all.iter().enumerate();
    each.map(|(at, ran)| {
        let is_first = !all[..at].iter().any(|before| before.op == ran.op);
        let call = case.ops.get(ran.op).map_or(String::new(), op);
        let facts = Facts {
            call: match is_first {
                true => call,
                false => format!("{call}, continued"),
            },
            value: ran.ret,
            calls: ran.calls.iter().map(self::call).collect(),
            splats: ran.splats.iter().map(|s| s.text().to_owned()).collect(),
            decided: decided(model, ran.decided),
            lock: lock(ran),
            ..Facts::default()
        };
        Row {
            place: Place::Op(ran.op),
            section: Some(Section {
                cpu: ran.cpu,
                lock: holder(ran),
                is_first,
                is_last: ran.ret.is_some(),
            }),
            facts,
            mark: Mark::None,
        }
    })
    .collect()
}

fn holder(ran: &Ran) -> Option<u8> {
    match ran.locked {
        true => Some(ran.cpu),
        false => ran.holder,
    }
}

fn lock(ran: &Ran) -> Option<String> {
    match (ran.locked, ran.holder) {
        (true, None) => Some(format!("cpu {} takes and releases the lock", ran.cpu)),
        (true, Some(_)) => Some(format!("cpu {} takes the lock and keeps it", ran.cpu)),
        (false, Some(cpu)) => Some(format!("cpu {cpu} still has the lock")),
        (false, None) => None,
    }
}
