// SPDX-License-Identifier: GPL-2.0-or-later
//! From the release of a kernel to its model.
//!
//! People know the release that they run, as `uname -r` prints it. [`named`] takes that, the name of
//! a model, or either with commits on top, and returns the model with what has to be said about it.
//! [`Log`] reads the history of a vendor's tree, and finds the commits that it has on top of a
//! release.
//!
//! ```
//! let answer = svadiff::releases::named("6.8.0-45-generic", false)?;
//! assert_eq!(answer.model.name(), "v6.8");
//! assert!(answer.says()[1].contains("backports"));
//! # Ok::<(), String>(())
//! ```

mod log;
mod name;
mod resolve;

pub use log::{Backports, Log};
pub use name::{Arch, ReleaseName};
pub use resolve::{Answer, did_you_mean, named};

#[cfg(test)]
mod tests;
