// SPDX-License-Identifier: GPL-2.0-or-later
//! States as words: the numbers of a state one after another, each as wide as the largest so far. Where they do not fit, the word is a fingerprint.

use super::graph::symmetry::{Mms, Names};
use super::state::State;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

/// The most numbers of a state.
const NUMBERS: usize = 8;

/// How the numbers of a state make a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Codec {
    /// The number of bits of each number.
    widths: [u32; NUMBERS],
    /// Whether states have the names of their first model.
    symmetric: bool,
}

/// The numbers of a state.
type Fields = [u64; NUMBERS];

impl Codec {
    pub(super) fn new(symmetric: bool) -> Self {
        Codec {
            widths: [0; NUMBERS],
            symmetric,
        }
    }

    /// Returns the numbers of a state with this many mms.
    #[inline(always)]
    fn fields<const N: usize>(self, state: &State<N>, nr_mms: usize) -> Fields {
        let mut fields = [0; NUMBERS];
        let first = usize::from(self.symmetric);
        fields[0] = state.link.into();
        fields[1] = state.past.into();
        for side in 0..N {
            fields[2 + side] = state.nodes[side].into();
            if side >= first {
                fields[4 + side] = state.names[side].dev.into();
                fields[6 + side] = state.names[side].mms.code(nr_mms);
            }
        }
        fields
    }

    /// Makes the numbers as wide as those of this state. Returns whether any became wider.
    pub(super) fn widen<const N: usize>(&mut self, state: &State<N>, nr_mms: usize) -> bool {
        let mut wider = false;
        let fields = self.fields(state, nr_mms);
        for (width, field) in self.widths.iter_mut().zip(fields) {
            let bits = u64::BITS - field.leading_zeros();
            if bits > *width {
                *width = bits;
                wider = true;
            }
        }
        wider
    }

    /// Returns whether a word of 64 bits is a state.
    pub(super) fn is_narrow(self) -> bool {
        self.bits() <= NARROW_BITS
    }

    /// Returns whether a word is a state, and not a fingerprint.
    pub(super) fn is_exact(self) -> bool {
        self.bits() <= MOST_BITS
    }

    /// Returns the bytes of a state; `None` if a word is a fingerprint.
    #[inline(always)]
    pub(super) fn bytes(self) -> Option<usize> {
        self.is_exact().then(|| self.bits().div_ceil(8) as usize)
    }

    /// Returns the bits of a word.
    fn bits(self) -> u32 {
        self.widths.iter().sum()
    }

    /// Returns the word of a state, which is never 0; `None` if a number is wider than those
    /// of all states so far.
    #[inline(always)]
    pub(super) fn word<const N: usize>(self, state: &State<N>, nr_mms: usize) -> Option<u128> {
        let fields = self.fields(state, nr_mms);
        let (mut word, mut over) = (0u128, 0);
        for (&field, &width) in fields.iter().zip(&self.widths) {
            over |= field.checked_shr(width).unwrap_or(0);
            // With more than 128 bits, the word is a fingerprint.
            word = word.wrapping_shl(width) | u128::from(field);
        }
        if over != 0 {
            return None;
        }
        if !self.is_exact() {
            let bytes: Vec<u8> = fields
                .iter()
                .flat_map(|field| field.to_le_bytes())
                .collect();
            return Some(xxh3_128(&bytes).max(1));
        }
        Some(word + 1)
    }

    /// Returns the same in 64 bits, for a codec of so few.
    #[inline(always)]
    pub(super) fn narrow<const N: usize>(self, state: &State<N>, nr_mms: usize) -> Option<u64> {
        let fields = self.fields(state, nr_mms);
        let (mut word, mut over) = (0u64, 0);
        for (&field, &width) in fields.iter().zip(&self.widths) {
            over |= field >> width;
            word = word << width | field;
        }
        (over == 0).then_some(word + 1)
    }

    /// Returns the state of a word that is no fingerprint. `nr_mms` returns the number of mms of a
    /// state of the first model.
    pub(super) fn state<const N: usize>(
        self,
        word: u128,
        nr_mms: impl Fn(u32) -> usize,
    ) -> State<N> {
        let mut word = word - 1;
        let mut fields = [0; NUMBERS];
        for at in (0..NUMBERS).rev() {
            fields[at] = (word & ((1 << self.widths[at]) - 1)) as u64;
            word >>= self.widths[at];
        }
        let nodes: [u32; N] = std::array::from_fn(|side| fields[2 + side] as u32);
        let nr_mms = nr_mms(nodes[0]);
        let first = usize::from(self.symmetric);
        State {
            nodes,
            names: std::array::from_fn(|side| match side < first {
                true => Names::SAME,
                false => Names {
                    dev: fields[4 + side] as u8,
                    mms: Mms::of_code(fields[6 + side], nr_mms),
                },
            }),
            link: fields[0] as u32,
            past: fields[1] as u32,
        }
    }
}

/// The most bits of a state that is stored as it is. One bit less than a word, because 0 marks an
/// empty slot.
const MOST_BITS: u32 = 127;
/// The same for a word of 64 bits.
const NARROW_BITS: u32 = 63;
