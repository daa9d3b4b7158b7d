// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs one program on several CPUs under every interleaving, to find the outcomes that a model
//! allows.

mod both;
mod explored;
mod explorer;
mod graph;
mod level;
mod log;
mod outcome;
mod pasts;
mod sample;
mod state;
mod ways;

pub use both::of_both;
pub use both::{find, misbehaviours_of_both};
pub use explored::{Explored, Witness};
pub(crate) use explored::{best, switches};
pub use explorer::{Bounds, Explorer};
pub use outcome::{Leaked, Outcome};
pub(crate) use state::Splats;

use spec::concurrent::Program;
use spec::{Case, Model};

/// Returns every outcome that the operations of a case can have on a model. The schedule of the
/// case is ignored.
pub fn outcomes<M: Model>(model: &M, case: &Case, bounds: Bounds) -> Explored {
    let program = Program::new(&case.ops);
    Explorer::default().explore(model, &case.topology, &program, true, bounds)
}

/// Returns whether any schedule of a case has this outcome on a model, as far as callers and dmesg
/// can observe it; `None` if there are too many to explore.
pub fn allows<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<bool> {
    showing(model, case, outcome).map(|(shown, _)| shown > 0)
}

/// Returns the number of schedules of a case that have this outcome on a model, as far as callers
/// and dmesg can observe it, and the number of all schedules; `None` if there are too many to
/// explore.
pub fn showing<M: Model>(model: &M, case: &Case, outcome: &Outcome) -> Option<(u128, u128)> {
    outcomes(model, case, Bounds::WAITING).showing(outcome)
}
