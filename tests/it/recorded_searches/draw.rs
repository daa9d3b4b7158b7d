// SPDX-License-Identifier: GPL-2.0-or-later
//! Draws questions that are small enough, the same in every run.

use super::Asked;
use super::found::{Extent, Most, answer};
use crate::tried::shipped;
use fastrand::Rng;
use spec::{Device, Mm, OpCode, Site, Topology};
use std::collections::BTreeSet;
use svadiff::judge::View;
use svadiff::models::{AnyModel, by_name};
use svadiff::universe::{Groups, Universe};

/// What every run of the tests can search.
const SMALL: Most = Most {
    states: 60_000,
    transitions: 1_500_000,
};

pub(super) const NO_LIMIT: Most = Most {
    states: usize::MAX,
    transitions: u64::MAX,
};

/// Fewer states than this show little.
const FEW: u64 = 30;

/// Draws the question of a row, again and again until it is small enough.
pub(super) fn random(row: usize) -> Asked {
    for attempt in 0.. {
        let mut dice = Rng::with_seed((row as u64) << 16 | attempt);
        let Some(asked) = draw(row, &mut dice) else {
            continue;
        };
        if let Some(answer) = answer(&asked, Extent::Counts, SMALL)
            && answer["states"].as_u64() > Some(FEW)
        {
            return asked;
        }
    }
    unreachable!("there is always another attempt")
}

/// Draws a question. Returns `None` if its universe is refused.
fn draw(row: usize, dice: &mut Rng) -> Option<Asked> {
    let all = shipped();
    // Each model is the first of some rows.
    let mut models = vec![all[row % all.len()]];
    if dice.u32(..5) > 0 {
        let others: Vec<AnyModel> = all
            .into_iter()
            .filter(|other| *other != models[0])
            .collect();
        models.push(*dice.choice(&others)?);
        if dice.bool() {
            models.swap(0, 1);
        }
    }
    let views = match models.len() {
        1 => Vec::new(),
        _ => views(dice),
    };
    let universe = universe(dice);
    let is_valid = universe.refused().is_none();
    is_valid.then(|| Asked::new(row, &models, &views, &universe))
}

fn views(dice: &mut Rng) -> Vec<View> {
    let [api, splat, leak] = View::DEFAULT;
    match dice.u32(..8) {
        0..=3 => View::DEFAULT.to_vec(),
        4 => vec![api, splat, leak, View::Driver],
        5 => vec![api, splat, leak, View::State],
        6 => View::ALL.to_vec(),
        _ => vec![View::ALL[dice.usize(..View::ALL.len())]],
    }
}

fn universe(dice: &mut Rng) -> Universe {
    let (ops, binds) = match dice.u32(..10) {
        0..=4 => (Some(dice.usize(1..=5)), None),
        5..=7 => (None, Some(dice.usize(1..=4))),
        _ => (Some(dice.usize(2..=6)), Some(dice.usize(1..=4))),
    };
    let mut universe = Universe {
        devices: [1, 2, 2, 2, 2, 3, 3, 3][dice.usize(..8)],
        mms: [1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 5][dice.usize(..12)],
        ops,
        binds,
        only: only(dice, ops),
        faults: faults(dice),
        symmetry: dice.u32(..8) > 0,
        ..Universe::default()
    };
    if dice.u32(..6) == 0 {
        universe.given = given(dice);
        let devices = universe.given.iter().map(|this| this.devices.len());
        universe.devices = devices.max().unwrap_or(0).max(1);
        let mms = universe.given.iter().map(|this| this.mms.len());
        universe.mms = mms.max().unwrap_or(0).max(1);
    } else {
        universe.groups = match dice.u32(..7) {
            0..=3 => Groups::Every,
            4 => Groups::Own,
            5 => Groups::One,
            _ => Groups::These((0..universe.devices).map(|_| dice.u8(..3)).collect()),
        };
        universe.max_pasids = match dice.u32(..6) {
            0..=2 => universe.max_pasids,
            3 => vec![limit(dice)],
            _ => (0..universe.devices).map(|_| limit(dice)).collect(),
        };
    }
    if dice.u32(..4) == 0 {
        let pasids: BTreeSet<u32> = (0..dice.usize(1..=4))
            .map(|_| [0, 1, 1, 2, 2, 3, 15, 16, 17, 4095][dice.usize(..10)])
            .collect();
        universe.pasids = Some(pasids.into_iter().collect());
    }
    universe
}

