// SPDX-License-Identifier: GPL-2.0-or-later
//! From bytes to a [`Case`], and back.
//!
//! Input is hostile until it is parsed: everything has a bound, and every refusal is one sentence
//! that says where. Text from the input that a refusal repeats is escaped and shortened.

use crate::case::*;
use serde::de::{self, DeserializeOwned, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

/// Most bytes of a file, and of a line of a JSON-lines file. A case at all its limits has some
/// ten thousand; a recorded row of it a few million.
pub const MAX_BYTES: usize = 16 << 20;

/// Why an input is refused: one sentence, safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(String);

impl Refused {
    /// A refusal; whatever the sentence quotes is made printable.
    pub fn new(sentence: impl fmt::Display) -> Self {
        Refused(printable(&shorten(&sentence.to_string())))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// The text with everything escaped that could move a cursor, change a colour or reorder what is
/// read: control characters, and Unicode's invisible and bidirectional format characters.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}');
        if c.is_control() || hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The head and the tail of a text that is too long for a sentence.
fn shorten(text: &str) -> String {
    const MOST: usize = 400;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let head: String = text.chars().take(MOST / 2).collect();
    let mut tail: Vec<char> = text.chars().rev().take(MOST / 2).collect();
    tail.reverse();
    format!("{head} … {}", tail.into_iter().collect::<String>())
}

/// Parses one JSON value of a type, and nothing after it.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::new(format_args!(
            "larger than {} MiB, which no case needs",
            MAX_BYTES >> 20
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = position(&bytes[..error.valid_up_to()]);
        Refused::new(format_args!("not UTF-8 at line {line} column {column}"))
    })?;
    if text.trim().is_empty() {
        return Err(Refused::new("empty, but a JSON object was expected"));
    }
    let mut from = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if path == "." || error.is_syntax() || error.is_eof() {
            Refused::new(error)
        } else {
            Refused::new(format_args!("at {path}: {error}"))
        }
    })?;
    from.end().map_err(Refused::new)?;
    Ok(value)
}

fn position(before: &[u8]) -> (usize, usize) {
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|&&b| b != b'\n').count() + 1;
    (line, column)
}

impl Case {
    /// Reads a case file.
    pub fn from_json(bytes: &[u8]) -> Result<Case, Refused> {
        json(bytes)
    }

    /// The case as a JSON value, in the order in which a person would write it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a case has nothing that JSON has not")
    }
}

/// The `format` of a file, if it says so at its top level, without looking at the rest.
pub fn format_of(bytes: &[u8]) -> Result<Option<String>, Refused> {
    #[derive(Deserialize)]
    struct Probe {
        #[serde(default)]
        format: Option<String>,
    }
    json::<Probe>(bytes).map(|probe| probe.format)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    note: Option<String>,
    topology: Topology,
    #[serde(deserialize_with = "ops")]
    ops: Vec<Op>,
    #[serde(default, deserialize_with = "schedule")]
    schedule: Option<Vec<u8>>,
}

impl<'de> Deserialize<'de> for Case {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = RawCase::deserialize(from)?;
        if let Some(format) = raw.format.filter(|format| format != FORMAT) {
            return Err(de::Error::custom(format_args!(
                "format `{format}` is not one this program reads; it reads `{FORMAT}`"
            )));
        }
        Ok(Case {
            title: raw.title,
            origin: raw.origin,
            note: raw.note,
            topology: raw.topology,
            ops: raw.ops,
            schedule: raw.schedule,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTopology {
    #[serde(deserialize_with = "devices")]
    devices: Vec<Device>,
    #[serde(deserialize_with = "mms")]
    mms: Vec<Mm>,
}

impl<'de> Deserialize<'de> for Topology {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = RawTopology::deserialize(from)?;
        Ok(Topology {
            devices: raw.devices,
            mms: raw.mms,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDevice {
    #[serde(deserialize_with = "group")]
    group: u8,
    #[serde(deserialize_with = "max_pasids")]
    max_pasids: u16,
    #[serde(deserialize_with = "instance")]
    instance: u8,
}

impl<'de> Deserialize<'de> for Device {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = RawDevice::deserialize(from)?;
        Ok(Device {
            group: raw.group,
            max_pasids: raw.max_pasids,
            instance: raw.instance,
        })
    }
}

impl<'de> Deserialize<'de> for Mm {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct RawMm {
            dma_compat: bool,
        }
        let raw = RawMm::deserialize(from)?;
        Ok(Mm {
            dma_compat: raw.dma_compat,
        })
    }
}

/// A number with a bound of its own, and a sentence that names it.
fn below<'de, D: Deserializer<'de>>(from: D, end: u64, what: &str) -> Result<u64, D::Error> {
    let value = u64::deserialize(from)?;
    if value >= end {
        return Err(de::Error::custom(format_args!(
            "{what} {value} is beyond the limit: at most {}",
            end - 1
        )));
    }
    Ok(value)
}

fn group<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    below(from, MAX_GROUPS as u64, "group").map(|value| value as u8)
}

fn instance<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    below(from, MAX_INSTANCES as u64, "instance").map(|value| value as u8)
}

fn max_pasids<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    below(from, MAX_PASIDS as u64 + 1, "max_pasids").map(|value| value as u16)
}

fn cpu<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    below(from, MAX_CPUS as u64, "cpu").map(|value| Some(value as u8))
}

