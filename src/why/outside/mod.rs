// SPDX-License-Identifier: GPL-2.0-or-later
//! Where else the results of a bind come from: what lies outside of the models.
//!
//! A row is a fact that was read in source, and every place names its file, its line and the
//! releases in which it was read. A row without a place does not exist.

mod callers;
mod core;
mod drivers;

use crate::releases::ReleaseName;
use spec::revision::Release;
use std::cmp::Reverse;

/// Whose code a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whose {
    /// The IOMMU core, or the stubs of a kernel without SVA.
    Core,
    /// The Intel VT-d driver.
    Intel,
    /// The Arm SMMUv3 driver.
    Arm,
    /// The AMD driver.
    Amd,
    /// Other IOMMU drivers.
    Other,
    /// A caller of the SVA calls: what a program sees of an error.
    Caller,
}

impl Whose {
    /// Returns the name in JSON and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Whose::Core => "core",
            Whose::Intel => "intel",
            Whose::Arm => "arm",
            Whose::Amd => "amd",
            Whose::Other => "other",
            Whose::Caller => "caller",
        }
    }
}

/// A line of source, and the releases in which it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, by its path in a kernel tree.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u16,
    /// The releases, with blanks between them. Another release can have it at another line.
    pub releases: &'static str,
}

/// A way to tell: what to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The configuration of the kernel.
    Config,
    /// The group of the device.
    Group,
    /// The PCI capabilities of the device.
    Pci,
    /// The type of the group's default domain.
    Domain,
    /// What the IOMMU drivers print at boot.
    Dmesg,
    /// What the caller prints.
    Caller,
    /// The return value itself.
    Probe,
}

impl Check {
    /// Returns the command, or what to do.
    pub fn how(self) -> &'static str {
        match self {
            Check::Config => "grep -E 'IOMMU_SVA|SMMU_V3_SVA|IOMMU_SVM' /boot/config-$(uname -r)",
            Check::Group => "readlink /sys/bus/pci/devices/BDF/iommu_group: is there one?",
            Check::Pci => "lspci -vvv -s BDF as root: Enable+ in PASIDCtl, ATSCtl, PRICtl",
            Check::Domain => {
                "cat /sys/kernel/iommu_groups/N/type, which is DMA, identity or blocked"
            }
            Check::Dmesg => "dmesg | grep -E 'DMAR|AMD-Vi|arm-smmu-v3'",
            Check::Caller => "what the driver that calls bind prints in dmesg",
            Check::Probe => "bpftrace -e 'kretprobe:iommu_sva_bind_device {print((int32)retval);}'",
        }
    }
}

/// A more precise reason within a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// When it is so.
    pub when: &'static str,
    /// How to tell, besides the checks of the row; may be empty.
    pub tell: &'static str,
    /// Where it is decided.
    pub places: &'static [Place],
}

/// A reason for a result that no model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The result: the name of an errno, `NULL` or `oops`; `any` stands for every errno that a bind
    /// returns, because the caller passes it on.
    pub result: &'static str,
    /// Whose code it is.
    pub whose: Whose,
    /// The function that decides it.
    pub function: &'static str,
    /// When it is so.
    pub when: &'static str,
    /// What to look at.
    pub checks: &'static [Check],
    /// How to tell, in words; may be empty.
    pub tell: &'static str,
    /// Where it is decided.
    pub places: &'static [Place],
    /// The first and the last release between which it is so in mainline, as far as was read.
    pub within: [&'static str; 2],
    /// Whether a driver that attaches a domain of its own gets it as well.
    pub attach: bool,
    /// More precise reasons.
    pub details: &'static [Detail],
}

/// The fields that most rows share.
const ROW: Row = Row {
    result: "",
    whose: Whose::Core,
    function: "",
    when: "",
    checks: &[],
    tell: "",
    places: &[],
    within: ["", ""],
    attach: false,
    details: &[],
};

/// Returns a place.
const fn at(file: &'static str, line: u16, releases: &'static str) -> Place {
    Place {
        file,
        line,
        releases,
    }
}

/// The newest release in which anything was read.
const NEWEST: &str = "7.3";

/// Returns all rows.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    core::ROWS.iter().chain(drivers::ROWS).chain(callers::ROWS)
}

/// Returns a release of a row as a number that can be compared.
fn release(text: &str) -> Option<Release> {
    Some(ReleaseName::parse(text).ok()?.release)
}

