// SPDX-License-Identifier: GPL-2.0-or-later
//! Counts what the inputs of fuzz target `diff` in a folder make the models do:
//! `cargo run --example lessons -- fuzz/corpus/diff`.

use std::collections::HashSet;
use std::path::Path;
use std::process::ExitCode;
use svadiff::fuzzing::{Screen, diff};
use svadiff::judge::{CauseFinder, View};
use svadiff::ledger::Ledger;

/// What the inputs of a folder reach.
#[derive(Default)]
struct Reached {
    inputs: usize,
    /// Kinds of operations, with fault, return values and decisions.
    steps: HashSet<String>,
    decisions: HashSet<String>,
    returns: HashSet<String>,
    causes: HashSet<String>,
    pairs_and_causes: HashSet<String>,
}

fn reached(folder: &Path) -> std::io::Result<Reached> {
    let mut reached = Reached::default();
    let mut finder = CauseFinder::new(&View::DEFAULT);
    let mut screen = Screen::new(Ledger::shipped());
    for file in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(file?.path())?;
        reached.inputs += 1;
        if let Some(wrong) = diff::run(&mut screen, &bytes) {
            println!("an unknown difference: {wrong:?}");
        }
        let (models, case) = diff::case_of(&bytes);
        let names = models.map(|model| model.name());
        let (_, causes) = finder.causes_with(&models, &case, &mut |stepped| {
            let code = stepped.op.kind.code();
            let fault = stepped.op.fault.map(|fault| (fault.site, fault.errno));
            let rets = stepped.rets.map(|ret| {
                let text = format!("{ret:?}");
                // Without the numbers of handles, PASIDs, mms and domains.
                text.replace(|c: char| c.is_ascii_digit(), "")
            });
            for ret in &rets {
                reached.returns.insert(format!("{code:?} {ret}"));
            }
            for decided in stepped.decided.into_iter().flatten() {
                reached.decisions.insert(format!("{decided:?}"));
            }
            let step = format!("{code:?} {fault:?} {rets:?} {:?}", stepped.decided);
            reached.steps.insert(step);
        });
        for cause in causes {
            let cause = format!("{cause:?}");
            reached
                .pairs_and_causes
                .insert(format!("{names:?} {cause}"));
            reached.causes.insert(cause);
        }
    }
    Ok(reached)
}

fn main() -> ExitCode {
    for folder in std::env::args().skip(1) {
        match reached(Path::new(&folder)) {
            Err(error) => {
                eprintln!("{folder}: {error}");
                return ExitCode::FAILURE;
            }
            Ok(reached) => println!(
                "{folder}: {} inputs, {} operations with results, {} decisions, {} returns, \
                 {} causes, {} causes of pairs",
                reached.inputs,
                reached.steps.len(),
                reached.decisions.len(),
                reached.returns.len(),
                reached.causes.len(),
                reached.pairs_and_causes.len(),
            ),
        }
    }
    ExitCode::SUCCESS
}
