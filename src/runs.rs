// SPDX-License-Identifier: GPL-2.0-or-later
//! What models do with one case: each is recorded, and its schedules are explored, at most once.

use crate::finding::Finding;
use crate::interleaving::{Bounds, Explored, Outcome, outcomes};
use crate::judge::{Cause, Difference, RetKind, Side, View};
use crate::models::AnyModel;
use crate::record::record;
use spec::Case;
use spec::record::Recording;
use std::cell::RefCell;
use std::rc::Rc;

/// What models do with one case. A model runs when it is asked about for the first time.
#[derive(Debug)]
pub struct Runs {
    case: Case,
    recordings: RefCell<Vec<(AnyModel, Rc<Recording>)>>,
    explored: RefCell<Vec<(AnyModel, Rc<Explored>)>>,
}

impl Runs {
    /// No model has run the case yet.
    pub fn new(case: &Case) -> Self {
        Runs {
            case: case.clone(),
            recordings: RefCell::default(),
            explored: RefCell::default(),
        }
    }

    /// The runs of a finding's case; the recordings of these models, which are those that it was
    /// found with, are taken from the finding.
    pub fn of(models: &[AnyModel], finding: &Finding) -> Self {
        let runs = Runs::new(&finding.case);
        let recordings = models.iter().zip(&finding.recordings);
        let recordings = recordings.map(|(model, this)| (*model, Rc::new(this.clone())));
        runs.recordings.borrow_mut().extend(recordings);
        runs
    }

    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The recording of the case on a model.
    pub fn recording(&self, model: AnyModel) -> Rc<Recording> {
        once(&self.recordings, model, || record(&model, &self.case))
    }

    /// Every outcome of the case's operations on a model, under any schedule, within
    /// [`Bounds::WAITING`].
    pub fn explored(&self, model: AnyModel) -> Rc<Explored> {
        let bounds = Bounds::WAITING;
        once(&self.explored, model, || {
            outcomes(&model, &self.case, bounds)
        })
    }

    /// How many schedules of the case have this outcome on a model, as far as callers and dmesg see
    /// it, and how many there are; `None` where there are too many to explore.
    pub fn showing(&self, model: AnyModel, outcome: &Outcome) -> Option<(u128, u128)> {
        self.explored(model).showing(outcome)
    }

    /// Whether some schedule of the case has this outcome on a model, as far as callers and dmesg see
    /// it; `None` where there are too many to explore.
    pub fn allows(&self, model: AnyModel, outcome: &Outcome) -> Option<bool> {
        self.showing(model, outcome).map(|(shown, _)| shown > 0)
    }

    /// Of a concurrent case: the outcome that its schedule has on one of two models and no schedule
    /// has on the other, and on which. Where one side does what the difference is about, or fails
    /// where the other does not, that side is asked first.
    pub fn allowed_in_one(
        &self,
        models: [AnyModel; 2],
        difference: &Difference,
    ) -> Option<(Side, Outcome)> {
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
            let recording = self.recording(models[side.index()]);
            let outcome = Outcome::of(&recording).seen(&View::DEFAULT);
            let other = models[1 - side.index()];
            (self.allows(other, &outcome) == Some(false)).then_some((side, outcome))
        })
    }
}

/// What is known of a model, or else what it is found to do now.
fn once<T>(
    known: &RefCell<Vec<(AnyModel, Rc<T>)>>,
    model: AnyModel,
    run: impl FnOnce() -> T,
) -> Rc<T> {
    let at = |known: &Vec<(AnyModel, Rc<T>)>| known.iter().position(|(this, _)| *this == model);
    if let Some(at) = at(&known.borrow()) {
        return known.borrow()[at].1.clone();
    }
    let new = Rc::new(run());
    known.borrow_mut().push((model, new.clone()));
    new
}
