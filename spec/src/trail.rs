// SPDX-License-Identifier: GPL-2.0-or-later
//! The way of each call through the code: the anchors that it passes, in order, and what it does
//! there.

use crate::case::Case;
use crate::concurrent::{Cpus, Program, Schedule, Section};
use crate::kernel::Splat;
use crate::model::{Decision, Model};
use crate::record::Watch;
use crate::revision::At;
use crate::run::{Release, Ret, Run};
use crate::trace::Call;

/// Something that a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The code at an anchor accesses the machine. An anchor of `iommu-sva.c` then has run, or the
    /// line before it has.
    Pass(At),
    /// The IOMMU core comes to an anchor that decides what it returns.
    Core(At),
    /// `iommu_sva_lock` is taken or released.
    Lock(bool),
    /// The driver is called.
    Call(Call),
    /// A branch decides what the call returns or leaks.
    Decide(Decision),
    /// The kernel complains.
    Splat(Splat, At),
}

/// A part of a run without a pause: an operation of a sequential case, a section of a concurrent
/// one, or a release of the teardown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What runs.
    pub what: What,
    /// The CPU, in a concurrent case.
    pub cpu: Option<u8>,
    /// What it does, in order.
    pub events: Vec<Event>,
    /// The return value, if the call is over.
    pub ret: Option<Ret>,
}

/// What runs in a [`Stretch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The operation with this index.
    Op(usize),
    /// A release of the teardown.
    End(Release),
}

/// An observer that keeps the events of a stretch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Walker {
    events: Vec<Event>,
}

impl Watch for Walker {
    fn call(&mut self, call: Call) {
        self.events.push(Event::Call(call));
    }
    fn splat(&mut self, splat: Splat, at: At) {
        self.events.push(Event::Splat(splat, at));
    }
    fn decide(&mut self, decision: Decision) {
        self.events.push(Event::Decide(decision));
    }
    fn pass(&mut self, at: At) {
        self.events.push(Event::Pass(at));
    }
    fn core(&mut self, at: At) {
        self.events.push(Event::Core(at));
    }
    fn lock(&mut self, taken: bool) {
        self.events.push(Event::Lock(taken));
    }
}

/// Runs a case on a model, teardown included. Returns what it did, in the order in which it ran.
pub fn walk<M: Model>(model: &M, case: &Case) -> Vec<Stretch> {
    let mut all = Vec::new();
    let run = match case.is_concurrent() {
        true => concurrent(model, case, &mut all),
        false => sequential(model, case, &mut all),
    };
    let Some(mut run) = run else { return all };
    let mut last = None;
    while let Some(release) = run.next_release(last) {
        let mut walker = Walker::default();
        let ret = run.release(model, release, &mut walker);
        all.push(Stretch {
            what: What::End(release),
            cpu: None,
            events: walker.events,
            ret: Some(ret),
        });
        if ret.ends_the_run() {
            break;
        }
        last = Some(release);
    }
    all
}

/// Returns the state after the operations, or `None` if the kernel died in one.
fn sequential<M: Model>(model: &M, case: &Case, all: &mut Vec<Stretch>) -> Option<Run> {
    let mut run = Run::new(&case.topology);
    for (index, op) in case.ops.iter().enumerate() {
        let mut walker = Walker::default();
        let ret = run.step(model, index, op, &mut walker);
        all.push(Stretch {
            what: What::Op(index),
            cpu: None,
            events: walker.events,
            ret: Some(ret),
        });
        if ret.ends_the_run() {
            return None;
        }
    }
    Some(run)
}

fn concurrent<M: Model>(model: &M, case: &Case, all: &mut Vec<Stretch>) -> Option<Run> {
    let program = Program::new(&case.ops);
    let mut cpus = Cpus::boot(&case.topology, &program);
    let mut schedule = Schedule::of(case);
    let mut choices = Vec::new();
    let mut died = false;
    while let Some(cpu) = schedule.next(model, &program, &cpus, &mut choices) {
        let mut walker = Walker::default();
        let Section { op, ret } = cpus.section(model, &program, cpu, &mut walker);
        died |= ret.is_some_and(Ret::ends_the_run);
        all.push(Stretch {
            what: What::Op(op),
            cpu: Some(program.number(cpu)),
            events: walker.events,
            ret,
        });
    }
    (!died).then_some(cpus.run)
}
