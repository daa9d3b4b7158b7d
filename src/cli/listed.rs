// SPDX-License-Identifier: GPL-2.0-or-later
//! Parsers of arguments: words that the help lists, and numbers.

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::Error;
use clap::{Arg, Command};
use std::ffi::OsStr;
use std::str::FromStr;

/// A parser whose words the help lists.
#[derive(Clone)]
pub(super) struct Listed<F> {
    parse: F,
    words: Vec<PossibleValue>,
}

/// Returns a parser that lists its words in the help, each with its meaning. An empty meaning is
/// omitted.
pub(super) fn listed<F>(
    parse: F,
    words: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Listed<F> {
    let word = |(name, what): (&'static str, &'static str)| match what {
        "" => PossibleValue::new(name),
        what => PossibleValue::new(name).help(what),
    };
    Listed {
        parse,
        words: words.into_iter().map(word).collect(),
    }
}

impl<F: TypedValueParser> TypedValueParser for Listed<F> {
    type Value = F::Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<F::Value, Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().cloned()))
    }
}

/// Returns the sentence for a word that is not one of ours, with the one that was meant.
pub(super) fn one_of(given: &str, names: &[&str]) -> String {
    let mean = spec::text::did_you_mean(given, names.iter().copied());
    format!("it is one of {}{mean}", names.join(", "))
}

/// Parses a whole number that is not negative.
pub(super) fn number<T: FromStr>(given: &str) -> Result<T, String> {
    given
        .parse()
        .map_err(|_| "it is a whole number, like 3, and not too large".to_owned())
}
