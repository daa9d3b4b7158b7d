// SPDX-License-Identifier: GPL-2.0-or-later
//! The place of a difference, as JSON.

use crate::judge::{Difference, Place};
use serde_json::{Value, json};

/// Returns the place of a difference: the index of the operation, or `"end"`.
pub(crate) fn place(place: Place) -> Value {
    match place {
        Place::Op(op) => json!(op),
        Place::End => json!("end"),
    }
}

/// Returns the place and the view of a difference.
pub(crate) fn place_and_view(difference: &Difference) -> Value {
    json!({"op": place(difference.place), "view": difference.view.name()})
}
