// SPDX-License-Identifier: GPL-2.0-or-later
//! Decides whether a difference on several CPUs is already known.

use crate::judge::{Cause, RetKind};
use std::collections::HashSet;

/// Returns whether a difference is known, as far as that can be decided on several CPUs: a known
/// one is the same operation with the same kind of difference, decided at the same line on one
/// side. On the other side the line may differ, because the same schedule interleaves kernels with
/// different sections differently; or the operation may have been skipped, because an exit on
/// another CPU came first.
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

/// Returns whether a leak of the same kind is known. On several CPUs the call that lost it is not
/// known, so this leak adds nothing.
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
