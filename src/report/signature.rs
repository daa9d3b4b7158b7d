// SPDX-License-Identifier: GPL-2.0-or-later
//! Signatures in JSON.

use crate::judge::{Cause, LeakKind, RetKind};
use serde_json::{Value, json};
use spec::{Cite, Decision, Info};

/// The signature of a cause, for models with this information.
pub fn signature_json(cause: &Cause, infos: [&Info; 2]) -> Value {
    let returned = |(outcome, decided): &(RetKind, Option<Decision>), info| {
        let returned = match outcome {
            RetKind::Err(_) => "an error".to_owned(),
            other => other.to_string(),
        };
        json!({"returned": returned, "decided_by": decided_by(*decided, info)})
    };
    match cause {
        Cause::Returned { op, from, to } => json!({
            "view": "api",
            "op": op,
            "from": returned(from, infos[0]),
            "to": returned(to, infos[1]),
        }),
        Cause::Attached { side, op, decided } => json!({
            "view": "api",
            "op": op,
            "attached": side.name(),
            "from": decided_by(decided[0], infos[0]),
            "to": decided_by(decided[1], infos[1]),
        }),
        Cause::Complained { side, splat, at } => json!({
            "view": "splat",
            "side": side.name(),
            "splat": splat.text(),
            "at": at.map(|at| cite(at, infos[side.index()])),
        }),
        Cause::Leaked {
            side,
            kind,
            decided,
        } => json!({
            "view": "leak",
            "side": side.name(),
            "left": kind.name(),
            "decided_by": decided_by(*decided, infos[side.index()]),
        }),
        Cause::Dangles { decided } => json!({
            "view": "state",
            "left": LeakKind::Dangling.name(),
            "decided_by": decided_by(*decided, infos[0]),
        }),
        Cause::Called { op, decided } | Cause::Existed { op, decided } => json!({
            "view": if matches!(cause, Cause::Called { .. }) { "driver" } else { "state" },
            "op": op,
            "from": decided_by(decided[0], infos[0]),
            "to": decided_by(decided[1], infos[1]),
        }),
    }
}

/// A citation in JSON.
pub fn cite(cite: Cite, info: &Info) -> Value {
    json!({
        "file": cite.file.path(),
        "line": cite.line,
        "revision": cite.revision(info),
    })
}

/// The citations of a decision in JSON: the line that decided, then the line whose result it
/// propagated.
pub fn decided_by(decision: Option<Decision>, info: &Info) -> Value {
    let cites = decision
        .into_iter()
        .flat_map(|decision| [Some(decision.at), decision.because])
        .flatten();
    cites.map(|at| cite(at, info)).collect()
}
