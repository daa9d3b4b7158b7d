// SPDX-License-Identifier: GPL-2.0-or-later
//! The schemas as validators.

use crate::cli::ways::leaves;
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static ALL: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let all = svadiff::schemas::all().iter();
    let made = all.map(|schema| {
        let valid = jsonschema::draft202012::new(&schema.value);
        (schema.name, valid.expect("a schema of draft 2020-12"))
    });
    made.collect()
});

/// Returns why a value is not valid, or `None` if it is.
pub(crate) fn error(schema: &str, value: &Value) -> Option<String> {
    let validator = ALL
        .get(schema)
        .unwrap_or_else(|| panic!("no schema {schema}"));
    let error = validator.iter_errors(value).next()?;
    Some(format!("{schema}: at {}: {error}", error.instance_path()))
}

/// Checks that a value is valid.
pub(crate) fn assert_valid(schema: &str, value: &Value, what: &str) {
    let error = error(schema, value);
    assert!(error.is_none(), "{what}: {}", error.unwrap_or_default());
}

#[test]
fn every_schema_is_valid_itself_and_says_what_it_is() {
    for schema in svadiff::schemas::all() {
        assert!(jsonschema::meta::is_valid(&schema.value), "{}", schema.name);
        let says = schema.value["description"]
            .as_str()
            .or(schema.value["title"].as_str());
        assert!(says.is_some_and(|says| !says.is_empty()), "{}", schema.name);
    }
}

#[test]
fn every_command_has_the_schema_of_what_it_prints() {
    for (name, _) in leaves(&svadiff::cli::command(), &[]) {
        let schema = format!("{}-output", name.replace(' ', "-"));
        assert!(ALL.contains_key(schema.as_str()), "no schema {schema}");
    }
}

/// An object with keys that nobody described would hide a misspelt one.
#[test]
fn every_object_of_a_schema_says_which_keys_it_has() {
    fn walk(schema: &Value, at: &str) {
        let Some(keys) = schema.as_object() else {
            if let Some(items) = schema.as_array() {
                items.iter().for_each(|item| walk(item, at));
            }
            return;
        };
        if keys.get("type").and_then(Value::as_str) == Some("object") {
            let is_closed = keys.get("additionalProperties").is_some();
            // Rows can have more keys, which are ignored.
            assert!(is_closed || at == "row", "{at}: {schema}");
        }
        keys.values().for_each(|below| walk(below, at));
    }
    for schema in svadiff::schemas::all() {
        walk(&schema.value, schema.name);
        if schema.name != "row" {
            assert!(error(schema.name, &serde_json::json!({"x": 1})).is_some());
        }
    }
}

#[test]
fn every_property_is_described() {
    fn walk(schema: &Value, at: &str) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let is_whole = schema.get("additionalProperties").is_some();
            for (key, property) in properties.iter().filter(|_| is_whole) {
                let says = property.get("description").or(property.get("const"));
                assert!(
                    says.is_some() || property.get("$ref").is_some(),
                    "{at}: {key}"
                );
            }
        }
        match schema {
            Value::Object(keys) => keys.values().for_each(|below| walk(below, at)),
            Value::Array(items) => items.iter().for_each(|below| walk(below, at)),
            _ => {}
        }
    }
    svadiff::schemas::all()
        .iter()
        .for_each(|schema| walk(&schema.value, schema.name));
}
