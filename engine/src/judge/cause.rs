// SPDX-License-Identifier: GPL-2.0-or-later
//! The cause of a difference. Two counterexamples with the same cause are one finding.
//!
//! A cause names the decisions of the kernels, not the operations around them, so a hundred cases
//! that reach the same line for the same reason are one finding.

use super::{LeakKind, RetKind, Side};
use spec::{At, Decision, Splat};

/// The reason why two kernels differ, or the misbehaviour of one kernel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// An operation returned different values.
    Returned {
        /// The operation's name.
        op: &'static str,
        /// The return value of the first model, and the decision behind it.
        from: (RetKind, Option<Decision>),
        /// The return value of the second model, and the decision behind it.
        to: (RetKind, Option<Decision>),
    },
    /// A device is attached in one kernel but not in the other. A page request to the PASID shows
    /// it, or a driver that attaches a domain of its own there.
    Attached {
        /// The side where it is attached.
        side: Side,
        /// The name of the operation that caused the difference.
        op: &'static str,
        /// The decision on each side in that operation.
        decided: [Option<Decision>; 2],
    },
    /// One kernel complained, or died.
    Complained {
        /// The side that complained.
        side: Side,
        /// The complaint.
        splat: Splat,
        /// The statement that complained; `None` if it did not cause the complaint.
        at: Option<At>,
    },
    /// One kernel leaked something.
    Leaked {
        /// The side that leaked.
        side: Side,
        /// The kind of object.
        kind: LeakKind,
        /// The decision of the side when the object was lost, or when the other kernel released it.
        decided: Option<Decision>,
    },
    /// An entry of a group's array points at freed memory.
    Dangles {
        /// The decision that led to the memory being freed.
        decided: Option<Decision>,
    },
    /// A bind returned a handle whose domain belongs to another mm: the device uses the address
    /// space of another process.
    Foreign {
        /// The decision in the bind.
        decided: Option<Decision>,
    },
    /// The driver was called differently.
    Called {
        /// The operation's name.
        op: &'static str,
        /// The decision on each side.
        decided: [Option<Decision>; 2],
    },
    /// Different objects existed after an operation.
    Existed {
        /// The operation's name.
        op: &'static str,
        /// The decision on each side.
        decided: [Option<Decision>; 2],
    },
}

impl Cause {
    /// Returns whether the cause is something that both of two models do.
    pub fn is_of_both(&self) -> bool {
        match self {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => *side == Side::Both,
            Cause::Dangles { .. } | Cause::Foreign { .. } => true,
            _ => false,
        }
    }

    /// Returns whether two causes are the same kind of misbehaviour, on the same side or not.
    pub fn is_same_misbehaviour(&self, other: &Cause) -> bool {
        let leaked = |cause: &Cause| match cause {
            Cause::Leaked { kind, .. } => Some(*kind),
            Cause::Dangles { .. } => Some(LeakKind::Dangling),
            _ => None,
        };
        let complained = |cause: &Cause| match cause {
            Cause::Complained { splat, .. } => Some(*splat),
            _ => None,
        };
        let same_leak = leaked(self).is_some() && leaked(self) == leaked(other);
        let foreign = |cause: &Cause| matches!(cause, Cause::Foreign { .. });
        same_leak
            || foreign(self) && foreign(other)
            || complained(self).is_some() && complained(self) == complained(other)
    }

    /// Attributes a misbehaviour of one side to both sides.
    pub fn attribute_to_both(&mut self) {
        if let Cause::Complained { side, .. } | Cause::Leaked { side, .. } = self {
            *side = Side::Both;
        }
    }

    /// Returns the same cause of two models in the other order.
    pub fn swapped(&self) -> Self {
        let mut cause = self.clone();
        match &mut cause {
            Cause::Returned { from, to, .. } => std::mem::swap(from, to),
            Cause::Attached { side, decided, .. } => {
                *side = side.swapped();
                decided.swap(0, 1);
            }
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => *side = side.swapped(),
            Cause::Called { decided, .. } | Cause::Existed { decided, .. } => decided.swap(0, 1),
            Cause::Dangles { .. } | Cause::Foreign { .. } => {}
        }
        cause
    }
}
