// SPDX-License-Identifier: GPL-2.0-or-later
//! A case from JSON: every key known, every number within its limit, every list bounded.

use super::shape::{bounded, given, number, object, word};
use crate::case::*;
use serde::Deserialize;
use serde::de::{self, Deserializer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    #[serde(default, deserialize_with = "given")]
    #[expect(dead_code, reason = "there is one format, and this is it")]
    format: Option<Format>,
    #[serde(default, deserialize_with = "given")]
    title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    origin: Option<String>,
    #[serde(default, deserialize_with = "given")]
    note: Option<String>,
    topology: Topology,
    #[serde(deserialize_with = "ops")]
    ops: Vec<Op>,
    #[serde(default, deserialize_with = "schedule")]
    schedule: Option<Vec<u8>>,
}

impl<'de> Deserialize<'de> for Case {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw: RawCase = object(from, "a case")?;
        let (with, without): (Vec<usize>, Vec<usize>) =
            (0..raw.ops.len()).partition(|&op| raw.ops[op].cpu.is_some());
        if let ([with, ..], [without, ..]) = (&with[..], &without[..]) {
            return Err(de::Error::custom(format_args!(
                "ops[{without}] has no `cpu` and ops[{with}] has one; either all have, or none"
            )));
        }
        if let (Some(_), [first, ..]) = (&raw.schedule, &without[..]) {
            return Err(de::Error::custom(format_args!(
                "a `schedule`, but ops[{first}] has no `cpu`"
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

struct Format;

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, "format", [(FORMAT, ())]).map(|()| Format)
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
        let RawTopology { devices, mms } = object(from, "a topology")?;
        Ok(Topology { devices, mms })
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
        let raw: RawDevice = object(from, "a device")?;
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
        let RawMm { dma_compat } = object(from, "an mm")?;
        Ok(Mm { dma_compat })
    }
}

fn group<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    number(from, MAX_GROUPS as u64 - 1, "group").map(|value| value as u8)
}

fn instance<'de, D: Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    number(from, MAX_INSTANCES as u64 - 1, "instance").map(|value| value as u8)
}

fn max_pasids<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    number(from, MAX_PASIDS.into(), "max_pasids").map(|value| value as u16)
}

fn any_u32<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    number(from, u32::MAX.into(), "number").map(|value| value as u32)
}

/// An index or a PASID. Out of range of what there is, it makes its operation one that is skipped.
fn index<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    any_u32(from).map(Some)
}

struct Cpu(u8);

impl<'de> Deserialize<'de> for Cpu {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, MAX_CPUS as u64 - 1, "cpu").map(|value| Cpu(value as u8))
    }
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
    let entries: Vec<Cpu> = bounded(from, MAX_SCHEDULE, "entries of a schedule")?;
    Ok(Some(entries.into_iter().map(|Cpu(cpu)| cpu).collect()))
}

struct Name(&'static str);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, "op", OP_NAMES.map(|name| (name, name))).map(Name)
    }
}

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(
            from,
            "fault site",
            Site::ALL.map(|site| (site.name(), site)),
        )
    }
}

impl<'de> Deserialize<'de> for Errno {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, "errno", Errno::ALL.map(|errno| (errno.name(), errno)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOp {
    op: Name,
    #[serde(default, deserialize_with = "index")]
    dev: Option<u32>,
    #[serde(default, deserialize_with = "index")]
    mm: Option<u32>,
    #[serde(default, deserialize_with = "index")]
    of: Option<u32>,
    #[serde(default, deserialize_with = "index")]
    pasid: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    fault: Option<Fault>,
    #[serde(default, deserialize_with = "given")]
    cpu: Option<Cpu>,
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct RawFault {
            site: Site,
            #[serde(deserialize_with = "any_u32")]
            nth: u32,
            errno: Errno,
        }
        let RawFault { site, nth, errno } = object(from, "a fault")?;
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
        let raw: RawOp = object(from, "an op")?;
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
            cpu: raw.cpu.map(|Cpu(cpu)| cpu),
        })
    }
}
