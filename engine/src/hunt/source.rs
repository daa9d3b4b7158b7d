// SPDX-License-Identifier: GPL-2.0-or-later
//! The cases of a hunt. Each one depends only on the seed and its number.

use crate::judge::is_tried;
use spec::edit::without_ops_and_their_names;
use spec::generate::{Generator, Profile, Sizes};
use spec::{Case, Model, Op, OpCode};

/// Maximum number of operations of a program on several CPUs. Each program is run under every
/// interleaving.
const MOST_CONCURRENT: u8 = 6;

/// Returns the default number of CPUs for the cases of a profile.
pub fn usual_cpus(profile: &Profile) -> u8 {
    (*profile.sizes.cpus.start()).max(1)
}

/// Generates the cases of a hunt. After the first few cases it allocates nothing.
#[derive(Debug)]
pub struct Source {
    generator: Generator,
    seed: u64,
    cpus: u8,
    /// The kinds of operations that no case has.
    without: Vec<OpCode>,
    case: Case,
}

impl Source {
    /// Makes a source of cases of a profile on this number of CPUs.
    pub fn new(profile: &'static Profile, seed: u64, cpus: u8) -> Self {
        let sizes = match cpus {
            0..=1 => Sizes {
                cpus: 0..=0,
                ..Sizes::LIMITS
            },
            _ => Sizes {
                ops: 1..=MOST_CONCURRENT,
                cpus: cpus..=cpus,
                ..Sizes::LIMITS
            },
        };
        Source {
            generator: Generator::within(profile, sizes),
            seed: mix(seed),
            cpus,
            without: Vec::new(),
            case: Case::default(),
        }
    }

    /// Leaves out the operations that a search of these models does not try either.
    pub(super) fn of<M: Model, const N: usize>(self, models: &[M; N]) -> Self {
        let is_out = |code: &OpCode| !is_tried(models, *code);
        Source {
            without: OpCode::ALL.into_iter().filter(is_out).collect(),
            ..self
        }
    }

    /// Returns the case with this number. The reference is valid until the next call.
    #[inline]
    pub fn case(&mut self, number: u64) -> &Case {
        let random = mix(self.seed.wrapping_add(number.wrapping_mul(STEP)));
        let case = self.generator.case(random);
        let several = self.cpus > 1;
        let is_out = |op: &Op| self.without.contains(&op.kind.code());
        let is_whole = self.without.is_empty() || !case.ops.iter().any(is_out);
        if case.is_concurrent() == several && case.schedule.is_none() && is_whole {
            return case;
        }
        if is_whole {
            self.case
                .topology
                .devices
                .clone_from(&case.topology.devices);
            self.case.topology.mms.clone_from(&case.topology.mms);
            self.case.ops.clone_from(&case.ops);
        } else {
            let gone = |op: usize| is_out(&case.ops[op]);
            self.case = without_ops_and_their_names(case, gone);
            self.case.schedule = None;
        }
        // The profile may generate cases of the other kind, so move the operations to the right
        // CPUs.
        let mut random = mix(random);
        for (index, op) in self.case.ops.iter_mut().enumerate() {
            // Every CPU has something to do.
            let cpu = match index as u64 {
                first if first < self.cpus.into() => first,
                _ => random % u64::from(self.cpus),
            };
            random = mix(random.wrapping_add(STEP));
            op.again &= !several;
            op.cpu = match (several, op.cpu) {
                (false, _) => None,
                (true, given) => given.or(Some(cpu as u8)),
            };
        }
        &self.case
    }
}

/// The increment of the state of the `splitmix64` generator.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the output of `splitmix64` for a state. It is a bijection.
fn mix(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

#[cfg(test)]
mod tests {
    use super::Source;
    use spec::generate::PROFILES;

    #[test]
    fn a_case_depends_on_the_seed_and_its_number_alone() {
        for profile in &PROFILES {
            for cpus in [1, 2, 3] {
                let all: Vec<_> = {
                    let mut source = Source::new(profile, 7, cpus);
                    (0..50).map(|number| source.case(number).clone()).collect()
                };
                let mut source = Source::new(profile, 7, cpus);
                for number in (0..50).rev() {
                    assert_eq!(*source.case(number), all[number as usize]);
                }
                let mut other = Source::new(profile, 8, cpus);
                assert_ne!(*other.case(0), all[0]);
            }
        }
    }

    #[test]
    fn a_case_is_on_the_cpus_that_were_asked_for_and_has_no_schedule() {
        for profile in &PROFILES {
            for cpus in [1, 2, 3, 4] {
                let mut source = Source::new(profile, 1, cpus);
                for number in 0..200 {
                    let case = source.case(number);
                    assert_eq!(case.schedule, None);
                    let all = case.ops.iter().all(|op| match cpus {
                        1 => op.cpu.is_none(),
                        _ => op.cpu.is_some_and(|cpu| cpu < cpus) && !op.again,
                    });
                    assert!(all, "{} {cpus}: {case:?}", profile.name);
                    assert!(cpus == 1 || case.ops.len() <= 6);
                }
            }
        }
    }
}
