// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `minimize`: the first difference of a case, made as small as it gets. The bytes are those
//! of target [`diff`](super::diff).
//!
//! The minimizer has to come to an end; the result shows the same cause with the same models, is
//! not larger, and minimized again it is what it was.

use super::diff::case_of;
use super::{Screen, What};
use crate::finding::size;
use crate::interleaving::find;
use crate::judge::{View, judge};
use crate::minimize::minimize;

/// Returns what goes wrong.
pub fn run(_: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    let (models, case) = case_of(bytes);
    let broken = |what: &str| Some(What::broken(&case, format!("{} {what}", names(models))));
    let all = judge(&models, &View::DEFAULT, &case);
    let first = all.into_iter().find(|difference| !difference.follows)?;
    let smaller = |case| minimize(&models, &View::DEFAULT, case, &first.cause);
    let Some(small) = smaller(&case) else {
        return broken("differ, and the minimizer says that they do not");
    };
    if find(&models, &View::DEFAULT, &small.case, &first.cause).is_none() {
        return broken("do not differ in the same way on what was minimized");
    }
    if size(&small.case) > size(&case) {
        return broken("differ on a case that got larger when it was minimized");
    }
    let again = smaller(&small.case);
    if again.is_none_or(|again| again.case != small.case) {
        return broken("differ on a case that is minimized twice to get smaller");
    }
    None
}

fn names(models: [crate::models::AnyModel; 2]) -> String {
    models.map(crate::models::AnyModel::name).join(" and ")
}
