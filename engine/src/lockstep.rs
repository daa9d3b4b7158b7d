// SPDX-License-Identifier: GPL-2.0-or-later
//! The hot loop: runs one case on two models, operation by operation, until they return
//! differently.
//!
//! A [`Run`] has a fixed size, and here it has no observer, so nothing is allocated: a case costs
//! two copies of the booted machine and its operations.

use crate::judge::same_ret;
use spec::{Model, Op, Run};

/// How far two models ran in lockstep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The number of operations that ran on both.
    pub ops: usize,
    /// Whether the last of these operations returned differently.
    pub differed: bool,
}

/// Returns the index of the first operation that returns differently on two models, if any.
///
/// `boot` is the machine before the first operation, from [`Run::new`]. One machine can serve any
/// number of cases of its topology. The teardown is not compared.
///
/// # Panics
///
/// If there are more than [`spec::case::MAX_OPS`] operations.
pub fn first_returned_differently<A: Model, B: Model>(
    a: &A,
    b: &B,
    boot: &Run,
    ops: &[Op],
) -> Option<usize> {
    let Walk { ops, differed } = walk(a, b, boot, ops);
    differed.then(|| ops - 1)
}

/// Steps two models until an operation returns differently, both die in the same operation, or all
/// operations have run.
///
/// # Panics
///
/// If there are more than [`spec::case::MAX_OPS`] operations.
pub fn walk<A: Model, B: Model>(a: &A, b: &B, boot: &Run, ops: &[Op]) -> Walk {
    let (mut run_a, mut run_b) = (*boot, *boot);
    for (index, op) in ops.iter().enumerate() {
        let ret_a = run_a.step(a, index, op, &mut ());
        let ret_b = run_b.step(b, index, op, &mut ());
        let differed = !same_ret(ret_a, ret_b);
        if differed || ret_a.ends_the_run() {
            return Walk {
                ops: index + 1,
                differed,
            };
        }
    }
    Walk {
        ops: ops.len(),
        differed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Walk, first_returned_differently, walk};
    use crate::models::{AnyModel, by_name};
    use spec::{Device, Mm, Op, OpKind, Run, Topology};

    fn boot() -> Run {
        let device = Device {
            group: 0,
            max_pasids: 16,
            instance: 0,
        };
        Run::new(&Topology {
            devices: vec![device],
            mms: vec![Mm { dma_compat: true }],
        })
    }

    fn model(name: &str) -> AnyModel {
        by_name(name).expect("a model of this name")
    }

    const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };

    #[test]
    fn the_second_bind_of_a_device_is_where_6_7_and_6_8_part() {
        let ops = [BIND, OpKind::Exit { mm: 9 }, BIND, BIND].map(Op::from);
        let first = |a, b| first_returned_differently(&model(a), &model(b), &boot(), &ops);
        assert_eq!(first("v6.7", "v6.8"), Some(2));
        assert_eq!(first("v6.8-rc6", "v6.8"), None);
    }

    #[test]
    fn models_that_die_alike_do_not_differ_and_stop() {
        // In the sketch, a call returns with the lock held after it has found a handle.
        let ops = [BIND, BIND, BIND, BIND].map(Op::from);
        let sketch = model("thread-d");
        let walked = walk(&sketch, &sketch, &boot(), &ops);
        assert_eq!(
            walked,
            Walk {
                ops: 3,
                differed: false
            }
        );
    }
}
