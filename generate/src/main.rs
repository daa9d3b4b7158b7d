// SPDX-License-Identifier: GPL-2.0-or-later
//! Writes `schemas/`, `man/` and `completions/` again.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    match generate::write(root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("svadiff-generate: {error}");
            ExitCode::FAILURE
        }
    }
}
