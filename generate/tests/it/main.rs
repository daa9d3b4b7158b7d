// SPDX-License-Identifier: GPL-2.0-or-later
//! Holds the schemas against what svadiff reads and prints, with a validator that others wrote.

mod altered;
mod corpus;
mod printed;
mod schemas;

/// Command lines and samples, which these tests share with those of the program.
mod cli {
    pub(crate) mod run;
    #[path = "../../../../tests/it/cli/samples.rs"]
    #[allow(dead_code, reason = "the tests of the program need more of it")]
    pub(crate) mod samples;
    #[path = "../../../../tests/it/cli/ways.rs"]
    pub(crate) mod ways;
}