fn limit(dice: &mut Rng) -> u16 {
    [0, 1, 2, 16, 16][dice.usize(..5)]
}

/// Draws operations: all, the usual ones, or some with a bind among them.
fn only(dice: &mut Rng, ops: Option<usize>) -> Vec<OpCode> {
    match dice.u32(..6) {
        0 | 1 => OpCode::ALL.to_vec(),
        2 | 3 => Universe::usual(ops, 1),
        4 => Universe::usual(None, 1),
        _ => {
            let most = dice.u32(1..=4);
            let mut some = |code: &OpCode| *code == OpCode::Bind || dice.u32(..5) < most;
            OpCode::ALL.into_iter().filter(|code| some(code)).collect()
        }
    }
}

fn faults(dice: &mut Rng) -> Vec<Site> {
    match dice.u32(..8) {
        0..=3 => Vec::new(),
        4 | 5 => vec![Site::ALL[dice.usize(..Site::COUNT)]],
        6 => Site::ALL.into_iter().filter(|_| dice.bool()).collect(),
        _ => Site::ALL.to_vec(),
    }
}

/// Draws topologies that no option describes: with instances, and mms that devices cannot use.
fn given(dice: &mut Rng) -> Vec<Topology> {
    let mut all: Vec<Topology> = Vec::new();
    for _ in 0..dice.usize(1..=3) {
        let devices = [0, 1, 2, 2, 2, 3, 3, 3][dice.usize(..8)];
        let groups = dice.u8(1..=3);
        let topology = Topology {
            devices: (0..devices)
                .map(|_| Device {
                    group: dice.u8(..groups),
                    max_pasids: limit(dice),
                    instance: u8::from(dice.u32(..3) == 0),
                })
                .collect(),
            mms: (0..dice.usize(1..=3))
                .map(|_| Mm {
                    dma_compat: dice.u32(..4) > 0,
                })
                .collect(),
        };
        if !all.contains(&topology) {
            all.push(topology);
        }
    }
    all
}

/// The models and the universes of the large searches, which have 170,000 to 900,000 states.
pub(super) const LARGE: [(&[&str], &str); 6] = [
    (
        &["v6.7", "v6.8"],
        r#"{"devices": 3, "mms": 3, "binds": 6, "pasids": [0, 1, 2, 3, 15, 16]}"#,
    ),
    (
        &["v6.8", "v6.12"],
        r#"{"devices": 3, "mms": 3, "binds": 6, "pasids": [0, 1, 2, 3, 15, 16]}"#,
    ),
    (
        &["v6.7", "thread-b"],
        r#"{"devices": 3, "mms": 2, "binds": 4, "pasids": [0, 1, 2, 15, 16]}"#,
    ),
    (
        &["v6.8-rc6", "v6.8"],
        r#"{"devices": 3, "mms": 2, "binds": 3, "faults": "all", "pasids": [0, 1, 2, 15, 16]}"#,
    ),
    (
        &["thread-a"],
        r#"{"devices": 3, "mms": 3, "binds": 6, "pasids": [0, 1, 2, 3, 15, 16]}"#,
    ),
    (
        &["v6.12", "v6.12.117"],
        r#"{"devices": 3, "max_pasids": [16, 2, 0], "ops": 5, "pasids": [0, 1, 2, 15, 16]}"#,
    ),
];

/// Returns the question of a large row.
pub(super) fn large(row: usize, (models, universe): &(&[&str], &str)) -> Asked {
    let models = { models.iter() }.map(|name| by_name(name).expect("a model"));
    let models: Vec<AnyModel> = models.collect();
    let views: &[View] = match models.len() {
        1 => &[],
        _ => &View::DEFAULT,
    };
    let universe = Universe::from_json(universe.as_bytes()).expect("a universe");
    Asked::new(row, &models, views, &universe)
}
