// SPDX-License-Identifier: GPL-2.0-or-later
//! JSON Schemas of cases and traces, made from the types and from the tables that the reader works
//! from. Only built with the feature `schema`.
//!
//! Most types derive theirs. Those here have a form in JSON that differs from their fields.

use crate::case::{FORMAT, MAX_CPUS, MAX_OPS, MAX_PASIDS, MAX_SCHEDULE, Topology};
use crate::fault::{Errno, Fault, Site};
use crate::op::{Refers, Resource};
use crate::pasid::FIRST_ERROR;
use crate::{Case, Op, OpCode, Ret, Splat};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Implements [`JsonSchema`] for a type whose JSON is one of a list of names.
macro_rules! words {
    ($($type:ty, $name:literal, $says:literal;)*) => { $(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let names: Vec<&str> = Self::ALL.iter().map(|this| this.name()).collect();
                json_schema!({ "description": $says, "enum": names })
            }
        }
    )* };
}

words! {
    Errno, "errno", "The name of an error, as in the kernel.";
    Site, "site", "A place where a fault can be injected.";
    OpCode, "op_name", "The name of an operation.";
}

/// A PASID as callers see it. 6.4 also returns errors of its allocator as PASIDs.
#[derive(Clone, Copy, Debug)]
pub struct Pasid;

impl JsonSchema for Pasid {
    fn schema_name() -> Cow<'static, str> {
        "pasid".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A PASID. 6.4 also returns an error as a PASID, such as 4294967268 for \
                            -ENOSPC.",
            "type": "integer",
            "anyOf": [
                {"minimum": 0, "maximum": MAX_PASIDS - 1},
                {"minimum": crate::pasid::number(FIRST_ERROR), "maximum": u32::MAX},
            ],
        })
    }
}

/// The text of a complaint of the kernel.
#[derive(Clone, Copy, Debug)]
pub struct SplatText;

impl JsonSchema for SplatText {
    fn schema_name() -> Cow<'static, str> {
        "splat".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let texts: Vec<&str> = Splat::ALL.iter().map(|splat| splat.text()).collect();
        json_schema!({ "description": "A complaint of the kernel.", "enum": texts })
    }
}

impl JsonSchema for Fault {
    fn schema_name() -> Cow<'static, str> {
        "fault".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let sites = Site::ALL.iter().map(|site| {
            let errnos: Vec<&str> = site.errnos().iter().map(|errno| errno.name()).collect();
            json!({"properties": {"site": {"const": site.name()}, "errno": {"enum": errnos}}})
        });
        json_schema!({
            "description": "A fault to inject while the operation runs.",
            "type": "object",
            "properties": {
                "site": {
                    "description": "The site that fails.",
                    "enum": Site::ALL.map(Site::name),
                },
                "nth": {
                    "description": "Which arrival at the site fails, counted from 1; 0 fails \
                                    every arrival.",
                    "type": "integer", "minimum": 0, "maximum": u32::MAX,
                },
                "errno": {
                    "description": "The error that the site fails with.",
                    "enum": Errno::ALL.map(Errno::name),
                },
            },
            "required": ["site", "nth", "errno"],
            "additionalProperties": false,
            "oneOf": sites.collect::<Vec<Value>>(),
        })
    }
}

/// Describes an argument of an operation.
fn means(refers: Refers) -> &'static str {
    match refers {
        Refers::Device => "Index of a device.",
        Refers::Mm(_) => "Index of an mm: those of the topology first, then forked ones.",
        Refers::Pasid => "A PASID, which may be out of range.",
        Refers::Op(Resource::Handle) => "Index of an earlier bind.",
        Refers::Op(Resource::Pasid) => "Index of an earlier alloc_pasid.",
        Refers::Op(Resource::Domain) => "Index of an earlier attach.",
        Refers::Op(Resource::Reset) => "Index of an earlier reset_begin.",
    }
}

