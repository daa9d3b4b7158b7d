// SPDX-License-Identifier: GPL-2.0-or-later
//! Releases that people run, and the models that stand for them.

use super::named;
use crate::models::{all, by_name, graph};
use spec::Model;
use spec::revision::Release;

/// A name, the model that stands for it (empty if it is refused), and whether an x86 kernel of the
/// same release has another model, which has to be said.
type Row = (&'static str, &'static str, bool);

/// Names that kernel.org, distributions and their users give to kernels.
const NAMES: &[Row] = &[
    // Mainline and stable releases.
    ("5.15", "", false),
    ("5.15.160", "", false),
    ("5.19.17", "", false),
    ("6.0", "", false),
    ("6.1", "", false),
    ("6.1.153", "", false),
    ("6.2", "v6.2", false),
    ("6.2.0", "v6.2", false),
    ("v6.2.16", "v6.2", false),
    ("6.3", "v6.2", false),
    ("6.3.13", "v6.2", false),
    ("6.4", "v6.4", false),
    ("6.4.6", "v6.4", false),
    ("6.4.7", "v6.5", false),
    ("6.4.16", "v6.5", false),
    ("6.5", "v6.5", false),
    ("6.5.13", "v6.5", false),
    ("6.6", "v6.7", false),
    ("6.6.32", "v6.7", false),
    ("6.6.33", "v6.6.33", false),
    ("6.6.119", "v6.6.33", false),
    ("6.6.120", "v6.6.33", true),
    ("6.6.120-x86", "v6.6.120-x86", false),
    ("6.6.119-x86", "v6.6.33", false),
    ("6.6.150-x86", "v6.6.120-x86", false),
    ("6.6.151", "v6.6.33", true),
    ("6.6.151-x86_64", "v6.6.151-x86", false),
    ("6.7", "v6.7", false),
    ("v6.7.12", "v6.7", false),
    ("6.8", "v6.8", false),
    ("v6.8.7", "v6.8", false),
    ("6.8.11", "v6.8", false),
    ("6.9", "v6.9", false),
    ("6.9.2", "v6.9", false),
    ("6.9.12", "v6.9.3", false),
    ("6.10.3", "v6.10", false),
    ("6.11", "v6.12", false),
    ("6.11.11", "v6.12", false),
    ("6.12", "v6.12", false),
    ("6.12.63", "v6.12", false),
    ("6.12.63-x86", "v6.12", false),
    ("6.12.64", "v6.12", true),
    ("6.12.64-x86", "v6.12.64-x86", false),
    ("6.12.92", "v6.12", true),
    ("6.12.93", "v6.12.93", true),
    ("6.12.100-x86", "v6.12.93-x86", false),
    ("6.12.108", "v6.12.93", true),
    ("6.12.109", "v6.12.117", true),
    ("6.12.200-x86", "v6.12.93-x86", false),
    ("6.13", "v6.12", false),
    ("6.14.11", "v6.12", false),
    ("6.15", "v6.17", false),
    ("6.16.12", "v6.17", false),
    ("6.17", "v6.17", false),
    ("6.18", "v6.17", false),
    ("6.18.3-x86", "v6.17", false),
    ("6.18.4", "v6.17", true),
    ("6.18.5-x86", "v6.18.4-x86", false),
    ("6.18.7", "v6.19", false),
    ("6.18.7-x86", "v6.19", false),
    ("6.18.19", "v6.19", false),
    ("6.18.20", "v6.17", false),
    ("6.18.49", "v6.17", false),
    ("6.18.50", "v6.18.50", false),
    ("6.19", "v6.19", false),
    ("6.19.9", "v6.19", false),
    ("6.19.10", "v6.17", false),
    ("6.20", "", false),
    ("7.0", "v7.0", false),
    ("7.0.9", "v7.0", false),
    ("7.0.10", "v7.1.2", false),
    ("7.1", "v7.1.2", false),
    ("7.2.3", "v7.1.2", false),
    ("7.2.4", "v7.3", false),
    ("7.3.4", "v7.3", false),
    ("7.4", "", false),
    ("8.0", "", false),
    // Release candidates.
    ("6.2-rc1", "v6.2", false),
    ("6.8-rc1", "v6.8-rc1", false),
    ("6.8-rc3", "v6.8-rc1", false),
    ("6.8.0-rc3", "v6.8-rc1", false),
    ("v6.8-rc5", "v6.8-rc1", false),
    ("6.8.0-rc6", "v6.8-rc6", false),
    ("6.8-rc7", "v6.8", false),
    ("6.12-rc2", "v6.12", false),
    ("6.12.93-rc1", "v6.12.93", true),
    ("7.3.0-rc5-00123-g0123456789ab", "v7.3", false),
    ("7.4-rc1", "", false),
    ("6.1-rc8", "", false),
    // Debian.
    ("6.1.0-40-amd64", "", false),
    ("6.5.0-0.deb12.4-amd64", "v6.5", false),
    ("6.9.7-amd64", "v6.9.3", false),
    ("6.12.9+bpo-amd64", "v6.12", false),
    ("6.12.48+deb13-amd64", "v6.12", false),
    ("6.12.70+deb13-amd64", "v6.12.64-x86", false),
    ("6.12.70+deb13-cloud-amd64", "v6.12.64-x86", false),
    ("6.12.70+deb13-arm64", "v6.12", false),
    ("6.12.95+deb13-686-pae", "v6.12.93-x86", false),
    ("6.8-rc3-amd64", "v6.8-rc1", false),
    // Ubuntu.
    ("5.15.0-122-generic", "", false),
    ("6.2.0-39-generic", "v6.2", false),
    ("6.5.0-1024-aws", "v6.5", false),
    ("6.8.0-45-generic", "v6.8", false),
    ("6.8.0-1015-azure-fde", "v6.8", false),
    ("6.11.0-29-generic", "v6.12", false),
    ("6.14.0-15-generic", "v6.12", false),
    ("6.17.0-5-generic", "v6.17", false),
    ("6.12.105-2-generic", "v6.12.93", true),
    ("6.8.0-060800rc3-generic", "v6.8-rc1", false),
    ("6.8.0-060800-generic", "v6.8", false),
    // Fedora.
    ("6.4.15-200.fc38.x86_64", "v6.5", false),
    ("6.8.0-0.rc3.26.fc40.x86_64", "v6.8-rc1", false),
    ("6.8.5-301.fc40.x86_64", "v6.8", false),
    ("6.17.4-200.fc42.aarch64", "v6.17", false),
    ("6.18.5-200.fc43.x86_64", "v6.18.4-x86", false),
    ("6.18.5-200.fc43.aarch64", "v6.17", false),
    ("7.2.8-200.fc45.x86_64", "v7.3", false),
    // Red Hat and its relatives.
    ("5.14.0-570.12.1.el9_6.x86_64", "", false),
    ("6.12.0-55.el10.x86_64", "v6.12", false),
    ("6.12.0-100.28.2.el9uek.x86_64", "v6.12", false),
    // Arch, openSUSE, Proxmox, Amazon, Windows, Raspberry Pi.
    ("6.17.1-arch1-1", "v6.17", false),
    ("6.6.133-1-lts", "v6.6.33", true),
    ("6.8.0-rc6-1-mainline", "v6.8-rc6", false),
    ("6.4.0-150600.23-default", "v6.4", false),
    ("6.17.0-1-default", "v6.17", false),
    ("6.8.12-4-pve", "v6.8.12", false),
    ("6.14.8-2-bpo12-pve", "v6.12", false),
    ("6.1.148-173.267.amzn2023.x86_64", "", false),
    ("6.6.87.2-microsoft-standard-WSL2", "v6.6.33", false),
    ("6.12.47+rpt-rpi-v8", "v6.12", false),
    // Kernels that people build.
    ("6.12.9-mytree", "v6.12", false),
    ("6.12.0+", "v6.12", false),
    ("6.12.0-next-20241120", "v6.12", false),
    ("6.12.0-00045-gdeadbeefcafe-dirty", "v6.12", false),
    ("6.12.31-gentoo-x86_64", "v6.12", false),
];

