// SPDX-License-Identifier: GPL-2.0-or-later
//! svadiff compares kernels: reference models of `iommu_sva_bind_device()` and its surroundings,
//! one for each kernel, are fed with the same operations, and what callers, drivers and dmesg can
//! observe is compared.

#[doc(hidden)]
pub mod cli;
pub mod conformance;
pub mod counterexample;

pub mod explore;
pub mod finding;
pub mod fuzzing;
pub mod history;
pub mod hunt;
pub mod interleaving;
pub mod invariant;
pub mod judge;
pub mod ledger;
pub mod limits;
pub mod lockstep;
pub mod minimize;
pub mod models;

pub mod question;
pub mod race;
mod record;
pub mod report;
pub mod runs;
pub mod search;

pub mod strict;
pub mod universe;
mod workers;
