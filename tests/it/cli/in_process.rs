// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that a command prints the same inside this process as in its own.

use super::run::{Ran, command, feed, svadiff_reading};
use super::samples::two_binds;

fn parts(ran: Ran) -> (i32, String, String) {
    (ran.status, ran.out, ran.err)
}

#[test]
fn a_command_prints_and_exits_alike_inside_and_as_a_program() {
    let case = two_binds().to_string();
    for args in [
        &["models"][..],
        &["diff", "-", "--from", "v6.7", "--to", "v6.8-rc1"],
        &["trace", "--json", "-"],
        &["compare", "v6.7", "v6.8-rc1", "--ops", "2", "--json"],
        &["matrix", "--ops", "0", "--max-seconds", "nan"],
        &["--version"],
        &["no-such-command"],
        &["replay", "/no/such/file"],
    ] {
        let process = feed(command(args), |stdin| stdin.write_all(case.as_bytes()));
        let inside = svadiff_reading(args, case.as_bytes());
        assert_eq!(parts(inside), parts(process), "{args:?}");
    }
    let process = feed(command([""; 0]), |_| Ok(()));
    assert_eq!(svadiff_reading([""; 0], b"").status, process.status);
}
