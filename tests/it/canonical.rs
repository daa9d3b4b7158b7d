// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks packed states: nothing that can still be observed is lost, and states that differ only in
//! names are packed alike.

use spec::canonical::{Canon, Scratch, blocks, distinct, surplus};
use spec::case::{Device, Fault, Mm, Op, OpKind, Site, Topology};
use spec::trace::Call;
use spec::{Recorder, Ret, Run};
use std::collections::{HashMap, HashSet};
use svadiff::judge::same_ret;
use svadiff::models::{self, AnyModel};

/// The xorshift64* generator. It returns the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        ((high * u64::from(end)) >> 32) as u32
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u32) as usize]
    }

    fn topology(&mut self) -> Topology {
        let devices = 1 + self.below(3);
        let mms = 1 + self.below(2);
        Topology {
            devices: (0..devices)
                .map(|_| Device {
                    group: self.below(2) as u8,
                    max_pasids: self.one_of(&[16, 16, 16, 3, 0]),
                    instance: self.one_of(&[0, 0, 0, 1]),
                })
                .collect(),
            mms: vec![Mm { dma_compat: true }; mms as usize],
        }
    }

    /// Returns a random operation, which can name any operation below `end`.
    fn op(&mut self, end: u32) -> Op {
        let (dev, mm, of) = (self.below(3), self.below(3), self.below(end.max(1)));
        let pasid = 1 + self.below(3);
        let kind = match self.below(23) {
            0..7 => OpKind::Bind { dev, mm },
            7..13 => OpKind::Unbind { of },
            13 => OpKind::GetPasid { of },
            14 => self.one_of(&[OpKind::Fork { mm }, OpKind::Exit { mm }]),
            15 => OpKind::AllocPasid { dev },
            16 => OpKind::FreePasid { of },
            17 => OpKind::Attach { dev, pasid },
            18 => OpKind::Detach { of },
            19 => OpKind::ResetBegin { dev },
            20 => OpKind::ResetDone { of },
            _ => OpKind::PageRequest { dev, pasid },
        };
        let site = self.one_of(&Site::ALL);
        let fault = Fault {
            site,
            nth: self.below(3),
            errno: self.one_of(site.errnos()),
        };
        let fault = (self.below(6) == 0).then_some(fault);
        Op {
            fault,
            ..kind.into()
        }
    }
}

/// Replaces the names in an operation by those that the caller uses.
fn naming(mut op: Op, names: &[u32]) -> Op {
    let name = |of: &mut u32| *of = names.get(*of as usize).copied().unwrap_or(u32::MAX);
    match &mut op.kind {
        OpKind::Unbind { of }
        | OpKind::GetPasid { of }
        | OpKind::FreePasid { of }
        | OpKind::Detach { of }
        | OpKind::ResetDone { of } => name(of),
        _ => {}
    }
    op
}

/// Returns the return value and the driver calls, without the numbers of handles and domains.
fn unnumbered(ret: Ret, calls: &[Call]) -> (Ret, Vec<Call>) {
    let ret = match ret {
        Ret::Handle { pasid, .. } => Ret::Handle { handle: 0, pasid },
        Ret::Domain(_) => Ret::Domain(0),
        ret => ret,
    };
    let mut calls = calls.to_vec();
    for call in &mut calls {
        match call {
            Call::SetDevPasid { domain, .. } | Call::DomainFree { domain } => *domain = 0,
            Call::DomainAlloc { domain } => *domain = domain.map(|_| 0),
            Call::RemoveDevPasid { .. } => {}
        }
    }
    (ret, calls)
}

/// Returns the operations that hold something, and the packed bytes.
fn packed(canon: &Canon, runs: &[Run; 2], same_numbers: bool) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut scratch = Scratch::default();
    let names = canon.pack(&mut scratch, [&runs[0], &runs[1]], same_numbers, &mut bytes);
    (names.held().to_vec(), bytes)
}

