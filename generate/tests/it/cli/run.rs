// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs commands inside this process.

use serde_json::Value;
use std::ffi::OsStr;

/// The root of the repository.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What a command printed.
#[derive(Debug)]
pub(crate) struct Ran {
    pub status: u8,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Returns the output as JSON, after a run with this exit status.
    pub(crate) fn json(&self, status: u8) -> Value {
        assert_eq!((self.status, self.err.as_str()), (status, ""), "{self:?}");
        serde_json::from_str(&self.out).expect("the output is JSON")
    }
}

/// Runs the program with these arguments and empty input.
pub(crate) fn svadiff<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Ran {
    svadiff_reading(args, b"")
}

/// Runs the program with some input.
pub(crate) fn svadiff_reading<I: IntoIterator<Item: AsRef<OsStr>>>(
    args: I,
    mut input: &[u8],
) -> Ran {
    let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = svadiff::cli::run(args, &mut input, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    Ran {
        status,
        out: text(out),
        err: text(err),
    }
}
