// SPDX-License-Identifier: GPL-2.0-or-later
//! What is made and committed is what would be made now: schemas, man pages and completions.

use crate::cli::run::ROOT;
use std::path::Path;

#[test]
fn what_is_committed_is_what_is_made() {
    let stale = generate::stale(Path::new(ROOT)).expect("the repository");
    let again = "cargo run -p svadiff-generate";
    assert!(stale.is_empty(), "run `{again}`:\n{}", stale.join("\n"));
}

#[test]
fn the_program_prints_the_schemas_that_are_made() {
    let printed: Vec<_> = svadiff::schemas::names().collect();
    let made = generate::schema::all();
    assert_eq!(printed.len(), made.len());
    for schema in made {
        let ran = crate::cli::run::svadiff(["schema", schema.name]);
        assert_eq!(ran.json(0), schema.schema, "{}", schema.name);
    }
}
