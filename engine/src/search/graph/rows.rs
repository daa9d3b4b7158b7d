// SPDX-License-Identifier: GPL-2.0-or-later
//! What every operation does in a state of one model.

use super::columns::Family;
use super::entry::{Entry, Info, LOST, MORE, STILL};
use super::known::Known;
use super::node::{By, Graph, effect};
use super::symmetry::Names;
use super::{Existing, World};
use crate::judge::Exists;
use crate::search::key::KeyObserver;
use smallvec::SmallVec;
use spec::canonical::{Scratch, distinct};
use spec::run::{Held, Lost};
use spec::{Model, Op, OpCode, OpKind, Ret, Run};
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;

/// Releases of what is held, then exits of all mms.
pub(super) type Ends = Box<[Entry]>;

/// All other operations whose caller holds nothing afterwards.
#[derive(Debug)]
pub(in crate::search) struct Rest {
    /// Operations over devices and mms, then those over what is held.
    pub entries: Box<[Entry]>,
    /// The number of what is seen of operations over devices and mms that change nothing.
    pub looks: u32,
    /// The number of what is seen of such operations over what is held.
    pub held_looks: u32,
    /// All of them as entries, if one changes something after all or they have to be compared one by
    /// one: those over devices and mms, then those over what is held.
    pub odd: Option<Box<[Entry]>>,
}

/// A part of a row while it is made, and what is held. They rarely need memory of their own.
type Row = SmallVec<[Entry; 64]>;
type HeldList = SmallVec<[(usize, Held); 16]>;

/// The buffers in which operations run.
pub(in crate::search) struct Stepper {
    base: Box<Run>,
    next: Box<Run>,
    /// The address of the graph, and the state, that the runs are those of.
    loaded: Option<(usize, u32)>,
    /// What is lost in that state.
    lost: Lost,
    observer: KeyObserver,
    known: Known,
    pub(super) packer: Packer,
}

/// The buffers in which runs are brought into canonical form.
#[derive(Default)]
pub(super) struct Packer {
    pub scratch: Box<Scratch>,
    pub packed: Vec<u8>,
}

impl fmt::Debug for Stepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stepper").finish_non_exhaustive()
    }
}

impl Stepper {
    pub(in crate::search) fn new(world: &World) -> Self {
        let run = || Box::new(Run::new(&world.topology));
        Stepper {
            base: run(),
            next: run(),
            loaded: None,
            lost: Lost::default(),
            observer: KeyObserver::new(world.views),
            known: Known::default(),
            packer: Packer::default(),
        }
    }
}

impl<M: Model> Graph<M> {
    /// Returns the state at boot.
    pub(in crate::search) fn boot(&self, world: &World, stepper: &mut Stepper) -> (u32, Names) {
        let boot = Run::new(&world.topology);
        let placed = self.place(world, &mut stepper.packer, &boot, None);
        (placed.node, placed.names)
    }

    /// Reads the first entry of each computed part of a row, so that it is in the cache.
    #[inline(always)]
    pub(in crate::search) fn first_of_rows(&self, node: u32) -> u32 {
        let this = self.node(node);
        let parts = [
            this.ends.get().map(|all| &**all),
            this.gains.get().map(|all| &**all),
            this.rest.get().map(|rest| &*rest.entries),
        ];
        let firsts = parts.into_iter().flatten().filter_map(<[Entry]>::first);
        firsts.fold(0, |read, entry| read ^ entry.next)
    }

    /// Returns what releases and exits do in a state.
    #[inline]
    pub(in crate::search) fn ends(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
    ) -> &[Entry] {
        let this = self.node(node);
        this.ends.get_or_init(|| {
            self.load(world, stepper, node);
            let mut entries = Row::new();
            for (op, held) in distinct(&stepper.base).collect::<HeldList>() {
                let code = releasing(held);
                let kind = code.with_args([op as u32; spec::op::MAX_ARGS]);
                entries.push(self.entry(world, stepper, node, &kind.into()));
            }
            for mm in 0..self.nr_mms(node) {
                let kind = OpKind::Exit { mm: mm as u32 };
                entries.push(self.entry(world, stepper, node, &kind.into()));
            }
            self.has(&entries)
        })
    }

