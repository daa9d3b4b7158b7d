// SPDX-License-Identifier: GPL-2.0-or-later
//! Generated cases match the table of weights and the guarantees of their profile.

use super::*;
use crate::case::{Errno, OpCode, OpKind, Site};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Counts the operations of each kind, in 256.
pub(super) fn of_256(cases: impl Iterator<Item = Case>) -> [f64; OpCode::COUNT] {
    let mut seen = [0.0; OpCode::COUNT];
    for case in cases {
        let codes = case.ops.iter().map(|op| op.kind.code());
        codes.for_each(|code| seen[code as usize] += 1.0);
    }
    let all: f64 = seen.iter().sum();
    seen.map(|n| 256.0 * n / all)
}

#[test]
fn any_bytes_have_the_operations_of_the_table() {
    let rng = &mut Rng::with_seed(5);
    for profile in &PROFILES {
        let cases = (0..2000).map(|_| case_of(profile, &random_genes(rng, 64)));
        let seen = of_256(cases);
        for (seen, weight) in seen.into_iter().zip(profile.ops) {
            let weight = f64::from(weight);
            let near = 1.0 + weight / 16.0;
            assert!(
                (seen - weight).abs() < near,
                "{}: {seen} {weight}",
                profile.name
            );
        }
    }
}

/// If no operation can be named, one that can be named is generated instead.
#[test]
fn generated_cases_have_the_operations_of_the_table_but_for_names_of_nothing() {
    for profile in &PROFILES {
        let mut generator = Generator::new(profile);
        let seen = of_256((0..3000).map(|seed| generator.case(seed).clone()));
        for (code, (seen, weight)) in
            { OpCode::ALL.into_iter() }.zip(seen.into_iter().zip(profile.ops))
        {
            let weight = f64::from(weight);
            let what = format!("{} {code}: {seen} of {weight}", profile.name);
            match code.info().holds {
                Some(_) => assert!(seen >= 0.9 * weight, "{what}"),
                None if code.info().names().is_some() => assert!(seen >= 0.5 * weight, "{what}"),
                None => assert!(
                    seen > 0.7 * weight - 1.0 && seen < 1.1 * weight + 1.0,
                    "{what}"
                ),
            }
            assert_eq!(seen > 0.0, weight > 0.0, "{what}");
        }
    }
}
/// Returns the sizes and values in cases, by name.
fn values(case: &Case) -> Vec<(&'static str, u32)> {
    let mut all = vec![
        ("devices", case.topology.devices.len() as u32),
        ("mms", case.topology.mms.len() as u32),
        ("ops", case.ops.len() as u32),
        ("cpus", case.cpus().len() as u32),
        ("scheduled", case.schedule.is_some().into()),
    ];
    for device in &case.topology.devices {
        all.push(("group", device.group.into()));
        all.push(("instance", device.instance.into()));
        all.push(("max_pasids", device.max_pasids.into()));
    }
    let compat = { case.topology.mms.iter() }.map(|mm| ("dma_compat", mm.dma_compat.into()));
    all.extend(compat);
    for op in &case.ops {
        if let Some(fault) = op.fault {
            all.push(("nth", fault.nth));
        }
        match op.kind {
            OpKind::Bind { dev, mm } => all.extend([("dev", dev), ("mm", mm)]),
            OpKind::Attach { pasid, .. } => all.push(("attach", pasid.min(4097))),
            OpKind::PageRequest { pasid, .. } => all.push(("page_request", pasid.min(4097))),
            OpKind::Unbind { of } => all.push(("of", of)),
            _ => {}
        }
    }
    all
}

#[test]
fn everything_has_every_size_and_every_value_up_to_the_limits_and_beyond() {
    let mut seen: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
    let mut generator = Generator::new(EVERYTHING);
    for seed in 0..50_000 {
        for (name, value) in values(generator.case(seed)) {
            seen.entry(name).or_default().insert(value);
        }
    }
    let has = |name: &str, values: RangeInclusive<u32>| {
        for value in values {
            assert!(seen[name].contains(&value), "{name} {value}");
        }
    };
    has("devices", 0..=8);
    has("mms", 0..=16);
    has("ops", 0..=64);
    has("cpus", 0..=16);
    has("scheduled", 0..=1);
    has("group", 0..=7);
    has("instance", 0..=3);
    has("dma_compat", 0..=1);
    has("nth", 0..=35);
    has("dev", 0..=9);
    has("mm", 0..=16);
    has("of", 0..=64);
    for limit in [0, 1, 2, 3, 4, 16, 64, 4095, 4096] {
        has("max_pasids", limit..=limit);
    }
    assert!(seen["max_pasids"].len() > 3500);
    for op in ["attach", "page_request"] {
        has(op, 0..=20);
        has(op, 4097..=4097);
        assert!(seen[op].len() > 3000, "{}", seen[op].len());
    }
    assert!(seen["dev"].contains(&u32::MAX) && seen["of"].contains(&u32::MAX));
}

