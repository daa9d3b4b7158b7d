// SPDX-License-Identifier: GPL-2.0-or-later
//! What a case shows, said at once: the causes that [`ask`](crate::judge::judge) would come to, from
//! nothing but one run of both models side by side.
//!
//! Nothing is recorded, and once the memory is warm nothing is allocated: most cases show nothing,
//! or what millions before them did.

use super::leaks::Leaks;
use super::left;
use super::seen::Seen;
use crate::judge::Views;
use crate::judge::same_ret;
use crate::judge::{Cause, RetKind, Side, View};
use spec::run::Release;
use spec::{Case, Cite, Decision, Model, Op, OpKind, Ret, Run, Splat};

/// Looks at one case after the other.
#[derive(Debug)]
pub struct Quick {
    views: Views,
    runs: Box<[Run; 2]>,
    seen: [Seen; 2],
    past: Past,
    causes: Vec<Cause>,
    leaks: Leaks,
}

/// What decides, of the operations so far, what is a consequence of what.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// Callers or dmesg saw a difference.
    seen: bool,
    /// The driver did.
    driver: bool,
    /// Somebody who looks at what exists did.
    state: bool,
    /// A reference count has complained of which the other side's did not.
    refcount: [bool; 2],
    /// How many handles were returned; as long as nothing differs, of both alike.
    handles: u8,
    /// The operation since which what is attached differs, and what decided in it.
    apart: Option<(&'static str, [Option<Decision>; 2])>,
}

impl Quick {
    /// Looks at these views.
    pub fn new(views: &[View]) -> Self {
        let views = Views::of(views);
        Quick {
            views,
            runs: Box::new([Run::new(&Default::default()); 2]),
            seen: [(); 2].map(|()| Seen::new(views)),
            past: Past::default(),
            causes: Vec::new(),
            leaks: Leaks::default(),
        }
    }

    /// Runs a sequential case on two models, and the teardown of both: how many operations ran on
    /// both, and the cause of each difference that is no consequence, some of them perhaps twice.
    #[inline]
    pub fn look<M: Model>(&mut self, models: &[M; 2], case: &Case) -> (usize, &[Cause]) {
        self.causes.clear();
        self.past = Past::default();
        let [from, to] = &mut *self.runs;
        *from = Run::new(&case.topology);
        to.copy_from(from);
        for (index, op) in case.ops.iter().enumerate() {
            if self.step(models, index, op) {
                return (index + 1, &self.causes);
            }
        }
        self.end(models, case);
        (case.ops.len(), &self.causes)
    }

    /// Runs an operation on both, and says whether one of them died.
    #[inline(always)]
    fn step<M: Model>(&mut self, models: &[M; 2], index: usize, op: &Op) -> bool {
        let attached = match self.past.apart {
            Some(_) if !self.past.seen => self.attached_in_one(op),
            _ => None,
        };
        let [from, to] = &mut *self.runs;
        let [here, there] = &mut self.seen;
        here.clear();
        there.clear();
        let rets = [
            from.step(&models[0], index, op, here),
            to.step(&models[1], index, op, there),
        ];
        let died = rets.map(Ret::ends_the_run);
        let is_over = died != [false; 2];
        let differs = self.views.has(View::Api) && !self.past.seen && !same_ret(rets[0], rets[1]);
        let complained = !here.splats.is_empty() || !there.splats.is_empty();
        if differs || complained || self.views.has(View::Driver) || self.views.has(View::State) {
            self.closer(op, rets, attached);
        }
        if !is_over && !self.past.seen && self.views.has(View::Api) {
            if let Ret::Handle { handle, .. } = rets[0] {
                self.past.handles = self.past.handles.max(handle + 1);
            }
            let [from, to] = &*self.runs;
            let arrays = [from, to].map(|run| run.machine.pasid_arrays());
            match arrays[0].same_entries(arrays[1]) {
                true => self.past.apart = None,
                false => {
                    let since = || (op.kind.name(), self.decided());
                    self.past.apart = Some(self.past.apart.unwrap_or_else(since));
                }
            }
        }
        is_over
    }

    fn decided(&self) -> [Option<Decision>; 2] {
        self.seen.each_ref().map(|seen| seen.decided)
    }

