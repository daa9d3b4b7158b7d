// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `minimize`: minimizes the first difference of a case. The bytes are those of target
//! [`diff`](super::diff).
//!
//! The minimizer must terminate. The result must show the same cause on the same models, must not
//! be larger, and must not change when it is minimized again.

use super::diff::case_of;
use super::{Screen, What};
use crate::finding::size;
use crate::interleaving::find;
use crate::judge::View;
use crate::models::AnyModel;
use engine::registered::{self, Registered};

/// Runs the target on these bytes. Returns the failure, if any.
pub fn run(_: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    let (models, case) = case_of(bytes);
    let broken = |what: &str| Some(What::broken(&case, format!("{} {what}", names(models))));
    let all = AnyModel::judge(models, &View::DEFAULT, &case);
    let first = all.into_iter().find(|difference| !difference.follows)?;
    let smaller = |case| registered::smallest(models, &View::DEFAULT, case, &first.cause);
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

fn names(models: [AnyModel; 2]) -> String {
    models.map(AnyModel::name).join(" and ")
}
