// SPDX-License-Identifier: GPL-2.0-or-later
//! A packed state is a state: nothing that can still be seen is forgotten.

use spec::case::{Device, Fault, Mm, Op, OpKind, Site, Topology};
use spec::pack::{outstanding, pack, unpack};
use spec::trace::Call;
use spec::{Recorder, Ret, Run};
use std::collections::HashSet;
use svadiff::lockstep::same_ret;
use svadiff::models::{self, AnyModel};

/// xorshift64*: the same numbers on every machine.
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
                    max_pasids: self.one_of(&[16, 16, 16, 3]),
                    instance: self.one_of(&[0, 0, 0, 1]),
                })
                .collect(),
            mms: vec![Mm { dma_compat: true }; mms as usize],
        }
    }

    /// An operation that may name those before `end`.
    fn op(&mut self, end: u32) -> Op {
        let (dev, mm, of) = (self.below(3), self.below(3), self.below(end.max(1)));
        let pasid = 1 + self.below(3);
        let kind = match self.below(20) {
            0..7 => OpKind::Bind { dev, mm },
            7..13 => OpKind::Unbind { of },
            13 => OpKind::GetPasid { of },
            14 => self.one_of(&[OpKind::Fork { mm }, OpKind::Exit { mm }]),
            15 => OpKind::AllocPasid { dev },
            16 => OpKind::FreePasid { of },
            17 => OpKind::Attach { dev, pasid },
            18 => OpKind::Detach { of },
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

/// The operation with the names that its caller knows.
fn naming(mut op: Op, names: &[u32]) -> Op {
    let name = |of: &mut u32| *of = names.get(*of as usize).copied().unwrap_or(u32::MAX);
    match &mut op.kind {
        OpKind::Unbind { of }
        | OpKind::GetPasid { of }
        | OpKind::FreePasid { of }
        | OpKind::Detach { of } => name(of),
        _ => {}
    }
    op
}

/// What was returned and called, but for the numbers of handles and domains.
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

fn packed<const N: usize>(runs: &[Run; N]) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = Vec::new();
    let held = outstanding(&runs.each_ref());
    pack(&runs.each_ref(), &held, &mut bytes);
    (held, bytes)
}

/// Some operations; then what was packed and unpacked goes on beside what never was. The bytes,
/// and how many operations were compared.
fn history<const N: usize>(models: [AnyModel; N], dice: &mut Dice) -> Option<(Vec<u8>, usize)> {
    let topology = dice.topology();
    let mut runs = [Run::new(&topology); N];
    let mut agreed = true;
    let length = dice.below(24);
    for index in 0..length {
        let op = dice.op(index);
        let rets = step(&models, &mut runs, index, &op).map(|(ret, _)| ret);
        agreed &= rets.iter().all(|&ret| same_ret(ret, rets[0]));
        if rets.iter().any(|ret| ret.ends_the_run()) {
            return None;
        }
    }

    let (held, bytes) = packed(&runs);
    let mut copies: [Run; N] = unpack(&topology, &bytes);
    let in_order: Vec<u8> = (0..held.len() as u8).collect();
    assert_eq!(packed(&copies), (in_order, bytes.clone()));

    // The copies know what is outstanding as 0, 1, 2 …
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
        let rets = known.map(|(ret, _)| ret);
        agreed &= rets.iter().all(|&ret| same_ret(ret, rets[0]));
        if rets.iter().any(|ret| ret.ends_the_run()) {
            return Some((bytes, (index - length) as usize));
        }
        names.push(index);
    }
    // The numbers of new handles are those of the first model, until the models part.
    if agreed {
        assert_eq!(packed(&runs).1, packed(&copies).1);
    }
    for (side, model) in models.iter().enumerate() {
        let ends = [&mut runs[side], &mut copies[side]].map(|run| {
            let ret = run.teardown(model, &mut ());
            (ret, run.machine.left())
        });
        assert_eq!(ends[0], ends[1]);
    }
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

fn histories<const N: usize>(names: [&str; N], seed: u64) {
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

#[test]
fn an_unpacked_run_behaves_as_the_one_that_was_packed() {
    for (seed, model) in models::all().into_iter().enumerate() {
        histories([model.name()], 1 + seed as u64);
    }
}

#[test]
fn two_unpacked_runs_behave_as_the_two_that_were_packed_together() {
    histories(["v6.7", "v6.8-rc1"], 101);
    histories(["v6.8-rc1", "thread-c"], 102);
    histories(["v6.8-rc6", "v6.8"], 103);
    histories(["v6.7", "v6.8"], 104);
    histories(["thread-a", "thread-b"], 105);
}

#[test]
fn what_can_never_be_seen_again_is_forgotten() {
    let model = models::by_name("v6.8").unwrap();
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let after = |ops: &[OpKind]| {
        let mut run = [Run::new(&topology)];
        for (index, &op) in ops.iter().enumerate() {
            step(&[model], &mut run, index as u32, &op.into());
        }
        packed(&run).1
    };
    let bind = OpKind::Bind { dev: 0, mm: 0 };
    let once = after(&[bind, OpKind::Unbind { of: 0 }]);
    let twice = after(&[
        bind,
        OpKind::Unbind { of: 0 },
        bind,
        OpKind::Unbind { of: 2 },
    ]);
    assert_eq!(once, twice);
    assert_ne!(once, after(&[bind]));
    assert_ne!(once, after(&[]), "the mm has a PASID now");
}
