// SPDX-License-Identifier: GPL-2.0-or-later
//! What is asked: an operation and its result, a line of source, or a splat.

use super::dmesg::Kind;
use super::reports;
use super::{Doing, Returned, Shown, Way};
use super::{errno, functions};
use crate::judge::LeakKind;
use spec::revision::File;
use spec::text::{did_you_mean, nearest};
use spec::{At, Splat, Tree};

/// A result that somebody has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A return value.
    Ret(Returned),
    /// A handle, a new one or not.
    Handle,
    /// An error, by its name.
    Errno(&'static str),
    /// A bind returned NULL. No model does.
    Null,
    /// A leak, of this kind or of any.
    Leak(Option<LeakKind>),
    /// A complaint with this in its text.
    Splat(String),
    /// A complaint in the words that kernels print, and what it is.
    Complaint(String, Kind),
}

/// The words for results, besides errnos and splats.
const WORDS: [&str; 16] = [
    "new handle",
    "same handle",
    "handle",
    "ok",
    "pasid",
    "invalid",
    "mm",
    "domain",
    "skipped",
    "oops",
    "hang",
    "leak",
    "WARN",
    "NULL",
    "use-after-free",
    "refcount",
];

impl Wanted {
    /// Parses a result: the name or the number of an errno, a word for another return value, or
    /// some part of a splat's text.
    ///
    /// # Errors
    ///
    /// Returns a sentence, with the nearest word if one is like it.
    pub fn parse(words: &str) -> Result<Wanted, String> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words.trim_matches(['.', ' ']).to_owned();
        let plain = words.to_lowercase();
        if let Some(errno) = errno::of(&words) {
            return Ok(Wanted::Errno(errno));
        }
        // A number is never a part of a splat.
        let digits = plain.strip_prefix(['-', '+', '\u{2212}']).unwrap_or(&plain);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return match digits.bytes().all(|byte| byte == b'0') {
                true => Ok(Wanted::Ret(Returned::Ok)),
                false => Err(refused(&words)),
            };
        }
        let kind = plain
            .strip_prefix("leak")
            .map(|kind| kind.trim_start_matches([':', ' ']));
        let kinds = LeakKind::all();
        Ok(match (&plain[..], kind) {
            ("new handle" | "new", _) => Wanted::Ret(Returned::NewHandle),
            ("same handle" | "same", _) => Wanted::Ret(Returned::SameHandle),
            ("handle", _) => Wanted::Handle,
            ("ok" | "success", _) => Wanted::Ret(Returned::Ok),
            ("pasid", _) => Wanted::Ret(Returned::Pasid),
            ("invalid", _) => Wanted::Ret(Returned::Invalid),
            ("mm", _) => Wanted::Ret(Returned::Mm),
            ("domain", _) => Wanted::Ret(Returned::Domain),
            ("skipped", _) => Wanted::Ret(Returned::Skipped),
            ("oops", _) => Wanted::Ret(Returned::Oops),
            ("hang", _) => Wanted::Ret(Returned::Hang),
            ("null", _) => Wanted::Null,
            ("leaks", _) | (_, Some("")) => Wanted::Leak(None),
            (_, Some(kind)) if kinds.clone().any(|this| this.name() == kind) => {
                Wanted::Leak(kinds.into_iter().find(|this| this.name() == kind))
            }
            // `WARNING: bad unlock balance detected!` is a complaint of its own.
            _ if is_warning(&plain) => Wanted::Splat("WARN".to_owned()),
            _ if !plain.is_empty() && Splat::ALL.iter().any(|splat| has(*splat, &plain)) => {
                Wanted::Splat(words)
            }
            _ => match reports::phrase(&words) {
                Some(kind @ Kind::Of(_)) => Wanted::Complaint(words, kind),
                Some(Kind::Oops) => Wanted::Ret(Returned::Oops),
                Some(Kind::Warn) => Wanted::Splat("WARN".to_owned()),
                Some(Kind::Bind(_)) | None => return Err(refused(&words)),
            },
        })
    }

    /// Returns whether something that was observed is this result.
    pub fn is(&self, shown: Shown) -> bool {
        match (self, shown) {
            (Wanted::Ret(wanted), Shown::Ret(ret)) => *wanted == ret,
            (Wanted::Handle, Shown::Ret(ret)) => {
                matches!(ret, Returned::NewHandle | Returned::SameHandle)
            }
            (Wanted::Errno(name), Shown::Ret(Returned::Err(errno))) => errno.name() == *name,
            (Wanted::Leak(wanted), Shown::Leak(kind)) => wanted.is_none_or(|this| this == kind),
            (Wanted::Splat(text), Shown::Splat(splat)) => has(splat, &text.to_lowercase()),
            (Wanted::Complaint(_, Kind::Of(all)), Shown::Splat(splat)) => all.contains(&splat),
            _ => false,
        }
    }

    /// Returns the words for it: `-EBUSY`, `new handle`.
    pub fn words(&self) -> String {
        match self {
            Wanted::Ret(ret) => ret.words(),
            Wanted::Handle => "handle".to_owned(),
            Wanted::Errno(name) => format!("-{name}"),
            Wanted::Null => "NULL".to_owned(),
            Wanted::Leak(None) => "leak".to_owned(),
            Wanted::Leak(Some(kind)) => format!("leak: {}", kind.name()),
            Wanted::Splat(text) | Wanted::Complaint(text, _) => text.clone(),
        }
    }

    /// Returns the name of this result in the table of what is outside of the models; `None` if it
    /// has no rows there.
    pub fn outside(&self) -> Option<&'static str> {
        match self {
            Wanted::Errno(name) => Some(name),
            Wanted::Null => Some("NULL"),
            Wanted::Ret(Returned::Oops) => Some("oops"),
            _ => None,
        }
    }
}

