// SPDX-License-Identifier: GPL-2.0-or-later
//! Samples the outcomes of programs that have too many schedules to explore.

use super::explored::{Explored, switches};
use super::state::{Splats, State};
use spec::concurrent::Program;
use spec::{Model, Topology};

impl Explored {
    /// Adds the outcomes of random schedules, the same ones in each run. Calls `goes_on` before
    /// each schedule, and stops when it returns false. Tries fewer schedules if they are long, so
    /// that the time is short for any program. A schedule stays on its CPU three times out of four,
    /// since most races need few switches.
    pub fn sample<M: Model>(
        &mut self,
        model: &M,
        topology: &Topology,
        program: &Program,
        goes_on: &dyn Fn() -> bool,
    ) {
        let mut random = fastrand::Rng::with_seed(0);
        let boot = State::boot(topology, program);
        let mut state = boot.clone();
        let mut watch = Splats::default();
        let mut choices = Vec::new();
        let enough = self.sections + SECTIONS;
        for _ in 0..RUNS {
            if self.sections >= enough || !goes_on() {
                return;
            }
            state.copy_from(&boot);
            let mut schedule: Vec<u8> = Vec::new();
            let mut last = None;
            loop {
                let stays = last.filter(|_| random.u8(..4) > 0);
                let first = stays.unwrap_or_else(|| random.usize(..program.nr_cpus().max(1)));
                let cpu =
                    match first < program.nr_cpus() && state.cpus.can_run(model, program, first) {
                        true => first,
                        false => {
                            state.cpus.choices(model, program, &mut choices);
                            match random.choice(choices.iter().copied()) {
                                Some(cpu) => cpu,
                                None => break,
                            }
                        }
                    };
                state.section(model, program, cpu, &mut watch);
                self.sections += 1;
                schedule.push(program.number(cpu));
                last = Some(cpu);
            }
            let path = (switches(&schedule), schedule);
            self.add(state.outcome(model), 0, Some(path));
        }
    }
}

/// Maximum number of schedules.
const RUNS: usize = 2000;

/// Number of sections after which no further schedule starts.
const SECTIONS: u64 = 40_000;
