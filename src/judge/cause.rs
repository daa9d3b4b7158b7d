// SPDX-License-Identifier: GPL-2.0-or-later
//! The cause of a difference: when two counterexamples are one finding.
//!
//! A cause names the decisions of the kernels, not the operations around them, so that a hundred
//! cases that reach the same line for the same reason are one finding.

use super::{LeakKind, RetKind, Side};
use spec::{At, Decision, Splat};

/// Why two kernels differ, or what one of them does that no kernel may do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// An operation returned something else.
    Returned {
        /// The operation's name.
        op: &'static str,
        /// What the first model returned, and what decided.
        from: (RetKind, Option<Decision>),
        /// The same of the second model.
        to: (RetKind, Option<Decision>),
    },
    /// A device is attached in one kernel and not in the other, and an operation shows it: a page
    /// request, or a driver that attaches a domain of its own to the PASID.
    Attached {
        /// Where it is attached.
        side: Side,
        /// The name of the operation in which the difference arose.
        op: &'static str,
        /// What decided in that operation.
        decided: [Option<Decision>; 2],
    },
    /// One kernel complained, or died.
    Complained {
        /// Which one.
        side: Side,
        /// The complaint.
        splat: Splat,
        /// The statement that complained; `None` where it is not the cause.
        at: Option<At>,
    },
    /// One kernel leaked something.
    Leaked {
        /// Which one.
        side: Side,
        /// What kind of thing.
        kind: LeakKind,
        /// What it decided where it was lost, or where the other kernel released it.
        decided: Option<Decision>,
    },
    /// An entry of a group's array points at freed memory.
    Dangles {
        /// What decided when the memory was freed.
        decided: Option<Decision>,
    },
    /// The driver was called differently.
    Called {
        /// The operation's name.
        op: &'static str,
        /// What decided.
        decided: [Option<Decision>; 2],
    },
    /// Something else existed afterwards.
    Existed {
        /// The operation's name.
        op: &'static str,
        /// What decided.
        decided: [Option<Decision>; 2],
    },
}

impl Cause {
    /// Whether both of two models do it.
    pub(crate) fn is_of_both(&self) -> bool {
        match self {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => *side == Side::Both,
            Cause::Dangles { .. } => true,
            _ => false,
        }
    }

    /// Attributes what one side does to both.
    pub(crate) fn attribute_to_both(&mut self) {
        if let Cause::Complained { side, .. } | Cause::Leaked { side, .. } = self {
            *side = Side::Both;
        }
    }
}
