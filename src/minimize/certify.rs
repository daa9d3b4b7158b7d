// SPDX-License-Identifier: GPL-2.0-or-later
//! Certifies a minimized case by asking the exhaustive search for a shorter one, if that is
//! feasible.

use super::minimize;
use crate::explore::Exploration;
use crate::finding::{Finding, Scope};
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::minimize::is_one_minimal;
use crate::models::AnyModel;
use crate::question::Question;
use crate::universe::{Groups, MANY_PASIDS, Universe};
use spec::case::MAX_MMS;
use spec::{Case, OpCode, Site};

/// The most states of a search, so that the answer comes within seconds.
const MOST_STATES: usize = 200_000;

/// Minimizes a case, then searches for a case with fewer operations until there is none.
/// `shortest_in` of the finding is the scope of the last search; it is `None` if no universe
/// contains the case, or if the universe is too large to search.
pub fn certified<const N: usize>(
    models: [AnyModel; N],
    views: &[View],
    case: &Case,
    cause: &Cause,
) -> Option<Finding> {
    let mut minimized = minimize(&models, views, case, cause)?;
    loop {
        let (mut smaller, mut complete_in) = (None, None);
        for universe in universes_of(&minimized.case) {
            let shorter = Universe {
                ops: universe.ops.map(|ops| ops.saturating_sub(1)),
                ..universe.clone()
            };
            let limits = Limits {
                states: MOST_STATES,
                ..Limits::default()
            };
            let question = Question {
                models,
                universe: &shorter,
                views,
            };
            let summary = Exploration::new(question, limits).run();
            let complete = summary.complete();
            let mut found = summary.findings.into_iter();
            let found = found.find(|finding| finding.difference.cause == *cause);
            smaller = found.and_then(|finding| minimize(&models, views, &finding.case, cause));
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
        let shortest_in = complete_in.filter(in_scope).map(|universe| Scope {
            universe,
            views: views.to_vec(),
        });
        return Some(Finding {
            shortest_in,
            ..minimized
        });
    }
}

/// Returns the universes that contain every case no larger than this one. The first one has the
/// default PASIDs and those that the case names, the second one has no PASID 0 and none around the
/// limits. Returns none if no universe that can be written as text has the topology of the case.
fn universes_of(case: &Case) -> Vec<Universe> {
    let topology = &case.topology;
    let plain = { topology.devices.iter() }.all(|dev| dev.instance == 0)
        && topology.mms.iter().all(|mm| mm.dma_compat);
    if !plain || topology.devices.is_empty() {
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
