// SPDX-License-Identifier: GPL-2.0-or-later
//! The fault of the running operation.

use crate::case::{Errno, Fault, Site};

/// The fault of one operation, and how often its site was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Armed {
    /// The fault.
    pub fault: Option<Fault>,
    pub(crate) reached: u32,
}

impl Armed {
    /// Arms a fault whose site has not been reached.
    pub fn new(fault: Option<Fault>) -> Self {
        Armed { fault, reached: 0 }
    }

    /// Counts an arrival at `site`. Returns the error to fail with, or `None` if it succeeds.
    #[inline(always)]
    pub fn strikes(&mut self, site: Site) -> Option<Errno> {
        let fault = self.fault.filter(|fault| fault.site == site)?;
        self.reached += 1;
        (fault.nth == 0 || fault.nth == self.reached).then_some(fault.errno)
    }
}
