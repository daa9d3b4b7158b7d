// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `diff`: a sequential case on two models. Their differences have to be known.
//!
//! The first bytes name the two models ([`super::pairs`]); the others are the case, as
//! [`spec::generate`] reads it. If the case shows nothing new, nothing is allocated.

use super::pairs::{NAME, name_of, of_bytes, pairs};
use super::{Screen, What};
use crate::models::AnyModel;
use spec::Case;
use spec::generate::{EVERYTHING, GENE, HEADER, from_bytes, to_bytes};

/// Maximum number of operations that are read. Half of them suffice for every known difference
/// between neighbours, and a fuzzer gets further with many short cases than with few long ones.
/// Long cases are for a hunt.
pub const MOST_OPS: usize = 16;

/// Returns the part of the bytes that the target uses.
#[inline]
pub(super) fn begin(bytes: &[u8]) -> &[u8] {
    const MOST: usize = NAME + HEADER + MOST_OPS * GENE;
    bytes.get(..MOST).unwrap_or(bytes)
}

/// Runs the target on these bytes. Returns the failure, if any.
#[inline]
pub fn run(screen: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    run_with(screen, bytes, &mut |_| ())
}

/// The same as [`run`]. Passes on the number of each [lesson](super::lesson::OF).
#[inline]
pub fn run_with(
    screen: &mut Screen<'_>,
    bytes: &[u8],
    learn: &mut impl FnMut(usize),
) -> Option<What> {
    let mut case = std::mem::take(&mut screen.case);
    let pair = read(begin(bytes), &mut case);
    let wrong = screen.unknown_with(pair, &case, learn);
    screen.case = case;
    wrong
}

/// Reads the case into `case`. Returns the index of its pair of models. A case on several CPUs is
/// turned into one on a single CPU. Missing bytes of the pair are taken as 0.
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

/// Decodes the models and the case.
pub fn case_of(bytes: &[u8]) -> ([AnyModel; 2], Case) {
    let mut case = Case::default();
    let pair = read(bytes, &mut case);
    (pairs()[pair], case)
}

/// Encodes two models and a sequential case; returns `None` if no bytes stand for them.
pub fn bytes_of(pair: [AnyModel; 2], case: &Case) -> Option<Vec<u8>> {
    if case.is_concurrent() {
        return None;
    }
    let mut bytes = name_of(pair).to_vec();
    bytes.extend(to_bytes(case)?);
    Some(bytes)
}
