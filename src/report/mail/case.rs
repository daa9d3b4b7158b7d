// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases in reports.

use spec::Case;

/// Returns a case in lines, without what people have written about it.
pub(super) fn lines(case: &Case) -> String {
    spec::text::of(&case.bare())
}

/// Returns a case on one line, without what people have written about it.
pub(in crate::report) fn one_line(case: &Case) -> String {
    spec::text::one_line(&case.bare())
}
