// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff models`

use super::{Exit, Failure, Io, print_json};
use crate::models::all;
use crate::report::wrap;
use serde_json::json;
use spec::Model;

#[derive(clap::Args)]
pub struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let out = &mut *io.out;
    if args.json {
        let models: Vec<_> = all()
            .iter()
            .map(|model| {
                let info = model.tree();
                json!({
                    "name": info.name(),
                    "what": info.what(),
                    "base": info.parent(),
                    "commits": info.revision.commits,
                    "proposal": info.is_proposal(),
                    "blob": info.revision.iommu_sva.id,
                })
            })
            .collect();
        print_json(out, &json!(models))?;
        return Ok(Exit::Agree);
    }
    for model in all() {
        let info = model.tree();
        write!(
            out,
            "{}",
            wrap(&format!("{:12}", info.name()), &" ".repeat(12), info.what())
        )?;
        if let Some(base) = info.parent() {
            writeln!(out, "            on {base}")?;
        }
        for commit in info.revision.commits {
            let text = format!("{} {}", commit.id, commit.subject);
            write!(out, "{}", wrap("            + ", &" ".repeat(14), &text))?;
        }
    }
    Ok(Exit::Agree)
}
