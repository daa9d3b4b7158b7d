// SPDX-License-Identifier: GPL-2.0-or-later
//! Observers of a run. The observer is a type parameter, so observing nothing costs nothing.

use crate::case::Case;
use crate::concurrent::{Cpus, Program, Schedule, Section};
use crate::kernel::Splat;
use crate::model::{Decision, Model};
use crate::revision::At;
use crate::run::{Lost, Release, Ret, Run};
use crate::trace::{Call, Live, Step, Trace};

/// An observer of a run. Every method has an empty default, so `()` observes nothing.
pub trait Watch {
    /// Called when the kernel calls the IOMMU driver.
    #[inline(always)]
    fn call(&mut self, _call: Call) {}
    /// Called when the kernel complains, with the anchor of the complaint.
    #[inline(always)]
    fn splat(&mut self, _splat: Splat, _at: At) {}
    /// Called when a branch decides what the call returns or leaks.
    #[inline(always)]
    fn decide(&mut self, _decision: Decision) {}
    /// Called when the code at an anchor accesses the machine.
    #[inline(always)]
    fn pass(&mut self, _at: At) {}
    /// Called when the IOMMU core comes to an anchor that decides what it returns.
    #[inline(always)]
    fn core(&mut self, _at: At) {}
    /// Called when `iommu_sva_lock` is taken or released.
    #[inline(always)]
    fn lock(&mut self, _taken: bool) {}
    /// Called when a bind returns a handle whose domain belongs to another mm.
    #[inline(always)]
    fn foreign(&mut self) {}
}

impl Watch for () {}

/// An observer that keeps all observations of one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// Driver callbacks, in order.
    pub calls: Vec<Call>,
    /// Splats, in order, with the anchor of each.
    pub splats: Vec<(Splat, At)>,
    /// Decisions, in order; the last one decided the outcome.
    pub decisions: Vec<Decision>,
    /// Whether `iommu_sva_lock` was taken.
    pub locked: bool,
    /// Whether a bind returned a handle whose domain belongs to another mm.
    pub foreign: bool,
}

impl Recorder {
    /// Removes all observations, and keeps the memory.
    pub fn clear(&mut self) {
        self.calls.clear();
        self.splats.clear();
        self.decisions.clear();
        self.locked = false;
        self.foreign = false;
    }
}

impl Watch for Recorder {
    fn call(&mut self, call: Call) {
        self.calls.push(call);
    }
    fn splat(&mut self, splat: Splat, at: At) {
        self.splats.push((splat, at));
    }
    fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }
    fn lock(&mut self, taken: bool) {
        self.locked |= taken;
    }
    fn foreign(&mut self) {
        self.foreign = true;
    }
}

/// A trace together with data that the trace does not contain: decisions, and anchors of splats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The trace.
    pub trace: Trace,
    /// Notes for each step of the trace.
    pub steps: Vec<Note>,
    /// Notes for each object that the teardown released, in order.
    pub end: Vec<(Release, Note)>,
    /// For a concurrent case: the sections that ran, in order.
    pub sections: Vec<Ran>,
}

/// A section that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The number of the CPU.
    pub cpu: u8,
    /// Index of the operation.
    pub op: usize,
    /// Whether it took `iommu_sva_lock`.
    pub locked: bool,
    /// The CPU that holds the lock after the section, because a call returned without releasing it.
    pub holder: Option<u8>,
    /// Driver callbacks, in order.
    pub calls: Vec<Call>,
    /// Splats, in order.
    pub splats: Vec<Splat>,
    /// The last decision in the section.
    pub decided: Option<Decision>,
    /// The return value of the operation, if this was its last section.
    pub ret: Option<Ret>,
}

/// Data of a step that a trace does not contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Decisions, in order; the last one decided the outcome.
    pub decisions: Vec<Decision>,
    /// Splats, with the anchor of each.
    pub splats: Vec<(Splat, At)>,
    /// Whether a bind returned a handle whose domain belongs to another mm.
    pub foreign: bool,
    /// The objects that existed after the step; `None` if the machine was dead.
    pub live: Option<Live>,
    /// The part of it that was lost.
    pub lost: Lost,
}

/// Runs a case on a model, and records all observations.
pub fn record<M: Model>(model: &M, case: &Case) -> Recording {
    record_with(model, case, &mut |_| {})
}

/// Like [`record`], and calls `each` after each operation, or after each section of a concurrent
/// case, and after each release of the teardown.
pub(crate) fn record_with<M: Model>(
    model: &M,
    case: &Case,
    each: &mut dyn FnMut(&Run),
) -> Recording {
    match case.is_concurrent() {
        true => record_concurrent(model, case, each),
        false => record_sequential(model, case, each),
    }
}