/// Runs random operations, packs and unpacks the state, and continues with both states, which must
/// agree. Returns the bytes and the number of operations that were compared.
fn history(models: [AnyModel; 2], dice: &mut Dice) -> Option<(Vec<u8>, usize)> {
    let topology = dice.topology();
    let canon = Canon::plain(&topology).ordered();
    let mut runs = [Run::new(&topology); 2];
    let mut agreed = true;
    let length = dice.below(24);
    for index in 0..length {
        let op = dice.op(index);
        let [a, b] = step(&models, &mut runs, index, &op).map(|(ret, _)| ret);
        agreed &= same_ret(a, b);
        if a.ends_the_run() || b.ends_the_run() {
            return None;
        }
    }

    let (held, bytes) = packed(&canon, &runs, agreed);
    let mut copies = canon.unpack(&bytes);
    let in_order: Vec<u8> = (0..held.len() as u8).collect();
    assert_eq!(packed(&canon, &copies, agreed), (in_order, bytes.clone()));

    // The copies number the outstanding operations 0, 1, 2 …
    let mut names: Vec<u32> = held.iter().map(|&op| op.into()).collect();
    let more = dice.below(16);
    for index in length..length + more {
        let op = dice.op(names.len() as u32);
        let known = step(&models, &mut runs, index, &naming(op, &names));
        let copied = step(&models, &mut copies, names.len() as u32, &op);
        for (known, copied) in known.iter().zip(&copied) {
            assert_eq!(
                unnumbered(known.0, &known.1.calls),
                unnumbered(copied.0, &copied.1.calls)
            );
            assert_eq!(known.1.splats, copied.1.splats);
            assert_eq!(known.1.decisions, copied.1.decisions);
        }
        let [a, b] = known.map(|(ret, _)| ret);
        let differed = !same_ret(a, b);
        if agreed {
            assert_eq!(differed, !same_ret(copied[0].0, copied[1].0));
        }
        agreed &= !differed;
        if a.ends_the_run() || b.ends_the_run() {
            return Some((bytes, (index - length) as usize));
        }
        names.push(index);
    }
    assert_eq!(
        packed(&canon, &runs, agreed).1,
        packed(&canon, &copies, agreed).1
    );
    Some((bytes, more as usize))
}

fn step<const N: usize>(
    models: &[AnyModel; N],
    runs: &mut [Run; N],
    index: u32,
    op: &Op,
) -> [(Ret, Recorder); N] {
    std::array::from_fn(|side| {
        let mut watch = Recorder::default();
        let ret = runs[side].step(&models[side], index as usize, op, &mut watch);
        (ret, watch)
    })
}

#[test]
fn an_unpacked_state_behaves_as_the_one_that_was_packed() {
    let pairs = [
        ["v6.7", "v6.8-rc1"],
        ["v6.8-rc1", "thread-c"],
        ["v6.8-rc6", "v6.8"],
        ["v6.7", "v6.8"],
        ["thread-a", "thread-b"],
        ["v6.8-merge", "thread-d"],
        ["v6.8", "v6.12"],
        ["v6.12", "v6.12.117"],
        ["v6.7", "v7.3"],
        ["v6.12.117", "v7.3"],
    ];
    for (seed, names) in (1..).zip(pairs) {
        let models = names.map(|name| models::by_name(name).unwrap());
        let mut dice = Dice(seed);
        let mut states = HashSet::new();
        let mut compared = 0;
        for _ in 0..2000 {
            if let Some((bytes, operations)) = history(models, &mut dice) {
                states.insert(bytes);
                compared += operations;
            }
        }
        assert!(states.len() > 500, "{names:?}: {} states", states.len());
        assert!(compared > 4000, "{names:?}: {compared} operations");
    }
}

fn topology(groups: &[u8], mms: usize) -> Topology {
    let device = |&group: &u8| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    Topology {
        devices: groups.iter().map(device).collect(),
        mms: vec![Mm { dma_compat: true }; mms],
    }
}

/// Returns the two runs after some operations; `None` if one of them died.
fn after(models: &[AnyModel; 2], topology: &Topology, ops: &[Op]) -> Option<([Run; 2], bool)> {
    let mut runs = [Run::new(topology); 2];
    let mut agreed = true;
    for (index, op) in (0..).zip(ops) {
        let [a, b] = step(models, &mut runs, index, op).map(|(ret, _)| ret);
        if a.ends_the_run() || b.ends_the_run() {
            return None;
        }
        agreed &= same_ret(a, b);
    }
    Some((runs, agreed))
}

#[test]
fn what_can_never_be_seen_again_is_forgotten() {
    let models = ["v6.7", "v6.8"].map(|name| models::by_name(name).unwrap());
    let topology = topology(&[0], 1);
    let bytes = |ops: &[OpKind]| {
        let ops: Vec<Op> = ops.iter().map(|&op| op.into()).collect();
        let (runs, agreed) = after(&models, &topology, &ops).unwrap();
        packed(&Canon::symmetric(&topology), &runs, agreed).1
    };
    let bind = OpKind::Bind { dev: 0, mm: 0 };
    let once = bytes(&[bind, OpKind::Unbind { of: 0 }]);
    let twice = bytes(&[
        bind,
        OpKind::Unbind { of: 0 },
        bind,
        OpKind::Unbind { of: 2 },
    ]);
    assert_eq!(once, twice);
    assert_ne!(once, bytes(&[bind]));
    assert_ne!(once, bytes(&[]), "the mm has a PASID now");
}

