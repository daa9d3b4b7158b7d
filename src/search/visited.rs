// SPDX-License-Identifier: GPL-2.0-or-later
//! The states that were reached, as words.
//!
//! The numbers that a state consists of are written one behind the other, each as wide as the
//! largest so far. Where they fit in 64 or 128 bits, the word is the state, and no two states can be
//! taken for one. Where they do not, the word is a fingerprint.

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

    /// Returns the bits of a word.
    fn bits(self) -> u32 {
        self.widths.iter().sum()
    }

    /// Returns the word of a state, without the empty word 0; `None` if a number is wider than those
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
    fn narrow<const N: usize>(self, state: &State<N>, nr_mms: usize) -> Option<u64> {
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

/// The most bits of a word that is a state. One word stands for nothing.
const MOST_BITS: u32 = 127;
/// The most bits of a word of 64 bits that is a state.
const NARROW_BITS: u32 = 63;

/// A set of words, in open addressing. A part of the set that is full grows alone, so that growing
/// takes little additional memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part<W> {
    slots: Vec<W>,
    len: usize,
}

trait Word: Copy + Eq + Default + Serialize {
    fn hash(self) -> u64;
}

/// Mixes two numbers into one.
#[inline(always)]
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

impl Word for u64 {
    #[inline(always)]
    fn hash(self) -> u64 {
        mix(self ^ 0x2545_f491_4f6c_dd1d, 0x9e37_79b9_7f4a_7c15)
    }
}

impl Word for u128 {
    #[inline(always)]
    fn hash(self) -> u64 {
        mix(
            self as u64 ^ 0x2545_f491_4f6c_dd1d,
            (self >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15,
        )
    }
}

impl<W: Word> Part<W> {
    fn new() -> Self {
        Part {
            slots: Vec::new(),
            len: 0,
        }
    }

    #[inline(always)]
    fn slot(&self, word: W, hash: u64) -> usize {
        let length = self.slots.len();
        let mut slot = ((u128::from(hash) * length as u128) >> 64) as usize;
        while self.slots[slot] != word && self.slots[slot] != W::default() {
            slot += 1;
            if slot == length {
                slot = 0;
            }
        }
        slot
    }

    #[inline(always)]
    fn contains(&self, word: W, hash: u64) -> bool {
        !self.slots.is_empty() && self.slots[self.slot(word, hash)] == word
    }

    fn insert(&mut self, word: W, hash: u64) -> bool {
        // At most seven eighths of the slots are in use.
        if (self.len + 1) * 8 > self.slots.len() * 7 {
            let length = (self.slots.len() * 5 / 4).max(64);
            let old = std::mem::replace(&mut self.slots, vec![W::default(); length]);
            for word in old.into_iter().filter(|&word| word != W::default()) {
                let slot = self.slot(word, inner(word.hash()));
                self.slots[slot] = word;
            }
        }
        let slot = self.slot(word, hash);
        let is_new = self.slots[slot] != word;
        self.slots[slot] = word;
        self.len += usize::from(is_new);
        is_new
    }
}

/// The number of parts.
const PARTS: usize = 64;

/// A set of words, in parts by their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parts<W>(Vec<Part<W>>);

impl<W: Word> Parts<W> {
    fn new() -> Self {
        Parts((0..PARTS).map(|_| Part::new()).collect())
    }

    #[inline(always)]
    fn contains(&self, word: W) -> bool {
        let hash = word.hash();
        self.0[part_of(hash)].contains(word, inner(hash))
    }

    fn insert(&mut self, word: W) -> bool {
        let hash = word.hash();
        self.0[part_of(hash)].insert(word, inner(hash))
    }

    fn iter(&self) -> impl Iterator<Item = W> + '_ {
        let slots = self.0.iter().flat_map(|part| part.slots.iter().copied());
        slots.filter(|&word| word != W::default())
    }

    fn len(&self) -> usize {
        self.0.iter().map(|part| part.len).sum()
    }

