// SPDX-License-Identifier: GPL-2.0-or-later
//! Turns the bytes at which a fuzzer stopped into a counterexample.

use super::diff::{begin, case_of};
use super::{Screen, Target, What};
use crate::counterexample::{FORMAT, Received};
use crate::finding::Finding;
use crate::judge::{Difference, View};
use crate::ledger::{Ledger, Verdict, neighbours};
use crate::models::AnyModel;
use crate::report::json::counterexample;
use engine::registered::Registered;
use serde_json::Value;
use spec::Case;
use spec::read::{Formats, Refused, format_of};
use spec::text::parse_bytes;

/// The result of running the bytes at which a fuzzer stopped.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The error of svadiff itself on these bytes, if any.
    pub broken: Option<String>,
    /// Two models that differ; `None` if no two do.
    pub differ: Option<Differ>,
}

/// Two models that differ, with a minimized case.
#[derive(Clone, Debug)]
pub struct Differ {
    /// The models.
    pub models: [AnyModel; 2],
    /// The difference, and a minimized case that shows it.
    pub finding: Finding,
    /// Whether the difference is known; `None` if it was not looked up.
    pub known: Option<bool>,
}

impl Differ {
    /// Returns the counterexample file, as JSON.
    pub fn to_json(&self) -> Value {
        counterexample(self.models, &View::DEFAULT, &self.finding)
    }
}

/// Runs the bytes at which this target stopped, and returns the result. Of several differences,
/// takes the first one that is not known, or else the first.
///
/// # Errors
///
/// If the target takes text, and the bytes are neither a case nor a counterexample.
pub fn artifact(ledger: &Ledger, target: Target, bytes: &[u8]) -> Result<Artifact, Refused> {
    let (case, pairs) = case_and_models(target, bytes)?;
    let broken = match target
        .run(&mut Screen::new(ledger), bytes)
        .map(|wrong| wrong.what)
    {
        Some(What::Broken { what, .. }) => Some(what),
        _ => None,
    };
    let mut differ = None;
    for models in pairs {
        match ledger.verdict(models, &case) {
            Verdict::Agree => {}
            Verdict::Different(all) if !all.is_empty() => {
                let shown = &all[0];
                differ = Some((shown.models, shown.difference.clone(), Some(false)));
                break;
            }
            verdict => {
                let known = matches!(verdict, Verdict::Known(_)).then_some(true);
                let first = || {
                    let all = AnyModel::judge(models, &View::DEFAULT, &case);
                    let first = all.into_iter().find(|this| !this.follows)?;
                    Some((models, first, known))
                };
                differ = differ.or_else(first);
            }
        }
    }
    let differ = differ.map(|(models, difference, known): (_, Difference, _)| {
        // A concurrent case can have too many schedules to explore them all.
        let small = AnyModel::certified(models, &View::DEFAULT, &case, &difference.cause, &|| true);
        let as_it_is = || {
            let bare = case.bare();
            AnyModel::finding(models, &bare, difference)
        };
        Differ {
            models,
            finding: small.unwrap_or_else(as_it_is),
            known,
        }
    });
    Ok(Artifact { broken, differ })
}

/// The formats of the texts that the target `parse` reads.
struct Texts;

impl Formats for Texts {
    const KNOWN: &'static [&'static str] = &[spec::case::FORMAT, FORMAT];
}

/// Returns the case that the bytes decode to, and the pairs of models to compare on it.
fn case_and_models(target: Target, bytes: &[u8]) -> Result<(Case, Vec<[AnyModel; 2]>), Refused> {
    match target {
        Target::Diff | Target::Minimize => {
            let bytes = match target {
                Target::Diff => begin(bytes),
                _ => bytes,
            };
            let (models, case) = case_of(bytes);
            Ok((case, vec![models]))
        }
        Target::Parse if format_of::<Texts>(bytes)? == Some(FORMAT) => {
            let received = Received::from_json(bytes)?;
            let Some(models) = received.pair() else {
                let what = "about one model, or one that this program does not have; a fuzzer \
                            needs two to compare";
                return Err(Refused::new(what));
            };
            Ok((received.case, vec![models]))
        }
        Target::CaseText => {
            let case = parse_bytes(bytes).map_err(Refused::new)?;
            Ok((case, neighbours()))
        }
        Target::CaseJson | Target::Parse => Ok((Case::from_json(bytes)?, neighbours())),
    }
}
