// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests the judge with cases of a few operations.

use super::*;
use crate::models::{AnyModel, by_name};
use spec::record::record;
use spec::{At, Device, Errno, Fault, Mm, Op, OpKind, Site, Splat, Topology};

fn models<const N: usize>(names: [&str; N]) -> [AnyModel; N] {
    names.map(|name| by_name(name).expect("a model of this name"))
}

fn case(groups: &[u8], ops: &[OpKind]) -> Case {
    let device = |&group: &u8| Device {
        group,
        max_pasids: 16,
        instance: 0,
    };
    let topology = Topology {
        devices: groups.iter().map(device).collect(),
        mms: vec![Mm { dma_compat: true }],
    };
    Case::new(topology, ops.iter().copied().map(Op::from).collect())
}

const fn bind(dev: u32) -> OpKind {
    OpKind::Bind { dev, mm: 0 }
}

/// Returns the view and the place of each difference, and whether it is a consequence.
fn shape(all: &[Difference]) -> Vec<(View, Place, bool)> {
    let shape = |this: &Difference| (this.view, this.place, this.follows);
    all.iter().map(shape).collect()
}

/// Returns the differences that recordings of a case show, after checking that live machines show
/// the same causes.
fn causes(names: [&str; 2], views: &[View], case: &Case) -> Vec<Difference> {
    let models = models(names);
    let all = judge(&models, views, case);
    let mut finder = CauseFinder::new(views);
    let (_, causes) = finder.causes(&models, case);
    let own = all.iter().filter(|this| !this.follows);
    let own: Vec<&Cause> = own.map(|this| &this.cause).collect();
    assert_eq!(causes.iter().collect::<Vec<_>>(), own);
    all
}

#[test]
fn two_runs_of_one_model_agree_in_every_view() {
    let case = case(&[0, 0], &[bind(0), bind(1), OpKind::Unbind { of: 0 }]);
    for name in ["v6.7", "v6.8", "v6.12"] {
        assert_eq!(causes([name, name], &View::ALL, &case), []);
    }
}

#[test]
fn what_callers_observe_after_a_difference_is_a_consequence() {
    let ops = [bind(0), bind(0), OpKind::GetPasid { of: 1 }];
    let all = causes(["v6.7", "v6.8-rc1"], &[View::Api], &case(&[0], &ops));
    let expected = [
        (View::Api, Place::Op(1), false),
        (View::Api, Place::Op(2), true),
    ];
    assert_eq!(shape(&all), expected);
    let Cause::Returned { op, from, to } = all[0].cause else {
        panic!("{all:?}");
    };
    assert_eq!((op, from.0), ("bind", RetKind::NewHandle));
    assert_eq!(to.0, RetKind::Err(Errno::EBUSY));
}

#[test]
fn what_only_the_driver_observes_makes_no_consequence_of_what_callers_observe() {
    let mut before = Diverged::default();
    before.mark(View::Driver);
    assert!(before.explains(View::Driver));
    assert!(!before.explains(View::Api) && !before.explains(View::State));
    before.mark(View::Splat);
    assert!(View::ALL.into_iter().all(|view| before.explains(view)));
}

#[test]
fn a_complaint_that_both_have_is_no_difference_and_one_more_is() {
    let at = |number: usize| At::ALL[number];
    let [warn, underflow] = [Splat::WarnDetach, Splat::Underflow];
    let one = [(warn, at(1))];
    let two = [(warn, at(2)), (underflow, at(3)), (warn, at(4))];
    assert!(diverged::unmatched(&one, &two).next().is_none());
    let more: Vec<_> = diverged::unmatched(&two, &one).collect();
    assert_eq!(more, [(underflow, at(3)), (warn, at(4))]);
    assert!(!same_splats(&one, &two));
    assert!(same_splats(&two, &[two[2], two[1], two[0]]));
}

#[test]
fn a_reference_count_that_complains_again_is_a_consequence() {
    let ops = [bind(0), bind(1)];
    let case = case(&[0, 1], &ops);
    let all = causes(["v6.8-rc6", "v6.8"], &[View::Splat, View::Leak], &case);
    let expected = [
        (View::Splat, Place::End, false),
        (View::Leak, Place::End, false),
    ];
    assert_eq!(shape(&all), expected);
}

#[test]
fn a_handle_is_lost_where_it_was_given_back_last() {
    // The unbind of the second device makes the count of the shared handle underflow.
    let ops = [bind(0), bind(1)];
    let case = case(&[0, 1], &ops);
    let [alone] = models(["v6.8-rc6"]);
    let all = judge(&[alone], &[], &case);
    let kind = |this: &Difference| match this.cause {
        Cause::Leaked { kind, .. } => Some(kind),
        _ => None,
    };
    let leaks: Vec<LeakKind> = all.iter().filter_map(kind).collect();
    assert_eq!(leaks, [LeakKind::Handles]);
    let leaked = all.iter().find(|this| kind(this).is_some());
    assert!(leaked.is_some_and(|this| this.decided[0].is_some()));
}

#[test]
fn one_side_alone_is_judged_by_what_no_kernel_may_do() {
    let [v67] = models(["v6.7"]);
    let ops = [bind(0), bind(0), OpKind::Unbind { of: 0 }];
    assert_eq!(judge(&[v67], &[], &case(&[0], &ops)), []);
}

#[test]
fn of_two_recordings_that_die_alike_nothing_is_reported() {
    // In the sketch, a call returns with the lock held after it has found a handle.
    let sketch = models(["thread-d", "thread-d"]);
    let case = case(&[0], &[bind(0), bind(0), bind(0), bind(0)]);
    let recording = record(&sketch[0], &case);
    assert!(recording.trace.end.is_none());
    assert_eq!(judge(&sketch, &View::ALL, &case), []);
    let alone = shape(&judge(&[sketch[0]], &[], &case));
    assert_eq!(alone.last(), Some(&(View::Api, Place::Op(2), false)));
}

#[test]
fn a_death_is_reported_in_whatever_view_is_compared() {
    let case = case(&[0], &[bind(0), bind(0), bind(0), bind(0)]);
    for view in View::ALL {
        let all = causes(["v6.8", "thread-d"], &[view], &case);
        let is_death = |this: &&Difference| matches!(this.cause, Cause::Complained { splat, .. } if splat.is_fatal());
        let views: Vec<View> = all.iter().filter(is_death).map(|this| this.view).collect();
        assert_eq!(views, [view]);
    }
}

#[test]
fn a_fault_that_both_return_alike_is_no_difference() {
    let mut case = case(&[0], &[bind(0)]);
    case.ops[0].fault = Some(Fault {
        site: Site::SetDevPasid,
        nth: 1,
        errno: Errno::EIO,
    });
    assert_eq!(causes(["v6.7", "v6.12"], &View::DEFAULT, &case), []);
}