fn some(profile: &str) -> impl Iterator<Item = Case> {
    let mut generator = Generator::new(Profile::by_name(profile).expect("a profile"));
    (0..2000).map(move |seed| generator.case(seed).clone())
}

/// Returns how many of these cases have a property.
fn share(profile: &str, like: impl Fn(&Case) -> bool) -> f64 {
    let (mut all, mut some_are) = (0.0, 0.0);
    for case in some(profile) {
        all += 1.0;
        some_are += f64::from(u8::from(like(&case)));
    }
    some_are / all
}

fn has_faults(case: &Case) -> bool {
    case.ops.iter().any(|op| op.fault.is_some())
}

/// Returns whether the bind that an operation unbinds belongs to an mm that has exited.
fn unbinds_after_exit(case: &Case) -> bool {
    let mut exited = BTreeSet::new();
    case.ops.iter().any(|op| {
        if let OpKind::Exit { mm } = op.kind {
            exited.insert(mm);
        }
        let of = match op.kind {
            OpKind::Unbind { of } => case.ops.get(of as usize),
            _ => None,
        };
        of.is_some_and(|of| matches!(of.kind, OpKind::Bind { mm, .. } if exited.contains(&mm)))
    })
}

#[test]
fn only_the_profiles_that_have_faults_arm_them() {
    for profile in &PROFILES {
        let share = share(profile.name, has_faults);
        match profile.name {
            "faults" => assert!(share > 0.7, "{share}"),
            "everything" => assert!((0.3..0.6).contains(&share), "{share}"),
            _ => assert_eq!(share, 0.0),
        }
    }
}

#[test]
fn faults_have_every_site_with_every_errno() {
    let faults = some("faults")
        .flat_map(|case| case.ops)
        .filter_map(|op| op.fault);
    let seen: BTreeSet<(Site, Errno)> = faults.map(|fault| (fault.site, fault.errno)).collect();
    let all = Site::ALL
        .into_iter()
        .flat_map(|site| site.errnos().iter().map(move |&e| (site, e)));
    assert_eq!(seen, all.collect());
}

#[test]
fn lifetimes_have_binds_that_outlive_their_mm_and_mms_that_are_forked() {
    assert!(share("lifetimes", unbinds_after_exit) > 0.5);
    let forked = |case: &Case| {
        let first = case.topology.mms.len() as u32;
        let of_a_child =
            |kind| matches!(kind, OpKind::Bind { mm, .. } if (first..16).contains(&mm));
        case.ops.iter().any(|op| of_a_child(op.kind))
    };
    assert!(share("lifetimes", forked) > 0.5);
}

#[test]
fn groups_have_more_devices_than_groups() {
    let crowded = |case: &Case| {
        let groups: BTreeSet<u8> = case.topology.devices.iter().map(|dev| dev.group).collect();
        case.topology.devices.len() > groups.len()
    };
    assert_eq!(share("groups", crowded), 1.0);
}

#[test]
fn foreign_domains_have_what_drivers_do_on_several_instances_with_few_pasids() {
    let several = |case: &Case| case.topology.devices.iter().any(|dev| dev.instance != 0);
    assert!(share("foreign-domains", several) > 0.5);
    let few = |case: &Case| case.topology.devices.iter().any(|dev| dev.max_pasids <= 4);
    assert!(share("foreign-domains", few) > 0.8);
    let drivers = ["alloc_pasid", "free_pasid", "attach", "detach"];
    let ops = some("foreign-domains").flat_map(|case| case.ops);
    let (theirs, others): (Vec<_>, Vec<_>) = ops.partition(|op| drivers.contains(&op.kind.name()));
    assert!(theirs.len() > others.len());
}

