// SPDX-License-Identifier: GPL-2.0-or-later
//! Universes as small JSON files.

use super::{Groups, MOST_PASIDS, Universe};
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_json::{Map, Value, json};
use spec::case::{MAX_DEVICES, MAX_GROUPS, MAX_PASIDS};
use spec::read::shape::{bounded, given, number, object, word};
use spec::read::{Refused, json as parse};
use spec::{OpCode, Site, Topology};
use std::fmt;
use std::marker::PhantomData;

/// The `format` of a universe file.
const FORMAT: &str = "svadiff-universe/1";

/// The most topologies in a file. It exceeds the number of all topologies of three devices with
/// three different limits.
const MOST_TOPOLOGIES: usize = 1000;

impl Universe {
    /// Returns the universe as JSON, in the form that [`Universe::from_json`] reads.
    pub fn to_json(&self) -> Value {
        let mut all = Map::new();
        all.insert("format".to_owned(), json!(FORMAT));
        if self.given.is_empty() {
            let groups = match &self.groups {
                Groups::Every => json!("every"),
                Groups::Own => json!("own"),
                Groups::One => json!("one"),
                Groups::These(groups) => json!(groups),
            };
            all.insert("devices".to_owned(), json!(self.devices));
            all.insert("groups".to_owned(), groups);
            all.insert("max_pasids".to_owned(), json!(self.max_pasids));
            all.insert("mms".to_owned(), json!(self.mms));
        } else {
            all.insert("topologies".to_owned(), json!(self.given));
        }
        let only: Vec<_> = self.only.iter().map(|code| code.name()).collect();
        let faults: Vec<_> = self.faults.iter().map(|site| site.name()).collect();
        all.insert("ops".to_owned(), json!(self.ops));
        all.insert("binds".to_owned(), json!(self.binds));
        if self.cpus != 1 {
            all.insert("cpus".to_owned(), json!(self.cpus));
        }
        if self.names_pasids() {
            all.insert("pasids".to_owned(), json!(self.named_pasids()));
        }
        all.insert("only".to_owned(), json!(only));
        all.insert("faults".to_owned(), json!(faults));
        Value::Object(all)
    }

    /// Reads a universe file. Keys that are missing have the defaults of the command line, except
    /// that operations then name only the PASIDs that the mms can have, as in files of earlier
    /// versions.
    ///
    /// # Errors
    ///
    /// If the bytes are not a universe file, or if a value exceeds its limit. The error says where.
    pub fn from_json(bytes: &[u8]) -> Result<Universe, Refused> {
        let Whole(raw) = parse(bytes)?;
        let usual = Universe::default();
        let ops = match (raw.ops, raw.binds) {
            (None, None) => usual.ops,
            (ops, _) => ops.flatten(),
        };
        let cpus = raw.cpus.unwrap_or(usual.cpus);
        let own = raw.devices.is_some() || raw.groups.is_some() || raw.mms.is_some();
        let topologies = raw.topologies.unwrap_or_default();
        if !topologies.is_empty() && (own || raw.max_pasids.is_some()) {
            let what = "topologies stand alone, without devices, groups, max_pasids and mms";
            return Err(Refused::new(what));
        }
        // Without devices there are no PASIDs to limit.
        let most =
            |count: fn(&Topology) -> usize| topologies.iter().map(count).max().map(|n| n.max(1));
        let devices = most(|topology| topology.devices.len());
        let mms = most(|topology| topology.mms.len());
        let mut universe = Universe {
            devices: devices.or(raw.devices).unwrap_or(usual.devices),
            groups: raw.groups.unwrap_or(usual.groups),
            max_pasids: raw.max_pasids.unwrap_or(usual.max_pasids),
            mms: mms.or(raw.mms).unwrap_or(usual.mms),
            pasids: None,
            given: topologies,
            ops,
            binds: raw.binds.flatten(),
            only: match raw.only {
                None => Universe::usual(ops, cpus),
                Some(only) => OpCode::ALL
                    .into_iter()
                    .filter(|code| only.contains(code))
                    .collect(),
            },
            faults: match raw.faults {
                None => Vec::new(),
                Some(Faults(sites)) => Site::ALL
                    .into_iter()
                    .filter(|site| sites.contains(site))
                    .collect(),
            },
            cpus,
            symmetry: true,
        };
        universe.set_pasids(raw.pasids);
        match universe.refused() {
            Some(why) => Err(Refused::new(why)),
            None => Ok(universe),
        }
    }
}

