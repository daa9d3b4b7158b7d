// SPDX-License-Identifier: GPL-2.0-or-later
//! Universe files.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;
use spec::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS, MAX_OPS, MAX_PASIDS};
use spec::{OpCode, Site, Topology};
use std::borrow::Cow;
use svadiff::universe::{MOST_CPUS, MOST_PASIDS};

/// What a search covers. The keys that are left out have defaults.
#[derive(Clone, Copy, Debug)]
pub struct Universe;

impl JsonSchema for Universe {
    fn schema_name() -> Cow<'static, str> {
        "universe".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let site = generator.subschema_for::<Site>();
        let op = generator.subschema_for::<OpCode>();
        let topology = generator.subschema_for::<Topology>();
        let limit = |says: &str, [least, most]: [usize; 2]| {
            json!({
                "description": says,
                "type": ["integer", "null"], "minimum": least, "maximum": most,
            })
        };
        let number =
            |key: &str| json!({"required": [key], "properties": {key: {"type": "integer"}}});
        json_schema!({
            "description": "What a search covers. Every key can be left out.",
            "type": "object",
            "properties": {
                "format": {
                    "description": "The kind and the version of the file.",
                    "const": "svadiff-universe/1",
                },
                "devices": {
                    "description": "How many devices.",
                    "type": "integer", "minimum": 1, "maximum": MAX_DEVICES,
                },
                "groups": {
                    "description": "Every grouping of the devices, a group for each, one for \
                                    all, or the group of each device.",
                    "anyOf": [
                        {"enum": ["every", "own", "one"]},
                        {
                            "type": "array",
                            "items": {"type": "integer", "minimum": 0, "maximum": MAX_GROUPS - 1},
                            "minItems": 1, "maxItems": MAX_DEVICES,
                        },
                    ],
                },
                "max_pasids": {
                    "description": "One limit for all devices, or one for each.",
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0, "maximum": MAX_PASIDS},
                    "minItems": 1, "maxItems": MAX_DEVICES,
                },
                "mms": {
                    "description": "How many mms.",
                    "type": "integer", "minimum": 1, "maximum": MAX_MMS,
                },
                "topologies": {
                    "description": "Topologies, instead of devices, groups, max_pasids and mms.",
                    "type": "array", "items": topology, "minItems": 1, "maxItems": 1000,
                    "uniqueItems": true,
                },
                "ops": limit("The longest sequence; null for any length.", [0, MAX_OPS]),
                "binds": limit(
                    "The most operations that hold something at the same time; null for no limit.",
                    [1, MAX_OPS - 1],
                ),
                "cpus": {
                    "description": "How many CPUs run the operations.",
                    "type": "integer", "minimum": 1, "maximum": MOST_CPUS,
                },
                "pasids": {
                    "description": "The PASIDs that operations name.",
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0, "maximum": MAX_PASIDS - 1},
                    "minItems": 1, "maxItems": MOST_PASIDS,
                },
                "only": {
                    "description": "The operations.",
                    "type": "array", "items": op, "minItems": 1, "maxItems": OpCode::COUNT,
                },
                "faults": {
                    "description": "The sites that can fail, or all.",
                    "anyOf": [
                        {"const": "all"},
                        {"type": "array", "items": site, "maxItems": Site::COUNT},
                    ],
                },
            },
            "additionalProperties": false,
            "allOf": [
                {
                    "description": "Topologies stand alone.",
                    "anyOf": [
                        {"properties": {"topologies": false}},
                        {"properties": {
                            "devices": false, "groups": false, "max_pasids": false, "mms": false,
                        }},
                    ],
                },
                {
                    "description": "One of ops and binds is a number, or both are left out.",
                    "anyOf": [
                        {"properties": {"ops": false, "binds": false}},
                        number("ops"),
                        number("binds"),
                    ],
                },
                {
                    "description": "Several CPUs need ops and exclude binds.",
                    "if": {"required": ["cpus"], "properties": {"cpus": {"minimum": 2}}},
                    "then": {"properties": {
                        "ops": {"type": "integer"},
                        "binds": {"type": "null"},
                    }},
                },
            ],
        })
    }
}
