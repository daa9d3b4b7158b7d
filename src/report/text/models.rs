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
            let line = format!("{} {}", commit.id, commit.subject);
            text += &wrap("            + ", &" ".repeat(14), &line);
        }
    }
    text
}
