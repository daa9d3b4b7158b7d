// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that no incorrect model makes the machine panic or run for ever. The models have a random
//! slip, as a patch can have: they dereference, store or clear a pointer too early, release a lock
//! twice, drop a reference twice, or use the wrong object.

use spec::canonical::{Canon, Scratch};
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::kernel::{DeviceId, DomainId, DomainType, Entry, HandleId, MmId};
use spec::record::record;
use spec::run::{Bind, Unbind};
use spec::{At, Case, Errno, Flow, Kernel, Model, Recorder, Ret, Run, Splat, Stop, Tree, Watch};
use std::collections::BTreeSet;
use svadiff::models::{AnyModel, all};

/// How the objects of a call are read and written.
type Access<C> = (fn(&C) -> Objects, fn(&mut C, Objects));

/// The calls of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Bind,
    Unbind,
    GetPasid,
    Attach,
    Detach,
    DomainFree,
    PageRequest,
}

/// The number of actions of [`Slip::act`].
const ACTIONS: u8 = 45;

/// A model that does one thing that its base does not do.
#[derive(Clone, Copy, Debug)]
struct Slip {
    base: AnyModel,
    place: Place,
    /// The section of the call.
    section: u8,
    /// Whether the slip happens before the code of the section, or after it.
    is_early: bool,
    /// The number of the action, see [`Slip::act`].
    action: u8,
    /// The number of the other object that the slip uses, or the number of repetitions.
    number: u8,
}

/// The objects of a call.
#[derive(Clone, Copy, Debug)]
struct Objects {
    dev: DeviceId,
    mm: MmId,
    domain: DomainId,
    handle: HandleId,
    pasid: u16,
}

const NOTHING: Objects = Objects {
    dev: DeviceId::NULL,
    mm: MmId::NULL,
    domain: DomainId::NULL,
    handle: HandleId::NULL,
    pasid: 0,
};

/// The anchor of all slips. Every revision has lines for it.
const AT: At = At::Create;

impl Slip {
    /// Chooses a slip by its number.
    fn new(seed: u64) -> Slip {
        let mut rng = fastrand::Rng::with_seed(seed);
        let models = all();
        let places = [
            Place::Bind,
            Place::Bind,
            Place::Unbind,
            Place::Unbind,
            Place::GetPasid,
            Place::Attach,
            Place::Detach,
            Place::DomainFree,
            Place::PageRequest,
        ];
        Slip {
            base: models[rng.usize(..models.len())],
            place: places[rng.usize(..places.len())],
            section: rng.u8(0..6),
            is_early: rng.bool(),
            action: (seed % u64::from(ACTIONS)) as u8,
            number: rng.u8(0..4),
        }
    }

    /// Performs the action.
    fn act<W: Watch>(&self, k: &mut Kernel<'_, W>, with: &mut Objects) -> Result<(), Stop> {
        let Objects {
            dev,
            mm,
            domain,
            handle,
            pasid,
        } = *with;
        let number = self.number;
        match self.action {
            // Dereference a pointer.
            0 => drop(k.handle(handle, AT)?.dev),
            1 => drop(k.domain(domain, AT)?.mm),
            2 => drop(k.mm(mm, AT)?.pasid),
            3 => {
                let dev = k.handle(handle, AT)?.dev;
                with.pasid = k.device(dev, AT)?.max_pasids;
            }
            4 => {
                let domain = k.handle(handle, AT)?.domain;
                with.mm = k.domain(domain, AT)?.mm;
            }
            5 => with.handle = k.mm(mm, AT)?.sva_handles,
            6 => with.domain = k.mm(mm, AT)?.sva_domains,
            7 => with.domain = k.domain(domain, AT)?.next(),
            8 => with.handle = k.handle(handle, AT)?.next(),
            // Use another object, or null.
            9 => with.handle = HandleId::NULL,
            10 => with.domain = DomainId::NULL,
            11 => with.dev = DeviceId::NULL,
            12 => with.mm = MmId::NULL,
            13 => with.handle = HandleId::new(number),
            14 => with.domain = DomainId::new(number),
            15 => with.dev = DeviceId::new(number),
            16 => with.mm = MmId::new(number),
            17 => with.pasid = pasid.wrapping_sub(number.into()),
            // Store.
            18 => k.handle(handle, AT)?.dev = dev,
            19 => k.handle(handle, AT)?.domain = domain,
            20 => k.domain(domain, AT)?.mm = mm,
            21 => k.domain(domain, AT)?.users += number,
            22 => k.domain(domain, AT)?.users -= number,
            23 => k.set_pasid(mm, number.into(), true, AT)?,
            // Count references.
            24 => k.refcount_inc(handle, AT)?,
            25 => drop(k.refcount_dec_and_test(handle, AT)?),
            26 => k.refcount_set_one(handle, AT)?,
            27 => k.mmgrab(mm, AT)?,
            28 => k.mmdrop(mm, AT)?,
            29 => k.mmget(mm, AT)?,
            30 => k.mmput(mm, AT)?,
            // Use locks and lists.
            31 => k.mutex_lock(AT)?,
            32 => k.mutex_unlock(AT)?,
            33 => k.sva_handles_add(mm, handle, AT)?,
            34 => k.sva_handles_del(handle, AT)?,
            35 => k.sva_domains_add(mm, domain, AT)?,
            36 => k.sva_domains_del(domain, AT)?,
            37 => k.sva_domains_add_tail(mm, domain, AT)?,
            // Allocate and free.
            38 => k.handle_free(handle, AT)?,
            39 => k.driver_domain_free(domain)?,
            40 => {
                with.handle = k.handle_alloc()?.unwrap_or(HandleId::NULL);
                let domain = k.driver_domain_alloc(DomainType::Sva)?;
                with.domain = domain.unwrap_or(DomainId::NULL);
            }
            41 => {
                k.iommu_free_global_pasid(pasid)?;
                k.iommu_alloc_global_pasid(dev)?;
            }
            // Change the entries of a group.
            42 => {
                for more in 0..=u16::from(number) * 20 {
                    let entry = Entry {
                        group: k.device(dev, AT)?.group ^ (number & 1),
                        pasid: pasid + more,
                        domain,
                        handle,
                    };
                    k.xa_store(entry, AT)?;
                }
            }
            43 => {
                let group = k.device(dev, AT)?.group;
                k.xa_erase(group, pasid, AT)?;
                k.driver_set_dev_pasid(domain, dev, pasid)?.ok();
            }
            // Never reach the end of a list.
            _ => {
                while !domain.is_null() {
                    k.domain(domain, AT)?;
                }
            }
        }
        Ok(())
    }

