// SPDX-License-Identifier: GPL-2.0-or-later
//! What has to be found by itself: facts about kernels that people ran, each with its fewest
//! operations, the commit that brought it, and the releases in which it was mended.

use crate::cli::run::svadiff;
use serde_json::Value;

/// Returns the findings of a command, and what it prints, with every run of blanks as one.
fn found(args: &str) -> (Vec<Value>, String) {
    let json = svadiff(args.split(' ').chain(["--json"])).json(1);
    let text = svadiff(args.split(' ')).ok(1);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (json["findings"].as_array().expect("a list").clone(), words)
}

/// Checks that a command finds something that is said like this, with this number of operations,
/// and that its report has all of these words.
fn finds(args: &str, said: &str, ops: usize, words: &[&str]) {
    let (findings, text) = found(args);
    let mut rest = text.as_str();
    let mut headlines = (1..=findings.len()).map(|number| {
        let begin = rest.find(&format!("{number}. ")).expect("a number");
        rest = &rest[begin..];
        let (headline, behind) = rest.split_once(" [").expect("a view and a place");
        rest = behind;
        headline
    });
    let at = headlines.position(|headline| headline.contains(said));
    let at = at.unwrap_or_else(|| panic!("{args}: {text}"));
    let case = &findings[at]["case"]["ops"];
    let case = case.as_array().expect("operations");
    assert_eq!(case.len(), ops, "{args}: {text}");
    for word in words {
        assert!(text.contains(word), "{args}: {word}: {text}");
    }
}

#[test]
fn in_6_4_two_processes_share_an_address_space() {
    finds(
        "check v6.4 --max-pasids 2 --mms 3",
        "serves two processes from one address space",
        3,
        &["4e14176ab13f", "c20ecf7bb615"],
    );
}

#[test]
fn on_x86_6_6_120_leaks_a_handle_with_each_bind() {
    finds("check v6.6.120-x86", "leaks a handle", 1, &["72f98ef9a4be"]);
}

#[test]
fn in_6_19_the_release_of_a_handle_after_an_exit_uses_freed_memory() {
    let commits = ["e37d5a2d60a3", "06e14c36e20b"];
    finds("check v6.19", "use-after-free", 2, &commits);
}

#[test]
fn the_null_pointer_was_mended_in_7_3_and_three_stable_branches() {
    for model in ["v6.12.93", "v7.1.2"] {
        finds(
            &format!("check {model} --cpus 2 --devices 1 --mms 1"),
            "null-deref",
            4,
            &["530f8f9c3546", "(7.3, 7.2.4, 6.18.50, 6.12.109)"],
        );
    }
}

#[test]
fn a_device_without_pasids_has_another_error_since_6_6() {
    for (max_pasids, before) in [(0, "-EOPNOTSUPP"), (1, "-EINVAL")] {
        finds(
            &format!("compare v6.5 v6.7 --max-pasids {max_pasids}"),
            &format!("bind returns -ENOSPC where it returned {before}"),
            1,
            &["2dcebc7ddce7"],
        );
    }
}

#[test]
fn the_last_pasid_can_be_used_again_since_6_4() {
    finds(
        "compare v6.2 v6.4 --max-pasids 2",
        "bind returns a new handle where it returned -EOVERFLOW",
        2,
        &["4e14176ab13f"],
    );
}

#[test]
fn from_6_9_to_6_15_a_group_with_a_device_without_pasids_could_not_be_bound() {
    finds(
        "compare v6.8 v6.9 --max-pasids 16,0 --groups one",
        "bind returns -EINVAL where it returned a new handle",
        1,
        &["c404f55c26fc", "b3f6fcd8404f", "(6.15, 6.12.93)"],
    );
}

#[test]
fn a_bind_in_a_reset_is_refused_since_7_0_and_a_reset_sets_its_own_device_since_7_1() {
    let ops = "--only bind,unbind,reset_begin,reset_done";
    finds(
        &format!("compare v6.19 v7.0 {ops}"),
        "bind returns -EBUSY where it returned a new handle",
        2,
        &["c279e83953d9"],
    );
    finds(
        &format!("compare v7.0 v7.1.2 --view driver {ops}"),
        "reset_done calls the driver differently",
        3,
        &["1615e8896a8f"],
    );
}
