// SPDX-License-Identifier: GPL-2.0-or-later
//! Certifies a minimized case by asking the exhaustive search for a shorter one, if that is
//! feasible.

use super::Exploration;
use crate::finding::{Finding, Scope};
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::minimize::{GoesOn, is_one_minimal, minimize_while};
use crate::question::Question;
use crate::race::RaceSearch;
use crate::universe::{Groups, MANY_PASIDS, Universe};
use spec::case::MAX_MMS;
use spec::{Case, Model, OpCode, Site};

/// The most states of a search, so that the answer comes within seconds.
const MOST_STATES: usize = 200_000;

/// Minimizes a case, then searches for a case with fewer operations until there is none.
/// `shortest_in` of the finding is the scope of the last search; it is `None` if no universe
/// contains the case, or if the universe is too large to search.
///
/// Every finding that is printed or written has this form, so that a finding has the same case and
/// the same id no matter which explorer finds it.
pub fn certified<M: Model, const N: usize>(
    models: [M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    certified_while(models, views, case, cause, &|| true)
}

/// Like [`certified`], but stops when `goes_on` returns false.
pub fn certified_while<M: Model, const N: usize>(
    models: [M; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
    goes_on: GoesOn<'_>,
) -> Option<Finding> {
    let minimized = minimize_while(&models, views, case, cause, goes_on)?;
    Some(certify(models, views, minimized, goes_on))
}

/// Returns the finding of an exploration in the form of [`certified`]. Does not search cases again
/// that the exploration covered.
pub(super) fn canonical<M: Model, const N: usize>(
    question: &Question<'_, M, N>,
    finding: Finding,
    goes_on: GoesOn<'_>,
) -> Finding {
    let Question { models, views, .. } = *question;
    let Finding {
        case, difference, ..
    } = &finding;
    let smaller = minimize_while(&models, views, case, &difference.cause, goes_on);
    let search = RaceSearch {
        goes_on: Some(goes_on),
        ..RaceSearch::of_programs(models, views)
    };
    let Some(mut smaller) = smaller.filter(|smaller| search.accepts(smaller)) else {
        return finding;
    };
    smaller.shortest_in.clone_from(&finding.shortest_in);
    let universes = universes_of(&smaller.case);
    let is_through = |scope: &Scope| {
        { universes.first() }.is_some_and(|universe| has_shorter_of(&scope.universe, universe))
    };
    match &smaller.shortest_in {
        Some(scope) if universes.is_empty() || is_through(scope) => smaller,
        _ => {
            let scope = smaller.shortest_in.take();
            let mut smaller = certify(models, views, smaller, goes_on);
            smaller.shortest_in = scope.or(smaller.shortest_in);
            smaller
        }
    }
}

fn certify<M: Model, const N: usize>(
    models: [M; N],
    views: &[View],
    mut minimized: Finding,
    goes_on: GoesOn<'_>,
) -> Finding {
    loop {
        let cause = &minimized.difference.cause;
        let (mut smaller, mut complete_in) = (None, None);
        for universe in universes_of(&minimized.case) {
            if !goes_on() {
                break;
            }
            let shorter = Universe {
                ops: universe.ops.map(|ops| ops.saturating_sub(1)),
                ..universe.clone()
            };
            let limits = Limits {
                states: MOST_STATES,
                ..Limits::default()
            };
            let summary = Exploration::of(models, &shorter, views, limits).explore();
            let complete = summary.complete();
            let mut found = summary.findings.into_iter();
            let found = found.find(|finding| finding.difference.cause == *cause);
            smaller =
                found.and_then(|found| minimize_while(&models, views, &found.case, cause, goes_on));
            complete_in = complete.then_some(universe);
            if complete || smaller.is_some() {
                break;
            }
        }
        if let Some(smaller) = smaller {
            minimized = smaller;
            continue;
        }
        // The search covers every schedule. A finding that shows only under this one has no scope.
        let case = &minimized.case;
        let in_scope = |_: &Universe| {
            !case.is_concurrent() || is_one_minimal(&models, views, case, cause) == Some(true)
        };
        minimized.shortest_in = complete_in.filter(in_scope).map(|universe| Scope {
            universe,
            views: views.to_vec(),
        });
        return minimized;
    }
}

/// Returns whether a universe contains every case of the universe `of`, except the cases of maximum
/// length.
fn has_shorter_of(this: &Universe, other: &Universe) -> bool {
    let same_topologies = this.given.is_empty()
        && match (&this.groups, &other.groups) {
            (Groups::Every, Groups::Every) => {
                this.devices >= other.devices && this.max_pasids == other.max_pasids
            }
            (this_groups, other_groups) => {
                this_groups == other_groups && this.max_pasids == other.max_pasids
            }
        };
    let most = other.ops.map(|ops| ops.saturating_sub(1));
    let is_within =
        |limit: Option<usize>| limit.is_none_or(|limit| most.is_some_and(|most| most <= limit));
    let pasids = this.named_pasids();
    let mut named = other.named_pasids().to_vec().into_iter();
    same_topologies
        && this.mms >= other.mms
        && this.cpus == other.cpus
        && is_within(this.ops)
        && is_within(this.binds)
        && other.only.iter().all(|code| this.only.contains(code))
        && other.faults.iter().all(|site| this.faults.contains(site))
        && named.all(|pasid| pasids.contains(&pasid))
}

/// Returns the universes that contain every case no larger than this one. The first one has the
/// default PASIDs and those that the case names, the second one has no PASID 0 and none around the
/// limits. Returns no universe if none that can be written as text has the topology of the case, or if
/// its callers are wrong.
fn universes_of(case: &Case) -> Vec<Universe> {
    let topology = &case.topology;
    let plain = { topology.devices.iter() }.all(|dev| dev.instance == 0)
        && topology.mms.iter().all(|mm| mm.dma_compat);
    // No universe has callers that are wrong.
    let is_wrong = case.ops.iter().any(|op| op.again);
    if !plain || is_wrong || topology.devices.is_empty() {
        return Vec::new();
    }
    let mut max_pasids: Vec<u16> = { topology.devices.iter() }
        .map(|dev| dev.max_pasids)
        .collect();
    let groups = match max_pasids.iter().all(|&max| max == MANY_PASIDS) {
        true => {
            max_pasids.truncate(1);
            Groups::Every
        }
        false => Groups::These(topology.devices.iter().map(|dev| dev.group).collect()),
    };
    let has_faults = case.ops.iter().any(|op| op.fault.is_some());
    let cpus = case.cpus().len().max(1);
    let ops = Some(case.ops.len());
    let mut only = Universe::usual(ops, cpus);
    if cpus > 1 {
        let does = |&code: &OpCode| case.ops.iter().any(|op| op.kind.code() == code);
        only = { OpCode::ALL.into_iter() }
            .filter(|code| only.contains(code) || does(code))
            .collect();
    }
    let forks = usize::from(case.ops.iter().any(|op| op.kind.info().makes_mm));
    let universe = Universe {
        devices: topology.devices.len(),
        groups,
        max_pasids,
        mms: topology.mms.len().clamp(1, MAX_MMS - forks),
        ops,
        only,
        faults: if has_faults {
            Site::ALL.to_vec()
        } else {
            Vec::new()
        },
        cpus,
        ..Universe::default()
    };
    let own = || case.ops.iter().filter_map(|op| op.kind.pasid());
    let of_mms = 1..=universe.mms as u32;
    let all = [universe.named_pasids().to_vec(), of_mms.collect()];
    let mut universes: Vec<Universe> = { all.into_iter() }
        .map(|pasids| {
            let mut universe = universe.clone();
            universe.set_pasids(Some(pasids.into_iter().chain(own()).collect()));
            universe
        })
        .filter(|universe| universe.refused().is_none())
        .collect();
    universes.dedup();
    universes
}
