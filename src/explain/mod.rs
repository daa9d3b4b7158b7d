// SPDX-License-Identifier: GPL-2.0-or-later
//! What a model does in a case, told step by step: through which functions each call goes, what it
//! does there, and at which lines.
//!
//! The steps come from the [trail](spec::trail) of a run. A step has a line where the trail shows
//! that the line has run: tests hold these lines against the recorded runs of the kernel's code.

mod steps;
mod words;

pub use steps::steps;

use crate::counterexample::About;
use crate::judge::{Difference, Place};
use crate::models::AnyModel;
use crate::runs::Runs;
use spec::At;
use spec::trail::{Stretch, What, walk};

/// A step of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The function that it is in.
    pub function: &'static str,
    /// The anchor whose line it stands at, or near, if that is known.
    pub at: Option<At>,
    /// Whether it stands at that line.
    pub place: LineOf,
    /// What happens, as a clause without a full stop.
    pub what: String,
    /// What kind of step it is.
    pub kind: Kind,
}

/// Where a step stands, seen from the line of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineOf {
    /// At the line, which has run.
    At,
    /// Before the line. A check that is passed stands before the line that it would have led to.
    Before,
    /// After the line.
    After,
}

impl LineOf {
    /// Returns the name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            LineOf::At => "at",
            LineOf::Before => "before",
            LineOf::After => "after",
        }
    }
}

/// A kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The code does something, or passes a check.
    Does,
    /// A branch decides what the call returns or leaks.
    Decides,
    /// The driver is called.
    Driver,
    /// The kernel complains, or dies.
    Complains,
}

impl Kind {
    /// Returns the name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Does => "does",
            Kind::Decides => "decides",
            Kind::Driver => "driver",
            Kind::Complains => "complains",
        }
    }
}

/// A case on one model or several, as a story.
#[derive(Debug)]
pub struct Explanation<'a> {
    /// The models, in the order in which they are told.
    pub models: &'a [AnyModel],
    /// The runs of the case.
    pub runs: &'a Runs,
    /// What the models do, in the order in which it ran.
    pub trails: Vec<Vec<Stretch>>,
    /// The differences between the models that follow each other in the list, or the misbehaviour
    /// of the only one: at most one for each pair, the first.
    pub shown: Vec<(About, Difference)>,
}

impl<'a> Explanation<'a> {
    /// Runs the case on each model.
    pub fn new(
        models: &'a [AnyModel],
        runs: &'a Runs,
        shown: Vec<(About, Difference)>,
    ) -> Explanation<'a> {
        let trails = models.iter().map(|model| walk(model, runs.case()));
        Explanation {
            models,
            runs,
            trails: trails.collect(),
            shown,
        }
    }

    /// Returns the place at which the story ends: the first one where models differ; `None` if it
    /// is told to the end.
    pub fn until(&self) -> Option<Place> {
        let places = self.shown.iter().map(|(_, difference)| difference.place);
        places.min()
    }
}

/// Returns whether a stretch belongs to the story that ends at this place.
pub fn is_told(stretch: &Stretch, until: Option<Place>) -> bool {
    match (stretch.what, until) {
        (_, None | Some(Place::End)) => true,
        (What::Op(op), Some(Place::Op(last))) => op <= last,
        (What::End(_), Some(Place::Op(_))) => false,
    }
}
