// SPDX-License-Identifier: GPL-2.0-or-later
//! svadiff compares kernels. Reference models of `iommu_sva_bind_device()` and its surroundings, one
//! for each kernel, run the same operations; what callers, drivers and dmesg can observe is compared.
//!
//! # A property test in five lines
//!
//! Another project states that its random cases show nothing new of the two kernels that it supports.
//! proptest makes a case that fails smaller, and `svadiff diff` shows it.
//!
//! ```
//! use svadiff::{Ledger, Verdict, by_name, spec::generate};
//!
//! proptest::proptest!(|(case in generate::cases(&generate::EVERYTHING))| {
//!     let kernels = ["v6.8", "v6.12"].map(|name| by_name(name).expect("a kernel"));
//!     let verdict = Ledger::shipped().verdict(kernels, &case);
//!     assert!(!matches!(verdict, Verdict::Different(_)), "{verdict:?}");
//! });
//! ```
//!
//! # A patch as a model in ten lines
//!
//! A kernel is a row of data: its parents and its commits. Here the fix of 6.8 is applied to 6.8-rc6,
//! and all sequences of the default universe are compared with and without it. A patch that is not
//! declared yet is one line more, and the code that it changes: `docs/adding-a-revision.md`.
//!
//! ```
//! use svadiff::models::{AnyModel, ERAS, impl_v68::revisions::{PATCH, SHARE_JOINED_HANDLES}};
//! use svadiff::spec::revision::{Era, Graph, Revision};
//! use svadiff::{Limits, Universe, View, compare, report::headline};
//!
//! let patch = Revision { name: "rc6-fixed", parents: &["v6.8-rc6"], commits: &[SHARE_JOINED_HANDLES], ..PATCH };
//! let mine = Era { commits: &[], revisions: Box::leak(Box::new([patch])) };
//! let graph = Graph::new(&[&ERAS[..], &[mine]].concat())?;
//! let kernels = ["v6.8-rc6", "rc6-fixed"].map(|name| AnyModel::of(graph.tree(name).expect("a kernel")));
//! let summary = compare(kernels, &Universe::default(), &View::DEFAULT, Limits::default());
//! for finding in &summary.findings {
//!     println!("{}", headline(kernels, &finding.case, &finding.difference));
//! }
//! # assert!(summary.complete() && summary.findings.len() == 3);
//! # Ok::<(), spec::revision::GraphError>(())
//! ```
//!
//! # Where to find what
//!
//! - A case and what a model does with it: [`spec`], [`models`].
//! - Where two models differ with one case, and what one does that no kernel may do: [`judge`].
//! - Everything that a universe shows: [`compare`] and [`check`] explore it exhaustively, on one CPU
//!   or on several; [`hunt`] tries random cases.
//! - What is found: [`Finding`]. Made small: [`minimize`]. Which commit: [`history`]. Known already:
//!   [`Ledger`]. As a file for a mail: [`counterexample`]. As text and JSON: [`report`].
//!
//! The layers, from the ground up: `models`; `judge`; `finding`, `limits`, `universe`;
//! `interleaving` (one program); `question`; `search` and `race`; `explore`; `runs`, `history`,
//! `minimize`; `ledger`, `counterexample`, `hunt`; `report`; `cli`.

#[doc(hidden)]
pub mod cli;
pub mod conformance;
pub mod counterexample;
pub mod explore;
pub mod finding;
#[doc(hidden)]
pub mod fuzzing;
pub mod history;
pub mod hunt;
pub mod interleaving;
pub mod invariant;
pub mod judge;
pub mod ledger;
pub mod limits;
#[doc(hidden)]
pub mod lockstep;
pub mod minimize;
pub mod models;
pub mod question;
pub mod race;
mod record;
pub mod report;
pub mod runs;
pub mod search;
#[doc(hidden)]
pub mod strict;
pub mod universe;
mod workers;

pub use explore::{check, compare};
pub use finding::Finding;
pub use judge::View;
pub use ledger::{Ledger, Verdict};
pub use limits::Limits;
pub use models::by_name;
pub use spec;
pub use universe::Universe;
