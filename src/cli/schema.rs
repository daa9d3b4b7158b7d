// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff schema`: JSON Schemas of files and of what commands print.

use super::form::FormArgs;
use super::{Exit, Failure, Io};
use crate::report::Report;
use crate::schemas;

#[derive(clap::Args)]
pub(super) struct Args {
    /// The schema to print; without it, list all schemas
    #[arg(value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(schemas::names()), hide_possible_values = true)]
    name: Option<String>,
    #[command(flatten)]
    form: FormArgs,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    match &args.name {
        None => args.form.print(&Report::Schemas(schemas::all()), io.out)?,
        Some(name) => {
            let named = schemas::all().iter().find(|schema| schema.name == name);
            if let Some(schema) = named {
                args.form.print(&Report::Schema(schema), io.out)?;
            }
        }
    }
    Ok(Exit::Agree)
}
