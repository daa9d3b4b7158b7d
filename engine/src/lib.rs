// SPDX-License-Identifier: GPL-2.0-or-later
//! What runs models and compares them.
//!
//! The registry of models and the judge; searches on one CPU and on several, and hunts; the
//! minimizer. All that repeats work for each state or each case is in this crate, and nothing that
//! prints. So it is what has to be compiled with optimization, and the crate `svadiff` above it,
//! which is larger, is compiled in seconds. `svadiff` re-exports all that its users need.
//!
//! Code that is generic over models is compiled where it is used. So for registered models, each
//! explorer has functions that are not generic: they are compiled here, and `svadiff` calls them.

pub mod conformance;
pub mod explore;
pub mod files;
pub mod finding;
pub mod hunt;
pub mod interleaving;
pub mod judge;
pub mod limits;
pub mod lockstep;
pub mod minimize;
pub mod models;
pub mod question;
pub mod race;
pub mod record;
pub mod registered;
pub mod rows;
pub mod runs;
pub mod search;
pub mod strict;
pub mod universe;
pub mod ways;
pub mod workers;