struct Whole(Raw);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        object(from, "a universe").map(Whole)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "format", default, deserialize_with = "format")]
    _format: (),
    #[serde(default, deserialize_with = "count")]
    devices: Option<usize>,
    #[serde(default, deserialize_with = "given")]
    groups: Option<Groups>,
    #[serde(default, deserialize_with = "limits")]
    max_pasids: Option<Vec<u16>>,
    #[serde(default, deserialize_with = "count")]
    mms: Option<usize>,
    #[serde(default, deserialize_with = "topologies")]
    topologies: Option<Vec<Topology>>,
    // `null` means no limit.
    #[serde(default, deserialize_with = "limit")]
    ops: Option<Option<usize>>,
    #[serde(default, deserialize_with = "limit")]
    binds: Option<Option<usize>>,
    #[serde(default, deserialize_with = "count")]
    cpus: Option<usize>,
    #[serde(default, deserialize_with = "pasids")]
    pasids: Option<Vec<u32>>,
    #[serde(default, deserialize_with = "codes")]
    only: Option<Vec<OpCode>>,
    #[serde(default, deserialize_with = "given")]
    faults: Option<Faults>,
}

fn format<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    word(from, "format", [(FORMAT, ())])
}

/// A count. One that is too large is refused, and the error names the limit.
struct Count(usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, u32::MAX.into(), "number").map(|value| Count(value as usize))
    }
}

fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<usize>, D::Error> {
    Count::deserialize(from).map(|Count(count)| Some(count))
}

fn limit<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<usize>>, D::Error> {
    let limit: Option<Count> = Option::deserialize(from)?;
    Ok(Some(limit.map(|Count(count)| count)))
}

fn topologies<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Topology>>, D::Error> {
    let all = bounded(from, MOST_TOPOLOGIES, "topologies")?;
    match all.is_empty() {
        true => Err(de::Error::custom(
            "no topology; leave the key out for those of devices and mms",
        )),
        false => Ok(Some(all)),
    }
}

struct Limit(u16);

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, MAX_PASIDS.into(), "max_pasids").map(|value| Limit(value as u16))
    }
}

fn limits<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u16>>, D::Error> {
    let limits: Vec<Limit> = bounded(from, MAX_DEVICES, "limits")?;
    Ok(Some(limits.into_iter().map(|Limit(limit)| limit).collect()))
}

struct Pasid(u32);

impl<'de> Deserialize<'de> for Pasid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, u64::from(MAX_PASIDS) - 1, "PASID").map(|value| Pasid(value as u32))
    }
}

fn pasids<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u32>>, D::Error> {
    let pasids: Vec<Pasid> = bounded(from, MOST_PASIDS, "PASIDs")?;
    Ok(Some(pasids.into_iter().map(|Pasid(pasid)| pasid).collect()))
}

fn codes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<OpCode>>, D::Error> {
    bounded(from, OpCode::COUNT, "names of ops").map(Some)
}

struct Group(u8);

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, MAX_GROUPS as u64 - 1, "group").map(|value| Group(value as u8))
    }
}

impl<'de> Deserialize<'de> for Groups {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = [
            ("every", Groups::Every),
            ("own", Groups::Own),
            ("one", Groups::One),
        ];
        word_or_list(from, &words, MAX_DEVICES, "groups", |groups: Vec<Group>| {
            Groups::These(groups.into_iter().map(|Group(group)| group).collect())
        })
    }
}

struct Faults(Vec<Site>);

impl<'de> Deserialize<'de> for Faults {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = [("all", Site::ALL.to_vec())];
        word_or_list(from, &words, Site::COUNT, "faults", |sites| sites).map(Faults)
    }
}

