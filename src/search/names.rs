// SPDX-License-Identifier: GPL-2.0-or-later
//! From the numbers of operations in canonical states to a case with names of its own.

use spec::canonical::Names;
use spec::case::{MAX_DEVICES, MAX_MMS, Op};
use spec::kernel::NONE;
use spec::op::Refers;

/// What a case calls the things of a state: by their index there, its own index.
pub(super) struct Real {
    dev: [u8; MAX_DEVICES],
    mm: [u8; MAX_MMS],
    /// The operations that hold something, and the last one.
    pub held: Vec<u32>,
}

impl Real {
    pub(super) fn at_boot() -> Self {
        Real {
            dev: std::array::from_fn(|dev| dev as u8),
            // A forked mm comes after all others in a state as in a case.
            mm: std::array::from_fn(|mm| mm as u8),
            held: Vec::new(),
        }
    }

    /// The state takes these names.
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

    /// Returns an operation on the state, as an operation of the case.
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
