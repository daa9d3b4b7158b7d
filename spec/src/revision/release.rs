// SPDX-License-Identifier: GPL-2.0-or-later
//! Releases of the kernel, and ranges of them.

use serde::Serialize;
use std::fmt;

/// A release of the kernel, such as 6.12.40 or 6.8-rc3. Releases are ordered as they follow each
/// other: 6.8-rc3, 6.8.0 (which is 6.8), 6.8.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Release {
    /// 6 in 6.12.40.
    pub major: u16,
    /// 12 in 6.12.40.
    pub minor: u16,
    /// 40 in 6.12.40.
    pub patch: u16,
    /// 3 in 6.8-rc3. In a release without `-rc`, [`Release::NO_RC`].
    rc: u16,
}

impl Release {
    /// Sorts a release behind its release candidates.
    const NO_RC: u16 = u16::MAX;
    /// Stands for the last release of a series, which may not exist yet.
    const LAST: u16 = u16::MAX;

    /// Creates a release that is not a release candidate.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Release {
        Release {
            major,
            minor,
            patch,
            rc: Release::NO_RC,
        }
    }

    /// Creates a release candidate of this release.
    #[must_use]
    pub const fn candidate(self, rc: u16) -> Release {
        Release { rc, ..self }
    }

    /// Returns the number of a release candidate, or `None` for a release.
    pub const fn rc(self) -> Option<u16> {
        match self.rc {
            Release::NO_RC => None,
            rc => Some(rc),
        }
    }

    /// Returns the release that a release candidate leads to; any other release is returned as it
    /// is.
    #[must_use]
    pub const fn released(self) -> Release {
        Release {
            rc: Release::NO_RC,
            ..self
        }
    }

    /// Returns the series, such as 6.12.
    pub const fn series(self) -> (u16, u16) {
        (self.major, self.minor)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release { major, minor, .. } = self;
        write!(f, "{major}.{minor}")?;
        match (self.patch, self.rc()) {
            (0, Some(rc)) => write!(f, "-rc{rc}"),
            (patch, Some(rc)) => write!(f, ".{patch}-rc{rc}"),
            (patch, None) => write!(f, ".{patch}"),
        }
    }
}

/// A range of releases: all that a model stands for, or a part of them.
///
/// ```
/// use spec::revision::{Release, Releases};
///
/// const OLD: Releases = Releases::of(6, 12).to(92);
/// assert!(OLD.has(Release::new(6, 12, 40)) && !OLD.has(Release::new(6, 12, 93)));
/// assert_eq!(OLD.to_string(), "6.12.0 to 6.12.92");
/// assert_eq!(Releases::of(6, 10).to_string(), "6.10");
/// assert_eq!(Releases::of(6, 9).from(3).to_string(), "6.9.3 on");
/// assert_eq!(Releases::of(6, 15).up_to(6, 18, 6).to_string(), "6.15 to 6.18.6");
/// assert_eq!(Releases::of(6, 8).candidates(1, 5).to_string(), "6.8-rc1 to 6.8-rc5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Releases {
    /// The first release.
    first: Release,
    /// The last release.
    last: Release,
    /// Whether only kernels that are configured for x86 are meant. Where a range of another model
    /// has the same releases without this, it means the kernels that are not.
    x86: bool,
}

impl Releases {
    /// Returns all releases of a series, from 6.12.0 on for `(6, 12)`, without release candidates.
    pub const fn of(major: u16, minor: u16) -> Releases {
        let first = Release::new(major, minor, 0);
        Releases {
            first,
            last: Release::new(major, minor, Release::LAST),
            x86: false,
        }
    }

    /// Returns the releases of the range from this one of its first series on.
    #[must_use]
    pub const fn from(self, patch: u16) -> Releases {
        let Release { major, minor, .. } = self.first;
        let first = Release::new(major, minor, patch);
        Releases { first, ..self }
    }

    /// Returns the releases of the range up to this one of its first series.
    #[must_use]
    pub const fn to(self, patch: u16) -> Releases {
        let Release { major, minor, .. } = self.first;
        self.up_to(major, minor, patch)
    }

    /// Returns the releases from the start of this range up to one of a later series, with all
    /// series between.
    #[must_use]
    pub const fn up_to(self, major: u16, minor: u16, patch: u16) -> Releases {
        let last = Release::new(major, minor, patch);
        Releases { last, ..self }
    }

    /// Returns the release candidates `first` to `last` of the first release.
    #[must_use]
    pub const fn candidates(self, first: u16, last: u16) -> Releases {
        Releases {
            first: self.first.candidate(first),
            last: self.first.candidate(last),
            ..self
        }
    }

    /// Returns the same releases where they are configured for x86.
    #[must_use]
    pub const fn x86(self) -> Releases {
        Releases { x86: true, ..self }
    }

    /// Returns whether only kernels that are configured for x86 are meant.
    pub const fn is_x86(self) -> bool {
        self.x86
    }

    /// Returns the first release.
    pub const fn first(self) -> Release {
        self.first
    }

    /// Returns the last release, or `None` for a range that ends with its series.
    pub fn last(self) -> Option<Release> {
        (self.last.patch != Release::LAST).then_some(self.last)
    }