impl Row {
    /// Returns the IOMMU driver that a row is about: that of the machines which a caller is for.
    /// Returns `None` for what can be on every machine.
    pub fn driver(&self) -> Option<Whose> {
        let caller = self.function.split(':').next().unwrap_or_default();
        match (self.whose, caller) {
            (whose @ (Whose::Intel | Whose::Arm | Whose::Amd | Whose::Other), _) => Some(whose),
            (Whose::Caller, "idxd") => Some(Whose::Intel),
            (Whose::Caller, "uacce" | "hisilicon") => Some(Whose::Arm),
            (Whose::Caller, "amdxdna") => Some(Whose::Amd),
            (Whose::Core | Whose::Caller, _) => None,
        }
    }
}

impl Place {
    /// Returns the releases in which the line was read.
    pub fn seen(&self) -> impl Iterator<Item = Release> + '_ {
        self.releases.split(' ').filter_map(release)
    }
}

impl Row {
    /// Returns whether the row is known of a release, or of another one of its series.
    pub fn is_of(&self, asked: Release) -> bool {
        let [first, last] = self.within.map(release);
        let series = asked.released().series();
        let seen = |place: &Place| place.seen().any(|seen| seen.series() == series);
        let last = last.map(|last| last.series());
        first.is_some_and(|first| first <= asked) && last.is_some_and(|last| series <= last)
            || self.places.iter().any(seen)
    }
}

/// Returns the place that was read in the release nearest to the one that is asked for.
pub fn nearest(places: &[Place], asked: Release) -> Option<(Place, Release)> {
    let all = places.iter().flat_map(|place| {
        let seen = place.seen();
        seen.map(move |release| (*place, release))
    });
    // The same series first, then the last release before it, then the first one after it.
    let rank = |release: Release| {
        let is_other = release.series() != asked.series();
        let is_later = release > asked;
        let before = (!is_later).then_some(Reverse(release));
        (is_other, is_later, before, release)
    };
    all.min_by_key(|(_, release)| rank(*release))
}

#[cfg(test)]
mod tests {
    use super::{Check, Row, nearest, release, rows};

    fn of(asked: &str, result: &str) -> Vec<&'static Row> {
        let asked = release(asked).expect("a release");
        let is_of = |row: &&Row| row.result == result && row.is_of(asked);
        rows().filter(is_of).collect()
    }

    #[test]
    fn every_row_has_a_source_and_a_way_to_tell() {
        for row in rows() {
            assert!(!row.places.is_empty(), "{row:?}");
            assert!(!row.checks.is_empty() || !row.tell.is_empty(), "{row:?}");
            assert!(!row.when.is_empty() && !row.function.is_empty(), "{row:?}");
            let places = row.details.iter().flat_map(|detail| detail.places);
            for place in row.places.iter().chain(places) {
                assert!(place.line > 0 && !place.file.is_empty(), "{row:?}");
                let named = place.releases.split(' ').count();
                assert_eq!(place.seen().count(), named, "{row:?}");
            }
            let [first, last] = row.within.map(release);
            assert!(first.is_some() && first <= last, "{row:?}");
            for seen in row.places.iter().flat_map(|place| place.seen()) {
                assert!(row.is_of(seen), "{row:?}: {seen}");
            }
        }
    }

    #[test]
    fn a_kernel_without_sva_returns_null_until_6_9_and_an_error_from_6_11_on() {
        let stub = |row: &&&Row| row.when.contains("without CONFIG_IOMMU_SVA");
        let count = |asked: &str, result: &str| of(asked, result).iter().filter(stub).count();
        for (asked, null, error) in [("6.2", 1, 0), ("6.8", 1, 0), ("6.12", 0, 1), ("7.3", 0, 1)] {
            let counts = (count(asked, "NULL"), count(asked, "ENODEV"));
            assert_eq!(counts, (null, error), "{asked}");
        }
    }

    #[test]
    fn the_place_of_the_nearest_release_is_cited() {
        let row = of("6.12", "ENODEV")[0];
        let line = |asked: &str| {
            let (place, seen) = nearest(row.places, release(asked)?)?;
            Some((place.line, seen.to_string()))
        };
        assert_eq!(line("6.12.40"), Some((1536, "6.12.0".to_owned())));
        assert_eq!(line("6.6.33"), Some((1202, "6.6.150".to_owned())));
        assert_eq!(line("7.2"), Some((1622, "6.17.0".to_owned())));
    }

    #[test]
    fn checks_are_different() {
        let all = [
            Check::Config,
            Check::Group,
            Check::Pci,
            Check::Domain,
            Check::Dmesg,
        ];
        for (at, check) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|other| other.how() != check.how()));
        }
    }
}
