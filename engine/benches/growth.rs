// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures how the time and the memory of a search grow with its universe: the table of
//! `docs/search.md`. Of `cargo bench -p svadiff-engine --profile release --bench growth -- 6` it is
//! the first six rows.
//!
//! Times are multiples of one of them, because seconds depend on the machine. Each search is a
//! process of its own, so that its peak memory is that of one search.

use engine::explore::compare;
use engine::judge::View;
use engine::limits::{Limits, peak_of_process};
use engine::models::by_name;
use engine::universe::Universe;
use std::process::Command;
use std::time::Instant;

/// Numbers of devices, mms and outstanding binds.
type Size = [usize; 3];

const UNIVERSES: [Size; 11] = [
    [2, 2, 4],
    [3, 2, 5],
    [3, 3, 4],
    [3, 3, 5],
    [3, 3, 6],
    [3, 3, 7],
    [4, 3, 5],
    [4, 3, 6],
    [4, 3, 7],
    [4, 3, 8],
    [4, 4, 6],
];

/// The universe whose time is 1.
const UNIT: Size = [3, 3, 5];

/// What the program is called with in order to search once.
const ONCE: &str = "--once";

/// Searches, and prints what was found: states, those of the largest topology, transitions, depth,
/// seconds and the peak memory of this process.
fn once([devices, mms, binds]: Size) {
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
    let limits = Limits {
        bytes: usize::MAX,
        ..Limits::default()
    };
    let outcome = compare(models, &universe, &View::DEFAULT, limits);
    assert!(outcome.complete());
    println!(
        "{} {} {} {} {} {}",
        outcome.states,
        outcome.largest,
        outcome.transitions,
        outcome.depth,
        begun.elapsed().as_secs_f64(),
        peak_of_process().expect("the system reports it"),
    );
}

/// Searches in another process.
fn search(size: Size) -> [f64; 6] {
    let program = std::env::current_exe().expect("the path of this program");
    let size = size.map(|number| number.to_string());
    let output = Command::new(program).arg(ONCE).args(size).output();
    let output = output.expect("this program runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let numbers = text.split_whitespace().map(|number| number.parse());
    let numbers: Result<Vec<f64>, _> = numbers.collect();
    numbers.expect("numbers").try_into().expect("six of them")
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    if std::env::args().any(|arg| arg == ONCE) {
        return once(numbers.try_into().expect("three numbers"));
    }
    let rows = numbers.first().copied().unwrap_or(UNIVERSES.len());
    // One search to warm up, and then one between the others, because the speed of a machine
    // varies.
    search(UNIT);
    println!(
        "| devices | mms | binds | states | transitions | depth | time | of a transition \
         | MiB | bytes per state |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for size in UNIVERSES.into_iter().take(rows) {
        let [_, _, steps, _, unit, _] = search(UNIT);
        let [states, largest, transitions, depth, seconds, bytes] = search(size);
        let time = if size == UNIT { 1.0 } else { seconds / unit };
        let of_one = time / transitions * steps;
        let (mib, each) = (bytes / f64::from(1 << 20), bytes / largest);
        let [devices, mms, binds] = size;
        println!(
            "| {devices} | {mms} | {binds} | {states} | {transitions} | {depth} | {time:.3} \
             | {of_one:.2} | {mib:.0} | {each:.1} |"
        );
    }
}
