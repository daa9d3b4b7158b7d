// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that a ledger is true and complete: every entry shows its difference, hides no other one,
//! and every difference that the searches find has an entry.

use super::{Entry, Ledger, scopes};
use crate::counterexample::{About, ReplayReport, Wrong};
use crate::finding::Finding;
use crate::history::history;
use crate::judge::Difference;
use crate::limits::Stopped;
use crate::models::{AnyModel, all};
use crate::question::SearchSummary;
use crate::report::json::signature::signature_json;
use crate::runs::Runs;
use crate::universe::Universe;
use crate::workers;
use serde_json::Value;
use spec::Model;

/// Something wrong with a ledger.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// An entry no longer shows its difference, or shows it differently from the claims of its
    /// file. Each item of `why` has a claim and the actual value.
    Stale {
        /// The entry.
        entry: String,
        /// The claims that do not hold.
        why: Vec<String>,
    },
    /// An entry hides several different differences.
    Broad {
        /// The entry.
        entry: String,
        /// Their signatures.
        signatures: Vec<Value>,
    },
    /// Two entries cover the same difference.
    Twice {
        /// The entries.
        entries: Vec<String>,
        /// Its signature.
        signature: Value,
    },
    /// A difference has no entry.
    Missing {
        /// The neighbours that differ.
        models: [AnyModel; 2],
        /// The universe in which the difference was found.
        scope: String,
        /// The difference, with a case that shows it.
        finding: Box<Finding>,
    },
}

/// The result of a check.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Number of entries that were checked.
    pub entries: usize,
    /// The number of searches.
    pub searches: usize,
    /// The number of differences found, counted separately for each pair of neighbours.
    pub differences: usize,
    /// The errors in the ledger.
    pub troubles: Vec<Trouble>,
    /// The reason why not everything was checked; `None` if it was.
    pub stopped: Option<Stopped>,
}

/// Returns all pairs of neighbours in history.
pub fn neighbours() -> Vec<[AnyModel; 2]> {
    { all().into_iter() }
        .filter_map(|model| Some([model.base()?, model]))
        .collect()
}

impl Ledger {
    /// Checks these pairs of neighbours and the entries about them. Calls `stopped` before each
    /// entry; if it returns a reason, the check ends. `search` makes all comparisons of
    /// neighbours in universes; if one was stopped early, what comes after it is not looked at. The
    /// result does not depend on the number of threads.
    ///
    /// # Panics
    ///
    /// If `search` does not return a summary for each comparison.
    pub fn check(
        &self,
        pairs: &[[AnyModel; 2]],
        threads: usize,
        stopped: impl Fn() -> Option<Stopped> + Sync,
        search: impl FnOnce(&[([AnyModel; 2], Universe)]) -> Vec<SearchSummary>,
    ) -> Checked {
        let mut checked = Checked::default();
        let entries = self.entries.iter();
        let entries = entries.filter(|entry| pairs.contains(&entry.models));
        let tried = workers::map(threads, entries.collect(), |entry: &Entry| {
            match stopped() {
                Some(stopped) => Err(stopped),
                None => Ok((entry, entry.wrong())),
            }
        });
        for tried in tried {
            let (entry, why) = match tried {
                Ok(tried) => tried,
                Err(stopped) => {
                    checked.stopped = Some(stopped);
                    return checked;
                }
            };
            checked.entries += 1;
            if !why.is_empty() {
                let entry = entry.name.clone();
                checked.troubles.push(Trouble::Stale { entry, why });
            }
        }
        let universes = scopes();
        // Those in one universe follow each other, since they have much in common.
        let questions: Vec<([AnyModel; 2], Universe)> = { universes.iter() }
            .flat_map(|universe| pairs.iter().map(|&models| (models, universe.clone())))
            .collect();
        let mut all: Vec<Option<SearchSummary>> =
            search(&questions).into_iter().map(Some).collect();
        assert_eq!(all.len(), questions.len(), "an answer to each question");
        for (pair, &models) in pairs.iter().enumerate() {
            let infos = models.map(|model| model.tree());
            // All known signatures of differences between these two, each with its source.
            let mut signatures: Vec<Value> = Vec::new();
            for entry in self.entries.iter().filter(|entry| entry.models == models) {
                let difference = entry.counterexample.difference();
                let signature = difference.map(|this| signature_json(&this.cause, infos));
                signatures.extend(signature.filter(|this| !signatures.contains(this)));
            }
            for (at, universe) in universes.iter().enumerate() {
                let searched = all[at * pairs.len() + pair].take();
                let searched = searched.expect("each is looked at once");
                checked.searches += 1;
                checked.stopped = searched.stopped;
                for finding in searched.findings {
                    let Finding {
                        case, difference, ..
                    } = &finding;
                    let signature = signature_json(&difference.cause, infos);
                    if signatures.contains(&signature) {
                        continue;
                    }
                    // What both do is no difference between them. It came with an earlier step.
                    let is_of_both = difference.cause.is_of_both();
                    if is_of_both && self.name_of(models, case, difference).is_some() {
                        continue;
                    }
                    if is_of_both || self.entry(models, &signature).is_none() {
                        checked.troubles.push(Trouble::Missing {
                            models,
                            scope: universe.to_string(),
                            finding: Box::new(finding),
                        });
                    }
                    signatures.push(signature);
                }
                if checked.stopped.is_some() {
                    break;
                }
            }
            checked.differences += signatures.len();
            if checked.stopped.is_some() {
                break;
            }
            self.check_patterns(models, &signatures, &mut checked.troubles);
        }
        checked
    }

