// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `diff`: a sequential case on two models. What they differ in has to be known.
//!
//! The first bytes name the two ([`super::pairs`]); the others are the case, as [`spec::generate`] reads
//! it. Where nothing differs that was not judged before, nothing is allocated.

use super::pairs::{NAME, name_of, of_bytes, pairs};
use super::{Screen, What};
use crate::models::AnyModel;
use spec::Case;
use spec::generate::{EVERYTHING, GENE, HEADER, from_bytes, to_bytes};

/// Most operations that are read. Whatever neighbours in history are known to differ in shows with
/// half of them, and a fuzzer gets further with many short cases than with few long ones; those are
/// for a hunt.
pub const MOST_OPS: usize = 16;

/// As many of the bytes as are looked at.
#[inline]
pub(super) fn begin(bytes: &[u8]) -> &[u8] {
    const MOST: usize = NAME + HEADER + MOST_OPS * GENE;
    bytes.get(..MOST).unwrap_or(bytes)
}

/// Returns what goes wrong.
#[inline]
pub fn run(screen: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    let mut case = std::mem::take(&mut screen.case);
    let pair = read(begin(bytes), &mut case);
    let wrong = screen.unknown(pair, &case);
    screen.case = case;
    wrong
}

/// Reads the case into `case`, and returns the index of the pair of models that it is for. A case of
/// several CPUs becomes one of a single CPU. Where bytes of the pair are missing, they are 0.
#[inline]
pub(super) fn read(bytes: &[u8], case: &mut Case) -> usize {
    let (name, rest) = bytes.split_at(bytes.len().min(NAME));
    let mut pair = [0; NAME];
    pair[..name.len()].copy_from_slice(name);
    from_bytes(EVERYTHING, rest, case);
    case.schedule = None;
    case.ops.iter_mut().for_each(|op| op.cpu = None);
    of_bytes(pair)
}

/// Returns the models and the case that bytes stand for.
pub fn case_of(bytes: &[u8]) -> ([AnyModel; 2], Case) {
    let mut case = Case::default();
    let pair = read(bytes, &mut case);
    (pairs()[pair], case)
}

/// Bytes that stand for two models and a sequential case; `None` if none do.
pub fn bytes_of(pair: [AnyModel; 2], case: &Case) -> Option<Vec<u8>> {
    if case.is_concurrent() {
        return None;
    }
    let mut bytes = name_of(pair).to_vec();
    bytes.extend(to_bytes(case)?);
    Some(bytes)
}
