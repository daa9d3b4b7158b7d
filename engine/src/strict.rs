// SPDX-License-Identifier: GPL-2.0-or-later
//! JSON values of any shape, read strictly: repeated keys are refused, and memory is bounded.

use crate::models::{AnyModel, by_name};
use indexmap::IndexSet;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;

/// A JSON value that was read without finding a repeated key.
#[derive(Clone, Debug, PartialEq)]
pub struct Strict(pub Value);

/// Maximum number of values in a [`Strict`], or in one of the [`Traces`]. An object counts as several
/// values because it takes that much memory. A trace of the largest case needs about two thirds of
/// the limit.
const MOST_VALUES: usize = 65_000;
const OBJECT: usize = 8;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let left = Cell::new(MOST_VALUES);
        AnyValue { left: &left }.deserialize(from).map(Strict)
    }
}

/// Reads any value, until the limit of values is reached.
#[derive(Clone, Copy)]
struct AnyValue<'a> {
    left: &'a Cell<usize>,
}

impl AnyValue<'_> {
    fn take<E: de::Error>(self, count: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(count);
        let left = left.ok_or_else(|| E::custom("more values than the trace of any case has"))?;
        self.left.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for AnyValue<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element_seed(self)? {
            self.take(1)?;
            list.push(value);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.take(OBJECT)?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            self.take(1)?;
            if map.contains_key(&key) {
                return Err(repeated(&key));
            }
            map.insert(key, entries.next_value_seed(self)?);
        }
        Ok(Value::Object(map))
    }
}

fn repeated<E: de::Error>(key: &str) -> E {
    E::custom(format_args!("repeated key `{key}`"))
}

/// The traces of the models that this program has, by name. For other models, only the names are
/// kept.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    all: Vec<(AnyModel, Value)>,
    unknown: IndexSet<String>,
}

impl Traces {
    /// Returns the trace of a model, if the file has one.
    pub fn of(&self, model: AnyModel) -> Option<&Value> {
        let mut all = self.all.iter();
        all.find(|(this, _)| *this == model).map(|(_, trace)| trace)
    }

    /// Returns the models that have a trace, in the order of the file.
    pub fn models(&self) -> impl Iterator<Item = AnyModel> + '_ {
        self.all.iter().map(|(model, _)| *model)
    }

    /// Returns the names that no model of this program has.
    pub fn unknown(&self) -> &IndexSet<String> {
        &self.unknown
    }
}

impl<'de> Deserialize<'de> for Traces {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(TracesVisitor)
    }
}

struct TracesVisitor;

impl<'de> Visitor<'de> for TracesVisitor {
    type Value = Traces;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a trace for each model")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Traces, A::Error> {
        let names = Cell::new(MOST_VALUES);
        let mut traces = Traces::default();
        while let Some(name) = entries.next_key::<String>()? {
            let Some(model) = by_name(&name) else {
                entries.next_value::<IgnoredAny>()?;
                AnyValue { left: &names }.take::<A::Error>(OBJECT)?;
                if !traces.unknown.insert(name.clone()) {
                    return Err(repeated(&name));
                }
                continue;
            };
            if traces.of(model).is_some() {
                return Err(repeated(&name));
            }
            let left = Cell::new(MOST_VALUES);
            let trace = entries.next_value_seed(Trace { left: &left })?;
            traces.all.push((model, trace));
        }
        Ok(traces)
    }
}

/// Reads a trace: an object with any contents.
struct Trace<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Trace<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Trace<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, which a trace is")
    }
    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Value, A::Error> {
        AnyValue { left: self.left }.visit_map(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_VALUES, Strict, Traces};

    #[test]
    fn every_kind_of_value_is_read_as_it_is() {
        let text = r#"{"a":[null,true,-1,2,0.5,"x"],"b":{"c":{}}}"#;
        let Strict(value) = serde_json::from_str(text).unwrap();
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn a_repeated_key_is_refused_however_deep_it_is() {
        let error = serde_json::from_str::<Strict>(r#"{"a":[{"b":1,"b":2}]}"#).unwrap_err();
        assert!(error.to_string().starts_with("repeated key `b`"), "{error}");
    }

    #[test]
    fn more_values_than_any_case_has_are_refused_before_they_are_kept() {
        let list = |length: usize| format!("[{}0]", "0,".repeat(length - 1));
        assert!(serde_json::from_str::<Strict>(&list(MOST_VALUES)).is_ok());
        let error = serde_json::from_str::<Strict>(&list(MOST_VALUES + 1)).unwrap_err();
        assert!(error.to_string().starts_with("more values"), "{error}");
        let traces = |length: usize| {
            let list = list(length);
            format!(r#"{{"v6.7":{{"a":{list}}},"v6.8":{{"a":{list}}}}}"#)
        };
        let read = |text: String| serde_json::from_str::<Traces>(&text);
        // The object counts too.
        assert!(read(traces(MOST_VALUES - 100)).is_ok());
        assert!(read(traces(MOST_VALUES)).is_err());
    }

    #[test]
    fn a_model_has_one_trace_and_traces_of_unknown_models_are_passed_over() {
        let read = |text| serde_json::from_str::<Traces>(text);
        let names: Vec<_> = read(r#"{"v6.8":{},"v99":5,"v6.7":{}}"#)
            .unwrap()
            .models()
            .map(|model| model.name())
            .collect();
        assert_eq!(names, ["v6.8", "v6.7"]);
        assert!(read(r#"{"v6.8":{},"v6.8":{}}"#).is_err());
        assert!(read(r#"{"v6.8":[]}"#).is_err());
    }
}
