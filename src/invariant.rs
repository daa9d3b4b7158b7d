// SPDX-License-Identifier: GPL-2.0-or-later
//! Invariants that a kernel has to keep for any callers and any failures.
//!
//! A counter has to equal the number of objects that the kernel documents it to count. In 6.7, the
//! `users` of a domain counts its handles; from 6.8 on it counts its attachments, that is, the
//! entries that lead to it. The `users` of a handle exists from 6.8-rc6 on and in one of the
//! proposals, and counts the binds that share the handle.

use crate::judge::{LeakKind, Observer, Place, View, ViewSet};
use crate::report;
use impl_v68::revisions::{SHARE_HANDLES, SKETCH_HANDLE_LIST};
use spec::case::{MAX_MMS, MAX_OPS};
use spec::concurrent::{Cpus, Program, Schedule};
use spec::kernel::{DomainType, MmId};
use spec::pasid::number;
use spec::run::Held;
use spec::trace::Call;
use spec::{Case, Model, OpKind, Ret, Run, Tree};

/// A property that every kernel has to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    /// Nothing exists after the teardown.
    NothingLeft,
    /// The kernel neither complains nor dies.
    NoSplat,
    /// An mm keeps the PASID that it first got.
    PasidOfMm,
    /// Entries lead to live objects only.
    EntriesLive,
    /// `users` equals the number of objects that it counts.
    Users,
    /// A bind leads to a domain of its own mm.
    OwnDomain,
    /// What is set on a device is in the array of its group.
    SetPasids,
}

impl Invariant {
    /// The number of invariants.
    pub const COUNT: usize = 7;

    /// All invariants, in the order of their discriminants.
    pub const ALL: [Invariant; Invariant::COUNT] = [
        Invariant::NothingLeft,
        Invariant::NoSplat,
        Invariant::PasidOfMm,
        Invariant::EntriesLive,
        Invariant::Users,
        Invariant::OwnDomain,
        Invariant::SetPasids,
    ];

    /// Returns the name of the invariant, as used in documents and tests.
    pub fn name(self) -> &'static str {
        match self {
            Invariant::NothingLeft => "nothing left",
            Invariant::NoSplat => "no splat",
            Invariant::PasidOfMm => "one PASID",
            Invariant::EntriesLive => "live entries",
            Invariant::Users => "users",
            Invariant::OwnDomain => "own domain",
            Invariant::SetPasids => "set PASIDs",
        }
    }

    /// Returns the invariant as one sentence.
    pub fn says(self) -> &'static str {
        match self {
            Invariant::NothingLeft => {
                "When all that was held is released and every process is gone, \
                 nothing is left."
            }
            Invariant::NoSplat => "The kernel never complains, oopses or hangs.",
            Invariant::PasidOfMm => {
                "An mm that has a PASID keeps it as long as it exists, and whoever \
                 asks for it is told this one."
            }
            Invariant::EntriesLive => {
                "What an entry of a group's array leads to has not been freed, and \
                 what is only reserved is reserved for a driver's domain that lives."
            }
            Invariant::Users => {
                "Between calls, the users of a domain are the handles on it (6.7) or \
                 the entries that lead to it (later), and the users of a handle, \
                 where it has them, are the binds that hold it."
            }
            Invariant::OwnDomain => {
                "A PASID belongs to one mm, and a bind leads to a domain of its own mm."
            }
            Invariant::SetPasids => {
                "No device has a PASID set that its group no longer has, not even after a reset."
            }
        }
    }

    /// Returns the first place where a model breaks this invariant with a case, and how.
    pub fn broken<M: Model>(self, model: &M, case: &Case) -> Option<Broken> {
        broken(model, case)[self as usize].take()
    }
}

/// A violation of an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The place; in a concurrent case, the operation that ran last.
    pub place: Place,
    /// A description of the violation.
    pub what: String,
}