/// Records a concurrent case. The steps of its trace are in the order of the operations. They have
/// no `live`, since other CPUs also affect the objects that exist when an operation is over; the
/// notes have `live`.
fn record_concurrent<M: Model>(model: &M, case: &Case, each: &mut dyn FnMut(&Run)) -> Recording {
    let program = Program::new(&case.ops);
    let mut cpus = Cpus::boot(&case.topology, &program);
    let mut schedule = Schedule::of(case);
    let mut steps = vec![Step::unfinished(); case.ops.len()];
    let mut notes = vec![Note::default(); case.ops.len()];
    let mut sections = Vec::new();
    let mut holder = None;
    let mut watch = Recorder::default();
    let mut choices = Vec::new();
    while let Some(cpu) = schedule.next(model, &program, &cpus, &mut choices) {
        watch.clear();
        let Section { op, ret } = cpus.section(model, &program, cpu, &mut watch);
        let (step, note) = (&mut steps[op], &mut notes[op]);
        let number = program.number(cpu);
        let is_held = cpus.run.machine.iommu_sva_lock_is_held();
        holder = holder.or(Some(number)).filter(|_| is_held);
        step.calls.extend(&watch.calls);
        let splats = watch.splats.iter().map(|(splat, _)| splat.text());
        step.splats.extend(splats);
        note.decisions.extend(&watch.decisions);
        note.splats.extend(&watch.splats);
        note.foreign |= watch.foreign;
        note.lost = cpus.run.lost();
        if let Some(ret) = ret {
            step.ret = ret;
            note.live = (!ret.ends_the_run()).then(|| cpus.run.machine.live());
        }
        sections.push(Ran {
            cpu: number,
            op,
            locked: watch.locked,
            holder,
            calls: watch.calls.clone(),
            splats: watch.splats.iter().map(|&(splat, _)| splat).collect(),
            decided: watch.decisions.last().copied(),
            ret,
        });
        each(&cpus.run);
    }
    let died = steps.iter().any(|step| step.ret.ends_the_run());
    let mut recording = Recording {
        trace: Trace {
            steps,
            end: None,
            schedule: Some(sections.iter().map(|ran| ran.cpu).collect()),
        },
        steps: notes,
        end: Vec::new(),
        sections,
    };
    if !died {
        recording.record_end(model, &mut cpus.run, each);
    }
    recording
}

fn record_sequential<M: Model>(model: &M, case: &Case, each: &mut dyn FnMut(&Run)) -> Recording {
    let mut run = Run::new(&case.topology);
    let mut watch = Recorder::default();
    let mut recording = Recording {
        trace: Trace {
            steps: Vec::with_capacity(case.ops.len()),
            end: None,
            schedule: None,
        },
        steps: Vec::with_capacity(case.ops.len()),
        end: Vec::new(),
        sections: Vec::new(),
    };
    for (index, op) in case.ops.iter().enumerate() {
        watch.clear();
        let ret = run.step(model, index, op, &mut watch);
        each(&run);
        let live = (!ret.ends_the_run()).then(|| run.machine.live());
        recording
            .steps
            .push(Note::of(&watch, live.clone(), run.lost()));
        recording.trace.steps.push(Step {
            ret,
            calls: watch.calls.clone(),
            splats: watch.splats.iter().map(|(splat, _)| splat.text()).collect(),
            live,
        });
        if ret.ends_the_run() {
            return recording;
        }
    }
    recording.record_end(model, &mut run, each);
    recording
}

impl Recording {
    /// Returns the indexes of the operations in the order in which they finished. In a concurrent
    /// case, unfinished operations come last.
    pub fn order(&self) -> Vec<usize> {
        let over = self.sections.iter().filter(|ran| ran.ret.is_some());
        let mut order: Vec<usize> = over.map(|ran| ran.op).collect();
        for op in 0..self.steps.len() {
            if !order.contains(&op) {
                order.push(op);
            }
        }
        order
    }

    fn record_end<M: Model>(&mut self, model: &M, run: &mut Run, each: &mut dyn FnMut(&Run)) {
        let mut end = Step {
            ret: Ret::Ok,
            calls: Vec::new(),
            splats: Vec::new(),
            live: None,
        };
        let mut last = None;
        let mut watch = Recorder::default();
        while let Some(release) = run.next_release(last) {
            watch.clear();
            end.ret = run.release(model, release, &mut watch);
            each(run);
            end.calls.append(&mut watch.calls);
            end.splats
                .extend(watch.splats.iter().map(|(splat, _)| splat.text()));
            let live = (!end.ret.ends_the_run()).then(|| run.machine.live());
            self.end.push((release, Note::of(&watch, live, run.lost())));
            if end.ret.ends_the_run() {
                break;
            }
            last = Some(release);
        }
        end.live = (!end.ret.ends_the_run()).then(|| run.machine.live());
        self.trace.end = Some(end);
    }
}

impl Note {
    /// Returns all anchors: of decisions, of core decisions that they propagate, and of splats.
    pub fn anchors(&self) -> impl Iterator<Item = At> + '_ {
        let decided = { self.decisions.iter() }.flat_map(|this| [Some(this.at), this.because]);
        let splats = self.splats.iter().map(|&(_, at)| at);
        decided.flatten().chain(splats)
    }

    fn of(watch: &Recorder, live: Option<Live>, lost: Lost) -> Self {
        Note {
            decisions: watch.decisions.clone(),
            splats: watch.splats.clone(),
            foreign: watch.foreign,
            live,
            lost,
        }
    }
}
