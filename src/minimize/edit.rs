// SPDX-License-Identifier: GPL-2.0-or-later
//! Changes of a case that keep what its operations name: of a fork that goes, the mms that come after
//! it move up, and what names its child goes with it.

use spec::case::MAX_MMS;
use spec::smaller::{Named, named};
use spec::{Case, Op};

/// For each operation the index of the mm that it makes, if it is a fork that is not skipped. That
/// does not depend on the model.
pub(super) fn forked(case: &Case) -> Vec<Option<u32>> {
    let mut alive = vec![true; case.topology.mms.len()];
    { case.ops.iter() }
        .map(|op| {
            let is_alive = alive.get_mut(op.kind.mm()? as usize)?;
            let info = op.kind.info();
            let forks = info.makes_mm && *is_alive;
            *is_alive &= !info.ends_mm;
            (forks && alive.len() < MAX_MMS).then(|| {
                alive.push(true);
                alive.len() as u32 - 1
            })
        })
        .collect()
}

/// The case without these operations, and without what names them.
pub(super) fn without(case: &Case, drop: &[bool]) -> Case {
    let forked = forked(case);
    let mut gone = vec![false; case.ops.len()];
    let mut at = vec![0u32; case.ops.len()];
    let mut gone_mms = Vec::new();
    let mut ops: Vec<Op> = Vec::with_capacity(case.ops.len());
    for (index, &op) in case.ops.iter().enumerate() {
        let mut op = op;
        let Named { of, mm, .. } = named(&mut op);
        let mut goes = drop[index];
        if let Some(of) = of {
            match gone.get(*of as usize) {
                Some(false) if (*of as usize) < index => *of = at[*of as usize],
                // What names nothing goes when anything goes.
                _ => goes = true,
            }
        }
        if let Some(mm) = mm {
            goes |= gone_mms.contains(mm);
            *mm -= gone_mms.iter().filter(|&gone| gone < mm).count() as u32;
        }
        if goes {
            gone[index] = true;
            gone_mms.extend(forked[index]);
            continue;
        }
        at[index] = ops.len() as u32;
        ops.push(op);
    }
    Case {
        topology: case.topology.clone(),
        ops,
        schedule: case.schedule.clone(),
        ..Case::default()
    }
}

/// The case without one operation, and without what names it.
pub(super) fn without_one(case: &Case, index: usize) -> Case {
    let drop: Vec<bool> = (0..case.ops.len()).map(|op| op == index).collect();
    without(case, &drop)
}

/// The case with an mm at the start in place of what a fork makes.
pub(super) fn without_fork(case: &Case, index: usize) -> Option<Case> {
    let child = forked(case)[index]?;
    let new = case.topology.mms.len() as u32;
    let mut case = case.clone();
    for op in &mut case.ops {
        if let Some(mm) = named(op).mm {
            *mm = match *mm {
                mm if mm == child => new,
                mm if mm >= new && mm < child => mm + 1,
                mm => mm,
            };
        }
    }
    // Nothing names the fork any more as what makes an mm.
    let mm = case.ops[index].kind.mm()?;
    let parent = case.topology.mms.get(mm as usize).copied();
    case.topology
        .mms
        .push(parent.unwrap_or(spec::Mm { dma_compat: true }));
    let of = |op: &mut Op| {
        if let Some(of) = named(op).of
            && *of > index as u32
        {
            *of = of.saturating_sub(1);
        }
    };
    case.ops.remove(index);
    case.ops.iter_mut().for_each(of);
    Some(case)
}

/// The case with two neighbouring operations the other way round, unless one names the other.
pub(super) fn swapped(case: &Case, first: usize) -> Option<Case> {
    let second = first + 1;
    let [a, b] = [case.ops.get(first)?, case.ops.get(second)?];
    if b.kind.of() == Some(first as u32) {
        return None;
    }
    let mut swapped = case.clone();
    swapped.ops[first] = *b;
    swapped.ops[second] = *a;
    let [f, s] = [first as u32, second as u32];
    for op in &mut swapped.ops {
        if let Some(of) = named(op).of {
            *of = match *of {
                of if of == f => s,
                of if of == s => f,
                of => of,
            };
        }
    }
    Some(swapped)
}

/// The case with devices and mms, the ones at the start, under other names: `devices[new]` is the
/// old index. Groups and instances are numbered as they are met.
pub(super) fn renamed(case: &Case, devices: &[u32], mms: &[u32]) -> Case {
    let mut case = case.clone();
    let new = |order: &[u32], old: u32| {
        order
            .iter()
            .position(|&this| this == old)
            .map_or(old, |at| at as u32)
    };
    for op in &mut case.ops {
        let Named { dev, mm, .. } = named(op);
        if let Some(dev) = dev {
            *dev = new(devices, *dev);
        }
        if let Some(mm) = mm {
            *mm = new(mms, *mm);
        }
    }
    let topology = &mut case.topology;
    let (d, m) = (topology.devices.clone(), topology.mms.clone());
    topology.devices = devices.iter().map(|&dev| d[dev as usize]).collect();
    topology.mms = mms.iter().map(|&mm| m[mm as usize]).collect();
    number(&mut case);
    case
}

/// Numbers groups and instances as they are met.
pub(super) fn number(case: &mut Case) {
    let (mut groups, mut instances) = (Vec::new(), Vec::new());
    let met = |all: &mut Vec<u8>, this: u8| {
        let at = all.iter().position(|&other| other == this);
        at.unwrap_or_else(|| {
            all.push(this);
            all.len() - 1
        }) as u8
    };
    for device in &mut case.topology.devices {
        device.group = met(&mut groups, device.group);
        device.instance = met(&mut instances, device.instance);
    }
}

/// The case with its CPUs under other numbers: `cpus[new]` is the place of the old one among them.
pub(super) fn on_cpus(mut case: Case, cpus: &[u32]) -> Case {
    let old = case.cpus();
    let new = |number: u8| {
        let at = old.iter().position(|&this| this == number)?;
        let new = cpus.iter().position(|&this| this as usize == at)?;
        Some(new as u8)
    };
    for op in &mut case.ops {
        op.cpu = op.cpu.map(|cpu| new(cpu).unwrap_or(cpu));
    }
    for cpu in case.schedule.iter_mut().flatten() {
        *cpu = new(*cpu).unwrap_or(*cpu);
    }
    case
}

/// Every order of so many things.
pub(super) fn orders(n: usize) -> Vec<Vec<u32>> {
    let mut all = vec![Vec::new()];
    for _ in 0..n {
        let longer = |order: &Vec<u32>| {
            let next = (0..n as u32).filter(|at| !order.contains(at));
            next.map(|at| [&order[..], &[at]].concat())
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}
