// SPDX-License-Identifier: GPL-2.0-or-later
//! A case as JSON, in the order in which a person would write it.

use crate::case::*;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("op", self.kind.name())?;
        match self.kind {
            OpKind::Bind { dev, mm } => {
                map.serialize_entry("dev", &dev)?;
                map.serialize_entry("mm", &mm)?;
            }
            OpKind::Unbind { of }
            | OpKind::GetPasid { of }
            | OpKind::FreePasid { of }
            | OpKind::Detach { of } => map.serialize_entry("of", &of)?,
            OpKind::Fork { mm } | OpKind::Exit { mm } | OpKind::EnqcmdPasid { mm } => {
                map.serialize_entry("mm", &mm)?;
            }
            OpKind::AllocPasid { dev } => map.serialize_entry("dev", &dev)?,
            OpKind::Attach { dev, pasid } | OpKind::PageRequest { dev, pasid } => {
                map.serialize_entry("dev", &dev)?;
                map.serialize_entry("pasid", &pasid)?;
            }
        }
        if let Some(fault) = &self.fault {
            map.serialize_entry("fault", fault)?;
        }
        if let Some(cpu) = self.cpu {
            map.serialize_entry("cpu", &cpu)?;
        }
        map.end()
    }
}

impl Serialize for Case {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("format", FORMAT)?;
        for (key, text) in [
            ("title", &self.title),
            ("origin", &self.origin),
            ("note", &self.note),
        ] {
            if let Some(text) = text {
                map.serialize_entry(key, text)?;
            }
        }
        map.serialize_entry("topology", &self.topology)?;
        map.serialize_entry("ops", &self.ops)?;
        if let Some(schedule) = &self.schedule {
            map.serialize_entry("schedule", schedule)?;
        }
        map.end()
    }
}
