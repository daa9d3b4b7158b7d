// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of models in one case. Each model records it, and explores its schedules, at most
//! once.

use crate::finding::Finding;
use crate::interleaving::{Bounds, Explored, Outcome, outcomes};
use crate::judge::{Cause, Difference, RetKind, Side, View, differences, incomparable};
use crate::models::AnyModel;
use crate::record::record;
use spec::Case;
use spec::record::Recording;
use std::cell::RefCell;
use std::rc::Rc;

/// The behaviour of models in one case. A model runs the case when its result is first needed.
#[derive(Debug)]
pub struct Runs {
    case: Case,
    recordings: RefCell<Vec<(AnyModel, Rc<Recording>)>>,
    explored: RefCell<Vec<(AnyModel, Rc<Explored>)>>,
}

impl Runs {
    /// Makes the runs of a case. No model runs it yet.
    pub fn new(case: &Case) -> Self {
        Runs {
            case: case.clone(),
            recordings: RefCell::default(),
            explored: RefCell::default(),
        }
    }

    /// Makes the runs of a finding's case. `models` are the models of the finding, which already
    /// has their recordings.
    pub fn of(models: &[AnyModel], finding: &Finding) -> Self {
        let runs = Runs::new(&finding.case);
        let recordings = models.iter().zip(&finding.recordings);
        let recordings = recordings.map(|(model, this)| (*model, Rc::new(this.clone())));
        runs.recordings.borrow_mut().extend(recordings);
        runs
    }

    /// Returns the case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Returns the recording of the case on a model.
    pub fn recording(&self, model: AnyModel) -> Rc<Recording> {
        once(&self.recordings, model, || record(&model, &self.case))
    }

    /// Returns how two models differ in the case, compared in `views`, consequences included.
    ///
    /// # Errors
    ///
    /// The reason, if the two cannot be compared with the case.
    pub fn differences(
        &self,
        models: [AnyModel; 2],
        views: &[View],
    ) -> Result<Vec<Difference>, String> {
        if let Some(why) = incomparable(&models, &self.case) {
            return Err(why);
        }
        let [from, to] = models.map(|model| self.recording(model));
        Ok(differences(&self.case, &from, &to, views))
    }

    /// Returns every outcome that the case's operations have on a model, under any schedule within
    /// [`Bounds::WAITING`].
    pub fn explored(&self, model: AnyModel) -> Rc<Explored> {
        let bounds = Bounds::WAITING;
        once(&self.explored, model, || {
            outcomes(&model, &self.case, bounds)
        })
    }

    /// Returns the number of schedules of the case that have this outcome on a model, as far as
    /// callers and dmesg can observe it, and the number of all schedules; `None` if there are too
    /// many to explore.
    pub fn showing(&self, model: AnyModel, outcome: &Outcome) -> Option<(u128, u128)> {
        self.explored(model).showing(outcome)
    }

    /// Returns whether any schedule of the case has this outcome on a model, as far as callers and
    /// dmesg can observe it; `None` if there are too many to explore.
    pub fn allows(&self, model: AnyModel, outcome: &Outcome) -> Option<bool> {
        self.showing(model, outcome).map(|(shown, _)| shown > 0)
    }

    /// For a concurrent case: returns the outcome that its schedule has on one of two models while
    /// no schedule has it on the other, and the side that has it. First tries the side that the
    /// difference is about; if there is none, the side that fails where the other side does not;
    /// otherwise the earlier model.
    pub fn allowed_in_one(
        &self,
        models: [AnyModel; 2],
        difference: &Difference,
    ) -> Option<(Side, Outcome)> {
        let is_error = |ret: RetKind| matches!(ret, RetKind::Err(_));
        let first = match difference.cause {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => side,
            Cause::Returned { from, to, .. } => match (is_error(from.0), is_error(to.0)) {
                (true, false) => Side::From,
                (false, true) => Side::To,
                _ => Side::Both,
            },
            _ => Side::Both,
        };
        // The earlier model comes first, whatever the order of the pair.
        let first = match (first, models[1].place() < models[0].place()) {
            (Side::Both, true) => Side::To,
            (Side::Both, false) => Side::From,
            (side, _) => side,
        };
        let sides = [first, first.swapped()];
        sides.into_iter().find_map(|side| {
            let recording = self.recording(models[side.index()]);
            let outcome = Outcome::of(&recording).seen(&View::DEFAULT);
            let other = models[1 - side.index()];
            (self.allows(other, &outcome) == Some(false)).then_some((side, outcome))
        })
    }
}

/// Returns the cached value for a model, or computes and caches it.
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
