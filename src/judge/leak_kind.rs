// SPDX-License-Identifier: GPL-2.0-or-later
//! Kinds of leaks.

use super::Side;
use spec::trace::Live;

/// A kind of thing that can be leaked: what still exists after the teardown. The order is that of
/// ownership: what comes later is held by what comes earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeakKind {
    /// Handles.
    Handles,
    /// Entries of a group's array that point at freed memory.
    Dangling,
    /// Entries of a group's array.
    Attached,
    /// Domains.
    Domains,
    /// References to mms.
    MmCount,
    /// Global PASIDs.
    Pasids,
}

impl LeakKind {
    pub(crate) const ALL: [LeakKind; 6] = [
        LeakKind::Handles,
        LeakKind::Dangling,
        LeakKind::Attached,
        LeakKind::Domains,
        LeakKind::MmCount,
        LeakKind::Pasids,
    ];

    /// The first kind in which they differ, and who leaves more.
    pub fn compare(from: &Live, to: &Live) -> Option<(Side, LeakKind)> {
        LeakKind::ALL.into_iter().find_map(|left| {
            let (a, b) = (left.count(from), left.count(to));
            let side = if a > b { Side::From } else { Side::To };
            let differs = a != b || !left.distance(from, to).iter().all(|d| *d == 0);
            differs.then_some((side, left))
        })
    }

    /// How much of it there is.
    pub(crate) fn count(self, live: &Live) -> u64 {
        match self {
            LeakKind::Handles => live.handles.into(),
            LeakKind::Dangling => live.attached.iter().filter(|entry| entry.freed).count() as u64,
            LeakKind::Attached => live.attached.len() as u64,
            LeakKind::Domains => live.domains.into(),
            LeakKind::MmCount => live.mm_count.iter().map(|&count| u64::from(count)).sum(),
            LeakKind::Pasids => live.pasids.len() as u64,
        }
    }

    /// How two states differ in this kind: all zeros where they do not.
    pub(crate) fn distance(self, from: &Live, to: &Live) -> Vec<i64> {
        match self {
            LeakKind::Dangling | LeakKind::Attached => {
                let entries = |live: &Live| -> Vec<i64> {
                    let all = live.attached.iter();
                    all.filter(|entry| self == LeakKind::Attached || entry.freed)
                        .map(|entry| (i64::from(entry.group) << 16 | i64::from(entry.pasid)) + 1)
                        .collect()
                };
                let (a, b) = (entries(from), entries(to));
                let only = |x: &[i64], y: &[i64], sign: i64| -> Vec<i64> {
                    let x = x.iter().filter(|entry| !y.contains(entry));
                    x.map(|entry| sign * entry).collect()
                };
                [only(&a, &b, -1), only(&b, &a, 1)].concat()
            }
            LeakKind::MmCount => {
                let mms = from.mm_count.len().max(to.mm_count.len());
                let count =
                    |live: &Live, mm: usize| live.mm_count.get(mm).map_or(0, |&n| i64::from(n));
                let distance = (0..mms).map(|mm| count(to, mm) - count(from, mm));
                let mut distance: Vec<i64> = distance.collect();
                // A fork makes the list longer, and no difference.
                while distance.last() == Some(&0) {
                    distance.pop();
                }
                distance
            }
            _ => vec![self.count(to) as i64 - self.count(from) as i64],
        }
    }

    /// Its name in JSON, and in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            LeakKind::Handles => "handles",
            LeakKind::Dangling => "attached to freed memory",
            LeakKind::Attached => "attached",
            LeakKind::Domains => "domains",
            LeakKind::MmCount => "mm_count",
            LeakKind::Pasids => "pasids",
        }
    }
}
