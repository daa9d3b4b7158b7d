// SPDX-License-Identifier: GPL-2.0-or-later
//! Compares what one operation does in each model, and finds the state that follows.

use super::{Child, Expander, From, last_op};
use crate::judge::{Diverged, same_splats};
use crate::search::candidates::Keys;
use crate::search::graph::link::Change;
use crate::search::graph::memo::packed;
use crate::search::graph::seen::{ENDS, LACKING, NAMED, ODD, REFCOUNT};
use crate::search::graph::symmetry::Names;
use crate::search::graph::{ABSENT, Entry, Info, LOST, MORE, NOTHING, STILL};
use crate::search::key;
use crate::search::past::{Past, since};
use crate::search::state::{State, both};
use spec::kernel::NONE;
use spec::{Model, OpCode};

impl<M: Model, const N: usize> Expander<'_, M, N> {
    /// Returns whether the key of an operation was noted.
    #[inline(always)]
    pub(super) fn is_noted(&self, past: u32, last: [u32; 2]) -> bool {
        self.noted.contains(&packed([past, last[0], last[1]], 0))
    }

    /// Compares what one operation does in each model, adds a candidate if it may show something
    /// new, and reports the state that follows.
    #[inline]
    pub(super) fn transition(
        &mut self,
        from: &From<'_, '_, N>,
        entries: [Entry; N],
        code: OpCode,
        (number, released): (usize, u8),
        known: &Keys,
        out: &mut impl FnMut(Child<N>),
    ) {
        let world = self.world;
        let state = &from.state;
        let past = from.past;
        let infos = entries.map(|entry| self.memo.info(world, entry.info()));
        let infos = infos.each_ref();
        let flags = infos.iter().fold(0, |all, info| all | info.seen_flags);
        let ends = flags & ENDS != 0;
        let mut differ = Diverged::default();
        if N == 1 {
            differ.callers = flags & ODD != 0;
        } else {
            differ.callers = !self.same_shown(state, infos, flags);
            if self.is_deep {
                self.compare_deeply(from, entries, infos, &mut differ);
            }
        }
        let mut link = state.link;
        if !ends {
            let effects = both(infos.map(|info| info.effect), NOTHING);
            let same_numbers = N == 2 && !past.diverged.callers && !differ.callers;
            let is_same = effects == [NOTHING; 2] && released == NONE;
            if !is_same || !same_numbers && from.link.has_numbers() {
                let change = Change {
                    released,
                    same_numbers,
                    ordered: self.form.ordered,
                };
                let (next, handles_differ) = self.memo.link(world, link, effects, change);
                link = next;
                differ.callers |= handles_differ;
            }
        }
        let last = both(infos.map(|info| info.seen), u32::MAX);
        if differ.any() && self.noted.insert(packed([state.past, last[0], last[1]], 0)) {
            self.key.clear();
            past.pack(&mut self.key);
            self.key.extend(code.name().bytes());
            key::results(&mut self.key, &infos.map(|info| world.seen.get(info.seen)));
            let length = self.path.len();
            self.width.push(&mut self.path, number);
            let differs = differ.callers && self.looks_there;
            self.candidates
                .note(known, &self.key, &self.path, false, differs);
            self.path.truncate(length);
        }
        // With one model, its misbehaviour so far does not affect its next operations.
        let diverged = match N {
            1 => Diverged::default(),
            _ => past.diverged.or(differ),
        };
        if ends {
            return;
        }
        // Only an incorrect kernel writes in an operation that should only read.
        let is_still = || infos.iter().all(|info| info.flags & STILL != 0);
        if diverged == past.diverged && code.info().read_only && is_still() {
            return;
        }
        let nodes = entries.map(|entry| entry.next);
        let lost = infos.iter().fold(0, |all, info| all | info.flags) & (LOST | MORE);
        // Other names do not make a teardown noisy, and a state with references too many is not clean,
        // so this does not have to wait for the normal form.
        if self.leaves_out && lost == 0 && self.is_clean(&nodes) {
            return;
        }
        let mut next = State {
            nodes,
            names: state.names,
            link,
            past: state.past,
        };
        let nr_mms = from.nr_mms + entries[0].new_mms();
        let symmetry = &world.symmetry;
        for side in 0..N {
            let undone = infos[side].inverse;
            next.names[side] = match (self.form.symmetric, side) {
                // The names of the state are those of its first model.
                (true, 0) => Names::SAME,
                (true, _) => {
                    let names = symmetry.after(infos[0].names, state.names[side], nr_mms);
                    symmetry.after(names, undone, nr_mms)
                }
                (false, _) => symmetry.after(state.names[side], undone, nr_mms),
            };
        }
        let same_keys = N == 1
            || diverged.callers
            || match Entry::all_keep_keys(entries) {
                true => past.apart.is_none(),
                false => self.same_keys(&next),
            };
        next.past = self.past(
            state.past,
            past,
            diverged,
            (flags, same_keys),
            (code, infos),
            last,
        );
        if lost != 0 {
            // The state does not record the objects that were lost on the path to it, so run the
            // teardown here.
            let now = world.pasts.get(next.past);
            let length = self.path.len();
            self.width.push(&mut self.path, number);
            let more = infos.map(|info| info.lost.map(u32::from));
            let last = last_op(code, infos.map(|info| world.seen.get(info.seen)));
            self.tear_down(&next, more, now, &last, known);
            self.path.truncate(length);
            if lost & LOST != 0 && !now.lost {
                next.past = world.pasts.intern(Past {
                    lost: true,
                    ..now.clone()
                });
            }
        }
        if !Entry::all_plain(entries) {
            self.form.cap(
                &mut next,
                world,
                &self.graphs,
                &mut self.memo,
                &mut self.stepper,
            );
            next.normalize(world, &self.graphs, &mut self.memo, self.form);
        }
        out(Child {
            state: next,
            nr_mms: nr_mms as u8,
            number: number as u32,
            last,
        });
    }

    /// Returns whether callers and readers of dmesg see the same, but for handles.
    #[inline]
    fn same_shown(&mut self, state: &State<N>, infos: [&Info; N], flags: u8) -> bool {
        if flags & (LACKING | NAMED) == 0 {
            return infos[0].shown == infos[N - 1].shown;
        }
        let renamed: [_; N] = std::array::from_fn(|side| {
            let seen = self
                .memo
                .seen(self.world, infos[side].seen, state.names[side]);
            self.world.seen.get(seen)
        });
        let (a, b) = (renamed[0], renamed[N - 1]);
        match flags & LACKING {
            0 => a.shown == b.shown,
            // That a kernel does not have an operation is no difference.
            _ => same_splats(&a.splats, &b.splats),
        }
    }

    /// Compares driver calls and existing objects, if they are asked for.
    #[inline]
    fn compare_deeply(
        &mut self,
        from: &From<'_, '_, N>,
        entries: [Entry; N],
        infos: [&Info; N],
        differ: &mut Diverged,
    ) {
        let world = self.world;
        let seen = infos.map(|info| world.seen.get(info.seen));
        if world.compares_calls() && !(seen[0].calls.is_empty() && seen[N - 1].calls.is_empty()) {
            let calls: [_; N] = std::array::from_fn(|side| {
                let names = from.state.names[side];
                let seen = self.memo.seen(world, infos[side].seen, names);
                &world.seen.get(seen).calls
            });
            differ.driver = calls[0] != calls[N - 1];
        }
        if world.compares_state() {
            let existing: [Option<u32>; N] = std::array::from_fn(|side| {
                let existing = match infos[side].existing {
                    ABSENT => from.nodes[side].existing,
                    existing => existing,
                };
                let names = from.state.names[side];
                let exists = entries[side].next != ABSENT;
                exists.then(|| self.memo.existing(world, existing, names))
            });
            differ.state = existing[0] != existing[N - 1];
        }
    }

    /// Returns whether the same groups have entries for the same PASIDs.
    #[inline]
    fn same_keys(&mut self, state: &State<N>) -> bool {
        let keys: [u32; N] = std::array::from_fn(|side| {
            let keys = self.graphs[side].outline(state.nodes[side]).keys;
            self.memo.keys(self.world, keys, state.names[side])
        });
        keys[0] == keys[N - 1]
    }

    /// Returns the number of the past after an operation.
    #[inline]
    fn past(
        &mut self,
        before: u32,
        past: &Past,
        diverged: Diverged,
        (flags, same_keys): (u8, bool),
        (code, infos): (OpCode, [&Info; N]),
        last: [u32; 2],
    ) -> u32 {
        let keeps = diverged == past.diverged && flags & REFCOUNT == 0;
        if keeps && same_keys == past.apart.is_none() {
            return before;
        }
        let bits = [diverged.callers, diverged.driver, diverged.state, same_keys];
        let bits = bits.iter().fold(0, |bits, &bit| bits << 1 | u32::from(bit));
        let world = self.world;
        let now = || {
            let seen = infos.map(|info| world.seen.get(info.seen));
            let mut now = Past {
                diverged,
                refcount: past.refcount,
                lost: past.lost,
                apart: None,
            };
            for (complained, seen) in now.refcount.iter_mut().zip(&seen) {
                *complained |= seen.flags & REFCOUNT != 0;
            }
            if !same_keys {
                let decided = seen.map(|seen| seen.decided);
                now.apart = past.apart.or_else(|| Some(since(code, &decided)));
            }
            world.pasts.intern(now)
        };
        let key = packed([before, last[0], last[1]], bits);
        *self.memo.pasts.entry(key).or_insert_with(now)
    }
}
