// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff why`

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use svadiff::report::WIDTH;

/// A universe that is searched in no time.
const SMALL: &str = r#"{"devices": 1, "mms": 1, "ops": 2, "faults": ["set_dev_pasid"]}"#;

/// Asks in a small universe. The words are separated by blanks.
fn ask(words: &str, stdin: &str) -> Ran {
    let dir = Scratch::new();
    let file = dir.file("universe.json", SMALL);
    let words = words.split(' ').chain(["--universe", &file]);
    svadiff_reading(["why"].into_iter().chain(words), stdin.as_bytes())
}

/// Returns a text on one line.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const SPLAT: &str = "\
> > [  215.708055] ------------[ cut here ]------------
> > [  215.712672][  T123] WARNING: CPU: 3 PID: 1 at drivers/iommu/iommu.c:3591
> > iommu_detach_device_pasid+0x7c/0x90
> > [  215.712688] pc : iommu_detach_device_pasid+0x7c/0x90
> > [  215.712690] lr : iommu_sva_unbind_device+0x60/0xf8
";

#[test]
fn a_result_is_told_with_its_lines_and_the_exit_status_says_whether_there_is_one() {
    let text = ask("v6.8 bind EBUSY", "").ok(0);
    let expected = "\
bind shows -EBUSY on v6.8 in 2 ways

1. set_dev_pasid of the IOMMU driver returned this error for a device of
   the group
   drivers/iommu/iommu-sva.c:116 propagated from drivers/iommu/iommu.c:3558
   case   bind dev 0, mm 0 [set_dev_pasid: EBUSY, 1st time]
";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("\nDigest     "), "{text}");
    let text = ask("v6.8 unbind WARN", "").ok(1);
    assert!(text.contains("in no way"), "{text}");
    assert!(
        text.contains("nothing in this universe shows it\n"),
        "{text}"
    );
}

#[test]
fn a_result_can_be_written_in_many_ways() {
    let expected = ask("v6.8 bind EBUSY", "").ok(0);
    for words in [
        "v6.8 bind -EBUSY",
        "v6.8 bind -16",
        "v6.8 bind 16",
        "v6.8 BIND ebusy",
    ] {
        assert_eq!(ask(words, "").ok(0), expected, "{words}");
    }
    let expected = ask("v6.8 bind new handle", "").ok(0);
    let dir = Scratch::new();
    let file = dir.file("universe.json", SMALL);
    let one = svadiff(["why", "v6.8", "bind new handle", "--universe", &file]).ok(0);
    assert_eq!(one, expected);
    let all = svadiff(["why", "v6.8 bind new handle", "--universe", &file]).ok(0);
    assert_eq!(all, expected);
}

#[test]
fn a_line_of_source_is_a_question() {
    let short = ask("thread-a iommu.c:3578", "").ok(0);
    assert!(short.contains("2 ways lead there"), "{short}");
    assert!(
        short.contains("end: WARN iommu_detach_device_pasid"),
        "{short}"
    );
    let long = ask("thread-a drivers/iommu/iommu.c:3578", "").ok(0);
    assert_eq!(short, long);
    let nothing = ask("thread-a iommu.c:3579", "");
    let about = nothing.refused("nothing is decided or complained of");
    assert!(
        about.contains("3578 in iommu_detach_device_pasid"),
        "{about}"
    );
}

#[test]
fn a_splat_is_read_from_standard_input_and_from_a_file() {
    let text = ask("thread-a -", SPLAT).ok(0);
    assert!(
        text.contains("which is a\n  line of another tree than thread-a"),
        "{text}"
    );
    assert!(
        text.contains("1. end: WARN iommu_detach_device_pasid"),
        "{text}"
    );
    let dir = Scratch::new();
    let file = dir.file("dmesg.txt", SPLAT);
    assert_eq!(ask(&format!("thread-a {file}"), "").ok(0), text);
    let here = ask("thread-a -", &SPLAT.replace("3591", "3578")).ok(0);
    assert!(
        here.starts_with("WARN in iommu_detach_device_pasid at"),
        "{here}"
    );
    assert!(!here.contains("another tree"), "{here}");
    let splat = "refcount_t: saturated; leaking memory.\n iommu_sva_bind_device+0x1/0x2";
    let none = flat(&ask("v6.12 -", splat).ok(1));
    assert!(none.contains("v6.12 shows it in no way"), "{none}");
}

#[test]
fn what_is_outside_of_the_model_is_told_for_the_release_and_the_driver() {
    let text = ask("6.12 bind -19", "").ok(0);
    let outside = text
        .split("Outside of the model, for 6.12")
        .nth(1)
        .expect("the rows");
    for place in [
        "include/linux/iommu.h:1536",
        " iommu-sva.c:80",
        " intel/iommu.c:4121",
        " intel/svm.c:30 (6.12.117)",
        "readlink /sys/bus/pci/devices/BDF/iommu_group",
    ] {
        assert!(flat(outside).contains(place), "{place}: {outside}");
    }
    let arm = ask("6.12 bind -19 --driver arm", "").ok(0);
    assert!(
        !arm.contains("intel/") && arm.contains("iommu.h:1536"),
        "{arm}"
    );
    let amd = ask("6.12 bind -19 --driver amd", "").ok(0);
    for other in ["idxd", "uacce", "intel/", "arm/"] {
        assert!(!amd.contains(&format!("  {other}")), "{amd}");
    }
    // They fit on one screen, with what is in the model, and come before the certificate.
    let usual = svadiff(["why", "6.12", "bind", "-19"]).ok(0);
    for text in [&usual, &text, &arm, &amd] {
        assert!(text.lines().count() <= 50, "{text}");
        assert!(
            text.find("How to tell") < text.find("\nUniverse "),
            "{text}"
        );
    }
    let null = ask("6.8 bind NULL", "").ok(1);
    let place = "include/linux/iommu.h:1463";
    assert!(flat(&null).contains(place), "{null}");
    assert!(!ask("6.8 unbind ok", "").ok(0).contains("Outside"));
}

