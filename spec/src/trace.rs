// SPDX-License-Identifier: GPL-2.0-or-later
//! The output: the observable behaviour of one model in a case, with the structure of the JSON.

use crate::case::Errno;
use crate::pasid;
use crate::run::Ret;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// The observable behaviour of one model in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "trace"))]
pub struct Trace {
    /// The steps of the operations, in order; the last may be the one that oopsed or hung.
    #[cfg_attr(feature = "schema", schemars(length(max = crate::case::MAX_OPS)))]
    pub steps: Vec<Step>,
    /// The teardown; `None` after an oops or a hang.
    pub end: Option<End>,
    /// For a concurrent case: the CPU that ran each section.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<u8>"))]
    pub schedule: Option<Vec<u8>>,
}

/// The observable behaviour of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "step"))]
pub struct Step {
    /// The return value.
    pub ret: Ret,
    /// The driver callbacks, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// The kernel's complaints, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::schema::SplatText>"))]
    pub splats: Vec<&'static str>,
    /// The objects that existed after it; `None` after an oops or a hang, and in concurrent cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Live"))]
    pub live: Option<Live>,
}

impl Step {
    /// Returns the step of an operation that has not finished or not started.
    pub(crate) fn unfinished() -> Self {
        Step {
            ret: Ret::Unfinished,
            calls: Vec::new(),
            splats: Vec::new(),
            live: None,
        }
    }
}

/// The teardown that every correct caller performs. It has the fields of a step.
pub type End = Step;

/// A callback of the IOMMU driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "call", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "call"))]
pub enum Call {
    /// `ops->domain_alloc()`.
    DomainAlloc {
        /// The number of the domain; `None` if the allocation failed.
        domain: Option<u32>,
    },
    /// `domain->ops->set_dev_pasid()`.
    SetDevPasid {
        /// Index of the device.
        dev: u32,
        /// The PASID.
        #[serde(with = "crate::pasid")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Pasid"))]
        pasid: u16,
        /// The number of the domain.
        domain: u32,
        /// The error, if it failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schemars(with = "Errno"))]
        err: Option<Errno>,
    },
    /// `ops->remove_dev_pasid()`.
    RemoveDevPasid {
        /// Index of the device.
        dev: u32,
        /// The PASID.
        #[serde(with = "crate::pasid")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Pasid"))]
        pasid: u16,
    },
    /// `domain->ops->free()`.
    DomainFree {
        /// The number of the domain.
        domain: u32,
    },
}

/// Numbers and states of the objects that exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "live"))]
pub struct Live {
    /// Number of handles.
    pub handles: u32,
    /// Number of domains.
    pub domains: u32,
    /// Number of `struct iommu_mm_data`.
    pub mm_data: u32,
    /// The global PASIDs in use, ascending.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::schema::Pasid>"))]
    pub pasids: Vec<u16>,
    /// `mm_count` of each mm; 0 for a freed one.
    pub mm_count: Vec<u32>,
    /// The entries of the groups' arrays, by group and PASID.
    pub attached: Vec<Attached>,
}

impl Call {
    /// Returns the callback with 0 as the number of its domain, because that is a label.
    pub fn unnumbered(&self) -> Call {
        match *self {
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
            Call::RemoveDevPasid { .. } => *self,
            Call::DomainFree { .. } => Call::DomainFree { domain: 0 },
        }
    }

    /// Returns whether two callbacks are equal up to the numbers of domains, which are labels.
    pub fn is_like(&self, other: &Call) -> bool {
        self.unnumbered() == other.unnumbered()
    }
}

impl Live {
    /// Returns whether the same objects exist, up to the numbers of domains, which are labels, and
    /// `mm_data`, which 6.7 does not have.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields, rename = "attached"))]
pub struct Attached {
    /// The group.
    pub group: u8,
    /// The PASID.
    #[serde(with = "crate::pasid")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Pasid"))]
    pub pasid: u16,
    /// The number of the domain; `None` for an entry that is only reserved.
    pub domain: Option<u32>,
    /// Whether the entry points at freed memory.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub freed: bool,
}

/// Serializes as a word, or as an object with the value that it carries.
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
            Ret::Skipped | Ret::Lacking => s.serialize_str("skipped"),
            Ret::Oops => s.serialize_str("oops"),
            Ret::Hang => s.serialize_str("hang"),
            Ret::Unfinished => s.serialize_str("unfinished"),
            Ret::Pasid(pasid) => one(s, "pasid", pasid::number(pasid)),
            Ret::Mm(mm) => one(s, "mm", mm.into()),
            Ret::Domain(domain) => one(s, "domain", domain.into()),
            Ret::Handle { handle, pasid } => {
                let mut map = s.serialize_map(Some(2))?;
                map.serialize_entry("handle", &handle)?;
                map.serialize_entry("pasid", &pasid.map(pasid::number))?;
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