/// Returns whether words in lower case are what a `WARN_ON()` prints before its place.
fn is_warning(plain: &str) -> bool {
    let rest = plain.strip_prefix("warning");
    let rest = rest.map(|rest| rest.trim_start_matches([':', ' ']));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("cpu") || rest.starts_with("at "))
}

/// Returns whether a splat has this in its text, or in what kernels print for it. `plain` is in
/// lower case.
fn has(splat: Splat, plain: &str) -> bool {
    let plain = plain
        .trim_matches(['-', '[', ']'])
        .replace("refcount_t", "refcount");
    let text = splat.text().to_lowercase();
    !plain.is_empty() && (text.contains(&plain) || text.replace('-', " ").contains(&plain))
}

/// Returns the sentence for words that are no result.
fn refused(words: &str) -> String {
    let all = errno::names()
        .chain(WORDS)
        .chain(LeakKind::all().map(LeakKind::name));
    let splats = Splat::ALL.iter().map(|splat| splat.text());
    let parts = splats.clone().flat_map(|text| text.split([' ', ';', ':']));
    let splats = splats.chain(parts.filter(|part| part.len() > 5));
    let word = words.strip_prefix(['-', '+']).unwrap_or(words);
    let meant = did_you_mean(word, all.chain(splats));
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let what = match is_number {
        true => "no errno that svadiff knows has this number",
        false => "no result is called that",
    };
    format!(
        "`{}`: {what}; it is an errno such as EBUSY or -16, one of {}, or a part of a splat{meant}",
        spec::read::shortened(word, 60),
        WORDS[..WORDS.len() - 2].join(", ")
    )
}

/// Finds what the kernel was doing, by the name of an operation or of a function of the kernel.
pub fn doing(word: &str) -> Option<Doing> {
    let plain = word.to_lowercase().replace('-', "_");
    let plain = plain.trim_end_matches("()");
    let plain = match plain {
        "teardown" => "end",
        "iommu_sva_bind_device" => "bind",
        "iommu_sva_unbind_device" => "unbind",
        "iommu_sva_get_pasid" => "get_pasid",
        "iommu_attach_device_pasid" => "attach",
        "iommu_detach_device_pasid" => "detach",
        "iommu_alloc_global_pasid" => "alloc_pasid",
        "iommu_free_global_pasid" => "free_pasid",
        "mm_get_enqcmd_pasid" => "enqcmd_pasid",
        "pci_dev_reset_iommu_prepare" => "reset_begin",
        "pci_dev_reset_iommu_done" => "reset_done",
        other => other,
    };
    Doing::all().find(|doing| doing.name() == plain)
}

/// Returns the sentence for a word that is no operation, and is not what `nor` says either.
pub fn no_such_operation(word: &str, nor: &str) -> String {
    let names = || Doing::all().map(Doing::name);
    let all: Vec<_> = names().collect();
    format!(
        "`{}`: no operation is called that{nor}; it is one of {}{}",
        spec::read::shortened(word, 60),
        all.join(", "),
        did_you_mean(word, names().chain(["teardown"])),
    )
}

