// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a case on a model: defines the effect of each operation, and the resources that its caller
//! holds.

mod identify;
mod lost;
mod small;
mod teardown;
#[cfg(test)]
mod tests;
mod undecided;
mod values;

pub use lost::Lost;
pub use small::SmallRun;
pub use values::{Bind, Held, Release, Ret, Unbind};

use crate::case::{MAX_OPS, MAX_PASIDS, Op, OpKind, Topology};
use crate::kernel::{
    Armed, DeviceId, DomainId, DomainType, HandleId, Kernel, Machine, MmId, NONE, Splat, Stop, copy,
};
use crate::model::{Flow, Model};
use crate::op::CORE_PASIDS;
use crate::record::Watch;
use crate::revision::At;
use std::hash::{Hash, Hasher};
use undecided::Undecided;

/// A call between two sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Under {
    Start,
    Bind(Bind),
    BindGetPasid { mm: MmId, handle: HandleId },
    Unbind(Unbind),
}

/// An operation in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    op: u8,
    under: Under,
    again: bool,
    armed: Armed,
}

impl Call {
    /// Creates the call of the operation with this index, before its first section.
    #[inline(always)]
    pub fn new(index: usize, op: &Op) -> Self {
        Call {
            op: index as u8,
            under: Under::Start,
            again: op.again,
            armed: Armed::new(op.fault),
        }
    }
}

/// A machine, and the resources that callers hold.
///
/// Runs whose machines are the same and whose callers hold the same are equal. What was released
/// before is remembered for incorrect callers only, see [`Op::again`], and does not count.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The machine.
    pub machine: Machine,
    /// The resource that the caller of each operation has ever held.
    slots: [Held; MAX_OPS],
    /// No operation from this index on has ever held a resource.
    nr_held: u8,
    /// Bit set of the operations whose resource was released.
    released: u64,
    /// The number of each handle that was returned; [`NONE`] for the others.
    pub(crate) numbers: [u8; MAX_OPS],
    pub(crate) nr_numbers: u8,
}

impl Run {
    /// Overwrites `self` with `from`. Copies only the items that either run has ever used, since a
    /// search copies for each operation.
    #[inline]
    pub fn copy_from(&mut self, from: &Self) {
        let slots = self.nr_held.max(from.nr_held) as usize;
        let handles = self.machine.nr_handles.max(from.machine.nr_handles) as usize;
        copy(&mut self.slots, &from.slots, slots);
        self.nr_held = from.nr_held;
        self.released = from.released;
        copy(&mut self.numbers, &from.numbers, handles);
        self.nr_numbers = from.nr_numbers;
        self.machine.copy_from(&from.machine);
    }
}

impl Run {
    /// Creates a machine at boot, whose callers hold nothing.
    pub fn new(topology: &Topology) -> Self {
        Run {
            machine: Machine::new(topology),
            slots: [Held::Nothing; MAX_OPS],
            nr_held: 0,
            released: 0,
            numbers: [NONE; MAX_OPS],
            nr_numbers: 0,
        }
    }

    /// Returns the resource that the caller of the operation with this index holds.
    #[inline]
    pub fn held(&self, index: usize) -> Held {
        match self.released >> index & 1 {
            0 => self.slots[index],
            _ => Held::Nothing,
        }
    }

    /// Returns a number such that no operation from this index on has ever held a resource.
    #[inline]
    pub fn nr_held(&self) -> u8 {
        self.nr_held
    }

    /// Returns the number under which callers know a handle, by the index of the handle in the
    /// machine; [`NONE`] if it was never returned.
    pub fn number_of(&self, handle: usize) -> u8 {
        self.numbers[handle]
    }

    /// Returns the number of operations that hold a resource.
    pub fn nr_outstanding(&self) -> usize {
        self.all_held()
            .filter(|&held| held != Held::Nothing)
            .count()
    }

