// SPDX-License-Identifier: GPL-2.0-or-later
//! The effect of a difference on users who go from the first model to the second.

use super::{Cause, RetKind, Side};

/// The effect of a difference on users who go from the first model to the second.
///
/// The effect is about what users can observe. Whether an error is correct, or a success is wanted,
/// is for people to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserEffect {
    /// A misbehaviour is gone, or an operation succeeds that failed.
    Fixes,
    /// There is a new misbehaviour, or an operation fails that succeeded.
    Breaks,
    /// The difference neither fixes nor breaks anything.
    Differs,
    /// Both models have the misbehaviour.
    Keeps,
}

impl UserEffect {
    /// All effects, in the order in which they are counted.
    pub const ALL: [UserEffect; 4] = [
        UserEffect::Fixes,
        UserEffect::Breaks,
        UserEffect::Differs,
        UserEffect::Keeps,
    ];

    /// Returns the name in text and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            UserEffect::Fixes => "fixes",
            UserEffect::Breaks => "breaks",
            UserEffect::Differs => "differs",
            UserEffect::Keeps => "keeps",
        }
    }

    /// Returns the effect of going from `from` to `to`.
    fn of(from: Worth, to: Worth) -> Self {
        match (from, to) {
            (Worth::Bad, Worth::Good) => UserEffect::Fixes,
            (Worth::Good, Worth::Bad) => UserEffect::Breaks,
            (Worth::Dead, Worth::Good | Worth::Bad | Worth::Neither) => UserEffect::Fixes,
            (Worth::Good | Worth::Bad | Worth::Neither, Worth::Dead) => UserEffect::Breaks,
            (Worth::Good, Worth::Good)
            | (Worth::Bad, Worth::Bad)
            | (Worth::Dead, Worth::Dead)
            | (Worth::Neither, _)
            | (_, Worth::Neither) => UserEffect::Differs,
        }
    }
}

/// The value of a result to the caller.
enum Worth {
    Good,
    Bad,
    Dead,
    Neither,
}

impl Worth {
    fn of(ret: RetKind) -> Self {
        match ret {
            RetKind::Handle
            | RetKind::NewHandle
            | RetKind::SameHandle
            | RetKind::Ok
            | RetKind::Pasid
            | RetKind::Mm
            | RetKind::Domain => Worth::Good,
            RetKind::Err(_) => Worth::Bad,
            RetKind::Died => Worth::Dead,
            RetKind::Invalid | RetKind::Skipped => Worth::Neither,
        }
    }
}

impl Cause {
    /// Returns the effect of the difference on users who go from the first model to the second.
    pub fn effect(&self) -> UserEffect {
        match self {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => match side {
                Side::From => UserEffect::Fixes,
                Side::To => UserEffect::Breaks,
                Side::Both => UserEffect::Keeps,
            },
            Cause::Dangles { .. } | Cause::Foreign { .. } => UserEffect::Keeps,
            Cause::Returned { from, to, .. } => UserEffect::of(Worth::of(from.0), Worth::of(to.0)),
            Cause::Attached { .. } | Cause::Called { .. } | Cause::Existed { .. } => {
                UserEffect::Differs
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::LeakKind;
    use spec::{Errno, Splat};

    fn returned(from: RetKind, to: RetKind) -> Cause {
        Cause::Returned {
            op: "bind",
            from: (from, None),
            to: (to, None),
        }
    }

    #[test]
    fn an_error_in_place_of_success_breaks_and_the_reverse_fixes() {
        let error = RetKind::Err(Errno::EBUSY);
        for success in [RetKind::NewHandle, RetKind::SameHandle, RetKind::Domain] {
            assert_eq!(returned(success, error).effect(), UserEffect::Breaks);
            assert_eq!(returned(error, success).effect(), UserEffect::Fixes);
        }
        let handles = returned(RetKind::NewHandle, RetKind::SameHandle);
        assert_eq!(handles.effect(), UserEffect::Differs);
        assert_eq!(returned(error, error).effect(), UserEffect::Differs);
        let answered = returned(RetKind::Mm, RetKind::Invalid);
        assert_eq!(answered.effect(), UserEffect::Differs);
    }

    #[test]
    fn a_misbehaviour_that_is_gone_is_fixed_and_a_new_one_breaks() {
        for (side, effect) in [
            (Side::From, UserEffect::Fixes),
            (Side::To, UserEffect::Breaks),
            (Side::Both, UserEffect::Keeps),
        ] {
            let splat = Splat::ALL[0];
            let at = None;
            assert_eq!(Cause::Complained { side, splat, at }.effect(), effect);
            let (kind, decided) = (LeakKind::Handles, None);
            let leaked = Cause::Leaked {
                side,
                kind,
                decided,
            };
            assert_eq!(leaked.effect(), effect);
        }
        assert_eq!(
            returned(RetKind::Died, RetKind::Err(Errno::EBUSY)).effect(),
            UserEffect::Fixes
        );
    }

    #[test]
    fn a_swapped_cause_has_the_opposite_effect() {
        let opposite = |effect| match effect {
            UserEffect::Fixes => UserEffect::Breaks,
            UserEffect::Breaks => UserEffect::Fixes,
            other => other,
        };
        let error = RetKind::Err(Errno::EIO);
        let kinds = [
            error,
            RetKind::Ok,
            RetKind::Died,
            RetKind::Skipped,
            RetKind::Mm,
        ];
        for from in kinds {
            for to in kinds {
                let cause = returned(from, to);
                assert_eq!(cause.swapped().effect(), opposite(cause.effect()));
                assert_eq!(cause.swapped().swapped(), cause);
            }
        }
    }
}
