// SPDX-License-Identifier: GPL-2.0-or-later
//! The output: what one model did with a case, in the words that the JSON has.

use crate::case::Errno;
use crate::run::Ret;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// What one model did with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// One for each operation, in order; ends with the step that oopsed or hung.
    pub steps: Vec<Step>,
    /// The teardown; `None` after an oops or a hang.
    pub end: Option<End>,
    /// Of a concurrent case: the CPUs as they were really chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Vec<u8>>,
}

/// What one operation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it returned.
    pub ret: Ret,
    /// The driver callbacks within it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// The kernel's complaints within it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub splats: Vec<&'static str>,
    /// What existed after it; `None` after an oops or a hang, and in concurrent cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

impl Step {
    /// Of an operation that is not over, or never begins.
    pub(crate) fn unfinished() -> Self {
        Step {
            ret: Ret::Unfinished,
            calls: Vec::new(),
            splats: Vec::new(),
            live: None,
        }
    }
}

/// The teardown that every correct caller would do. It has the fields of a step.
pub type End = Step;

/// A callback of the IOMMU driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// `ops->domain_alloc()`.
    DomainAlloc {
        /// The number of the domain; `None` where the allocation failed.
        domain: Option<u32>,
    },
    /// `domain->ops->set_dev_pasid()`.
    SetDevPasid {
        /// Index of the device.
        dev: u32,
        /// The PASID.
        pasid: u16,
        /// The number of the domain.
        domain: u32,
        /// What it failed with, if it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        err: Option<Errno>,
    },
    /// `ops->remove_dev_pasid()`.
    RemoveDevPasid {
        /// Index of the device.
        dev: u32,
        /// The PASID.
        pasid: u16,
    },
    /// `domain->ops->free()`.
    DomainFree {
        /// The number of the domain.
        domain: u32,
    },
}

/// What exists.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Live {
    /// How many handles.
    pub handles: u32,
    /// How many domains.
    pub domains: u32,
    /// How many `struct iommu_mm_data`.
    pub mm_data: u32,
    /// The global PASIDs in use, ascending.
    pub pasids: Vec<u16>,
    /// `mm_count` of each mm; 0 is a freed one.
    pub mm_count: Vec<u32>,
    /// The entries of the groups' arrays, by group and PASID.
    pub attached: Vec<Attached>,
}

impl Call {
    /// Whether two callbacks are the same but for the numbers of domains, which are labels.
    pub fn is_like(&self, other: &Call) -> bool {
        let unnumbered = |call: &Call| match *call {
            Call::DomainAlloc { domain } => Call::DomainAlloc {
                domain: domain.map(|_| 0),
            },
            Call::SetDevPasid {
                dev, pasid, err, ..
            } => Call::SetDevPasid {
                dev,
                pasid,
                domain: 0,
                err,
            },
            Call::RemoveDevPasid { .. } => *call,
            Call::DomainFree { .. } => Call::DomainFree { domain: 0 },
        };
        unnumbered(self) == unnumbered(other)
    }
}

impl Live {
    /// Whether the same exists but for the numbers of domains, which are labels, and for
    /// `mm_data`, which 6.7 has not.
    pub fn is_like(&self, other: &Live) -> bool {
        let unnumbered = |live: &Live| {
            let mut live = live.clone();
            live.mm_data = 0;
            for entry in &mut live.attached {
                entry.domain = entry.domain.map(|_| 0);
            }
            live
        };
        unnumbered(self) == unnumbered(other)
    }
}

/// An entry of a group's `pasid_array`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Attached {
    /// The group.
    pub group: u8,
    /// The PASID.
    pub pasid: u16,
    /// The number of the domain; `None` for an entry that is only reserved.
    pub domain: Option<u32>,
    /// The entry points at freed memory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub freed: bool,
}

/// In JSON a return value is a word, or an object with what it carries.
impl Serialize for Ret {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let one = |s: S, key: &'static str, value: u32| {
            let mut map = s.serialize_map(Some(1))?;
            map.serialize_entry(key, &value)?;
            map.end()
        };
        match *self {
            Ret::Ok => s.serialize_str("ok"),
            Ret::Invalid => s.serialize_str("invalid"),
            Ret::Skipped => s.serialize_str("skipped"),
            Ret::Oops => s.serialize_str("oops"),
            Ret::Hang => s.serialize_str("hang"),
            Ret::Unfinished => s.serialize_str("unfinished"),
            Ret::Pasid(pasid) => one(s, "pasid", pasid.into()),
            Ret::Mm(mm) => one(s, "mm", mm.into()),
            Ret::Domain(domain) => one(s, "domain", domain.into()),
            Ret::Handle { handle, pasid } => {
                let mut map = s.serialize_map(Some(2))?;
                map.serialize_entry("handle", &handle)?;
                map.serialize_entry("pasid", &pasid)?;
                map.end()
            }
            Ret::Err(errno) => {
                let mut map = s.serialize_map(Some(1))?;
                map.serialize_entry("err", &errno)?;
                map.end()
            }
        }
    }
}
