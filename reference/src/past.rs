// SPDX-License-Identifier: GPL-2.0-or-later
//! The part of the path to a state that belongs to the state.

use spec::{Decision, Op, Recorder, Ret, Run};
use svadiff::judge::same_ret;

/// What must be remembered of the path to a state because it determines which differences are
/// consequences, if the views are those of callers, dmesg and leaks, without drivers and debuggers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Past {
    /// Whether callers or dmesg have observed a difference.
    pub diverged: bool,
    /// Whether a reference count has complained in each of the models.
    pub refcount: [bool; 2],
    /// Whether a handle or a domain was lost that the state itself no longer shows.
    pub lost: bool,
    /// The operation since which the attached domains differ, if no difference has been observed
    /// yet.
    pub apart: Option<Since>,
}

/// The operation since which a condition holds, and the decision of each model in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Since {
    /// Its name.
    pub op: &'static str,
    /// The last decision in it.
    pub decided: [Option<Decision>; 2],
}

impl Past {
    /// Returns the past of the state after an operation, from its return values, the runs after it,
    /// and the observations. Returns `None` if a kernel died, since no state follows.
    pub(crate) fn after(
        &self,
        op: &Op,
        rets: [Ret; 2],
        runs: &[Run; 2],
        seen: &[Recorder; 2],
    ) -> Option<Past> {
        if rets.into_iter().any(Ret::ends_the_run) {
            return None;
        }
        let [from, to] = seen;
        let splats = |seen: &Recorder| seen.splats.iter().map(|&(splat, _)| splat).collect();
        let [here, there]: [Vec<_>; 2] = [splats(from), splats(to)];
        let diverged = self.diverged || !same_ret(rets[0], rets[1]) || here != there;
        let complains = [here, there].map(|splats| splats.iter().any(|splat| splat.is_refcount()));
        let refcount = std::array::from_fn(|side| self.refcount[side] || complains[side]);
        let [a, b] = runs.each_ref().map(|run| {
            let entries = run.machine.pasid_arrays().entries().iter();
            entries.map(|entry| (entry.group, entry.pasid))
        });
        let is_apart = !diverged && !a.eq(b);
        let apart = is_apart.then(|| {
            self.apart.unwrap_or_else(|| Since {
                op: op.kind.name(),
                decided: [from, to].map(|seen| seen.decisions.last().copied()),
            })
        });
        Some(Past {
            diverged,
            refcount,
            lost: self.lost,
            apart,
        })
    }
}
