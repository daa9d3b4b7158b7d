// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests reports for a mailing list, and mails that are read back.

mod altered;
mod hard;
mod letters;
mod read_back;

use super::run::{Ran, Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, two_binds};
use crate::thorough::sample;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads a mail. Returns the exit status and the output.
fn replay(mail: &str) -> Ran {
    svadiff_reading(["replay", "-"], mail.as_bytes())
}

/// Returns the report on a file.
fn report(file: &Path) -> String {
    svadiff(["report".as_ref(), file.as_os_str(), "--tags".as_ref()]).ok(0)
}

/// Returns every counterexample and every entry of the ledger in `corpus`.
fn corpus() -> Vec<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
    let folders = [root.to_owned(), format!("{root}/known")];
    let files = folders
        .iter()
        .flat_map(|dir| fs::read_dir(dir).expect("a folder"));
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    files
}

/// Checks that a report can be pasted into a mail as it is.
fn check_form(text: &str) {
    for line in text.lines() {
        let is_free = line.starts_with("Fixes: ");
        assert!(line.len() <= 75 || is_free, "{line}");
        assert!(
            line.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "{line}"
        );
        assert!(
            !line.starts_with("---") && !line.starts_with("From "),
            "{line}"
        );
        assert_eq!(line.trim_end(), line);
    }
}

#[test]
fn every_counterexample_has_a_report_for_a_mail() {
    for file in sample(corpus(), 10) {
        check_form(&report(&file));
    }
    for args in [
        "compare v6.8-rc6 v6.8 --ops 2 --mail",
        "compare v6.12 v6.12.117 --devices 1 --mms 1 --cpus 2 --ops 4 --mail --tags",
        "check v6.8-rc6 --mail --ops 2 --only bind,unbind --devices 3 --max-pasids 1,2,16",
        "compare v6.8 v6.12 --ops 2 --view driver --faults set_dev_pasid --mail",
    ] {
        check_form(&svadiff(args.split(' ')).ok(1));
    }
}

#[test]
fn a_report_has_the_sentence_the_results_the_history_the_command_and_the_id() {
    let text = COUNTEREXAMPLE.to_string();
    let report = svadiff_reading(["report", "-", "--tags"], text.as_bytes()).ok(0);
    for part in [
        "[svadiff report on v6.7 and v6.8-rc1]\n",
        "bind returns -EBUSY where it returned a\nnew handle [api, op 1].\n",
        "\n 1  bind dev 0, mm 0\n",
        "\nv6.8-rc1, op 1: -EBUSY\n    decided at drivers/iommu/iommu-sva.c:107\n",
        "\nSince: 092edaddb660 iommu: Support mm PASID 1:n with sva domains (6.8)\n",
        "\nId: cee888eed551\n",
        "\nFixes: 092edaddb660 (\"iommu: Support mm PASID 1:n with sva domains\")\n",
        "  svadiff diff --from v6.7 --to v6.8-rc1 --case '",
        "\n[end of report]\n",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
}

#[test]
fn a_case_is_reported_on_the_models_that_are_named() {
    let dir = Scratch::new();
    let case = dir.file("case.json", two_binds().to_string());
    let said = svadiff(["report", &case, "--from", "v6.7", "--to", "v6.8-rc1"]).ok(0);
    assert!(said.contains("Id: cee888eed551"), "{said}");
    let pair = ["report", &case, "v6.7", "v6.8-rc1", "--tags"];
    svadiff([&pair[..], &["--form", "json"]].concat()).refused("--tags: only text has Fixes:");
    svadiff([&pair[..], &["--form", "text"]].concat()).ok(0);
    let said = svadiff(["report", &case, "--from", "v6.7", "--to", "v6.7"]).ok(0);
    assert_eq!(said, "v6.7 and v6.7 agree.\n");
    let said = svadiff(["report", &case, "--from", "v6.7"]).ok(0);
    assert_eq!(said, "v6.7 breaks no rule in this case.\n");
    let said = svadiff(["report", &case]);
    assert!(said.refused(&case).contains("names no models"));
}

#[test]
fn the_report_in_the_document_is_what_is_printed_and_reads_back() {
    let root = env!("CARGO_MANIFEST_DIR");
    let text = fs::read_to_string(format!("{root}/docs/mail.md")).expect("a document");
    let command = "$ cargo run --release -- report corpus/second-device-underflow.json --tags\n";
    let (_, shown) = text.split_once(command).expect("an example");
    let (shown, _) = shown.split_once("```").expect("an end");
    let file = format!("{root}/corpus/second-device-underflow.json");
    assert_eq!(report(Path::new(&file)), shown);
    replay(shown).ok(0);
}
