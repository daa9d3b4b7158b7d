// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes any bytes to the readers: they never panic, and an accepted input is unchanged after
//! writing and reading it.

use super::run::hidden;
use super::samples::{COUNTEREXAMPLE, everything};
use fastrand::Rng;
use serde_json::{Value, json};
use spec::Case;
use spec::generate::{EVERYTHING, Generator};
use svadiff::counterexample::Received;
use svadiff::finding::id;

/// Reads a case. If it is accepted, checks that it survives being written and read again.
fn read(bytes: &[u8]) -> Option<Case> {
    match Case::from_json(bytes) {
        Ok(case) => {
            let written = case.to_json().to_string();
            assert_eq!(Case::from_json(written.as_bytes()), Ok(case.clone()));
            let pretty = svadiff::report::json(&case.to_json());
            assert_eq!(Case::from_json(pretty.as_bytes()), Ok(case.clone()));
            Some(case)
        }
        Err(refused) => {
            let sentence = refused.to_string();
            assert!(sentence.starts_with("line "), "{sentence}");
            assert_eq!(hidden(&sentence), "");
            assert!(!sentence.contains('\n'), "{sentence}");
            None
        }
    }
}

fn random_case(rng: &mut Rng) -> Case {
    let mut case = Generator::new(EVERYTHING).case(rng.u64(..)).clone();
    let mut text = || {
        let some = rng.bool();
        some.then(|| (0..rng.usize(..8)).map(|_| rng.char(..)).collect())
    };
    (case.title, case.origin, case.note) = (text(), text(), text());
    if rng.u8(..4) == 0 {
        case.schedule = Some((0..rng.usize(..20)).map(|_| rng.u8(..64)).collect());
        case.ops
            .iter_mut()
            .for_each(|op| op.cpu = Some(rng.u8(..64)));
    }
    case
}

#[test]
fn every_case_is_read_back_as_it_was_written() {
    let rng = &mut Rng::with_seed(1);
    for _ in 0..500 {
        let case = random_case(rng);
        let again = read(case.to_json().to_string().as_bytes());
        assert_eq!(again.as_ref(), Some(&case));
        assert_eq!(again.map(|case| id(&case)), Some(id(&case.bare())));
    }
}

/// Changes a few bytes, or inserts or removes some.
fn mutate_bytes(rng: &mut Rng, bytes: &mut Vec<u8>) {
    const PARTS: [&str; 16] = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "-1", "1e9", "true", "\u{1b}", "0", " ",
        "\"op\":",
    ];
    for _ in 0..rng.usize(1..4) {
        let at = rng.usize(..=bytes.len());
        match rng.u8(..4) {
            0 => bytes.truncate(at),
            1 => {
                let part = PARTS[rng.usize(..PARTS.len())];
                bytes.splice(at..at, part.bytes());
            }
            2 => {
                let end = bytes.len().min(at + rng.usize(..20));
                bytes.drain(at..end);
            }
            _ => bytes
                .get_mut(at)
                .into_iter()
                .for_each(|byte| *byte = rng.u8(..)),
        }
    }
}

/// Changes a value in a random place, or inserts, removes or repeats an entry.
fn mutate_value(rng: &mut Rng, value: &mut Value) {
    let deeper = rng.u8(..8) != 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = rng.usize(..map.len());
            if rng.u8(..6) == 0 {
                let key = map.keys().nth(at).cloned().expect("a key");
                map.shift_remove(&key);
            } else {
                mutate_value(rng, map.values_mut().nth(at).expect("a value"));
            }
        }
        Value::Array(list) if deeper && !list.is_empty() => {
            let at = rng.usize(..list.len());
            match rng.u8(..6) {
                0 => drop(list.remove(at)),
                1 => list.insert(at, list[at].clone()),
                _ => mutate_value(rng, &mut list[at]),
            }
        }
        _ => {
            let others = [
                json!(null),
                json!(0),
                json!(7),
                json!(-1),
                json!(4097),
                json!(u64::MAX),
                json!(0.5),
                json!(true),
                json!("bind"),
                json!("unbind"),
                json!("EIO"),
                json!("\u{1b}"),
                json!([]),
                json!({}),
            ];
            *value = others[rng.usize(..others.len())].clone();
        }
    }
}

#[test]
fn changed_bytes_of_a_case_are_a_case_or_are_refused() {
    let rng = &mut Rng::with_seed(2);
    let text = everything().to_string();
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut bytes = text.clone().into_bytes();
        mutate_bytes(rng, &mut bytes);
        accepted += usize::from(read(&bytes).is_some());
    }
    // Neither all nor none of them.
    assert!((200..10_000).contains(&accepted), "{accepted}");
}

#[test]
fn changed_values_of_a_case_are_a_case_or_are_refused() {
    let rng = &mut Rng::with_seed(3);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut value = everything();
        (0..rng.usize(1..3)).for_each(|_| mutate_value(rng, &mut value));
        accepted += usize::from(read(value.to_string().as_bytes()).is_some());
    }
    assert!((1000..15_000).contains(&accepted), "{accepted}");
}

#[test]
fn a_changed_counterexample_is_checked_or_refused() {
    let rng = &mut Rng::with_seed(4);
    let text = COUNTEREXAMPLE.to_string();
    let (mut refused, mut wrong, mut right) = (0, 0, 0);
    for round in 0..6_000 {
        let bytes = if round % 2 == 0 {
            let mut bytes = text.clone().into_bytes();
            mutate_bytes(rng, &mut bytes);
            bytes
        } else {
            let mut value = COUNTEREXAMPLE.clone();
            mutate_value(rng, &mut value);
            value.to_string().into_bytes()
        };
        match Received::from_json(&bytes) {
            Err(_) => refused += 1,
            Ok(received) if received.case.is_concurrent() => {}
            Ok(received) if received.check().is_empty() => right += 1,
            Ok(_) => wrong += 1,
        }
    }
    // Spaces, digits of a text that is ignored, and the like.
    assert!(
        refused > 1000 && wrong > 500 && right < 400,
        "{refused} {wrong} {right}"
    );
}

#[test]
fn random_bytes_are_refused() {
    let rng = &mut Rng::with_seed(5);
    for _ in 0..20_000 {
        let length = rng.usize(..40);
        let bytes: Vec<u8> = (0..length).map(|_| rng.u8(..)).collect();
        assert_eq!(read(&bytes), None);
        assert!(Received::from_json(&bytes).is_err());
    }
}
