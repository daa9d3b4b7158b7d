// SPDX-License-Identifier: GPL-2.0-or-later
//! What an execution of target [`diff`](super::diff) can teach a fuzzer, as numbers.
//!
//! A lesson is either a kind of operation, with the site and the errno of its fault, and what each
//! of two models returned and decided; or a pair of models, with the cause of a difference. A fuzzer
//! keeps an input that teaches a new lesson. So it explores what the models can do, and not how the
//! judge compares them.

use crate::judge::{Cause, Stepped};
use foldhash::fast::FixedState;
use spec::{Decision, Fault, Ret};
use std::hash::BuildHasher;

/// How many lessons there are. The number of a lesson is a hash, so two lessons may share one; some
/// ten thousand occur.
pub const OF: usize = 1 << 15;

/// Returns the number of what one operation did on two models.
#[inline]
pub fn of_step(stepped: Stepped<'_>) -> usize {
    let fault = stepped.op.fault.map_or(0, |Fault { site, errno, .. }| {
        1 + u64::from(site as u8) + (u64::from(errno as u8) << 8)
    });
    let done = fault << 8 | stepped.op.kind.code() as u64;
    let [a, b] = [0, 1].map(|side| result(stepped.rets[side], stepped.decided[side]));
    number(mixed(mixed(done, a), b))
}

/// Returns the number of a cause, for the pair of models with this index.
#[inline]
pub fn of_cause(pair: usize, cause: &Cause) -> usize {
    number(FixedState::with_seed(0).hash_one((pair, cause)))
}

/// Returns a return value without its numbers, and a decision, as a number.
#[inline]
fn result(ret: Ret, decided: Option<Decision>) -> u64 {
    let kind = match ret {
        Ret::Handle { .. } => 0,
        Ret::Ok => 1,
        Ret::Pasid(_) => 2,
        Ret::Invalid => 3,
        Ret::Mm(_) => 4,
        Ret::Domain(_) => 5,
        Ret::Skipped => 6,
        Ret::Oops => 7,
        Ret::Hang => 8,
        Ret::Unfinished => 9,
        Ret::Lacking => 10,
        Ret::Err(errno) => 11 + u64::from(errno as u8),
    };
    let decided = decided.map_or(0, |Decision { at, because }| {
        let because = because.map_or(0, |at| 1 + u64::from(at as u8));
        because << 8 | (1 + u64::from(at as u8))
    });
    decided << 8 | kind
}

#[inline]
fn mixed(a: u64, b: u64) -> u64 {
    let wide = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd1b5_4a32_d192_ed03);
    wide as u64 ^ (wide >> 64) as u64
}

#[inline]
fn number(hash: u64) -> usize {
    (hash >> 32) as usize % OF
}

#[cfg(test)]
mod tests {
    use super::*;
    use spec::{At, Errno, Op, OpKind};

    #[test]
    fn every_part_of_a_step_is_in_its_number() {
        let plain = Op::from(OpKind::Bind { dev: 0, mm: 0 });
        let fault = |site: usize, errno| Op {
            fault: Some(Fault {
                site: spec::Site::ALL[site],
                nth: 1,
                errno,
            }),
            ..plain
        };
        let faults = [
            fault(0, Errno::ENOMEM),
            fault(1, Errno::ENOMEM),
            fault(0, Errno::EIO),
        ];
        let exit = Op::from(OpKind::Exit { mm: 0 });
        let decided = |at: usize| {
            Some(Decision {
                at: At::ALL[at],
                because: None,
            })
        };
        let because = Some(Decision {
            at: At::ALL[0],
            because: Some(At::ALL[1]),
        });
        let step = |op, rets, decided| of_step(Stepped { op, rets, decided });
        let all = [
            step(&plain, [Ret::Ok; 2], [None; 2]),
            step(&exit, [Ret::Ok; 2], [None; 2]),
            step(&faults[0], [Ret::Ok; 2], [None; 2]),
            step(&faults[1], [Ret::Ok; 2], [None; 2]),
            step(&faults[2], [Ret::Ok; 2], [None; 2]),
            step(&plain, [Ret::Ok; 2], [because, None]),
            step(&plain, [Ret::Ok, Ret::Invalid], [None; 2]),
            step(&plain, [Ret::Invalid, Ret::Ok], [None; 2]),
            step(&plain, [Ret::Err(Errno::EBUSY), Ret::Ok], [None; 2]),
            step(&plain, [Ret::Err(Errno::ENODEV), Ret::Ok], [None; 2]),
            step(&plain, [Ret::Ok; 2], [decided(0), None]),
            step(&plain, [Ret::Ok; 2], [None, decided(0)]),
            step(&plain, [Ret::Ok; 2], [decided(1), None]),
        ];
        for (at, number) in all.iter().enumerate() {
            assert!(!all[..at].contains(number), "{at}");
        }
        // Numbers of handles and mms are no part of it.
        let handle = |handle| Ret::Handle {
            handle,
            pasid: Some(1),
        };
        assert_eq!(
            step(&plain, [handle(0); 2], [None; 2]),
            step(&plain, [handle(1); 2], [None; 2]),
        );
    }
}