    /// Checks that each entry covers one of these signatures, and that exactly one entry covers
    /// each of them.
    fn check_patterns(
        &self,
        models: [AnyModel; 2],
        signatures: &[Value],
        troubles: &mut Vec<Trouble>,
    ) {
        for entry in self.of_models(models) {
            let hidden: Vec<Value> = { signatures.iter() }
                .filter(|signature| entry.covers(signature))
                .cloned()
                .collect();
            if hidden.len() > 1 {
                troubles.push(Trouble::Broad {
                    entry: entry.name.clone(),
                    signatures: hidden,
                });
            }
        }
        for signature in signatures {
            let about: Vec<String> = { self.of_models(models) }
                .filter(|entry| entry.covers(signature))
                .map(|entry| entry.name.clone())
                .collect();
            if about.len() > 1 {
                troubles.push(Trouble::Twice {
                    entries: about,
                    signature: signature.clone(),
                });
            }
        }
    }
}

impl Entry {
    /// Checks the claims of the entry and of its counterexample.
    pub(crate) fn replay(&self) -> ReplayReport {
        let mut report = self.counterexample.replay();
        for wrong in &mut report.wrong {
            wrong.what = format!("counterexample.{}", wrong.what);
        }
        if let Some(difference) = self.counterexample.difference() {
            report.wrong.extend(self.own_wrong(&difference));
        }
        report
    }

    /// Returns the claims of the entry itself that do not hold. `difference` is what its
    /// counterexample shows.
    fn own_wrong(&self, difference: &Difference) -> Vec<Wrong> {
        let mut all = Vec::new();
        let infos = self.models.map(|model| model.tree());
        let signature = signature_json(&difference.cause, infos);
        if !self.covers(&signature) {
            all.push(Wrong {
                what: "signature".to_owned(),
                claimed: self.signature.to_string(),
                happens: signature.to_string(),
            });
        }
        let runs = Runs::new(&self.counterexample.case.bare());
        let history = history(self.models, &runs, difference);
        let [introduced, fixed] =
            [history.introduced, history.fixed].map(|change| change.map(|change| change.id));
        for (what, claimed, happens) in [
            ("introduced", Some(self.introduced.as_str()), introduced),
            ("fixed", self.fixed.as_deref(), fixed),
        ] {
            if claimed != happens {
                let say = |commit: Option<&str>| commit.unwrap_or("none").to_owned();
                all.push(Wrong {
                    what: what.to_owned(),
                    claimed: say(claimed),
                    happens: say(happens),
                });
            }
        }
        all
    }

    /// Returns the claims of the entry that do not hold.
    fn wrong(&self) -> Vec<String> {
        let mut wrong: Vec<String> = { self.counterexample.check().into_iter() }
            .map(|wrong| {
                format!(
                    "its counterexample's {}: claimed {}, happens {}",
                    wrong.what, wrong.claimed, wrong.happens
                )
            })
            .collect();
        let Some(difference) = self.counterexample.difference() else {
            let about = About::from(self.models);
            let why = match about.incomparable(&self.counterexample.case) {
                Some(why) => format!("its models cannot be compared with its case: {why}"),
                None => "its counterexample does not show it any more".to_owned(),
            };
            wrong.insert(0, why);
            return wrong;
        };
        for this in self.own_wrong(&difference) {
            wrong.push(match this.what.as_str() {
                "signature" => "its signature is not that of its counterexample".to_owned(),
                what => format!("{what}: claimed {}, happens {}", this.claimed, this.happens),
            });
        }
        wrong
    }
}
