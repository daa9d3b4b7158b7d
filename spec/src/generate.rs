// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases by the million: from seeds, from any bytes, and for tests that shrink what fails.
//!
//! There is one language for all three. A case is a header and a *gene* of [`GENE`] bytes for each
//! operation; what the bytes mean, and how often, says the table of weights, which has a column for
//! each [`Profile`].
//!
//! * [`Generator`] draws the bytes from a seed, and sees to it that most operations can be done.
//! * [`from_bytes`] reads any bytes, and [`to_bytes`] writes them; with the feature `arbitrary`,
//!   `Case` implements `arbitrary::Arbitrary`.
//! * With the feature `proptest`, `cases()` are a strategy, whose cases shrink to smaller cases.

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
