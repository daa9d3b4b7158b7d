// SPDX-License-Identifier: GPL-2.0-or-later
//! Makes steps of the trail of a call.

use super::words::{complains, decided, function};
use super::{Kind, LineOf, Step};
use crate::models::AnyModel;
use crate::report;
use spec::revision::Commit;
use spec::trail::Event;
use spec::{At, Decision, Model, Op, OpCode, Site};

/// Returns the steps of a stretch. `op` is what runs; a release of the teardown runs like the
/// operation that a caller would make.
pub fn steps(model: AnyModel, op: &Op, events: &[Event]) -> Vec<Step> {
    let mut teller = Teller {
        model,
        op,
        events,
        function: entry(op.kind.code()),
        steps: Vec::new(),
        told: Vec::new(),
    };
    for at in 0..events.len() {
        teller.event(at);
    }
    teller.steps
}

/// Returns where a check stands that is passed, or what is done without an error, seen from the line
/// of its anchor: most anchors are lines that a check leads to if it fails.
fn stands(at: At) -> LineOf {
    match at {
        At::NotCompatible
        | At::Unsupported
        | At::Overflow
        | At::NoMmData
        | At::NoHandle
        | At::MatchHandle
        | At::NotLastUser => LineOf::Before,
        At::NoPasid => LineOf::After,
        _ => LineOf::At,
    }
}

/// The functions that operations call.
const ENTRIES: &[(OpCode, &str)] = &[
    (OpCode::Bind, "iommu_sva_bind_device"),
    (OpCode::Unbind, "iommu_sva_unbind_device"),
    (OpCode::GetPasid, "iommu_sva_get_pasid"),
    (OpCode::Attach, "iommu_attach_device_pasid"),
    (OpCode::Detach, "iommu_detach_device_pasid"),
    (OpCode::AllocPasid, "iommu_alloc_global_pasid"),
    (OpCode::FreePasid, "iommu_free_global_pasid"),
    (OpCode::PageRequest, "iommu_report_device_fault"),
    (OpCode::ResetBegin, "pci_dev_reset_iommu_prepare"),
    (OpCode::ResetDone, "pci_dev_reset_iommu_done"),
    (OpCode::EnqcmdPasid, "mm_get_enqcmd_pasid"),
    (OpCode::Fork, "dup_mm"),
    (OpCode::Exit, "mmput"),
];

/// Returns the function that an operation calls; an operation that is not in the table has the name
/// of its function.
fn entry(code: OpCode) -> &'static str {
    let mut all = ENTRIES.iter();
    let found = all.find(|(this, _)| *this == code);
    found.map_or(code.name(), |(_, function)| function)
}

struct Teller<'a> {
    model: AnyModel,
    op: &'a Op,
    events: &'a [Event],
    /// The function that the call is in.
    function: &'static str,
    steps: Vec<Step>,
    /// The anchors of which a step was told already.
    told: Vec<At>,
}

