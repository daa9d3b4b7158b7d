// SPDX-License-Identifier: GPL-2.0-or-later
//! The program svadiff. All of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    svadiff::cli::main()
}
