// SPDX-License-Identifier: GPL-2.0-or-later
//! Man pages: one for the program, and one for each command.

use crate::Made;
use clap::Command;

/// Returns `man/svadiff.1`, and `man/svadiff-COMMAND.1` for each command at any depth.
pub(crate) fn files() -> Vec<Made> {
    let mut command = svadiff::cli::command().disable_help_subcommand(true);
    command.build();
    let mut all = Vec::new();
    pages(&command, "svadiff", &mut all);
    all
}

fn pages(command: &Command, name: &'static str, all: &mut Vec<Made>) {
    // A page is found by the words of its command, joined by hyphens.
    let named = command.clone().name(name).display_name(name);
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(named).source(concat!("svadiff ", env!("CARGO_PKG_VERSION")));
    man.render(&mut page).expect("a vector takes all");
    let page = String::from_utf8(page).expect("what is rendered from text is text");
    // What help prints last is a section without a name of its own.
    let page = page
        .replace("\n.SH EXTRA\nExamples:\n", "\n.SH EXAMPLES\n")
        .replace("\n.SH EXTRA\n", "\n.SH NOTES\n");
    let licence = ".\\\" SPDX-License-Identifier: GPL-2.0-or-later\n";
    all.push(Made {
        path: format!("man/{name}.1").into(),
        text: format!("{licence}{page}"),
    });
    for below in command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
    {
        // clap keeps names for as long as the program runs.
        let name = format!("{name}-{}", below.get_name()).leak();
        pages(below, name, all);
    }
}
