// SPDX-License-Identifier: GPL-2.0-or-later
//! Explorations of many pairs of models, of which some do the same.
//!
//! Of models with the same graph in a universe, one stands for all: a pair of models has the states and
//! the paths of the pair of those that stand for them, and is not searched again. Its findings are
//! made by its own models.

use super::Exploration;
use crate::judge::View;
use crate::limits::Deadline;
use crate::models::AnyModel;
use crate::question::{Question, SearchSummary};
use crate::search::{Pool, Saved};
use crate::universe::Universe;
use crate::workers::lock;
use std::sync::Mutex;

/// What explorations of pairs of models have in common.
#[derive(Debug)]
pub struct Alike {
    pool: Pool<AnyModel>,
    scopes: Mutex<Vec<Scope>>,
}

/// A universe and views.
#[derive(Debug)]
struct Scope {
    universe: Universe,
    views: Vec<View>,
    /// The models that stand for others, each with those that do the same.
    models: Vec<Vec<AnyModel>>,
    /// The searches that have covered everything, by the models that stand for those searched.
    done: Vec<([AnyModel; 2], Saved)>,
}

impl Alike {
    /// Nothing has been explored yet. `most` is that of [`Pool::new`].
    pub fn new(most: usize) -> Self {
        Alike {
            pool: Pool::new(most),
            scopes: Mutex::default(),
        }
    }

    /// Returns the graphs of the models.
    pub fn pool(&self) -> &Pool<AnyModel> {
        &self.pool
    }

    /// Does the same as [`Exploration::run`], with what other explorations have computed. Whether
    /// two models do the same takes a walk through their graphs, so this pays if each model is part of
    /// many pairs.
    pub fn run(&self, exploration: &Exploration<'_, AnyModel, 2>) -> SearchSummary {
        let question = &exploration.question;
        let mut search = exploration.search();
        search.pool = Some(&self.pool);
        let deadline = Deadline::new(exploration.limits.time, exploration.interrupt);
        let summary = match self.models_for(question) {
            _ if question.universe.cpus > 1 => exploration.explore(),
            None => search.run(),
            Some(models) => {
                let known = self.in_scope(question, |scope| scope.saved(models));
                let mut saved = None;
                let is_new = known.is_none();
                let keep = &mut |this: &Saved| saved = this.finished();
                let summary = search.go_on(known.unwrap_or_default(), keep);
                if let Some(saved) = saved.filter(|_| is_new) {
                    self.in_scope(question, |scope| scope.done.push((models, saved)));
                }
                summary
            }
        };
        exploration.minimized(summary, deadline)
    }

    /// Returns the models that stand for those of a question; `None` if sequences have any length.
    fn models_for(&self, question: &Question<'_, AnyModel, 2>) -> Option<[AnyModel; 2]> {
        question.universe.ops?;
        let does_the_same = |a, b| {
            let models = [a, b];
            self.pool.do_the_same(&Question {
                models,
                ..*question
            })
        };
        self.in_scope(question, |scope| {
            Some(
                question
                    .models
                    .map(|model| scope.stands_for(model, does_the_same)),
            )
        })
    }

    /// Calls `work` with the scope of a question.
    fn in_scope<T>(
        &self,
        question: &Question<'_, AnyModel, 2>,
        work: impl FnOnce(&mut Scope) -> T,
    ) -> T {
        let Question {
            universe, views, ..
        } = question;
        let mut scopes = lock(&self.scopes);
        let is_it = |this: &Scope| this.universe == **universe && this.views == *views;
        let at = scopes.iter().position(is_it).unwrap_or_else(|| {
            scopes.push(Scope {
                universe: (*universe).clone(),
                views: views.to_vec(),
                models: Vec::new(),
                done: Vec::new(),
            });
            scopes.len() - 1
        });
        work(&mut scopes[at])
    }
}

impl Scope {
    /// Returns the model that stands for a model.
    fn stands_for(
        &mut self,
        model: AnyModel,
        does_the_same: impl Fn(AnyModel, AnyModel) -> bool,
    ) -> AnyModel {
        let known = self.models.iter().position(|all| all.contains(&model));
        let at = known.or_else(|| {
            let mut all = self.models.iter();
            let at = all.position(|all| does_the_same(all[0], model))?;
            self.models[at].push(model);
            Some(at)
        });
        let at = at.unwrap_or_else(|| {
            self.models.push(vec![model]);
            self.models.len() - 1
        });
        self.models[at][0]
    }