impl Teller<'_> {
    fn has(&self, commit: Commit) -> bool {
        self.model.tree().has(commit)
    }

    fn push(&mut self, at: Option<At>, kind: Kind, what: impl Into<String>) {
        self.push_near(LineOf::At, at, kind, what);
    }

    fn push_near(&mut self, place: LineOf, at: Option<At>, kind: Kind, what: impl Into<String>) {
        let has_line = |at: &At| self.model.tree().line(*at).is_some();
        let step = Step {
            function: self.function,
            at: at.filter(has_line),
            place,
            what: what.into(),
            kind,
        };
        // A list that is walked makes the same step again and again.
        if self.steps.last() != Some(&step) {
            self.steps.push(step);
        }
    }

    /// Tells something once in a stretch.
    fn once(&mut self, at: At, what: &'static str) {
        if !self.told.contains(&at) {
            self.told.push(at);
            self.function = function(self.model, at);
            self.push_near(stands(at), Some(at), Kind::Does, what);
        }
    }

    fn event(&mut self, at: usize) {
        match self.events[at] {
            Event::Pass(anchor) => self.pass(at, anchor),
            Event::Core(anchor) => self.core(at, anchor),
            Event::Lock(taken) => self.lock(at, taken),
            Event::Decide(decision) => self.decide(at, decision),
            Event::Call(call) => {
                if let spec::trace::Call::DomainAlloc { .. } = call
                    && self.op.kind.code() == OpCode::Bind
                {
                    self.function = "iommu_sva_domain_alloc";
                }
                self.push(None, Kind::Driver, report::call(&call));
            }
            Event::Splat(splat, anchor) => {
                self.function = function(self.model, anchor);
                self.push(Some(anchor), Kind::Complains, complains(splat));
            }
        }
    }

    fn lock(&mut self, at: usize, taken: bool) {
        let before = at.checked_sub(1).map(|before| self.events[before]);
        let Some(Event::Pass(anchor)) = before else {
            return;
        };
        self.function = function(self.model, anchor);
        match taken {
            true => self.push(Some(anchor), Kind::Does, "takes iommu_sva_lock"),
            // The anchor is that of the lock.
            false => self.push(None, Kind::Does, "releases iommu_sva_lock"),
        }
    }

    /// Returns whether one of the events after this one is a decision at an anchor.
    fn is_decided_later(&self, at: usize, anchor: At) -> bool {
        let decided = |event: &Event| matches!(event, Event::Decide(this) if this.at == anchor);
        self.events[at..].iter().any(decided)
    }

    fn pass(&mut self, at: usize, anchor: At) {
        let later = &self.events[at + 1..];
        let fails = self.is_decided_later(at, anchor);
        match anchor {
            At::Unsupported if !fails => self.once(anchor, "the device supports PASIDs"),
            At::NotCompatible if !fails => self.once(anchor, "devices can use the mm"),
            At::Overflow if !fails => {
                let allocates = |event: &Event| {
                    matches!(
                        event,
                        Event::Pass(At::NoMmData | At::NoPasid | At::AllocPasid)
                            | Event::Core(At::AllocPasid | At::AllocPasidUnsupported)
                    )
                };
                if !later.iter().any(allocates) {
                    self.once(anchor, "the mm has a PASID, and the device supports it");
                }
            }
            At::NoMmData if !fails => self.once(anchor, "allocates struct iommu_mm_data"),
            At::AllocPasid if self.op.kind.code() == OpCode::Bind => {
                let in_core = self.events[..at].contains(&Event::Core(At::AllocPasid));
                if !in_core {
                    self.told.push(anchor);
                }
            }
            At::NoPasid if !fails => {
                let tried = |event: &Event| {
                    matches!(
                        event,
                        Event::Pass(At::AllocPasid) | Event::Core(At::AllocPasid)
                    )
                };
                if self.events[..at].iter().any(tried) {
                    self.once(anchor, "the mm gets a new PASID");
                }
            }
            At::MatchHandle if !self.is_decided_later(at, At::Reuse) => {
                self.once(anchor, "no handle of the mm is for this device");
            }
            At::NoHandle if !fails => self.once(anchor, "allocates the handle"),
            At::SetUsers => self.once(anchor, "the handle has one user"),
            At::Store => self.once(anchor, "the handle gets its device"),
            At::FreeHandle | At::UnbindFree => self.once(anchor, "frees the handle"),
            At::Unbind => self.once(anchor, "reads the handle"),
            At::NotLastUser if !fails => self.once(anchor, "drops the last user of the handle"),
            At::UnlistHandle => self.once(anchor, "takes the handle off the list of the mm"),
            At::UnlistMm => self.once(anchor, "reads the iommu_mm of the domain that was freed"),
            At::GetPasid => self.once(anchor, "reads the PASID of the mm"),
            At::DomainFree => self.once(anchor, "reads the domain, to free it"),
            At::DetachErase => self.detach(at),
            At::DetachGroup => self.function = function(self.model, anchor),
            _ => {}
        }
    }

    /// The entry is erased after the driver was called.
    fn detach(&mut self, at: usize) {
        self.function = function(self.model, At::DetachErase);
        let mut later = self.events[at + 1..].iter();
        let more = later.find(|event| !matches!(event, Event::Call(_)));
        let goes_on = matches!(more, Some(Event::Pass(At::DetachErase | At::DetachGroup)));
        if !goes_on {
            self.push(
                Some(At::DetachErase),
                Kind::Does,
                "erases the entry of the PASID",
            );
        }
    }

    fn core(&mut self, at: usize, anchor: At) {
        self.function = function(self.model, anchor);
        let later = &self.events[at + 1..];
        let (kind, what) = match anchor {
            At::GetDomain => {
                let reads = later.iter();
                let reads = reads.take_while(|event| **event == Event::Pass(At::GetDomain));
                // The lookup itself reads the entry, and in the later design the group.
                let empty = match self.model {
                    AnyModel::V67(_) | AnyModel::V68(_) => 1,
                    AnyModel::V612(_) => 2,
                };
                match (reads.count() > empty, self.model) {
                    (true, AnyModel::V612(_)) => (Kind::Does, "finds a handle at the PASID"),
                    (true, _) => (Kind::Does, "finds a domain at the PASID"),
                    (false, _) => (Kind::Does, "finds nothing at the PASID"),
                }
            }
            At::AttachEntry => {
                let (kind, what) = self.entry(later);
                let place = match (kind, self.model) {
                    // Up to 6.10, the anchor is the line that a taken entry leads to.
                    (Kind::Does, AnyModel::V67(_) | AnyModel::V68(_)) => LineOf::Before,
                    _ => LineOf::At,
                };
                self.push_near(place, Some(anchor), kind, what);
                return;
            }
            At::AttachSet => (
                Kind::Does,
                "asks the driver to set the PASID on the group's devices",
            ),
            At::SvaDomainAlloc => (Kind::Does, "asks the driver for a domain"),
            At::AllocPasid => (Kind::Does, "asks the IDA for a PASID"),
            _ => (Kind::Decides, decided(anchor)),
        };
        self.push(Some(anchor), kind, what);
    }

    /// Tells what becomes of the entry of a PASID.
    fn entry(&self, later: &[Event]) -> (Kind, &'static str) {
        let next = later.iter().find_map(|event| match event {
            Event::Core(at) => Some(*at),
            Event::Decide(_) => Some(At::AttachEntry),
            _ => None,
        });
        let faulty = self
            .op
            .fault
            .is_some_and(|fault| fault.site == Site::PasidArray);
        let lenient = impl_v67::revisions::DETACH_LAST_BUSY_IS_OK;
        match next {
            Some(At::AttachSet) => (Kind::Does, "stores into the empty entry of the PASID"),
            _ if self.has(lenient) => (
                Kind::Decides,
                "the entry of the PASID is taken, which counts as attached, or has no memory",
            ),
            _ if faulty => (
                Kind::Decides,
                "the entry of the PASID is taken, or there is no memory for it",
            ),
            _ => (Kind::Decides, "the entry of the PASID is taken"),
        }
    }

    fn decide(&mut self, at: usize, decision: Decision) {
        let Decision {
            at: anchor,
            because,
        } = decision;
        // What a complaint or the core has just said is not said again.
        let before = at.checked_sub(1).map(|before| self.events[before]);
        let is_death =
            matches!(before, Some(Event::Splat(splat, at)) if splat.is_fatal() && at == anchor);
        let of_core = self.events[..at].contains(&Event::Core(anchor));
        let is_entry = anchor == At::DetachErase;
        if is_death || of_core || is_entry {
            return;
        }
        self.function = function(self.model, anchor);
        let what = match because {
            Some(core) if core != At::AttachSet || anchor == At::AttachFailed => {
                format!(
                    "{}, after {}()",
                    decided(anchor),
                    function(self.model, core)
                )
            }
            _ => decided(anchor).to_owned(),
        };
        self.push(Some(anchor), Kind::Decides, what);
    }
}
