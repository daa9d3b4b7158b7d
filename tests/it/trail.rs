// SPDX-License-Identifier: GPL-2.0-or-later
//! The lines that a call passes, as `explain` prints them, were executed by the kernel's own code.

use crate::recorded::{blocks, rows, steps};
use crate::thorough::sample;
use spec::revision::Citation;
use spec::trail::{What, walk};
use spec::{At, File, Model};
use std::collections::{BTreeMap, BTreeSet};
use svadiff::explain::{LineOf, steps as explained};
use svadiff::models::{AnyModel, all};

/// Returns the lines of `iommu-sva.c` at which blocks start, over all rows.
fn starts(model: &AnyModel) -> BTreeSet<u16> {
    let columns = rows().iter().filter_map(|row| row.column(model));
    columns.flat_map(steps).flat_map(blocks).collect()
}

#[test]
fn what_a_call_passes_was_executed() {
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    let mut passed = 0;
    for model in all() {
        let starts = starts(&model);
        for row in sample(rows(), 5) {
            let Some(recorded) = row.column(&model) else {
                continue;
            };
            for stretch in walk(&model, &row.case) {
                let What::Op(index) = stretch.what else {
                    continue;
                };
                let executed = blocks(&steps(recorded)[index]);
                let op = &row.case.ops[index];
                for step in explained(model, op, &stretch.events) {
                    let Some(at) = step.at.filter(|at| at.file() == File::IommuSva) else {
                        continue;
                    };
                    if step.place != LineOf::At || at == At::IopfHandled {
                        continue;
                    }
                    passed += 1;
                    let cite: Citation = model.tree().cite(at);
                    let block = starts.range(..=cite.line).next_back();
                    if !block.is_some_and(|start| executed.contains(start)) {
                        let op = op.kind.name();
                        let line = format!("{} {op} {at}:{}", model.name(), cite.line);
                        *wrong.entry(line).or_default() += 1;
                    }
                }
            }
        }
    }
    assert!(passed > 1000);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
