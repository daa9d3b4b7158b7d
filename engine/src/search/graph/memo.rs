// SPDX-License-Identifier: GPL-2.0-or-later
//! Results that are looked up instead of computed again. One thread uses them at a time.

use super::link::{Change, Link};
use super::links::{self, Links};
use super::symmetry::{Names, Symmetry};
use super::{Info, NOTHING, World};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

pub(in crate::search) type Map<K, V> = HashMap<K, V, FixedState>;

/// The ways to the least of equivalent names: elements of the classes of both models.
type Ways = Box<[(u8, u8)]>;

/// The classes of the states of both models, and the names of devices in them.
type Named = ([u32; 2], [u8; 2]);

/// The most results of a kind that are kept, where there can be very many; at this number, all of
/// that kind are forgotten.
///
/// It is seven eighths of a power of two, at which a table would double.
const MOST: usize = 7 << 14;

/// Results that are looked up instead of computed again.
#[derive(Debug, Default)]
pub(in crate::search) struct Memo {
    /// Copies of infos, by number, which are read without asking whether others add to them.
    infos: Vec<Info>,
    /// Without and with an order of operations.
    links: [Links; 2],
    pub pasts: Map<u128, u32>,
    pub lasts: Map<[u32; 2], u32>,
    seen: Map<(u32, Names), u32>,
    keys: Map<(u32, Names), u32>,
    existing: Map<(u32, Names), u32>,
    left: Map<(u32, Names, [u32; 2]), u32>,
    looks: Map<(u32, Names), u32>,
    shown: Map<u32, u32>,
    devices: Map<Named, ([u8; 2], u32)>,
    ways: Vec<Ways>,
    best: Map<u128, (u32, u8)>,
    stills: Map<u32, u32>,
}

impl Memo {
    /// Returns the info with this number.
    #[inline(always)]
    pub(in crate::search) fn info(&mut self, world: &World, at: u32) -> Info {
        if at as usize >= self.infos.len() {
            self.copy_infos(world);
        }
        self.infos[at as usize]
    }

    /// Copies the infos that were added since the last time.
    #[cold]
    #[inline(never)]
    fn copy_infos(&mut self, world: &World) {
        let (from, to) = (self.infos.len(), world.infos.len());
        self.infos.reserve_exact((to - from).max(from / 4));
        let new = (from..to).map(|at| *world.infos.get(at as u32));
        self.infos.extend(new);
    }

    /// Returns the link after an operation, and whether the handles that it returned are different.
    #[inline]
    pub(in crate::search) fn link(
        &mut self,
        world: &World,
        link: u32,
        [from, to]: [u32; 2],
        change: Change,
    ) -> (u32, bool) {
        let key = Links::key([from, to], change);
        let links = &mut self.links[usize::from(change.ordered)];
        if let Some(known) = key.and_then(|key| links.get(link, key)) {
            return known;
        }
        self.new_link(world, link, [from, to], (change, key))
    }

    /// Computes the link after an operation.
    #[cold]
    #[inline(never)]
    fn new_link(
        &mut self,
        world: &World,
        link: u32,
        effects: [u32; 2],
        (change, key): (Change, Option<links::Key>),
    ) -> (u32, bool) {
        let effects = effects.map(|effect| world.effects.get(effect));
        let (next, differ) = world.links.get(link).after(effects, change);
        let result = (world.links.intern(next), differ);
        if let Some(key) = key {
            self.links[usize::from(change.ordered)].add(link, key, result);
        }
        result
    }

    #[inline]
    pub(in crate::search) fn seen(&mut self, world: &World, seen: u32, names: Names) -> u32 {
        if names == Names::SAME {
            return seen;
        }
        let renamed = || world.renamed_seen(seen, names);
        *self.seen.entry((seen, names)).or_insert_with(renamed)
    }

    #[inline]
    pub(in crate::search) fn keys(&mut self, world: &World, keys: u32, names: Names) -> u32 {
        if names.dev == 0 {
            return keys;
        }
        let names = Names {
            dev: names.dev,
            ..Names::SAME
        };
        let renamed = || world.renamed_keys(keys, names);
        *self.keys.entry((keys, names)).or_insert_with(renamed)
    }