impl JsonSchema for Op {
    fn schema_name() -> Cow<'static, str> {
        "op".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fault = generator.subschema_for::<Fault>();
        let cpu = json!({
            "description": "The CPU that runs it, in a concurrent case.",
            "type": "integer", "minimum": 0, "maximum": MAX_CPUS - 1,
        });
        let each = OpCode::ALL.iter().map(|code| {
            let info = code.info();
            let mut keys = Map::new();
            keys.insert("op".to_owned(), json!({ "const": code.name() }));
            for arg in info.args {
                let says = means(arg.refers);
                let index = json!({
                    "description": says,
                    "type": "integer", "minimum": 0, "maximum": u32::MAX,
                });
                keys.insert(arg.name.to_owned(), index);
            }
            let required: Vec<String> = keys.keys().cloned().collect();
            if info.again {
                let again = json!({
                    "description": "Whether it runs even if its resource was released already.",
                    "type": "boolean",
                });
                keys.insert("again".to_owned(), again);
            }
            keys.insert("fault".to_owned(), fault.clone().to_value());
            keys.insert("cpu".to_owned(), cpu.clone());
            json!({
                "title": code.name(),
                "type": "object",
                "properties": keys,
                "required": required,
                "additionalProperties": false,
            })
        });
        json_schema!({
            "description": "One operation, with its injected fault.",
            "oneOf": each.collect::<Vec<Value>>(),
        })
    }
}

impl JsonSchema for Case {
    fn schema_name() -> Cow<'static, str> {
        "case".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (topology, op) = (
            generator.subschema_for::<Topology>(),
            generator.subschema_for::<Op>(),
        );
        let concurrent = json!({"required": ["cpu"], "properties": {"again": {"const": false}}});
        json_schema!({
            "description": "The input of a run: a topology, and the operations on it. Either all \
                            operations have a cpu or none; a schedule requires them.",
            "type": "object",
            "properties": {
                "format": {"description": "The kind and the version of the file.", "const": FORMAT},
                "title": {"description": "One line for people.", "type": "string"},
                "origin": {
                    "description": "Message-ID or URL of the case's origin.",
                    "type": "string",
                },
                "note": {"description": "A note for people.", "type": "string"},
                "topology": topology,
                "ops": {
                    "description": "The operations, in order.",
                    "type": "array", "items": op, "maxItems": MAX_OPS,
                },
                "schedule": {
                    "description": "The CPU that runs each section, in order.",
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0, "maximum": MAX_CPUS - 1},
                    "maxItems": MAX_SCHEDULE,
                },
            },
            "required": ["topology", "ops"],
            "additionalProperties": false,
            "anyOf": [
                {
                    "title": "sequential",
                    "properties": {
                        "schedule": false,
                        "ops": {"items": {"properties": {"cpu": false}}},
                    },
                },
                {"title": "concurrent", "properties": {"ops": {"items": concurrent}}},
            ],
        })
    }
}

impl JsonSchema for Ret {
    fn schema_name() -> Cow<'static, str> {
        "ret".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let pasid = generator.subschema_for::<Pasid>();
        let errno = generator.subschema_for::<Errno>();
        let number = |says: &str| json!({"description": says, "type": "integer", "minimum": 0, "maximum": u8::MAX});
        let object = |keys: Value| {
            let required: Vec<&String> = keys.as_object().into_iter().flat_map(Map::keys).collect();
            json!({
                "type": "object",
                "required": required,
                "properties": keys.clone(),
                "additionalProperties": false,
            })
        };
        json_schema!({
            "description": "What an operation returned.",
            "oneOf": [
                {"enum": ["ok", "invalid", "skipped", "oops", "hang", "unfinished"]},
                object(json!({
                    "handle": number("The number of the handle: equal numbers are equal pointers."),
                    "pasid": {
                        "description": "Its PASID; null for IOMMU_PASID_INVALID.",
                        "anyOf": [pasid, {"type": "null"}],
                    },
                })),
                object(json!({"pasid": pasid})),
                object(json!({"mm": number("The index of an mm.")})),
                object(json!({"domain": number("The number of a driver's domain.")})),
                object(json!({"err": errno})),
            ],
        })
    }
}
