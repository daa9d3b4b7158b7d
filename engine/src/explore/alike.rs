// SPDX-License-Identifier: GPL-2.0-or-later
//! Explorations of many pairs of models, of which some do the same.
//!
//! If two models have the same graph in a universe, a search beside a third model takes the same paths.
//! So one of them is searched, and the paths with findings are run on the other.

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

/// The most states of a walk: in the default universe with all faults, no model has as many.
const MOST_STATES: usize = 1 << 14;

/// What is asked about models.
#[derive(Debug)]
struct Scope {
    universe: Universe,
    views: Vec<View>,
    counts: bool,
    /// A walk did not end within its limits, so there are no more.
    is_large: bool,
    /// Models that do the same. The first one of each list is searched.
    models: Vec<Vec<AnyModel>>,
    /// The searches that have covered everything, by their models.
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

    /// Returns the answer of [`Exploration::run`]. Uses what other explorations have computed, and not
    /// the pool of this one. Without a search, `largest` and `bytes` of the answer are 0.
    ///
    /// To find out whether two models do the same, it walks through their graphs. So this pays if each
    /// model is part of many pairs.
    pub fn run(&self, exploration: &Exploration<'_, AnyModel, 2>) -> SearchSummary {
        let question = &exploration.question;
        let deadline = Deadline::new(exploration.limits.time, exploration.interrupt);
        let is_sequential = question.universe.cpus <= 1;
        // Without a limit of operations a walk does not end, and it does not know that of binds.
        let is_limited = question.universe.ops.is_some() && question.universe.binds.is_none();
        let in_time = deadline.stopped().is_none();
        let models = (is_sequential && is_limited && in_time).then(|| {
            question
                .models
                .map(|model| self.stands_for(model, exploration, deadline))
        });
        let mut this = exploration.with_time_of(deadline);
        this.pool = Some(&self.pool);
        let summary = match models {
            Some(models) => self.search(&this, models),
            None => this.explore(),
        };
        exploration.minimized(summary, deadline)
    }

    /// Searches, unless a search of `models` has been made, which do the same as those of the
    /// exploration.
    fn search(
        &self,
        exploration: &Exploration<'_, AnyModel, 2>,
        models: [AnyModel; 2],
    ) -> SearchSummary {
        let known = self.in_scope(exploration, |scope| {
            let mut done = scope.done.iter();
            done.find(|(of, _)| *of == models)?.1.finished()
        });
        let is_new = known.is_none();
        let mut saved = known.unwrap_or_default();
        let summary = exploration.search().go_on_from(&mut saved);
        if let Some(saved) = saved.finished().filter(|_| is_new) {
            self.in_scope(exploration, |scope| scope.done.push((models, saved)));
        }
        summary
    }

    /// Returns the model that is searched instead of this one: itself if no other is known to do the
    /// same.
    fn stands_for(
        &self,
        model: AnyModel,
        exploration: &Exploration<'_, AnyModel, 2>,
        deadline: Deadline<'_>,
    ) -> AnyModel {
        let goes_on = |states, bytes| {
            let limits = exploration.limits;
            states <= MOST_STATES.min(limits.states)
                && bytes <= limits.bytes
                && deadline.stopped().is_none()
        };
        let mut compared = 0;
        loop {
            let next = self.in_scope(exploration, |scope| scope.next(model, compared));
            let other = match next {
                Next::Known(known) => return known,
                Next::Compare(other) => other,
            };
            let question = Question {
                models: [other, model],
                ..exploration.question
            };
            // Other threads need not wait for the walk.
            let same = self.pool.do_the_same(&question, &goes_on);
            self.in_scope(exploration, |scope| match same {
                Some(true) => scope.add(compared, model),
                Some(false) => {}
                // The time is better spent on searches.
                None => scope.is_large = true,
            });
            compared += 1;
        }
    }

    /// Calls `work` with the scope of an exploration.
    fn in_scope<T>(
        &self,
        exploration: &Exploration<'_, AnyModel, 2>,
        work: impl FnOnce(&mut Scope) -> T,
    ) -> T {
        let Question {
            universe, views, ..
        } = exploration.question;
        let counts = exploration.counts;
        let mut scopes = lock(&self.scopes);
        let is_it = |this: &Scope| {
            this.universe == *universe && this.views == views && this.counts == counts
        };
        let at = scopes.iter().position(is_it).unwrap_or_else(|| {
            scopes.push(Scope {
                universe: universe.clone(),
                views: views.to_vec(),
                counts,
                is_large: false,
                models: Vec::new(),
                done: Vec::new(),
            });
            scopes.len() - 1
        });
        work(&mut scopes[at])
    }
}