    pub(in crate::search) fn existing(
        &mut self,
        world: &World,
        existing: u32,
        names: Names,
    ) -> u32 {
        let renamed = || world.renamed_existing(existing, names);
        *self
            .existing
            .entry((existing, names))
            .or_insert_with(renamed)
    }

    pub(in crate::search) fn left(
        &mut self,
        world: &World,
        left: u32,
        names: Names,
        lost: [u32; 2],
    ) -> u32 {
        if names == Names::SAME && lost == [0; 2] {
            return left;
        }
        let renamed = || world.renamed_left(left, names, lost);
        *self.left.entry((left, names, lost)).or_insert_with(renamed)
    }

    /// Returns a number for what callers see of operations over devices and mms that change nothing,
    /// under other names.
    fn looks(&mut self, world: &World, looks: u32, names: Names, mms: usize) -> u32 {
        if let Some(&known) = self.looks.get(&(looks, names)) {
            return known;
        }
        let columns = &world.columns;
        let before = world.looks.get(looks);
        let mut shown = vec![0; before.len()];
        let dev = *world.symmetry.dev(names.dev);
        let pasids = columns.pasids.len();
        let mut from = 0;
        for family in &columns.looks {
            for at in 0..columns.count(family, mms) {
                use spec::op::Over;
                let to = match family.over {
                    Over::DevicesAndMms => dev[at / mms] as usize * mms + names.mms.get(at % mms),
                    Over::Mms => names.mms.get(at),
                    Over::Devices => dev[at] as usize,
                    Over::Pasids => dev[at / pasids] as usize * pasids + at % pasids,
                    Over::Held => at,
                };
                let seen = world.renamed_seen(before[from + at], names);
                shown[from + to] = world.seen.get(seen).shown;
            }
            from += columns.count(family, mms);
        }
        // Numbers of what is shown share the list: a list of them can equal one of what is seen,
        // which is of no importance.
        let shown = world.looks.intern(shown.into());
        forget(&mut self.looks);
        self.looks.insert((looks, names), shown);
        shown
    }

    /// Returns whether callers see the same of operations over devices and mms that change nothing.
    /// `names` are the names in the state of the first model of what has names in that of the other.
    pub(in crate::search) fn same_looks(
        &mut self,
        world: &World,
        [a, b]: [u32; 2],
        names: Names,
        mms: usize,
    ) -> bool {
        let a = self.looks(world, a, Names::SAME, mms);
        a == self.looks(world, b, names, mms)
    }

    /// Returns the number of the info of an operation that changes nothing.
    #[inline]
    pub(in crate::search) fn still(&mut self, world: &World, seen: u32) -> u32 {
        let info = || world.infos.intern(super::Info::still(world, seen));
        *self.stills.entry(seen).or_insert_with(info)
    }

    /// Returns whether any operation of a list of what is seen shows a misbehaviour of a single
    /// model.
    pub(in crate::search) fn is_odd(&mut self, world: &World, looks: u32) -> bool {
        let odd = || {
            let mut all = world.looks.get(looks).iter();
            u32::from(all.any(|&seen| world.seen.get(seen).flags & super::seen::ODD != 0))
        };
        *self.shown.entry(looks).or_insert_with(odd) != 0
    }

    /// Returns the least of equivalent names of devices, and the number of the ways to them.
    #[inline]
    pub(in crate::search) fn devices(
        &mut self,
        world: &World,
        classes: [u32; 2],
        names: [u8; 2],
        symmetric: bool,
    ) -> ([u8; 2], u32) {
        if let Some(&known) = self.devices.get(&(classes, names)) {
            return known;
        }
        let frame = match (symmetric, world.alone) {
            (false, _) => Frame::Given,
            (true, false) => Frame::First,
            (true, true) => Frame::Own,
        };
        let elements = classes.map(|class| &**world.classes.get(class));
        let (least, ways) = least(&world.symmetry, elements, names, frame);
        let at = match self.ways.iter().position(|other| **other == ways[..]) {
            Some(known) => known,
            None => {
                self.ways.push(ways.into());
                self.ways.len() - 1
            }
        };
        let result = (least, at as u32);
        self.devices.insert((classes, names), result);
        result
    }

