// SPDX-License-Identifier: GPL-2.0-or-later
//! Watching a run is a type parameter: who looks at nothing pays for nothing.

use crate::case::Case;
use crate::kernel::Splat;
use crate::model::{Cite, Decision, Model};
use crate::run::{Lost, Release, Ret, Run};
use crate::trace::{Call, Live, Step, Trace};

/// An observer of a run. Every method has an empty default, so `()` observes nothing.
pub trait Watch {
    /// A callback of the IOMMU driver was made.
    #[inline(always)]
    fn call(&mut self, _call: Call) {}
    /// The kernel complained; `at` is the statement that did.
    #[inline(always)]
    fn splat(&mut self, _splat: Splat, _at: Cite) {}
    /// A branch was taken that decides what the call returns or leaves behind.
    #[inline(always)]
    fn decide(&mut self, _decision: Decision) {}
}

impl Watch for () {}

/// Keeps everything that one operation lets be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    /// Driver callbacks, in order.
    pub calls: Vec<Call>,
    /// Splats, in order, and where each was raised.
    pub splats: Vec<(Splat, Cite)>,
    /// Decisions, in order; the last one decided the outcome.
    pub decisions: Vec<Decision>,
}

impl Recorder {
    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.calls.clear();
        self.splats.clear();
        self.decisions.clear();
    }
}

impl Watch for Recorder {
    fn call(&mut self, call: Call) {
        self.calls.push(call);
    }
    fn splat(&mut self, splat: Splat, at: Cite) {
        self.splats.push((splat, at));
    }
    fn decide(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }
}

/// A trace, and what a trace does not show: what decided, and where each splat was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The trace.
    pub trace: Trace,
    /// For each step of the trace.
    pub steps: Vec<Note>,
    /// For each thing that the teardown released, in order.
    pub end: Vec<(Release, Note)>,
}

/// What a trace does not show of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// What decided, in order; the last one decided the outcome.
    pub decisions: Vec<Decision>,
    /// Each splat, and where it was raised.
    pub splats: Vec<(Splat, Cite)>,
    /// What existed afterwards, unless the machine is gone.
    pub live: Option<Live>,
    /// What of it was lost.
    pub lost: Lost,
}

/// Runs a sequential case on a model, and keeps everything that there is to see.
///
/// Of a concurrent case the CPUs and the schedule are not looked at.
pub fn record<M: Model>(model: &M, case: &Case) -> Recording {
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
    };
    for (index, op) in case.ops.iter().enumerate() {
        watch.clear();
        let ret = run.step(model, index, op, &mut watch);
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
    recording.record_end(model, &mut run);
    recording
}

impl Recording {
    fn record_end<M: Model>(&mut self, model: &M, run: &mut Run) {
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
    fn of(watch: &Recorder, live: Option<Live>, lost: Lost) -> Self {
        Note {
            decisions: watch.decisions.clone(),
            splats: watch.splats.clone(),
            live,
            lost,
        }
    }
}
