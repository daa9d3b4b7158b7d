// SPDX-License-Identifier: GPL-2.0-or-later
//! Parses a case from JSON: unknown keys are refused, and every number and list is bounded.

use super::shape::{bounded, given, number, object, word};
use crate::case::*;
use serde::de::{self, Deserialize, Deserializer};

#[derive(serde::Deserialize)]
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
        let again = raw.ops.iter().position(|op| op.again);
        if let (Some(again), [_, ..]) = (again, &with[..]) {
            return Err(de::Error::custom(format_args!(
                "ops[{again}] has `again`, which only a sequential case can have"
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

#[derive(serde::Deserialize)]
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

#[derive(serde::Deserialize)]
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
        #[derive(serde::Deserialize)]
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

/// An index or a PASID. An operation with one that is out of range is skipped.
pub(super) struct Argument(pub u32);

impl<'de> Deserialize<'de> for Argument {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        any_u32(from).map(Argument)
    }
}

pub(super) struct Cpu(pub u8);

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

impl<'de> Deserialize<'de> for OpCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        word(from, "op", OpCode::ALL.map(|code| (code.name(), code)))
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

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
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