    fn bytes(&self) -> usize {
        let slots = self.0.iter().map(|part| part.slots.capacity());
        slots.sum::<usize>() * size_of::<W>()
    }
}

impl<W: Word> FromIterator<W> for Parts<W> {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        let mut parts = Parts::new();
        words.into_iter().for_each(|word| {
            parts.insert(word);
        });
        parts
    }
}

/// Returns the part that a hash belongs to.
#[inline(always)]
fn part_of(hash: u64) -> usize {
    (hash >> 58) as usize
}

/// Returns the hash within a part.
#[inline(always)]
fn inner(hash: u64) -> u64 {
    hash << 6
}

/// The states that were reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Visited {
    pub codec: Codec,
    words: Words,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Words {
    Narrow(Parts<u64>),
    Wide(Parts<u128>),
}

impl Visited {
    pub(super) fn new(symmetric: bool) -> Self {
        Visited {
            codec: Codec::new(symmetric),
            words: Words::Narrow(Parts::new()),
        }
    }

    /// Returns whether words are states and no fingerprints.
    pub(super) fn is_exact(&self) -> bool {
        self.codec.is_exact()
    }

    #[inline(always)]
    pub(super) fn contains<const N: usize>(&self, state: &State<N>, nr_mms: usize) -> bool {
        match &self.words {
            Words::Narrow(parts) => {
                { self.codec.narrow(state, nr_mms) }.is_some_and(|word| parts.contains(word))
            }
            Words::Wide(parts) => {
                { self.codec.word(state, nr_mms) }.is_some_and(|word| parts.contains(word))
            }
        }
    }

    /// Makes room for numbers as wide as those of the widest of these states.
    ///
    /// `nr_mms` returns the number of mms of a state of the first model.
    pub(super) fn widen<'a, const N: usize>(
        &mut self,
        states: impl Iterator<Item = &'a State<N>>,
        nr_mms: impl Fn(u32) -> usize + Copy,
    ) {
        let mut codec = self.codec;
        let mut wider = false;
        for state in states {
            wider |= codec.widen(state, nr_mms(state.nodes[0]));
        }
        if !wider {
            return;
        }
        let old = std::mem::replace(&mut self.codec, codec);
        // A fingerprint does not depend on widths.
        if !old.is_exact() {
            return;
        }
        let again = |word: u128| {
            let state: State<N> = old.state(word, nr_mms);
            let word = codec.word(&state, nr_mms(state.nodes[0]));
            word.expect("it is wide enough")
        };
        let words: Box<dyn Iterator<Item = u128> + '_> = match &self.words {
            Words::Narrow(parts) => Box::new(parts.iter().map(u128::from)),
            Words::Wide(parts) => Box::new(parts.iter()),
        };
        let words = words.map(again);
        let wider = match codec.is_narrow() {
            true => Words::Narrow(words.map(|word| word as u64).collect()),
            false => Words::Wide(words.collect()),
        };
        self.words = wider;
    }

    /// Adds a state. Returns whether it is new. The codec has to be wide enough.
    pub(super) fn insert<const N: usize>(&mut self, state: &State<N>, nr_mms: usize) -> bool {
        let codec = self.codec;
        match &mut self.words {
            Words::Narrow(parts) => {
                parts.insert(codec.narrow(state, nr_mms).expect("it is wide enough"))
            }
            Words::Wide(parts) => {
                parts.insert(codec.word(state, nr_mms).expect("it is wide enough"))
            }
        }
    }

    /// Returns the number of states.
    pub(super) fn len(&self) -> usize {
        match &self.words {
            Words::Narrow(parts) => parts.len(),
            Words::Wide(parts) => parts.len(),
        }
    }

    /// Returns the bytes that the set takes.
    pub(super) fn bytes(&self) -> usize {
        match &self.words {
            Words::Narrow(parts) => parts.bytes(),
            Words::Wide(parts) => parts.bytes(),
        }
    }
}
