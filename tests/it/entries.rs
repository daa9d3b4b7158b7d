// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks entries of a group's array that point at an attach handle, at a domain, or at nothing:
//! how a machine reports them, and which of them can no longer be released.

use spec::kernel::{Armed, DomainId, DomainType, Entry, HandleId, NONE};
use spec::revision::Commits;
use spec::trace::Attached;
use spec::{At, Device, Kernel, Mm, Op, OpKind, Run, Topology};
use svadiff::models::by_name;

/// Returns a machine with two devices in a group each, and an mm.
fn boot() -> Run {
    let device = |group| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    Run::new(&Topology {
        devices: vec![device(0), device(1)],
        mms: vec![Mm { dma_compat: true }],
    })
}

fn after(model: &str, ops: &[OpKind]) -> Run {
    let model = by_name(model).expect("a model of this name");
    let mut run = boot();
    for (index, &kind) in ops.iter().enumerate() {
        let ret = run.step(&model, index, &Op::from(kind), &mut ());
        assert!(!ret.ends_the_run(), "{kind:?}");
    }
    run
}

fn with_kernel<T>(run: &mut Run, work: impl FnOnce(&mut Kernel<'_, ()>) -> T) -> T {
    let (mut armed, mut watch) = (Armed::default(), ());
    let mut k = Kernel::new(&mut run.machine, &mut armed, &mut watch, Commits::EMPTY);
    work(&mut k)
}

fn entry(group: u8, domain: u8, handle: u8) -> Entry {
    Entry {
        group,
        pasid: 1,
        domain: DomainId::new(domain),
        handle: HandleId::new(handle),
    }
}

/// Returns, for each entry, its group, the object that it leads to, and whether that object is
/// freed.
fn attached(run: &Run) -> Vec<(u8, Option<u32>, bool)> {
    let attached = run.machine.live().attached;
    let entry = |entry: &Attached| (entry.group, entry.domain, entry.freed);
    attached.iter().map(entry).collect()
}

const BINDS: [OpKind; 2] = [
    OpKind::Bind { dev: 0, mm: 0 },
    OpKind::Bind { dev: 1, mm: 0 },
];
const ATTACH: OpKind = OpKind::Attach { dev: 0, pasid: 1 };
const DETACH: OpKind = OpKind::Detach { of: 0 };

#[test]
fn an_entry_with_a_handle_shows_the_domain_of_the_handle() {
    for model in ["v6.8", "v6.12", "v6.12.117", "v7.3"] {
        let run = after(model, &BINDS);
        assert_eq!(attached(&run), [(0, Some(0), false), (1, Some(0), false)]);
        let to_handle = run.machine.pasid_arrays().entries().iter();
        let to_handle: Vec<u8> = to_handle.map(|entry| entry.handle.raw()).collect();
        let expected = if model == "v6.8" { [NONE; 2] } else { [0, 1] };
        assert_eq!(to_handle, expected, "{model}");
        assert_eq!(run.machine.dangling(), 0);
    }
}

#[test]
fn an_entry_dangles_with_its_handle_although_the_domain_lives() {
    let mut run = after("v6.12", &BINDS);
    let whole = run.machine.left();
    with_kernel(&mut run, |k| {
        k.handle_free(HandleId::new(0), At::UnbindFree).unwrap()
    });
    assert_eq!(attached(&run), [(0, Some(0), true), (1, Some(0), false)]);
    assert_eq!(run.machine.dangling(), 1);
    assert_ne!(run.machine.left(), whole);
}

#[test]
fn an_entry_dangles_with_its_domain_although_the_handle_lives() {
    for model in ["v6.8", "v6.12"] {
        let mut run = after(model, &BINDS);
        with_kernel(&mut run, |k| k.driver_domain_free(DomainId::new(0))).unwrap();
        assert_eq!(attached(&run), [(0, Some(0), true), (1, Some(0), true)]);
        assert_eq!(run.machine.dangling(), 2, "{model}");
    }
}

#[test]
fn a_reserved_entry_shows_no_domain_and_never_dangles() {
    for (model, domain) in [("v6.8", Some(0)), ("v6.12", None), ("v7.3", Some(0))] {
        let mut run = after(model, &[ATTACH]);
        assert_eq!(attached(&run), [(0, domain, false)], "{model}");
        with_kernel(&mut run, |k| k.driver_domain_free(DomainId::new(0))).unwrap();
        assert_eq!(attached(&run), [(0, domain, domain.is_some())], "{model}");
        assert_eq!(run.machine.dangling(), usize::from(domain.is_some()));
    }
}

#[test]
fn of_what_is_left_it_counts_where_an_entry_is_and_whether_it_dangles() {
    let mut names_handle = boot();
    let mut reserved = boot();
    with_kernel(&mut names_handle, |k| {
        let domain = k.driver_domain_alloc(DomainType::Sva).expect("no stop");
        let domain = domain.expect("a domain");
        let handle = k.handle_alloc().unwrap().expect("a handle");
        k.handle(handle, At::Create).unwrap().domain = domain;
    });
    let mut names_domain = names_handle;
    let mut runs = [&mut names_handle, &mut names_domain, &mut reserved];
    let entries = [entry(0, 0, 0), entry(0, 0, NONE), entry(0, NONE, NONE)];
    for (run, entry) in runs.iter_mut().zip(entries) {
        run.machine.pasid_arrays.store(entry);
    }
    assert_eq!(names_handle.machine.left(), names_domain.machine.left());
    let arrays = [names_handle, names_domain, reserved].map(|run| run.machine.pasid_arrays);
    assert!(arrays.iter().all(|array| array.same_entries(&arrays[0])));
}

#[test]
fn a_reserved_entry_is_lost_only_when_nobody_holds_what_it_is_for() {
    for model in ["v6.7", "v6.8", "v6.12", "v6.12.117", "v7.3"] {
        for ops in [&[ATTACH][..], &[ATTACH, DETACH], &BINDS] {
            assert_eq!(after(model, ops).lost().entries, 0, "{model} {ops:?}");
        }
    }
    // An entry of another group or for another PASID does not belong to the caller.
    for stray in [entry(1, NONE, NONE), {
        let pasid = 2;
        Entry {
            pasid,
            ..entry(0, NONE, NONE)
        }
    }] {
        let mut run = after("v6.12", &[ATTACH]);
        run.machine.pasid_arrays.store(stray);
        assert_eq!(run.lost().entries, 1, "{stray:?}");
    }
    let mut run = after("v6.12", &[ATTACH, DETACH]);
    run.machine.pasid_arrays.store(entry(0, NONE, NONE));
    assert_eq!(run.lost().entries, 1);
}

#[test]
fn the_domain_behind_a_reserved_entry_is_lost_with_its_caller() {
    let mut run = after("v6.12", &[ATTACH]);
    assert_eq!(run.lost().domains, 0);
    run = after("v6.12", &[ATTACH, DETACH]);
    assert_eq!(run.lost().domains, 0);
    let domain = with_kernel(&mut run, |k| k.driver_domain_alloc(DomainType::Unmanaged));
    assert!(domain.is_ok_and(|domain| domain.is_ok()));
    assert_eq!(run.lost().domains, 1);
}

#[test]
fn an_entry_is_lost_with_the_last_handle_on_its_domain() {
    let mut run = after("v6.12", &BINDS[..1]);
    with_kernel(&mut run, |k| {
        k.handle_free(HandleId::new(0), At::UnbindFree).unwrap()
    });
    assert_eq!(run.lost().entries, 1);
    assert_eq!(run.lost().domains, 0, "the mm has it on its list");
}
