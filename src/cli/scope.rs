// SPDX-License-Identifier: GPL-2.0-or-later
//! The arguments for the scope and the limits of a search.

use super::form::FormArgs;
use super::listed::{listed, number, one_of};
use super::{Failure, input};
use crate::judge::View;
use crate::limits::Limits;
use crate::universe::{Groups, MANY_PASIDS, Universe};
use spec::case::{MAX_PASIDS, OP_NAMES};
use spec::read::Refused;
use spec::text::did_you_mean;
use spec::{OpCode, Site};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(clap::Args)]
#[command(next_help_heading = "Universe")]
pub(super) struct Scope {
    /// How many devices
    #[arg(long, value_name = "N", default_value_t = Universe::default().devices,
          value_parser = number::<usize>)]
    devices: usize,
    /// How they are grouped: every (way is a topology), own, one, or a number for each device
    #[arg(long, value_name = "GROUPS", default_value = "every", value_parser = groups)]
    groups: Groups,
    /// PASID limit of all devices, or of each
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_values_t = [MANY_PASIDS],
          value_parser = number::<u16>)]
    max_pasids: Vec<u16>,
    /// How many mms
    #[arg(long, value_name = "N", default_value_t = Universe::default().mms,
          value_parser = number::<usize>)]
    mms: usize,
    /// The PASIDs that attach and page_request name; by default 0, those that mms can have, and
    /// those around the limits of the devices
    #[arg(long, value_name = "N,…", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(..i64::from(MAX_PASIDS)))]
    pasids: Option<Vec<u32>>,
    /// How many operations at most; 4 unless --binds is given
    #[arg(long, value_name = "N", value_parser = number::<usize>)]
    ops: Option<usize>,
    /// How many operations hold something at the same time at most; sequences then have any length,
    /// unless --ops is given
    #[arg(long, value_name = "N", value_parser = number::<usize>)]
    binds: Option<usize>,
    /// How many CPUs run the operations, under every interleaving
    #[arg(long, value_name = "N", default_value_t = Universe::default().cpus,
          value_parser = number::<usize>)]
    cpus: usize,
    /// Only these operations; by default all, or with --binds or --cpus those of the callers of the
    /// SVA calls
    #[arg(long, value_name = "OP,…", value_delimiter = ',',
          value_parser = listed(op, OP_NAMES.map(|name| (name, ""))))]
    only: Vec<OpCode>,
    /// Let operations fail at these sites, or at all of them
    #[arg(long, value_name = "all|SITE,…", value_delimiter = ',', num_args = 0..=1,
          default_missing_value = "all", value_parser = listed(sites, site_words()))]
    faults: Vec<Sites>,
    /// Read the universe from a file
    #[arg(long, value_name = "FILE", conflicts_with_all =
          ["devices", "groups", "max_pasids", "mms", "pasids", "ops", "binds", "cpus", "only",
           "faults"])]
    universe: Option<PathBuf>,
}

/// The arguments of a search that may take long.
#[derive(clap::Args)]
pub(super) struct Long {
    /// Write each finding as a file into this directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub form: FormArgs,
    #[command(flatten)]
    pub scope: Scope,
    #[command(flatten)]
    pub with: Use,
    #[command(flatten)]
    pub keep: Keep,
    #[command(flatten)]
    pub place: Place,
}

/// The argument for the views to compare.
#[derive(clap::Args)]
pub(super) struct Views {
    /// A view to compare; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    views: Vec<View>,
}

/// The arguments for the limits of a search.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Use {
    /// Number of threads; the findings do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// Stop when this many states are kept
    #[arg(long, value_name = "N", value_parser = number::<usize>)]
    max_states: Option<usize>,
    /// Stop when the states take this much memory: bytes, or with K, M or G
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = bytes)]
    max_memory: usize,
    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    max_seconds: Option<Duration>,
}

/// The arguments for saving a search.
#[derive(clap::Args)]
#[command(next_help_heading = "Checkpoints")]
pub(super) struct Keep {
    /// Save the search in this file, every minute and when it stops
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Continue from the checkpoint
    #[arg(long, requires = "checkpoint")]
    resume: bool,
}

/// Returns the values that `--faults` accepts.
fn site_words() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = Site::ALL.map(|site| (site.name(), ""));
    [("all", "")].into_iter().chain(names)
}

fn op(given: &str) -> Result<OpCode, String> {
    OpCode::by_name(given).ok_or_else(|| one_of(given, &OP_NAMES))
}

/// One fault site, or all of them.
type Sites = &'static [Site];