/// Reads one of these words, or a list of a limited number of items.
fn word_or_list<'de, D, T, I>(
    from: D,
    words: &[(&'static str, T)],
    most: usize,
    what: &'static str,
    list: impl FnOnce(Vec<I>) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Clone,
    I: Deserialize<'de>,
{
    struct Either<'a, T, I, F>(
        &'a [(&'static str, T)],
        usize,
        &'static str,
        F,
        PhantomData<I>,
    );
    impl<'de, T: Clone, I: Deserialize<'de>, F: FnOnce(Vec<I>) -> T> Visitor<'de>
        for Either<'_, T, I, F>
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let words: Vec<String> = self.0.iter().map(|(word, _)| format!("`{word}`")).collect();
            write!(f, "{}: {} or a list", self.2, words.join(", "))
        }
        fn visit_str<E: de::Error>(self, given: &str) -> Result<T, E> {
            let word = self.0.iter().find(|(word, _)| *word == given);
            let word = word.map(|(_, value)| value.clone());
            word.ok_or_else(|| E::invalid_value(de::Unexpected::Str(given), &self))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
            let items = bounded(SeqAccessDeserializer::new(seq), self.1, self.2)?;
            Ok((self.3)(items))
        }
    }
    from.deserialize_any(Either(words, most, what, list, PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Universe, String> {
        Universe::from_json(text.as_bytes()).map_err(|refused| refused.to_string())
    }

    #[test]
    fn what_is_left_out_is_as_on_the_command_line() {
        let pasids = Some(vec![1, 2]);
        let old = Universe {
            pasids,
            ..Universe::default()
        };
        assert_eq!(read("{}"), Ok(old));
        let usual = read(r#"{"pasids": [0, 1, 2, 15, 16]}"#);
        assert_eq!(usual, Ok(Universe::default()));
        let any_length = read(r#"{"binds": 3}"#).unwrap();
        assert_eq!((any_length.ops, any_length.binds), (None, Some(3)));
        assert_eq!(any_length.only, Universe::usual(None, 1));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            r#"{"devices": 3, "groups": [0, 1, 1], "mms": 1, "binds": 5, "ops": null}"#,
            r#"{"groups": "own", "max_pasids": [2, 16], "faults": "all", "only": ["exit", "bind"]}"#,
            r#"{"topologies": [{"devices": [], "mms": [{"dma_compat": false}]}], "ops": 3}"#,
            r#"{"faults": ["set_dev_pasid", "domain_alloc"]}"#,
            r#"{"pasids": [7, 3, 3]}"#,
            r#"{"max_pasids": [4096, 2], "pasids": [0, 1, 2, 4095]}"#,
        ] {
            let universe = read(text).unwrap();
            let again = read(&universe.to_json().to_string());
            assert_eq!(again, Ok(universe), "{text}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused_in_one_sentence() {
        for (text, said) in [
            (r#"{"devices": 9}"#, "9 devices, but a universe has 1 to 8"),
            (
                r#"{"devices": 3, "groups": [0]}"#,
                "groups of 1 devices, but there are 3",
            ),
            (
                r#"{"groups": "two"}"#,
                "groups: `every`, `own`, `one` or a list",
            ),
            (r#"{"groups": [0, 8]}"#, "group"),
            (
                r#"{"max_pasids": [1, 2, 3]}"#,
                "max_pasids of 3 devices, but there are 2",
            ),
            (r#"{"topologies": []}"#, "no topology"),
            (
                r#"{"topologies": [{"devices": [], "mms": []}], "mms": 2}"#,
                "topologies stand alone",
            ),
            (r#"{"ops": null, "only": ["bund"]}"#, "unknown"),
            (r#"{"binds": 0}"#, "0 binds"),
            (r#"{"pasids": []}"#, "0 PASIDs, but a universe has 1 to 64"),
            (
                r#"{"pasids": [4096]}"#,
                "PASID 4096 is beyond the limit: at most 4095",
            ),
            (
                r#"{"ops": null}"#,
                "a universe needs a limit of ops or of binds",
            ),
            (r#"{"only": []}"#, "a universe needs an operation"),
            (
                r#"{"topologies": [{"devices": [], "mms": []}, {"devices": [], "mms": []}]}"#,
                "topologies[1] stands there twice",
            ),
            (r#"{"mms": 2, "mms": 2}"#, "repeated key"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
            assert!(!refused.contains('\n'), "{refused}");
        }
    }
}
