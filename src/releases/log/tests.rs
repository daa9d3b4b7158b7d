// SPDX-License-Identifier: GPL-2.0-or-later
//! Logs of trees, and the commits that they name.

use super::{Log, named};

/// Returns the name that a log on top of a release makes.
fn of_log(release: &str, log: &str) -> (String, Vec<String>) {
    let mut read = Log::new(named(release, false).expect("a release"));
    log.lines().for_each(|line| read.line(line));
    let found = read.finish();
    let left_out = found.left_out.into_iter().map(|(_, why)| why);
    (found.answer.model.name().to_owned(), left_out.collect())
}

#[test]
fn a_log_in_any_form_names_the_commits_on_top() {
    let fix = "iommu/sva: Set handle->dev before the SVA handle is visible";
    let whole = format!("530f8f9c3546{}", "a".repeat(28));
    let own = "c0ffee0123456789c0ffee0123456789c0ffee01";
    let backport = |message: &str| {
        format!("commit {own}\nAuthor: A\nDate:   today\n\n    vendor: {message}\n")
    };
    for log in [
        format!("530f8f9c3546 {fix}"),
        format!("530f8f9 {fix}"),
        format!("{whole} something"),
        format!("c0ffee012345 {fix}"),
        format!("* c0ffee012345 (HEAD -> main, tag: x) {fix}"),
        format!("c0ffee012345 BACKPORT: UPSTREAM: {fix}"),
        format!("c0ffee012345 [Backport] {fix}"),
        format!("commit {whole}\nAuthor: A\n"),
        format!("commit {whole} (HEAD -> main)\nAuthor: A\n"),
        format!("commit {own}\n\n    {fix}\n"),
        backport(&format!("x\n\n    commit {whole} upstream.\n")),
        backport(&format!("x\n\n    Commit {whole} upstream\n")),
        backport(&format!("x\n\n    [ Upstream commit {whole} ]\n")),
        backport(&format!("x\n\n    commit {whole}\n")),
        backport(&format!("x\n\n    (cherry picked from commit {whole})\n")),
        backport(&format!("x\n\n    (backported from commit {whole})\n")),
        format!("  - {fix}\r\n"),
    ] {
        let expected = ("v6.12+530f8f9c3546".to_owned(), Vec::new());
        assert_eq!(of_log("6.12.40", &log), expected, "{log}");
    }
    let nothing = ("v6.12".to_owned(), Vec::new());
    for log in [
        String::new(),
        format!("    Fixes: 530f8f9c3546 (\"{fix}\")"),
        format!("    Stable-dep-of: 530f8f9c3546 (\"{fix}\")"),
        "    commit 530f8f9c3546 broke it".to_owned(),
        "    530f8f9c3546 broke it".to_owned(),
        format!("    see {fix}"),
        format!("c0ffee012345 Revert \"{fix}\"\n530f8f9c3546 {fix}"),
        backport(&format!("Revert\n\n    This reverts commit {whole}.\n")) + &format!("{whole} x"),
        // What the model has already.
        "14678219cf40 iommu: Introduce domain attachment handle".to_owned(),
        "\u{0}\u{fffd} 530f8f\ncommit\ncommit \n[\nRevert \"\nRevert \"x\n(((\n()".to_owned(),
    ] {
        assert_eq!(of_log("6.12.40", &log), nothing, "{log}");
    }
    let reapplied = format!("c0ffee012345 Reapply \"{fix}\"\nc0ffee012346 Revert \"{fix}\"");
    assert_eq!(of_log("6.12.40", &reapplied).0, "v6.12+530f8f9c3546");
}

#[test]
fn a_log_says_what_it_could_not_add() {
    let skip = "b3f6fcd8404f iommu: Skip PASID validation for devices without PASID capability";
    let fix = "530f8f9c3546 x";
    // The order of a name does not depend on the order of the log.
    for log in [format!("{skip}\n{fix}"), format!("{fix}\n{skip}")] {
        let expected = ("v6.12+b3f6fcd8404f+530f8f9c3546".to_owned(), Vec::new());
        assert_eq!(of_log("6.12.40", &log), expected);
    }
    let (name, said) = of_log("6.8", fix);
    assert_eq!(name, "v6.8");
    assert_eq!(
        said,
        ["the code of v6.8 does not know 530f8f9c3546, which is of v7.3"]
    );
    let (name, said) = of_log("6.12.40", "06e14c36e20b x");
    assert_eq!(name, "v6.12");
    let needs = "06e14c36e20b needs e37d5a2d60a3, which neither v6.12 nor the log has";
    assert_eq!(said, [needs]);
    let reverted = "c0ffee012345 Revert \"iommu/sva: Fix crash in iommu_sva_unbind_device()\"";
    assert_eq!(of_log("7.3", reverted).0, "v7.3-06e14c36e20b");
    let (name, said) = of_log("7.3", "    This reverts commit e37d5a2d60a3.");
    assert_eq!(name, "v7.3");
    assert!(
        said[0].starts_with("e37d5a2d60a3 is reverted, but 06e14c36e20b"),
        "{said:?}"
    );
    let x86 = "72f98ef9a4be iommu: disable SVA when CONFIG_X86 is set";
    assert_eq!(of_log("6.12.40-x86", x86).0, "v6.12+72f98ef9a4be");
    let (name, said) = of_log("6.12.40", x86);
    assert_eq!(name, "v6.12");
    assert_eq!(
        said,
        ["72f98ef9a4be changes kernels configured for x86; say --x86"]
    );
    // A log on top of a model that has commits on top already.
    assert_eq!(
        of_log("v6.12+530f8f9c3546", skip).0,
        "v6.12+530f8f9c3546+b3f6fcd8404f"
    );
}
