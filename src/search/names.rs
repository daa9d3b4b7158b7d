// SPDX-License-Identifier: GPL-2.0-or-later
//! Translates from the numbers in canonical states to the names in a case.

use spec::canonical::Names;
use spec::case::{MAX_DEVICES, MAX_MMS, Op};
use spec::kernel::NONE;
use spec::op::Refers;

/// The indices that a case uses for the things of a state, by their index in the state.
pub(super) struct Real {
    dev: [u8; MAX_DEVICES],
    mm: [u8; MAX_MMS],
    /// The operations that hold something, and the last operation.
    pub held: Vec<u32>,
}

impl Real {
    pub(super) fn at_boot() -> Self {
        Real {
            dev: std::array::from_fn(|dev| dev as u8),
            // A forked mm comes after all others both in a state and in a case.
            mm: std::array::from_fn(|mm| mm as u8),
            held: Vec::new(),
        }
    }

    /// Follows the renaming of a state.
    pub(super) fn rename(&mut self, names: &Names) {
        let (dev, mm) = (self.dev, self.mm);
        for (old, &new) in names
            .dev
            .iter()
            .enumerate()
            .filter(|(_, new)| **new != NONE)
        {
            self.dev[new as usize] = dev[old];
        }
        for (old, &new) in names.mm.iter().enumerate().filter(|(_, new)| **new != NONE) {
            self.mm[new as usize] = mm[old];
        }
        let held = names.held().iter().map(|&op| self.held[op as usize]);
        self.held = held.collect();
    }

    /// Translates an operation on the state into an operation of the case.
    pub(super) fn op(&self, op: &Op) -> Op {
        let mut op = *op;
        op.kind.for_each_arg(|arg, value| match arg.refers {
            Refers::Device => *value = self.dev[*value as usize].into(),
            Refers::Mm(_) => *value = self.mm[*value as usize].into(),
            Refers::Op(_) => *value = self.held[*value as usize],
            Refers::Pasid => {}
        });
        op
    }
}