/// A list that is given up at its bound, whatever may follow.
fn bounded<'de, D, T>(from: D, most: usize, what: &'static str) -> Result<Vec<T>, D::Error>
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
            match seq.next_element::<IgnoredAny>()? {
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

fn devices<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Device>, D::Error> {
    bounded(from, MAX_DEVICES, "devices")
}

fn mms<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Mm>, D::Error> {
    bounded(from, MAX_MMS, "mms")
}

fn ops<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Op>, D::Error> {
    bounded(from, MAX_OPS, "ops")
}

fn schedule<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
    bounded::<D, Entry>(from, MAX_SCHEDULE, "entries in the schedule")
        .map(|entries| Some(entries.into_iter().map(|Entry(cpu)| cpu).collect()))
}

struct Entry(u8);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        below(from, MAX_CPUS as u64, "cpu").map(|value| Entry(value as u8))
    }
}

/// A key that is there: `null` is not a number.
fn some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    u32::deserialize(from).map(Some)
}

fn some_fault<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Fault>, D::Error> {
    Fault::deserialize(from).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOp {
    op: Name,
    #[serde(default, deserialize_with = "some")]
    dev: Option<u32>,
    #[serde(default, deserialize_with = "some")]
    mm: Option<u32>,
    #[serde(default, deserialize_with = "some")]
    of: Option<u32>,
    #[serde(default, deserialize_with = "some")]
    pasid: Option<u32>,
    #[serde(default, deserialize_with = "some_fault")]
    fault: Option<Fault>,
    #[serde(default, deserialize_with = "cpu")]
    cpu: Option<u8>,
}

/// One of a list of words, by name.
fn word<'de, D, T: Copy>(
    from: D,
    what: &'static str,
    words: impl Iterator<Item = (&'static str, T)>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let given = String::deserialize(from)?;
    let words: Vec<_> = words.collect();
    words
        .iter()
        .find(|(name, _)| *name == given)
        .map(|(_, value)| *value)
        .ok_or_else(|| {
            let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
            de::Error::custom(format_args!(
                "unknown {what} `{}`; it is one of {}",
                shorten_word(&given),
                names.join(", ")
            ))
        })
}

fn shorten_word(given: &str) -> String {
    let mut word: String = given.chars().take(40).collect();
    if word.len() < given.len() {
        word.push('…');
    }
    word
}

struct Name(&'static str);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, "op", OP_NAMES.iter().map(|&name| (name, name))).map(Name)
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let sites = Site::ALL.into_iter().map(|site| (site.name(), site));
        word(from, "fault site", sites)
    }
}

impl<'de> Deserialize<'de> for Errno {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let errnos = Errno::ALL.into_iter().map(|errno| (errno.name(), errno));
        word(from, "errno", errnos)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct RawFault {
            site: Site,
            nth: u32,
            errno: Errno,
        }
        let RawFault { site, nth, errno } = RawFault::deserialize(from)?;
        if !site.errnos().contains(&errno) {
            let names: Vec<_> = site.errnos().iter().map(|errno| errno.name()).collect();
            return Err(de::Error::custom(format_args!(
                "`{}` does not fail with {}; it fails with {}",
                site.name(),
                errno.name(),
                names.join(", ")
            )));
        }
        Ok(Fault { site, nth, errno })
    }
}

impl<'de> Deserialize<'de> for Op {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = RawOp::deserialize(from)?;
        let Name(op) = raw.op;
        let mut given = [
            ("dev", raw.dev),
            ("mm", raw.mm),
            ("of", raw.of),
            ("pasid", raw.pasid),
        ];
        let mut take = |key: &str| {
            let field = given.iter_mut().find(|(name, _)| *name == key);
            let value = field.and_then(|(_, value)| value.take());
            value.ok_or_else(|| de::Error::custom(format_args!("`{op}` needs the key `{key}`")))
        };
        let kind = match op {
            "bind" => OpKind::Bind {
                dev: take("dev")?,
                mm: take("mm")?,
            },
            "unbind" => OpKind::Unbind { of: take("of")? },
            "get_pasid" => OpKind::GetPasid { of: take("of")? },
            "fork" => OpKind::Fork { mm: take("mm")? },
            "exit" => OpKind::Exit { mm: take("mm")? },
            "alloc_pasid" => OpKind::AllocPasid { dev: take("dev")? },
            "free_pasid" => OpKind::FreePasid { of: take("of")? },
            "attach" => OpKind::Attach {
                dev: take("dev")?,
                pasid: take("pasid")?,
            },
            "detach" => OpKind::Detach { of: take("of")? },
            "page_request" => OpKind::PageRequest {
                dev: take("dev")?,
                pasid: take("pasid")?,
            },
            _ => OpKind::EnqcmdPasid { mm: take("mm")? },
        };
        if let Some((key, _)) = given.iter().find(|(_, value)| value.is_some()) {
            return Err(de::Error::custom(format_args!("`{op}` has no key `{key}`")));
        }
        Ok(Op {
            kind,
            fault: raw.fault,
            cpu: raw.cpu,
        })
    }
}

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut map = s.serialize_map(None)?;
        map.serialize_entry("op", self.kind.name())?;
        match self.kind {
            OpKind::Bind { dev, mm } => {
                map.serialize_entry("dev", &dev)?;
                map.serialize_entry("mm", &mm)?;
            }
            OpKind::Unbind { of }
            | OpKind::GetPasid { of }
            | OpKind::FreePasid { of }
            | OpKind::Detach { of } => map.serialize_entry("of", &of)?,
            OpKind::Fork { mm } | OpKind::Exit { mm } | OpKind::EnqcmdPasid { mm } => {
                map.serialize_entry("mm", &mm)?;
            }
            OpKind::AllocPasid { dev } => map.serialize_entry("dev", &dev)?,
            OpKind::Attach { dev, pasid } | OpKind::PageRequest { dev, pasid } => {
                map.serialize_entry("dev", &dev)?;
                map.serialize_entry("pasid", &pasid)?;
            }
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
