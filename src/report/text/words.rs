// SPDX-License-Identifier: GPL-2.0-or-later
//! Operations, return values and states in words.

use crate::history::Change;
use spec::pasid::number;
use spec::trace::{Call, Live};
use spec::{Decision, Model, Ret, Tree};

/// Formats a commit, with the first releases that have it:
/// `6384c56c99d9 iommu/sva: Fix SVA handle sharing in multi device case (6.8)`.
pub(in crate::report) fn commit(change: Change) -> String {
    let graph = change.model.tree().graph;
    let releases = graph.commit(change.id);
    let releases = releases.map_or(Vec::new(), |commit| graph.first_releases(commit));
    let Change { id, subject, .. } = change;
    match releases.is_empty() {
        true => format!("{id} {subject}"),
        false => format!("{id} {subject} ({})", releases.join(", ")),
    }
}

/// Formats a return value: `handle 0, pasid 1` or `-EBUSY`.
pub fn ret(ret: Ret) -> String {
    match ret {
        Ret::Handle {
            handle,
            pasid: Some(pasid),
        } => format!("handle {handle}, pasid {}", number(pasid)),
        Ret::Handle { handle, .. } => format!("handle {handle}, no pasid"),
        Ret::Ok => "ok".to_owned(),
        Ret::Pasid(pasid) => format!("pasid {}", number(pasid)),
        Ret::Invalid => "invalid".to_owned(),
        Ret::Mm(mm) => format!("mm {mm}"),
        Ret::Domain(domain) => format!("domain {domain}"),
        Ret::Err(errno) => format!("-{}", errno.name()),
        Ret::Skipped | Ret::Lacking => "skipped".to_owned(),
        Ret::Oops => "oops".to_owned(),
        Ret::Hang => "hang".to_owned(),
        Ret::Unfinished => "unfinished".to_owned(),
    }
}

/// Formats a driver callback: `set_dev_pasid(dev 0, pasid 1, domain 0)`.
pub fn call(call: &Call) -> String {
    match call {
        Call::DomainAlloc {
            domain: Some(domain),
        } => format!("domain_alloc() = domain {domain}"),
        Call::DomainAlloc { domain: None } => "domain_alloc() failed".to_owned(),
        Call::SetDevPasid {
            dev,
            pasid,
            domain,
            err,
        } => {
            let failed = err.map_or(String::new(), |errno| format!(" = -{}", errno.name()));
            let pasid = number(*pasid);
            format!("set_dev_pasid(dev {dev}, pasid {pasid}, domain {domain}){failed}")
        }
        Call::RemoveDevPasid { dev, pasid } => {
            format!("remove_dev_pasid(dev {dev}, pasid {})", number(*pasid))
        }
        Call::DomainFree { domain } => format!("domain_free(domain {domain})"),
    }
}

/// Formats the existing objects, or `nothing`.
pub fn live(live: &Live) -> String {
    let mut all = Vec::new();
    for (count, what) in [
        (live.handles, "handle"),
        (live.domains, "domain"),
        (live.mm_data, "iommu_mm"),
    ] {
        match count {
            0 => {}
            1 => all.push(format!("1 {what}")),
            _ => all.push(format!("{count} {what}s")),
        }
    }
    let numbers = |list: &mut dyn Iterator<Item = String>| list.collect::<Vec<_>>().join(" ");
    if !live.pasids.is_empty() {
        let pasids = numbers(&mut live.pasids.iter().map(u16::to_string));
        all.push(format!("pasids {pasids}"));
    }
    if live.mm_count.iter().any(|&count| count != 0) {
        let counts = numbers(&mut live.mm_count.iter().map(u32::to_string));
        all.push(format!("mm_count {counts}"));
    }
    for entry in &live.attached {
        let to = match (entry.domain, entry.freed) {
            (Some(domain), false) => format!("domain {domain}"),
            (Some(domain), true) => format!("FREED domain {domain}"),
            (None, _) => "nothing yet".to_owned(),
        };
        all.push(format!(
            "group {} pasid {} -> {to}",
            entry.group,
            number(entry.pasid)
        ));
    }
    if all.is_empty() {
        return "nothing".to_owned();
    }
    all.join(", ")
}

/// Returns the lines of source that decided, one for each line of text.
pub fn cites(decision: Option<Decision>, info: &Tree) -> Vec<String> {
    let Some(decision) = decision else {
        return Vec::new();
    };
    let of = |at: spec::At| {
        let cited = info.cite(at);
        match cited.revision == info.name() {
            true => cited.to_string(),
            false => format!("{cited} ({})", cited.revision),
        }
    };
    let mut lines = vec![of(decision.at)];
    lines.extend(
        decision
            .because
            .map(|at| format!("propagated from {}", of(at))),
    );
    lines
}
