// SPDX-License-Identifier: GPL-2.0-or-later
//! Where kernels differ.

use super::Column;
use crate::judge::{Difference, Place, View, differences, incomparable, misbehaviours};
use spec::Case;

/// How a moment relates to that of the other kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It is the same.
    #[default]
    None,
    /// It differs as a consequence of an earlier difference.
    Consequence,
    /// It differs, and no earlier difference explains it.
    Differs,
    /// It is the difference that the timeline is about, and others come before it.
    Found,
    /// It is the first difference.
    First,
}

impl Mark {
    /// Returns what is written next to it.
    pub fn label(self, is_alone: bool) -> Option<&'static str> {
        match self {
            Mark::None => None,
            Mark::Consequence => Some("consequence"),
            Mark::Differs if is_alone => Some("no kernel may do this either"),
            Mark::Differs => Some("differs besides"),
            Mark::Found => Some("this finding"),
            Mark::First if is_alone => Some("no kernel may do this"),
            Mark::First => Some("first difference"),
        }
    }

    /// Returns its class in a style sheet.
    pub fn class(self) -> Option<&'static str> {
        match self {
            Mark::None => None,
            Mark::Consequence => Some("consequence"),
            Mark::Differs => Some("differs"),
            Mark::Found => Some("found"),
            Mark::First => Some("first"),
        }
    }

    fn of(difference: &Difference) -> Mark {
        match difference.follows {
            true => Mark::Consequence,
            false => Mark::Differs,
        }
    }
}

/// Compares each column with the first one, and marks the rows. Returns why columns cannot be
/// compared, if they cannot.
pub(super) fn compare(
    case: &Case,
    columns: &mut [Column],
    found: Option<&Difference>,
) -> Option<String> {
    let (first, others) = columns.split_first_mut()?;
    if others.is_empty() {
        // Of several kernels that do the same, what one does wrong they all do wrong.
        first.differences = misbehaviours(case, &first.recording);
        mark(first, None, found);
        return None;
    }
    let mut why = None;
    for column in others {
        let pair = [first.models[0], column.models[0]];
        if let Some(reason) = incomparable(&pair, case) {
            why.get_or_insert(reason);
            continue;
        }
        let views = match found {
            // Each difference of the pair shows, in whichever view it was found.
            Some(found) if !View::DEFAULT.contains(&found.view) => {
                let mut views = View::DEFAULT.to_vec();
                views.push(found.view);
                views
            }
            _ => View::DEFAULT.to_vec(),
        };
        column.differences = differences(case, &first.recording, &column.recording, &views);
        mark(column, Some(first), found);
    }
    // Each of the others differs first somewhere else; on this one, one place is the first.
    let firsts = first.rows.iter_mut().filter(|row| row.mark == Mark::First);
    firsts.skip(1).for_each(|row| row.mark = Mark::Differs);
    why
}

/// Marks the rows of a column, and those of the column that it is compared with.
fn mark(column: &mut Column, mut other: Option<&mut Column>, found: Option<&Difference>) {
    let all = { column.differences.iter() }.filter(|this| !this.follows);
    let first = all
        .map(|this| this.place)
        .chain(found.map(|found| found.place));
    let first = first.min();
    let mut marks: Vec<(Place, Mark)> = Vec::new();
    for difference in &column.differences {
        marks.push((difference.place, Mark::of(difference)));
    }
    marks.extend(found.map(|found| (found.place, Mark::Found)));
    marks.extend(first.map(|place| (place, Mark::First)));
    for (place, mark) in marks {
        for column in std::iter::once(&mut *column).chain(other.as_deref_mut()) {
            // An operation on several CPUs returns in its last section.
            let row = column.rows.iter().rposition(|row| row.place == place);
            if let Some(row) = row {
                let row = &mut column.rows[row];
                row.mark = row.mark.max(mark);
            }
        }
    }
}
