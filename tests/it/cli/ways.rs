// SPDX-License-Identifier: GPL-2.0-or-later
//! Command lines with `--json`, of every command. The tests of the schemas read this file too.

use super::samples::{COUNTEREXAMPLE, binds_at_once, two_binds};
use serde_json::{Value, json};

/// Returns the subcommands without subcommands of their own, each with the words that call it.
pub(crate) fn leaves(command: &clap::Command, words: &[&str]) -> Vec<(String, clap::Command)> {
    let mut below = command.get_subcommands().peekable();
    if below.peek().is_none() {
        return vec![(words.join(" "), command.clone())];
    }
    below
        .flat_map(|this| leaves(this, &[words, &[this.get_name()]].concat()))
        .collect()
}

/// Returns command lines for each exit status of each command: something found, nothing found,
/// stopped. Each comes with its exit status and its input; `-` stands for the input.
pub(crate) fn ways() -> Vec<(&'static str, i32, Value)> {
    let none = Value::Null;
    let (case, file) = (two_binds(), COUNTEREXAMPLE.clone());
    let mut wrong = file.clone();
    wrong["signature"] = json!({"view": "api"});
    let mut unchecked = file.clone();
    unchecked["minimal"]["shortest_in"] = json!("somewhere");
    let nothing = json!({"topology": {"devices": [], "mms": []}, "ops": []});
    let row = json!({"id": 1, "case": case, "traces": {"v6.7": {}}});
    // A kernel without the operation leaves the PASID to the bind.
    let mut incomparable = case.clone();
    incomparable["ops"] =
        json!([{"op": "alloc_pasid", "dev": 0}, {"op": "bind", "dev": 0, "mm": 0}]);
    let mut neither = incomparable.clone();
    neither["ops"] = json!([{"op": "alloc_pasid", "dev": 0}]);
    let mut claims = file.clone();
    (claims["from"], claims["to"]) = (json!("v6.2"), json!("v6.4"));
    claims["case"]["ops"] = incomparable["ops"].clone();
    let same = "minimize - --from v6.8 --to v6.8";
    vec![
        ("models", 0, none.clone()),
        ("trace -", 0, case.clone()),
        ("diff - --from v6.7 --to v6.8-rc1", 1, case.clone()),
        ("diff - --from v6.8 --to v6.8", 0, case.clone()),
        ("diff - --from v6.2 --to v6.4", 3, incomparable.clone()),
        ("bisect -", 1, case.clone()),
        ("bisect -", 0, nothing.clone()),
        ("bisect -", 1, incomparable.clone()),
        ("bisect -", 3, neither),
        ("conform -", 1, row),
        ("conform EXHAUSTIVE", 0, none.clone()),
        ("compare v6.7 v6.8-rc1 --ops 2", 1, none.clone()),
        ("compare v6.7 v6.8-rc1 --ops 1", 0, none.clone()),
        ("compare v6.7 v6.8-rc1 --max-states 1", 3, none.clone()),
        ("check v6.8-rc6 --ops 2", 1, none.clone()),
        ("check v6.8 --ops 1", 0, none.clone()),
        ("check v6.8 --max-states 1", 3, none.clone()),
        ("matrix --ops 0", 0, none.clone()),
        ("matrix --ops 1", 1, none.clone()),
        ("matrix --max-states 1", 3, none.clone()),
        ("hunt v6.7 v6.8-rc1 --cases 200", 1, none.clone()),
        ("hunt v6.8 v6.8 --cases 20", 0, none.clone()),
        ("race - --max-seconds 0", 3, binds_at_once()),
        ("race -", 0, binds_at_once()),
        ("race - --max-states 1", 3, binds_at_once()),
        ("minimize -", 0, file.clone()),
        ("minimize -", 1, wrong.clone()),
        (same, 0, case.clone()),
        ("minimize - --from v6.2 --to v6.4", 3, incomparable.clone()),
        ("minimize -", 3, claims.clone()),
        ("ledger list", 0, none.clone()),
        (
            "ledger check --model v6.8-rc1 --max-states 1",
            3,
            none.clone(),
        ),
        ("ledger entry - --what x --kind intended", 1, wrong.clone()),
        (
            "ledger entry - --what x --kind intended --from v6.2 --to v6.4",
            3,
            incomparable.clone(),
        ),
        ("ledger entry - --what x --kind intended", 3, claims.clone()),
        ("ledger entry - --what x --kind intended", 0, entry()),
        ("report -", 0, file.clone()),
        ("report - --from v6.8 --to v6.8", 0, case.clone()),
        ("report - --from v6.2 --to v6.4", 3, incomparable.clone()),
        ("report -", 3, claims.clone()),
        ("replay -", 0, file.clone()),
        ("replay -", 1, wrong.clone()),
        ("replay -", 3, unchecked),
        ("replay -", 0, case.clone()),
        ("replay -", 0, incomparable.clone()),
        ("explain -", 1, file.clone()),
        ("explain -", 1, wrong),
        ("explain - v6.8", 0, case.clone()),
        ("explain - v6.2 v6.4", 3, incomparable),
        ("explain -", 3, claims),
        ("explain - v6.7 v6.8-rc1 --model v6.12", 1, case.clone()),
        ("why v6.8 bind EBUSY", 0, none.clone()),
        ("why thread-a iommu.c:3578", 0, none.clone()),
        ("why v7.3 bind hang", 1, none.clone()),
        ("schema", 0, none.clone()),
        ("schema case", 0, none.clone()),
        ("from-artifact parse -", 1, case),
        ("from-artifact parse -", 0, nothing),
    ]
}

/// Returns a counterexample of two neighbours.
fn entry() -> Value {
    let args = ["compare", "v6.7", "v6.8-merge", "--ops", "2", "--json"];
    super::run::svadiff(args).json(1)["findings"][0].clone()
}
