// SPDX-License-Identifier: GPL-2.0-or-later
//! Names of releases, as people and `uname -r` write them.

use spec::revision::Release;

/// What a name says of the architecture that the kernel is configured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// Nothing.
    Unsaid,
    /// It is x86, 32-bit x86 included.
    X86,
    /// It is another one.
    Other,
}

/// A parsed name of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleaseName<'a> {
    /// The upstream release.
    pub release: Release,
    /// What follows it: what a distribution or a maker of kernels has added. Empty if nothing does.
    pub suffix: &'a str,
    /// The architecture.
    pub arch: Arch,
}

/// Maximum length of a name in bytes; the kernel's own limit for `uname -r` is 64.
const MOST: usize = 128;

/// Maximum value of a number in a release, far above all that there are.
const HIGHEST: u16 = 9999;

/// The sentence for text that names no release.
const NONE: &str = "a release is named like 6.12, 6.12.40, 6.8-rc3 or 6.12.70+deb13-amd64";

impl<'a> ReleaseName<'a> {
    /// Parses a name: numbers, then `-rcN`, then anything.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the text is not the name of a release.
    pub fn parse(name: &'a str) -> Result<ReleaseName<'a>, String> {
        let name = name.trim();
        if name.len() > MOST || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NONE.to_owned());
        }
        let text = name.strip_prefix(['v', 'V']).unwrap_or(name);
        let (major, text) = number(text)?.ok_or(NONE)?;
        let text = text.strip_prefix('.').ok_or(NONE)?;
        let (minor, text) = number(text)?.ok_or(NONE)?;
        let (patch, text) = match text.strip_prefix('.').map(number) {
            Some(parsed) => match parsed? {
                Some((patch, text)) => (Some(patch), text),
                None => return Err(NONE.to_owned()),
            },
            None => (None, text),
        };
        let release = Release::new(major, minor, patch.unwrap_or(0));
        let (rc, suffix) = candidate(text)?;
        let suffix_starts = suffix.starts_with(['-', '+', '.', '~', '_']);
        if !suffix.is_empty() && !suffix_starts {
            return Err(NONE.to_owned());
        }
        // `uname -r` always has three numbers before a plus, so this is a misspelt commit.
        if patch.is_none() && rc.is_none() && suffix.starts_with('+') {
            let what = "what follows the plus is not the id of a commit, of at least 7 hex digits";
            return Err(what.to_owned());
        }
        Ok(ReleaseName {
            release: rc.map_or(release, |rc| release.candidate(rc)),
            suffix,
            arch: arch(suffix),
        })
    }

    /// Returns whether the suffix says more than the architecture, so that the kernel may have
    /// patches that the release has not.
    pub fn is_patched(&self) -> bool {
        !["", "-x86", "-x86_64"].contains(&self.suffix)
    }
}

/// Parses the number at the start of a text. Returns it with the rest, or `None` if there is none.
fn number(text: &str) -> Result<Option<(u16, &str)>, String> {
    let is_digit = |c: char| c.is_ascii_digit();
    let rest = text.trim_start_matches(is_digit);
    let digits = &text[..text.len() - rest.len()];
    if digits.is_empty() {
        return Ok(None);
    }
    let parsed = digits.parse::<u16>().ok().filter(|&n| n <= HIGHEST);
    match parsed {
        Some(number) => Ok(Some((number, rest))),
        None => Err(format!(
            "a number in a release is at most {HIGHEST}; {NONE}"
        )),
    }
}

/// Finds the release candidate in what follows the numbers. Returns its number, and the rest.
///
/// It is written `-rc3` by the kernel, `~rc3` in a package, `-0.rc3.…` by Fedora, and
/// `-060800rc3-…` in Ubuntu's builds of mainline.
fn candidate(text: &str) -> Result<(Option<u16>, &str), String> {
    let Some(after) = text.strip_prefix(['-', '~']) else {
        return Ok((None, text));
    };
    let fedora = after.strip_prefix("0.");
    let is_digit = |c: char| c.is_ascii_digit();
    let ubuntu = { after.strip_prefix('0') }.map(|rest| rest.trim_start_matches(is_digit));
    let mut places = [Some(after), fedora, ubuntu].into_iter().flatten();
    let Some(rest) = places.find_map(|place| place.strip_prefix("rc")) else {
        return Ok((None, text));
    };
    match number(rest)? {
        Some((rc, rest)) => Ok((Some(rc), rest)),
        None if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok((None, text)),
        None => Err(format!("-rc is followed by a number, like -rc3; {NONE}")),
    }
}

