// SPDX-License-Identifier: GPL-2.0-or-later
//! Programs on several CPUs: what one of two neighbours allows and the other does not, under
//! whatever schedule, and whether it is known.

use super::{Ledger, Shown};
use crate::finding::Finding;
use crate::interleaving::Explorer;
use crate::judge::{Cause, View};
use crate::minimize::minimize;
use crate::models::AnyModel;
use crate::race::{Looked, RaceSearch, parts};
use crate::report::json::signature::signature_json;
use spec::{Case, Model};
use std::collections::HashSet;

impl Ledger {
    /// The causes of the entries about these two neighbours.
    pub fn causes(&self, models: [AnyModel; 2]) -> HashSet<Cause> {
        let all = self.of_models(models);
        let differences = all.filter_map(|entry| entry.counterexample.difference());
        differences.map(|difference| difference.cause).collect()
    }

    /// What the operations of a case show of two neighbours under every interleaving and that is
    /// not known; `None` where there are too many of them. The `causes` are those of the entries.
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
        // An outcome can be told in several ways. As in a search, a difference is told of the
        // simplest program that shows it, and if that one can be told as what is known, so can all.
        let mut news = self.news_of_parts(models, case, causes)?;
        let mut at = 0;
        while let Some((case, Shown { difference, .. })) = news.get(at) {
            let simplest = minimize(&models, &View::DEFAULT, case, &difference.cause);
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

    /// The same, of all parts of a program, the shorter ones first: what they show that is known is
    /// known of the longer ones.
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

    /// The same, of this program alone. What it shows is added to what is known.
    fn news_of(
        &self,
        models: [AnyModel; 2],
        case: &Case,
        known: &mut HashSet<Cause>,
    ) -> Option<Vec<(Case, Shown)>> {
        let search = RaceSearch::of_programs(models, &View::DEFAULT);
        let (mut looked, mut explorer) = (Looked::default(), Explorer::default());
        search.look_at(case, 0, known, &mut explorer, &mut looked);
        if looked.too_large() > 0 {
            return None;
        }
        let infos = models.map(|model| model.tree());
        let mut news = Vec::new();
        for (_, mut finding) in search.settle(looked, known) {
            search.on_one_cpu(&mut finding);
            let Finding {
                case, difference, ..
            } = finding;
            if self
                .entry(models, &signature_json(&difference.cause, infos))
                .is_none()
            {
                news.push((case, Shown { models, difference }));
            }
        }
        Some(news)
    }
}