#[test]
fn only_wrong_callers_release_again_and_mostly_what_was_released() {
    for profile in &PROFILES {
        let wrong = share(profile.name, |case| case.ops.iter().any(|op| op.again));
        match profile.name {
            "wrong-callers" => assert!(wrong > 0.7, "{wrong}"),
            _ => assert_eq!(wrong, 0.0, "{}", profile.name),
        }
    }
    let (mut second, mut all) = (0, 0);
    let mut codes = BTreeSet::new();
    for case in some("wrong-callers") {
        let mut released = BTreeSet::new();
        for op in case.ops.iter().filter(|op| op.kind.info().releases) {
            let is_second = !released.insert(op.kind.of());
            if op.again {
                codes.insert(op.kind.name());
                all += 1;
                second += usize::from(is_second);
            }
        }
    }
    assert!(second * 4 > all * 3, "{second} of {all}");
    assert_eq!(codes, ["detach", "free_pasid", "unbind"].into());
}

#[test]
fn races_are_concurrent_and_nothing_else_is_but_a_part_of_everything() {
    for profile in &PROFILES {
        let share = share(profile.name, Case::is_concurrent);
        match profile.name {
            "races" => assert_eq!(share, 1.0),
            "everything" => assert!((0.1..0.2).contains(&share), "{share}"),
            _ => assert_eq!(share, 0.0),
        }
    }
    for case in some("races") {
        assert!((2..=8).contains(&case.ops.len()) && (2..=4).contains(&case.cpus().len()));
    }
    assert!(share("races", |case| case.schedule.is_some()) > 0.8);
}

#[test]
fn most_of_what_generated_cases_name_is_there_and_was_not_released() {
    let (mut names, mut live) = (0, 0);
    for case in some("everything") {
        let mut released = BTreeSet::new();
        for (index, op) in case.ops.iter().enumerate() {
            let Some(of) = op.kind.of() else { continue };
            let wants = op.kind.info().names();
            let named = case.ops[..index].get(of as usize);
            let right = named.is_some_and(|named| named.kind.info().holds == wants);
            names += 1;
            live += usize::from(right && !released.contains(&of));
            if op.kind.info().releases {
                released.insert(of);
            }
        }
    }
    assert!(live * 100 > names * 95, "{live} of {names}");
}

#[test]
fn the_profiles_have_names_that_find_them_and_the_rows_of_the_table_are_the_operations() {
    let names = PROFILES.each_ref().map(|profile| profile.name);
    let expected = [
        "core",
        "faults",
        "lifetimes",
        "groups",
        "foreign-domains",
        "races",
        "wrong-callers",
        "everything",
    ];
    assert_eq!(names, expected);
    for profile in &PROFILES {
        let found = Profile::by_name(profile.name).expect("a profile of this name");
        assert!(std::ptr::eq(found, profile));
    }
    assert!(Profile::by_name("nothing").is_none());
    let mut rows = super::super::profile::OPS.map(|(code, _)| code);
    rows.sort();
    assert_eq!(rows, OpCode::ALL);
}

/// Returns the cells of the table row that begins with `first`.
fn row_of_docs(first: &str) -> Vec<&'static str> {
    let docs = include_str!("../../../../docs/generators.md");
    let row = docs
        .lines()
        .find(|line| line.starts_with(&format!("| `{first}` |")));
    let row = row.unwrap_or_else(|| panic!("no row of {first}"));
    row.trim_matches('|').split('|').map(str::trim).collect()
}

#[test]
fn the_tables_of_the_docs_are_the_table() {
    for code in OpCode::ALL {
        let cells = &row_of_docs(code.name())[1..];
        let weights: Vec<u8> = { cells.iter() }
            .map(|cell| {
                if cell.is_empty() {
                    0
                } else {
                    cell.parse().expect("a weight")
                }
            })
            .collect();
        let expected = PROFILES
            .each_ref()
            .map(|profile| profile.ops[code as usize]);
        assert_eq!(weights, expected, "{code}");
    }
    for profile in &PROFILES {
        let Sizes {
            devices,
            mms,
            ops,
            cpus,
        } = &profile.sizes;
        let range = |range: &RangeInclusive<u8>| match range.end() {
            0 => "–".to_owned(),
            _ => format!("{}–{}", range.start(), range.end()),
        };
        let sizes = [devices, mms, ops, cpus].map(range);
        let row = row_of_docs(profile.name);
        assert_eq!(row[1], profile.what);
        assert_eq!(row[2..], sizes);
    }
}
