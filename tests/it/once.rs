// SPDX-License-Identifier: GPL-2.0-or-later
//! A model runs a case once, however much is printed about it.

use engine::record::made::take;
use spec::{Case, Tree};
use svadiff::explore::compare;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::by_name;
use svadiff::report::{FORMS, Report, SearchReport};
use svadiff::universe::Universe;
use svadiff::{cli, spec};

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
        take(&case);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let status = cli::run(args, &mut text.as_bytes(), &mut out, &mut err);
        assert!(status <= 1, "{}", String::from_utf8_lossy(&err));
        let trees = take(&case);
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
    let question = svadiff::question::Question {
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
            take(&finding.case);
            (form.write)(&Report::Search(&report), &mut Vec::new()).expect("memory");
            let trees = take(&finding.case);
            assert_once(&trees, form.name);
            for model in models {
                let tree = svadiff::spec::Model::tree(&model);
                assert!(!trees.contains(&tree), "{}: {}", form.name, tree.name());
            }
        }
    }
}