/// What to do about a model.
enum Next {
    /// This model is searched instead.
    Known(AnyModel),
    /// Find out whether it does the same as this one.
    Compare(AnyModel),
}

impl Scope {
    /// Returns what to do about a model that differs from the first so many that are searched. If it
    /// differs from all, it is searched itself.
    fn next(&mut self, model: AnyModel, compared: usize) -> Next {
        if let Some(all) = self.models.iter().find(|all| all.contains(&model)) {
            return Next::Known(all[0]);
        }
        if self.is_large {
            return Next::Known(model);
        }
        match self.models.get(compared) {
            Some(all) => Next::Compare(all[0]),
            None => {
                self.models.push(vec![model]);
                Next::Known(model)
            }
        }
    }

    /// Adds a model to those that do the same, unless another thread has added it.
    fn add(&mut self, at: usize, model: AnyModel) {
        let all = &mut self.models[at];
        if !all.contains(&model) {
            all.push(model);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Alike;
    use crate::explore::Exploration;
    use crate::judge::View;
    use crate::limits::{Deadline, Limits, Stopped};
    use crate::models::{AnyModel, all, by_name};
    use crate::question::{Question, SearchSummary};
    use crate::universe::Universe;
    use spec::{OpCode, Site};
    use std::time::Duration;

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
        // With more leaks than there are holders, a search does not count all of them.
        let leaks = Universe {
            devices: 1,
            mms: 1,
            ops: Some(5),
            only: vec![OpCode::Bind, OpCode::Unbind],
            faults: vec![Site::SetDevPasid],
            ..Universe::default()
        };
        let (pairs, searched) = explore_all(&leaks, &View::DEFAULT);
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
            {
                let pool = Alike::new(usize::MAX).pool;
                pool.do_the_same(&question, &|_, _| true) == Some(false)
            }
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
    }

    /// Universes that are not walked through, and a walk that is stopped.
    #[test]
    fn without_knowing_what_does_the_same_every_pair_is_searched() {
        let usual = Universe {
            only: vec![OpCode::Bind, OpCode::Unbind],
            mms: 1,
            ..Universe::default()
        };
        let models = ["v6.7", "v6.6.33"].map(|name| by_name(name).expect("a model"));
        let any_length = Universe {
            ops: None,
            binds: Some(2),
            ..usual.clone()
        };
        let few_binds = Universe {
            binds: Some(1),
            ..usual.clone()
        };
        let on_two_cpus = Universe {
            devices: 1,
            cpus: 2,
            ops: Some(2),
            ..usual.clone()
        };
        for universe in [&any_length, &few_binds, &on_two_cpus] {
            let alike = Alike::new(usize::MAX);
            let exploration = exploration(models, universe, &View::DEFAULT);
            for _ in 0..2 {
                let (shared, alone) = (alike.run(&exploration), exploration.run());
                assert!(compared(&shared) == compared(&alone), "{universe:?}");
            }
            let scopes = alike.scopes.into_inner().expect("no thread panicked");
            assert!(
                scopes.iter().all(|scope| scope.done.is_empty()),
                "{universe:?}"
            );
        }
        let (alike, exploration) = (
            Alike::new(usize::MAX),
            exploration(models, &usual, &View::DEFAULT),
        );
        for model in models {
            let late = Deadline::new(Duration::ZERO, None);
            assert_eq!(alike.stands_for(model, &exploration, late), model);
        }
        // There is time to search.
        let summary = alike.run(&exploration);
        assert!(summary.complete() && summary.findings.is_empty());
        let in_time = Deadline::new(Duration::MAX, None);
        let alike = Alike::new(usize::MAX);
        for model in models {
            assert_eq!(alike.stands_for(model, &exploration, in_time), models[0]);
        }
    }

    #[test]
    fn after_its_time_nothing_is_searched() {
        let universe = Universe::default();
        let models = ["v6.7", "v6.8"].map(|name| by_name(name).expect("a model"));
        let alike = Alike::new(usize::MAX);
        let in_time = exploration(models, &universe, &View::DEFAULT);
        assert!(alike.run(&in_time).complete());
        let late = Exploration {
            limits: Limits {
                time: Duration::ZERO,
                ..Limits::default()
            },
            ..in_time
        };
        let summary = alike.run(&late);
        assert_eq!(summary.stopped, Some(Stopped::Time));
        assert!(summary.findings.is_empty());
    }
}
