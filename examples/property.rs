// SPDX-License-Identifier: GPL-2.0-or-later
//! A property test for your own project: `cargo test --example property`.
//!
//! The `Cargo.toml` of the project contains
//!
//! ```toml
//! [dev-dependencies]
//! proptest = "1"
//! svadiff = { git = "https://…/svadiff" }
//! svadiff-spec = { git = "https://…/svadiff", features = ["proptest"] }
//! ```
//!
//! and its tests use `spec::generate::cases` as a strategy, and `judge` to find where two kernels
//! differ.

use spec::Case;
use spec::generate::{Generator, Profile};
use svadiff::judge::{View, judge};
use svadiff::models::{AnyModel, by_name};
use svadiff::report::headline;

/// Returns the headline of the first difference between two kernels with a case; `None` if there is
/// none.
fn difference(models: [AnyModel; 2], case: &Case) -> Option<String> {
    let differences = judge(&models, &View::DEFAULT, case);
    let first = differences.first()?;
    Some(headline(models, case, first))
}

fn models(names: [&str; 2]) -> [AnyModel; 2] {
    names.map(|name| by_name(name).expect("`svadiff models` lists the names"))
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// The first code that was merged for 6.8 differs from 6.8-rc1 only if an allocation fails.
    #[test]
    fn where_nothing_fails_rc1_does_what_was_merged(case in spec::generate::cases(Profile::by_name("core").expect("a profile"))) {
        proptest::prop_assert_eq!(difference(models(["v6.8-merge", "v6.8-rc1"]), &case), None);
    }
}

fn main() {
    // Without a test runner, count how many of a thousand cases show a difference.
    let models = models(["v6.7", "v6.8-rc1"]);
    let profile = Profile::by_name("core").expect("`svadiff hunt --help` lists the profiles");
    let mut generator = Generator::new(profile);
    let cases = (0..1000).map(|seed| generator.case(seed).clone());
    let shown: Vec<String> = cases.filter_map(|case| difference(models, &case)).collect();
    println!("{} of 1000 cases differ, the first one so:", shown.len());
    println!("{}", shown[0]);
}

#[test]
fn it_runs() {
    main();
    let case = r#"{"topology": {"devices": [{"group": 0, "max_pasids": 16, "instance": 0}],
                                "mms": [{"dma_compat": true}]},
                   "ops": [{"op": "bind", "dev": 0, "mm": 0}, {"op": "bind", "dev": 0, "mm": 0}]}"#;
    let case = Case::from_json(case.as_bytes()).expect("a case");
    let shown = difference(models(["v6.7", "v6.8-rc1"]), &case);
    assert_eq!(
        shown.as_deref(),
        Some("bind returns -EBUSY where it returned a new handle")
    );
}
