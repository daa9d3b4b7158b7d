// SPDX-License-Identifier: GPL-2.0-or-later
//! Names of many models in few words.

use crate::models::{AnyModel, all};
use spec::Model;
use spec::revision::Branch;

fn is_mainline(model: AnyModel) -> bool {
    model.tree().revision.branch == Branch::Mainline
}

/// Names models in the order of history: `v6.2 to v6.7, v6.6.33`. `A to B` are all mainline models
/// from A to B; models of other branches, and proposals, are named one by one.
pub fn names(models: &[AnyModel]) -> String {
    let mut models = models.to_vec();
    models.sort_by_key(|model| model.place());
    models.dedup();
    let mainline: Vec<AnyModel> = all()
        .into_iter()
        .filter(|model| is_mainline(*model))
        .collect();
    let mut parts = Vec::new();
    let mut run = Vec::new();
    for (at, model) in mainline.iter().enumerate() {
        if models.contains(model) {
            run.push(at);
        }
        let ends = at + 1 == mainline.len() || !models.contains(&mainline[at]);
        if let (true, [first, .., last]) = (ends, &run[..]) {
            let [first, last] = [first, last].map(|&at| mainline[at]);
            let name = format!("{} to {}", AnyModel::name(first), AnyModel::name(last));
            parts.push((first.place(), name));
        } else if let (true, [alone]) = (ends, &run[..]) {
            parts.push((
                mainline[*alone].place(),
                AnyModel::name(mainline[*alone]).to_owned(),
            ));
        }
        if ends {
            run.clear();
        }
    }
    let others = models.iter().filter(|model| !mainline.contains(model));
    parts.extend(others.map(|model| (model.place(), AnyModel::name(*model).to_owned())));
    // Models with commits on top share a place and keep their order.
    parts.sort_by_key(|(place, _)| *place);
    let parts: Vec<String> = parts.into_iter().map(|(_, name)| name).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{is_mainline, names};
    use crate::models::{AnyModel, all};

    #[test]
    fn neighbours_of_mainline_are_a_range_and_others_are_named() {
        let mainline: Vec<AnyModel> = all()
            .into_iter()
            .filter(|this| is_mainline(*this))
            .collect();
        let name = |at: usize| AnyModel::name(mainline[at]);
        let other = all()
            .into_iter()
            .find(|this| !is_mainline(*this))
            .expect("another branch");
        assert_eq!(names(&[]), "");
        assert_eq!(names(&mainline[1..2]), name(1));
        assert_eq!(
            names(&mainline[1..4]),
            format!("{} to {}", name(1), name(3))
        );
        let apart = [
            mainline[5],
            mainline[0],
            mainline[1],
            mainline[3],
            mainline[1],
        ];
        let expected = format!("{} to {}, {}, {}", name(0), name(1), name(3), name(5));
        assert_eq!(names(&apart), expected);
        let whole = names(&all());
        let ends = format!("{} to {}, ", name(0), name(mainline.len() - 1));
        assert!(
            whole.starts_with(&ends) && whole.contains(other.name()),
            "{whole}"
        );
    }
}
