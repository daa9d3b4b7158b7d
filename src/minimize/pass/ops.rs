// SPDX-License-Identifier: GPL-2.0-or-later
//! Fewer operations, fewer and simpler faults, fewer CPUs.

use super::super::edit::{forked, without, without_fork, without_one};
use super::super::rank::faults_of;
use super::Descent;

impl Descent<'_> {
    pub(super) fn truncate(&mut self, ops: usize) {
        let drop: Vec<bool> = (0..self.best.ops.len()).map(|op| op >= ops).collect();
        self.take(without(&self.best, &drop));
    }

    /// Halves, quarters, and so on, from the end.
    pub(super) fn chunks(&mut self) {
        let mut size = self.best.ops.len() / 2;
        while size > 1 {
            let mut end = self.best.ops.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let drop: Vec<bool> = (0..self.best.ops.len())
                    .map(|op| (begin..end).contains(&op))
                    .collect();
                self.take(without(&self.best, &drop));
                end = begin.min(self.best.ops.len());
            }
            size /= 2;
        }
    }

    pub(super) fn single_ops(&mut self) {
        let mut index = self.best.ops.len();
        while index > 0 {
            index -= 1;
            let case = without_one(&self.best, index);
            self.take_with_pasids(case);
            index = index.min(self.best.ops.len());
        }
    }

    /// Two operations at once: often neither can go alone.
    pub(super) fn pairs(&mut self) -> bool {
        let len = self.best.ops.len();
        if len > 16 {
            return false;
        }
        for second in (1..len).rev() {
            for first in (0..second).rev() {
                let drop: Vec<bool> = (0..len).map(|op| op == first || op == second).collect();
                let case = without(&self.best, &drop);
                if self.take_with_pasids(case) {
                    return true;
                }
            }
        }
        false
    }

    pub(super) fn forks(&mut self) {
        let mut index = self.best.ops.len();
        while index > 0 {
            index -= 1;
            if forked(&self.best)[index].is_some()
                && let Some(case) = without_fork(&self.best, index)
            {
                self.take_with_pasids(case);
            }
        }
    }

    /// Fewer CPUs: one does what another did, or an operation of it.
    pub(super) fn cpus(&mut self) {
        let cpus = self.best.cpus();
        for &cpu in cpus.iter().rev() {
            for &other in cpus.iter().filter(|&&other| other < cpu) {
                let mut case = self.best.clone();
                case.ops
                    .iter_mut()
                    .filter(|op| op.cpu == Some(cpu))
                    .for_each(|op| op.cpu = Some(other));
                self.take_simpler(case);
            }
        }
        for index in 0..self.best.ops.len() {
            for &other in &cpus {
                let mut case = self.best.clone();
                if self.best.ops[index].cpu > Some(other) {
                    case.ops[index].cpu = Some(other);
                    self.take_simpler(case);
                }
            }
        }
    }

    pub(super) fn faults(&mut self) {
        for index in 0..self.best.ops.len() {
            let Some(fault) = self.best.ops[index].fault else {
                continue;
            };
            let simpler = faults_of(fault.site).into_iter().map(Some);
            for simpler in std::iter::once(None).chain(simpler) {
                if simpler == Some(fault) {
                    break;
                }
                let mut case = self.best.clone();
                case.ops[index].fault = simpler;
                if self.take(case) {
                    break;
                }
            }
        }
    }
}
