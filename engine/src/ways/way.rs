// SPDX-License-Identifier: GPL-2.0-or-later
//! Ways: what an operation shows, and the line of source that decided it.

use crate::judge::LeakKind;
use crate::models::AnyModel;
use crate::record::record;
use spec::record::{Note, Recording};
use spec::run::Lost;
use spec::{At, Case, Decision, Errno, OpCode, Ret, Splat};
use std::collections::BTreeSet;

/// What the kernel was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doing {
    /// An operation of a caller, a driver or a process.
    Op(OpCode),
    /// The teardown, which releases everything.
    End,
}

impl Doing {
    /// Everything that a kernel can be doing.
    pub fn all() -> impl Iterator<Item = Doing> {
        OpCode::ALL.into_iter().map(Doing::Op).chain([Doing::End])
    }

    /// Returns the name of the operation, or `end`.
    pub fn name(self) -> &'static str {
        match self {
            Doing::Op(code) => code.name(),
            Doing::End => "end",
        }
    }
}

/// The kind of a return value, without the numbers in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Returned {
    /// A handle of its own.
    NewHandle,
    /// The handle of an earlier bind.
    SameHandle,
    /// Success without a value.
    Ok,
    /// A PASID.
    Pasid,
    /// No PASID, or a page request that is not answered.
    Invalid,
    /// An mm.
    Mm,
    /// A domain of a driver.
    Domain,
    /// An error.
    Err(Errno),
    /// Nothing, since the operation did not run.
    Skipped,
    /// The kernel died.
    Oops,
    /// The operation never returns.
    Hang,
}

impl Returned {
    /// Returns the kind of a return value; `None` for an operation that did not end.
    pub fn of(ret: Ret, decided: Option<Decision>) -> Option<Returned> {
        let is_found = decided.is_some_and(|decided| decided.at == At::Reuse);
        Some(match ret {
            Ret::Handle { .. } if is_found => Returned::SameHandle,
            Ret::Handle { .. } => Returned::NewHandle,
            Ret::Ok => Returned::Ok,
            Ret::Pasid(_) => Returned::Pasid,
            Ret::Invalid => Returned::Invalid,
            Ret::Mm(_) => Returned::Mm,
            Ret::Domain(_) => Returned::Domain,
            Ret::Err(errno) => Returned::Err(errno),
            Ret::Skipped | Ret::Lacking => Returned::Skipped,
            Ret::Oops => Returned::Oops,
            Ret::Hang => Returned::Hang,
            Ret::Unfinished => return None,
        })
    }

    /// Returns the words for it: `-EBUSY`, `new handle`.
    pub fn words(self) -> String {
        let word = match self {
            Returned::NewHandle => "new handle",
            Returned::SameHandle => "same handle",
            Returned::Ok => "ok",
            Returned::Pasid => "pasid",
            Returned::Invalid => "invalid",
            Returned::Mm => "mm",
            Returned::Domain => "domain",
            Returned::Err(errno) => return format!("-{}", errno.name()),
            Returned::Skipped => "skipped",
            Returned::Oops => "oops",
            Returned::Hang => "hang",
        };
        word.to_owned()
    }
}

/// What was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shown {
    /// A return value.
    Ret(Returned),
    /// A complaint in dmesg.
    Splat(Splat),
    /// Something that nobody can release any more, of which this kind comes first.
    Leak(LeakKind),
}

impl Shown {
    /// Returns the words for it: `-EBUSY`, `refcount: underflow; use-after-free`, `leak: handles`.
    pub fn words(self) -> String {
        match self {
            Shown::Ret(returned) => returned.words(),
            Shown::Splat(splat) => splat.text().to_owned(),
            Shown::Leak(kind) => format!("leak: {}", kind.name()),
        }
    }
}

/// What is the same in all cases of one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Way {
    /// What the kernel was doing.
    pub doing: Doing,
    /// What it showed.
    pub shown: Shown,
    /// The decision that led to it, or the place of a complaint; `None` if the code that decides it
    /// is not modelled.
    pub decided: Option<Decision>,
}

/// A case that shows a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The way.
    pub way: Way,
    /// The shortest case that is known to show it.
    pub case: Case,
}

/// Objects that nobody can release any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gone {
    /// Handles.
    pub handles: u32,
    /// Everything else.
    pub rest: Lost,
}

