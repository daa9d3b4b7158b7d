// SPDX-License-Identifier: GPL-2.0-or-later
//! Every way in which an operation produces a result on a kernel, each with its first case.

mod explore;
mod races;
mod universe;
mod way;
mod wrong;

pub use races::any_schedule;
pub use universe::{Part, parts};
pub use way::{Doing, Found, Returned, Shown, Way, ways_in, ways_of};

use crate::limits::{Control, Limits, Status, Stopped};
use crate::models::AnyModel;
use crate::workers;
use explore::{Notes, Sequences};
use std::sync::atomic::AtomicBool;

/// Everything that a model can show in a universe.
#[derive(Clone, Debug)]
pub struct Explored {
    /// The ways, each with its first case, the shortest cases first.
    pub found: Vec<Found>,
    /// The number of distinct states.
    pub states: usize,
    /// The number of operations, or of their sections on several CPUs, that ran.
    pub transitions: u64,
    /// The largest number of operations before a state.
    pub depth: usize,
    /// Why the search stopped early; `None` if it covered everything.
    pub stopped: Option<Stopped>,
}

/// Finds every way in these parts of a universe, on this many threads, which the result does not
/// depend on.
pub fn explore(
    model: AnyModel,
    parts: &[Part],
    (limits, threads): (Limits, usize),
    interrupt: Option<&AtomicBool>,
    watch: Option<&(dyn Fn(&Status) + Sync)>,
) -> Explored {
    let control = Control::new(limits, interrupt, watch);
    let mut all = Notes::default();
    let on_one = parts
        .iter()
        .filter(|part| part.universe.cpus <= 1 && !part.again);
    let jobs: Vec<_> = on_one
        .flat_map(|part| {
            let topologies = part.universe.topologies().into_iter();
            topologies.map(move |topology| (&part.universe, topology))
        })
        .collect();
    let done = workers::map(threads, jobs, |(universe, topology)| {
        Sequences::new(model, universe, &topology).run(&control)
    });
    done.into_iter().for_each(|notes| all.merge(notes));
    for part in parts {
        for topology in part.universe.topologies() {
            if part.again {
                wrong::releases_again(model, &part.universe, &topology, &mut all, &control);
            } else if part.universe.cpus > 1 {
                races::interleavings(model, &part.universe, &topology, &mut all, &control);
            }
        }
    }
    let (states, transitions, depth) = (all.states, all.transitions, all.depth);
    Explored {
        found: all.found(),
        states,
        transitions,
        depth,
        stopped: control.take_stopped(),
    }
}
