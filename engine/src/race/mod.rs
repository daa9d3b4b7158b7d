// SPDX-License-Identifier: GPL-2.0-or-later
//! The explorer for several CPUs: runs every program of a universe under every interleaving.

mod any_schedule;
mod conclude;
mod joint;
mod known;
mod listed;
mod look;
mod programs;
mod search;
mod suspects;

pub use listed::{Looked, parts};
pub use programs::Programs;
pub use search::RaceSearch;
