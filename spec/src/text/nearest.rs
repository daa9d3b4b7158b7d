// SPDX-License-Identifier: GPL-2.0-or-later
//! The word that somebody meant who wrote another.

use std::cmp::Reverse;

/// Maximum length in characters of a word that resembles one of ours.
const MOST: usize = 40;

/// Returns the word that is most like `given`, or `None` if none is like it. Case, and the difference
/// between `-` and `_`, count least. Of two that are equally near, the first one is returned.
pub fn nearest<'w>(given: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let given = plain(given)?;
    let near = words.into_iter().filter_map(|word| {
        let cost = cost(&given, &plain(word)?)?;
        Some((cost, word))
    });
    near.min_by_key(|(cost, _)| *cost).map(|(_, word)| word)
}

/// Returns `; did you mean …?`, or nothing if no word is like `given`.
pub fn did_you_mean<'w>(given: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    match nearest(given, words) {
        Some(word) => format!("; did you mean `{word}`?"),
        None => String::new(),
    }
}

/// Returns a word without what people confuse, or `None` if it is empty or too long.
fn plain(word: &str) -> Option<String> {
    if word.chars().nth(MOST).is_some() {
        return None;
    }
    let plain = word.to_lowercase().replace('-', "_");
    (!plain.is_empty()).then_some(plain)
}

/// Returns how far a word is from `given`, or `None` if it is another word. Words that `given` has as
/// a whole part, as in `iommu_sva_bind_device`, come after misspellings, the longest first, and then
/// words that begin like it, those with the longest common part first.
fn cost(given: &str, word: &str) -> Option<(usize, Reverse<usize>)> {
    let squeezed = |word: &str| word.replace(['_', '.'], "");
    let (short, long) = (squeezed(given), squeezed(word));
    if short == long {
        return Some((0, Reverse(0)));
    }
    // What follows a plus is a commit, which is like no other name.
    if given.contains('+') {
        return None;
    }
    let length = given.chars().count();
    let distance = strsim::damerau_levenshtein(given, word);
    let most = match length.max(word.chars().count()) {
        0..=2 => 1,
        length => length.div_ceil(3),
    };
    if distance <= most && distance < length {
        return Some((distance, Reverse(0)));
    }
    let parts = |word: &str| format!("_{word}_");
    if length >= 3 && word.len() >= 3 && parts(given).contains(&parts(word)) {
        return Some((MOST, Reverse(MOST + word.len())));
    }
    let common = short.chars().zip(long.chars());
    let common = common.take_while(|(a, b)| a == b).count();
    let is_like = common >= 3 && 2 * common >= short.chars().count();
    is_like.then_some((MOST, Reverse(common)))
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::op::OP_NAMES;

    #[test]
    fn misspelt_operations_find_their_name() {
        for (given, meant) in [
            ("bnd", "bind"),
            ("BIND", "bind"),
            ("unbnd", "unbind"),
            ("unbind_device", "unbind"),
            ("bind_device", "bind"),
            ("iommu_sva_bind_device", "bind"),
            ("iommu_sva_unbind_device", "unbind"),
            ("the_get_pasid_call", "get_pasid"),
            ("getpasid", "get_pasid"),
            ("get-pasid", "get_pasid"),
            ("frok", "fork"),
            ("exti", "exit"),
            ("alloc", "alloc_pasid"),
            ("fre_pasid", "free_pasid"),
            ("atach", "attach"),
            ("detatch", "detach"),
            ("pagerequest", "page_request"),
            ("page_req", "page_request"),
            ("enqcmd", "enqcmd_pasid"),
            ("resetbegin", "reset_begin"),
            ("reset_doen", "reset_done"),
        ] {
            assert_eq!(nearest(given, OP_NAMES), Some(meant), "{given}");
        }
    }

    #[test]
    fn what_resembles_no_word_finds_none() {
        for given in [
            "",
            "x",
            "write",
            "frobnicate",
            "\u{1b}[31m",
            &"bind".repeat(1000),
        ] {
            assert_eq!(nearest(given, OP_NAMES), None, "{given}");
        }
        assert_eq!(nearest("v6.12+530f", ["v6.12", "v6.12.93"]), None);
    }
}