    /// Runs `section`, and the action of the slip before or after it.
    fn around<W: Watch, C, T>(
        &self,
        is_here: bool,
        k: &mut Kernel<'_, W>,
        call: &mut C,
        (read, write): Access<C>,
        section: impl FnOnce(&mut Kernel<'_, W>, &mut C) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let act = |k: &mut Kernel<'_, W>, call: &mut C, is_early: bool| {
            if is_here && is_early == self.is_early {
                let mut with = read(call);
                self.act(k, &mut with)?;
                write(call, with);
            }
            Ok(())
        };
        act(k, call, true)?;
        let done = section(k, call)?;
        act(k, call, false)?;
        Ok(done)
    }

    /// Returns whether each section of a call, from the section of the slip on, is followed by
    /// another one.
    fn never_returns(&self, place: Place, section: u8) -> bool {
        self.place == place && self.number == 1 && section >= self.section
    }

    fn of_call<W: Watch, T>(
        &self,
        place: Place,
        k: &mut Kernel<'_, W>,
        mut with: Objects,
        call: impl FnOnce(&mut Kernel<'_, W>, &Objects) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let write: fn(&mut Objects, Objects) = |to, from| *to = from;
        self.around(
            self.place == place,
            k,
            &mut with,
            (|with| *with, write),
            |k, with| call(k, with),
        )
    }
}

impl Model for Slip {
    fn tree(&self) -> &'static Tree {
        self.base.tree()
    }

    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Bind,
    ) -> Result<Flow<Result<HandleId, Errno>>, Stop> {
        let is_here = self.place == Place::Bind && call.section() == self.section;
        let read = |call: &Bind| Objects {
            dev: call.dev,
            mm: call.mm,
            domain: call.domain,
            handle: call.handle,
            pasid: 1,
        };
        let write = |call: &mut Bind, with: Objects| {
            (call.dev, call.mm) = (with.dev, with.mm);
            (call.domain, call.handle) = (with.domain, with.handle);
        };
        let done = self.around(is_here, k, call, (read, write), |k, call| {
            self.base.iommu_sva_bind_device(k, call)
        })?;
        Ok(match (is_here, self.number) {
            (true, 2) => Flow::Done(Ok(call.handle)),
            _ if self.never_returns(Place::Bind, call.section()) => Flow::Next,
            _ => done,
        })
    }

    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        let is_here = self.place == Place::Unbind && call.section() == self.section;
        let read = |call: &Unbind| Objects {
            dev: call.dev,
            domain: call.domain,
            handle: call.handle,
            pasid: call.pasid,
            mm: MmId::new(0),
        };
        let write = |call: &mut Unbind, with: Objects| {
            (call.dev, call.pasid) = (with.dev, with.pasid);
            (call.domain, call.handle) = (with.domain, with.handle);
        };
        let done = self.around(is_here, k, call, (read, write), |k, call| {
            self.base.iommu_sva_unbind_device(k, call)
        })?;
        Ok(match (is_here, self.number) {
            (true, 2) => Flow::Done(()),
            _ if self.never_returns(Place::Unbind, call.section()) => Flow::Next,
            _ => done,
        })
    }

    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: HandleId,
    ) -> Result<Option<u16>, Stop> {
        let with = Objects { handle, ..NOTHING };
        self.of_call(Place::GetPasid, k, with, |k, with| {
            self.base.iommu_sva_get_pasid(k, with.handle)
        })
    }

    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        let with = of_driver(domain, dev, pasid);
        self.of_call(Place::Attach, k, with, |k, with| {
            let Objects {
                domain, dev, pasid, ..
            } = *with;
            self.base.iommu_attach_device_pasid(k, domain, dev, pasid)
        })
    }

    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<(), Stop> {
        let with = of_driver(domain, dev, pasid);
        self.of_call(Place::Detach, k, with, |k, with| {
            let Objects {
                domain, dev, pasid, ..
            } = *with;
            self.base.iommu_detach_device_pasid(k, domain, dev, pasid)
        })
    }

    fn iommu_domain_free<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
    ) -> Result<(), Stop> {
        let with = Objects { domain, ..NOTHING };
        self.of_call(Place::DomainFree, k, with, |k, with| {
            self.base.iommu_domain_free(k, with.domain)
        })
    }

    fn pci_dev_reset_iommu_prepare<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: DeviceId,
    ) -> Result<Result<(), Errno>, Stop> {
        self.base.pci_dev_reset_iommu_prepare(k, dev)
    }

    fn pci_dev_reset_iommu_done<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: DeviceId,
    ) -> Result<(), Stop> {
        self.base.pci_dev_reset_iommu_done(k, dev)
    }

    fn page_request<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        dev: DeviceId,
        pasid: u16,
    ) -> Result<Option<MmId>, Stop> {
        let with = of_driver(DomainId::NULL, dev, pasid);
        self.of_call(Place::PageRequest, k, with, |k, with| {
            self.base.page_request(k, with.dev, with.pasid)
        })
    }
}

