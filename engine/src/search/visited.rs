// SPDX-License-Identifier: GPL-2.0-or-later
//! The states that were reached, as words.
//!
//! Where the numbers of a state fit in 64 or 128 bits, its word is the state, and no two states can
//! be taken for one. Where they do not, the word is a fingerprint. See [`super::codec`].

use super::codec::Codec;
use super::state::State;
use serde::{Deserialize, Serialize};
use std::ops::BitOr;

/// The number of words of a bucket.
const SLOTS: usize = 8;

/// Words that lie together in memory, and are therefore looked at together: those that are in use
/// come first, the others are 0.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[repr(align(64))]
struct Bucket<W>([W; SLOTS]);

/// A set of words. A word is in the bucket that its hash stands for, or in one of those behind it if
/// that is full. A large set grows in place and in small steps, so growing takes little additional
/// memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part<W> {
    /// Buckets, [`PAGE`] in each page, or fewer if there is only one page.
    pages: Vec<Box<[Bucket<W>]>>,
    /// The number of buckets in use.
    buckets: usize,
    len: usize,
}

/// The number of buckets of a part up to which time matters more than memory. All parts together
/// then take four mebibytes, or eight if words are wide.
const FEW: usize = 8 * PAGE;

/// The number of buckets of a page.
const PAGE: usize = 128;

/// A word, of either width.
pub(super) trait Word: Copy + Eq + Default + BitOr<Output = Self> + Serialize {
    /// Returns a word that fits.
    fn of(word: u128) -> Self;
    fn hash(self) -> u64;
}

/// Mixes two numbers into one.
#[inline(always)]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

impl Word for u64 {
    #[inline(always)]
    fn of(word: u128) -> Self {
        word as u64
    }

    #[inline(always)]
    fn hash(self) -> u64 {
        mix(self ^ 0x2545_f491_4f6c_dd1d, 0x9e37_79b9_7f4a_7c15)
    }
}

impl Word for u128 {
    #[inline(always)]
    fn of(word: u128) -> Self {
        word
    }

    #[inline(always)]
    fn hash(self) -> u64 {
        mix(
            self as u64 ^ 0x2545_f491_4f6c_dd1d,
            (self >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15,
        )
    }
}

impl<W: Word> Bucket<W> {
    #[inline(always)]
    fn contains(&self, word: W) -> bool {
        self.0.iter().fold(false, |is, &this| is | (this == word))
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.0[SLOTS - 1] != W::default()
    }
}

impl<W: Word> Part<W> {
    fn new() -> Self {
        Part {
            pages: Vec::new(),
            buckets: 0,
            len: 0,
        }
    }

    /// Returns the position of the bucket where the search for a word begins.
    #[inline(always)]
    fn first(&self, hash: u64) -> usize {
        first_of(self.buckets, hash)
    }

    #[inline(always)]
    fn at(&self, bucket: usize) -> &Bucket<W> {
        &self.pages[bucket / PAGE][bucket % PAGE]
    }

    #[inline(always)]
    fn at_mut(&mut self, bucket: usize) -> &mut Bucket<W> {
        &mut self.pages[bucket / PAGE][bucket % PAGE]
    }

    /// Returns the bucket where the search for a word begins, if there is any.
    #[inline(always)]
    fn begin(&self, hash: u64) -> Option<&Bucket<W>> {
        (self.buckets > 0).then(|| self.at(self.first(hash)))
    }

    /// Returns the bucket that contains a word, or else the one that it belongs in.
    #[inline(always)]
    fn bucket(&self, word: W, hash: u64) -> usize {
        let mut at = self.first(hash);
        while self.at(at).is_full() && !self.at(at).contains(word) {
            at += 1;
            if at == self.buckets {
                at = 0;
            }
        }
        at
    }

    #[inline(always)]
    fn contains(&self, word: W, hash: u64) -> bool {
        self.begin(hash).is_some_and(|first| {
            let is_behind = || self.at(self.bucket(word, hash)).contains(word);
            first.contains(word) || first.is_full() && is_behind()
        })
    }

    /// Returns the most eighths of the slots that may be in use. In a small set, a bucket is seldom
    /// full, so that most look-ups end in the first one.
    fn eighths(&self) -> usize {
        if self.buckets < FEW { 6 } else { 7 }
    }

    fn insert(&mut self, word: W, hash: u64) -> bool {
        if (self.len + 1) * 8 > self.buckets * SLOTS * self.eighths() {
            self.grow();
        }
        let is_new = self.put(word, hash);
        self.len += usize::from(is_new);
        is_new
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let before = self.buckets;
        self.buckets = match before {
            0..PAGE => (before * 2).clamp(8, PAGE),
            PAGE..FEW => before + before / 2,
            _ => before + before / 8,
        };
        if self.buckets <= PAGE {
            let page = vec![Bucket::default(); self.buckets].into();
            let old = std::mem::replace(&mut self.pages, vec![page]);
            for word in old.iter().flatten().flat_map(|bucket| bucket.0) {
                if word != W::default() {
                    self.put(word, inner(word.hash()));
                }
            }
            return;
        }
        while self.pages.len() * PAGE < self.buckets {
            self.pages.push(vec![Bucket::default(); PAGE].into());
        }
        // The bucket where the search for a word begins moves to the back or not at all. So if the
        // last bucket comes first, buckets behind a word that was moved are final: none that a later
        // search passes becomes empty again. Words that are not in the bucket where the search for
        // them begins can move to the front, also after they were moved to the beginning from the
        // end. They are added when all buckets are final.
        let mut behind = Vec::new();
        for at in (0..before).rev() {
            for word in std::mem::take(&mut self.at_mut(at).0) {
                if word == W::default() {
                    break;
                }
                let hash = inner(word.hash());
                match first_of(before, hash) == at {
                    true => _ = self.put(word, hash),
                    false => behind.push(word),
                }
            }
        }
        for word in behind {
            self.put(word, inner(word.hash()));
        }
    }