impl Gone {
    /// Returns the kind of which more is gone than before, the first in the order of ownership.
    pub(super) fn more_than(&self, before: &Gone) -> Option<LeakKind> {
        let Gone { handles, rest } = self;
        let more = [
            (*handles > before.handles, LeakKind::Handles),
            (rest.entries > before.rest.entries, LeakKind::Attached),
            (rest.domains > before.rest.domains, LeakKind::Domains),
            (rest.references > before.rest.references, LeakKind::MmCount),
            (rest.pasids > before.rest.pasids, LeakKind::Pasids),
        ];
        more.into_iter()
            .find(|(is_more, _)| *is_more)
            .map(|(_, kind)| kind)
    }
}

/// Returns every way that a case shows on a model, with the index of the operation that shows it;
/// `None` stands for the teardown.
pub fn ways_of(model: AnyModel, case: &Case) -> Vec<(Option<usize>, Way)> {
    ways_in(case, &record(&model, case))
}

/// Returns every way in a recording of a case.
pub fn ways_in(case: &Case, recording: &Recording) -> Vec<(Option<usize>, Way)> {
    let mut all = Vec::new();
    let mut gone = Gone::default();
    // The handle of each bind, until it is unbound.
    let mut held: Vec<Option<u8>> = vec![None; case.ops.len()];
    let is_sequential = recording.sections.is_empty();
    let left_something = recording.trace.end.as_ref().is_some_and(|end| {
        let left = end.live.as_ref();
        left.is_some_and(|left| LeakKind::first_in(left).is_some())
    });
    for index in in_order(case, recording) {
        let (op, step, note) = (
            &case.ops[index],
            &recording.trace.steps[index],
            &recording.steps[index],
        );
        let doing = Doing::Op(op.kind.code());
        let mut put = |shown, decided| {
            let way = Way {
                doing,
                shown,
                decided,
            };
            all.push((Some(index), way));
        };
        let decided = note.decisions.last().copied();
        if let Some(ret) = Returned::of(step.ret, decided) {
            put(Shown::Ret(ret), decided);
        }
        for &(splat, at) in &note.splats {
            let because = None;
            put(Shown::Splat(splat), Some(Decision { at, because }));
        }
        if let Ret::Handle { handle, .. } = step.ret {
            held[index] = Some(handle);
        }
        if op.kind.info().releases && step.ret == Ret::Ok {
            release(&mut held, op.kind.of());
        }
        // On several CPUs a handle can belong to a call that has not returned yet.
        if is_sequential && let Some(now) = gone_at(note, &held) {
            if let Some(kind) = now.more_than(&gone).filter(|_| left_something) {
                put(Shown::Leak(kind), decided);
                let way = Way {
                    doing: Doing::End,
                    shown: Shown::Leak(kind),
                    decided,
                };
                all.push((None, way));
            }
            gone = now;
        }
    }
    let Some(end) = &recording.trace.end else {
        return all;
    };
    let mut put = |shown, decided| {
        let way = Way {
            doing: Doing::End,
            shown,
            decided,
        };
        if !all.contains(&(None, way)) {
            all.push((None, way));
        }
    };
    let died = end.ret.ends_the_run();
    let decided = recording
        .end
        .last()
        .and_then(|(_, note)| note.decisions.last());
    if let Some(ret) = Returned::of(end.ret, None) {
        put(Shown::Ret(ret), decided.copied().filter(|_| died));
    }
    for (release_of, note) in &recording.end {
        for &(splat, at) in &note.splats {
            let because = None;
            put(Shown::Splat(splat), Some(Decision { at, because }));
        }
        if let spec::run::Release::Op(op) = release_of {
            release(&mut held, Some((*op).into()));
        }
        if is_sequential && let Some(now) = gone_at(note, &held) {
            if let Some(kind) = now.more_than(&gone).filter(|_| left_something) {
                put(Shown::Leak(kind), note.decisions.last().copied());
            }
            gone = now;
        }
    }
    all
}

/// Returns the operations in the order in which they returned.
fn in_order(case: &Case, recording: &Recording) -> Vec<usize> {
    if recording.sections.is_empty() {
        return (0..recording.trace.steps.len().min(case.ops.len())).collect();
    }
    let done = { recording.sections.iter() }.filter(|ran| ran.ret.is_some());
    done.map(|ran| ran.op).collect()
}

fn release(held: &mut [Option<u8>], of: Option<u32>) {
    if let Some(slot) = of.and_then(|of| held.get_mut(of as usize)) {
        *slot = None;
    }
}

/// Returns what nobody can release after a step, if the machine was alive.
fn gone_at(note: &Note, held: &[Option<u8>]) -> Option<Gone> {
    let live = note.live.as_ref()?;
    let handles: BTreeSet<u8> = held.iter().flatten().copied().collect();
    Some(Gone {
        handles: live.handles.saturating_sub(handles.len() as u32),
        rest: note.lost,
    })
}
