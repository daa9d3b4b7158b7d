// SPDX-License-Identifier: GPL-2.0-or-later
//! What of the way to a state is part of the state.

use spec::{Decision, Op, Recorder, Ret, Run};
use svadiff::judge::same_ret;

/// What has to be remembered of the way to a state, since it decides what is a consequence of what:
/// where callers, dmesg and what is left are looked at, but neither drivers nor debuggers are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Past {
    /// Callers or dmesg have seen a difference.
    pub diverged: bool,
    /// In which of the models a reference count has complained.
    pub refcount: [bool; 2],
    /// A handle or a domain was lost, which nothing in the state tells any more.
    pub lost: bool,
    /// Nobody has seen a difference, but what is attached differs.
    pub apart: Option<Since>,
}

/// The operation since which something is so, and what decided it in each of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Since {
    /// Its name.
    pub op: &'static str,
    /// The last decision in it.
    pub decided: [Option<Decision>; 2],
}

impl Past {
    /// The past of the state after an operation: what it returned, the runs after it, and what was
    /// seen of it. `None` where a kernel died, since nothing comes after that.
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
