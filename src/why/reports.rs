// SPDX-License-Identifier: GPL-2.0-or-later
//! Cuts a text from dmesg into the complaints that are in it.

use super::dmesg::Kind;
use spec::Splat;
use spec::read::shown;
use std::ops::Range;

/// The functions and files that complain for others: the place of the complaint is who called them.
const HELPERS: &[&str] = &[
    "refcount_warn_saturate",
    "lib/refcount.c",
    "ida_free",
    "lib/idr.c",
    "list_debug",
    "__list_del_entry_valid",
    "__list_add_valid",
];

/// What kernels print, in lower case with single blanks, and the complaint that it is.
const PHRASES: &[(&str, Kind)] = &[
    ("refcount_t: underflow", Kind::Of(&[Splat::Underflow])),
    (
        "refcount_t: addition on 0",
        Kind::Of(&[Splat::AdditionOnZero]),
    ),
    ("refcount_t: saturated", Kind::Of(&[Splat::Saturated])),
    ("refcount_t: decrement hit 0", Kind::Of(&[Splat::Underflow])),
    ("refcount: underflow", Kind::Of(&[Splat::Underflow])),
    (
        "refcount: addition on 0",
        Kind::Of(&[Splat::AdditionOnZero]),
    ),
    ("refcount: saturated", Kind::Of(&[Splat::Saturated])),
    ("ida_free called for id=", Kind::Of(&[Splat::IdaFree])),
    ("ida_free: id not allocated", Kind::Of(&[Splat::IdaFree])),
    ("unknown ioasid", Kind::Of(&[Splat::IoasidFree])),
    (
        "double-free",
        Kind::Of(&[Splat::DoubleFree, Splat::UseAfterFree]),
    ),
    (
        "invalid-free",
        Kind::Of(&[Splat::DoubleFree, Splat::UseAfterFree]),
    ),
    ("use-after-free", Kind::Of(&[Splat::UseAfterFree])),
    (
        "null-ptr-deref",
        Kind::Of(&[Splat::NullDeref, Splat::ListDel]),
    ),
    ("null-deref", Kind::Of(&[Splat::NullDeref, Splat::ListDel])),
    (
        "null pointer dereference",
        Kind::Of(&[Splat::NullDeref, Splat::ListDel]),
    ),
    (
        "list_del corruption",
        Kind::Of(&[Splat::ListDelAgain, Splat::ListDel]),
    ),
    ("list_add double add", Kind::Of(&[Splat::ListAddAgain])),
    ("list_add corruption", Kind::Of(&[Splat::ListAddAgain])),
    ("bad unlock balance", Kind::Of(&[Splat::UnlockBalance])),
    ("possible recursive locking", Kind::Of(&[Splat::Deadlock])),
    ("blocked for more than", Kind::Of(&[Splat::Deadlock])),
    ("soft lockup", Kind::Of(&[Splat::SoftLockup])),
    ("unable to handle", Kind::Oops),
    ("general protection fault", Kind::Oops),
    ("bug: kasan:", Kind::Oops),
    ("oops:", Kind::Oops),
    ("warning: cpu:", Kind::Warn),
    ("warning: at", Kind::Warn),
    ("warning:", Kind::Warn),
    ("warn iommu_", Kind::Warn),
    ("warn pci_", Kind::Warn),
];

/// Returns the text on one line with single blanks, without the marks of quoting mails.
pub(super) fn plain(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['>', '|', ' ', '\t']));
    let words = lines.flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a word without what is put around it.
pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(['(', ')', ',', '[', ']', '?'])
}

/// Returns whether a word is a place in a function, like `iommu_sva_bind_device+0x1a8/0x2c0`.
pub(super) fn is_frame(word: &str) -> bool {
    word.contains("+0x")
}

/// One complaint of a text.
pub(super) struct Report<'t> {
    /// What it is.
    pub kind: Kind,
    /// The text from its first phrase to the next complaint.
    pub text: &'t str,
}

/// Cuts a text into its complaints. `lower` is the text in lower case.
pub(super) fn reports<'t>(words: &'t str, lower: &str) -> Vec<Report<'t>> {
    let mut all = Vec::new();
    let mut from = 0;
    for piece in lower.split_inclusive("---[ end trace") {
        reports_of(words, lower, from..from + piece.len(), &mut all);
        from += piece.len();
    }
    let text = |(range, kind): (Range<usize>, Kind)| Report {
        kind,
        text: words.get(range).unwrap_or_default(),
    };
    all.into_iter().map(text).collect()
}

