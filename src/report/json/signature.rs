// SPDX-License-Identifier: GPL-2.0-or-later
//! Signatures, as JSON.

use crate::judge::{Cause, LeakKind, RetKind, Side};
use serde_json::{Map, Value, json};
use spec::{At, Decision, Tree};

/// Returns the signature of a cause. The trees are those of the two models.
pub fn signature_json(cause: &Cause, infos: [&Tree; 2]) -> Value {
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
        Cause::Foreign { decided } => json!({
            "view": "state",
            "domain_of": "another mm",
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

/// Returns the signature of a misbehaviour of one model, with the side `from`.
pub(crate) fn signature_alone(cause: &Cause, info: &Tree) -> Value {
    let signature = signature_json(cause, [info; 2]);
    let has_side = signature.get("side").is_some();
    let mut all = Map::new();
    for (key, part) in signature.as_object().into_iter().flatten() {
        all.insert(key.clone(), part.clone());
        if key == "view" && !has_side {
            all.insert("side".to_owned(), Side::From.name().into());
        }
    }
    all.into()
}

/// Returns a signature as version 0.1.0 wrote it, without the names of anchors.
pub(crate) fn without_anchors(mut signature: Value) -> Value {
    match &mut signature {
        Value::Object(parts) => {
            parts.shift_remove("anchor");
            parts
                .values_mut()
                .for_each(|part| *part = without_anchors(part.take()));
        }
        Value::Array(parts) => {
            parts
                .iter_mut()
                .for_each(|part| *part = without_anchors(part.take()));
        }
        _ => {}
    }
    signature
}

/// Returns whether a signature is the one that a file claims. Files of version 0.1.0 do not name
/// anchors; a citation without an anchor matches any anchor.
pub(crate) fn is_claimed(claimed: &Value, signature: &Value) -> bool {
    match (claimed, signature) {
        (Value::Object(claimed), Value::Object(signature)) => {
            let differs = |(key, part): (&String, &Value)| match claimed.get(key) {
                Some(claimed) => !is_claimed(claimed, part),
                None => key != "anchor",
            };
            claimed.keys().all(|key| signature.contains_key(key)) && !signature.iter().any(differs)
        }
        (Value::Array(claimed), Value::Array(signature)) => {
            claimed.len() == signature.len() && { claimed.iter().zip(signature) }
                .all(|(a, b)| is_claimed(a, b))
        }
        (claimed, signature) => claimed == signature,
    }
}

/// Returns a citation: the anchor, and its position in a revision.
pub fn cite(at: At, tree: &Tree) -> Value {
    let cited = tree.cite(at);
    json!({
        "file": cited.file().path(),
        "line": cited.line,
        "revision": cited.revision,
        "anchor": at.name(),
    })
}

/// Returns the citations of a decision: the line that decided, then the line whose result it
/// propagated.
pub fn decided_by(decision: Option<Decision>, info: &Tree) -> Value {
    let cites = decision
        .into_iter()
        .flat_map(|decision| [Some(decision.at), decision.because])
        .flatten();
    cites.map(|at| cite(at, info)).collect()
}
