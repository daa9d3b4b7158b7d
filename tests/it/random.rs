// SPDX-License-Identifier: GPL-2.0-or-later
//! Properties of random cases. The cases are the same in every run, unless an environment variable
//! changes them.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use spec::Case;
use spec::generate::{Profile, Sizes, cases_within};
use std::path::Path;
use std::{env, fs};

/// Whether a property holds for a case. If it does not, the error is a text for a mail.
pub(crate) type Held = Result<(), String>;

/// Checks a property with this many cases of a profile. Panics with the text of the first failure.
///
/// `PROPTEST_CASES` changes the number of cases, and `PROPTEST_RNG_SEED` the cases.
pub(crate) fn property(profile: &str, sizes: Sizes, cases: u32, holds: impl Fn(&Case) -> Held) {
    let profile = Profile::by_name(profile).expect("a profile of this name");
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(0);
    }
    // While a case shrinks, its failure can turn into a different one. So the property itself
    // shrinks the case, and keeps the failure that it describes.
    let strategy = cases_within(profile, sizes).no_shrink();
    let asked = |case| holds(&case).map_err(TestCaseError::fail);
    match TestRunner::new(config).run(&strategy, asked) {
        Ok(()) => {}
        Err(TestError::Fail(why, _)) => panic!("{}", why.message()),
        Err(TestError::Abort(why)) => panic!("{}", why.message()),
    }
}

/// Writes a file for the reader of a failure. Returns its path.
pub(crate) fn written(name: &str, json: &Value) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counterexamples");
    let path = folder.join(format!("{name}.json"));
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(&path, svadiff::report::json(json)).expect("a file can be written");
    // Tests run in this directory, so a relative path suffices.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.strip_prefix(here).unwrap_or(&path);
    path.display().to_string()
}
