// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::{Exit, Failure, Out, print_json};
use serde_json::json;
use spec::Model;
use svadiff::models::all;
use svadiff::report::wrap;

#[derive(clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, out: Out<'_>) -> Result<Exit, Failure> {
    if args.json {
        let models: Vec<_> = all()
            .iter()
            .map(|model| {
                let info = model.info();
                json!({
                    "name": info.name,
                    "what": info.what,
                    "base": info.base,
                    "commits": info.commits,
                    "proposal": info.proposal,
                    "blob": info.blob,
                })
            })
            .collect();
        print_json(out, &json!(models))?;
        return Ok(Exit::Agree);
    }
    for model in all() {
        let info = model.info();
        write!(
            out,
            "{}",
            wrap(&format!("{:12}", info.name), &" ".repeat(12), info.what)
        )?;
        if let Some(base) = info.base {
            writeln!(out, "            on {base}")?;
        }
        for commit in info.commits {
            let text = format!("{} {}", commit.id, commit.subject);
            write!(out, "{}", wrap("            + ", &" ".repeat(14), &text))?;
        }
    }
    Ok(Exit::Agree)
}