/// A line of one of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file.
    pub file: File,
    /// The line, from 1.
    pub line: u32,
}

impl Line {
    /// Parses `iommu.c:3578`, with or without the directories before it. Returns `None` for what is
    /// no line of source, and an error for a line of another file.
    pub fn parse(word: &str) -> Option<Result<Line, String>> {
        let (path, line) = word.trim_end_matches(['!', ',', '.']).rsplit_once(':')?;
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.contains(".c:") {
            return Some(Err(format!(
                "`{}`: a line is like iommu.c:3578, without a column",
                spec::read::shortened(word, 60)
            )));
        }
        if !(name.ends_with(".c") || name.ends_with(".h")) {
            return None;
        }
        let files = [File::IommuSva, File::Iommu];
        let known = files.map(|file| file.path().rsplit('/').next().unwrap_or_default());
        let Some(at) = known.iter().position(|this| *this == name) else {
            return Some(Err(format!(
                "`{}`: the models have lines of {} only{}",
                spec::read::shortened(name, 60),
                known.join(" and "),
                match nearest(name, known) {
                    Some(name) => format!("; did you mean `{name}`?"),
                    None => String::new(),
                }
            )));
        };
        let directories = &path[..path.len() - name.len()];
        if !"drivers/iommu/".ends_with(directories) && !directories.ends_with("drivers/iommu/") {
            return Some(Err(format!(
                "`{}`: the file is {}",
                spec::read::shortened(path, 60),
                files[at].path()
            )));
        }
        Some(match line.parse::<u32>() {
            Ok(line) if line > 0 => Ok(Line {
                file: files[at],
                line,
            }),
            _ => Err(format!(
                "`{}`: a line of source is a number from 1, like {}:3578",
                spec::read::shortened(line, 60),
                known[at]
            )),
        })
    }

    /// Returns the anchors at this line of a kernel.
    pub fn anchors(self, tree: &Tree) -> Vec<At> {
        let is_here = |at: &At| at.file() == self.file && self.is(tree, *at);
        tree.anchors().filter(is_here).collect()
    }

    fn is(self, tree: &Tree, at: At) -> bool {
        tree.line(at).map(u32::from) == Some(self.line)
    }

    /// Returns the sentence for a line at which nothing is decided, with the nearest that are.
    pub fn nothing_there(self, tree: &Tree) -> String {
        let mut all: Vec<(u32, At)> = { tree.anchors() }
            .filter(|at| at.file() == self.file)
            .filter_map(|at| Some((tree.line(at)?.into(), at)))
            .collect();
        all.sort();
        let at = all.partition_point(|(line, _)| *line < self.line);
        let [before, after] = [at.checked_sub(1).and_then(|at| all.get(at)), all.get(at)];
        let name = |(line, at): &(u32, At)| format!("{line} in {}", functions::of(*at)[0]);
        let nearest: Vec<String> = [before, after].into_iter().flatten().map(name).collect();
        format!(
            "nothing is decided or complained of at {self} of {}; the nearest lines are {}",
            tree.name(),
            nearest.join(" and ")
        )
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file.path(), self.line)
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// An operation and its result.
    Result(Doing, Wanted),
    /// A line, with the anchors there.
    Line(Line, Vec<At>),
    /// A splat or an oops.
    Splat(super::dmesg::Splatted),
}

impl Asked {
    /// Returns whether a way answers the question.
    pub fn is(&self, way: &Way) -> bool {
        match self {
            Asked::Result(doing, wanted) => way.doing == *doing && wanted.is(way.shown),
            Asked::Line(_, anchors) => is_at(way, anchors),
            Asked::Splat(splatted) => splatted.is(way),
        }
    }
}

/// Returns whether one of these anchors has decided, or is where it complained.
pub(super) fn is_at(way: &Way, anchors: &[At]) -> bool {
    let places = way
        .decided
        .map(|decided| [Some(decided.at), decided.because]);
    let mut places = places.into_iter().flatten().flatten();
    places.any(|at| anchors.contains(&at))
}

#[cfg(test)]
mod tests {
    use super::{Line, Wanted, doing, no_such_operation};
    use crate::models::by_name;
    use crate::why::{Doing, Returned, Shown};
    use spec::{Model, OpCode, Splat};

