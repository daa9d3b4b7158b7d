// SPDX-License-Identifier: GPL-2.0-or-later
//! The commits of a difference, as JSON.

use crate::history::{Change, History, Life};
use serde_json::{Value, json};

/// Returns the ids of the commits of a difference between two models.
pub(super) fn history(history: &History) -> Value {
    let mut all = alone(history);
    all["to"] = life(&history.to);
    all
}

/// Returns the ids of the commits of a misbehaviour of one model.
pub(super) fn alone(history: &History) -> Value {
    json!({
        "introduced": id(history.introduced),
        "fixed": id(history.fixed),
        "from": life(&history.from),
    })
}

fn life(life: &Life) -> Value {
    json!({"since": id(life.since), "until": id(life.until)})
}

fn id(change: Option<Change>) -> Option<&'static str> {
    change.map(|change| change.id)
}