/// Finds the architecture in what follows a release.
fn arch(suffix: &str) -> Arch {
    const OTHERS: [&str; 14] = [
        "aarch64", "arm", "alpha", "hppa", "ia64", "loong", "m68k", "mips", "parisc", "ppc",
        "powerpc", "riscv", "s390", "sparc",
    ];
    let suffix = suffix.to_ascii_lowercase();
    let is_x86 = |word: &str| {
        ["x86", "amd64", "i386", "i486", "i586", "i686", "686"].contains(&word)
            || word.contains("x86_64")
    };
    let words = || suffix.split(['-', '+', '.', '~']);
    if words().any(is_x86) {
        Arch::X86
    } else if words().any(|word| OTHERS.iter().any(|other| word.starts_with(other))) {
        Arch::Other
    } else {
        Arch::Unsaid
    }
}

#[cfg(test)]
mod tests {
    use super::{Arch, ReleaseName};
    use spec::revision::Release;

    #[test]
    fn a_name_is_a_release_and_what_was_added() {
        let v6_8 = Release::new(6, 8, 0);
        for (name, release, suffix, arch) in [
            ("6.8", v6_8, "", Arch::Unsaid),
            ("v6.8.7", Release::new(6, 8, 7), "", Arch::Unsaid),
            (" 6.8\n", v6_8, "", Arch::Unsaid),
            ("6.8-rc3", v6_8.candidate(3), "", Arch::Unsaid),
            ("6.8.0-rc3", v6_8.candidate(3), "", Arch::Unsaid),
            ("6.8~rc3-1~exp1", v6_8.candidate(3), "-1~exp1", Arch::Unsaid),
            ("6.8.0-rc3+", v6_8.candidate(3), "+", Arch::Unsaid),
            (
                "6.8.0-0.rc3.26.fc40.x86_64",
                v6_8.candidate(3),
                ".26.fc40.x86_64",
                Arch::X86,
            ),
            (
                "6.8.0-060800rc3-generic",
                v6_8.candidate(3),
                "-generic",
                Arch::Unsaid,
            ),
            (
                "6.8.0-060800-generic",
                v6_8,
                "-060800-generic",
                Arch::Unsaid,
            ),
            ("6.8-rc3-amd64", v6_8.candidate(3), "-amd64", Arch::X86),
            (
                "6.6.87.2-microsoft-standard-WSL2",
                Release::new(6, 6, 87),
                ".2-microsoft-standard-WSL2",
                Arch::Unsaid,
            ),
            (
                "6.12.48+deb13-arm64",
                Release::new(6, 12, 48),
                "+deb13-arm64",
                Arch::Other,
            ),
            (
                "6.12.48+deb13-686-pae",
                Release::new(6, 12, 48),
                "+deb13-686-pae",
                Arch::X86,
            ),
            ("6.8.0-rcu", v6_8, "-rcu", Arch::Unsaid),
            (
                "6.12.9-x86mine",
                Release::new(6, 12, 9),
                "-x86mine",
                Arch::Unsaid,
            ),
        ] {
            let expected = ReleaseName {
                release,
                suffix,
                arch,
            };
            assert_eq!(ReleaseName::parse(name), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_is_not_a_release_is_refused_with_a_sentence() {
        let long = format!("6.12.3-{}", "x".repeat(1000));
        for name in [
            "",
            " ",
            "v",
            "6",
            "6.",
            "6.x",
            ".12",
            "6.12.",
            "6.12.99999999999",
            "6.12.10000",
            "65536.1",
            "6.12-rc",
            "6.12-rc-1",
            "6.12+zz",
            "6.12+",
            "6.12+1234567",
            "6.12rc3",
            "6.12.3a",
            "vv6.12",
            "6.12.3 4",
            "6.12.3\u{202e}",
            "-6.12",
            "6.-12",
            "linux",
            &long,
        ] {
            let refused = ReleaseName::parse(name).expect_err(name);
            assert!(!refused.contains('\n') && refused.len() < 200, "{refused}");
        }
    }

    #[test]
    fn a_suffix_that_only_names_x86_adds_no_patches() {
        let patched = |name| ReleaseName::parse(name).expect(name).is_patched();
        assert!(!patched("6.12.100") && !patched("6.12.100-x86") && !patched("6.12.100-x86_64"));
        assert!(patched("6.12.100-amd64") && patched("6.12.100-mytree") && patched("6.12.0+"));
    }
}
