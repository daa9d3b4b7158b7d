// SPDX-License-Identifier: GPL-2.0-or-later
//! The command line of svadiff: reading, calling the library, printing. Nothing is decided here.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
