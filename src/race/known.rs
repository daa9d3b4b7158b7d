// SPDX-License-Identifier: GPL-2.0-or-later
//! What is known already, where a difference is found on several CPUs.

use crate::judge::{Cause, RetKind};
use std::collections::HashSet;

/// Returns whether this is known, as far as several CPUs let that be decided: the same operation
/// with the same kind of difference, decided at the same line on one side. On the other side it can
/// be another line, since under one schedule kernels with other sections do other things meanwhile;
/// or nothing was done, since an exit on another CPU came before.
pub(super) fn is_known_difference(cause: &Cause, known: &HashSet<Cause>) -> bool {
    let Cause::Returned { op, from, to } = cause else {
        return false;
    };
    let is_handle = |ended: RetKind| {
        matches!(
            ended,
            RetKind::Handle | RetKind::NewHandle | RetKind::SameHandle
        )
    };
    let alike = |a: RetKind, b: RetKind| a == b || is_handle(a) && is_handle(b);
    let like = |known: &Cause| {
        let Cause::Returned {
            op: this,
            from: a,
            to: b,
        } = known
        else {
            return false;
        };
        let skips = |ended: RetKind| ended == RetKind::Skipped;
        let same_from = alike(from.0, a.0) && from.1 == a.1;
        let same_to = alike(to.0, b.0) && to.1 == b.1;
        this == op
            && (same_from && (alike(to.0, b.0) || skips(to.0))
                || same_to && (alike(from.0, a.0) || skips(from.0)))
    };
    known.iter().any(like)
}

/// Returns whether more is known of a leak than this says: which call lost it, and not only that
/// one did.
pub(super) fn is_known_leak(cause: &Cause, known: &HashSet<Cause>) -> bool {
    let Cause::Leaked {
        side,
        kind,
        decided: None,
    } = cause
    else {
        return false;
    };
    let like = |known: &Cause| match known {
        Cause::Leaked {
            side: this,
            kind: what,
            ..
        } => (this, what) == (side, kind),
        _ => false,
    };
    known.iter().any(like)
}
