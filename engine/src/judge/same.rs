// SPDX-License-Identifier: GPL-2.0-or-later
//! Equality except for labels.

use spec::Ret;
use spec::trace::Call;

/// Returns whether two return values are equal to a caller. The number of a domain is a label and
/// is not compared. Numbers of handles are: they agree as long as nothing has differed before. That
/// a kernel does not have an operation is no difference.
#[inline]
pub fn same_ret(a: Ret, b: Ret) -> bool {
    match (a, b) {
        (Ret::Domain(_), Ret::Domain(_)) | (Ret::Lacking, _) | (_, Ret::Lacking) => true,
        _ => a == b,
    }
}

/// Returns whether the driver was called alike, except for labels.
#[inline]
pub fn same_calls(a: &[Call], b: &[Call]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_like(b))
}

#[cfg(test)]
mod tests {
    use super::same_ret;
    use spec::Ret;

    #[test]
    fn the_number_of_a_domain_is_a_label_and_that_of_a_handle_is_not() {
        let handle = |handle| Ret::Handle {
            handle,
            pasid: Some(1),
        };
        assert!(same_ret(Ret::Domain(0), Ret::Domain(1)));
        assert!(!same_ret(Ret::Domain(0), Ret::Ok));
        assert!(same_ret(handle(0), handle(0)));
        assert!(!same_ret(handle(0), handle(1)));
        assert!(same_ret(Ret::Lacking, Ret::Ok) && same_ret(Ret::Ok, Ret::Lacking));
        assert!(!same_ret(Ret::Skipped, Ret::Ok));
    }
}
