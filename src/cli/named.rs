// SPDX-License-Identifier: GPL-2.0-or-later
//! Models in arguments: by name, by the release that they stand for, with commits on top.

use super::{Failure, Io};
use crate::models::{AnyModel, all};
use crate::releases::{Answer, named};
use spec::read::Refused;

/// An argument that names a model.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The argument.
    name: String,
    /// The model, if the kernel is not said to be configured for x86.
    answer: Answer,
}

impl Given {
    /// Returns the argument.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// Parses an argument that names a model.
pub(super) fn model(name: &str) -> Result<Given, String> {
    let answer = named(name, false)?;
    let name = name.to_owned();
    Ok(Given { name, answer })
}

/// The argument for how the releases are configured.
#[derive(Clone, Copy, clap::Args)]
pub(super) struct Config {
    /// The releases that are named are configured for x86
    #[arg(long)]
    x86: bool,
}

impl Config {
    /// Returns the answer to an argument.
    pub(super) fn answer(self, given: &Given) -> Result<Answer, Failure> {
        let refuse = |why| Refused::new(format_args!("{}: {why}", given.name));
        match self.x86 {
            true => Ok(named(&given.name, true).map_err(refuse)?),
            false => Ok(given.answer.clone()),
        }
    }

    /// Returns the model of an argument. What has to be said about it becomes the first lines of
    /// the output if that `is_text`, and goes to standard error otherwise.
    pub(super) fn one(
        self,
        given: &Given,
        is_text: bool,
        io: &mut Io<'_>,
    ) -> Result<AnyModel, Failure> {
        let answer = self.answer(given)?;
        let model = answer.model;
        let says = match answer.is_exact() {
            true => answer.notes,
            false => answer.says(),
        };
        io.first.say(&says, is_text);
        Ok(model)
    }

    /// Returns whether the releases are said to be configured for x86.
    pub(super) fn is_x86(self) -> bool {
        self.x86
    }

    /// Returns an error if `--x86` is given, though `option` names no release.
    pub(super) fn needs_a_release(self, option: &str) -> Result<(), Failure> {
        match self.x86 {
            true => Err(Refused::new(format_args!(
                "--x86: it says how a release is configured, and no {option} names one"
            ))
            .into()),
            false => Ok(()),
        }
    }

    /// Returns the models of two arguments.
    pub(super) fn pair(
        self,
        [from, to]: [&Given; 2],
        is_text: bool,
        io: &mut Io<'_>,
    ) -> Result<[AnyModel; 2], Failure> {
        Ok([self.one(from, is_text, io)?, self.one(to, is_text, io)?])
    }
}

/// The argument for models of a command that runs all by default.
#[derive(clap::Args)]
pub(super) struct SomeModels {
    /// A model to run, by its name or by a release; by default all models
    #[arg(long = "model", value_name = "NAME", value_parser = model)]
    models: Vec<Given>,
    #[command(flatten)]
    config: Config,
}

impl SomeModels {
    /// Returns the named models without repetition, in the given order; all models if none is
    /// named.
    pub(super) fn models(&self, is_text: bool, io: &mut Io<'_>) -> Result<Vec<AnyModel>, Failure> {
        if self.models.is_empty() {
            self.config.needs_a_release("--model")?;
        }
        let mut models = Vec::new();
        for given in &self.models {
            let model = self.config.one(given, is_text, io)?;
            if !models.contains(&model) {
                models.push(model);
            }
        }
        Ok(match models.is_empty() {
            true => all(),
            false => models,
        })
    }
}
