// SPDX-License-Identifier: GPL-2.0-or-later
//! A command that is run inside this process prints what the program prints.

use super::run::{svadiff, svadiff_reading};
use super::samples::two_binds;

fn inside(args: &[&str], input: &[u8]) -> (i32, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = svadiff::cli::run(args, &mut { input }, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    (status.into(), text(out), text(err))
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
        let ran = svadiff_reading(args, case.as_bytes());
        let expected = (ran.status, ran.out, ran.err);
        assert_eq!(inside(args, case.as_bytes()), expected, "{args:?}");
    }
    let ran = svadiff([""; 0]);
    assert_eq!(inside(&[], b"").0, ran.status);
}