/// Returns, for each invariant in the order of [`Invariant::ALL`], the first place where a model
/// breaks it with a case, and how.
pub fn broken<M: Model>(model: &M, case: &Case) -> [Option<Broken>; Invariant::COUNT] {
    let mut watcher = Watcher {
        case,
        handles_have_users: handles_have_users(model.tree()),
        pasids: [0; MAX_MMS],
        set: Vec::new(),
        broken: [const { None }; Invariant::COUNT],
    };
    let program = Program::new(&case.ops);
    let mut cpus = Cpus::boot(&case.topology, &program);
    let mut splats = Observer::new(ViewSet::of(&View::ALL));
    let mut under_way = vec![false; case.ops.len()];
    let mut schedule = Schedule::of(case);
    let mut choices = Vec::new();
    while let Some(cpu) = schedule.next(model, &program, &cpus, &mut choices) {
        let section = cpus.section(model, &program, cpu, &mut splats);
        let place = Place::Op(section.op);
        under_way[section.op] = section.ret.is_none();
        watcher.splats(place, &mut splats);
        if section.ret.is_some_and(Ret::ends_the_run) {
            return watcher.broken;
        }
        watcher.state(place, &cpus.run);
        if !under_way.contains(&true) {
            watcher.users(place, &cpus.run);
        }
        if let Some(ret) = section.ret {
            watcher.returned(place, section.op, ret);
        }
    }
    let mut last = None;
    while let Some(release) = cpus.run.next_release(last) {
        let ret = cpus.run.release(model, release, &mut splats);
        watcher.splats(Place::End, &mut splats);
        if ret.ends_the_run() {
            return watcher.broken;
        }
        watcher.state(Place::End, &cpus.run);
        watcher.users(Place::End, &cpus.run);
        last = Some(release);
    }
    if LeakKind::first_in(&cpus.run.machine).is_some() {
        let live = report::live(&cpus.run.machine.live());
        watcher.breaks(Invariant::NothingLeft, Place::End, || {
            format!("left: {live}")
        });
    }
    watcher.broken
}

/// Returns whether the handles of a kernel have `users`.
fn handles_have_users(tree: &Tree) -> bool {
    tree.has(SHARE_HANDLES) || tree.has(SKETCH_HANDLE_LIST)
}

struct Watcher<'a> {
    case: &'a Case,
    handles_have_users: bool,
    /// The PASID of each mm; 0 if it has had none so far.
    pasids: [u16; MAX_MMS],
    /// The PASIDs that the driver has set, each with its device.
    set: Vec<(u32, u16)>,
    broken: [Option<Broken>; Invariant::COUNT],
}

