// SPDX-License-Identifier: GPL-2.0-or-later
//! The lives and marks of cases whose story is known.

use super::{Kind, Mark, Timeline};
use crate::models::{AnyModel, all, by_name};
use spec::{Case, Device, Mm, Op, OpKind, Topology};

fn models(names: &[&str]) -> Vec<AnyModel> {
    let model = |name: &&str| by_name(name).expect("a model");
    names.iter().map(model).collect()
}

fn case(devices: u8, ops: &[OpKind]) -> Case {
    let device = |group| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: (0..devices).map(device).collect(),
        mms: vec![Mm { dma_compat: true }],
    };
    Case::new(topology, ops.iter().map(|&op| Op::from(op)).collect())
}

const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };

#[test]
fn the_second_bind_is_the_first_difference_on_both_sides() {
    let timeline = Timeline::of_models(&models(&["v6.7", "v6.8-rc1"]), &case(1, &[BIND, BIND]));
    assert_eq!(timeline.columns.len(), 2);
    for column in &timeline.columns {
        let marks: Vec<Mark> = column.rows.iter().map(|row| row.mark).collect();
        assert_eq!(marks, [Mark::None, Mark::First, Mark::None]);
    }
}

#[test]
fn a_handle_lives_from_its_bind_to_its_unbind_and_a_leaked_one_on() {
    let other = OpKind::Bind { dev: 1, mm: 0 };
    let ops = [BIND, OpKind::Unbind { of: 0 }, BIND];
    let timeline = Timeline::of_models(&models(&["v6.7"]), &case(2, &ops));
    let handles = { timeline.columns[0].lanes.iter() }.filter(|lane| lane.kind == Kind::Handle);
    let lives: Vec<_> = handles.flat_map(|lane| &lane.spans).collect();
    assert_eq!(lives.len(), 2);
    assert_eq!((lives[0].born, lives[0].died), (Some(0), Some(1)));
    assert_eq!((lives[1].born, lives[1].died), (Some(2), Some(3)));

    let timeline = Timeline::of_models(&models(&["v6.8-rc6"]), &case(2, &[BIND, other]));
    let column = &timeline.columns[0];
    let leaked = column.lanes.iter().flat_map(|lane| &lane.spans);
    let leaked: Vec<_> = { leaked.filter(|span| span.is_leaked) }
        .map(|span| span.name.as_str())
        .collect();
    let entry = "the entry of group 1 pasid 1";
    assert_eq!(leaked, ["handle 1", "domain 0", entry, "pasid 1", "mm 0"]);
    assert!(column.rows[2].facts.leaks && column.rows[2].mark == Mark::First);
}

#[test]
fn kernels_that_do_the_same_share_a_column_and_all_are_in_one() {
    let timeline = Timeline::of_models(&all(), &case(1, &[BIND, BIND]));
    let count: usize = timeline
        .columns
        .iter()
        .map(|column| column.models.len())
        .sum();
    assert_eq!(count, all().len());
    assert!((2..all().len() / 2).contains(&timeline.columns.len()));
}

#[test]
fn of_several_kernels_the_first_one_has_one_first_difference() {
    let ops = [
        BIND,
        BIND,
        OpKind::Unbind { of: 1 },
        OpKind::Bind { dev: 1, mm: 0 },
    ];
    let timeline = Timeline::of_models(&all(), &case(2, &ops));
    let firsts = |column: &super::Column| {
        let marks = column.rows.iter().map(|row| row.mark);
        marks.filter(|mark| *mark == Mark::First).count()
    };
    let counts: Vec<usize> = timeline.columns.iter().map(firsts).collect();
    assert!(
        counts.len() > 3 && counts.iter().all(|&count| count == 1),
        "{counts:?}"
    );
    let rows = |column: &super::Column| column.rows.iter().position(|row| row.mark == Mark::First);
    let places: std::collections::HashSet<_> = timeline.columns.iter().map(rows).collect();
    assert!(places.len() > 1, "all differ at one place");
}

#[test]
fn after_an_oops_nothing_runs_and_nothing_is_leaked() {
    let ops = [BIND, BIND, BIND, BIND];
    let timeline = Timeline::of_models(&models(&["thread-d"]), &case(1, &ops));
    let column = &timeline.columns[0];
    let died = column.died.expect("the sketch hangs");
    assert!(
        column.rows[died + 1..]
            .iter()
            .all(|row| row.facts.is_not_run)
    );
    assert!({ column.lanes.iter() }.all(|lane| lane.spans.iter().all(|span| !span.is_leaked)));
}