    /// Returns the way at a position.
    #[inline(always)]
    pub(in crate::search) fn way(&self, ways: u32, at: u8) -> (u8, u8) {
        self.ways[ways as usize][at as usize]
    }

    /// Returns the least link among equivalent ones, and the position of a way to it.
    #[inline]
    pub(in crate::search) fn best(
        &mut self,
        world: &World,
        link: u32,
        moves: [u32; 2],
        ways: u32,
        ordered: bool,
    ) -> (u32, u8) {
        let key = packed([link, moves[0], moves[1]], ways << 1 | u32::from(ordered));
        if let Some(&known) = self.best.get(&key) {
            return known;
        }
        let all = moves.map(|moves| match moves {
            0 => None,
            moves => Some(world.moves.get(moves)),
        });
        let this = world.links.get(link);
        let mut best: Option<(Link, u8)> = None;
        for (at, &(i, j)) in (0..).zip(self.ways[ways as usize].iter()) {
            let of = |side: usize, element: u8| {
                let effect = all[side].map_or(NOTHING, |all| all[element as usize]);
                world.effects.get(effect)
            };
            let renamed = this.renamed([of(0, i), of(1, j)], ordered);
            if best.as_ref().is_none_or(|(best, _)| renamed < *best) {
                best = Some((renamed, at));
            }
        }
        let (best, at) = best.expect("there is a way");
        let result = (world.links.intern(best), at);
        forget(&mut self.best);
        self.best.insert(key, result);
        result
    }

    /// Returns the bytes that the results take, about.
    pub(in crate::search) fn bytes(&self) -> usize {
        self.infos.capacity() * size_of::<Info>()
            + self.links.iter().map(Links::bytes).sum::<usize>()
            + self.best.capacity() * 28
            + self.pasts.capacity() * 20
            + (self.seen.capacity() + self.keys.capacity() + self.existing.capacity()) * 24
            + self.left.capacity() * 36
            + self.looks.capacity() * 32
            + (self.devices.capacity() + self.lasts.capacity()) * 24
            + (self.stills.capacity() + self.shown.capacity()) * 12
    }
}

/// Returns a key of three numbers and some bits.
#[inline(always)]
pub(in crate::search) fn packed([a, b, c]: [u32; 3], bits: u32) -> u128 {
    u128::from(a) << 96 | u128::from(b) << 64 | u128::from(c) << 32 | u128::from(bits)
}

/// Forgets all results if there are too many.
pub(in crate::search) fn forget<K, V>(map: &mut Map<K, V>) {
    if map.len() >= MOST {
        map.clear();
    }
}

/// What the names of a state are.
#[derive(Clone, Copy)]
enum Frame {
    /// Those of its only model.
    Own,
    /// Those of its first model.
    First,
    /// Those of the topology.
    Given,
}

/// Returns the least names of devices that come to the same, and all ways to them.
fn least(
    symmetry: &Symmetry,
    [a, b]: [&[u8]; 2],
    names: [u8; 2],
    frame: Frame,
) -> ([u8; 2], Vec<(u8, u8)>) {
    let mut best = [u8::MAX; 2];
    let mut ways = Vec::new();
    for (i, &s) in (0..).zip(a) {
        for (j, &t) in (0..).zip(b) {
            let undone =
                |name: u8, by: u8| symmetry.devices_after(name, symmetry.inverse_of_devices(by));
            let to = match frame {
                Frame::Own => [0; 2],
                Frame::First => [0, symmetry.devices_after(s, undone(names[1], t))],
                Frame::Given => [undone(names[0], s), undone(names[1], t)],
            };
            if to < best {
                best = to;
                ways.clear();
            }
            if to == best {
                ways.push((i, j));
            }
        }
    }
    (best, ways)
}