    /// Where something may differ. What is `attached` in one of them was so before.
    #[cold]
    fn closer(&mut self, op: &Op, rets: [Ret; 2], attached: Option<Side>) {
        let before = self.past;
        let died = rets.map(Ret::ends_the_run);
        let (name, decided) = (op.kind.name(), self.decided());
        if self.views.has(View::Api) && died == [false; 2] && !same_ret(rets[0], rets[1]) {
            self.past.seen = true;
            if !before.seen {
                let outcome = |side: usize| outcome(rets[side], before.handles);
                let attached = attached.zip(before.apart);
                self.causes.push(match attached {
                    Some((side, (op, decided))) => Cause::Attached { side, op, decided },
                    None => Cause::Returned {
                        op: name,
                        from: (outcome(0), decided[0]),
                        to: (outcome(1), decided[1]),
                    },
                });
            }
        }
        let complained = self.splats(died);
        self.past.seen |= complained;
        let [here, there] = &self.seen;
        if self.views.has(View::Driver) && !here.same_calls(there) {
            self.past.driver = true;
            if !before.seen && !before.driver {
                self.causes.push(Cause::Called { op: name, decided });
            }
        }
        let [from, to] = &*self.runs;
        if self.views.has(View::State)
            && died == [false; 2]
            && !left::same_live(&from.machine, &to.machine)
        {
            self.past.state = true;
            if !before.seen && !before.state {
                self.causes.push(Cause::Existed { op: name, decided });
            }
        }
    }

    /// In which of the two a device is attached that an operation is about, before it is done.
    #[cold]
    fn attached_in_one(&self, op: &Op) -> Option<Side> {
        let (OpKind::PageRequest { dev, pasid } | OpKind::Attach { dev, pasid }) = op.kind else {
            return None;
        };
        let is_attached = |run: &Run| {
            let m = &run.machine;
            (dev as usize) < m.nr_devices() && {
                let group = m.device(dev as u8).group;
                let mut entries = m.pasid_arrays().entries().iter();
                entries.any(|entry| (entry.group, u32::from(entry.pasid)) == (group, pasid))
            }
        };
        match self.runs.each_ref().map(is_attached) {
            [true, false] => Some(Side::From),
            [false, true] => Some(Side::To),
            _ => None,
        }
    }

    /// What one side complains of and the other does not: whether there is anything.
    fn splats(&mut self, died: [bool; 2]) -> bool {
        let mut any = false;
        for side in [Side::From, Side::To] {
            let at = side.index();
            let [mine, other] = [&self.seen[at].splats, &self.seen[1 - at].splats];
            for (number, &(splat, cite)) in mine.iter().enumerate() {
                let same = |(this, _): &&(Splat, Cite)| *this == splat;
                let earlier = mine[..number].iter().filter(same).count();
                if earlier < other.iter().filter(same).count() {
                    continue;
                }
                // A death is seen by whoever looks at anything.
                let is_death = splat.is_fatal() && died[at];
                if !self.views.has(View::Splat) && !is_death {
                    continue;
                }
                any = true;
                let refcount = &mut self.past.refcount[at];
                if !splat.is_refcount() || !std::mem::replace(refcount, true) {
                    let at = (splat != Splat::Deadlock).then_some(cite);
                    self.causes.push(Cause::Complained { side, splat, at });
                }
            }
        }
        any
    }

    /// The teardown of both, release by release, and what is left.
    #[inline]
    fn end<M: Model>(&mut self, models: &[M; 2], case: &Case) {
        self.seen.iter_mut().for_each(Seen::clear);
        let mut died = [false; 2];
        let mut next = self.runs.each_ref().map(|run| run.next_release(None));
        while let Some(release) = first(next) {
            for side in [0, 1] {
                let (run, seen) = (&mut self.runs[side], &mut self.seen[side]);
                seen.splats.clear();
                if next[side] == Some(release) {
                    let ret = run.release(&models[side], release, seen);
                    died[side] = ret.ends_the_run();
                    let last = Some(release);
                    let more = (!died[side]).then(|| run.next_release(last));
                    next[side] = more.flatten();
                }
            }
            if self.seen.iter().any(|seen| !seen.splats.is_empty()) {
                self.splats(died);
            }
        }
        let [from, to] = &*self.runs;
        if self.views.has(View::Leak)
            && died == [false; 2]
            && let Some((side, left)) = left::compare(&from.machine, &to.machine)
        {
            self.leaks.run(models, case, (side, left), &mut self.causes);
        }
        let [here, there] = &self.seen;
        let Past { seen, driver, .. } = self.past;
        if self.views.has(View::Driver) && !seen && !driver && !here.same_calls(there) {
            self.causes.push(Cause::Called {
                op: "end",
                decided: [None; 2],
            });
        }
    }
}

/// What is released next on either side.
#[inline]
pub(super) fn first(next: [Option<Release>; 2]) -> Option<Release> {
    match next {
        [Some(a), Some(b)] => Some(a.min(b)),
        [a, b] => a.or(b),
    }
}

/// `before` is how many handles had been returned before.
fn outcome(ret: Ret, before: u8) -> RetKind {
    match ret {
        Ret::Handle { handle, .. } if handle >= before => RetKind::NewHandle,
        ret => RetKind::of(ret),
    }
}
