// SPDX-License-Identifier: GPL-2.0-or-later
//! A pass that simplifies schedules.

use super::Shrinker;
use crate::interleaving::switches;
use spec::Case;

impl Shrinker<'_> {
    /// Reduces switches between CPUs, and removes entries that are not needed.
    pub(crate) fn schedule(&mut self) {
        let key = |schedule: &[u8]| (switches(schedule), schedule.len(), schedule.to_vec());
        loop {
            let schedule = self.best.schedule.clone().unwrap_or_default();
            let len = schedule.len();
            let with_entry_at = |from: usize, to: Option<usize>| {
                let mut schedule = schedule.clone();
                let entry = schedule.remove(from);
                if let Some(to) = to {
                    schedule.insert(to, entry);
                }
                schedule
            };
            let shorter = (0..len).map(|at| (at, None));
            let moved = (0..len).flat_map(|from| (0..len).map(move |to| (from, Some(to))));
            let stepped = shorter.chain(moved).any(|(from, to)| {
                let other = with_entry_at(from, to);
                key(&other) < key(&schedule)
                    && self.take(Case {
                        schedule: Some(other),
                        ..self.best.clone()
                    })
            });
            if !stepped {
                return;
            }
        }
    }
}
