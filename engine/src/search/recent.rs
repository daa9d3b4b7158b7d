// SPDX-License-Identifier: GPL-2.0-or-later
//! The words of successors that a thread has met last.

use super::visited::Word;

/// The number of words that are remembered.
const WORDS: usize = 1 << 12;

/// Some of the words that were met: each replaces an earlier one that has the same place.
///
/// A state is often a successor of several states that are expanded one after another, so most
/// successors need not be looked up in the large set of all words.
#[derive(Debug)]
pub(super) struct Recent {
    low: Box<[u64]>,
    /// The upper halves, which are neither read nor written while all are 0.
    high: Box<[u64]>,
    /// Whether any upper half is not 0.
    is_wide: bool,
}

impl Default for Recent {
    fn default() -> Self {
        let none = || vec![0; WORDS].into();
        Recent {
            low: none(),
            high: none(),
            is_wide: false,
        }
    }
}

impl Recent {
    /// Remembers a word. Returns whether it was met before; the word 0 never was.
    #[inline(always)]
    pub(super) fn meet(&mut self, word: u128) -> bool {
        let (low, high) = (word as u64, (word >> 64) as u64);
        let at = (low.hash() >> (u64::BITS - WORDS.ilog2())) as usize;
        self.is_wide |= high != 0;
        let is_met = self.low[at] == low && (!self.is_wide || self.high[at] == high);
        self.low[at] = low;
        if self.is_wide {
            self.high[at] = high;
        }
        is_met && word != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_were_met_are_found() {
        let mut random = fastrand::Rng::with_seed(1);
        for most in [1 << 13, u64::MAX.into(), u128::MAX >> 1] {
            let mut recent = Recent::default();
            let mut met = std::collections::HashSet::new();
            let (mut found, mut before) = (0, 0);
            for at in 0..100_000u32 {
                // Words with the same lower half, too.
                let word = match at % 3 {
                    0 => random.u128(0..=most),
                    1 => before,
                    _ => before ^ (1 << 100) & most,
                };
                let is_met = recent.meet(word);
                assert!(!is_met || met.contains(&word) && word != 0);
                assert!(at % 3 != 1 || is_met || word == 0, "it was met just now");
                met.insert(word);
                found += u32::from(is_met);
                before = word;
            }
            assert!(found > 30_000, "{found}");
        }
    }

    #[test]
    fn the_word_0_is_never_met() {
        let mut recent = Recent::default();
        assert!(!recent.meet(0) && !recent.meet(0));
    }
}
