// SPDX-License-Identifier: GPL-2.0-or-later
//! Records a case on a model, and lets tests count the recordings.

use spec::record::Recording;
use spec::{Case, Model};

/// Runs a case on a model and records everything.
pub(crate) fn record<M: Model>(model: &M, case: &Case) -> Recording {
    #[cfg(test)]
    tests::count(model.tree(), case);
    spec::record::record(model, case)
}

#[cfg(test)]
mod tests {
    use crate::cli;
    use crate::explore::compare;
    use crate::judge::View;
    use crate::limits::Limits;
    use crate::models::by_name;
    use crate::report::{FORMS, Report, SearchReport};
    use crate::universe::Universe;
    use spec::{Case, Tree};
    use std::cell::RefCell;

    thread_local! {
        /// The recordings that this thread has made: the tree and the case of each.
        static MADE: RefCell<Vec<(&'static Tree, Case)>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn count(tree: &'static Tree, case: &Case) {
        MADE.with_borrow_mut(|made| made.push((tree, case.bare())));
    }

    /// Returns the trees on which `case` was recorded since the last call. Clears the list of all
    /// recordings.
    fn recorded(case: &Case) -> Vec<&'static Tree> {
        let made = MADE.take().into_iter();
        let of_case = made.filter(|(_, this)| *this == case.bare());
        of_case.map(|(tree, _)| tree).collect()
    }

    fn assert_once(trees: &[&'static Tree], what: &str) {
        for (at, tree) in trees.iter().enumerate() {
            let again = trees[at + 1..].iter().any(|other| other == tree);
            assert!(!again, "{what}: {} ran the case twice", tree.name());
        }
    }

    #[test]
    fn a_command_about_one_case_runs_it_once_on_each_model() {
        let text = r#"{
            "topology": {
                "devices": [
                    {"group": 0, "max_pasids": 16, "instance": 0},
                    {"group": 1, "max_pasids": 16, "instance": 0}
                ],
                "mms": [{"dma_compat": true}]
            },
            "ops": [
                {"op": "bind", "dev": 0, "mm": 0},
                {"op": "bind", "dev": 0, "mm": 0},
                {"op": "bind", "dev": 1, "mm": 0},
                {"op": "unbind", "of": 2},
                {"op": "get_pasid", "of": 1}
            ]
        }"#;
        let case = Case::from_json(text.as_bytes()).expect("a case");
        for args in [
            &["diff", "-", "--from", "v6.7", "--to", "v6.8-rc6"][..],
            &["diff", "-", "--from", "v6.7", "--to", "v6.8-rc6", "--json"],
            &[
                "diff", "-", "--from", "v6.8-rc1", "--to", "v7.3", "--view", "state",
            ],
            &["bisect", "-"],
            &["trace", "-"],
        ] {
            recorded(&case);
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let status = cli::run(args, &mut text.as_bytes(), &mut out, &mut err);
            assert!(status <= 1, "{}", String::from_utf8_lossy(&err));
            let trees = recorded(&case);
            assert!(trees.len() >= 2, "{args:?}");
            assert_once(&trees, &args.join(" "));
        }
    }

    /// A finding keeps the recordings of its models, so only the other models in the history run
    /// its case.
    #[test]
    fn to_print_a_finding_its_models_do_not_run_the_case_again() {
        let models = ["v6.7", "v6.8-rc6"].map(|name| by_name(name).expect("a model"));
        let universe = Universe::default();
        let question = crate::question::Question {
            models,
            universe: &universe,
            views: &View::DEFAULT,
        };
        let summary = compare(models, &universe, &View::DEFAULT, Limits::default());
        assert!(summary.findings.len() > 1);
        for finding in &summary.findings {
            let mut summary = summary.clone();
            summary.findings = vec![finding.clone()];
            let report = SearchReport::new(&question, &summary);
            for form in FORMS {
                recorded(&finding.case);
                (form.write)(&Report::Search(&report), &mut Vec::new()).expect("memory");
                let trees = recorded(&finding.case);
                assert_once(&trees, form.name);
                for model in models {
                    let tree = spec::Model::tree(&model);
                    assert!(!trees.contains(&tree), "{}: {}", form.name, tree.name());
                }
            }
        }
    }
}
