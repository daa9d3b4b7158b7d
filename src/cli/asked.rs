// SPDX-License-Identifier: GPL-2.0-or-later
//! The arguments for a case, and for two models to compare.

use super::form::FormArgs;
use super::input::{self, Input, Stdin};
use super::named::{self, Config, Given};
use super::{Exit, Failure, Io};
use crate::counterexample::{About, Received};
use crate::judge::{Difference, View, incomparable};
use crate::models::AnyModel;
use crate::report::{Report, breaks_no_rule};
use clap::ValueHint;
use engine::registered::Registered;
use spec::read::{Refused, shown};
use spec::{Case, OpCode};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The sentence for a case without the models to compare.
pub(super) const NO_MODELS: &str =
    "a case names no models; name them in place, like v6.7 v6.8, or with --from A --to B";

/// The argument for a case as text.
#[derive(clap::Args)]
struct Inline {
    /// A case as text, like 'bind 0 0; unbind 0', instead of FILE
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    case: Option<String>,
}

/// The arguments for a case: a `FILE` or `--case`.
#[derive(clap::Args)]
pub(super) struct FileOrCase {
    /// A case, as text or JSON, a counterexample, or an entry of the ledger; - for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: Option<OsString>,
    #[command(flatten)]
    inline: Inline,
}

/// Where a case comes from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// A file, or standard input.
    File(&'a Path),
    /// The command line.
    Text(&'a str),
}

impl FileOrCase {
    /// Returns where the case comes from.
    pub(super) fn source(&self) -> Result<Source<'_>, Failure> {
        Source::of(self.file.as_deref(), self.inline.case.as_deref())
    }
}

impl<'a> Source<'a> {
    fn of(file: Option<&'a OsStr>, text: Option<&'a str>) -> Result<Self, Failure> {
        match (file, text) {
            (Some(file), None) => Ok(Source::File(Path::new(file))),
            (None, Some(text)) => Ok(Source::Text(text)),
            (Some(file), Some(_)) => Err(Refused::new(format_args!(
                "a FILE, {}, and --case, which is a case as well; give one of them",
                shown(Path::new(file).display(), 80)
            ))
            .into()),
            (None, None) => Err(Refused::new(
                "no case is given; name a FILE, or give it as text: --case 'bind 0 0; unbind 0'",
            )
            .into()),
        }
    }

    /// Returns an error if the file is a model, because the case was forgotten.
    fn is_no_model(self) -> Result<(), Failure> {
        match self {
            Source::File(path)
                if !path.exists() && named::model(&path.to_string_lossy()).is_ok() =>
            {
                let name = shown(path.display(), 80);
                Err(Refused::new(format_args!(
                    "{name}: is a model, and a case is missing before it; name a FILE, or give \
                     the case as text: --case 'bind 0 0; unbind 0'"
                ))
                .into())
            }
            _ => Ok(()),
        }
    }

    /// Returns an error if the name of the file is the text of a case.
    fn is_no_text(self) -> Result<(), Failure> {
        let Source::File(path) = self else {
            return Ok(());
        };
        let text = path.to_string_lossy();
        let first = text.split_whitespace().next().unwrap_or_default();
        let is_case = OpCode::by_name(first).is_some() && !path.exists();
        match is_case {
            true => Err(input::in_file(
                path,
                "there is no such file; to give a case as text, use --case",
            )),
            false => Ok(()),
        }
    }

    /// Returns the name of the file for sentences, or `--case`.
    pub(super) fn path(self) -> &'a Path {
        match self {
            Source::File(path) => path,
            Source::Text(_) => Path::new("--case"),
        }
    }

    /// Reads a case, a counterexample or an entry of the ledger.
    pub(super) fn either(self, stdin: Stdin<'_>) -> Result<Input, Failure> {
        match self {
            Source::File(path) => {
                self.is_no_text()?;
                input::either(path, stdin)
            }
            Source::Text(text) if text.trim_start().starts_with('{') => Err(Refused::new(
                "--case is text, like 'bind 0 0; unbind 0'; give JSON as a FILE, or as - from \
                 standard input",
            )
            .into()),
            Source::Text(text) => {
                let case = spec::text::parse(text);
                Ok(Input::Case(
                    case.map_err(|error| input::in_text(self.path(), error))?,
                ))
            }
        }
    }

    /// Reads a case, or the case of a counterexample or of an entry of the ledger.
    pub(super) fn case(self, stdin: Stdin<'_>) -> Result<Case, Failure> {
        self.either(stdin).map(Input::case)
    }
}

/// The options for two models, and how releases among them are configured.
#[derive(clap::Args)]
struct FromTo {
    /// The first model, if it is not named in place
    #[arg(long, value_name = "A", value_parser = named::model)]
    from: Option<Given>,
    /// The second model
    #[arg(long, value_name = "B", value_parser = named::model)]
    to: Option<Given>,
    #[command(flatten)]
    config: Config,
}