    /// Returns what operations do whose callers hold something afterwards.
    #[inline]
    pub(in crate::search) fn gains(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
    ) -> &[Entry] {
        let this = self.node(node);
        this.gains.get_or_init(|| {
            self.load(world, stepper, node);
            let mut entries = Row::new();
            self.named(world, stepper, node, &world.columns.gains, &mut entries);
            self.has(&entries)
        })
    }

    /// Returns what all other operations do.
    #[inline]
    pub(in crate::search) fn rest(&self, world: &World, stepper: &mut Stepper, node: u32) -> &Rest {
        let this = self.node(node);
        this.rest.get_or_init(|| {
            self.load(world, stepper, node);
            let columns = &world.columns;
            let held: HeldList = distinct(&stepper.base).collect();
            let mut entries = Row::new();
            self.named(world, stepper, node, &columns.rest, &mut entries);
            self.over_held(
                world,
                stepper,
                node,
                &columns.held_rest,
                &held,
                &mut entries,
            );
            let mut looks = Row::new();
            self.named(world, stepper, node, &columns.looks, &mut looks);
            let over_mms = looks.len();
            self.over_held(world, stepper, node, &columns.held_looks, &held, &mut looks);
            let infos = { looks.iter() }.map(|entry: &Entry| world.infos.get(entry.info()));
            let is_odd =
                !infos.clone().all(|info| info.flags & STILL != 0) || world.compares_state();
            let seen: SmallVec<[u32; 64]> = infos.map(|info| info.seen).collect();
            Rest {
                entries: self.has(&entries),
                looks: world.looks.intern(seen[..over_mms].into()),
                held_looks: world.looks.intern(seen[over_mms..].into()),
                odd: is_odd.then(|| self.has(&looks)),
            }
        })
    }

    /// Returns a part of a row, and counts the memory that it takes.
    fn has(&self, entries: &[Entry]) -> Box<[Entry]> {
        self.bytes.fetch_add(size_of_val(entries), Relaxed);
        entries.into()
    }

    /// Loads a state into the buffers.
    fn load(&self, world: &World, stepper: &mut Stepper, node: u32) {
        let this = Some((std::ptr::from_ref(self).addr(), node));
        if stepper.loaded == this {
            return;
        }
        stepper.loaded = this;
        let [run] = world.canon.unpack::<1>(&self.node(node).bytes);
        stepper.base.copy_from(&run);
        stepper.next.copy_from(&run);
        stepper.lost = lost(world, &run);
    }

    fn named(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
        families: &[Family],
        out: &mut Row,
    ) {
        let mms = self.nr_mms(node);
        for family in families {
            for at in 0..world.columns.count(family, mms) {
                let op = world.columns.op(family, at, mms);
                out.push(self.entry(world, stepper, node, &op));
            }
        }
    }

    /// For each thing that is held, the operations of all families that name such a resource.
    fn over_held(
        &self,
        world: &World,
        stepper: &mut Stepper,
        node: u32,
        families: &[Family],
        held: &[(usize, Held)],
        out: &mut Row,
    ) {
        for &(op, held) in held {
            for family in families
                .iter()
                .filter(|family| family.of == held.resource())
            {
                let op = world.columns.op(family, op, 1);
                out.push(self.entry(world, stepper, node, &op));
            }
        }
    }

