// SPDX-License-Identifier: GPL-2.0-or-later
//! Who has observed a difference so far, which decides what is a consequence.

use super::exists::same_exists;
use super::point::Point;
use super::{View, ViewSet, same_calls, same_ret};
use spec::{At, Splat};

/// Who has observed a difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Diverged {
    /// Callers, readers of dmesg, or those whom a leak affects.
    pub callers: bool,
    /// The IOMMU driver.
    pub driver: bool,
    /// Somebody who examines what exists.
    pub state: bool,
}

impl Diverged {
    /// Whether anybody has.
    pub(crate) fn any(self) -> bool {
        self.callers || self.driver || self.state
    }

    /// Who has observed either of two differences.
    pub(crate) fn or(self, other: Diverged) -> Diverged {
        Diverged {
            callers: self.callers || other.callers,
            driver: self.driver || other.driver,
            state: self.state || other.state,
        }
    }

    /// A difference shows in a view.
    pub(crate) fn mark(&mut self, view: View) {
        match view {
            View::Api | View::Splat | View::Leak => self.callers = true,
            View::Driver => self.driver = true,
            View::State => self.state = true,
        }
    }

    /// Whether a later difference in what is returned, called or exists, in this view, is a
    /// consequence. What only drivers or debuggers observe makes nothing that callers observe a
    /// consequence.
    pub(crate) fn explains(self, view: View) -> bool {
        self.callers
            || match view {
                View::Api | View::Splat | View::Leak => false,
                View::Driver => self.driver,
                View::State => self.state,
            }
    }

    /// Who observes a difference in an operation of two models that have not differed for callers so
    /// far. The driver and what exists are compared only in their views.
    pub(crate) fn at<P: Point>(views: ViewSet, [a, b]: [P; 2]) -> Diverged {
        let exists = |side: P| side.exists().is_some();
        let same_state = || match (a.exists(), b.exists()) {
            (Some(a), Some(b)) => same_exists(a, b),
            _ => exists(a) == exists(b),
        };
        Diverged {
            callers: !same_ret(a.ret(), b.ret()) || !same_splats(a.splats(), b.splats()),
            driver: views.has(View::Driver) && !same_calls(a.calls(), b.calls()),
            state: views.has(View::State) && !same_state(),
        }
    }
}

/// Whether the kernel complains of the same, in whatever order and at whichever statements.
pub(crate) fn same_splats(a: &[(Splat, At)], b: &[(Splat, At)]) -> bool {
    a.len() == b.len() && unmatched(a, b).next().is_none()
}

/// The complaints of one side that the other side does not have, or not as often.
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
