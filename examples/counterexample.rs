// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads a counterexample that came with a mail, and checks it: `cargo run --example counterexample
//! corpus/spurious-ebusy.json`.

use std::error::Error;
use svadiff::counterexample::Received;
use svadiff::report::finding;
use svadiff::runs::Runs;

/// Returns the difference that a counterexample is about, as text for a mail. Fails if a claim does
/// not hold.
fn read(bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let received = Received::from_json(bytes).map_err(|refused| refused.to_string())?;
    let replayed = received.replay();
    if let Some(wrong) = replayed.wrong.first() {
        return Err(format!("it claims that {} is {}", wrong.what, wrong.claimed).into());
    }
    let difference = received.difference().ok_or("nothing differs")?;
    let about = received.about().ok_or("a model is unknown")?;
    let headline = about.headline(&received.case, &difference);
    let runs = Runs::new(&received.case);
    let text = finding(about.models(), 1, &runs, &difference);
    Ok(format!("Subject: {headline}\n\n{text}"))
}

fn main() -> Result<(), Box<dyn Error>> {
    let default = "corpus/spurious-ebusy.json".to_owned();
    let path = std::env::args().nth(1).unwrap_or(default);
    println!("{}", read(&std::fs::read(path)?)?);
    Ok(())
}

#[test]
fn a_counterexample_is_read_and_one_that_is_wrong_is_refused() {
    let bytes = include_bytes!("../corpus/spurious-ebusy.json");
    let text = read(bytes).expect("it is true");
    assert!(text.contains("-EBUSY"), "{text}");
    let wrong =
        String::from_utf8_lossy(bytes).replace("\"op\": 0, \"view\"", "\"op\": 1, \"view\"");
    assert!(read(wrong.as_bytes()).is_err());
}
