// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes that remove operations, faults and CPUs, and simplify faults.

use super::super::rank::faults_of;
use super::Shrinker;
use spec::edit::{forked, without_again, without_fork, without_op, without_ops_and_their_names};

impl Shrinker<'_> {
    /// Removes runs of operations: halves, quarters, and so on, from the end.
    pub(super) fn chunks(&mut self) {
        let mut size = self.best.ops.len() / 2;
        while size > 1 {
            let mut end = self.best.ops.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let goes = |op| (begin..end).contains(&op);
                self.take(without_ops_and_their_names(&self.best, goes));
                end = begin.min(self.best.ops.len());
            }
            size /= 2;
        }
    }

    /// Removes single operations.
    pub(super) fn single_ops(&mut self) {
        let mut index = self.best.ops.len();
        while index > 0 {
            index -= 1;
            let case = without_ops_and_their_names(&self.best, |op| op == index);
            // If the case needs an operation that names nothing, names may dangle in it, so this
            // operation can perhaps be removed without those that name it.
            if !self.take_with_pasids(case) && self.has_unheld_names() {
                self.take(without_op(&self.best, index));
            }
            index = index.min(self.best.ops.len());
        }
    }

    /// Returns whether an operation names another one that does not come before it.
    fn has_unheld_names(&self) -> bool {
        let mut ops = self.best.ops.iter().enumerate();
        ops.any(|(at, op)| op.kind.of().is_some_and(|of| of as usize >= at))
    }

    /// Removes two operations at once, because often neither can be removed alone.
    pub(super) fn pairs(&mut self) -> bool {
        let len = self.best.ops.len();
        if len > 16 {
            return false;
        }
        for second in (1..len).rev() {
            for first in (0..second).rev() {
                let goes = |op| op == first || op == second;
                let case = without_ops_and_their_names(&self.best, goes);
                if self.take_with_pasids(case) {
                    return true;
                }
            }
        }
        false
    }

    /// Replaces an mm that a fork makes by one that exists from the start.
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

    /// Removes CPUs: moves the operations of one CPU to another, or a single operation.
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

    /// Makes callers correct.
    pub(super) fn mistakes(&mut self) {
        for index in 0..self.best.ops.len() {
            if self.best.ops[index].again {
                self.take(without_again(&self.best, index));
            }
        }
    }

    /// Removes and simplifies faults.
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