    /// Returns whether a release is in the range. A release candidate is only in a range of release
    /// candidates.
    pub fn has(self, release: Release) -> bool {
        let of_candidates = self.first.rc().is_some();
        of_candidates == release.rc().is_some() && self.first <= release && release <= self.last
    }

    /// Returns a release that is in both ranges, and configured in the same way.
    pub fn in_both(self, other: Releases) -> Option<Release> {
        let first = self.first.max(other.first);
        (self.x86 == other.x86 && self.meets(other)).then_some(first)
    }

    /// Returns whether a release is in both ranges, however it is configured.
    pub fn meets(self, other: Releases) -> bool {
        let first = self.first.max(other.first);
        self.has(first) && other.has(first)
    }
}

impl fmt::Display for Releases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let series = |of: Release| format!("{}.{}", of.major, of.minor);
        let Releases { first, last, .. } = *self;
        let is_whole = first == Release::new(first.major, first.minor, 0);
        match (self.last(), first.series() == last.series()) {
            (None, true) if is_whole => f.write_str(&series(first)),
            (None, true) => write!(f, "{first} on"),
            (None, false) if is_whole => write!(f, "{} to {}", series(first), series(last)),
            (None, false) => write!(f, "{first} to {}", series(last)),
            (Some(last), _) if first == last => write!(f, "{first}"),
            (Some(last), false) if is_whole => write!(f, "{} to {last}", series(first)),
            (Some(last), _) => write!(f, "{first} to {last}"),
        }
    }
}

/// The JSON of a range: `last` is null if it ends with its series.
impl Serialize for Releases {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Releases", 3)?;
        fields.serialize_field("first", &self.first.to_string())?;
        fields.serialize_field("last", &self.last().map(|last| last.to_string()))?;
        fields.serialize_field("x86", &self.x86)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{Release, Releases};

    #[test]
    fn releases_are_ordered_as_they_follow_each_other() {
        let v6_8 = Release::new(6, 8, 0);
        let all = [
            Release::new(6, 7, 12),
            v6_8.candidate(1),
            v6_8.candidate(10),
            v6_8,
            Release::new(6, 8, 1),
            Release::new(6, 10, 0),
            Release::new(7, 0, 0),
        ];
        assert!(all.is_sorted_by(|a, b| a < b));
        assert_eq!(v6_8.candidate(3).released(), v6_8);
        assert_eq!(v6_8.candidate(3).rc(), Some(3));
        assert_eq!(v6_8.to_string(), "6.8.0");
        assert_eq!(v6_8.candidate(3).to_string(), "6.8-rc3");
        assert_eq!(Release::new(6, 8, 4).candidate(1).to_string(), "6.8.4-rc1");
    }

    #[test]
    fn a_range_has_its_ends_and_what_is_between() {
        let range = Releases::of(6, 15).from(2).up_to(6, 18, 6);
        for (release, is_in) in [
            (Release::new(6, 15, 1), false),
            (Release::new(6, 15, 2), true),
            (Release::new(6, 16, 300), true),
            (Release::new(6, 17, 0).candidate(1), false),
            (Release::new(6, 18, 6), true),
            (Release::new(6, 18, 7), false),
        ] {
            assert_eq!(range.has(release), is_in, "{release}");
        }
        let rcs = Releases::of(6, 8).candidates(1, 5);
        assert!(rcs.has(Release::new(6, 8, 0).candidate(5)));
        assert!(!rcs.has(Release::new(6, 8, 0).candidate(6)));
        assert!(!rcs.has(Release::new(6, 8, 0)));
    }

    #[test]
    fn ranges_overlap_where_both_have_a_release_in_one_configuration() {
        let series = Releases::of(6, 12);
        let both = |a: Releases, b: Releases| {
            assert_eq!(a.in_both(b), b.in_both(a));
            a.in_both(b)
        };
        assert_eq!(both(series.to(92), series.from(93)), None);
        let shared = both(series.to(93), series.from(93));
        assert_eq!(shared, Some(Release::new(6, 12, 93)));
        assert_eq!(both(series, series.x86()), None);
        assert!(both(series.x86(), series.x86()).is_some());
        let rcs = series.candidates(1, 5);
        assert_eq!(both(series, rcs), None);
        assert_eq!(both(Releases::of(6, 11).up_to(6, 13, 0), rcs), None);
        assert!(both(rcs, series.candidates(5, 6)).is_some());
    }

    #[test]
    fn a_range_is_written_as_people_write_it() {
        let said = |range: Releases| range.to_string();
        assert_eq!(
            said(Releases::of(6, 12).from(64).to(92).x86()),
            "6.12.64 to 6.12.92"
        );
        assert_eq!(said(Releases::of(6, 8).from(12).to(12)), "6.8.12");
        assert_eq!(
            said(Releases::of(6, 13).up_to(6, 14, Release::LAST)),
            "6.13 to 6.14"
        );
        assert_eq!(said(Releases::of(6, 8).candidates(6, 6)), "6.8-rc6");
        let json = serde_json::to_string(&Releases::of(6, 9).from(3)).expect("JSON");
        assert_eq!(json, r#"{"first":"6.9.3","last":null,"x86":false}"#);
    }
}