impl FromTo {
    /// Returns the models that are named in place or with options: none, one or two.
    fn with<'a>(&'a self, in_place: Vec<&'a Given>) -> Result<Vec<&'a Given>, Failure> {
        let options: Vec<&Given> = self.from.iter().chain(&self.to).collect();
        if !in_place.is_empty() && !options.is_empty() {
            return Err(Refused::new(
                "models in place and with --from or --to; name both in place, or both with \
                 --from and --to",
            )
            .into());
        }
        Ok(if options.is_empty() {
            in_place
        } else {
            options
        })
    }
}

/// Returns the two models of a command that compares, or `None` if none is named.
fn two<'a>(given: &[&'a Given]) -> Result<Option<[&'a Given; 2]>, Failure> {
    match *given {
        [] => Ok(None),
        [from, to] => Ok(Some([from, to])),
        _ => {
            let names: Vec<String> = given.iter().map(|given| shown(given.name(), 80)).collect();
            let what = format!(
                "one model, {}, where two are compared; name both in place, or both with --from \
                 <MODEL> and --to <MODEL>",
                names.join(", ")
            );
            Err(Refused::new(what).into())
        }
    }
}

/// The arguments for the two models that a command compares.
#[derive(clap::Args)]
pub(super) struct Pair {
    /// The first model, by its name or by a release
    #[arg(value_name = "A", value_parser = named::model)]
    a: Option<Given>,
    /// The second model
    #[arg(value_name = "B", value_parser = named::model)]
    b: Option<Given>,
    #[command(flatten)]
    options: FromTo,
}

impl Pair {
    /// Returns the two models.
    pub(super) fn models(&self, is_text: bool, io: &mut Io<'_>) -> Result<[AnyModel; 2], Failure> {
        let all = self.options.with(self.a.iter().chain(&self.b).collect())?;
        match two(&all)? {
            Some(both) => self.options.config.pair(both, is_text, io),
            None => Err(Refused::new(
                "no models are named; name two in place, like v6.7 v6.8, or with --from A --to B",
            )
            .into()),
        }
    }
}

/// The arguments for two models of a command that has an answer without them.
#[derive(clap::Args)]
pub(super) struct MaybePair {
    /// List what changes from this model to the second one, in the order of history
    #[arg(value_name = "A", value_parser = named::model)]
    a: Option<Given>,
    /// The second model
    #[arg(value_name = "B", value_parser = named::model)]
    b: Option<Given>,
    #[command(flatten)]
    options: FromTo,
}

impl MaybePair {
    /// Returns the two models, or `None` if none is named.
    pub(super) fn models(
        &self,
        is_text: bool,
        io: &mut Io<'_>,
    ) -> Result<Option<[AnyModel; 2]>, Failure> {
        let all = self.options.with(self.a.iter().chain(&self.b).collect())?;
        match two(&all)? {
            Some(both) => self.options.config.pair(both, is_text, io).map(Some),
            None => self.options.config.needs_a_release("--from").map(|()| None),
        }
    }
}

/// The arguments for a case and the models that run it. With `--case`, the models are the first
/// arguments in place.
#[derive(clap::Args)]
pub(super) struct CaseAndModels {
    /// A case, as text or JSON, a counterexample, or an entry of the ledger; - for standard input;
    /// not with --case
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    first: Option<OsString>,
    /// The first model, by its name or by a release
    #[arg(value_name = "A")]
    second: Option<OsString>,
    /// The second model
    #[arg(value_name = "B")]
    third: Option<OsString>,
    #[command(flatten)]
    inline: Inline,
    #[command(flatten)]
    options: FromTo,
}

/// A case, and the models that are named for it.
pub(super) struct Asked<'a> {
    /// Where the case comes from.
    pub source: Source<'a>,
    given: Vec<Given>,
    /// How the releases among the models are configured.
    pub config: Config,
}

impl CaseAndModels {
    /// Sorts the arguments: the case and the models.
    pub(super) fn asked(&self) -> Result<Asked<'_>, Failure> {
        let text = self.inline.case.as_deref();
        let mut in_place: Vec<&OsStr> = [&self.first, &self.second, &self.third]
            .into_iter()
            .filter_map(|given| given.as_deref())
            .collect();
        let has_options = self.options.from.is_some() || self.options.to.is_some();
        let is_model = |given: &&&OsStr| named::model(&given.to_string_lossy()).is_ok();
        let begins_with_a_model = in_place.first().filter(is_model).is_some();
        let is_file = text.is_none() || in_place.len() > 2 || (has_options && !begins_with_a_model);
        let file = (is_file && !in_place.is_empty()).then(|| in_place.remove(0));
        let source = Source::of(file, text)?;
        source.is_no_model()?;
        let models: Result<Vec<Given>, Failure> = { in_place.iter().zip(["A", "B"]) }
            .map(|(name, place)| in_place_model(name, place, text.is_some()))
            .collect();
        let models = models?;
        let given = self.options.with(models.iter().collect())?;
        Ok(Asked {
            source,
            given: given.into_iter().cloned().collect(),
            config: self.options.config,
        })
    }
}

