// SPDX-License-Identifier: GPL-2.0-or-later
//! Feeds the judge from live machines.

use super::point::{Feed, Point, Visitor};
use super::{Cause, Judge, View, ViewSet};
use spec::run::{Lost, Release};
use spec::trace::Call;
use spec::{At, Case, Decision, Machine, Model, Op, Ret, Run, Splat, Watch};

/// Finds the causes that sequential cases show on two models, one case after the other.
///
/// It records nothing, and it allocates nothing once its buffers have grown, because most cases
/// show nothing new.
#[derive(Debug)]
pub struct CauseFinder {
    judge: Judge<Vec<Cause>, 2>,
    runs: Box<[Run; 2]>,
    observers: [Observer; 2],
}

impl CauseFinder {
    /// Makes a finder that compares in `views`.
    pub fn new(views: &[View]) -> Self {
        CauseFinder {
            judge: Judge::new(views, Vec::new()),
            runs: Box::new([Run::new(&Default::default()); 2]),
            observers: [(); 2].map(|()| Observer::new(ViewSet::of(views))),
        }
    }

    /// Runs a sequential case and its teardown on two models. Returns the number of operations that
    /// ran on both, and the cause of each difference that is not a consequence.
    #[inline]
    pub fn causes<M: Model>(&mut self, models: &[M; 2], case: &Case) -> (usize, &[Cause]) {
        self.causes_with(models, case, &mut |_| ())
    }

    /// The same as [`causes`](Self::causes). Calls `each` after every operation that ran on both.
    #[inline]
    pub fn causes_with<M: Model>(
        &mut self,
        models: &[M; 2],
        case: &Case,
        each: &mut impl FnMut(Stepped<'_>),
    ) -> (usize, &[Cause]) {
        self.judge.sink().clear();
        let mut machines = Machines {
            models,
            case,
            runs: &mut self.runs,
            observers: &mut self.observers,
            each,
        };
        let ops = self.judge.judge(case, &mut machines);
        (ops, self.judge.sink())
    }
}

/// What one operation did on two models.
#[derive(Clone, Copy, Debug)]
pub struct Stepped<'a> {
    /// The operation.
    pub op: &'a Op,
    /// What it returned on each.
    pub rets: [Ret; 2],
    /// The last decision of each in it.
    pub decided: [Option<Decision>; 2],
}

/// Keeps the observations of an operation, or of a teardown, on one side.
#[derive(Debug, Default)]
pub struct Observer {
    decided: Option<Decision>,
    splats: Vec<(Splat, At)>,
    calls: Vec<Call>,
    foreign: bool,
    /// Whether driver calls are kept.
    driver: bool,
}

impl Watch for Observer {
    #[inline(always)]
    fn call(&mut self, call: Call) {
        if self.driver {
            self.calls.push(call);
        }
    }
    #[inline]
    fn splat(&mut self, splat: Splat, at: At) {
        self.splats.push((splat, at));
    }
    #[inline(always)]
    fn decide(&mut self, decision: Decision) {
        self.decided = Some(decision);
    }
    #[inline(always)]
    fn foreign(&mut self) {
        self.foreign = true;
    }
}

impl Observer {
    /// Makes an observer that keeps the observations for `views`.
    pub fn new(views: ViewSet) -> Self {
        Observer {
            driver: views.has(View::Driver),
            ..Observer::default()
        }
    }

    /// Returns the last decision.
    pub(crate) fn decided(&self) -> Option<Decision> {
        self.decided
    }

    /// Returns the complaints, and where each was raised.
    pub fn splats(&self) -> &[(Splat, At)] {
        &self.splats
    }

    /// Returns the driver calls, if they are kept.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Returns whether a bind returned a handle whose domain belongs to another mm.
    pub fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Forgets everything, but keeps the memory.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.forget_release();
        self.calls.clear();
    }

    /// Forgets everything except the driver calls.
    #[inline(always)]
    fn forget_release(&mut self) {
        self.decided = None;
        self.foreign = false;
        self.splats.clear();
    }
}

