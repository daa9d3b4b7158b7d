// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads a splat or an oops as dmesg prints it, in whatever way a mail program has treated it.

use super::asked::{Line, is_at};
use super::functions;
use super::way::{Doing, Returned, Shown, Way};
use spec::{At, Errno, OpCode, Splat, Tree};

/// Maximum length of the text that is read, in bytes: more than what a kernel keeps.
pub const MOST: usize = 1 << 20;

/// What a splat says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splatted {
    /// The complaint; `None` if the text has only functions.
    pub kind: Option<Kind>,
    /// The function of the models in which it was, the innermost one; `None` if the text has none.
    pub function: Option<&'static str>,
    /// The line that the text has for the complaint, if it is of one of the two files.
    pub line: Option<Line>,
    /// Whether the line is that of an anchor of the function in this kernel.
    pub is_of_this_tree: bool,
    /// The anchors at which it can be.
    pub anchors: Vec<At>,
}

/// The kind of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A `WARN_ON()` of a function.
    Warn,
    /// One of these complaints.
    Of(&'static [Splat]),
    /// Any oops.
    Oops,
    /// A caller prints the errno of its bind.
    Bind(Errno),
}

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

/// What callers print when their bind fails; the number follows.
const CALLERS: &[&str] = &[
    "pasid allocation failed:",
    "sva bind device failed, ret",
    "failed to bind sva, err",
];

impl Kind {
    /// Returns whether something that was observed is such a complaint. A `WARN_ON()` is one of a
    /// function.
    fn is(self, way: &Way) -> bool {
        match (self, way.shown) {
            (Kind::Warn, Shown::Splat(splat)) => splat.text().starts_with("WARN "),
            (Kind::Of(all), Shown::Splat(splat)) => all.contains(&splat),
            (Kind::Oops, Shown::Ret(Returned::Oops)) => true,
            (Kind::Bind(errno), Shown::Ret(Returned::Err(this))) => {
                errno == this && way.doing == Doing::Op(OpCode::Bind)
            }
            _ => false,
        }
    }

    /// Returns the words for it.
    pub fn words(self) -> String {
        match self {
            Kind::Warn => "WARN".to_owned(),
            Kind::Of(all) => all.first().map_or("", |splat| splat.text()).to_owned(),
            Kind::Oops => "oops".to_owned(),
            Kind::Bind(errno) => format!("bind -{}", errno.name()),
        }
    }
}

impl Splatted {
    /// Reads a text. Returns an error if it has no complaint and no function that a model has.
    pub fn parse(text: &str, tree: &Tree) -> Result<Splatted, String> {
        let words = plain(text);
        let lower = words.to_ascii_lowercase();
        let (start, mut kind) = complaint(&lower);
        // What stands before the first complaint belongs to another one; a sentence of the refcount
        // comes after the frame at its top.
        let rest = words.get(start..).unwrap_or(&words);
        let end = rest.find("---[ end trace").unwrap_or(rest.len());
        let rest = &rest[..end];
        if kind == Some(Kind::Warn)
            && let (_, Some(of @ Kind::Of(_))) = complaint(&rest.to_ascii_lowercase()[8..])
            && let Kind::Of(all) = of
            && all.iter().all(|splat| !splat.is_fatal())
        {
            kind = Some(of);
        }
        let caller = bind_failed(&lower);
        let (mut line, mut function) = (None, None);
        for word in rest.split(' ').map(bare) {
            if line.is_none()
                && let Some(Ok(this)) = Line::parse(word)
            {
                line = Some(this);
            }
            if is_frame(word) || kind.is_some() || line.is_some() {
                function = function.or_else(|| known_function(word));
            }
        }
        // Of a text that was put together in another order, a frame is better than nothing.
        let mut frames = words.split(' ').map(bare).filter(|word| is_frame(word));
        function = function.or_else(|| frames.find_map(known_function));
        if let (None, Some(errno)) = (kind, caller) {
            kind = Some(Kind::Bind(errno));
        }
        if kind.is_none() && function.is_none() && line.is_none() {
            return Err(format!(
                "no splat and no oops is in it, nor a function that {} has, such as {}",
                tree.name(),
                "iommu_sva_bind_device+0x1a8"
            ));
        }
        let here = line.map_or(Vec::new(), |line| line.anchors(tree));
        let of_function = function.map_or(Vec::new(), functions::anchors);
        let is_of_function = |at: &At| function.is_none() || of_function.contains(at);
        let exact: Vec<At> = here.into_iter().filter(is_of_function).collect();
        let is_of_this_tree = !exact.is_empty();
        Ok(Splatted {
            kind,
            function,
            line,
            is_of_this_tree,
            anchors: match is_of_this_tree {
                true => exact,
                false => of_function,
            },
        })
    }

