// SPDX-License-Identifier: GPL-2.0-or-later
//! Properties of generated cases, in all profiles.

mod bytes;
mod profiles;
#[cfg(any(feature = "arbitrary", feature = "proptest"))]
mod values;

use super::*;
use crate::case::Case;
use fastrand::Rng;

/// Asserts that the reader accepts a case and reads it back unchanged.
fn is_accepted(case: &Case) -> bool {
    Case::from_json(case.to_json().to_string().as_bytes()).as_ref() == Ok(case)
}

fn random_bytes(rng: &mut Rng, len: usize) -> Vec<u8> {
    (0..len).map(|_| rng.u8(..)).collect()
}

/// Creates a header and this many genes.
fn random_genes(rng: &mut Rng, genes: usize) -> Vec<u8> {
    random_bytes(rng, HEADER + GENE * genes)
}

fn case_of(profile: &Profile, bytes: &[u8]) -> Case {
    let mut case = Case::default();
    from_bytes(profile, bytes, &mut case);
    case
}

/// FNV-1a of the formatted value.
fn digest(profile: &'static Profile, cases: u64) -> u64 {
    let mut generator = Generator::new(profile);
    (0..cases)
        .flat_map(|seed| generator.case(seed).to_json().to_string().into_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

#[test]
fn the_same_seeds_make_the_same_cases_everywhere() {
    let expected = [
        0x89a2_5c91_2709_743c,
        0xbf85_bbcd_3f25_cb17,
        0x146b_e420_4a60_9f0d,
        0xe006_a6c5_093f_339b,
        0xfd73_23e6_f3cf_c399,
        0xffaa_ab36_851c_0382,
        0x4a2b_637f_755f_e5f7,
        0x46e6_0371_cb1d_57c0,
    ];
    let digests: Vec<u64> = PROFILES
        .iter()
        .map(|profile| digest(profile, 1000))
        .collect();
    assert_eq!(digests, expected, "{digests:#x?}");
}

#[test]
fn the_case_of_a_seed_does_not_depend_on_the_cases_before() {
    for profile in &PROFILES {
        let mut generator = Generator::new(profile);
        for seed in 0..300 {
            let fresh = Generator::new(profile).case(seed).clone();
            assert_eq!(generator.case(seed), &fresh, "{}", profile.name);
        }
    }
}

#[test]
fn every_generated_case_is_within_the_limits_and_the_sizes_of_its_profile() {
    for profile in &PROFILES {
        let mut generator = Generator::new(profile);
        for seed in 0..2000 {
            let case = generator.case(seed);
            assert!(is_accepted(case), "{case:?}");
            let sizes = &profile.sizes;
            assert!(sizes.devices.contains(&(case.topology.devices.len() as u8)));
            assert!(sizes.mms.contains(&(case.topology.mms.len() as u8)));
            assert!(sizes.ops.contains(&(case.ops.len() as u8)));
            let cpus = case.cpus().last().map_or(0, |cpu| cpu + 1);
            assert!(cpus <= *sizes.cpus.end(), "{case:?}");
        }
    }
}

#[test]
fn sizes_that_are_asked_for_are_those_of_every_case() {
    let sizes = Sizes {
        devices: 5..=5,
        mms: 16..=16,
        ops: 60..=64,
        cpus: 0..=0,
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    for seed in 0..500 {
        let case = generator.case(seed);
        assert_eq!(case.topology.devices.len(), 5);
        assert_eq!(case.topology.mms.len(), 16);
        assert!(case.ops.len() >= 60 && !case.is_concurrent());
    }
    let sizes = Sizes {
        devices: 0..=0,
        cpus: 3..=3,
        ..Sizes::LIMITS
    };
    let mut generator = Generator::within(EVERYTHING, sizes);
    for seed in 0..500 {
        let case = generator.case(seed);
        assert!(case.topology.devices.is_empty());
        assert_eq!(case.cpus().len(), case.ops.len().min(3));
    }
}
