// SPDX-License-Identifier: GPL-2.0-or-later
//! Whether there is a shorter case: the exhaustive search is asked, where it is not asked too much.

use super::minimize;
use crate::explore::compare;
use crate::finding::{Finding, Scope};
use crate::judge::{Cause, View};
use crate::limits::Limits;
use crate::minimize::is_one_minimal;
use crate::models::AnyModel;
use crate::universe::{Groups, MANY_PASIDS, Universe};
use spec::case::MAX_MMS;
use spec::{Case, OpCode, Site};

/// So many states at most, for an answer within a moment.
const MOST_STATES: usize = 200_000;

/// Minimizes, and asks the exhaustive search for a case with fewer operations, until there is none.
/// The finding has the scope in which no shorter case shows the same; it has none where there is no
/// universe that has the case, or it is too large to search.
pub fn certified(
    models: [AnyModel; 2],
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
            let summary = compare(models, &shorter, views, limits);
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
        // The search is about any schedule, so what only this one shows has no scope.
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

/// Returns the universes of all cases that are no larger than this one and do anything, the one
/// with more PASIDs first: those that a universe names by default and those that the case names;
/// and without 0 and those around the limits. None if the topology of the case is in no universe
/// that can be written as text.
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