/// A point of a case, as a machine and its observer see it.
#[derive(Clone, Copy)]
pub(crate) struct Observed<'a> {
    /// Whether this side did anything.
    pub is_done: bool,
    /// The return value of this side.
    pub ret: Ret,
    /// The observations.
    pub observer: &'a Observer,
    /// The machine afterwards.
    pub run: &'a Run,
}

impl Point for Observed<'_> {
    type Exists = Machine;
    #[inline(always)]
    fn is_done(self) -> bool {
        self.is_done
    }
    #[inline(always)]
    fn ret(self) -> Ret {
        self.ret
    }
    #[inline(always)]
    fn splats(&self) -> &[(Splat, At)] {
        &self.observer.splats
    }
    #[inline(always)]
    fn decided(self) -> Option<Decision> {
        self.observer.decided
    }
    #[inline(always)]
    fn calls(&self) -> &[Call] {
        &self.observer.calls
    }
    #[inline(always)]
    fn exists(&self) -> Option<&Machine> {
        (!self.ret.ends_the_run()).then_some(&self.run.machine)
    }
    #[inline(always)]
    fn is_foreign(self) -> bool {
        self.observer.foreign
    }
    fn lost(self) -> Lost {
        self.run.lost()
    }
}

/// Models with their machines, which run a sequential case in lockstep.
struct Machines<'a, M, F> {
    models: &'a [M; 2],
    case: &'a Case,
    runs: &'a mut [Run; 2],
    observers: &'a mut [Observer; 2],
    each: &'a mut F,
}

impl<M: Model, F> Machines<'_, M, F> {
    #[inline(always)]
    fn points(&self, rets: [Ret; 2], is_done: [bool; 2]) -> [Observed<'_>; 2] {
        std::array::from_fn(|side| Observed {
            is_done: is_done[side],
            ret: rets[side],
            observer: &self.observers[side],
            run: &self.runs[side],
        })
    }

    /// Runs the teardown on every side, release by release in the same order.
    #[inline]
    fn tear_down(&mut self, visitor: &mut impl Visitor<2>) {
        self.observers.iter_mut().for_each(Observer::clear);
        let mut rets = [Ret::Ok; 2];
        let mut next = self.runs.each_ref().map(|run| run.next_release(None));
        while let Some(release) = first(next) {
            let is_done = next.map(|next| next == Some(release));
            for side in 0..2 {
                let observer = &mut self.observers[side];
                observer.forget_release();
                if is_done[side] {
                    let run = &mut self.runs[side];
                    rets[side] = run.release(&self.models[side], release, observer);
                    let goes_on = !rets[side].ends_the_run();
                    let more = goes_on.then(|| run.next_release(Some(release)));
                    next[side] = more.flatten();
                }
            }
            visitor.release(release, self.points(rets, is_done));
        }
        visitor.end(self.points(rets, [true; 2]));
    }
}

impl<M: Model, F: FnMut(Stepped<'_>)> Feed<2> for Machines<'_, M, F> {
    #[inline(always)]
    fn is_concurrent(&self) -> bool {
        false
    }

    #[inline(always)]
    fn feed(&mut self, visitor: &mut impl Visitor<2>) -> usize {
        let case = self.case;
        if let Some((boot, others)) = self.runs.split_first_mut() {
            *boot = Run::new(&case.topology);
            others.iter_mut().for_each(|run| run.copy_from(boot));
        }
        for (index, op) in case.ops.iter().enumerate() {
            let exist = self.runs.each_ref().map(|run| Some(&run.machine));
            visitor.before(case, op, exist);
            let rets: [Ret; 2] = std::array::from_fn(|side| {
                self.observers[side].clear();
                self.runs[side].step(&self.models[side], index, op, &mut self.observers[side])
            });
            visitor.op(case, index, self.points(rets, [true; 2]), || false);
            (self.each)(Stepped {
                op,
                rets,
                decided: self.observers.each_ref().map(Observer::decided),
            });
            if rets.iter().any(|ret| ret.ends_the_run()) {
                return index + 1;
            }
        }
        self.tear_down(visitor);
        case.ops.len()
    }
}

/// Returns the next thing to release on any side.
#[inline]
fn first(next: [Option<Release>; 2]) -> Option<Release> {
    next.into_iter().flatten().min()
}
