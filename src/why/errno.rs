// SPDX-License-Identifier: GPL-2.0-or-later
//! The names and numbers of errnos on Linux, those that no model returns included.

/// Each errno that a system call can have, in the order of the numbers.
const NAMES: &[(u16, &str)] = &[
    (1, "EPERM"),
    (2, "ENOENT"),
    (3, "ESRCH"),
    (4, "EINTR"),
    (5, "EIO"),
    (6, "ENXIO"),
    (7, "E2BIG"),
    (8, "ENOEXEC"),
    (9, "EBADF"),
    (10, "ECHILD"),
    (11, "EAGAIN"),
    (12, "ENOMEM"),
    (13, "EACCES"),
    (14, "EFAULT"),
    (16, "EBUSY"),
    (17, "EEXIST"),
    (19, "ENODEV"),
    (22, "EINVAL"),
    (24, "EMFILE"),
    (25, "ENOTTY"),
    (28, "ENOSPC"),
    (34, "ERANGE"),
    (38, "ENOSYS"),
    (61, "ENODATA"),
    (62, "ETIME"),
    (71, "EPROTO"),
    (75, "EOVERFLOW"),
    (95, "EOPNOTSUPP"),
    (110, "ETIMEDOUT"),
    (125, "ECANCELED"),
    (524, "ENOTSUPP"),
];

/// Returns the names of all errnos.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(_, name)| *name)
}

/// Returns the errno with this name or number, with or without a minus.
pub(super) fn of(word: &str) -> Option<&'static str> {
    let word = word.strip_prefix(['-', '\u{2212}']).unwrap_or(word);
    let number = word.parse::<u16>().ok();
    let found = { NAMES.iter() }.find(|(this, name)| {
        number == Some(*this) || number.is_none() && name.eq_ignore_ascii_case(word)
    });
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::{NAMES, of};
    use spec::Errno;

    #[test]
    fn every_errno_of_the_models_has_its_number() {
        for errno in Errno::ALL {
            let row = NAMES.iter().find(|(_, name)| *name == errno.name());
            assert_eq!(row.map(|(number, _)| *number), Some(errno.number()));
        }
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn an_errno_is_found_by_name_and_number_with_and_without_a_minus() {
        for word in ["EBUSY", "-EBUSY", "ebusy", "16", "-16"] {
            assert_eq!(of(word), Some("EBUSY"), "{word}");
        }
        for word in ["", "-", "EBUS", "0", "--16", "70000", "-1e1"] {
            assert_eq!(of(word), None, "{word}");
        }
    }
}
