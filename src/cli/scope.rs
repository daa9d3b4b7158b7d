// SPDX-License-Identifier: GPL-2.0-or-later
//! What a search covers, as arguments.

use super::{Failure, ViewArg};
use spec::case::OP_NAMES;
use spec::read::Refused;
use std::str::FromStr;
use svadiff::diff::View;
use svadiff::search::{Limits, Universe};

#[derive(clap::Args)]
pub struct Scope {
    /// How many devices; every grouping of them is a topology
    #[arg(long, default_value_t = Universe::default().devices)]
    devices: usize,
    /// How many mms at most
    #[arg(long, default_value_t = Universe::default().mms)]
    mms: usize,
    /// How many operations at most; 4 unless --binds is given
    #[arg(long)]
    ops: Option<usize>,
    /// Any number of operations, with so many outstanding binds at most
    #[arg(long, value_name = "N")]
    binds: Option<usize>,
    /// Only these operations; all, or with --binds those that callers of the SVA calls do
    #[arg(long, value_name = "OP,…", value_delimiter = ',')]
    only: Vec<OpName>,
    /// Let operations have faults
    #[arg(long)]
    faults: bool,
    /// What to compare; api, splat and leak unless named
    #[arg(long = "view", value_name = "VIEW")]
    views: Vec<ViewArg>,
    /// Stop when so many states are kept
    #[arg(long, value_name = "N", default_value_t = Limits::default().states)]
    max_states: usize,
}

/// The name of an operation.
#[derive(Clone, Copy)]
struct OpName(&'static str);

impl FromStr for OpName {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let name = OP_NAMES.into_iter().find(|&name| name == given);
        name.map(OpName)
            .ok_or_else(|| format!("it is one of {}", OP_NAMES.join(", ")))
    }
}

impl Scope {
    /// The universe that was asked for.
    pub fn universe(&self) -> Result<Universe, Failure> {
        let ops = match self.binds {
            Some(_) => self.ops,
            None => self.ops.or(Universe::default().ops),
        };
        let universe = Universe {
            devices: self.devices,
            mms: self.mms,
            ops,
            binds: self.binds,
            only: match &self.only[..] {
                [] => Universe::usual(ops),
                only => {
                    let asked = |name: &&str| only.iter().any(|OpName(this)| this == name);
                    OP_NAMES.into_iter().filter(asked).collect()
                }
            },
            faults: self.faults,
            symmetry: true,
        };
        match universe.refused() {
            Some(why) => Err(Refused::new(why).into()),
            None => Ok(universe),
        }
    }

    /// The views that were asked for.
    pub fn views(&self) -> Vec<View> {
        super::views(&self.views)
    }

    /// What the search may use.
    pub fn limits(&self) -> Limits {
        Limits {
            states: self.max_states,
        }
    }
}
