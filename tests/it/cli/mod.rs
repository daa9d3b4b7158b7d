// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests the whole program as a user runs it.

mod bisect;
mod bytes;
mod check;
mod compare;
mod concurrent;
mod conform;
mod cpus;
mod diff;
mod escapes;
mod files;
mod from_artifact;
mod hostile;
mod hunt;
mod in_process;
mod ledger;
mod limits;
mod long;
mod matrix;
mod minimize;
mod models;
mod race;
mod reading;
mod replay;
pub(crate) mod run;
mod samples;
mod shape;
mod size;
mod trace;
mod types;
mod universe;
mod usage;
mod width;