impl Watcher<'_> {
    /// Records a violation, unless this invariant was violated before.
    fn breaks(&mut self, which: Invariant, place: Place, what: impl FnOnce() -> String) {
        self.broken[which as usize].get_or_insert_with(|| Broken {
            place,
            what: what(),
        });
    }

    fn splats(&mut self, place: Place, observer: &mut Observer) {
        for &(splat, _) in observer.splats() {
            self.breaks(Invariant::NoSplat, place, || splat.text().to_owned());
        }
        if observer.is_foreign() {
            let what = || "the domain of the handle belongs to another mm".to_owned();
            self.breaks(Invariant::OwnDomain, place, what);
        }
        for call in observer.calls() {
            match *call {
                Call::SetDevPasid {
                    dev,
                    pasid,
                    err: None,
                    ..
                } if !self.set.contains(&(dev, pasid)) => self.set.push((dev, pasid)),
                Call::RemoveDevPasid { dev, pasid } => {
                    self.set.retain(|&set| set != (dev, pasid));
                }
                _ => {}
            }
        }
        observer.clear();
    }

    /// Checks the invariants that have to hold between any two sections.
    fn state(&mut self, place: Place, run: &Run) {
        let m = &run.machine;
        for mm in 0..m.nr_mms() {
            let this = m.mm(MmId::new(mm as u8));
            let before = self.pasids[mm];
            if this.mm_count == 0 {
                continue;
            }
            self.pasids[mm] = this.pasid;
            if before != 0 && this.pasid != before {
                let [has, had] = [this.pasid, before].map(number);
                let what = || format!("mm {mm} has PASID {has}, it had {had}");
                self.breaks(Invariant::PasidOfMm, place, what);
            }
        }
        let group = |dev: u32| self.case.topology.devices[dev as usize].group;
        let is_gone = |&&(dev, pasid): &&_| m.pasid_arrays().load(group(dev), pasid).is_none();
        if let Some(&(dev, pasid)) = self.set.iter().find(is_gone) {
            let pasid = number(pasid);
            let what = || format!("device {dev} has PASID {pasid} set, its group has not");
            self.breaks(Invariant::SetPasids, place, what);
        }
        for entry in m.pasid_arrays().entries() {
            let freed = match entry.domain.is_null() {
                true => !is_reserved(run, entry.group, entry.pasid),
                false => m.is_dangling(entry),
            };
            if freed {
                let leads = match entry.domain.is_null() {
                    true => "is reserved for nobody",
                    false => "leads to freed memory",
                };
                let (group, pasid) = (entry.group, number(entry.pasid));
                let what = || format!("group {group} pasid {pasid} {leads}");
                self.breaks(Invariant::EntriesLive, place, what);
            }
        }
    }

    /// Checks the invariants that have to hold while no call is running.
    fn users(&mut self, place: Place, run: &Run) {
        let m = &run.machine;
        let (mut entries, mut on) = ([0u32; MAX_OPS], [0u32; MAX_OPS]);
        for entry in m.pasid_arrays().entries() {
            count(&mut entries, entry.domain.raw());
        }
        for handle in m.handles().iter().filter(|handle| !handle.freed) {
            count(&mut on, handle.domain.raw());
        }
        for (at, domain) in m.domains().iter().enumerate() {
            if domain.freed || domain.kind != DomainType::Sva {
                continue;
            }
            // Since `iommu_mm` exists, devices share domains.
            let (expected, which) = match m.mm(domain.mm).iommu_mm {
                true => (entries[at], "entries that lead to it"),
                false => (on[at], "handles on it"),
            };
            let users = domain.users.get();
            if i64::from(users) != i64::from(expected) {
                let what = || format!("domain {at}: users {users}, {which} {expected}");
                self.breaks(Invariant::Users, place, what);
            }
        }
        if !self.handles_have_users {
            return;
        }
        let mut holding = [0u32; MAX_OPS];
        for op in 0..self.case.ops.len() {
            if let Held::Bind(handle) = run.held(op) {
                count(&mut holding, handle.raw());
            }
        }
        for (at, handle) in m.handles().iter().enumerate() {
            let users = handle.users.get();
            if !handle.freed && users.map(u32::from) != Some(holding[at]) {
                let users = users.map_or("saturated".to_owned(), |users| users.to_string());
                let held = holding[at];
                let what = || format!("handle {at}: users {users}, binds that hold it {held}");
                self.breaks(Invariant::Users, place, what);
            }
        }
    }

    /// Checks the PASID that an operation returned against the one that its mm has.
    fn returned(&mut self, place: Place, op: usize, ret: Ret) {
        let kind = self.case.ops[op].kind;
        // A handle belongs to the mm of its bind.
        let asked = match kind.of() {
            Some(of) => self.case.ops.get(of as usize).map(|op| op.kind),
            None => Some(kind),
        };
        let Some(mm) = asked.and_then(OpKind::mm) else {
            return;
        };
        let pasid = match ret {
            Ret::Handle { pasid, .. } => pasid.unwrap_or(0),
            Ret::Pasid(pasid) => pasid,
            Ret::Invalid => 0,
            _ => return,
        };
        let has = self.pasids[mm as usize];
        if pasid != has {
            let [has, pasid] = [has, pasid].map(number);
            let what = || format!("mm {mm} has PASID {has}, {} says {pasid}", kind.name());
            self.breaks(Invariant::PasidOfMm, place, what);
        }
    }
}

/// Returns whether the entry belongs to a driver that has attached a domain of its own.
fn is_reserved(run: &Run, group: u8, pasid: u16) -> bool {
    (0..MAX_OPS).any(|op| match run.held(op) {
        Held::Domain {
            dev,
            pasid: at,
            domain,
        } => {
            let m = &run.machine;
            let is_freed = m
                .domains()
                .get(domain.index())
                .is_none_or(|this| this.freed);
            (m.device(dev).group, at) == (group, pasid) && !is_freed
        }
        _ => false,
    })
}

fn count(all: &mut [u32; MAX_OPS], index: u8) {
    if let Some(count) = all.get_mut(index as usize) {
        *count += 1;
    }
}
