// SPDX-License-Identifier: GPL-2.0-or-later
//! What the operations of a program have returned so far, and what the kernel complained about.

use super::graph::{Graph, NOTHING};
use super::state::complain;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use indexmap::IndexSet;
use smallvec::SmallVec;
use spec::concurrent::Program;
use spec::{Ret, Splat};

/// What can be seen of a run so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Past {
    /// What each operation returned; [`Ret::Unfinished`] if it is not over.
    pub(super) rets: SmallVec<[Ret; 8]>,
    /// The splats with their operations, in the order of the operations.
    pub(super) splats: Vec<(u8, Splat)>,
}

/// The pasts of a program on one model, each with a number.
#[derive(Debug, Default)]
pub(super) struct Pasts {
    all: IndexSet<Past, FixedState>,
    /// For each past, whether the kernel is dead.
    died: Vec<bool>,
    /// For each past, the number of finished operations of each CPU.
    finished: Vec<u8>,
    nr_cpus: usize,
    /// By past, operation, and what was seen of its section.
    next: HashMap<(u32, u8, u32), u32, FixedState>,
}

impl Pasts {
    /// Prepares for a program. Past 0 is the one in which nothing has run.
    pub(super) fn begin(&mut self, program: &Program) {
        self.all.clear();
        self.died.clear();
        self.finished.clear();
        self.next.clear();
        self.nr_cpus = program.nr_cpus();
        let boot = Past {
            rets: SmallVec::from_elem(Ret::Unfinished, program.ops().len()),
            splats: Vec::new(),
        };
        self.number(boot, program);
    }

    fn number(&mut self, past: Past, program: &Program) -> u32 {
        let (at, is_new) = self.all.insert_full(past);
        if is_new {
            let past = &self.all[at];
            self.died
                .push(past.rets.iter().any(|ret| ret.ends_the_run()));
            for cpu in 0..self.nr_cpus {
                let is_over = |&&op: &&u8| past.rets[op as usize] != Ret::Unfinished;
                let finished = program.ops_of(cpu).iter().take_while(is_over).count();
                self.finished.push(finished as u8);
            }
        }
        at as u32
    }

    /// Returns the past after a section of an operation, of which this was seen.
    #[inline]
    pub(super) fn after(
        &mut self,
        past: u32,
        op: u8,
        seen: u32,
        graph: &Graph,
        program: &Program,
    ) -> u32 {
        if seen == NOTHING {
            return past;
        }
        if let Some(&known) = self.next.get(&(past, op, seen)) {
            return known;
        }
        let mut after = self.all[past as usize].clone();
        let (ret, splats) = graph.seen(seen);
        if let Some(ret) = *ret {
            after.rets[op as usize] = ret;
        }
        splats
            .iter()
            .for_each(|&splat| complain(&mut after.splats, op, splat));
        let after = self.number(after, program);
        self.next.insert((past, op, seen), after);
        after
    }

    /// Returns the memory that the pasts take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        const NEXT: usize = 2 * size_of::<((u32, u8, u32), u32)>();
        let nr_ops = self.all.first().map_or(0, |past| past.rets.len());
        let each = size_of::<Past>() + nr_ops * size_of::<Ret>() + self.nr_cpus;
        self.all.len() * each + self.next.len() * NEXT
    }

    /// Returns the past with this number.
    pub(super) fn get(&self, past: u32) -> &Past {
        &self.all[past as usize]
    }

    /// Returns whether the kernel is dead.
    #[inline]
    pub(super) fn is_dead(&self, past: u32) -> bool {
        self.died[past as usize]
    }

    /// Returns the number of finished operations of each CPU.
    #[inline]
    pub(super) fn finished(&self, past: u32) -> &[u8] {
        let first = past as usize * self.nr_cpus;
        &self.finished[first..first + self.nr_cpus]
    }
}
