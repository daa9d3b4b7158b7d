// SPDX-License-Identifier: GPL-2.0-or-later
//! The `svadiff` program, a thin wrapper around the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    svadiff::cli::main()
}
