// SPDX-License-Identifier: GPL-2.0-or-later
//! The pair of models that an input of a fuzz target names.
//!
//! An input begins with [`NAME`] bytes. The bytes that [`name_of`] returns for two models always
//! name these two, even after more models are added. Other bytes choose a pair by rendezvous
//! hashing: all pairs are equally likely, and when models are added, only the inputs that the new
//! pairs get change their meaning.

use crate::models::{AnyModel, all};
use std::sync::LazyLock;

/// The number of bytes that name a pair.
pub const NAME: usize = 4;

/// All pairs, and their names in ascending order, each with the index of its pair.
struct Pairs {
    pairs: Vec<[AnyModel; 2]>,
    names: Vec<(u32, usize)>,
}

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let models = all();
    let later = |(at, &from)| models[at + 1..].iter().map(move |&to| [from, to]);
    let pairs: Vec<[AnyModel; 2]> = models.iter().enumerate().flat_map(later).collect();
    let named = |(at, &pair)| (u32::from_le_bytes(name_of(pair)), at);
    let mut names: Vec<(u32, usize)> = pairs.iter().enumerate().map(named).collect();
    names.sort_unstable();
    Pairs { pairs, names }
});

/// Returns all pairs of models, each in order of history.
pub fn pairs() -> &'static [[AnyModel; 2]] {
    &PAIRS.pairs
}

/// Returns the bytes that name two models, in either order: the 32-bit FNV-1a hash of their names.
///
/// This must never change, because the seeds in `fuzz/corpus` and the findings of fuzzers depend on
/// it.
pub fn name_of(pair: [AnyModel; 2]) -> [u8; NAME] {
    let mut names = pair.map(AnyModel::name);
    names.sort_unstable();
    let [first, second] = names;
    let bytes = first.bytes().chain([0]).chain(second.bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.to_le_bytes()
}

/// Returns the index in [`pairs`] of the pair that these bytes name or choose.
pub fn of_bytes(bytes: [u8; NAME]) -> usize {
    let name = u32::from_le_bytes(bytes);
    let names = &PAIRS.names;
    if let Ok(at) = names.binary_search_by_key(&name, |&(name, _)| name) {
        return names[at].1;
    }
    let nearest = names.iter().min_by_key(|(of_pair, _)| mix(name ^ of_pair));
    nearest.expect("there are pairs").1
}

/// Spreads its input over all bits, bijectively: the finalizer of MurmurHash3.
fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