/// A reserved entry does not record the domain that it is reserved for. The operation that holds it
/// does.
#[test]
fn two_domains_of_drivers_are_one_state_in_whichever_order_they_were_attached() {
    let attach = |dev, pasid| Op::from(OpKind::Attach { dev, pasid });
    for names in [["v6.7", "v6.8"], ["v6.12", "v6.12.117"], ["v6.8", "v7.3"]] {
        let models = names.map(|name| models::by_name(name).unwrap());
        let topology = topology(&[0, 1], 1);
        let bytes = |ops: &[Op]| {
            let (runs, agreed) = after(&models, &topology, ops).unwrap();
            packed(&Canon::symmetric(&topology), &runs, agreed).1
        };
        for [a, b] in [
            [attach(0, 1), attach(0, 2)],
            [attach(0, 1), attach(1, 1)],
            [attach(0, 2), attach(1, 1)],
        ] {
            assert_eq!(bytes(&[a, b]), bytes(&[b, a]), "{names:?}");
        }
        assert_ne!(
            bytes(&[attach(0, 1), attach(0, 2)]),
            bytes(&[attach(0, 1), attach(1, 2)])
        );
    }
}

/// An attach handle is distinguished from a domain, a handle that two operations hold from one that
/// a single operation holds, and both from a reserved entry.
#[test]
fn an_entry_with_an_attach_handle_is_unpacked_as_one() {
    let bind = |dev, mm| Op::from(OpKind::Bind { dev, mm });
    let attach = |dev, pasid| Op::from(OpKind::Attach { dev, pasid });
    let unbind = |of| Op::from(OpKind::Unbind { of });
    let ways = [
        vec![bind(1, 0)],
        vec![bind(0, 0), bind(1, 0)],
        vec![bind(0, 0), bind(1, 0), bind(2, 0), unbind(0)],
        vec![attach(0, 3), bind(2, 0), bind(0, 1)],
        vec![attach(0, 1), attach(2, 2), bind(2, 0), bind(1, 1)],
    ];
    for names in [["v6.8", "v6.12"], ["v6.12", "v7.3"], ["v7.3", "v7.3"]] {
        let models = names.map(|name| models::by_name(name).unwrap());
        let topology = topology(&[0, 0, 1], 2);
        let canon = Canon::plain(&topology);
        let mut seen = HashSet::new();
        for way in &ways {
            let (runs, agreed) = after(&models, &topology, way).unwrap();
            let (_, bytes) = packed(&canon, &runs, agreed);
            let copies = canon.unpack::<2>(&bytes);
            for (run, copy) in runs.iter().zip(&copies) {
                let [arrays, same] = [run, copy].map(|run| run.machine.pasid_arrays());
                assert!(arrays.same_entries(same));
                for (entry, same) in arrays.entries().iter().zip(same.entries()) {
                    assert_eq!(
                        entry.domain.is_null(),
                        same.domain.is_null(),
                        "{names:?} {way:?}"
                    );
                    assert_eq!(
                        entry.handle.is_null(),
                        same.handle.is_null(),
                        "{names:?} {way:?}"
                    );
                    if !entry.handle.is_null() {
                        let on = copy.machine.handles()[same.handle.index()].domain;
                        assert_eq!(same.domain, on);
                        let [this, that] = [(run, entry), (copy, same)]
                            .map(|(run, entry)| run.machine.handles()[entry.handle.index()]);
                        assert_eq!((this.dev, this.users), (that.dev, that.users));
                    }
                }
                assert_eq!(run.machine.left(), copy.machine.left());
            }
            assert!(seen.insert(bytes), "{names:?} {way:?}");
        }
    }
}

/// Returns every permutation of this many items.
fn orders(length: usize) -> Vec<Vec<u32>> {
    if length == 0 {
        return vec![vec![]];
    }
    let shorter = orders(length - 1);
    let insert = |order: &Vec<u32>, at: usize| {
        let mut order = order.clone();
        order.insert(at, length as u32 - 1);
        order
    };
    shorter
        .iter()
        .flat_map(|order| (0..length).map(move |at| insert(order, at)))
        .collect()
}

fn renamed(op: &Op, devs: &[u32], mms: &[u32]) -> Op {
    let mut op = *op;
    match &mut op.kind {
        OpKind::Bind { dev, mm } => {
            *dev = devs[*dev as usize];
            *mm = mms[*mm as usize];
        }
        OpKind::Exit { mm } => *mm = mms[*mm as usize],
        _ => {}
    }
    op
}

