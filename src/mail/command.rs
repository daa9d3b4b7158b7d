// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads the command of a certificate.

use crate::judge::View;
use crate::universe::{Groups, Universe};
use spec::{OpCode, Site};
use std::str::FromStr;

/// Reads the universe and the views of `svadiff compare …` or `svadiff check …`, which the text begins
/// with. Returns `None` if it is not written as a report writes it.
pub(super) fn of_search(text: &str) -> Option<(Universe, Vec<View>)> {
    let mut words = text.split_whitespace().filter(|&word| word != "\\");
    let mut words = {
        let most = match (words.next()?, words.next()?) {
            ("svadiff", "compare") => 2,
            ("svadiff", "check") => 1,
            _ => return None,
        };
        words.skip(most).peekable()
    };
    let mut universe = Universe::default();
    let (mut ops, mut views) = (None, Vec::new());
    let mut only: Vec<OpCode> = Vec::new();
    // Other words follow after the last option.
    while let Some(option) = words.next_if(|word| word.starts_with("--")) {
        let value = words.next_if(|word| !word.starts_with("--"));
        if option == "--faults" {
            // Without a value these are all sites. What is no site is of others.
            let sites: Option<Vec<Site>> =
                value.and_then(|value| value.split(',').map(Site::by_name).collect());
            universe.faults = sites.unwrap_or_else(|| Site::ALL.to_vec());
            continue;
        }
        let value = value?;
        match option {
            "--devices" => universe.devices = value.parse().ok()?,
            "--groups" => {
                universe.groups = match value {
                    "own" => Groups::Own,
                    "one" => Groups::One,
                    numbers => Groups::These(list(numbers)?),
                }
            }
            "--max-pasids" => universe.max_pasids = list(value)?,
            "--mms" => universe.mms = value.parse().ok()?,
            "--pasids" => universe.set_pasids(Some(list(value)?)),
            "--ops" => ops = Some(value.parse().ok()?),
            "--binds" => universe.binds = Some(value.parse().ok()?),
            "--cpus" => universe.cpus = value.parse().ok()?,
            "--only" => {
                let all = value.split(',').map(OpCode::by_name);
                only = all.collect::<Option<_>>()?;
            }
            "--view" => views.push(View::ALL.into_iter().find(|view| view.name() == value)?),
            _ => return None,
        }
    }
    universe.ops = match universe.binds {
        Some(_) => ops,
        None => ops.or(universe.ops),
    };
    universe.only = match &only[..] {
        [] => Universe::usual(universe.ops, universe.cpus),
        only => {
            let all = OpCode::ALL.into_iter();
            all.filter(|code| only.contains(code)).collect()
        }
    };
    if views.is_empty() {
        views = View::DEFAULT.to_vec();
    }
    universe.refused().is_none().then_some((universe, views))
}

/// Reads values with commas between them.
fn list<T: FromStr>(value: &str) -> Option<Vec<T>> {
    value.split(',').map(|one| one.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::of_search;
    use crate::universe::Universe;

    #[test]
    fn a_command_names_a_universe() {
        let universe = |text: &str| of_search(text).map(|(universe, _)| universe);
        let usual = Universe::default();
        assert_eq!(universe("svadiff compare v6.7 v6.8"), Some(usual.clone()));
        let two = Universe {
            ops: Some(2),
            devices: 1,
            ..usual
        };
        let text = "svadiff check v6.7 --devices 1 \\ --ops 2 and so on";
        assert_eq!(universe(text), Some(two));
        for text in ["", "svadiff diff a b", "svadiff compare v6.7 v6.8 --ops"] {
            assert_eq!(universe(text), None, "{text}");
        }
    }
}
