// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search answers, as JSON that is short and can be read.

use super::Asked;
use serde_json::{Map, Value, json};
use spec::Decision;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use svadiff::explore::Exploration;
use svadiff::finding::Finding;
use svadiff::judge::{Cause, LeakKind, RetKind};
use svadiff::limits::{Limits, Status};
use svadiff::models::AnyModel;
use svadiff::question::{Question, SearchSummary};
use svadiff::report::digest;
use svadiff::search::Search;

/// How much of an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Only the counts.
    Counts,
    /// The counts, the findings and the digest.
    Findings,
}

/// The most states and transitions of a search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub(super) states: usize,
    pub(super) transitions: u64,
}

/// Returns the answer; `None` if it has more states or transitions than wanted.
pub(super) fn answer(asked: &Asked, extent: Extent, most: Most) -> Option<Map<String, Value>> {
    match asked.models()[..] {
        [model] => of_models(asked, [model], extent, most),
        [from, to] => of_models(asked, [from, to], extent, most),
        _ => panic!("{asked}: one model or two"),
    }
}

fn of_models<const N: usize>(
    asked: &Asked,
    models: [AnyModel; N],
    extent: Extent,
    most: Most,
) -> Option<Map<String, Value>> {
    let (universe, views) = (asked.universe(), asked.views());
    let question = Question {
        models,
        universe: &universe,
        views: &views,
    };
    let limits = Limits {
        states: most.states,
        ..Limits::default()
    };
    let is_over = AtomicBool::new(false);
    let watch = |status: &Status| {
        if status.transitions > most.transitions {
            is_over.store(true, Relaxed);
        }
    };
    let search = Search {
        interrupt: Some(&is_over),
        watch: Some(&watch),
        ..Search::new(question, limits)
    };
    let raw = search.run();
    if !raw.complete() || raw.transitions > most.transitions {
        return None;
    }
    let mut answer = counts(&raw);
    if extent == Extent::Counts {
        return Some(answer);
    }
    let uncounted = Search {
        counts: false,
        ..Search::new(question, Limits::default())
    };
    let uncounted = uncounted.run();
    assert_same_but_states(&question, &raw, &uncounted);
    let whole = Exploration::new(question, Limits::default()).run();
    assert_eq!(counts(&whole), answer, "{asked}: two explorations differ");
    let shortest = (whole.shortest != usize::MAX).then_some(whole.shortest);
    answer.insert("shortest".to_owned(), json!(shortest));
    answer.insert(
        "digest".to_owned(),
        digest(&question, &whole.findings).into(),
    );
    let found = whole.findings.iter().map(|this| row_of(&question, this));
    answer.insert("findings".to_owned(), found.collect());
    let (raw, causes) = (causes(&raw.findings), causes(&whole.findings));
    if raw != causes {
        answer.insert("raw".to_owned(), json!(raw));
    }
    Some(answer)
}

/// A search that leaves states out leaves out nothing else.
fn assert_same_but_states<const N: usize>(
    question: &Question<'_, AnyModel, N>,
    all: &SearchSummary,
    some: &SearchSummary,
) {
    let what = |summary: &SearchSummary| {
        let findings = summary.findings.iter().map(|this| row_of(question, this));
        let findings: Vec<Value> = findings.collect();
        let SearchSummary {
            transitions, depth, ..
        } = *summary;
        (
            summary.stopped,
            transitions,
            depth,
            summary.shortest,
            findings,
        )
    };
    assert_eq!(what(all), what(some), "{question:?}");
    assert!(some.states <= all.states, "{question:?}");
    if question.universe.ops.is_none() {
        assert_eq!(some.states, all.states, "{question:?}");
    }
}

fn counts(summary: &SearchSummary) -> Map<String, Value> {
    let counts = [
        ("states", summary.states as u64),
        ("transitions", summary.transitions),
        ("depth", summary.depth as u64),
    ];
    let counts = counts.map(|(name, count)| (name.to_owned(), count.into()));
    counts.into_iter().collect()
}

