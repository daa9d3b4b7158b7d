// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads a splat or an oops as dmesg prints it, in whatever way a mail program has treated it.

use super::asked::{Line, is_at};
use super::functions;
use super::reports::{Report, bare, foreign, is_frame, is_helper, plain, reports};
use super::{Doing, Returned, Shown, Way};
use spec::{At, Errno, OpCode, Splat, Tree};

/// Maximum length of the text that is read, in bytes: more than what a kernel keeps.
pub const MOST: usize = 16 << 20;

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
    /// Reads a text, which can be a whole dmesg: takes the first complaint in a function or at a
    /// line that a model has. Returns an error if there is none, or if all are elsewhere.
    pub fn parse(text: &str, tree: &Tree) -> Result<Splatted, String> {
        let words = plain(text);
        let lower = words.to_ascii_lowercase();
        let all: Vec<Report<'_>> = reports(&words, &lower);
        let seen: Vec<Splatted> = { all.iter() }
            .map(|report| Splatted::of(Some(report.kind), report.text, tree))
            .collect();
        if let Some(known) = seen.iter().find(|this| !this.anchors.is_empty()) {
            return Ok(known.clone());
        }
        let errno = bind_failed(&lower);
        // Of a text that was put together in another order, a frame is better than nothing.
        if seen.len() < 2 && (seen.len() == 1 || errno.is_none()) {
            let kind = all.first().map(|report| report.kind);
            let any = Splatted::of(kind, &words, tree);
            if !any.anchors.is_empty() {
                return Ok(any);
            }
        }
        if let Some(errno) = errno {
            return Ok(Splatted {
                kind: Some(Kind::Bind(errno)),
                function: None,
                line: None,
                is_of_this_tree: false,
                anchors: Vec::new(),
            });
        }
        if let Some(line) = seen.iter().find_map(|this| this.line) {
            return Err(line.nothing_there(tree));
        }
        if let Some(place) = all.iter().find_map(|report| foreign(report.text)) {
            return Err(format!(
                "the splat is {place}, which is not in the models, and no other splat is in the text"
            ));
        }
        seen.into_iter().next().ok_or_else(|| {
            format!(
                "no splat and no oops is in it, nor a function that {} has, such as {}",
                tree.name(),
                "iommu_sva_bind_device+0x1a8"
            )
        })
    }

    /// Reads the line and the function of one complaint. It has no anchors if neither is one of the
    /// models.
    fn of(kind: Option<Kind>, text: &str, tree: &Tree) -> Splatted {
        let (mut line, mut function, mut helper) = (None, None, None);
        for word in text.split(' ').map(bare) {
            if line.is_none()
                && let Some(Ok(this)) = Line::parse(word)
            {
                line = Some(this);
            }
            if is_frame(word) || kind.is_some() || line.is_some() {
                match known_function(word) {
                    Some(known) if is_helper(known) => helper = helper.or(Some(known)),
                    known => function = function.or(known),
                }
            }
        }
        // A helper complains for whoever called it.
        let mut frames = text.split(' ').map(bare).filter(|word| is_frame(word));
        if frames.all(is_helper) {
            function = function.or(helper);
        }
        let here = line.map_or(Vec::new(), |line| line.anchors(tree));
        let of_function = function.map_or(Vec::new(), functions::anchors);
        let is_of_function = |at: &At| function.is_none() || of_function.contains(at);
        let exact: Vec<At> = here.into_iter().filter(is_of_function).collect();
        let is_of_this_tree = !exact.is_empty();
        Splatted {
            kind,
            function,
            line,
            is_of_this_tree,
            anchors: match is_of_this_tree {
                true => exact,
                false => of_function,
            },
        }
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

/// Returns the function of the models that a word names, as in `0010:ida_free.cold+0x20/0xa0`.
fn known_function(word: &str) -> Option<&'static str> {
    let name = word.split_once("+0x").map_or(word, |(name, _)| name);
    let name = name.rsplit(':').next().unwrap_or(name);
    let name = name.split('.').next().unwrap_or(name);
    let known = At::ALL.iter().flat_map(|at| functions::of(*at));
    known.copied().find(|known| *known == name)
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
                "mm_pasid_drop",
            ),
            (
                "ida_free called for id=1 which is not allocated.\n\
                 WARNING: CPU: 1 PID: 9 at lib/idr.c:525 ida_free+0xe0/0x100",
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
    fn a_splat_elsewhere_is_refused_with_its_place() {
        let tree = by_name("v6.8").expect("a model").tree();
        for (text, place) in [
            (
                "WARNING: CPU: 3 PID: 1 at mm/slub.c:44 kfree+0x7c/0x90",
                "in `kfree` (mm/slub.c:44)",
            ),
            (
                "BUG: KASAN: slab-use-after-free in ext4_readdir+0x123/0x300",
                "in `ext4_readdir`",
            ),
            (
                "refcount_t: underflow; use-after-free.\nWARNING: CPU: 0 PID: 7 at \
                 lib/refcount.c:28 refcount_warn_saturate+0xf0/0x148\n sock_put+0x1/0x2\n \
                 tcp_close+0x3/0x4",
                "in `sock_put` (lib/refcount.c:28)",
            ),
            ("WARNING: at fs/inode.c:1", "at fs/inode.c:1"),
            (
                "ida_free called for id=1 which is not allocated.\nWARNING: CPU: 1 PID: 9 at \
                 lib/idr.c:525 ida_free+0xe0/0x100\n blk_free_ext_minor+0x20/0x40",
                "in `blk_free_ext_minor` (lib/idr.c:525)",
            ),
        ] {
            let refused = Splatted::parse(text, tree).expect_err("it is elsewhere");
            assert!(refused.contains(place), "{refused}");
        }
        let bare = "ida_free called for id=1 which is not allocated.";
        assert_eq!(parsed("v6.8", bare).kind, Some(Kind::Of(&[Splat::IdaFree])));
        assert!(Splatted::parse("WARNING: at iommu.c:1 foo+0x1", tree).is_err());
    }

    #[test]
    fn of_several_splats_the_first_in_the_models_counts() {
        let ours = "WARNING: CPU: 3 PID: 1 at drivers/iommu/iommu.c:3591 \
                    iommu_detach_device_pasid+0x7c/0x90\n iommu_sva_unbind_device+0x60/0xf8\n";
        let end = "---[ end trace 0000000000000000 ]---\n";
        let other = "WARNING: CPU: 0 PID: 2 at kernel/sched/core.c:9 foo_bar+0x1/0x2\n";
        let count = "refcount_t: underflow; use-after-free.\nWARNING: CPU: 3 PID: 1 at \
                     lib/refcount.c:28 refcount_warn_saturate+0xf0/0x148\n \
                     iommu_sva_unbind_device+0x80/0x120\n";
        for before in [
            &format!("{other}{end}"),
            other,
            "ACPI Warning: x\n",
            "[drm] WARNING: bios\n",
            "BUG: KASAN: slab-use-after-free in ext4_readdir+0x123/0x300\nOops: 2\n",
        ] {
            for after in ["", end, count] {
                let seen = parsed("thread-a", &format!("{before}{ours}{after}"));
                assert_eq!(seen.kind, Some(Kind::Warn), "{before}{after}");
                let function = Some("iommu_detach_device_pasid");
                assert_eq!(seen.function, function, "{before}{after}");
                assert!(seen.line.is_some(), "{before}{after}");
            }
            let seen = parsed("thread-a", &format!("{before}{count}{end}{ours}"));
            assert_eq!(seen.kind, Some(Kind::Of(&[Splat::Underflow])), "{before}");
            assert_eq!(seen.function, Some("iommu_sva_unbind_device"), "{before}");
        }
        let list = "list_del corruption. next->prev should be 1, but was 2\n\
                    kernel BUG at lib/list_debug.c:62!\nOops: invalid opcode: 0000 [#1]\n\
                    RIP: 0010:__list_del_entry_valid_or_report+0x1/0x2\n\
                    iommu_sva_unbind_device+0x80/0x120";
        let seen = parsed("v6.12", list);
        assert_eq!(seen.function, Some("iommu_sva_unbind_device"));
        assert!(matches!(
            seen.kind,
            Some(Kind::Of([Splat::ListDelAgain, _]))
        ));
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