    /// Returns whether a way can be what was seen.
    pub fn is(&self, way: &Way) -> bool {
        let is_there = self.anchors.is_empty() || is_at(way, &self.anchors);
        match self.kind {
            Some(Kind::Bind(_)) => self.kind.is_some_and(|kind| kind.is(way)),
            Some(kind) => kind.is(way) && is_there,
            None => is_there && !matches!(way.shown, Shown::Leak(_)),
        }
    }

    /// Returns the errno that a caller of bind has printed, if that is what was read.
    pub fn bind_failed(&self) -> Option<Errno> {
        match self.kind {
            Some(Kind::Bind(errno)) => Some(errno),
            _ => None,
        }
    }

    /// Returns what was understood, as a sentence without a full stop.
    pub fn words(&self, tree: &Tree) -> String {
        let kind = self.kind.map_or("a place".to_owned(), Kind::words);
        let function = self.function.map(|name| format!(" in {name}"));
        let line = self.line.map(|line| match self.is_of_this_tree {
            true => format!(" at {line}"),
            false => format!(
                " at {line}, which is a line of another tree than {}: it is taken by its function",
                tree.name()
            ),
        });
        format!(
            "{kind}{}{}",
            function.unwrap_or_default(),
            line.unwrap_or_default()
        )
    }
}

/// Returns the text on one line with single blanks, without the marks of quoting mails.
fn plain(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['>', '|', ' ', '\t']));
    let words = lines.flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a word without what is put around it.
fn bare(word: &str) -> &str {
    word.trim_matches(['(', ')', ',', '[', ']', '?'])
}

/// Returns whether a word is a place in a function, like `iommu_sva_bind_device+0x1a8/0x2c0`.
fn is_frame(word: &str) -> bool {
    word.contains("+0x")
}

/// Returns the function of the models that a word names, as in `0010:ida_free.cold+0x20/0xa0`.
fn known_function(word: &str) -> Option<&'static str> {
    let name = word.split_once("+0x").map_or(word, |(name, _)| name);
    let name = name.rsplit(':').next().unwrap_or(name);
    let name = name.split('.').next().unwrap_or(name);
    let known = At::ALL.iter().flat_map(|at| functions::of(*at));
    known.copied().find(|known| *known == name)
}

/// Returns the first complaint of a text in lower case, and where it begins. Of two that begin at
/// the same line, the one that says more comes first in the table.
fn complaint(lower: &str) -> (usize, Option<Kind>) {
    let all = PHRASES.iter().enumerate();
    let first = all
        .filter_map(|(rank, (phrase, kind))| Some((lower.find(phrase)?, rank, *kind)))
        .min_by_key(|(at, rank, _)| (*at, *rank));
    match first {
        // `BUG: KASAN: slab-use-after-free in …` and `Unable to handle kernel NULL pointer
        // dereference` say what they are a few words later.
        Some((at, _, Kind::Oops)) => {
            let line: String = lower[at..].chars().take(120).collect();
            let more = PHRASES
                .iter()
                .filter(|(_, kind)| matches!(kind, Kind::Of(_)));
            let more = more.filter_map(|(phrase, kind)| Some((line.find(phrase)?, *kind)));
            let more = more.min_by_key(|(at, _)| *at).map(|(_, kind)| kind);
            (at, Some(more.unwrap_or(Kind::Oops)))
        }
        Some((at, _, kind)) => (at, Some(kind)),
        None => (0, None),
    }
}

