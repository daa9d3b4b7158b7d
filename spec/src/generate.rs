// SPDX-License-Identifier: GPL-2.0-or-later
//! Generates cases from seeds and from arbitrary bytes, and shrinks cases that fail a test.
//!
//! All three share one encoding. A case is a header and a *gene* of [`GENE`] bytes for each
//! operation. The table of weights, which has a column for each [`Profile`], determines the meaning
//! of the bytes and how often each meaning occurs.
//!
//! * [`Generator`] draws the bytes from a seed, and adjusts them so that most operations are not
//!   skipped.
//! * [`from_bytes`] reads any bytes, and [`to_bytes`] writes them; with the feature `arbitrary`,
//!   `Case` implements `arbitrary::Arbitrary`.
//! * With the feature `proptest`, `cases()` returns a strategy that shrinks cases to smaller cases.

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod bytes;
mod encode;
mod gene;
mod generator;
mod header;
mod profile;
#[cfg(feature = "proptest")]
mod strategy;
#[cfg(test)]
mod tests;

pub use bytes::{from_bytes, to_bytes};
pub use gene::GENE;
pub use generator::{FEW, Generator};
pub use header::HEADER;
pub use profile::{EVERYTHING, PROFILES, Profile, Sizes};
#[cfg(feature = "proptest")]
pub use strategy::{Cases, Shrinking, cases, cases_within};
