// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff race`

use super::scope::bytes;
use super::{Exit, Failure, Io, input, print_json};
use crate::interleaving::{Bounds, Explored, outcomes};
use crate::models::AnyModel;
use crate::report::litmus;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// A model to run; all of them unless named
    #[arg(long = "model", value_name = "NAME", value_parser = super::model)]
    models: Vec<AnyModel>,
    /// Print JSON: {"outcomes": {MODEL: [outcome, …], …}}
    #[arg(long)]
    json: bool,
    /// Stop when a model has so many states
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    max_states: usize,
    /// Stop when its states take so much memory: bytes, or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = bytes)]
    max_memory: usize,
    /// A case whose operations have CPUs, or a counterexample; its schedule is not looked at
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let models = super::models(&args.models);
    let case = input::case(&args.file, stdin)?;
    if !case.is_concurrent() && !case.ops.is_empty() {
        let what = "ops[0] has no `cpu`; a program for several CPUs says who does what";
        return Err(input::in_file(&args.file, what));
    }
    let bounds = Bounds {
        states: args.max_states,
        bytes: args.max_memory,
        ..Bounds::NONE
    };
    let all: Vec<(AnyModel, Explored)> = models
        .into_iter()
        .map(|model| (model, outcomes(&model, &case, bounds)))
        .collect();
    let cut = all.iter().any(|(_, explored)| explored.cut);
    match args.json {
        true => print_json(out, &to_json(&all, cut))?,
        false => write!(out, "{}", litmus(&case, &all))?,
    }
    Ok(match cut {
        true => Exit::Unfinished,
        false => Exit::Agree,
    })
}

fn to_json(all: &[(AnyModel, Explored)], cut: bool) -> Value {
    let of = |(model, explored): &(AnyModel, Explored)| {
        let outcomes = explored.outcomes.iter().map(|(outcome, shown)| {
            let mut value = outcome.to_json();
            // JSON has numbers of any length, but most who read it have not.
            let schedules = u64::try_from(shown.schedules)
                .map_or_else(|_| json!(shown.schedules.to_string()), |n| json!(n));
            value.insert("schedules".to_owned(), schedules);
            value.insert("schedule".to_owned(), json!(shown.schedule));
            Value::from(value)
        });
        (model.name().to_owned(), outcomes.collect::<Value>())
    };
    let outcomes: Map<String, Value> = all.iter().map(of).collect();
    let mut value = json!({ "outcomes": outcomes });
    if cut {
        value["complete"] = json!(false);
    }
    value
}
