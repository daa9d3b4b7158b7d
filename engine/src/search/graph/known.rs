// SPDX-License-Identifier: GPL-2.0-or-later
//! The numbers of what a thread has met before, so that it need not wait for others to look it up.

use super::World;
use super::entry::{ABSENT, Info};
use super::link::Effect;
use super::seen::{Seen, unlabelled};
use super::symmetry::Names;
use crate::search::key::KeyObserver;
use foldhash::fast::FixedState;
use spec::{OpCode, Ret};

type Map<K> = hashbrown::HashMap<K, u32, FixedState>;

/// What a thread has met before.
#[derive(Default)]
pub(super) struct Known {
    /// What is seen of operations, by all of it in one number, if it fits.
    seen: Map<u128>,
    /// The infos of operations that change nothing, by the number of what is seen; [`ABSENT`] if it
    /// was not met.
    still: Vec<u32>,
    infos: Map<Info>,
    effects: Map<Effect>,
    /// Entries of groups' arrays under other names of devices.
    keys: Map<(u32, u8)>,
}

impl Known {
    /// Returns the number of what is seen of an operation.
    pub(super) fn see(
        &mut self,
        world: &World,
        code: OpCode,
        ret: Ret,
        by: &KeyObserver,
        dangles: bool,
    ) -> u32 {
        let is_plain = by.observer.calls().is_empty() && !dangles;
        let key = is_plain.then(|| all_of(code, ret, &by.events)).flatten();
        if let Some(known) = key.and_then(|key| self.seen.get(&key)) {
            return *known;
        }
        let seen = Seen::of(code, ret, by, dangles);
        let at = world.see(seen);
        if let Some(key) = key {
            self.seen.insert(key, at);
        }
        at
    }

    /// Returns the number of the info of an operation that changes nothing.
    pub(super) fn still(&mut self, world: &World, seen: u32) -> u32 {
        let slot = seen as usize;
        if self.still.len() <= slot {
            self.still.resize(slot + 1, ABSENT);
        }
        if self.still[slot] == ABSENT {
            self.still[slot] = world.infos.intern(Info::still(world, seen));
        }
        self.still[slot]
    }

    pub(super) fn info(&mut self, world: &World, info: Info) -> u32 {
        *self
            .infos
            .entry(info)
            .or_insert_with(|| world.infos.intern(info))
    }

    /// Returns the number of the entries of groups' arrays under other names of devices.
    pub(super) fn keys(&mut self, world: &World, keys: u32, dev: u8) -> u32 {
        let names = Names { dev, ..Names::SAME };
        let renamed = || world.renamed_keys(keys, names);
        *self.keys.entry((keys, dev)).or_insert_with(renamed)
    }

    pub(super) fn effect(&mut self, world: &World, effect: Effect) -> u32 {
        if let Some(&known) = self.effects.get(&effect) {
            return known;
        }
        let at = world.effects.intern(effect.clone());
        self.effects.insert(effect, at);
        at
    }
}

/// Returns what is seen of an operation without driver calls as a number, or `None` if that is too
/// much.
fn all_of(code: OpCode, ret: Ret, events: &[u8]) -> Option<u128> {
    let mut all = [0; 16];
    let [len, kind, rest @ ..] = &mut all;
    let (returned, rest) = rest.split_first_chunk_mut()?;
    *len = events.len() as u8;
    *kind = code as u8;
    *returned = unlabelled(ret).to_bytes();
    if let Ret::Handle { pasid: None, .. } = ret {
        // Handles have no numbers here.
        returned[1] = 1;
    }
    rest.get_mut(..events.len())?.copy_from_slice(events);
    Some(u128::from_le_bytes(all))
}
