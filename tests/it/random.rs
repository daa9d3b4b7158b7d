// SPDX-License-Identifier: GPL-2.0-or-later
//! Properties of random cases: the same cases in every run, unless others are asked for.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value;
use spec::Case;
use spec::generate::{Profile, Sizes, cases_within};
use std::path::Path;
use std::{env, fs};

/// Whether something holds for a case; if not, what there is to say, as text for a mail.
pub(crate) type Held = Result<(), String>;

/// Asks it of so many cases of a profile, and fails with the first thing that there is to say.
///
/// `PROPTEST_CASES` asks for another number of cases, and `PROPTEST_RNG_SEED` for other ones.
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
    // Whoever shrinks a case until it just fails can end at another failure than he found. So what
    // is to be said of a case is said of the same failure, by whoever says it.
    let strategy = cases_within(profile, sizes).no_shrink();
    let asked = |case| holds(&case).map_err(TestCaseError::fail);
    match TestRunner::new(config).run(&strategy, asked) {
        Ok(()) => {}
        Err(TestError::Fail(why, _)) => panic!("{}", why.message()),
        Err(TestError::Abort(why)) => panic!("{}", why.message()),
    }
}

/// Writes a file for whoever reads of a failure, and says where it is.
pub(crate) fn written(name: &str, json: &Value) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counterexamples");
    let path = folder.join(format!("{name}.json"));
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(&path, svadiff::report::json(json)).expect("a file can be written");
    // Commands are given where tests are run.
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.strip_prefix(here).unwrap_or(&path);
    path.display().to_string()
}
