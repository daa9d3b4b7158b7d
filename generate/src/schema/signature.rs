// SPDX-License-Identifier: GPL-2.0-or-later
//! Signatures: the causes of differences.

use super::names::{ModelName, Text};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use spec::OpCode;
use spec::schema::SplatText;
use std::borrow::Cow;

/// A line of the kernel's source that decided or complained.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "citation", deny_unknown_fields)]
pub struct Citation {
    /// The path of the file below the root of the kernel's tree.
    pub file: Text,
    /// The line, from 1.
    #[schemars(range(min = 1))]
    pub line: u32,
    /// The revision that has the file.
    pub revision: ModelName,
    /// The name of the decision or complaint, the same in every revision. Files of 0.1.0 have none.
    #[schemars(skip_serializing_if = "absent")]
    pub anchor: Text,
}

/// What an operation returned on one side, and the lines that decided it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "returned", deny_unknown_fields)]
pub struct Returned {
    /// The kind of the return value.
    pub returned: RetKind,
    /// The line that decided, then the line whose result it propagated.
    pub decided_by: Vec<Citation>,
}

/// The cause of a difference between two models, or of a misbehaviour of one.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature", untagged)]
pub enum Signature {
    /// An operation returned different values.
    Returned(ApiReturned),
    /// A device is attached in one kernel and not in the other.
    Attached(ApiAttached),
    /// A kernel complained, or died.
    Complained(Complained),
    /// A kernel leaked something.
    Leaked(Leaked),
    /// An entry of a group's array points at freed memory.
    Dangles(Dangles),
    /// A bind returned a handle whose domain belongs to another mm.
    Foreign(Foreign),
    /// The driver was called differently, or different objects existed.
    Differed(Differed),
}

/// An operation returned different values.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_returned", deny_unknown_fields)]
pub struct ApiReturned {
    /// The view.
    pub view: Api,
    /// The operation.
    pub op: OpCode,
    /// The first model.
    pub from: Returned,
    /// The second model.
    pub to: Returned,
}

/// A device is attached in one kernel and not in the other.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_attached", deny_unknown_fields)]
pub struct ApiAttached {
    /// The view.
    pub view: Api,
    /// The operation that caused it.
    pub op: OpCode,
    /// The side where it is attached.
    pub attached: OneSide,
    /// The lines that decided in the first model.
    pub from: Vec<Citation>,
    /// The lines that decided in the second model.
    pub to: Vec<Citation>,
}

/// A kernel complained, or died.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_splat", deny_unknown_fields)]
pub struct Complained {
    /// The view.
    pub view: SplatView,
    /// The side. Not in what `check` prints.
    #[schemars(skip_serializing_if = "absent")]
    pub side: Side,
    /// The complaint.
    pub splat: SplatText,
    /// The line that complained; null for a deadlock.
    pub at: Option<Citation>,
}

/// A kernel leaked something.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_leak", deny_unknown_fields)]
pub struct Leaked {
    /// The view.
    pub view: Leak,
    /// The side. Not in what `check` prints.
    #[schemars(skip_serializing_if = "absent")]
    pub side: Side,
    /// What is left.
    pub left: Left,
    /// The lines that decided in the call that lost it; empty on several CPUs.
    pub decided_by: Vec<Citation>,
}

/// An entry of a group's array points at freed memory.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_dangling", deny_unknown_fields)]
pub struct Dangles {
    /// The view.
    pub view: State,
    /// The only side of a file about one model.
    #[schemars(skip_serializing_if = "absent")]
    pub side: Side,
    /// What is left.
    pub left: Left,
    /// The lines that decided in the call that freed it.
    pub decided_by: Vec<Citation>,
}

/// A bind returned a handle whose domain belongs to another mm.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_foreign", deny_unknown_fields)]
pub struct Foreign {
    /// The view.
    pub view: State,
    /// The only side of a file about one model.
    #[schemars(skip_serializing_if = "absent")]
    pub side: Side,
    /// To what the domain belongs.
    pub domain_of: AnotherMm,
    /// The lines that decided in the bind.
    pub decided_by: Vec<Citation>,
}

/// The driver was called differently, or different objects existed.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename = "signature_differed", deny_unknown_fields)]
pub struct Differed {
    /// The view.
    pub view: DriverOrState,
    /// The operation.
    pub op: OpCode,
    /// The lines that decided in the first model.
    pub from: Vec<Citation>,
    /// The lines that decided in the second model.
    pub to: Vec<Citation>,
}

/// Declares types whose JSON is one of a list of words.
macro_rules! words {
    ($($(#[$doc:meta])+ $type:ident $name:literal = $words:expr;)*) => { $(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $type;

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "enum": $words })
            }
        }
    )* };
}

words! {
    /// What callers see.
    Api "api" = ["api"];
    /// What dmesg shows.
    SplatView "splat_view" = ["splat"];
    /// What is left after the teardown.
    Leak "leak" = ["leak"];
    /// What exists after an operation.
    State "state" = ["state"];
    /// Views that are off by default.
    DriverOrState "driver_or_state" = ["driver", "state"];
    /// One of the two models, or the only one, or both.
    Side "side" = ["from", "to", "both"];
    /// One of the two models.
    OneSide "one_side" = ["from", "to"];
    /// To what the domain belongs.
    AnotherMm "another_mm" = ["another mm"];
    /// The kind of a return value.
    RetKind "ret_kind" = [
        "a new handle", "the handle of an earlier bind", "a handle", "ok", "a PASID", "invalid",
        "an mm", "success", "an error", "skipped", "an oops or a hang",
    ];
    /// A kind of object that can leak.
    Left "left" = [
        "handles", "attached to freed memory", "attached", "domains", "mm_count", "pasids",
    ];
}

/// The parts of a signature that an entry of the ledger has: a key that is left out, at any depth,
/// can have any value.
#[derive(Clone, Copy, Debug)]
pub struct Pattern;

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "pattern".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        let mut whole = settings
            .into_generator()
            .into_root_schema_for::<Signature>()
            .to_value();
        forget_required(&mut whole);
        let mut schema = Schema::try_from(whole).expect("a schema without a key is a schema");
        let says = "The parts of a signature that have to be alike. A key that is left out, at \
                    any depth, can have any value.";
        schema.insert("description".to_owned(), says.into());
        schema.remove("title");
        schema
    }
}

fn forget_required(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            keys.shift_remove("required");
            keys.values_mut().for_each(forget_required);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_required),
        _ => {}
    }
}
