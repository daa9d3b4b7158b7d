// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff bisect`

use super::{Exit, Failure, Io, ViewArg, input, print_json};
use crate::finding::id;
use crate::history::{Change, made_by};
use crate::judge::differences;
use crate::models::{AnyModel, all};
use crate::report::{case_lines, cites, headline, op, topology, wrap};
use serde_json::{Value, json};
use spec::record::record;
use spec::revision::Branch;
use spec::{Commit, Model, Tree};
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// A case or a counterexample
    #[arg(value_name = "FILE")]
    file: PathBuf,
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
    let views = super::views(&args.views);
    let mut steps: Vec<Value> = Vec::new();
    let mut changed = false;
    if !args.json {
        match case.is_concurrent() {
            true => write!(out, "{}", case_lines(&case, None))?,
            false => {
                write!(out, "{}", wrap("", "  ", &topology(&case.topology)))?;
                for (index, this) in case.ops.iter().enumerate() {
                    let first = format!("{index:4}  ");
                    write!(out, "{}", wrap(&first, "        ", &op(this)))?;
                }
            }
        }
        writeln!(out)?;
    }
    for model in all() {
        let Some(base) = model.base() else {
            if !args.json {
                writeln!(out, "{:12}where history begins here", model.name())?;
            }
            continue;
        };
        let models = [base, model];
        let [from, to] = models.map(|model| record(&model, &case));
        let found = differences(&case, &from, &to, &views);
        changed |= !found.is_empty();
        let infos = models.map(|model| model.tree());
        let commits = infos[1].revision.commits;
        let mut by: Vec<Change> = Vec::new();
        for difference in found.iter().filter(|difference| !difference.follows) {
            let change = made_by(models, &case, difference);
            if !by.contains(&change) {
                by.push(change);
            }
        }
        if args.json {
            let listed = |this| super::difference(models, &case, this);
            let listed: Vec<Value> = found.iter().map(listed).collect();
            steps.push(json!({
                "from": base.name(),
                "to": model.name(),
                "commits": commits,
                "by": by.iter().map(|commit| commit.id).collect::<Vec<_>>(),
                "proposal": infos[1].is_proposal(),
                "differences": listed,
            }));
            continue;
        }
        let base_name = base.name();
        if found.is_empty() {
            writeln!(out, "{:12}as {base_name}", model.name())?;
            continue;
        }
        writeln!(out, "{:12}CHANGES what {base_name} does", model.name())?;
        for (label, text) in blamed(model, &by) {
            let first = format!("            {label} ");
            write!(out, "{}", wrap(&first, &" ".repeat(15), &text))?;
        }
        for difference in found.iter().filter(|difference| !difference.follows) {
            let text = headline(models, &case, difference);
            let first = format!("            {}: ", difference.place);
            write!(out, "{}", wrap(&first, &" ".repeat(15), &text))?;
            for (decision, info) in difference.decided.iter().zip(infos) {
                for (at, line) in cites(*decision, info).iter().enumerate() {
                    let label = if at == 0 { info.name() } else { "" };
                    let first = format!("               {label:11} ");
                    write!(out, "{}", wrap(&first, &" ".repeat(27), line))?;
                }
            }
        }
        let follow = found.iter().filter(|difference| difference.follows).count();
        if follow > 0 {
            writeln!(out, "            ({follow} more that merely follow)")?;
        }
    }
    if args.json {
        print_json(out, &json!({"id": id(&case), "history": steps}))?;
    }
    Ok(match changed {
        true => Exit::Differ,
        false => Exit::Agree,
    })
}

/// The commits that made a difference, each with those that cannot be had without it nor it without
/// them. Of a backport, the mainline revision that has the original.
fn blamed(model: AnyModel, by: &[Change]) -> Vec<(&'static str, String)> {
    let tree = model.tree();
    let graph = tree.graph;
    let lacks = |without: Commit, commit: Commit| {
        let without = graph.without(tree, without);
        without.is_some_and(|tree| !tree.has(commit))
    };
    let is_with = |commit: &&Commit| {
        let is_by = |by: &Change| by.id == commit.id;
        let inseparable = |by: &Change| {
            let by = graph.commit(by.id);
            by.is_some_and(|by| lacks(by, **commit) && lacks(**commit, by))
        };
        !by.iter().any(is_by) && by.iter().any(inseparable)
    };
    let with = tree.revision.commits.iter().filter(is_with);
    let with = with.map(|commit| ("with", format!("{} {}", commit.id, commit.subject)));
    let by = by.iter().map(|change| {
        let text = format!("{} {}", change.id, change.subject);
        ("by", text + &original(model, change))
    });
    by.chain(with).collect()
}

/// Where mainline has a commit that a stable branch has as a backport.
fn original(model: AnyModel, change: &Change) -> String {
    let tree = model.tree();
    let mut mainline =
        { tree.graph.trees().iter() }.filter(|tree| tree.revision.branch == Branch::Mainline);
    let has = |tree: &&Tree| { tree.revision.commits.iter() }.any(|commit| commit.id == change.id);
    match mainline.find(has) {
        Some(original) if tree.revision.branch == Branch::Stable => {
            format!(" (in mainline with {})", original.name())
        }
        _ => String::new(),
    }
}
