// SPDX-License-Identifier: GPL-2.0-or-later
//! A case on one model or several, step by step, as JSON.

use super::history::{alone, history};
use super::place::place_and_view;
use super::signature::cite;
use crate::counterexample::About;
use crate::explain::{Explanation, Step, is_told, steps};
use crate::finding::id;
use crate::judge::Difference;
use crate::models::AnyModel;
use crate::report::text::explain::released;
use serde_json::{Map, Value, json};
use spec::Model;
use spec::run::Release;
use spec::trail::{Stretch, What};

pub(super) fn explain(story: &Explanation<'_>) -> Value {
    let until = story.until();
    let of_model = |(model, trail): (&AnyModel, &Vec<Stretch>)| {
        let told = trail.iter().filter(|stretch| is_told(stretch, until));
        let told = told.map(|stretch| of_stretch(story, *model, stretch));
        (model.name().to_owned(), told.collect())
    };
    let told: Map<String, Value> = story
        .models
        .iter()
        .zip(&story.trails)
        .map(of_model)
        .collect();
    let shown = story.shown.iter();
    json!({
        "id": id(story.runs.case()),
        "models": story.models.iter().map(|model| model.name()).collect::<Vec<_>>(),
        "differences": shown.map(|this| of_shown(story, this)).collect::<Value>(),
        "told": told,
    })
}

fn of_shown(story: &Explanation<'_>, (about, difference): &(About, Difference)) -> Value {
    let found = about.history(story.runs, difference);
    let models: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
    json!({
        "models": models,
        "what": about.headline(story.runs.case(), difference),
        "first_difference": place_and_view(difference),
        "history": match about {
            About::Alone(_) => alone(&found),
            About::Pair(_) => history(&found),
        },
    })
}

fn of_stretch(story: &Explanation<'_>, model: AnyModel, stretch: &Stretch) -> Value {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    let op = match stretch.what {
        What::Op(op) => {
            put("op", op.into());
            story.runs.case().ops[op]
        }
        What::End(release) => {
            put("op", "end".into());
            match release {
                Release::Op(op) => put("releases", json!({ "op": op })),
                Release::Mm(mm) => put("releases", json!({ "mm": mm })),
            };
            released(release, story.runs)
        }
    };
    if let Some(cpu) = stretch.cpu {
        put("cpu", cpu.into());
    }
    let steps = steps(model, &op, &stretch.events);
    put(
        "steps",
        steps.iter().map(|step| of_step(model, step)).collect(),
    );
    put("ret", json!(stretch.ret));
    all.into()
}

fn of_step(model: AnyModel, step: &Step) -> Value {
    json!({
        "function": step.function,
        "kind": step.kind.name(),
        "what": step.what,
        "stands": step.place.name(),
        "line": step.at.map(|at| cite(at, model.tree())),
    })
}