#[test]
fn json_has_everything() {
    let value = ask("v6.12 bind -19 --json", "").json(0);
    assert_eq!(
        value["asked"],
        serde_json::json!({"op": "bind", "result": "-ENODEV"})
    );
    assert_eq!(value["ways"][0]["returned"], "-ENODEV");
    assert_eq!(value["ways"][0]["decided_by"][0]["anchor"], "attach_failed");
    assert_eq!(value["ways"][0]["place"], 0);
    assert_eq!(value["complete"], true);
    assert_eq!(value["release"], "6.12.0");
    let rows = value["outside"].as_array().expect("a list");
    assert!(
        rows.iter()
            .all(|row| !row["places"].as_array().expect("a list").is_empty())
    );
    let none = ask("v6.8 unbind WARN --json", "").json(1);
    assert_eq!(none["ways"], serde_json::json!([]));
}

#[test]
fn no_line_is_too_wide_and_text_is_ascii() {
    for words in [
        "6.12 bind -19",
        "thread-a iommu.c:3578",
        "v6.2 bind EOPNOTSUPP",
    ] {
        let text = ask(words, "").out;
        for line in text.lines() {
            assert!(line.is_ascii() && line.len() <= WIDTH, "{line}");
        }
    }
}

#[test]
fn what_is_not_a_question_is_refused_with_the_word_that_was_meant() {
    for (words, meant) in [
        ("v6.8 bnd EBUSY", "did you mean `bind`?"),
        ("v6.8 bind EBSUY", "did you mean `EBUSY`?"),
        ("v6.8 teardwn leak", "did you mean `teardown`?"),
        ("v6.8 iomu.c:3578", "did you mean `iommu.c`?"),
        ("v6.8 bind", "a result is missing"),
        ("v6.8", "a question is missing"),
        ("v6.8 bind 4711", "no errno"),
        ("v6.8 nofile.txt", "there is no such file"),
        ("v6.8 iommu.c:3578:5", "a line is like iommu.c:3578"),
        (
            "v6.8 bind EBUSY --jsn",
            "tip: a similar argument exists: '--json'",
        ),
        ("v6.8 iommu.c:99999999999", "a number from 1"),
        ("v6.8 \u{1b}[31m", "no operation is called that"),
    ] {
        let ran = ask(words, "");
        assert!(ran.err.contains(meant), "{words}: {ran:?}");
        ran.refused("");
    }
    for garbage in ["", "hello\n", "\0\u{1}\u{2}", "BUG", &"x".repeat(1 << 20)] {
        let ran = ask("v6.8 -", garbage);
        ran.refused("standard input");
    }
    let elsewhere = "WARNING: CPU: 3 PID: 1 at mm/slub.c:44 kfree+0x7c/0x90\n";
    let refused = ask("v6.8 -", elsewhere);
    let about = refused.refused("standard input: the splat is in `kfree` (mm/slub.c:44), ");
    assert!(about.starts_with("which is not in the models"), "{about}");
    let long = format!("{}\n", "x".repeat(1023)).repeat(16 << 10) + SPLAT;
    ask("v6.8 -", &long).refused("standard input: longer than 16 MiB");
    let long = "[  1.0] usb 1-1: new device\n".repeat(80_000) + SPLAT;
    assert!(
        ask("thread-a -", &long)
            .ok(0)
            .starts_with("WARN in iommu_detach")
    );
}

#[test]
fn results_can_be_given_as_kernels_print_them() {
    for (question, status) in [
        (
            [
                "v6.8-rc6",
                "unbind",
                "refcount_t: underflow; use-after-free.",
            ],
            1,
        ),
        (
            [
                "v6.8",
                "end",
                "ida_free called for id=1 which is not allocated.",
            ],
            1,
        ),
        (["v6.8", "bind", "BUG: kernel NULL pointer dereference"], 1),
        (["v6.8", "bind", "-0"], 1),
        (["thread-a", "end", "WARNING"], 0),
        (["thread-a", "end", "WARNING: CPU: 3"], 0),
    ] {
        let dir = Scratch::new();
        let file = dir.file("universe.json", SMALL);
        let words = question.into_iter().chain(["--universe", &file]);
        svadiff(["why"].into_iter().chain(words)).ok(status);
    }
}

#[test]
fn a_search_that_was_stopped_is_not_called_complete() {
    let text = ask("v6.8 bind EBUSY --max-states 1", "").ok(3);
    assert!(text.contains("NOT COMPLETE"), "{text}");
    assert!(text.contains("none, since there may be more"), "{text}");
    let found = "in no way that was found before the stop";
    assert!(
        flat(&text).contains(found) || text.contains("in at least"),
        "{text}"
    );
}
