// SPDX-License-Identifier: GPL-2.0-or-later
//! One difference of a case, as JSON.

use super::place::place;
use super::signature::{decided_by, signature_json};
use crate::judge::Difference;
use crate::models::AnyModel;
use crate::report::headline;
use serde_json::{Value, json};
use spec::{Case, Model};

/// Returns a difference: its place, its cause, and the decision on each side.
pub(super) fn difference(models: [AnyModel; 2], case: &Case, difference: &Difference) -> Value {
    let infos = models.map(|model| model.tree());
    let [from, to] = [0, 1].map(|side| decided_by(difference.decided[side], infos[side]));
    json!({
        "op": place(difference.place),
        "view": difference.view.name(),
        "follows": difference.follows,
        "what": headline(models, case, difference),
        "signature": signature_json(&difference.cause, infos),
        "from": {"decided_by": from},
        "to": {"decided_by": to},
    })
}
