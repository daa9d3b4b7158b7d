// SPDX-License-Identifier: GPL-2.0-or-later
//! Decides which of the observations of programs are findings.

use super::joint::Alone;
use super::known::{is_known_difference, is_known_leak};
use super::search::RaceSearch;
use super::suspects::{PutOff, Suspect};
use crate::finding::{Finding, Findings, size};
use crate::interleaving::switches;
use crate::judge::Cause;
use spec::Model;
use spec::concurrent::Program;
use std::collections::{HashMap, HashSet};

impl<M: Model, const N: usize> RaceSearch<'_, M, N> {
    /// Examines the observations of the programs of one length. Adds the findings to `found`, and
    /// returns the number of the program that showed each cause. An observation that a smaller
    /// program also shows is put off if there is a list for it, because the smaller program has not
    /// been explored.
    pub(super) fn conclude(
        &self,
        found: &mut Findings,
        known: &mut HashSet<Cause>,
        seen: HashMap<Cause, Suspect>,
        mut put_off: Option<&mut Vec<PutOff>>,
    ) -> HashMap<Cause, usize> {
        let mut seen: Vec<(Cause, Suspect)> = seen.into_iter().collect();
        // Sorted, so that the order does not depend on the scheduling of threads.
        seen.sort_by_cached_key(|(cause, this)| {
            let schedule = this.case.schedule.clone();
            (this.rank, schedule, format!("{cause:?}"))
        });
        let models = &self.question.models[..];
        let mut here = Findings::new();
        let mut orders = HashMap::new();
        for (cause, this) in seen {
            if !self.goes_on() {
                break;
            }
            let order = this.rank.2;
            let closer = match (models, &this.alone) {
                ([from, to], Some((side, outcome, others))) => {
                    let program = Program::new(&this.case.ops);
                    let alone = Alone {
                        models: [*from, *to],
                        views: self.question.views,
                        side: *side,
                        topology: &this.case.topology,
                        program: &program,
                        outcome,
                        others,
                        goes_on: &|| self.goes_on(),
                    };
                    alone.case(known)
                }
                _ => None,
            };
            let (case, difference) = closer.unwrap_or((this.case, this.difference));
            let several = case.is_on_several_cpus();
            let is_known = several
                && (is_known_difference(&difference.cause, known)
                    || is_known_leak(&difference.cause, known));
            let with_less = several && !is_known && self.shows_with_less(&case, &difference.cause);
            if let (true, Some(put_off)) = (with_less, &mut put_off) {
                put_off.push(PutOff {
                    order,
                    case,
                    causes: [cause, difference.cause],
                });
                continue;
            }
            let nothing_new = is_known || with_less;
            known.extend([cause, difference.cause.clone()]);
            let cause = difference.cause.clone();
            if nothing_new || found.contains_key(&cause) {
                continue;
            }
            let finding = self.finding(case, difference);
            let finding = self.question.without_unused(finding);
            let rank = |finding: &Finding| {
                let schedule = finding.case.schedule.as_deref().unwrap_or_default();
                (size(&finding.case), switches(schedule))
            };
            match here.get(&cause) {
                Some(other) if rank(other) <= rank(&finding) => {}
                _ => {
                    orders.insert(cause.clone(), order);
                    here.insert(cause, finding);
                }
            }
        }
        found.extend(here);
        orders
    }
}
