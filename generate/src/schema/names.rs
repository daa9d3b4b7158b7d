// SPDX-License-Identifier: GPL-2.0-or-later
//! Strings and numbers of a certain form.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use spec::case::MAX_OPS;
use std::borrow::Cow;
use svadiff::judge::{UserEffect, View};

/// Declares types whose JSON has a certain form.
macro_rules! forms {
    ($($(#[doc = $says:literal])+ $type:ident $name:literal = $form:expr;)*) => { $(
        $(#[doc = $says])+
        #[derive(Clone, Copy, Debug)]
        pub struct $type;

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema: Schema = $form;
                let says: Vec<&str> = [$($says.trim()),+].into();
                schema.insert("description".to_owned(), Value::from(says.join(" ")));
                schema
            }
        }
    )* };
}

forms! {
    /// The first 12 hex digits of the SHA-256 of a case without title, origin and note.
    Id "id" = json_schema!({"type": "string", "pattern": "^[0-9a-f]{12}$"});
    /// A hash over universe, models, views and findings: 16 hex digits.
    Digest "digest" = json_schema!({"type": "string", "pattern": "^[0-9a-f]{16}$"});
    /// The name of a model.
    ModelName "model_name" = json_schema!({"type": "string", "pattern": "\\S"});
    /// The id of a commit, or the Message-ID of a proposal.
    CommitId "commit_id" = json_schema!({"type": "string", "pattern": "^\\S+$"});
    /// What is compared.
    ViewName "view" = json_schema!({"enum": View::ALL.map(View::name)});
    /// What a difference means to users of the second model.
    Effect "effect" = json_schema!({"enum": UserEffect::ALL.map(UserEffect::name)});
    /// The index of an operation, or `"end"` for the teardown.
    Place "place" = json_schema!({"anyOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_OPS - 1},
        {"const": "end"},
    ]});
    /// A number that may have more than 64 bits, as a string.
    Large "large_number" = json_schema!({"type": "string", "pattern": "^[0-9]+$"});
    /// A whole number.
    Count "count" = json_schema!({"type": "integer", "minimum": 0});
    /// A text that says something.
    Text "text" = json_schema!({"type": "string", "pattern": "\\S"});
}