/// Returns the id of a finding, the number of operations of its case, where the case is known to be
/// shortest, the place and the view of the first difference, and the cause.
fn row_of<const N: usize>(question: &Question<'_, AnyModel, N>, finding: &Finding) -> Value {
    let scope = finding.shortest_in.as_ref().map(|scope| &scope.universe);
    let scope = scope.map(|universe| match universe == question.universe {
        true => "here",
        false => "elsewhere",
    });
    let difference = &finding.difference;
    json!([
        finding.id(),
        finding.case.ops.len(),
        scope.unwrap_or("nowhere"),
        difference.place.to_string(),
        difference.view.name(),
        signature(&difference.cause),
    ])
}

fn causes(findings: &[Finding]) -> BTreeSet<String> {
    let causes = findings.iter().map(|finding| &finding.difference.cause);
    causes.map(signature).collect()
}

/// Returns a cause in words. Different causes have different words.
fn signature(cause: &Cause) -> String {
    let sides = |decided: &[Option<Decision>; 2]| decided.map(decision).join(" / ");
    match cause {
        Cause::Returned { op, from, to } => {
            let [from, to] = [from, to].map(|(ret, decided)| {
                let ret = match ret {
                    RetKind::Err(_) => "an error".to_owned(),
                    other => other.to_string(),
                };
                format!("{ret} by {}", decision(*decided))
            });
            format!("{op} returned {from} / {to}")
        }
        Cause::Attached { side, op, decided } => {
            format!("{op} attached in {}, {}", side.name(), sides(decided))
        }
        Cause::Complained { side, splat, at } => {
            let at = at.map_or("nothing", |at| at.name());
            format!("{} complained: {} by {at}", side.name(), splat.text())
        }
        Cause::Leaked {
            side,
            kind,
            decided,
        } => {
            let decided = decision(*decided);
            format!("{} left {} by {decided}", side.name(), kind.name())
        }
        Cause::Dangles { decided } => {
            format!("{} by {}", LeakKind::Dangling.name(), decision(*decided))
        }
        Cause::Foreign { decided } => format!("another mm by {}", decision(*decided)),
        Cause::Called { op, decided } => format!("{op} called, {}", sides(decided)),
        Cause::Existed { op, decided } => format!("{op} existed, {}", sides(decided)),
    }
}

fn decision(decided: Option<Decision>) -> String {
    match decided {
        None => "nothing".to_owned(),
        Some(Decision { at, because: None }) => at.name().to_owned(),
        Some(Decision {
            at,
            because: Some(because),
        }) => format!("{}({})", at.name(), because.name()),
    }
}

/// Returns the first part of an answer that is not as recorded; `None` if all is.
pub(super) fn unequal(recorded: &Map<String, Value>, found: &Map<String, Value>) -> Option<String> {
    let all: BTreeSet<_> = recorded.keys().chain(found.keys()).collect();
    let mut differ: Vec<_> = { all.into_iter() }
        .filter(|key| recorded.get(*key) != found.get(*key))
        .collect();
    // The digest says only that something differs.
    differ.sort_by_key(|key| *key == "digest");
    let key = differ.first()?;
    let (recorded, found) = (recorded.get(*key), found.get(*key));
    let items = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    if let (Some(recorded), Some(found)) = (items(recorded), items(found)) {
        let most = recorded.len().max(found.len());
        let at = (0..most).find(|&at| recorded.get(at) != found.get(at))?;
        let (from, to) = (shown(recorded.get(at)), shown(found.get(at)));
        let (many, now) = (recorded.len(), found.len());
        return Some(format!(
            "{key}[{at}]: recorded {from}, found {to}; recorded {many}, found {now}"
        ));
    }
    Some(format!(
        "{key}: recorded {}, found {}",
        shown(recorded),
        shown(found)
    ))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), Value::to_string)
}
