// SPDX-License-Identifier: GPL-2.0-or-later
//! Completions of the command line for shells.

use crate::Made;
use clap_complete::{Shell, generate};

/// Returns the completions for bash, zsh and fish, under the names that each shell looks for.
pub(crate) fn files() -> Vec<Made> {
    let shells = [
        (Shell::Bash, "svadiff.bash"),
        (Shell::Zsh, "_svadiff"),
        (Shell::Fish, "svadiff.fish"),
    ];
    let of = |(shell, name): (Shell, &str)| {
        let mut text = Vec::new();
        generate(shell, &mut svadiff::cli::command(), "svadiff", &mut text);
        let text = String::from_utf8(text).expect("what is made from text is text");
        let licence = "# SPDX-License-Identifier: GPL-2.0-or-later\n";
        // zsh wants its directive in the first line.
        let text = match text.split_once('\n') {
            Some((first, rest)) if first.starts_with("#compdef") => {
                format!("{first}\n{licence}{rest}")
            }
            _ => format!("{licence}{text}"),
        };
        Made {
            path: format!("completions/{name}").into(),
            text,
        }
    };
    shells.map(of).into()
}
