// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs a case on several CPUs of one machine, section by section.
//!
//! Each CPU runs its operations in order. A schedule, or an exploration of all schedules, chooses
//! the CPU that runs its next section. A sequential run executes the same sections one after the
//! other; there is no second implementation.

use crate::case::{Case, Op, Topology};
use crate::model::Model;
use crate::op::Resource;
use crate::record::Watch;
use crate::run::{Call, Ret, Run};

/// The operations of a case, grouped by CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    ops: Vec<Op>,
    /// The numbers of the CPUs that have an operation, ascending, each with the indexes of its
    /// operations.
    cpus: Vec<(u8, Vec<u8>)>,
    /// Whether a driver attaches a domain that is not an SVA domain.
    attaches: bool,
}

impl Program {
    /// Groups the operations of a case. Operations without a CPU run on CPU 0.
    pub fn new(ops: &[Op]) -> Self {
        let mut cpus: Vec<(u8, Vec<u8>)> = Vec::new();
        for (index, op) in (0..).zip(ops) {
            let number = op.cpu.unwrap_or(0);
            let at = cpus.binary_search_by_key(&number, |&(number, _)| number);
            match at {
                Ok(at) => cpus[at].1.push(index),
                Err(at) => cpus.insert(at, (number, vec![index])),
            }
        }
        Program {
            ops: ops.to_vec(),
            cpus,
            attaches: { ops.iter() }.any(|op| op.kind.info().holds == Some(Resource::Domain)),
        }
    }

    /// Returns the operations, in the order of the case.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// Returns the number of CPUs that have an operation.
    pub fn nr_cpus(&self) -> usize {
        self.cpus.len()
    }

    /// Returns the number of a CPU in the case. `cpu` is its position among the ascending numbers.
    pub fn number(&self, cpu: usize) -> u8 {
        self.cpus[cpu].0
    }

    /// Returns the indexes of the operations of a CPU. `cpu` is its position among the ascending
    /// numbers.
    pub fn ops_of(&self, cpu: usize) -> &[u8] {
        &self.cpus[cpu].1
    }

    /// Returns whether a driver attaches a domain that is not an SVA domain, so that an operation
    /// can return the number of a domain.
    pub fn attaches(&self) -> bool {
        self.attaches
    }

    /// Returns the position of the CPU with this number in the case, or `None` if it has no
    /// operation.
    pub fn cpu(&self, number: u8) -> Option<usize> {
        self.cpus
            .binary_search_by_key(&number, |&(number, _)| number)
            .ok()
    }
}

/// Progress of one CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cpu {
    /// Number of finished operations.
    finished: u8,
    /// The call in progress.
    call: Option<Call>,
}

/// A machine with several CPUs, between two sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpus {
    /// The machine, and the resources that callers hold.
    pub run: Run,
    cpus: Vec<Cpu>,
    died: bool,
}

/// The result of running one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Index of the operation that the section belongs to.
    pub op: usize,
    /// The return value of the operation, if this was its last section.
    pub ret: Option<Ret>,
}

impl Cpus {
    /// Returns the state at boot.
    pub fn boot(topology: &Topology, program: &Program) -> Self {
        let idle = Cpu {
            finished: 0,
            call: None,
        };
        Cpus {
            run: Run::new(topology),
            cpus: vec![idle; program.nr_cpus()],
            died: false,
        }
    }

    /// Overwrites `self` with `from`.
    pub fn copy_from(&mut self, from: &Self) {
        self.run.copy_from(&from.run);
        self.cpus.clone_from(&from.cpus);
        self.died = from.died;
    }

    /// Returns whether the run is over: all operations are finished, or the machine is dead.
    pub fn is_over(&self, program: &Program) -> bool {
        self.died || (0..self.cpus.len()).all(|cpu| self.is_done(program, cpu))
    }

    fn is_done(&self, program: &Program, cpu: usize) -> bool {
        self.cpus[cpu].finished as usize == program.cpus[cpu].1.len()
    }

    /// Returns whether a CPU can run: the machine is alive, the CPU has an unfinished operation,
    /// and it does not wait for a lock that is held.
    pub fn can_run<M: Model>(&self, model: &M, program: &Program, cpu: usize) -> bool {
        if self.died || self.is_done(program, cpu) {
            return false;
        }
        if !self.run.machine.iommu_sva_lock_is_held() {
            return true;
        }
        // Only the call itself knows whether it would take the lock.
        let mut probe = self.clone();
        let section = probe.section(model, program, cpu, &mut ());
        section.ret != Some(Ret::Hang)
    }

    /// Writes the CPUs that can run to `out`, ascending. If every CPU with an unfinished operation
    /// waits, the lock is never released: the lowest of them is chosen, and its operation hangs.
    pub fn choices<M: Model>(&self, model: &M, program: &Program, out: &mut Vec<usize>) {
        let cpus = 0..self.cpus.len();
        out.clear();
        out.extend(
            cpus.clone()
                .filter(|&cpu| self.can_run(model, program, cpu)),
        );
        if out.is_empty() && !self.died {
            out.extend(cpus.clone().find(|&cpu| !self.is_done(program, cpu)));
        }
    }

    /// Runs one section of a CPU.
    ///
    /// # Panics
    ///
    /// If the CPU has no unfinished operation.
    pub fn section<M: Model, W: Watch>(
        &mut self,
        model: &M,
        program: &Program,
        cpu: usize,
        watch: &mut W,
    ) -> Section {
        let this = &mut self.cpus[cpu];
        let op = program.cpus[cpu].1[this.finished as usize] as usize;
        let asked = &program.ops[op];
        let call = this.call.get_or_insert_with(|| Call::new(op, asked));
        let ret = self.run.section(model, call, asked.kind, watch);
        if let Some(ret) = ret {
            this.call = None;
            this.finished += 1;
            self.died = ret.ends_the_run();
        }
        Section { op, ret }
    }

    /// Appends bytes that are equal for two states of a program only if the states have the same
    /// future.
    pub fn identify(&self, program: &Program, out: &mut Vec<u8>) {
        let calls = self.cpus.iter().map(|cpu| cpu.call.as_ref());
        self.run.identify(calls, program.attaches, out);
        out.extend(self.cpus.iter().map(|cpu| cpu.finished));
        out.push(self.died.into());
    }
}

/// The choices of a schedule, one after the other.
#[derive(Clone, Debug)]
pub struct Schedule<'a> {
    entries: std::slice::Iter<'a, u8>,
}

impl<'a> Schedule<'a> {
    /// Returns the schedule of a case.
    pub fn of(case: &'a Case) -> Self {
        Schedule {
            entries: case.schedule.as_deref().unwrap_or_default().iter(),
        }
    }

    /// Returns the CPU that runs next: the next entry that can run, skipping those that cannot;
    /// after the last entry, the lowest CPU that can run. Returns `None` if the run is over.
    pub fn next<M: Model>(
        &mut self,
        model: &M,
        program: &Program,
        cpus: &Cpus,
        choices: &mut Vec<usize>,
    ) -> Option<usize> {
        cpus.choices(model, program, choices);
        let lowest = choices.first().copied()?;
        let chosen = self.entries.find_map(|&number| {
            let cpu = program.cpu(number)?;
            (choices.contains(&cpu) && cpus.can_run(model, program, cpu)).then_some(cpu)
        });
        Some(chosen.unwrap_or(lowest))
    }
}
