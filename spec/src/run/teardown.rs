// SPDX-License-Identifier: GPL-2.0-or-later
//! The teardown: what every correct caller does at the end.

use super::{Held, Release, Ret, Run};
use crate::case::{MAX_OPS, OpKind};
use crate::kernel::MmId;
use crate::model::Model;
use crate::record::Watch;

impl Run {
    /// Returns the release that follows `after` in the teardown: first the resources that
    /// operations still hold, then every mm that is alive, in order. `None` at the end.
    pub fn next_release(&self, after: Option<Release>) -> Option<Release> {
        let (op, mm) = match after {
            None => (0, 0),
            Some(Release::Op(op)) => (op as usize + 1, 0),
            Some(Release::Mm(mm)) => (MAX_OPS, mm as usize + 1),
        };
        let op = (op..self.nr_held as usize).find(|&op| self.held(op) != Held::Nothing);
        let alive = |mm: &usize| !self.machine.mm(MmId::new(*mm as u8)).exited;
        op.map(|op| Release::Op(op as u8)).or_else(|| {
            (mm..self.machine.nr_mms())
                .find(alive)
                .map(|mm| Release::Mm(mm as u8))
        })
    }

    /// Releases one resource or mm.
    pub fn release<M: Model, W: Watch>(
        &mut self,
        model: &M,
        release: Release,
        watch: &mut W,
    ) -> Ret {
        let kind = match release {
            Release::Mm(mm) => OpKind::Exit { mm: mm.into() },
            Release::Op(op) => {
                let of = op.into();
                match self.held(op as usize) {
                    Held::Nothing => return Ret::Ok,
                    Held::Bind(_) => OpKind::Unbind { of },
                    Held::Pasid(_) => OpKind::FreePasid { of },
                    Held::Domain { .. } => OpKind::Detach { of },
                    Held::Reset(_) => OpKind::ResetDone { of },
                }
            }
        };
        // The operation runs after all others and returns nothing that could be held.
        self.step(model, MAX_OPS, &kind.into(), watch)
    }

    /// Runs the whole teardown. Returns `Ok`, or the oops or hang that ended it.
    pub fn teardown<M: Model, W: Watch>(&mut self, model: &M, watch: &mut W) -> Ret {
        let mut last = None;
        while let Some(release) = self.next_release(last) {
            let ret = self.release(model, release, watch);
            if ret.ends_the_run() {
                return ret;
            }
            last = Some(release);
        }
        Ret::Ok
    }
}
