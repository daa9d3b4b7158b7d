// SPDX-License-Identifier: GPL-2.0-or-later
//! What exists in two machines, compared where they stand: what [`LeakKind`] says of two traces, without
//! making any.

use crate::judge::{LeakKind, Side};
use spec::Machine;
use spec::kernel::{Entry, NONE};

/// The first kind in which two machines differ, and which has more of it: [`LeakKind::compare`] of them.
pub(super) fn compare(from: &Machine, to: &Machine) -> Option<(Side, LeakKind)> {
    LeakKind::ALL.into_iter().find_map(|left| {
        let differs = match left {
            LeakKind::Handles | LeakKind::Domains | LeakKind::Pasids => {
                count(left, from) != count(left, to)
            }
            LeakKind::Dangling => !entries(from, true).eq(entries(to, true)),
            LeakKind::Attached => !from.pasid_arrays().same_entries(to.pasid_arrays()),
            LeakKind::MmCount => !same_counts(from, to),
        };
        differs.then(|| match count(left, from) > count(left, to) {
            true => (Side::From, left),
            false => (Side::To, left),
        })
    })
}

/// How much of it there is in a machine.
pub(super) fn count(left: LeakKind, m: &Machine) -> u64 {
    match left {
        LeakKind::Handles => handles(m).into(),
        LeakKind::Dangling => m.dangling() as u64,
        LeakKind::Attached => m.pasid_arrays().entries().len() as u64,
        LeakKind::Domains => m.domains().iter().filter(|domain| !domain.freed).count() as u64,
        LeakKind::MmCount => (0..m.nr_mms()).map(|mm| mm_count(m, mm)).sum::<i64>() as u64,
        LeakKind::Pasids => m.global_pasids().len() as u64,
    }
}

/// How many handles there are.
pub(super) fn handles(m: &Machine) -> u8 {
    m.handles().iter().filter(|handle| !handle.freed).count() as u8
}

/// How two machines differ in this kind, as [`LeakKind::distance`] has it but for what is equal: equal
/// numbers where that is equal.
pub(super) fn distance(left: LeakKind, from: &Machine, to: &Machine, out: &mut Vec<i64>) {
    out.clear();
    match left {
        LeakKind::Dangling | LeakKind::Attached => {
            let all = |m| entries(m, left == LeakKind::Dangling);
            out.extend(all(from).filter(|a| all(to).all(|b| *a != b)).map(|a| -a));
            out.extend(all(to).filter(|b| all(from).all(|a| a != *b)));
        }
        LeakKind::MmCount => {
            let mms = from.nr_mms().max(to.nr_mms());
            out.extend((0..mms).map(|mm| mm_count(to, mm) - mm_count(from, mm)));
            while out.last() == Some(&0) {
                out.pop();
            }
        }
        _ => out.push(count(left, to) as i64 - count(left, from) as i64),
    }
}

/// Whether the same exists, but for the numbers of domains, which are labels, and for `mm_data`.
pub(super) fn same_live(a: &Machine, b: &Machine) -> bool {
    let entry = |m: &Machine, entry: &Entry| {
        let reserved = entry.domain == NONE;
        (entry.group, entry.pasid, reserved, is_dangling(m, entry))
    };
    let all = |m| Machine::pasid_arrays(m).entries().iter();
    let attached = |m| all(m).map(move |this| entry(m, this));
    count(LeakKind::Handles, a) == count(LeakKind::Handles, b)
        && count(LeakKind::Domains, a) == count(LeakKind::Domains, b)
        && a.global_pasids() == b.global_pasids()
        && a.nr_mms() == b.nr_mms()
        && same_counts(a, b)
        && attached(a).eq(attached(b))
}

fn same_counts(a: &Machine, b: &Machine) -> bool {
    let mut mms = 0..a.nr_mms().max(b.nr_mms());
    mms.all(|mm| mm_count(a, mm) == mm_count(b, mm))
}

fn mm_count(m: &Machine, mm: usize) -> i64 {
    match mm < m.nr_mms() {
        true => m.mm(mm as u8).mm_count.into(),
        false => 0,
    }
}

/// The entries, or those that point at freed memory: a number for each, that is not 0.
fn entries(m: &Machine, dangling: bool) -> impl Iterator<Item = i64> + '_ {
    let all = m.pasid_arrays().entries().iter();
    all.filter(move |entry| !dangling || is_dangling(m, entry))
        .map(|entry| (i64::from(entry.group) << 16 | i64::from(entry.pasid)) + 1)
}

fn is_dangling(m: &Machine, entry: &Entry) -> bool {
    let of_handle = entry.handle != NONE && m.handles()[entry.handle as usize].freed;
    of_handle || entry.domain != NONE && m.domains()[entry.domain as usize].freed
}
