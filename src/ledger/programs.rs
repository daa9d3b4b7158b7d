// SPDX-License-Identifier: GPL-2.0-or-later
//! Programs on several CPUs: finds outcomes that one of two neighbours allows and the other allows
//! under no schedule, and whether the ledger knows them.

use super::verdict::path_to;
use super::{Entry, Ledger, Shown};
use crate::finding::Finding;
use crate::history::{Edge, path};
use crate::judge::{Cause, Difference, Place, View};
use crate::models::AnyModel;
use crate::race::parts;
use crate::report::json::signature::signature_json;
use engine::registered::{self, Registered};
use spec::edit::in_sequence;
use spec::{Case, Model};
use std::collections::HashSet;

impl Ledger {
    /// Returns the causes of the entries that apply to these two neighbours.
    pub fn causes(&self, models: [AnyModel; 2]) -> HashSet<Cause> {
        let all = self.of_models(models);
        let differences = all.filter_map(|entry| entry.counterexample.difference());
        differences.map(|difference| difference.cause).collect()
    }

    /// Returns the entries that explain a difference of two models, where the operations of a case
    /// show the difference under some schedule. Returns `None` if the ledger does not know the
    /// difference. A difference comes from the steps between the two models; a misbehaviour of both
    /// models comes from the steps that lead to them.
    pub(super) fn entries_of_program(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        cause: &Cause,
    ) -> Option<Vec<&Entry>> {
        let [from, to] = models;
        let steps = match cause.is_of_both() {
            true => path_to(from),
            false => path(from, to),
        };
        let mut known: Vec<&Entry> = Vec::new();
        for Edge { base, model, .. } in steps {
            let step = [base, model];
            let news = self.news_of_program(step, case, &self.causes(step))?;
            let mut news = news.into_iter().map(|(_, shown)| shown.difference);
            let in_sequence = self.attached_in_sequence(step, case);
            if !news.all(|this| in_sequence.iter().any(|(place, _)| *place == this.place)) {
                return None;
            }
            known.extend(in_sequence.into_iter().map(|(_, entry)| entry));
            known.extend(self.of_models(step).filter(|entry| {
                let difference = entry.counterexample.difference();
                difference.is_some_and(|Difference { cause, .. }| {
                    registered::shows_under_any_schedule(step, case, &cause) == Some(true)
                })
            }));
        }
        (!known.is_empty()).then_some(known)
    }

    /// Runs the operations of a case in sequence. Returns the places where two neighbours differ
    /// only because an earlier operation attached a device in one of them, each with the entry that
    /// explains the difference. On several CPUs the judge does not know which operation attached a
    /// device, so it reports a different return value instead.
    fn attached_in_sequence(&self, models: [AnyModel; 2], case: &Case) -> Vec<(Place, &Entry)> {
        let infos = models.map(|model| model.tree());
        let all = AnyModel::judge(models, &View::DEFAULT, &in_sequence(case)).into_iter();
        let attached = all.filter(|this| matches!(this.cause, Cause::Attached { .. }));
        let entry = |this: Difference| {
            let entry = self.entry(models, &signature_json(&this.cause, infos));
            entry.map(|entry| (this.place, entry))
        };
        attached.filter_map(entry).collect()
    }

    /// Returns the unknown differences between two neighbours that the operations of a case show
    /// under any interleaving, or `None` if there are too many interleavings. `causes` are the
    /// causes of the entries.
    pub fn news_of_program(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        causes: &HashSet<Cause>,
    ) -> Option<Vec<(Case, Shown)>> {
        let news = self.news_of(models, case, &mut causes.clone())?;
        if news.is_empty() {
            return Some(news);
        }
        // An outcome can have several descriptions. As in a search, the simplest program that shows
        // a difference decides: if it has a description that is known, so has the difference.
        let mut news = self.news_of_parts(models, case, causes)?;
        let mut at = 0;
        while let Some((case, Shown { difference, .. })) = news.get(at) {
            let simplest = registered::smallest(models, &View::DEFAULT, case, &difference.cause);
            match simplest.filter(|simplest| simplest.case.is_on_several_cpus()) {
                Some(Finding { case, .. })
                    if self.news_of_parts(models, &case, causes)?.is_empty() =>
                {
                    news.remove(at);
                }
                _ => at += 1,
            }
        }
        Some(news)
    }

    /// Does the same for all parts of a program, the shorter ones first. Differences of a part
    /// count as known in longer parts.
    fn news_of_parts(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        causes: &HashSet<Cause>,
    ) -> Option<Vec<(Case, Shown)>> {
        let mut known = causes.clone();
        let mut news = Vec::new();
        for part in parts(case) {
            news.extend(self.news_of(models, &part, &mut known)?);
        }
        Some(news)
    }

    /// Does the same for this program alone, and adds its causes to `known`.
    fn news_of(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        known: &mut HashSet<Cause>,
    ) -> Option<Vec<(Case, Shown)>> {
        let infos = models.map(|model| model.tree());
        let mut news = Vec::new();
        for finding in registered::differences_of_program(models, case, known)? {
            let Finding {
                case, difference, ..
            } = finding;
            // What both do came with an earlier step, where it is news if it has no entry.
            let is_of_both = difference.cause.is_of_both();
            let signature = signature_json(&difference.cause, infos);
            if !is_of_both && self.entry(models, &signature).is_none() {
                news.push((case, Shown { models, difference }));
            }
        }
        Some(news)
    }
}
