// SPDX-License-Identifier: GPL-2.0-or-later
//! The fault that is armed for an operation.

use crate::case::{Errno, Fault, Site};

/// The fault of one operation, and how often its site was reached so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Armed {
    /// The fault.
    pub fault: Option<Fault>,
    pub(crate) reached: u32,
}

impl Armed {
    /// A fault that has not been reached yet.
    pub fn new(fault: Option<Fault>) -> Self {
        Armed { fault, reached: 0 }
    }

    /// The site is reached: whether it fails, and with what.
    #[inline(always)]
    pub fn strikes(&mut self, site: Site) -> Option<Errno> {
        let fault = self.fault.filter(|fault| fault.site == site)?;
        self.reached += 1;
        (fault.nth == 0 || fault.nth == self.reached).then_some(fault.errno)
    }
}
