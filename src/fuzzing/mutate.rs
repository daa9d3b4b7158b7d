// SPDX-License-Identifier: GPL-2.0-or-later
//! Mutates cases in JSON, so that a corpus consists of readable files: operations and faults are
//! changed, inserted, removed, repeated or moved, and the topology, the CPUs and the schedule
//! change.
//!
//! Most mutations work on the genes of the case, see [`spec::generate`]. An operation keeps naming
//! the same thing when operations before it come and go.

use fastrand::Rng;
use spec::case::MAX_SCHEDULE;
use spec::edit::in_sequence;
use spec::generate::{EVERYTHING, GENE, HEADER, from_bytes, to_bytes};
use spec::{Case, Device, Fault, Mm, Op, OpKind, Site, Topology};

/// Returns a mutated case in JSON, of at most `most` bytes. It is made from the case in `text`, or
/// from a small case if `text` is not one. The result is the same for the same seed.
pub fn mutate(text: &[u8], most: usize, seed: u64) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed);
    let mut case = Case::from_json(text).unwrap_or_else(|_| small());
    for _ in 0..=rng.u8(..3) {
        match rng.u8(..8) {
            0 | 1 if edit_cpus(&mut case, &mut rng) => {}
            2 if edit_fault(&mut case, &mut rng) => {}
            _ => edit_genes(&mut case, &mut rng),
        }
    }
    loop {
        let text = crate::report::json(&case.to_json());
        if text.len() <= most {
            return text.into_bytes();
        }
        if case.title.is_some() || case.origin.is_some() || case.note.is_some() {
            case = case.bare();
        } else if let Some(schedule) = case.schedule.as_mut().filter(|all| !all.is_empty()) {
            schedule.truncate(schedule.len() / 2);
        } else if case.ops.pop().is_none() {
            return Vec::new();
        }
    }
}

/// Returns the case to mutate if the text is not a case.
fn small() -> Case {
    let topology = Topology {
        devices: vec![Device {
            group: 0,
            max_pasids: 16,
            instance: 0,
        }],
        mms: vec![Mm { dma_compat: true }],
    };
    Case::new(topology, vec![Op::from(OpKind::Bind { dev: 0, mm: 0 })])
}

/// Changes which CPU runs an operation, or the schedule. Returns `false` if nothing changed.
fn edit_cpus(case: &mut Case, rng: &mut Rng) -> bool {
    if case.ops.is_empty() {
        return false;
    }
    let cpus = rng.u8(2..=4);
    let op = rng.usize(..case.ops.len());
    match rng.u8(..6) {
        _ if !case.is_concurrent() => {
            // Mostly do nothing: only sequential cases are compared.
            if rng.u8(..8) != 0 {
                return false;
            }
            for op in &mut case.ops {
                op.again = false;
                op.cpu = Some(rng.u8(..cpus));
            }
        }
        0 => *case = in_sequence(case),
        1 => case.ops[op].cpu = Some(rng.u8(..cpus)),
        2 => case.schedule = None,
        3 => {
            let len = rng.usize(..=6 * case.ops.len()).min(MAX_SCHEDULE);
            case.schedule = Some((0..len).map(|_| rng.u8(..cpus)).collect());
        }
        _ => {
            let schedule = case.schedule.get_or_insert_default();
            let at = rng.usize(..=schedule.len());
            match rng.bool() {
                true if at < schedule.len() => schedule[at] = rng.u8(..cpus),
                _ if schedule.len() < MAX_SCHEDULE => schedule.insert(at, rng.u8(..cpus)),
                _ => return false,
            }
        }
    }
    true
}

/// Adds or removes a fault. Returns `false` if there is no operation.
fn edit_fault(case: &mut Case, rng: &mut Rng) -> bool {
    let Some(op) = rng.choice(&mut case.ops) else {
        return false;
    };
    let site = Site::ALL[rng.usize(..Site::ALL.len())];
    let errnos = site.errnos();
    op.fault = match op.fault {
        Some(_) if rng.bool() => None,
        _ => Some(Fault {
            site,
            nth: rng.u32(..4),
            errno: errnos[rng.usize(..errnos.len())],
        }),
    };
    true
}

/// Changes the topology or an operation. A case without genes loses an operation.
fn edit_genes(case: &mut Case, rng: &mut Rng) {
    let Some(mut bytes) = to_bytes(case) else {
        if !case.ops.is_empty() {
            case.ops.remove(rng.usize(..case.ops.len()));
        }
        return;
    };
    let genes = (bytes.len() - HEADER) / GENE;
    let random = rng.u64(..).to_le_bytes();
    let range = |at: usize| HEADER + at * GENE..HEADER + (at + 1) * GENE;
    let insert = |bytes: &mut Vec<u8>, at: usize, gene: [u8; GENE]| {
        let at = range(at).start;
        bytes.splice(at..at, gene);
    };
    let gene = |bytes: &[u8], at: usize| -> [u8; GENE] {
        let mut gene = [0; GENE];
        gene.copy_from_slice(&bytes[range(at)]);
        gene
    };
    match rng.u8(..8) {
        0 => bytes[rng.usize(..HEADER)] = random[0],
        _ if genes == 0 => insert(&mut bytes, 0, random),
        1 => insert(&mut bytes, rng.usize(..=genes), random),
        2 => drop(bytes.drain(range(rng.usize(..genes)))),
        3 => bytes[range(rng.usize(..genes))].copy_from_slice(&random),
        4 => {
            let again = gene(&bytes, rng.usize(..genes));
            insert(&mut bytes, rng.usize(..=genes), again);
        }
        5 => {
            let [a, b] = [rng.usize(..genes), rng.usize(..genes)];
            let [at_a, at_b] = [gene(&bytes, a), gene(&bytes, b)];
            bytes[range(a)].copy_from_slice(&at_b);
            bytes[range(b)].copy_from_slice(&at_a);
        }
        _ => {
            let at = range(rng.usize(..genes)).start;
            bytes[at + rng.usize(..GENE)] = random[0];
        }
    }
    let (title, origin, note) = (case.title.take(), case.origin.take(), case.note.take());
    from_bytes(EVERYTHING, &bytes, case);
    (case.title, case.origin, case.note) = (title, origin, note);
}
