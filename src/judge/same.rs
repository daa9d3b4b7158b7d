// SPDX-License-Identifier: GPL-2.0-or-later
//! What is the same, labels aside.

use spec::Ret;
use spec::trace::Call;

/// Whether two return values are equal to a caller: equal up to the number of a domain, which is a
/// label. Numbers of handles agree as long as nothing has differed before.
#[inline]
pub fn same_ret(a: Ret, b: Ret) -> bool {
    match (a, b) {
        (Ret::Domain(_), Ret::Domain(_)) => true,
        _ => a == b,
    }
}

/// Whether the driver was called alike, labels aside.
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
    }
}
