// SPDX-License-Identifier: GPL-2.0-or-later
//! What the revisions say of themselves, and the lines that they cite. None of it is to move by
//! accident, and nothing that was recorded could notice all of it.

use super::revision;
use crate::{Commits, Lines};
use spec::kernel::CoreLines;

const PROPOSALS: [&str; 4] = ["thread-a", "thread-b", "thread-c", "thread-d"];

/// The lines of `iommu_alloc_mm_data()`, of the bind, of the unbind, and of the other two.
type Numbers = ([u16; 4], [u16; 10], [u16; 7], [u16; 3]);

fn numbers(lines: &Lines) -> Numbers {
    (
        [
            lines.not_compatible,
            lines.overflow,
            lines.no_mm_data,
            lines.no_pasid,
        ]
        .map(|cite| cite.line),
        [
            lines.bind_lock,
            lines.match_handle,
            lines.reuse,
            lines.no_handle,
            lines.join,
            lines.no_domain,
            lines.attach_failed,
            lines.create,
            lines.store,
            lines.free_handle,
        ]
        .map(|cite| cite.line),
        [
            lines.unbind,
            lines.unbind_lock,
            lines.not_last_user,
            lines.unlist_handle,
            lines.domain_kept,
            lines.domain_freed,
            lines.unbind_free,
        ]
        .map(|cite| cite.line),
        [lines.get_pasid, lines.iopf_no_users, lines.iopf_handled].map(|cite| cite.line),
    )
}

#[test]
fn the_lines_are_those_of_each_revision() {
    let mm_data = [23, 29, 35, 40];
    let rc1 = [76, 0, 0, 87, 95, 103, 107, 110, 115, 122];
    let all: [(&[&str], Numbers); 5] = [
        (
            &["v6.8-merge"],
            (
                mm_data,
                [76, 0, 0, 87, 95, 103, 107, 110, 115, 121],
                [139, 142, 0, 0, 144, 145, 149],
                [157, 179, 181],
            ),
        ),
        (
            &["v6.8-rc1", "thread-a"],
            (
                mm_data,
                rc1,
                [140, 143, 0, 0, 145, 146, 150],
                [158, 180, 182],
            ),
        ),
        (
            &["thread-b", "thread-c"],
            (
                mm_data,
                rc1,
                [140, 143, 0, 0, 144, 145, 150],
                [158, 180, 182],
            ),
        ),
        (
            &["thread-d"],
            (
                mm_data,
                [77, 87, 88, 95, 103, 111, 115, 118, 124, 131],
                [149, 152, 153, 157, 160, 161, 165],
                [173, 195, 197],
            ),
        ),
        (
            &["v6.8-rc6", "v6.8"],
            (
                mm_data,
                [77, 87, 88, 96, 104, 112, 116, 119, 126, 133],
                [151, 154, 155, 159, 162, 163, 167],
                [175, 197, 199],
            ),
        ),
    ];
    for (names, expected) in all {
        for name in names {
            assert_eq!(numbers(&revision(name).lines), expected, "{name}");
        }
    }
}

#[test]
fn every_release_and_proposal_says_what_it_is_and_which_commits_it_adds() {
    let releases = ["v6.8-merge", "v6.8-rc1", "v6.8-rc6", "v6.8"];
    for name in releases.into_iter().chain(PROPOSALS) {
        let info = &revision(name).info;
        assert!(!info.what.is_empty(), "{name}");
        assert!(!info.commits.is_empty(), "{name}");
        assert_eq!(info.proposal, PROPOSALS.contains(&name));
    }
}

#[test]
fn every_proposal_stands_on_rc1_and_only_thread_c_changes_the_core() {
    for name in PROPOSALS {
        let info = &revision(name).info;
        assert_eq!(info.base, Some("v6.8-rc1"));
        assert_eq!(*info.core_lines, CoreLines::V6_8_RC1);
        let changes = name == "thread-c";
        assert_eq!(info.core, if changes { name } else { "v6.8-rc1" });
    }
}

#[test]
fn what_somebody_wants_to_try_stands_on_the_release() {
    use crate::revisions::PATCH;
    assert_eq!((PATCH.base, PATCH.core), (Some("v6.8"), "v6.8"));
    assert_eq!(*PATCH.core_lines, CoreLines::V6_8);
}

#[test]
fn a_commit_that_is_in_a_set_already_stays_in_it() {
    let twice = Commits::FREE_HANDLE.with(Commits::FREE_HANDLE);
    assert_eq!(twice, Commits::FREE_HANDLE);
}
