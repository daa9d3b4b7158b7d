// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff diff`

use super::{Exit, Failure, Io, ViewArg, input, print_json};
use crate::counterexample::place_to_json;
use crate::finding::id;
use crate::history::history;
use crate::judge::{View, differences};
use crate::models::AnyModel;
use crate::report::{both_runs, finding, headline, side_by_side, wrap};
use serde_json::{Map, Value, json};
use spec::record::record;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// A case or a counterexample
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The first model
    #[arg(long, value_name = "MODEL", value_parser = super::model)]
    from: AnyModel,
    /// The second model
    #[arg(long, value_name = "MODEL", value_parser = super::model)]
    to: AnyModel,
    /// What to compare; api, splat and leak unless named
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<ViewArg>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let Io { stdin, out, .. } = io;
    let case = input::case(&args.file, stdin)?;
    let models = [args.from, args.to];
    let views = super::views(&args.views);
    let [from, to] = models.map(|model| record(&model, &case));
    let all = differences(&case, &from, &to, &views);
    let exit = match all.is_empty() {
        true => Exit::Agree,
        false => Exit::Differ,
    };
    let view_names: Vec<_> = views.iter().map(|view| view.name()).collect();

    if args.json {
        let listed = |this| super::difference(models, &case, this);
        let listed: Vec<Value> = all.iter().map(listed).collect();
        let first = all
            .first()
            .map(|first| json!({"op": place_to_json(first.place), "view": first.view.name()}));
        let history = all
            .first()
            .map(|first| history(models, &case, first).to_json());
        let mut traces = Map::new();
        for (model, recording) in models.iter().zip([&from, &to]) {
            let trace = serde_json::to_value(&recording.trace).expect("a trace is JSON");
            traces.insert(model.name().to_owned(), trace);
        }
        let value = json!({
            "id": id(&case),
            "from": args.from.name(),
            "to": args.to.name(),
            "views": view_names,
            "first_difference": first,
            "differences": listed,
            "history": history,
            "traces": traces,
        });
        print_json(out, &value)?;
        return Ok(exit);
    }

    let first = all.first();
    write!(
        out,
        "{}",
        side_by_side(models, &case, [&from, &to], &views, first)
    )?;
    let Some(first) = first else {
        write!(out, "{}", both_runs(&models, &case))?;
        writeln!(out, "\nNo difference in {}.", view_names.join(", "))?;
        let died = [&from, &to].map(|recording| {
            let end = recording.trace.end.as_ref();
            end.is_none_or(|end| end.live.is_none())
        });
        if views.contains(&View::Leak) && died == [true; 2] {
            writeln!(out, "Both died, so what they leave could not be compared.")?;
        }
        return Ok(exit);
    };
    writeln!(out, "\n-> the first difference, ~ what differs besides")?;
    write!(out, "{}", both_runs(&models, &case))?;
    writeln!(out, "\nFirst difference\n")?;
    write!(out, "{}", finding(models, 1, &case, first))?;
    let (also, follow): (Vec<_>, Vec<_>) = all[1..].iter().partition(|d| !d.follows);
    if !also.is_empty() {
        writeln!(out, "\nAlso, on its own account\n")?;
        for (number, difference) in (2..).zip(&also) {
            if number > 2 {
                writeln!(out)?;
            }
            write!(out, "{}", finding(models, number, &case, difference))?;
        }
    }
    if !follow.is_empty() {
        writeln!(out, "\nWhat merely follows\n")?;
        for difference in follow {
            let text = headline(models, &case, difference);
            let first = format!("   {} [{}]  ", difference.place, difference.view.name());
            write!(out, "{}", wrap(&first, "      ", &text))?;
        }
    }
    Ok(exit)
}
