// SPDX-License-Identifier: GPL-2.0-or-later
//! One program on several CPUs, under every interleaving: the outcomes that a model allows.

mod both;
mod explorer;
mod outcome;

pub(crate) use both::of_both;
pub use both::{find, misbehaviours_of_both};
pub use explorer::{Bounds, Explored, Explorer, Witness};
pub(crate) use explorer::{Splats, best, identify, switches};
pub use outcome::{Leaked, Outcome};

use crate::judge::{Cause, Difference, RetKind, Side, View};
use crate::record::record;
use spec::concurrent::Program;
use spec::{Case, Model};

/// Everything that the operations of a case can come to on a model; its schedule is not looked at.
pub fn outcomes<M: Model>(model: &M, case: &Case, bounds: Bounds) -> Explored {
    let program = Program::new(&case.ops);
    Explorer::default().explore(model, &case.topology, &program, true, bounds)
}

/// Of a concurrent case: what its schedule shows on one of two models and no schedule on the other,
/// and on which. Where one side does what the difference is about, or fails where the other does not,
/// that side is asked first.
pub fn allowed_in_one<M: Model>(
    models: [M; 2],
    case: &Case,
    difference: &Difference,
) -> Option<(Side, Outcome)> {
    let shown = models
        .each_ref()
        .map(|model| Outcome::of(&record(model, case)));
    let sides = match difference.cause {
        Cause::Complained { side: Side::To, .. }
        | Cause::Leaked { side: Side::To, .. }
        | Cause::Returned {
            to: (RetKind::Err(_), _),
            ..
        } => [Side::To, Side::From],
        _ => [Side::From, Side::To],
    };
    sides.into_iter().find_map(|side| {
        let outcome = shown[side.index()].seen(&View::DEFAULT);
        let other = &models[1 - side.index()];
        (allows(other, case, &outcome) == Some(false)).then_some((side, outcome))
    })
}

/// Whether some schedule of a case comes to this on a model, as far as callers and dmesg see it;
/// `None` where the case is too large to say.
pub fn allows<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<bool> {
    showing(model, case, outcome).map(|(shown, _)| shown > 0)
}

/// How many schedules of a case come to this on a model, and how many there are; `None` where the
/// case is too large to say.
pub fn showing<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<(u128, u128)> {
    let wanted = outcome.seen(&View::DEFAULT);
    let explored = outcomes(model, case, Bounds::WAITING);
    if explored.cut {
        return None;
    }
    let all = explored.outcomes.iter();
    let like = all.filter(|(this, _)| this.seen(&View::DEFAULT) == wanted);
    let schedules = like.map(|(_, shown)| shown.schedules).sum();
    Some((schedules, explored.schedules()))
}
