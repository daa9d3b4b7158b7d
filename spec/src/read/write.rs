// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes a case as JSON, with the keys in their customary order.

use crate::case::*;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("op", self.kind.name())?;
        for (arg, value) in self.kind.args() {
            map.serialize_entry(arg.name, &value)?;
        }
        if self.again {
            map.serialize_entry("again", &true)?;
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
