// SPDX-License-Identifier: GPL-2.0-or-later
//! The models, as text.

use super::wrap;
use crate::models::AnyModel;
use spec::Model;

pub(super) fn models(models: &[AnyModel]) -> String {
    let mut text = String::new();
    for model in models {
        let tree = model.tree();
        text += &wrap(&format!("{:12}", tree.name()), &" ".repeat(12), tree.what());
        if let Some(base) = tree.parent() {
            text += &format!("            on {base}\n");
        }
        for commit in tree.revision.commits {
            let (first, further) = ("            + ", " ".repeat(14));
            text += &match commit.release {
                Some(_) => wrap(
                    first,
                    &further,
                    &format!("{} {}", commit.id, commit.subject),
                ),
                // A Message-ID can be long, so it has its own line.
                None => {
                    wrap(first, &further, commit.subject) + &wrap(&further, &further, commit.id)
                }
            };
        }
    }
    text
}
