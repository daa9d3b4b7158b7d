// SPDX-License-Identifier: GPL-2.0-or-later
//! svadiff compares kernels. It runs the same operations on reference models of
//! `iommu_sva_bind_device()` and the code around it, one model for each kernel, and compares what
//! callers, drivers and dmesg can observe.
//!
//! # A property test in five lines
//!
//! A project that supports two kernels asserts that random cases show no difference between them
//! that it does not know. proptest shrinks a case that fails, and `svadiff diff` prints it.
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
//! A kernel is a row of data: its parents and its commits. This example applies the fix of 6.8 to
//! 6.8-rc6 and compares all sequences of the default universe with and without it. To add a patch
//! that is not declared yet, declare it in one line and add the code that it changes; see
//! `docs/adding-a-revision.md`.
//!
//! ```
//! use svadiff::models::{AnyModel, ERAS, impl_v68::revisions::{PATCH, SHARE_JOINED_HANDLES}};
//! use svadiff::spec::revision::{Era, Graph, Revision};
//! use svadiff::{Limits, Universe, View, compare, report::headline};
//!
//! let patch = Revision { name: "rc6-fixed", parents: &["v6.8-rc6"], commits: &[SHARE_JOINED_HANDLES], ..PATCH };
//! let mine = Era { revisions: Box::leak(Box::new([patch])), ..Era::EMPTY };
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
//! - Cases, and what a model does with them: [`spec`], [`models`].
//! - The model of a release that somebody runs, with commits on top: [`releases`].
//! - Where two models differ with one case, and what one model does that no kernel may do:
//!   [`judge`].
//! - Everything that a universe shows: [`compare`] and [`check`] explore it exhaustively, on one
//!   CPU or several; [`hunt`] tries random cases.
//! - The results: [`Finding`]. [`minimize`] makes it small; [`history`] names the commits; a
//!   [`Ledger`] lists those that are known; [`counterexample`] writes a file to attach to a mail;
//!   [`report`] prints text and JSON.
//!
//! The crate `engine` below this one has what explores models, and is re-exported here. The layers
//! of both are in `docs/architecture.md`.

#[doc(hidden)]
pub mod cli;
pub mod counterexample;
pub mod explain;
#[doc(hidden)]
pub mod fuzzing;
pub mod history;
pub mod invariant;
pub mod ledger;
pub mod mail;
pub mod releases;
pub mod report;
pub mod schemas;
pub mod why;

pub use engine::{
    conformance, explore, finding, hunt, interleaving, judge, limits, minimize, models, question,
    race, runs, search, universe,
};
pub(crate) use engine::{files, workers};
#[doc(hidden)]
pub use engine::{lockstep, strict};

pub use explore::{check, compare};
pub use finding::Finding;
pub use judge::View;
pub use ledger::{Ledger, Verdict};
pub use limits::Limits;
pub use models::by_name;
pub use spec;
pub use universe::Universe;
