// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures the speed of the search beside stateright: `cargo bench -p svadiff-reference`.
//!
//! Both search the same two models in the same universe, alternately, so that other load on the
//! computer affects both. First, each uses one thread and no symmetry, which stateright is not
//! given; both must then count the same. The search's time includes tearing down each state and
//! comparing, which stateright does not do. Then the gains from symmetry and from a second thread
//! are measured.

use spec::Run;
use std::time::Instant;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, by_name};
use svadiff::question::Question;
use svadiff::search::Search;
use svadiff::universe::{Groups, Universe};
use svadiff_reference::{Counts, Machines, Packed, count};

struct Timed {
    counts: Counts,
    seconds: f64,
    /// Mean number of cores that worked on it, if known.
    cores: Option<f64>,
}

impl Timed {
    fn of(search: impl FnOnce() -> Counts) -> Self {
        let (start, before) = (Instant::now(), processor_seconds());
        let counts = search();
        let seconds = start.elapsed().as_secs_f64();
        let used = processor_seconds().zip(before);
        Timed {
            counts,
            seconds,
            cores: used.map(|(after, before)| (after - before) / seconds),
        }
    }

    fn speed(&self) -> f64 {
        self.counts.transitions as f64 / self.seconds
    }
}

/// Returns the processor time of this process so far, in seconds, with the resolution of 10 ms that
/// Linux provides.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name of the program, which may contain anything: utime and stime.
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ticks: Vec<u64> = fields
        .skip(11)
        .take(2)
        .map_while(|f| f.parse().ok())
        .collect();
    Some(ticks.iter().sum::<u64>() as f64 / 100.0)
}

fn by_search(models: [AnyModel; 2], universe: &Universe, threads: usize) -> Timed {
    let question = Question {
        models,
        universe,
        views: &View::DEFAULT,
    };
    let mut search = Search::new(question, Limits::default());
    search.threads = threads;
    Timed::of(|| {
        let outcome = search.run();
        assert_eq!(outcome.stopped, None);
        Counts {
            states: outcome.states,
            transitions: outcome.transitions,
            depth: outcome.depth,
        }
    })
}

/// Number of repetitions of a task that takes a tenth of a second.
const SHORT: u32 = 10;

/// Runs a task repeatedly, and returns the mean time.
fn again(times: u32, mut once: impl FnMut() -> Timed) -> Timed {
    let mut first = once();
    for _ in 1..times {
        first.seconds += once().seconds;
    }
    first.seconds /= f64::from(times);
    first
}

/// The minimum, the median and the maximum of some ratios.
struct Spread([f64; 3]);

impl Spread {
    fn of(mut ratios: Vec<f64>) -> Self {
        ratios.sort_by(f64::total_cmp);
        Spread([
            ratios[0],
            ratios[ratios.len() / 2],
            ratios[ratios.len() - 1],
        ])
    }

    fn print(&self, what: &str) {
        let Spread([least, middle, greatest]) = self;
        println!("{what}: min {least:.2}, median {middle:.2}, max {greatest:.2}");
    }

    fn middle(&self) -> f64 {
        self.0[1]
    }
}

fn universe(groups: Groups, [devices, mms, binds]: [usize; 3], symmetry: bool) -> Universe {
    Universe {
        devices,
        groups,
        mms,
        ops: None,
        binds: Some(binds),
        only: Universe::usual(None, 1),
        symmetry,
        ..Universe::default()
    }
}

fn say(how: &str, timed: &Timed) {
    let Counts {
        states,
        transitions,
        ..
    } = timed.counts;
    let (seconds, speed) = (timed.seconds, timed.speed() / 1e6);
    println!(
        "  {how:<26} {states:>7} states {transitions:>9} transitions {seconds:6.2} s \
         {speed:6.3} million transitions/s"
    );
}

/// Measures the search and stateright on one thread each, and the gain from symmetry. Returns
/// ratios of transitions per second; the last is a ratio of times.
fn beside_stateright(models: [AnyModel; 2], size: [usize; 3], rounds: usize) -> [Spread; 3] {
    let plain = universe(Groups::Own, size, false);
    let symmetric = universe(Groups::Own, size, true);
    let [devices, mms, binds] = size;
    println!("{devices} devices in groups of their own, {mms} mms, {binds} binds; one thread each");
    let mut ratios = [(); 3].map(|()| Vec::new());
    for _ in 0..rounds {
        let search = by_search(models, &plain, 1);
        say("search", &search);
        let machines = Timed::of(|| count::<Machines>(models, &plain));
        say("stateright", &machines);
        let packed = Timed::of(|| count::<Packed>(models, &plain));
        say("stateright, packed states", &packed);
        assert_eq!(
            search.counts, machines.counts,
            "stateright counts more or less"
        );
        assert_eq!(
            search.counts, packed.counts,
            "stateright counts more or less"
        );
        let spared = again(SHORT, || by_search(models, &symmetric, 1));
        say("search, with symmetry", &spared);
        ratios[0].push(search.speed() / machines.speed());
        ratios[1].push(search.speed() / packed.speed());
        ratios[2].push(search.seconds / spared.seconds);
    }
    ratios.map(Spread::of)
}

/// Measures the speed-up of the search by a second thread, with symmetry. The result is meaningless
/// unless two cores are free.
fn on_two_threads(models: [AnyModel; 2], size: [usize; 3], rounds: usize) -> Spread {
    let universe = universe(Groups::Every, size, true);
    let [devices, mms, binds] = size;
    println!("{devices} devices in every grouping, {mms} mms, {binds} binds; with symmetry");
    let ratios = (0..rounds).map(|_| {
        let [one, two] = [1, 2].map(|threads| by_search(models, &universe, threads));
        say("search, on one thread", &one);
        say("search, on two threads", &two);
        if let Some(cores) = two.cores {
            println!("  the two threads had {cores:.2} cores");
        }
        assert_eq!(
            one.counts, two.counts,
            "a second thread counts more or less"
        );
        one.seconds / two.seconds
    });
    Spread::of(ratios.collect())
}

fn main() {
    // Cargo passes `--bench` when it benchmarks; in a test, it is enough that this runs at all.
    let benchmarking = std::env::args().any(|arg| arg == "--bench");
    let (small, large, rounds) = match benchmarking {
        true => ([3, 3, 5], [3, 3, 6], 3),
        false => ([2, 2, 2], [2, 2, 2], 1),
    };
    // A number is that of the rounds.
    let given = std::env::args().find_map(|arg| arg.parse().ok());
    let rounds = given.unwrap_or(rounds);
    if !benchmarking {
        println!("a small universe, searched once: the figures mean nothing");
    }
    let names = ["v6.7", "v6.8"];
    let models = names.map(|name| by_name(name).expect("a model of this name"));
    let [from, to] = names;
    let bytes = size_of::<Run>();
    println!("{from} and {to}, a run is {bytes} bytes");
    let [machines, packed, symmetry] = beside_stateright(models, small, rounds);
    let threads = on_two_threads(models, large, rounds);
    machines.print("search over stateright, transitions/s");
    packed.print("search over stateright with packed states, transitions/s");
    symmetry.print("search without symmetry over search with it, seconds");
    threads.print("search on one thread over search on two, seconds");
    println!(
        "stateright with packed states: {:.1} times",
        packed.middle()
    );
    println!("stateright: {:.1} times", machines.middle());
    println!("symmetry: {:.1} times more", symmetry.middle());
    println!("two threads: {:.2} times one", threads.middle());
}