/// Cuts a text without an end of a trace into its complaints.
fn reports_of(words: &str, lower: &str, within: Range<usize>, all: &mut Vec<(Range<usize>, Kind)>) {
    let mut hits: Vec<(usize, usize)> = Vec::new();
    for (rank, (phrase, _)) in PHRASES.iter().enumerate() {
        let found = lower[within.clone()].match_indices(phrase);
        hits.extend(found.map(|(at, _)| (within.start + at, rank)));
    }
    // Of two that begin at the same place, the one that says more comes first in the table.
    hits.sort_unstable();
    hits.dedup_by_key(|(at, _)| *at);
    // The complaint that is being read: where it begins, its place, and where its last phrase is.
    let mut open: Option<(usize, Kind, Option<&str>, usize)> = None;
    for (number, &(at, rank)) in hits.iter().enumerate() {
        let (phrase, kind) = PHRASES[rank];
        let end = hits.get(number + 1).map_or(within.end, |(next, _)| *next);
        let place = own_place(&words[at..end]);
        let gap = open.map_or(0, |(.., last)| at - last);
        let both = open.and_then(|(start, was, before, _)| {
            let both = joined((was, before), (kind, place), gap, phrase == "oops:")?;
            Some((start, both, before.or(place), at))
        });
        if let (None, Some((start, was, ..))) = (both, open) {
            all.push((start..at, was));
        }
        open = both.or(Some((at, kind, place, at)));
    }
    all.extend(open.map(|(start, kind, ..)| (start..within.end, kind)));
}

/// Returns what two complaints are together if they are one that is told with several phrases, as in
/// `BUG: KASAN: slab-use-after-free in …`, or in a sentence of the refcount and the `WARNING` around
/// it. Returns `None` for two complaints. Each comes with its place; `gap` is the number of bytes
/// between the phrases.
fn joined(
    (first, before): (Kind, Option<&str>),
    (second, after): (Kind, Option<&str>),
    gap: usize,
    is_oops_line: bool,
) -> Option<Kind> {
    let is_fatal = |kind: Kind| match kind {
        Kind::Of(all) => all.iter().any(|splat| splat.is_fatal()),
        Kind::Oops => true,
        _ => false,
    };
    let (keeps_first, keeps_second) = match (first, second) {
        // `refcount_t: underflow; use-after-free` has two phrases.
        (Kind::Of(_), Kind::Of(_)) => {
            let is_its_own = before.is_none() || is_fatal(second);
            (gap < 40 && is_its_own, false)
        }
        (Kind::Warn, Kind::Of(_)) => {
            let is_its_own = before.is_none_or(|place| is_helper(place) && !is_fatal(second));
            (false, is_its_own)
        }
        (Kind::Of(_), Kind::Warn) => (before.is_none() && after.is_none_or(is_helper), false),
        (Kind::Oops, Kind::Of(_)) => (false, before.is_none() && is_fatal(second)),
        // `Oops: 0002 [#1]` comes after what it is about, also after `kernel BUG at …`.
        (Kind::Of(_) | Kind::Oops, Kind::Oops) => {
            (is_fatal(first) && (is_oops_line || before.is_none()), false)
        }
        _ => (false, false),
    };
    match (keeps_first, keeps_second) {
        (true, _) => Some(first),
        (_, true) => Some(second),
        _ => None,
    }
}

/// Returns the first place of a text: a frame or a line.
fn own_place(text: &str) -> Option<&str> {
    let mut words = text.split(' ').map(bare);
    words.find(|word| is_frame(word) || is_line(word))
}

/// Returns whether a word is a line of any file of source, like `mm/slub.c:44`.
fn is_line(word: &str) -> bool {
    let word = word.trim_end_matches(['!', ',', '.']);
    word.rsplit_once(':').is_some_and(|(path, line)| {
        (path.ends_with(".c") || path.ends_with(".h"))
            && !line.is_empty()
            && line.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Returns whether a place is in a function that complains for others.
pub(super) fn is_helper(place: &str) -> bool {
    HELPERS.iter().any(|helper| place.contains(helper))
}

/// Returns where a complaint is that is not one of the models: `` in `kfree` (mm/slub.c:44) ``.
/// Returns `None` if the text has no place.
pub(super) fn foreign(text: &str) -> Option<String> {
    let places = || text.split(' ').map(bare);
    let frames = || places().filter(|word| is_frame(word));
    let frame = { frames() }
        .find(|word| !is_helper(word))
        .or_else(|| frames().next());
    let line = { places() }.find(|word| is_line(word));
    let frame = frame.map(|word| {
        let name = word.split_once("+0x").map_or(word, |(name, _)| name);
        name.rsplit(':').next().unwrap_or(name)
    });
    let [frame, line] = [frame, line].map(|word| word.map(|word| shown(word, 80)));
    match (frame, line) {
        (Some(frame), Some(line)) => Some(format!("in `{frame}` ({line})")),
        (Some(frame), None) => Some(format!("in `{frame}`")),
        (None, Some(line)) => Some(format!("at {line}")),
        (None, None) => None,
    }
}

/// Returns whether a text has a complaint.
pub fn is_one(text: &str) -> bool {
    let words = plain(text);
    let lower = words.to_ascii_lowercase();
    !reports(&words, &lower).is_empty()
}

/// Returns the complaint that a text is, by what kernels print, or that it is a part of; `None` if it is
/// none.
pub(super) fn phrase(text: &str) -> Option<Kind> {
    /// The fewest characters that are a part of something: fewer are in too much.
    const FEWEST: usize = 4;
    let words = plain(text);
    let lower = words.to_ascii_lowercase();
    let whole = reports(&words, &lower).first().map(|report| report.kind);
    let part = || {
        let mut phrases = PHRASES.iter();
        phrases.find(|(phrase, _)| lower.len() >= FEWEST && phrase.contains(&*lower))
    };
    whole.or_else(|| part().map(|(_, kind)| *kind))
}
