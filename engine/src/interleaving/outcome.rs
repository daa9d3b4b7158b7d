// SPDX-License-Identifier: GPL-2.0-or-later
//! The outcomes of a program, whatever the schedule.

use crate::judge::View;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use spec::record::Recording;
use spec::trace::Live;
use spec::{Ret, Splat};

/// The observations of callers and dmesg during a run, and the objects that still exist after the
/// teardown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The return values of the operations. Handles are numbered in the order in which they were
    /// first returned, so equal numbers are equal handles.
    pub rets: Vec<Ret>,
    /// The splats: first those of the operations, in their order, then those of the teardown.
    pub splats: Vec<Splat>,
    /// The objects that exist after the teardown; `None` if the kernel died.
    pub leaked: Option<Leaked>,
}

/// The objects that exist after the teardown. If all fields are empty, nothing leaked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Leaked {
    /// The number of handles.
    pub handles: u32,
    /// The number of domains.
    pub domains: u32,
    /// The global PASIDs in use.
    pub pasids: Vec<u16>,
    /// The `mm_count` of each mm; empty if all are 0.
    pub mm_count: Vec<u32>,
    /// The entries of the groups' arrays, if nothing else exists: the group, the PASID, and whether
    /// the entry points at freed memory. Other objects that still exist imply their entries.
    pub attached: Vec<(u8, u16, bool)>,
}

impl Leaked {
    pub(super) fn of(live: &Live) -> Self {
        let mut leaked = Leaked {
            handles: live.handles,
            domains: live.domains,
            pasids: live.pasids.clone(),
            ..Leaked::default()
        };
        if live.mm_count.iter().any(|&count| count != 0) {
            leaked.mm_count.clone_from(&live.mm_count);
        }
        if leaked.is_nothing() {
            let entries = live.attached.iter();
            leaked.attached = entries
                .map(|entry| (entry.group, entry.pasid, entry.freed))
                .collect();
        }
        leaked
    }

    /// Returns whether nothing exists.
    pub fn is_nothing(&self) -> bool {
        let Leaked {
            handles,
            domains,
            pasids,
            mm_count,
            attached,
        } = self;
        let lists = pasids.is_empty() && mm_count.is_empty() && attached.is_empty();
        (handles, domains) == (&0, &0) && lists
    }
}

impl Outcome {
    /// Returns the outcome of a recorded run.
    pub fn of(recording: &Recording) -> Outcome {
        let steps = recording.steps.iter();
        let end = recording.end.iter().map(|(_, note)| note);
        let splats = steps.chain(end).flat_map(|note| &note.splats);
        let end = recording.trace.end.as_ref();
        Outcome {
            rets: recording.trace.steps.iter().map(|step| step.ret).collect(),
            splats: splats.map(|&(splat, _)| splat).collect(),
            leaked: end.and_then(|end| end.live.as_ref()).map(Leaked::of),
        }
    }

    /// Returns whether no kernel may have this outcome: it contains a splat, a death or a leak.
    pub fn is_forbidden(&self) -> bool {
        let is_leak = |leaked: &Leaked| !leaked.is_nothing();
        !self.splats.is_empty() || self.leaked.as_ref().is_none_or(is_leak)
    }

    /// Returns the part of the outcome that these views compare, without labels: a handle is
    /// replaced by the index of the first operation that returned it, and the number of a domain by
    /// 0.
    pub fn seen(&self, views: &[View]) -> Outcome {
        let first = |number: u8| {
            let is_it = |ret: &Ret| matches!(ret, Ret::Handle { handle, .. } if *handle == number);
            self.rets.iter().position(is_it).unwrap_or_default() as u8
        };
        let died = self.leaked.is_none();
        let looks_at = |view| views.contains(&view);
        let ret = |ret: &Ret| match *ret {
            // A death is compared in every view.
            Ret::Oops | Ret::Hang => *ret,
            _ if !looks_at(View::Api) || died && *ret == Ret::Unfinished => Ret::Ok,
            Ret::Handle { handle, pasid } => Ret::Handle {
                handle: first(handle),
                pasid,
            },
            Ret::Domain(_) => Ret::Domain(0),
            // That a kernel does not have the operation is no difference to one where it succeeds.
            Ret::Lacking => Ret::Ok,
            other => other,
        };
        Outcome {
            rets: self.rets.iter().map(ret).collect(),
            splats: match looks_at(View::Splat) {
                true => self.splats.clone(),
                false => Vec::new(),
            },
            leaked: match looks_at(View::Leak) {
                true => self.leaked.clone(),
                false => self.leaked.as_ref().map(|_| Leaked::default()),
            },
        }
    }

    /// Returns a sort key that does not depend on the exploration.
    pub(crate) fn key(&self) -> String {
        serde_json::to_string(self).expect("an outcome has nothing that JSON has not")
    }
}

impl Serialize for Outcome {
    /// Writes the return values, the splats in order, and the leaked objects.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let splats: Vec<&str> = self.splats.iter().map(|splat| splat.text()).collect();
        let mut all = to.serialize_map(Some(3))?;
        all.serialize_entry("rets", &self.rets)?;
        all.serialize_entry("splats", &splats)?;
        all.serialize_entry("leaked", &self.leaked)?;
        all.end()
    }
}

impl Serialize for Leaked {
    /// Writes only the fields that are not empty. Entries of the groups' arrays are written only if
    /// nothing else exists.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut all = to.serialize_map(None)?;
        if !self.attached.is_empty() {
            let entries = self.attached.iter();
            let entries: Vec<_> = entries.map(|&entry| Attached::from(entry)).collect();
            all.serialize_entry("attached", &entries)?;
        }
        for (name, count) in [("handles", self.handles), ("domains", self.domains)] {
            if count != 0 {
                all.serialize_entry(name, &count)?;
            }
        }
        if !self.pasids.is_empty() {
            all.serialize_entry("pasids", &self.pasids)?;
        }
        if !self.mm_count.is_empty() {
            all.serialize_entry("mm_count", &self.mm_count)?;
        }
        all.end()
    }
}

/// An entry of a group's array.
#[derive(Serialize)]
struct Attached {
    group: u8,
    pasid: u16,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    freed: bool,
}

impl From<(u8, u16, bool)> for Attached {
    fn from((group, pasid, freed): (u8, u16, bool)) -> Self {
        Attached {
            group,
            pasid,
            freed,
        }
    }
}