/// Returns the errno that a caller of bind has printed.
fn bind_failed(lower: &str) -> Option<Errno> {
    let after = |phrase: &&str| Some(&lower[lower.find(*phrase)? + phrase.len()..]);
    let rest = CALLERS.iter().find_map(after)?;
    let word = rest.split_whitespace().next()?;
    Errno::by_name(super::errno::of(word.trim_matches(['(', ')', ',', '.']))?)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Splatted};
    use crate::models::by_name;
    use spec::{At, Errno, Model, Splat};

    fn parsed(model: &str, text: &str) -> Splatted {
        let tree = by_name(model).expect("a model").tree();
        Splatted::parse(text, tree).expect("a splat")
    }

    #[test]
    fn the_warning_of_february_2024_is_taken_by_its_function() {
        let text = "\
> > [  215.708055] ------------[ cut here ]------------\n\
> > [  215.712672][  T123] WARNING: CPU: 3 PID: 1 at drivers/iommu/iommu.c:3591\n\
> > iommu_detach_device_pasid+0x7c/0x90\n\
> > [  215.712688] pc : iommu_detach_device_pasid+0x7c/0x90\n\
> > [  215.712690] lr : iommu_sva_unbind_device+0x60/0xf8\n";
        let seen = parsed("thread-a", text);
        assert_eq!(seen.kind, Some(Kind::Warn));
        assert_eq!(seen.function, Some("iommu_detach_device_pasid"));
        assert!(!seen.is_of_this_tree);
        assert_eq!(seen.anchors, [At::DetachGroup, At::DetachErase]);
        let exact = parsed("thread-a", &text.replace("3591", "3578"));
        assert!(exact.is_of_this_tree, "{exact:?}");
        assert_eq!(exact.anchors, [At::DetachErase]);
    }

    #[test]
    fn what_a_refcount_says_comes_before_the_warning_around_it() {
        let text = "\
refcount_t: underflow; use-after-free.\n\
WARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xf0/0x148\n\
Call trace:\n refcount_warn_saturate+0xf0/0x148\n iommu_sva_unbind_device+0x80/0x120\n";
        for text in [
            text.to_owned(),
            text.lines().rev().collect::<Vec<_>>().join("\n"),
        ] {
            let seen = parsed("v6.8-rc6", &text);
            assert_eq!(seen.function, Some("iommu_sva_unbind_device"), "{text}");
        }
        assert_eq!(
            parsed("v6.8-rc6", text).kind,
            Some(Kind::Of(&[Splat::Underflow]))
        );
        let after = "WARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xf0/0x148 \
                     refcount_t: underflow; use-after-free. iommu_sva_unbind_device+0x80/0x120";
        assert_eq!(
            parsed("v6.8-rc6", after).kind,
            Some(Kind::Of(&[Splat::Underflow]))
        );
    }

    #[test]
    fn oopses_are_known_by_their_sentence_and_by_their_function() {
        for (text, splat, function) in [
            (
                "BUG: kernel NULL pointer dereference, address: 0000000000000008\n\
                 RIP: 0010:iommu_detach_device_pasid+0x20/0xa0",
                Splat::NullDeref,
                "iommu_detach_device_pasid",
            ),
            (
                "Unable to handle kernel NULL pointer dereference at virtual address 0\n\
                 pc : iommu_detach_device_pasid+0x20/0xa0",
                Splat::NullDeref,
                "iommu_detach_device_pasid",
            ),
            (
                "BUG: KASAN: slab-use-after-free in iommu_sva_unbind_device+0x40/0x120\n\
                 Read of size 8 at addr ffff by task x/1",
                Splat::UseAfterFree,
                "iommu_sva_unbind_device",
            ),
            (
                "ida_free called for id=1 which is not allocated.\n\
                 WARNING: CPU: 1 PID: 9 at lib/idr.c:525 ida_free+0xe0/0x100\n\
                 mm_pasid_drop+0x20/0x40",
                Splat::IdaFree,
                "ida_free",
            ),
        ] {
            let seen = parsed("v6.12", text);
            assert_eq!(seen.function, Some(function), "{text}");
            let is_it = matches!(seen.kind, Some(Kind::Of(all)) if all.contains(&splat));
            assert!(is_it, "{text}: {:?}", seen.kind);
        }
    }

    #[test]
    fn the_errno_that_a_caller_prints_is_that_of_its_bind() {
        let text = "idxd 0000:6a:01.0: pasid allocation failed: -28";
        assert_eq!(parsed("v6.12", text).kind, Some(Kind::Bind(Errno::ENOSPC)));
    }

    #[test]
    fn garbage_is_refused_with_a_sentence() {
        let tree = by_name("v6.12").expect("a model").tree();
        for text in [
            "",
            "hello",
            "\u{0}\u{ffff}",
            "iommu_nothing+0x1/0x2",
            &"a ".repeat(5000),
        ] {
            assert!(Splatted::parse(text, tree).is_err(), "{text}");
        }
    }
}