    #[test]
    fn results_are_known_by_their_words() {
        for (words, wanted) in [
            ("EBUSY", Wanted::Errno("EBUSY")),
            ("-16", Wanted::Errno("EBUSY")),
            ("new  handle", Wanted::Ret(Returned::NewHandle)),
            ("OK", Wanted::Ret(Returned::Ok)),
            ("leak", Wanted::Leak(None)),
            ("NULL", Wanted::Null),
            ("-0", Wanted::Ret(Returned::Ok)),
            ("WARN", Wanted::Splat("WARN".to_owned())),
            ("WARNING", Wanted::Splat("WARN".to_owned())),
            ("WARNING: CPU: 3", Wanted::Splat("WARN".to_owned())),
            (
                "Unable to handle kernel paging request",
                Wanted::Ret(Returned::Oops),
            ),
        ] {
            assert_eq!(Wanted::parse(words).as_ref(), Ok(&wanted), "{words}");
        }
        for part in [
            "underflow",
            "refcount_t: underflow",
            "use-after-free",
            "deref",
            "bad unlock",
        ] {
            assert!(Wanted::parse(part).is_ok(), "{part}");
        }
        for (printed, splat) in [
            ("refcount_t: underflow; use-after-free.", Splat::Underflow),
            (
                "ida_free called for id=1 which is not allocated.",
                Splat::IdaFree,
            ),
            ("BUG: kernel NULL pointer dereference", Splat::NullDeref),
            ("slab-use-after-free", Splat::UseAfterFree),
            (
                "WARNING: bad unlock balance detected!",
                Splat::UnlockBalance,
            ),
            ("ida_free called", Splat::IdaFree),
            ("Recursive Locking", Splat::Deadlock),
        ] {
            let wanted = Wanted::parse(printed).expect("a complaint");
            assert!(wanted.is(Shown::Splat(splat)), "{printed}: {wanted:?}");
            assert!(!wanted.is(Shown::Splat(Splat::WarnDetach)), "{printed}");
        }
    }

    #[test]
    fn a_misspelt_result_gets_the_nearest_word() {
        for (given, meant) in [
            ("EBSUY", "`EBUSY`"),
            ("-ENOSPACE", "`ENOSPC`"),
            ("new handel", "`new handle`"),
            ("opps", "`oops`"),
            ("leek", "`leak`"),
            ("skiped", "`skipped`"),
            ("undeflow", "`underflow`"),
        ] {
            let refused = Wanted::parse(given).expect_err("it is no result");
            assert!(
                refused.ends_with(&format!("did you mean {meant}?")),
                "{refused}"
            );
        }
        assert!(
            ["", ".", "4711", "-4711"]
                .iter()
                .all(|word| Wanted::parse(word).is_err())
        );
    }

    #[test]
    fn operations_are_known_by_name_and_by_function() {
        assert_eq!(
            doing("iommu_sva_bind_device()"),
            Some(Doing::Op(OpCode::Bind))
        );
        assert_eq!(doing("get-pasid"), Some(Doing::Op(OpCode::GetPasid)));
        assert_eq!(doing("teardown"), Some(Doing::End));
        assert_eq!(doing("bnd"), None);
        assert!(no_such_operation("bnd", "").ends_with("did you mean `bind`?"));
    }

    #[test]
    fn a_line_has_the_anchors_of_the_kernel() {
        let tree = by_name("v6.8").expect("a model").tree();
        for word in [
            "iommu-sva.c:88",
            "drivers/iommu/iommu-sva.c:88",
            "/usr/src/linux/drivers/iommu/iommu-sva.c:88",
        ] {
            let line = Line::parse(word).expect("a line").expect("of a file");
            assert_eq!(line.anchors(tree), [spec::At::Reuse], "{word}");
        }
        let line = Line::parse("iommu-sva.c:1")
            .expect("a line")
            .expect("of a file");
        assert!(line.anchors(tree).is_empty());
        assert!(line.nothing_there(tree).contains("nearest lines are 23 in"));
        assert_eq!(Line::parse("bind"), None);
        for word in [
            "iommu.c:",
            "iommu.c:0",
            "iommu.c:x",
            "iommu.c:3578:5",
            "sva.c:3",
            "intel/iommu.c:3",
        ] {
            assert!(
                Line::parse(word).is_some_and(|line| line.is_err()),
                "{word}"
            );
        }
    }
}