#[test]
fn a_release_has_the_model_that_stands_for_it() {
    assert!(NAMES.len() >= 100);
    for &(name, model, on_x86) in NAMES {
        let answer = named(name, false).map_or_else(
            |refused| {
                assert!(!refused.contains('\n'), "{name}: {refused}");
                ("", false)
            },
            |answer| (answer.model.name(), answer.on_x86.is_some()),
        );
        assert_eq!(answer, (model, on_x86), "{name}");
    }
}

#[test]
fn every_release_of_every_range_has_the_model_of_the_range() {
    for (range, tree) in graph().ranges() {
        let ends = [Some(range.first()), range.last()];
        for release in ends.into_iter().flatten() {
            let answer = named(&release.to_string(), range.is_x86()).expect("it is covered");
            assert_eq!(answer.model.tree(), tree, "{release}");
        }
    }
}

/// From the first release to the newest one, no series has a hole.
#[test]
fn the_ranges_leave_no_hole() {
    let ranges: Vec<_> = { graph().ranges().into_iter() }
        .map(|(range, _)| range)
        .filter(|range| !range.is_x86() && range.first().rc().is_none())
        .collect();
    for pair in ranges.windows(2) {
        let next = pair[1].first();
        match pair[0].last() {
            None => assert_eq!(next.patch, 0, "{} and {}", pair[0], pair[1]),
            Some(Release { patch, .. }) => assert_eq!(next.patch, patch + 1, "{}", pair[0]),
        }
    }
}

