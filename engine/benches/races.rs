// SPDX-License-Identifier: GPL-2.0-or-later
//! Measures the exploration of every interleaving: `cargo bench -p svadiff-engine --bench races`.
//!
//! The first figure is that of one program on every model. The others are those of every program of
//! a universe on two models, beside a plain exploration of the same programs in the same run, which
//! copies the machine for each section, runs the section, and identifies the result. Both count the
//! same states and sections. The search also makes the programs, compares outcomes and examines
//! findings, so its time is more than that of the exploration alone.

use engine::interleaving::{Bounds, outcomes};
use engine::judge::View;
use engine::limits::Limits;
use engine::models::{AnyModel, all, by_name};
use engine::question::Question;
use engine::race::{Programs, RaceSearch};
use engine::universe::{Groups, Universe};
use spec::concurrent::{Cpus, Program};
use spec::{Case, Device, Mm, Op, OpKind, Ret, Topology};
use std::collections::HashSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    one_program();
    every_program();
}

fn one_program() {
    let on = |cpu, kind| Op {
        cpu: Some(cpu),
        ..Op::from(kind)
    };
    let bind = OpKind::Bind { dev: 0, mm: 0 };
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    };
    let ops = vec![
        on(0, bind),
        on(1, bind),
        on(0, OpKind::Unbind { of: 0 }),
        on(1, OpKind::Unbind { of: 1 }),
    ];
    let case = Case::new(topology, ops);
    let models = all();
    let run = || {
        let start = Instant::now();
        let each = models.iter().map(|model| {
            let explored = outcomes(model, black_box(&case), Bounds::NONE);
            (explored.states, explored.schedules())
        });
        let sum = each.fold((0, 0), |(a, b), (states, schedules)| {
            (a + states, b + schedules)
        });
        (start.elapsed(), sum)
    };
    let (mut best, (states, schedules)) = (Duration::MAX, run().1);
    for _ in 0..20 {
        best = best.min(run().0);
    }
    println!(
        "{} models, {schedules} schedules, {states} states: {:.2} ms in all",
        models.len(),
        best.as_secs_f64() * 1e3
    );
}

/// The models and the number of operations of the search that the README shows.
const MODELS: [&str; 2] = ["v6.12", "v6.12.117"];
const OPS: usize = 4;
const ROUNDS: usize = 5;

fn every_program() {
    let models = MODELS.map(|name| by_name(name).expect("a model of this name"));
    let universe = Universe {
        devices: 1,
        mms: 1,
        groups: Groups::One,
        ops: Some(OPS),
        cpus: 2,
        only: Universe::usual(Some(OPS), 2),
        ..Universe::default()
    };
    let question = Question {
        models,
        universe: &universe,
        views: &View::DEFAULT,
    };
    let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
    let mut sections = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut search = RaceSearch::new(question, Limits::default());
        search.threads = 1;
        let summary = search.run();
        ours = ours.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let counted = plain(&models, &universe);
        theirs = theirs.min(start.elapsed().as_secs_f64());
        assert_eq!(counted, (summary.states, summary.transitions));
        sections = summary.transitions;
    }
    let [ours, theirs] = [ours, theirs].map(|time| time / sections as f64 * 1e9);
    println!(
        "a section of {sections}: search {ours:.0} ns, plain exploration {theirs:.0} ns, {:.1} times",
        theirs / ours
    );
}

/// Explores every program on both models. Returns the numbers of states and sections.
fn plain(models: &[AnyModel; 2], universe: &Universe) -> (usize, u64) {
    let mut counted = (0, 0);
    for topology in universe.topologies() {
        let programs = Programs::new(models, universe, &topology);
        let mut level = vec![Vec::new()];
        for _ in 0..OPS {
            let mut next = Vec::new();
            for program in &level {
                programs.extend(program, &mut |longer| next.push(longer.to_vec()));
            }
            level = next;
            for ops in &level {
                for model in models {
                    let (states, sections) = explore(model, &topology, &Program::new(ops));
                    counted.0 += states;
                    counted.1 += sections;
                }
            }
        }
    }
    counted
}

type State = (Cpus, Vec<Ret>, Vec<(u8, u8)>);

/// An observer that keeps splats.
struct Splats(Vec<u8>);

impl spec::Watch for Splats {
    fn splat(&mut self, splat: spec::Splat, _: spec::At) {
        self.0.push(splat as u8);
    }
}

/// Explores a program on one model: copies, runs and identifies for each section.
fn explore(model: &AnyModel, topology: &Topology, program: &Program) -> (usize, u64) {
    let rets = vec![Ret::Unfinished; program.ops().len()];
    let mut level: Vec<State> = vec![(Cpus::boot(topology, program), rets, Vec::new())];
    let (mut states, mut sections) = (1, 0);
    let mut choices = Vec::new();
    while !level.is_empty() {
        let mut next: Vec<State> = Vec::new();
        let mut known = HashSet::new();
        for state in &level {
            state.0.choices(model, program, &mut choices);
            for &cpu in &choices {
                let mut after = state.clone();
                let mut splats = Splats(Vec::new());
                let section = after.0.section(model, program, cpu, &mut splats);
                sections += 1;
                if let Some(ret) = section.ret {
                    after.1[section.op] = ret;
                }
                for splat in splats.0 {
                    after.2.push((section.op as u8, splat));
                }
                after.2.sort_by_key(|&(op, _)| op);
                let mut key = Vec::new();
                after.0.identify(program, &mut key);
                let key = (key, after.1.clone(), after.2.clone());
                if known.insert(key) {
                    next.push(after);
                }
            }
        }
        states += next.len();
        level = next;
    }
    (states, sections)
}
