// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that a call run section by section, with nothing in between, equals the call run as a
//! whole.

use spec::case::MAX_OPS;
use spec::generate::{EVERYTHING, Generator, Sizes};
use spec::run::Call;
use spec::{Case, Recorder, Run};
use svadiff::models::all;

#[test]
fn section_by_section_and_to_the_end_are_the_same() {
    let sizes = Sizes {
        ops: MAX_OPS as u8..=MAX_OPS as u8,
        cpus: 0..=0,
        ..Sizes::LIMITS
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    for seed in 0..400 {
        let Case { topology, ops, .. } = generator.case(seed);
        for model in all() {
            let mut whole = Run::new(topology);
            let mut parts = whole;
            let mut seen = [Recorder::default(), Recorder::default()];
            for (index, op) in ops.iter().enumerate() {
                let ret = whole.step(&model, index, op, &mut seen[0]);
                let mut call = Call::new(index, op);
                let in_parts = loop {
                    if let Some(ret) = parts.section(&model, &mut call, op.kind, &mut seen[1]) {
                        break ret;
                    }
                };
                assert_eq!(ret, in_parts, "{} at {index} of {ops:?}", model.name());
                assert_eq!(seen[0], seen[1], "{} at {index} of {ops:?}", model.name());
                assert_eq!(whole, parts, "{} at {index} of {ops:?}", model.name());
                if ret.ends_the_run() {
                    break;
                }
            }
        }
    }
}