    /// Returns the resource that the caller of each operation holds. No later operation has ever
    /// held any.
    #[inline]
    pub(crate) fn all_held(&self) -> impl Iterator<Item = Held> + Clone + '_ {
        (0..self.nr_held as usize).map(|op| self.held(op))
    }

    /// Runs the operation with this index to its end. Indexes must ascend from call to call, and be
    /// below [`MAX_OPS`].
    #[inline]
    pub fn step<M: Model, W: Watch>(
        &mut self,
        model: &M,
        index: usize,
        op: &Op,
        watch: &mut W,
    ) -> Ret {
        let mut call = Call::new(index, op);
        loop {
            match self.try_section::<M, W, true>(model, &mut call, op.kind, watch) {
                Ok(None) => {}
                Ok(Some(ret)) => return ret,
                Err(stop) => return stop.into(),
            }
        }
    }

    /// Runs one section of a call. Returns its result, or `None` if the call continues.
    #[inline]
    pub fn section<M: Model, W: Watch>(
        &mut self,
        model: &M,
        call: &mut Call,
        kind: OpKind,
        watch: &mut W,
    ) -> Option<Ret> {
        self.try_section::<M, W, false>(model, call, kind, watch)
            .unwrap_or_else(|stop| Some(stop.into()))
    }

    /// Runs one section or, with `TO_END`, all sections. Keeping the loop next to the call is what
    /// makes [`Run::step`] fast.
    #[inline]
    fn try_section<M: Model, W: Watch, const TO_END: bool>(
        &mut self,
        model: &M,
        call: &mut Call,
        kind: OpKind,
        watch: &mut W,
    ) -> Result<Option<Ret>, Stop> {
        if call.under == Under::Start {
            match self.start(model, call, kind, watch)? {
                Some(ret) => return Ok(Some(ret)),
                None => debug_assert_ne!(call.under, Under::Start),
            }
        }
        let index = call.op as usize;
        let commits = model.tree().commits;
        let (m, armed) = (&mut self.machine, &mut call.armed);
        match &mut call.under {
            Under::Start => unreachable!("the call has just been started"),
            Under::Bind(bind) => loop {
                let mut k = Kernel::new(m, armed, watch, commits);
                let mm = bind.mm;
                match model.iommu_sva_bind_device(&mut k, bind)? {
                    Flow::Next => bind.section = after(bind.section, &mut k, At::BindLock)?,
                    Flow::Done(Ok(handle)) => {
                        if handle.index() >= k.m.handles().len() {
                            // The caller dereferences every return value that is not an error.
                            return Err(k.die(Splat::NullDeref, At::GetPasid));
                        }
                        call.under = Under::BindGetPasid { mm, handle };
                        self.number(handle);
                        return Ok(None);
                    }
                    Flow::Done(Err(errno)) => {
                        k.mmput(mm, At::FreePasid)?;
                        return Ok(Some(Ret::Err(errno)));
                    }
                }
                if !TO_END {
                    return Ok(None);
                }
            },
            &mut Under::BindGetPasid { mm, handle } => {
                let died = false;
                let mut watch = Undecided { watch, died };
                let mut k = Kernel::new(m, armed, &mut watch, commits);
                let pasid = model.iommu_sva_get_pasid(&mut k, handle)?;
                k.mmput(mm, At::FreePasid)?;
                if self.machine.belongs_to_another(handle, mm) {
                    watch.watch.foreign();
                }
                self.hold(index, Held::Bind(handle));
                Ok(Some(Ret::Handle {
                    handle: self.number(handle),
                    pasid,
                }))
            }
            Under::Unbind(unbind) => loop {
                let mut k = Kernel::new(m, armed, watch, commits);
                match model.iommu_sva_unbind_device(&mut k, unbind)? {
                    Flow::Next => unbind.section = after(unbind.section, &mut k, At::UnbindLock)?,
                    Flow::Done(()) => return Ok(Some(Ret::Ok)),
                }
                if !TO_END {
                    return Ok(None);
                }
            },
        }
    }

    /// Starts a call. Returns `Some` if it needs no lock and is over at once.
    #[inline]
    fn start<M: Model, W: Watch>(
        &mut self,
        model: &M,
        call: &mut Call,
        kind: OpKind,
        watch: &mut W,
    ) -> Result<Option<Ret>, Stop> {
        let index = call.op as usize;
        let commits = model.tree().commits;
        if !kind.info().exists(commits) {
            // Without an operation that it lacks for a while, a kernel is not comparable.
            return Ok(Some(match kind.info().gap {
                Some(_) => Ret::Skipped,
                None => Ret::Lacking,
            }));
        }
        let mut k = Kernel::new(&mut self.machine, &mut call.armed, watch, commits);
        let nr_devices = k.m.nr_devices() as u32;
        let nr_mms = k.m.nr_mms() as u32;
        let alive = |k: &Kernel<'_, W>, mm: u32| mm < nr_mms && !k.m.mm(MmId::new(mm as u8)).exited;
        let (slots, released) = (&self.slots, &mut self.released);
        let is_released = |of: u32| *released >> of & 1 == 1;
        let held = |of: u32| {
            // Only an earlier operation can be named, even if a later one has run on another CPU.
            match (of as usize) < index && (call.again || !is_released(of)) {
                true => slots[of as usize],
                false => Held::Nothing,
            }
        };
        Ok(Some(match kind {
            OpKind::Bind { dev, mm } => {
                if dev >= nr_devices || !alive(&k, mm) {
                    return Ok(Some(Ret::Skipped));
                }
                let (dev, mm) = (DeviceId::new(dev as u8), MmId::new(mm as u8));
                k.mmget(mm, At::BindLock)?;
                call.under = Under::Bind(Bind {
                    dev,
                    mm,
                    section: 0,
                    handle: HandleId::NULL,
                    domain: DomainId::NULL,
                    ret: None,
                });
                return Ok(None);
            }
            OpKind::Unbind { of } => {
                let Held::Bind(handle) = held(of) else {
                    return Ok(Some(Ret::Skipped));
                };
                *released |= 1 << of;
                call.under = Under::Unbind(Unbind {
                    handle,
                    section: 0,
                    domain: DomainId::NULL,
                    dev: DeviceId::NULL,
                    pasid: 0,
                });
                return Ok(None);
            }
            OpKind::GetPasid { of } => match held(of) {
                Held::Bind(handle) => match model.iommu_sva_get_pasid(&mut k, handle)? {
                    Some(pasid) => Ret::Pasid(pasid),
                    None => Ret::Invalid,
                },
                _ => Ret::Skipped,
            },
            OpKind::Fork { mm } if alive(&k, mm) => {
                let child = k.dup_mm(MmId::new(mm as u8), At::FreePasid)?;
                child.map_or(Ret::Skipped, |mm| Ret::Mm(mm.raw()))
            }
            OpKind::Exit { mm } if alive(&k, mm) => {
                k.exit_mm(MmId::new(mm as u8), At::FreePasid)?;
                Ret::Ok
            }
            OpKind::Fork { .. } | OpKind::Exit { .. } => Ret::Skipped,
            OpKind::AllocPasid { dev } if dev < nr_devices => {
                let pasid = k.iommu_alloc_global_pasid(DeviceId::new(dev as u8))?;
                // The allocator before that commit is in a file that is not modelled.
                if k.has(CORE_PASIDS) {
                    k.decide_in_core(At::AllocPasid);
                }
                match pasid {
                    Some(pasid) => {
                        self.hold(index, Held::Pasid(pasid));
                        Ret::Pasid(pasid)
                    }
                    None => Ret::Invalid,
                }
            }
            OpKind::AllocPasid { .. } => Ret::Skipped,
            OpKind::FreePasid { of } => match held(of) {
                Held::Pasid(pasid) => {
                    *released |= 1 << of;
                    if k.has(CORE_PASIDS) {
                        k.decide(At::FreePasid);
                    }
                    k.iommu_free_global_pasid(pasid)?;
                    Ret::Ok
                }
                _ => Ret::Skipped,
            },
            OpKind::Attach { dev, pasid } => {
                if dev >= nr_devices || pasid >= MAX_PASIDS.into() {
                    return Ok(Some(Ret::Skipped));
                }
                let (dev, pasid) = (DeviceId::new(dev as u8), pasid as u16);
                let domain = match k.driver_domain_alloc(DomainType::Unmanaged)? {
                    Ok(domain) => domain,
                    Err(errno) => return Ok(Some(Ret::Err(errno))),
                };
                let attached = model.iommu_attach_device_pasid(&mut k, domain, dev, pasid)?;
                k.decide_in_core(At::AttachSet);
                match attached {
                    Ok(()) => {
                        self.hold(index, Held::Domain { dev, pasid, domain });
                        Ret::Domain(domain.raw())
                    }
                    Err(errno) => {
                        model.iommu_domain_free(&mut k, domain)?;
                        Ret::Err(errno)
                    }
                }
            }
            OpKind::Detach { of } => match held(of) {
                Held::Domain { dev, pasid, domain } => {
                    *released |= 1 << of;
                    k.decide(At::DetachErase);
                    model.iommu_detach_device_pasid(&mut k, domain, dev, pasid)?;
                    model.iommu_domain_free(&mut k, domain)?;
                    Ret::Ok
                }
                _ => Ret::Skipped,
            },
            OpKind::ResetBegin { dev } => {
                if dev >= nr_devices {
                    return Ok(Some(Ret::Skipped));
                }
                let dev = DeviceId::new(dev as u8);
                match model.pci_dev_reset_iommu_prepare(&mut k, dev)? {
                    Ok(()) => {
                        self.hold(index, Held::Reset(dev));
                        Ret::Ok
                    }
                    Err(errno) => Ret::Err(errno),
                }
            }
            OpKind::ResetDone { of } => match held(of) {
                Held::Reset(dev) => {
                    *released |= 1 << of;
                    model.pci_dev_reset_iommu_done(&mut k, dev)?;
                    Ret::Ok
                }
                _ => Ret::Skipped,
            },
            OpKind::PageRequest { dev, pasid } => {
                if dev >= nr_devices || pasid >= MAX_PASIDS.into() {
                    return Ok(Some(Ret::Skipped));
                }
                let dev = DeviceId::new(dev as u8);
                match model.page_request(&mut k, dev, pasid as u16)? {
                    Some(mm) => Ret::Mm(mm.raw()),
                    None => Ret::Invalid,
                }
            }
            OpKind::EnqcmdPasid { mm } => {
                let this = MmId::new(mm as u8);
                if mm >= nr_mms || k.m.mm(this).mm_count == 0 {
                    return Ok(Some(Ret::Skipped));
                }
                match k.m.mm(this).pasid {
                    0 => Ret::Invalid,
                    pasid => Ret::Pasid(pasid),
                }
            }
        }))
    }

    /// Makes the caller of the operation with this index hold a resource.
    #[inline]
    pub(crate) fn hold(&mut self, index: usize, held: Held) {
        self.slots[index] = held;
        // An equal run of another program may have released what its operation of this index held.
        self.released &= !(1 << index);
        self.nr_held = self.nr_held.max(index as u8 + 1);
    }

    fn number(&mut self, handle: HandleId) -> u8 {
        let number = &mut self.numbers[handle.index()];
        if *number == NONE {
            *number = self.nr_numbers;
            self.nr_numbers += 1;
        }
        *number
    }
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        self.machine == other.machine
            && self.all_held().eq(other.all_held())
            && self.numbers == other.numbers
            && self.nr_numbers == other.nr_numbers
    }
}

impl Eq for Run {}

impl Hash for Run {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.machine.hash(state);
        self.all_held().for_each(|held| held.hash(state));
        self.numbers.hash(state);
        self.nr_numbers.hash(state);
    }
}

/// Maximum number of sections of a bind or an unbind. The registered models need at most six.
const MAX_SECTIONS: u8 = 8;

/// Returns the number of the next section. Ends the run with a soft lockup if the call has run so
/// many sections that it would never return.
fn after<W: Watch>(section: u8, k: &mut Kernel<'_, W>, at: At) -> Result<u8, Stop> {
    match section + 1 {
        MAX_SECTIONS => Err(k.die(Splat::SoftLockup, at)),
        next => Ok(next),
    }
}