/// Parses the name of a model that stands in place.
fn in_place_model(name: &OsStr, place: &str, is_inline: bool) -> Result<Given, Failure> {
    let text = name.to_string_lossy();
    named::model(&text).map_err(|why| {
        let name = shown(&text, 80);
        let hint = match is_inline && Path::new(name.as_str()).is_file() {
            true => "; a FILE is not given together with --case",
            false => "",
        };
        Refused::new(format_args!(
            "invalid value '{name}' for '<{place}>': {why}{hint}; try --help"
        ))
        .into()
    })
}

impl Asked<'_> {
    /// Returns whether a model is named, or how it is configured.
    pub(super) fn names_models(&self) -> bool {
        !self.given.is_empty() || self.config.is_x86()
    }

    /// Returns the two models, or `None` if none is named.
    pub(super) fn pair(
        &self,
        is_text: bool,
        io: &mut Io<'_>,
    ) -> Result<Option<[AnyModel; 2]>, Failure> {
        let given: Vec<&Given> = self.given.iter().collect();
        let both = two(&given)?;
        both.map(|both| self.config.pair(both, is_text, io))
            .transpose()
    }

    /// Returns the models, which can be none, one or two.
    pub(super) fn models(&self, is_text: bool, io: &mut Io<'_>) -> Result<Vec<AnyModel>, Failure> {
        let each = self.given.iter();
        each.map(|given| self.config.one(given, is_text, io))
            .collect()
    }
}

/// Why there is no difference to tell of.
pub(super) enum NoDifference {
    /// The models agree, or the only one breaks no rule.
    Agree,
    /// The case of a counterexample does not show what it claims, as a sentence.
    Denied(String),
    /// The models cannot be compared with this case.
    Incomparable(String),
}

impl NoDifference {
    /// Prints this of some models. Returns the exit status: `agree` if they agree,
    /// [`Exit::Differ`] if they do not do what was claimed, and [`Exit::Unfinished`] if they cannot be
    /// compared.
    pub(super) fn print(
        &self,
        models: &[AnyModel],
        form: &FormArgs,
        agree: Exit,
        io: &mut Io<'_>,
    ) -> Result<Exit, Failure> {
        let why = match (self, models) {
            (NoDifference::Incomparable(why), _) => {
                form.print(&Report::Incomparable(why), io.out)?;
                return Ok(Exit::Unfinished);
            }
            (NoDifference::Denied(why), _) => {
                form.print(&Report::Nothing(why), io.out)?;
                return Ok(Exit::Differ);
            }
            (NoDifference::Agree, [from, to]) => {
                format!("{} and {} agree.", from.name(), to.name())
            }
            (NoDifference::Agree, alone) => {
                let names: Vec<&str> = alone.iter().map(|model| model.name()).collect();
                breaks_no_rule(&names.concat())
            }
        };
        form.print(&Report::Nothing(&why), io.out)?;
        Ok(agree)
    }
}

/// Returns the difference that a counterexample claims, and the views that show it. If its case does
/// not show it, returns why.
pub(super) fn claimed(
    about: About,
    received: &Received,
) -> Result<(Vec<View>, Difference), NoDifference> {
    match about.incomparable(&received.case) {
        Some(why) => Err(NoDifference::Incomparable(why)),
        None => { received.shown() }.ok_or_else(|| NoDifference::Denied(about.denial())),
    }
}

/// Returns a difference of a case on some models: the `n`th, counted from 1 without consequences.
/// If there is none at all, returns why.
///
/// # Errors
///
/// If there are differences, but fewer than `n`.
pub(super) fn difference(
    models: &[AnyModel],
    views: &[View],
    case: &Case,
    n: usize,
) -> Result<Result<Difference, NoDifference>, Failure> {
    let mut all = match *models {
        [from, to] => match incomparable(&[from, to], case) {
            Some(why) => return Ok(Err(NoDifference::Incomparable(why))),
            None => AnyModel::judge([from, to], views, case),
        },
        [alone] => AnyModel::judge([alone], &[], case),
        _ => Vec::new(),
    };
    all.retain(|difference| !difference.follows);
    if all.is_empty() {
        return Ok(Err(NoDifference::Agree));
    }
    let there = all.len();
    match n.checked_sub(1).filter(|&at| at < there) {
        Some(at) => Ok(Ok(all.swap_remove(at))),
        None => Err(Refused::new(format_args!(
            "--difference {n}, but they are numbered from 1 to {there}"
        ))
        .into()),
    }
}