#[test]
fn the_name_of_a_model_is_that_model_and_nothing_is_said() {
    for model in all() {
        for x86 in [false, true] {
            let answer = named(model.name(), x86).expect("a model");
            assert!(answer.is_exact() && answer.model == model && answer.on_x86.is_none());
            assert!(x86 || answer.notes.is_empty(), "{answer:?}");
        }
    }
    let answer = named("v6.12.93", true).expect("a model");
    assert!(
        answer.notes[0].ends_with("is model v6.12.93-x86"),
        "{answer:?}"
    );
}

#[test]
fn x86_is_said_by_the_name_or_by_the_option() {
    for (name, x86, model) in [
        ("6.12.100", false, "v6.12.93"),
        ("6.12.100", true, "v6.12.93-x86"),
        ("6.12.100-x86", true, "v6.12.93-x86"),
        ("6.12.40", true, "v6.12"),
        ("6.8-rc3", true, "v6.8-rc1"),
    ] {
        let answer = named(name, x86).expect("a release");
        assert_eq!(answer.model.name(), model, "{name} {x86}");
    }
    let refused = named("6.12.100+deb13-arm64", true).expect_err("one of both is wrong");
    assert!(refused.contains("--x86"), "{refused}");
}

fn says(name: &str) -> Vec<String> {
    named(name, false).expect(name).says()
}

#[test]
fn the_answer_says_what_has_to_be_known() {
    assert_eq!(
        says("6.10.3"),
        ["6.10.3: model v6.10, which stands for 6.10"]
    );
    assert_eq!(
        says("6.12.100"),
        [
            "6.12.100: model v6.12.93, which stands for 6.12.93 to 6.12.108",
            "configured for x86 it is model v6.12.93-x86; say --x86, or add -x86 to the release",
        ]
    );
    assert_eq!(
        says("6.12.100-x86"),
        ["6.12.100-x86: model v6.12.93-x86, which stands for 6.12.93 on, configured for x86"]
    );
    assert_eq!(says("6.8-rc3").len(), 1);
    assert_eq!(
        says("6.12-rc3")[1],
        "6.12-rc3 is taken as 6.12.0: commits may have arrived in between"
    );
    let distribution = says("6.12.48+deb13-amd64");
    assert!(
        distribution[1].contains("backports of its distribution"),
        "{distribution:?}"
    );
    assert_eq!(
        says("6.12.40+530f8f9c3546"),
        [
            "6.12.40+530f8f9c3546: model v6.12+530f8f9c3546; v6.12 stands for 6.11, 6.12.0 to \
          6.12.92, 6.13 and 6.14"
        ]
    );
}

#[test]
fn a_release_that_no_model_stands_for_is_refused_with_the_nearest() {
    let refused = |name| named(name, false).expect_err(name);
    assert_eq!(
        refused("5.15.160"),
        "no model stands for 5.15.160: before 6.2 each IOMMU driver had its own bind; the nearest \
         are v6.2 (6.2) and v6.4 (6.4.0 to 6.4.6)"
    );
    assert_eq!(
        refused("8.0-rc1"),
        "no model stands for 8.0: the newest that is known is 7.3, model v7.3; the nearest are \
         v7.3 (7.3) and v7.1.2 (7.2.0 to 7.2.3)"
    );
    assert_eq!(
        refused("6.20.1"),
        "no model stands for 6.20.1; the nearest are v6.17 (6.19.10 on) and v7.0 (7.0.0 to 7.0.9)"
    );
    assert!(refused("v6.8rc1").starts_with("it is one of v6.2, v6.4, "));
}