    /// Runs an operation in the state that is loaded.
    fn entry(&self, world: &World, stepper: &mut Stepper, node: u32, op: &Op) -> Entry {
        let index = stepper.base.nr_held() as usize;
        stepper.observer.clear();
        let ret = stepper
            .next
            .step(&self.model, index, op, &mut stepper.observer);
        let (base, next) = (&stepper.base, &stepper.next);
        let dangles = world.alone && next.machine.dangling() > base.machine.dangling();
        let seen = stepper
            .known
            .see(world, op.kind.code(), ret, &stepper.observer, dangles);
        if ret.ends_the_run() {
            stepper.next.copy_from(&stepper.base);
            let info = Info {
                flags: 0,
                ..Info::still(world, seen)
            };
            return Entry::end(stepper.known.info(world, info));
        }
        let before = self.outline(node);
        let is_still = !matches!(ret, Ret::Handle { .. })
            && next.held(index) == Held::Nothing
            && next.nr_outstanding() == base.nr_outstanding()
            && next.machine.nr_mms() == base.machine.nr_mms()
            && next.machine.same_as(&base.machine);
        if is_still {
            return Entry::still(node, before, stepper.known.still(world, seen));
        }
        let (to, info) = self.change(world, stepper, seen, index, ret);
        stepper.next.copy_from(&stepper.base);
        let at = stepper.known.info(world, info);
        let after = self.outline(to);
        let keys = match info.names.dev {
            0 => before.keys,
            dev => stepper.known.keys(world, before.keys, dev),
        };
        let grows = after.nr_mms - before.nr_mms;
        debug_assert!(grows <= 1, "an operation makes one mm");
        Entry::to(to, after, at, (keys == after.keys, grows != 0))
    }

    /// Returns the state that follows an operation of which this was seen, and describes what it
    /// changed.
    fn change(
        &self,
        world: &World,
        stepper: &mut Stepper,
        seen: u32,
        index: usize,
        ret: Ret,
    ) -> (u32, Info) {
        let mut info = Info::still(world, seen);
        let (base, next) = (&stepper.base, &stepper.next);
        let is_more = lost(world, next).is_more_than(&stepper.lost);
        let placed = self.place(world, &mut stepper.packer, next, None);
        let handle = match (ret, next.held(index)) {
            (Ret::Handle { .. }, Held::Bind(handle)) => Some(handle.raw()),
            _ => None,
        };
        let by = By { op: index, handle };
        let effect = effect(base, next, &placed.one, Some(by));
        if world.compares_state() {
            info.existing = world.existing.intern(Existing::of(next));
        }
        info.effect = stepper.known.effect(world, effect);
        info.names = placed.names;
        info.inverse = world.symmetry.inverse(placed.names, next.machine.nr_mms());
        info.lost = [placed.one.lost_handles, placed.one.lost_domains];
        info.flags = u8::from(is_more) * MORE + u8::from(info.lost != [0; 2]) * LOST;
        (placed.node, info)
    }
}

/// Returns what is lost in a run, as far as it matters.
fn lost(world: &World, run: &Run) -> Lost {
    match world.alone {
        true => run.lost(),
        false => run.lost_numbers(),
    }
}

/// Returns the operation that releases something.
fn releasing(held: Held) -> OpCode {
    let releases = |code: &OpCode| code.info().releases && code.info().names() == held.resource();
    let mut all = OpCode::ALL.into_iter();
    all.find(releases)
        .expect("an operation releases every resource")
}

impl Existing {
    pub(super) fn of(run: &Run) -> Self {
        let m = &run.machine;
        Existing {
            handles: Exists::handles(m),
            domains: Exists::domains(m),
            pasids: m.pasids().collect(),
            mm_counts: m.mm_counts().collect(),
            entries: m.entries().collect(),
        }
    }
}

impl World {
    /// Returns whether existing objects are compared.
    pub(in crate::search) fn compares_state(&self) -> bool {
        !self.alone && self.views.has(crate::judge::View::State)
    }

    /// Returns whether driver calls are compared.
    pub(in crate::search) fn compares_calls(&self) -> bool {
        !self.alone && self.views.has(crate::judge::View::Driver)
    }
}
