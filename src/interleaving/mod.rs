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

use spec::concurrent::Program;
use spec::{Case, Model};

/// Everything that the operations of a case can come to on a model; its schedule is not looked at.
pub fn outcomes<M: Model>(model: &M, case: &Case, bounds: Bounds) -> Explored {
    let program = Program::new(&case.ops);
    Explorer::default().explore(model, &case.topology, &program, true, bounds)
}

/// Whether some schedule of a case has this outcome on a model, as far as callers and dmesg see it;
/// `None` where there are too many to explore.
pub fn allows<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<bool> {
    showing(model, case, outcome).map(|(shown, _)| shown > 0)
}

/// How many schedules of a case have this outcome on a model, as far as callers and dmesg see it, and
/// how many there are; `None` where there are too many to explore.
pub fn showing<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<(u128, u128)> {
    outcomes(model, case, Bounds::WAITING).showing(outcome)
}