    /// Returns the search of these models.
    fn saved(&self, models: [AnyModel; 2]) -> Option<Saved> {
        let mut done = self.done.iter();
        done.find(|(of, _)| *of == models)?.1.finished()
    }
}

#[cfg(test)]
mod tests {
    use super::Alike;
    use crate::explore::Exploration;
    use crate::judge::View;
    use crate::limits::Limits;
    use crate::models::{AnyModel, all, by_name};
    use crate::question::{Question, SearchSummary};
    use crate::universe::Universe;
    use spec::{OpCode, Site};

    fn exploration<'a>(
        models: [AnyModel; 2],
        universe: &'a Universe,
        views: &'a [View],
    ) -> Exploration<'a, AnyModel, 2> {
        Exploration {
            threads: 1,
            counts: false,
            ..Exploration::of(models, universe, views, Limits::default())
        }
    }

    fn compared(summary: &SearchSummary) -> impl PartialEq + std::fmt::Debug + use<> {
        let findings = summary.findings.iter().map(|finding| {
            let scope = finding.shortest_in.clone();
            (
                finding.case.clone(),
                finding.difference.clone(),
                finding.recordings.clone(),
                scope,
            )
        });
        let findings: Vec<_> = findings.collect();
        (
            findings,
            summary.states,
            summary.transitions,
            summary.depth,
            summary.complete(),
        )
    }

    /// Explores all pairs twice. Returns the number of pairs and of those that were searched.
    fn explore_all(universe: &Universe, views: &[View]) -> (usize, usize) {
        let alike = Alike::new(usize::MAX);
        let (models, mut pairs) = (all(), 0);
        for (at, &from) in models.iter().enumerate() {
            for &to in &models[at + 1..] {
                let exploration = exploration([from, to], universe, views);
                let (shared, alone) = (alike.run(&exploration), exploration.run());
                let names = [from, to].map(AnyModel::name);
                assert!(compared(&shared) == compared(&alone), "{names:?}");
                pairs += 1;
            }
        }
        let scopes = alike.scopes.into_inner().expect("no thread panicked");
        (pairs, scopes[0].done.len())
    }

    #[test]
    fn pairs_that_are_not_searched_have_the_findings_of_their_own_search() {
        let with_faults = Universe {
            ops: Some(2),
            faults: Site::ALL.to_vec(),
            ..Universe::default()
        };
        let (pairs, searched) = explore_all(&with_faults, &View::DEFAULT);
        assert!(searched < pairs * 3 / 4, "{searched} of {pairs}");
        let few = Universe {
            ops: Some(3),
            mms: 1,
            only: vec![OpCode::Bind, OpCode::Unbind],
            ..Universe::default()
        };
        let (pairs, searched) = explore_all(&few, &View::ALL);
        assert!(searched < pairs * 3 / 4, "{searched} of {pairs}");
    }

    /// Returns the least number of operations with which two models are told apart, up to four.
    fn told_apart_with(names: [&str; 2], universe: &Universe) -> Option<usize> {
        let models = names.map(|name| by_name(name).expect("a model"));
        (0..=4).find(|&ops| {
            let universe = Universe {
                ops: Some(ops),
                ..universe.clone()
            };
            let question = Question {
                models,
                universe: &universe,
                views: &View::DEFAULT,
            };
            !Alike::new(usize::MAX).pool.do_the_same(&question)
        })
    }

    #[test]
    fn models_are_alike_until_sequences_are_long_enough_to_tell_them_apart() {
        let usual = Universe::default();
        assert_eq!(told_apart_with(["v6.7", "v6.7"], &usual), None);
        // The bind of a second device.
        assert_eq!(told_apart_with(["v6.8-rc6", "v6.8"], &usual), Some(2));
        // A bind that fails leaks.
        let failing = Universe {
            faults: Site::ALL.to_vec(),
            ..usual.clone()
        };
        let leaks = ["v6.8-merge", "v6.8-rc1"];
        assert_eq!(told_apart_with(leaks, &usual), None);
        assert_eq!(told_apart_with(leaks, &failing), Some(1));
        // Sequences of any length are never compared.
        let any = Universe {
            ops: None,
            binds: Some(1),
            ..usual.clone()
        };
        let models = ["v6.7"; 2].map(|name| by_name(name).expect("a model"));
        let question = Question {
            models,
            universe: &any,
            views: &View::DEFAULT,
        };
        assert!(!Alike::new(usize::MAX).pool.do_the_same(&question));
    }
}