/// Each state up to renaming represents as many states as it has names, and together they are all
/// states.
#[test]
fn the_orbits_of_the_states_up_to_renaming_add_up_to_all_states() {
    for names in [
        ["v6.7", "v6.8"],
        ["v6.8-rc1", "v6.8-rc6"],
        ["thread-a", "thread-c"],
        ["v6.8", "v6.12"],
        ["v6.12.117", "v7.3"],
    ] {
        let models = names.map(|name| models::by_name(name).unwrap());
        for groups in [&[0, 1, 2][..], &[0, 0, 1], &[0, 0, 0]] {
            let topology = topology(groups, 2);
            let (plain, symmetric) = (Canon::plain(&topology), Canon::symmetric(&topology));
            let mut all: HashMap<Vec<u8>, Vec<Op>> = HashMap::new();
            let mut frontier = vec![Vec::<Op>::new()];
            for _ in 0..5 {
                let mut next = Vec::new();
                for way in frontier {
                    let Some((runs, agreed)) = after(&models, &topology, &way) else {
                        continue;
                    };
                    let bytes = packed(&plain, &runs, agreed).1;
                    if all.contains_key(&bytes) {
                        continue;
                    }
                    let of = way.len() as u32;
                    let binds = (0..6).map(|n| OpKind::Bind {
                        dev: n % 3,
                        mm: n / 3,
                    });
                    let exits = (0..2).map(|mm| OpKind::Exit { mm });
                    let unbinds = (0..of).map(|of| OpKind::Unbind { of });
                    for op in binds.chain(exits).chain(unbinds) {
                        next.push([&way[..], &[op.into()]].concat());
                    }
                    all.insert(bytes, way);
                }
                frontier = next;
            }
            let mut orbits: HashMap<Vec<u8>, usize> = HashMap::new();
            for way in all.values() {
                let (runs, agreed) = after(&models, &topology, way).unwrap();
                let class = packed(&symmetric, &runs, agreed).1;
                orbits.entry(class.clone()).or_insert_with(|| {
                    let allowed = orders(3).into_iter().filter(|devs| {
                        let pairs = (0..3).flat_map(|a| (0..3).map(move |b| (a, b)));
                        let mut pairs = pairs.map(|(a, b)| {
                            let new = (devs[a] as usize, devs[b] as usize);
                            (groups[a] == groups[b], groups[new.0] == groups[new.1])
                        });
                        pairs.all(|(before, now)| before == now)
                    });
                    let mut names = HashSet::new();
                    for devs in allowed {
                        for mms in orders(2) {
                            let way: Vec<Op> =
                                way.iter().map(|op| renamed(op, &devs, &mms)).collect();
                            let (runs, agreed) = after(&models, &topology, &way).unwrap();
                            assert_eq!(packed(&symmetric, &runs, agreed).1, class);
                            names.insert(packed(&plain, &runs, agreed).1);
                        }
                    }
                    names.len()
                });
            }
            let sum: usize = orbits.values().sum();
            assert_eq!(sum, all.len(), "{names:?} {groups:?}");
            assert!(
                orbits.len() * 2 < all.len(),
                "{} of {}",
                orbits.len(),
                all.len()
            );
        }
    }
}

#[test]
fn a_single_run_has_one_form_whatever_its_names() {
    let device = |group| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device(0), device(1)],
        mms: vec![Mm { dma_compat: true }; 3],
    };
    let canon = Canon::symmetric(&topology);
    let mut scratch = Scratch::default();
    let mut bound = 0;
    for model in svadiff::models::all() {
        let mut forms = Vec::new();
        for (dev, mm) in [(0, 0), (1, 2), (0, 1)] {
            let mut run = Run::new(&topology);
            let ret = run.step(&model, 0, &OpKind::Bind { dev, mm }.into(), &mut ());
            // On x86, 6.12.64 refuses.
            if !matches!(ret, Ret::Handle { .. }) {
                continue;
            }
            let mut bytes = Vec::new();
            let one = canon.pack_one(&mut scratch, &run, None, &mut bytes);
            assert_eq!(one.mms[mm as usize], 0, "an mm with a PASID is first");
            let [again] = canon.unpack::<1>(&bytes);
            assert_eq!(distinct(&again).count(), 1);
            assert_eq!(surplus(&again), 0);
            assert_eq!(blocks(&again)[..3], [0, 1, 1]);
            assert!(canon.stabilizer(&mut scratch, &again, &bytes).is_empty());
            forms.push(bytes);
        }
        assert!(forms.iter().all(|form| *form == forms[0]));
        bound += usize::from(!forms.is_empty());
    }
    assert!(bound > 25, "almost every model binds: {bound}");
    let (run, mut bytes) = (Run::new(&topology), Vec::new());
    canon.pack_one(&mut scratch, &run, None, &mut bytes);
    let stabilizer = canon.stabilizer(&mut scratch, &run, &bytes);
    assert_eq!(stabilizer.len(), 1, "the devices can be exchanged");
    assert_eq!(blocks(&run)[..3], [0; 3]);
}
