// SPDX-License-Identifier: GPL-2.0-or-later
//! Enumerates the operations over some devices, mms, PASIDs and earlier operations.

use super::{MAX_ARGS, OpCode, OpKind, Over, Resource};

/// The objects that operations can name.
#[derive(Clone, Copy, Debug)]
pub struct Things<'a> {
    /// Number of devices.
    pub devices: u32,
    /// Number of mms.
    pub mms: u32,
    /// Number of earlier operations.
    pub ops: u32,
    /// PASIDs that operations can name.
    pub pasids: &'a [u32],
}

impl Things<'_> {
    /// Calls `each` with every operation over these objects whose kind is in `only`, in the order
    /// in which searches try them, see [`Over`].
    ///
    /// `held` returns the resource that an earlier operation holds. Only operations that name this
    /// resource are tried on it.
    #[inline]
    pub fn operations(
        &self,
        only: impl Fn(OpCode) -> bool,
        held: impl Fn(u32) -> Option<Resource>,
        mut each: impl FnMut(OpKind),
    ) {
        const BOTH: &[OpCode] = OpCode::tried_over(Over::DevicesAndMms);
        const HELD: &[OpCode] = OpCode::tried_over(Over::Held);
        const MMS: &[OpCode] = OpCode::tried_over(Over::Mms);
        const DEVICES: &[OpCode] = OpCode::tried_over(Over::Devices);
        const PASIDS: &[OpCode] = OpCode::tried_over(Over::Pasids);
        let mut all = |codes: &[OpCode], args: [u32; 2]| {
            let mut padded = [0; MAX_ARGS];
            padded[..2].copy_from_slice(&args);
            for &code in codes {
                if only(code) {
                    each(code.with_args(padded));
                }
            }
        };
        for dev in 0..self.devices {
            for mm in 0..self.mms {
                all(BOTH, [dev, mm]);
            }
        }
        for of in 0..self.ops {
            let Some(resource) = held(of) else { continue };
            for code in HELD {
                if code.info().names() == Some(resource) {
                    all(std::slice::from_ref(code), [of, 0]);
                }
            }
        }
        for mm in 0..self.mms {
            all(MMS, [mm, 0]);
        }
        for dev in 0..self.devices {
            all(DEVICES, [dev, 0]);
            for &pasid in self.pasids {
                all(PASIDS, [dev, pasid]);
            }
        }
    }

    /// Returns the maximum number of operations over these objects.
    pub fn most(&self) -> usize {
        let [devices, mms, ops] = [self.devices, self.mms, self.ops].map(|n| n as usize);
        let of_one = |resource: Resource| {
            let names = |code: &&OpCode| code.info().names() == Some(resource);
            OpCode::tried_over(Over::Held).iter().filter(names).count()
        };
        let times = |over, n: usize| OpCode::tried_over(over).len() * n;
        times(Over::DevicesAndMms, devices * mms)
            + ops * Resource::ALL.map(of_one).into_iter().max().unwrap_or(0)
            + times(Over::Mms, mms)
            + times(Over::Devices, devices)
            + times(Over::Pasids, devices * self.pasids.len())
    }
}
