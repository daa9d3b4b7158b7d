// SPDX-License-Identifier: GPL-2.0-or-later
//! Parsers for the elements of files: objects, bounded lists, bounded numbers, and words.
//!
//! Their refusals use the terms of the file format, not of this program.

use super::text::shortened;
use crate::text::did_you_mean;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Parses an object. Refuses a list of its values, which serde would accept.
pub fn object<'de, D, T>(from: D, what: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Object<T>(&'static str, PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object, which {} is", self.0)
        }
        fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(entries))
        }
    }
    from.deserialize_map(Object(what, PhantomData))
}

/// Parses a whole number from 0 to a bound, and names the bound in a refusal.
pub fn number<'de, D: Deserializer<'de>>(
    from: D,
    most: u64,
    what: &'static str,
) -> Result<u64, D::Error> {
    struct Number(u64, &'static str);
    impl Visitor<'_> for Number {
        type Value = u64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a whole number from 0 to {}", self.0)
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
            if value > self.0 {
                return Err(E::custom(format_args!(
                    "{} {value} is beyond the limit: at most {}",
                    self.1, self.0
                )));
            }
            Ok(value)
        }
        fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
            Err(E::invalid_value(Unexpected::Signed(value), &self))
        }
    }
    from.deserialize_u64(Number(most, what))
}

/// Parses a list, and refuses it as soon as it exceeds its bound.
pub fn bounded<'de, D, T>(from: D, most: usize, what: &'static str) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Bounded<T>(usize, &'static str, PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a list of at most {} {}", self.0, self.1)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::new();
            while list.len() < self.0 {
                match seq.next_element()? {
                    Some(item) => list.push(item),
                    None => return Ok(list),
                }
            }
            match seq.next_element::<de::IgnoredAny>()? {
                None => Ok(list),
                Some(_) => Err(de::Error::custom(format_args!(
                    "more than {} {}, which is the limit",
                    self.0, self.1
                ))),
            }
        }
    }
    from.deserialize_seq(Bounded(most, what, PhantomData))
}

/// Parses one of a list of words, by name.
pub fn word<'de, D, T: Copy>(
    from: D,
    what: &'static str,
    words: impl IntoIterator<Item = (&'static str, T)>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let given = String::deserialize(from)?;
    let mut names = Vec::new();
    for (name, value) in words {
        if name == given {
            return Ok(value);
        }
        names.push(name);
    }
    // A format of another version is no misspelling.
    let mean = match what {
        "format" => String::new(),
        _ => did_you_mean(&given, names.iter().copied()),
    };
    Err(de::Error::custom(format_args!(
        "unknown {what} `{}`; it is one of {}{mean}",
        shortened(&given, 80),
        names.join(", "),
    )))
}

/// Parses the value of an optional key. Refuses `null`.
pub fn given<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}