fn sites(given: &str) -> Result<Sites, String> {
    if given == "all" {
        return Ok(&Site::ALL);
    }
    let site = Site::by_name(given).map(|site| site as usize);
    site.map(|at| &Site::ALL[at..=at]).ok_or_else(|| {
        let names = Site::ALL.map(Site::name);
        let mean = did_you_mean(given, names.into_iter().chain(["all"]));
        format!("it is all, or some of {}{mean}", names.join(", "))
    })
}

fn groups(given: &str) -> Result<Groups, String> {
    match given {
        "every" => return Ok(Groups::Every),
        "own" => return Ok(Groups::Own),
        "one" => return Ok(Groups::One),
        _ => {}
    }
    let numbers: Result<Vec<u8>, _> = given.split(',').map(str::parse).collect();
    numbers.map(Groups::These).map_err(|_| {
        let mean = did_you_mean(given, ["every", "own", "one"]);
        format!("it is every, own, one, or numbers like 0,0,1{mean}")
    })
}

pub(super) fn bytes(given: &str) -> Result<usize, String> {
    let units = [("K", 10), ("M", 20), ("G", 30), ("T", 40)];
    let unit = units
        .iter()
        .find_map(|(unit, bits)| Some((given.strip_suffix(unit)?, *bits)));
    let (number, bits) = unit.unwrap_or((given, 0));
    let number = number.parse::<usize>().ok();
    number
        .and_then(|number| number.checked_mul(1 << bits))
        .ok_or_else(|| "it is a number of bytes, like 500M or 4G".to_owned())
}

pub(super) fn seconds(given: &str) -> Result<Duration, String> {
    let seconds = given.parse::<f64>().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "it is a number of seconds, like 60 or 0.5".to_owned())
}

impl Scope {
    /// Returns the selected universe.
    pub(super) fn universe(&self, stdin: input::Stdin<'_>) -> Result<Universe, Failure> {
        if let Some(file) = &self.universe {
            return input::universe(file, stdin);
        }
        let ops = match self.binds {
            Some(_) => self.ops,
            None => self.ops.or(Universe::default().ops),
        };
        let faults = |site: &Site| self.faults.iter().any(|sites| sites.contains(site));
        let mut universe = Universe {
            devices: self.devices,
            groups: self.groups.clone(),
            max_pasids: self.max_pasids.clone(),
            mms: self.mms,
            ops,
            binds: self.binds,
            only: match &self.only[..] {
                [] => Universe::usual(ops, self.cpus),
                only => OpCode::ALL
                    .into_iter()
                    .filter(|code| only.contains(code))
                    .collect(),
            },
            faults: Site::ALL.into_iter().filter(faults).collect(),
            cpus: self.cpus,
            ..Universe::default()
        };
        if let Some(pasids) = &self.pasids {
            universe.set_pasids(Some(pasids.clone()));
        }
        match universe.refused() {
            Some(why) => Err(Refused::new(why).into()),
            None => Ok(universe),
        }
    }
}

impl Views {
    /// Returns the selected views. On several CPUs, an outcome contains neither driver calls nor
    /// intermediate states, so their views are refused.
    pub(super) fn views(&self, universe: &Universe) -> Result<Vec<View>, Failure> {
        let views = super::views(&self.views);
        let other = views.iter().find(|view| !View::DEFAULT.contains(view));
        match other.filter(|_| universe.cpus > 1) {
            Some(view) => Err(Refused::new(format_args!(
                "--view {}: on several CPUs api, splat and leak are compared",
                view.name()
            ))
            .into()),
            None => Ok(views),
        }
    }
}

/// The arguments for running a search on several machines.
#[derive(clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct Place {
    /// On several processes: timely's own arguments, -w, -n, -p and -h
    #[cfg(feature = "cluster")]
    #[arg(last = true, value_name = "TIMELY", allow_hyphen_values = true,
          conflicts_with_all = ["threads", "checkpoint"])]
    timely: Vec<String>,
}

#[cfg(feature = "cluster")]
impl Place {
    /// Returns the arguments for timely, empty if there are none.
    pub(super) fn timely(&self) -> &[String] {
        &self.timely
    }
}

impl Keep {
    /// Returns the file for checkpoints, and whether to continue from it.
    pub(super) fn checkpoint(&self) -> Option<(&Path, bool)> {
        self.checkpoint.as_deref().map(|path| (path, self.resume))
    }
}

impl Use {
    /// Returns the selected limits.
    pub(super) fn limits(&self) -> Limits {
        let none = Limits::default();
        Limits {
            states: self.max_states.unwrap_or(none.states),
            bytes: self.max_memory,
            time: self.max_seconds.unwrap_or(none.time),
        }
    }

    /// Returns the number of threads, if one was given.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }
}
