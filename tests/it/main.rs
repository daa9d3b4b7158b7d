// SPDX-License-Identifier: GPL-2.0-or-later
//! All tests of the whole program in one binary. It is linked once, and values that several tests
//! need are computed once. `cargo test --test it NAME` runs the tests with `NAME` in their path.

// Shared by several tests.
mod broken;
mod cited;
mod random;
mod recorded;
mod sequences;

mod again;
mod browser;
mod brute_force;
mod canonical;
mod case_text;
mod cli;
mod concurrent;
mod conformance;
mod contract;
mod entries;
mod facts;
mod findings;
mod fuzzing;
mod generated;
mod golden;
mod hunt;
mod interleaving;
mod invariants;
mod minimize;
mod no_allocation;
// Recordings are counted where debug assertions are on.
#[cfg(debug_assertions)]
mod once;
mod one_finding;
mod planted;
mod programs;
mod properties;
mod race;
mod reach;
mod recorded_searches;
mod schedule;
mod search;
mod sections;
mod seeds;
mod shrinking;
mod skipped;
mod thorough;
mod trail;
mod tried;
mod version_1;
mod why;
mod wrong;
