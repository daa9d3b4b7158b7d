// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures how often the minimizer reaches the same case:
//! `cargo bench -p svadiff-engine --bench minimize`. Arguments are a pair like `v6.7..v6.8`, to see which other cases it reaches, and a number of
//! starts.
//!
//! For every pair of models, everything that random cases of 64 operations show is minimized. Of
//! all starts with one cause, with faults or all without, most should end at the same case. The first number of each line is
//! the share of starts that do.

use engine::finding::id;
use engine::judge::{View, judge};
use engine::minimize::minimize;
use engine::models::{AnyModel, all};
use spec::Case;
use spec::case::MAX_OPS;
use spec::generate::{Generator, PROFILES, Sizes};
use std::collections::HashMap;
use std::time::Instant;

/// The cases that the starts with one cause reached, and how many starts reached each.
type Ends = HashMap<String, (usize, Case)>;

/// The number of starts of one pair, and of those that reached the most frequent case for their
/// cause.
#[derive(Clone, Copy, Default)]
struct Counted {
    starts: usize,
    together: usize,
}

fn main() {
    // Cargo passes `--bench` when it benchmarks; in a test, it is enough that this runs at all.
    let args: Vec<String> = std::env::args().collect();
    let benchmarking = args.iter().any(|arg| arg == "--bench");
    let given = |arg: &&String| arg.parse().ok();
    let cases: u64 = args
        .iter()
        .skip(1)
        .find_map(|arg| given(&arg))
        .unwrap_or(200);
    let cases = if benchmarking { cases } else { 1 };
    let pair = args.iter().find(|arg| arg.contains(".."));
    let models = all();
    let mut times = Vec::new();
    let mut sum = Counted::default();
    let mut least: Option<(f64, String)> = None;
    for (at, from) in models.iter().enumerate() {
        for to in &models[at + 1..] {
            let name = format!("{}..{}", from.name(), to.name());
            if pair.is_some_and(|pair| *pair != name) {
                continue;
            }
            let ends = ends([*from, *to], cases, &mut times);
            let mut here = Counted::default();
            for (cause, ends) in &ends {
                let of_cause: usize = ends.values().map(|(count, _)| count).sum();
                here.starts += of_cause;
                here.together += ends.values().map(|(count, _)| *count).max().unwrap_or(0);
                if pair.is_some() && ends.len() > 1 {
                    println!("{cause}: {of_cause} starts");
                    let mut ends: Vec<_> = ends.values().collect();
                    ends.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
                    for (count, case) in ends {
                        println!("{count:6}  {}", serde_json::to_string(case).expect("JSON"));
                    }
                }
            }
            sum.starts += here.starts;
            sum.together += here.together;
            if here.starts > 0 {
                let share = 100.0 * here.together as f64 / here.starts as f64;
                let causes = ends.len();
                println!(
                    "{share:6.2} % of {:5} starts, {causes:3} causes: {name}",
                    here.starts
                );
                if least.as_ref().is_none_or(|(least, _)| share < *least) {
                    least = Some((share, name));
                }
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let quantile = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let share = 100.0 * sum.together as f64 / sum.starts as f64;
    println!(
        "all: {share:.2} % of {} starts end at the same case",
        sum.starts
    );
    if let Some((share, name)) = least {
        println!("least: {share:.2} % of {name}");
    }
    println!(
        "median: {:.2} ms, 90 % {:.2} ms, 99 % {:.2} ms, longest {:.2} ms",
        quantile(0.5),
        quantile(0.9),
        quantile(0.99),
        quantile(1.0)
    );
}

/// Returns where the starts of a pair end, by cause.
fn ends(models: [AnyModel; 2], cases: u64, times: &mut Vec<f64>) -> HashMap<String, Ends> {
    let sizes = Sizes {
        ops: MAX_OPS as u8..=MAX_OPS as u8,
        cpus: 0..=0,
        ..Sizes::LIMITS
    };
    let mut ends: HashMap<String, Ends> = HashMap::new();
    // Of callers that are wrong no universe has all cases, so there is no search to end at one.
    let left_out = ["races", "wrong-callers"];
    for profile in { PROFILES.iter() }.filter(|profile| !left_out.contains(&profile.name)) {
        let mut generator = Generator::within(profile, sizes.clone());
        for seed in 0..cases {
            let case = generator.case(seed);
            for difference in judge(&models, &View::DEFAULT, case) {
                if difference.follows {
                    continue;
                }
                let cause = &difference.cause;
                let start = Instant::now();
                let minimized = minimize(&models, &View::DEFAULT, case, cause);
                times.push(start.elapsed().as_secs_f64() * 1e3);
                let minimized = minimized.expect("the case shows it");
                assert_eq!(minimized.difference.cause, *cause);
                // No fault is added to a case without one.
                let fails = case.ops.iter().any(|op| op.fault.is_some());
                let start = format!("{cause:?}, {}", if fails { "faults" } else { "no faults" });
                let ends = ends.entry(start).or_default();
                let end = ends.entry(id(&minimized.case));
                end.or_insert((0, minimized.case)).0 += 1;
            }
        }
    }
    ends
}
