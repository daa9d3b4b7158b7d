// SPDX-License-Identifier: GPL-2.0-or-later
//! Parses an operation from JSON: `op`, a key for each argument, and the keys common to all
//! operations.

use super::case::{Argument, Cpu};
use crate::case::{Fault, Op, OpCode};
use crate::op::MAX_ARGS;
use crate::text::did_you_mean;
use serde::de::{self, Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Keys)
    }
}

/// Returns the names of all arguments, each once, in the order of the table.
fn arguments() -> Vec<&'static str> {
    let mut names = Vec::new();
    for arg in OpCode::ALL.iter().flat_map(|code| code.info().args) {
        if !names.contains(&arg.name) {
            names.push(arg.name);
        }
    }
    names
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Op;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, which an op is")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Op, A::Error> {
        let arguments = arguments();
        let (mut code, mut fault, mut cpu) = (None::<OpCode>, None::<Fault>, None);
        let mut again = None::<bool>;
        let mut args: Vec<(&str, u32)> = Vec::with_capacity(MAX_ARGS);
        while let Some(key) = entries.next_key::<String>()? {
            match key.as_str() {
                "op" => set(&mut code, "op", &mut entries)?,
                "again" => set(&mut again, "again", &mut entries)?,
                "fault" => set(&mut fault, "fault", &mut entries)?,
                "cpu" => set(&mut cpu, "cpu", &mut entries)?,
                key => {
                    let Some(&name) = arguments.iter().find(|&&name| name == key) else {
                        return Err(unknown(key, &arguments));
                    };
                    if args.iter().any(|(this, _)| *this == name) {
                        return Err(A::Error::duplicate_field(name));
                    }
                    let Argument(value) = entries.next_value()?;
                    args.push((name, value));
                }
            }
        }
        let code = code.ok_or_else(|| A::Error::missing_field("op"))?;
        let kind = code.with(|_, arg| {
            let at = args.iter().position(|(name, _)| *name == arg.name);
            let at = at.ok_or_else(|| {
                A::Error::custom(format_args!("`{code}` needs the key `{}`", arg.name))
            })?;
            Ok(args.swap_remove(at).1)
        })?;
        let first = { arguments.iter() }.find(|&name| args.iter().any(|(this, _)| this == name));
        let is_wrong = again.is_some() && !code.info().again;
        if let Some(name) = first.copied().or(is_wrong.then_some("again")) {
            return Err(A::Error::custom(format_args!(
                "`{code}` has no key `{name}`"
            )));
        }
        Ok(Op {
            kind,
            again: again.unwrap_or(false),
            fault,
            cpu: cpu.map(|Cpu(cpu)| cpu),
        })
    }
}

/// Parses the value of a key, and refuses a duplicate key.
fn set<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    slot: &mut Option<T>,
    key: &'static str,
    entries: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::duplicate_field(key));
    }
    *slot = Some(entries.next_value()?);
    Ok(())
}

fn unknown<E: de::Error>(key: &str, arguments: &[&'static str]) -> E {
    let common = &["again", "fault", "cpu"];
    let keys = ["op"].iter().chain(arguments).chain(common);
    let mean = did_you_mean(key, keys.clone().copied());
    let keys: Vec<String> = keys.map(|key| format!("`{key}`")).collect();
    E::custom(format_args!(
        "unknown field `{key}`, expected one of {}{mean}",
        keys.join(", ")
    ))
}
