// SPDX-License-Identifier: GPL-2.0-or-later
//! Sample files.

use super::run::{ROOT, svadiff};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::sync::LazyLock;

/// The names of all registered models, in the order of history.
pub(crate) static MODELS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let all = svadiff::models::all().into_iter();
    all.map(|model| model.name()).collect()
});

/// Returns a case with one device, one mm, and these operations.
pub(crate) fn case(ops: Value) -> Value {
    json!({
        "format": "svadiff-case/1",
        "topology": {
            "devices": [{"group": 0, "max_pasids": 16, "instance": 0}],
            "mms": [{"dma_compat": true}],
        },
        "ops": ops,
    })
}

/// Returns a case with two binds of one mm to one device.
pub(crate) fn two_binds() -> Value {
    case(json!([{"op": "bind", "dev": 0, "mm": 0}, {"op": "bind", "dev": 0, "mm": 0}]))
}

/// Returns a case with one device, one mm, and operations on CPUs.
pub(crate) fn program(ops: &[(u8, Value)]) -> Value {
    let ops = ops.iter().map(|(cpu, op)| {
        let mut op = op.clone();
        op["cpu"] = json!(cpu);
        op
    });
    case(ops.collect())
}

/// Returns a case in which two CPUs bind one mm to one device at the same time.
pub(crate) fn binds_at_once() -> Value {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    program(&[(0, bind.clone()), (1, bind)])
}

/// Returns a case in which two CPUs bind and unbind, and 6.12 meets a null pointer: a handle is
/// visible before its device is stored, and outlives the bind that was to store it.
pub(crate) fn null_pointer() -> Value {
    let bind = json!({"op": "bind", "dev": 0, "mm": 0});
    let unbind = |of: u8| json!({"op": "unbind", "of": of});
    let mut case = program(&[(0, bind.clone()), (0, unbind(0)), (1, bind), (1, unbind(2))]);
    case["schedule"] = json!([0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
    case
}

/// Returns a case with every possible key and every operation.
pub(crate) fn everything() -> Value {
    let mut case = case(json!([
        {"op": "bind", "dev": 0, "mm": 0,
         "fault": {"site": "set_dev_pasid", "nth": 1, "errno": "EIO"}},
        {"op": "bind", "dev": 1, "mm": 0},
        {"op": "unbind", "of": 1},
        {"op": "get_pasid", "of": 1},
        {"op": "fork", "mm": 0},
        {"op": "exit", "mm": 1},
        {"op": "alloc_pasid", "dev": 1},
        {"op": "free_pasid", "of": 6},
        {"op": "attach", "dev": 0, "pasid": 3},
        {"op": "page_request", "dev": 0, "pasid": 3},
        {"op": "detach", "of": 8},
        {"op": "enqcmd_pasid", "mm": 0},
    ]));
    case["title"] = json!("every operation once");
    case["origin"] = json!("https://example.org/a-mail");
    case["note"] = json!("two devices of two instances in one group");
    case["topology"]["devices"] = json!([
        {"group": 7, "max_pasids": 4096, "instance": 3},
        {"group": 7, "max_pasids": 0, "instance": 0},
    ]);
    case
}

/// The counterexample that `compare` finds between 6.7 and 6.8-rc1.
pub(crate) static COUNTEREXAMPLE: LazyLock<Value> = LazyLock::new(|| {
    let found = svadiff(["compare", "v6.7", "v6.8-rc1", "--json"]).json(1);
    found["findings"][0].clone()
});

/// Returns a file of `corpus/conformance`.
pub(crate) fn recorded(file: &str) -> String {
    format!("{ROOT}/corpus/conformance/{file}")
}

/// Returns the first rows of a file of `corpus/conformance`.
pub(crate) fn rows(file: &str, count: usize) -> Vec<Value> {
    let packed = std::fs::File::open(recorded(file)).expect("a recorded file");
    let unpacked = BufReader::new(flate2::read::MultiGzDecoder::new(packed));
    let lines = unpacked.lines().take(count);
    let parse = |line: String| serde_json::from_str(&line).expect("a row is JSON");
    lines.map(|line| parse(line.expect("a line"))).collect()
}

/// Returns the commands that take a case, or a counterexample, from a file.
pub(crate) fn case_commands(file: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["trace", file],
        vec!["trace", "--json", file],
        vec!["diff", file, "--from", "v6.7", "--to", "v6.8"],
        vec!["diff", file, "--from", "v6.7", "--to", "v6.8", "--json"],
        vec!["bisect", file],
        vec!["bisect", "--json", file],
        vec!["replay", file],
    ]
}