#[test]
fn commits_on_top_are_part_of_the_name() {
    let model = by_name("v6.12+530f8f9c3546").expect("a model");
    assert_eq!(model.name(), "v6.12+530f8f9c3546");
    let fix = graph().commit("530f8f9c3546").expect("a commit");
    assert!(model.tree().has(fix));
    assert_eq!(by_name(model.name()), Some(model));
    let whole = by_name("v6.12+530f8f9").expect("an abbreviated id");
    assert_eq!(whole.tree().commits, model.tree().commits);
    let long = format!("v6.12+530f8f9c3546{}", "0".repeat(28));
    assert!(by_name(&long).is_some());
    let without = by_name("v7.3-06e14c36e20b").expect("a model");
    let crash = graph().commit("06e14c36e20b").expect("a commit");
    assert!(!without.tree().has(crash));
    // The form that 6.6 got goes with it.
    let allowed = by_name("v6.6.120-x86-72f98ef9a4be").expect("a model");
    let plain = by_name("v6.6.33").expect("a model");
    assert_eq!(allowed.tree().commits, plain.tree().commits);
    let both = named("6.12.40+b3f6fcd8404f+530f8f9c3546", false).expect("two commits");
    assert_eq!(both.model.name(), "v6.12+b3f6fcd8404f+530f8f9c3546");
    assert_eq!(both.base, by_name("v6.12").expect("a model"));
    assert!(
        by_name("6.12+530f8f9c3546").is_none(),
        "files name models and not releases"
    );
}

#[test]
fn commits_that_cannot_be_had_are_refused_with_the_reason() {
    let refused = |name: &str| {
        let refused = named(name, false).expect_err(name);
        assert!(!refused.contains('\n'), "{refused}");
        assert_eq!(by_name(name), None);
        refused
    };
    for (name, part) in [
        (
            "v6.12+0123456789ab",
            "none of the commits that the models know",
        ),
        ("v6.12+530f8f", "it is one of"),
        ("v6.12+zz", "it is one of"),
        ("6.12+zz", "it is one of"),
        ("v7.3+530f8f9c3546", "v7.3 has 530f8f9c3546 already"),
        ("v6.12-530f8f9c3546", "v6.12 does not have 530f8f9c3546"),
        (
            "v6.7+530f8f9c3546",
            "the code of v6.7 does not know 530f8f9c3546, which is of v7.3",
        ),
        (
            "v6.12-65d4418c5002",
            "the code of v6.12 is written for kernels with 65d4418c5002",
        ),
        (
            "v6.12-14678219cf40",
            "is written for kernels with 14678219cf40",
        ),
        (
            "v6.12+06e14c36e20b",
            "06e14c36e20b needs e37d5a2d60a3, which v6.12 does not have",
        ),
        (
            "v7.0-e37d5a2d60a3",
            "v7.0 has 06e14c36e20b, which needs e37d5a2d60a3",
        ),
        ("v6.12+530f8f9c3546+530f8f9", "530f8f9c3546 is named twice"),
        (
            "v6.12+530f8f9c3546-530f8f9c3546",
            "530f8f9c3546 is named twice",
        ),
        ("5.15.0+530f8f9c3546", "before 6.2"),
    ] {
        let refused = refused(name);
        assert!(refused.contains(part), "{name}: {refused}");
    }
    // The Message-ID of a proposal begins with digits.
    assert!(refused("v6.8-rc1+20240221").contains("none of the commits"));
}

/// The code of an era looks only at commits that the era says it knows.
#[test]
fn an_era_knows_every_commit_that_its_code_looks_at() {
    let mut count = 0;
    for (sources, declared, of) in SOURCES {
        let model = by_name(of).expect("a model of the era");
        for word in sources.split("has(").skip(1) {
            let name = word.split(')').next().unwrap_or_default();
            let name = name.rsplit("::").next().unwrap_or_default();
            if !name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
            {
                continue;
            }
            let Some(commit) = declared.iter().find_map(|text| declaration(text, name)) else {
                assert_eq!(name, "COMMIT", "not declared");
                continue;
            };
            assert!(model.knows(commit), "{name} in the code of {of}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

/// Returns the commit with this constant in the text of a module.
fn declaration(text: &str, name: &str) -> Option<spec::Commit> {
    let (_, rest) = text.split_once(&format!(" {name} = \""))?;
    graph().commit(rest.split('"').next()?)
}

const DECLARED: &[&str] = &[
    include_str!("../../spec/src/op/commits.rs"),
    include_str!("../../impl_v67/src/revisions.rs"),
    include_str!("../../impl_v68/src/revisions.rs"),
    include_str!("../../impl_v612/src/commits.rs"),
];

/// The code of each era, and a model of it.
const SOURCES: [(&str, &[&str], &str); 5] = [
    (
        include_str!("../../impl_v67/src/iommu_sva.rs"),
        DECLARED,
        "v6.7",
    ),
    (
        include_str!("../../impl_v68/src/iommu_sva.rs"),
        DECLARED,
        "v6.8",
    ),
    (
        include_str!("../../impl_v612/src/iommu_sva.rs"),
        DECLARED,
        "v6.12",
    ),
    (
        include_str!("../../impl_v612/src/reset.rs"),
        DECLARED,
        "v6.12",
    ),
    (
        include_str!("../../impl_v612/src/iommu.rs"),
        DECLARED,
        "v6.12",
    ),
];
