// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures how the time and the memory of a search grow with its universe: the table of
//! `docs/search.md`.
//!
//! Times are multiples of one of them, because seconds depend on the machine.

use std::time::Instant;
use svadiff::explore::compare;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::by_name;
use svadiff::question::SearchSummary;
use svadiff::universe::Universe;

/// The numbers of devices, mms and outstanding binds.
const UNIVERSES: [[usize; 3]; 8] = [
    [2, 2, 4],
    [3, 2, 5],
    [3, 3, 4],
    [3, 3, 5],
    [3, 3, 6],
    [3, 3, 7],
    [4, 3, 5],
    [4, 3, 6],
];

/// The universe whose time is 1.
const UNIT: [usize; 3] = [3, 3, 5];

fn search([devices, mms, binds]: [usize; 3]) -> (SearchSummary, f64) {
    let models = ["v6.7", "v6.8"].map(|name| by_name(name).expect("a model of this name"));
    let universe = Universe {
        devices,
        mms,
        pasids: Some((1..=mms as u32).collect()),
        ops: None,
        binds: Some(binds),
        only: Universe::usual(None, 1),
        ..Universe::default()
    };
    let begun = Instant::now();
    let outcome = compare(models, &universe, &View::DEFAULT, Limits::default());
    (outcome, begun.elapsed().as_secs_f64())
}

fn main() {
    // One search to warm up, and then one between the others, because the speed of a machine
    // varies.
    search(UNIT);
    println!("| devices | mms | binds | states | transitions | depth | time | bytes a state |");
    println!("|---|---|---|---|---|---|---|---|");
    for size in UNIVERSES {
        let (_, unit) = search(UNIT);
        let (outcome, time) = search(size);
        assert!(outcome.complete());
        let [devices, mms, binds] = size;
        println!(
            "| {devices} | {mms} | {binds} | {} | {} | {} | {:.3} | {:.1} |",
            outcome.states,
            outcome.transitions,
            outcome.depth,
            if size == UNIT { 1.0 } else { time / unit },
            outcome.bytes as f64 / outcome.states as f64,
        );
    }
}