    /// Adds a word for which there is room. Returns whether it is new.
    #[inline(always)]
    fn put(&mut self, word: W, hash: u64) -> bool {
        let at = self.bucket(word, hash);
        let bucket = self.at_mut(at);
        let slot = bucket
            .0
            .iter_mut()
            .find(|this| **this == word || **this == W::default());
        let slot = slot.expect("the bucket has the word, or room");
        std::mem::replace(slot, word) != word
    }
}

/// Returns the position, among so many buckets, of the one where the search for a word begins.
#[inline(always)]
fn first_of(buckets: usize, hash: u64) -> usize {
    ((u128::from(hash) * buckets as u128) >> 64) as usize
}

/// The number of words that are looked up together.
const AT_ONCE: usize = 32;

/// The number of parts.
const PARTS: usize = 64;

/// A set of words, in parts by their hashes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Parts<W>(Vec<Part<W>>);

impl<W: Word> Parts<W> {
    fn new() -> Self {
        Parts((0..PARTS).map(|_| Part::new()).collect())
    }

    /// Calls `each` with the position of every word that is not in the set, or is 0.
    #[inline(always)]
    fn missing(&self, words: &[u128], mut each: impl FnMut(usize)) {
        let mut hashes = [0; AT_ONCE];
        let mut touched = W::default();
        for (block, words) in words.chunks(AT_ONCE).enumerate() {
            for (hash, &word) in hashes.iter_mut().zip(words) {
                *hash = W::of(word).hash();
            }
            // In a large set, waiting for memory takes most of the time. Here, no bucket has to wait
            // for another.
            for &hash in &hashes[..words.len()] {
                if let Some(bucket) = self.0[part_of(hash)].begin(inner(hash)) {
                    touched = touched | bucket.0[0];
                }
            }
            for (at, (&hash, &word)) in hashes.iter().zip(words).enumerate() {
                let part = &self.0[part_of(hash)];
                if word == 0 || !part.contains(W::of(word), inner(hash)) {
                    each(block * AT_ONCE + at);
                }
            }
        }
        std::hint::black_box(touched);
    }

    fn insert(&mut self, word: W) -> bool {
        let hash = word.hash();
        self.0[part_of(hash)].insert(word, inner(hash))
    }

    fn iter(&self) -> impl Iterator<Item = W> + '_ {
        let buckets = self.0.iter().flat_map(|part| part.pages.iter().flatten());
        let slots = buckets.flat_map(|bucket| bucket.0);
        slots.filter(|&word| word != W::default())
    }

    fn len(&self) -> usize {
        self.0.iter().map(|part| part.len).sum()
    }

    fn bytes(&self) -> usize {
        let pages = self.0.iter().flat_map(|part| &part.pages);
        pages.map(|page| size_of_val(&**page)).sum()
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

    /// Returns the word of a state; 0 if the codec is not wide enough for it.
    #[inline(always)]
    pub(super) fn word<const N: usize>(&self, state: &State<N>, nr_mms: usize) -> u128 {
        match &self.words {
            Words::Narrow(_) => self.codec.narrow(state, nr_mms).unwrap_or(0).into(),
            Words::Wide(_) => self.codec.word(state, nr_mms).unwrap_or(0),
        }
    }

    /// Calls `each` with the position of the word of every state that was not reached.
    #[inline(always)]
    pub(super) fn missing(&self, words: &[u128], each: impl FnMut(usize)) {
        match &self.words {
            Words::Narrow(parts) => parts.missing(words, each),
            Words::Wide(parts) => parts.missing(words, each),
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

    /// Adds the word of a state. Returns whether it is new.
    #[inline(always)]
    pub(super) fn insert(&mut self, word: u128) -> bool {
        debug_assert!(word != 0, "the codec is wide enough");
        match &mut self.words {
            Words::Narrow(parts) => parts.insert(word as u64),
            Words::Wide(parts) => parts.insert(word),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Adds words, and looks for all of them whenever the set has grown.
    fn add(words: impl Iterator<Item = u64>) -> (Part<u64>, HashSet<u64>) {
        let mut part: Part<u64> = Part::new();
        let mut all = HashSet::new();
        for word in words {
            let hash = inner(word.hash());
            let before = part.buckets;
            assert_eq!(part.contains(word, hash), all.contains(&word));
            assert_eq!(part.insert(word, hash), all.insert(word));
            if part.buckets != before {
                let is_there = |&word: &u64| part.contains(word, inner(word.hash()));
                assert!(all.iter().all(is_there), "{} buckets", part.buckets);
            }
        }
        assert_eq!(part.len, all.len());
        (part, all)
    }

    #[test]
    fn a_set_has_what_was_added_while_it_grows() {
        let mut random = fastrand::Rng::with_seed(1);
        let (part, all) = add((0..60_000).map(|_| random.u64(1..1 << 17)));
        let parts = Parts(vec![part]);
        assert_eq!(parts.iter().collect::<HashSet<u64>>(), all);
        assert_eq!(parts.iter().count(), all.len());
        // At least three quarters of the slots are in use.
        assert!(parts.bytes() * 3 / 4 < all.len() * 8, "{}", parts.bytes());
    }

    #[test]
    fn words_that_belong_at_the_end_go_on_at_the_beginning() {
        // All of them belong in the last eighth.
        let last = |word: &u64| inner(word.hash()) >> 61 == 7;
        let (part, all) = add((1..).filter(last).take(3000));
        assert!(part.buckets > 2 * PAGE && all.len() == 3000);
        assert!(part.at(0).0[0] != 0, "they go on at the beginning");
    }
}