fn of_driver(domain: DomainId, dev: DeviceId, pasid: u16) -> Objects {
    Objects {
        domain,
        dev,
        pasid,
        mm: MmId::new(0),
        handle: HandleId::NULL,
    }
}

/// Returns slips of every kind: each action in many places.
fn slips() -> impl Iterator<Item = Slip> {
    (0..25 * u64::from(ACTIONS)).map(Slip::new)
}

fn cases(cpus: u8) -> Vec<Case> {
    let sizes = Sizes {
        devices: 1..=3,
        mms: 1..=2,
        ops: 4..=12,
        cpus: cpus..=cpus,
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    (0..200).map(|seed| generator.case(seed).clone()).collect()
}

#[test]
fn no_slip_makes_the_machine_panic_or_run_for_ever() {
    let cases = [cases(0), cases(2)];
    let mut splats = BTreeSet::new();
    let mut died = 0;
    for (number, slip) in slips().enumerate() {
        for cases in &cases {
            for more in 0..6 {
                let recording = record(&slip, &cases[(6 * number + more) % cases.len()]);
                let end = recording.end.iter().map(|(_, note)| note);
                let notes = recording.steps.iter().chain(end);
                splats.extend(notes.flat_map(|note| &note.splats).map(|&(splat, _)| splat));
                died += usize::from(recording.trace.end.is_none());
            }
        }
    }
    // If a splat were missing, the slips would not exercise the machine enough. No slip is one of a
    // kernel before 6.4.
    let mut every: BTreeSet<Splat> = Splat::ALL.iter().copied().collect();
    every.remove(&Splat::IoasidFree);
    // It needs a fault in the end of a reset, which is rare.
    splats.remove(&Splat::WarnResetDone);
    every.remove(&Splat::WarnResetDone);
    assert_eq!(splats, every);
    assert!(died > 1000, "{died}");
}

/// Returns the end of a run: what its teardown returns, its splats, and the numbers of remaining
/// objects.
fn end(slip: Slip, mut run: Run) -> (Ret, Vec<Splat>, [u8; 5]) {
    let mut watch = Recorder::default();
    let ret = run.teardown(&slip, &mut watch);
    let splats = watch.splats.iter().map(|&(splat, _)| splat).collect();
    (ret, splats, run.machine.left().compare(&Default::default()))
}

/// A search packs its states, including those that only an incorrect kernel reaches.
#[test]
fn a_state_that_a_slip_leads_to_is_packed_with_all_that_matters() {
    let cases = cases(0);
    let mut scratch = Scratch::default();
    let mut states = 0;
    // Packing renames domains and handles, so no slip may use one by its number.
    let slips = slips().filter(|slip| ![13, 14].contains(&slip.action));
    for (number, slip) in slips.enumerate() {
        let case = &cases[number % cases.len()];
        let canon = Canon::plain(&case.topology).ordered();
        let mut run = Run::new(&case.topology);
        for (index, op) in case.ops.iter().enumerate() {
            if run.step(&slip, index, op, &mut ()).ends_the_run() {
                break;
            }
            let mut bytes = Vec::new();
            if canon.pack(&mut scratch, [&run], true, &mut bytes).lost {
                // Objects that nothing points to are not packed.
                break;
            }
            let [unpacked] = canon.unpack(&bytes);
            let mut again = Vec::new();
            canon.pack(&mut scratch, [&unpacked], true, &mut again);
            assert_eq!(bytes, again, "{slip:?} {case:?} {index}");
            assert_eq!(
                end(slip, run),
                end(slip, unpacked),
                "{slip:?} {case:?} {index}"
            );
            states += 1;
        }
    }
    assert!(states > 3000, "{states}");
}
