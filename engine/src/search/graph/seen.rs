// SPDX-License-Identifier: GPL-2.0-or-later
//! What is seen of an operation of one model.

use super::symmetry::{Names, Symmetry};
use crate::search::key::KeyObserver;
use spec::trace::Call;
use spec::{At, Decision, OpCode, Ret, Splat};

/// What is seen of an operation. Devices and mms have the names of the state in which it ran.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::search) struct Seen {
    pub code: OpCode,
    /// The return value, without the numbers of handles and domains.
    pub ret: Ret,
    /// Decisions and splats, as bytes.
    pub events: Box<[u8]>,
    pub splats: Box<[(Splat, At)]>,
    pub decided: Option<Decision>,
    /// The driver calls, without the numbers of domains, if they are compared.
    pub calls: Box<[Call]>,
    pub flags: u8,
    /// The number of what callers and readers of dmesg see.
    pub shown: u32,
}

/// A reference count complained.
pub(in crate::search) const REFCOUNT: u8 = 1;
/// The kernel died.
pub(in crate::search) const ENDS: u8 = 2;
/// The kernel does not have the operation.
pub(in crate::search) const LACKING: u8 = 4;
/// A device or an mm is named.
pub(in crate::search) const NAMED: u8 = 8;
/// A single model misbehaved.
pub(in crate::search) const ODD: u8 = 16;

/// What callers and readers of dmesg see: the return value, and the splats in some order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::search) struct Shown {
    pub ret: Ret,
    pub splats: Box<[Splat]>,
}

impl Seen {
    pub(in crate::search) fn of(code: OpCode, ret: Ret, by: &KeyObserver, dangles: bool) -> Self {
        let ret = unlabelled(ret);
        let observer = &by.observer;
        let calls: Box<[Call]> = observer.calls().iter().map(Call::unnumbered).collect();
        let is_named =
            |call: &Call| matches!(call, Call::SetDevPasid { .. } | Call::RemoveDevPasid { .. });
        let named = matches!(ret, Ret::Mm(_)) || calls.iter().any(is_named);
        let odd = dangles || observer.is_foreign() || !observer.splats().is_empty();
        let flags = [
            (by.refcount, REFCOUNT),
            (ret.ends_the_run(), ENDS),
            (ret == Ret::Lacking, LACKING),
            (named, NAMED),
            (odd, ODD),
        ];
        Seen {
            code,
            ret,
            events: by.events[..].into(),
            splats: observer.splats().into(),
            decided: observer.decided(),
            calls,
            flags: flags
                .iter()
                .fold(0, |all, &(is, flag)| all | if is { flag } else { 0 }),
            shown: 0,
        }
    }

    /// Returns what callers and readers of dmesg see.
    pub(in crate::search) fn shown(&self) -> Shown {
        let mut splats: Vec<Splat> = self.splats.iter().map(|(splat, _)| *splat).collect();
        splats.sort();
        Shown {
            ret: self.ret,
            splats: splats.into(),
        }
    }

    /// Returns the same with other names. `group` returns the group of a device.
    pub(in crate::search) fn renamed(
        &self,
        symmetry: &Symmetry,
        names: Names,
        group: impl Fn(u32) -> u8,
    ) -> Self {
        let mut renamed = self.clone();
        if let Ret::Mm(mm) = &mut renamed.ret {
            *mm = names.mms.get(*mm as usize) as u8;
        }
        let to = symmetry.dev(names.dev);
        for call in &mut renamed.calls {
            if let Call::SetDevPasid { dev, .. } | Call::RemoveDevPasid { dev, .. } = call {
                *dev = to[*dev as usize].into();
            }
        }
        if names.dev != 0 {
            in_order(&mut renamed.calls, group);
        }
        renamed
    }
}

/// A kernel calls the driver for the devices of a group in the order of their names. Exchanges the
/// names of devices of one group where other names have changed that order.
fn in_order(calls: &mut [Call], group: impl Fn(u32) -> u8) {
    let mut from = 0;
    while from < calls.len() {
        let Some((dev, kind)) = of_device(&calls[from]) else {
            from += 1;
            continue;
        };
        let same = |call: &&Call| {
            of_device(call).is_some_and(|(this, other)| other == kind && group(this) == group(dev))
        };
        let to = from + calls[from..].iter().take_while(same).count();
        let devices = calls[from..to]
            .iter()
            .filter_map(|call| Some(of_device(call)?.0));
        let before: Vec<u32> = devices.collect();
        let mut after = before.clone();
        after.sort();
        if before != after {
            for call in &mut calls[from..] {
                if let Call::SetDevPasid { dev, .. } | Call::RemoveDevPasid { dev, .. } = call
                    && let Some(at) = before.iter().position(|this| this == dev)
                {
                    *dev = after[at];
                }
            }
        }
        from = to;
    }
}

/// Returns the device of a call, and what calls for devices of one group have in common.
fn of_device(call: &Call) -> Option<(u32, (bool, u16))> {
    match *call {
        Call::SetDevPasid { dev, pasid, .. } => Some((dev, (true, pasid))),
        Call::RemoveDevPasid { dev, pasid } => Some((dev, (false, pasid))),
        Call::DomainAlloc { .. } | Call::DomainFree { .. } => None,
    }
}

/// Returns a return value without the numbers of handles and domains.
pub(super) fn unlabelled(ret: Ret) -> Ret {
    match ret {
        Ret::Handle { pasid, .. } => Ret::Handle { handle: 0, pasid },
        Ret::Domain(_) => Ret::Domain(0),
        ret => ret,
    }
}
