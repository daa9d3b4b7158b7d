// SPDX-License-Identifier: GPL-2.0-or-later
//! The observers of the differences so far. They decide whether a later difference is a
//! consequence.

use super::View;
use spec::{At, Splat};

/// The observers that have noticed a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Diverged {
    /// Callers, readers of dmesg, and anyone affected by a leak.
    pub callers: bool,
    /// The IOMMU driver.
    pub driver: bool,
    /// A developer who inspects the existing objects.
    pub state: bool,
}

impl Diverged {
    /// Returns whether any observer has noticed a difference.
    pub(crate) fn any(self) -> bool {
        self.callers || self.driver || self.state
    }

    /// Returns the observers of either of two differences.
    pub(crate) fn or(self, other: Diverged) -> Diverged {
        Diverged {
            callers: self.callers || other.callers,
            driver: self.driver || other.driver,
            state: self.state || other.state,
        }
    }

    /// Adds the observers of a difference in this view.
    pub(crate) fn mark(&mut self, view: View) {
        match view {
            View::Api | View::Splat | View::Leak => self.callers = true,
            View::Driver => self.driver = true,
            View::State => self.state = true,
        }
    }

    /// Returns whether a later difference in this view, in a return value, a driver call or the
    /// existing objects, is a consequence. A difference that only drivers or developers observe
    /// does not explain one that callers observe.
    pub(crate) fn explains(self, view: View) -> bool {
        self.callers
            || match view {
                View::Api | View::Splat | View::Leak => false,
                View::Driver => self.driver,
                View::State => self.state,
            }
    }
}

/// Returns whether two sides raise the same complaints, in any order and at any statements.
pub fn same_splats(a: &[(Splat, At)], b: &[(Splat, At)]) -> bool {
    a.len() == b.len() && unmatched(a, b).next().is_none()
}

/// Returns the complaints of one side that the other side does not have, or has less often.
pub(crate) fn unmatched<'a>(
    mine: &'a [(Splat, At)],
    others: &'a [(Splat, At)],
) -> impl Iterator<Item = (Splat, At)> + 'a {
    let times = |all: &[(Splat, At)], splat| all.iter().filter(|this| this.0 == splat).count();
    let is_unmatched =
        move |&(number, &(splat, _)): &_| times(&mine[..number], splat) >= times(others, splat);
    let all = mine.iter().enumerate().filter(is_unmatched);
    all.map(|(_, complaint)| *complaint)
}
