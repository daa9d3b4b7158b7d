// SPDX-License-Identifier: GPL-2.0-or-later
//! Planted faults: models with one small slip each, as they are made when a kernel is changed. A
//! tester that compares them with their base and finds no difference is not to be believed when
//! it finds none elsewhere.
//!
//! A slip is a file in `slips/`, in the directory of its base: a sentence that says what slipped,
//! the least that it shows in, and a diff against `iommu_sva.rs` or `iommu.rs` of the base.
//! `build.rs` applies it, so no slip has a copy of its own that could fall behind, and one whose old
//! lines are no longer there does not build. To plant one more, or to write one anew: make the slip,
//! put it with `git diff` below the two paragraphs, and undo it.

// What the generated modules declare is that of the kernels' crates.
#![allow(unreachable_pub)]

mod through;

use spec::kernel::{DeviceId, DomainId, HandleId, MmId};
use spec::revision::{Era, Graph, Revision};
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Kernel, Model, Stop, Tree};
use std::sync::LazyLock;
use through::Through;

include!(concat!(env!("OUT_DIR"), "/planted.rs"));

/// What it takes to see a slip: one less of anything, and there is no difference to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows {
    /// The name of the view in which it shows. What shows in `driver` or `state` does not show in
    /// the views of callers, dmesg and leaks.
    pub view: &'static str,
    /// How many devices there have to be, in every grouping.
    pub devices: usize,
    /// How many mms.
    pub mms: usize,
    /// How many operations the shortest case has.
    pub ops: usize,
    /// Whether one of the operations has to meet a fault.
    pub faults: bool,
    /// `max_pasids` of all devices, or of each.
    pub max_pasids: &'static [u16],
    /// The operations that are enough, by name, where looking for it with all of them takes long.
    pub only: Option<&'static [&'static str]>,
}

impl Planted {
    /// The name: that of its file.
    pub fn name(self) -> &'static str {
        self.tree().name()
    }

    /// What slipped, in one sentence.
    pub fn says(self) -> &'static str {
        self.tree().what()
    }

    /// The name of the model in which it slipped.
    pub fn base(self) -> &'static str {
        self.tree().parent().expect("a slip has a base")
    }

    /// What it takes to see it; `None` where nothing slipped.
    pub fn shows(self) -> Option<Shows> {
        SHOWS[self as usize]
    }
}

/// The trees of all of them, in the order of the variants.
static TREES: LazyLock<Vec<&'static Tree>> = LazyLock::new(|| {
    let slips = Era {
        commits: &[],
        revisions: REVISIONS,
    };
    let eras = [impl_v67::ERA, impl_v68::ERA, impl_v612::ERA, slips];
    let graph = Graph::new(&eras).expect("the slips are revisions like any other");
    let tree = |row: &Revision| graph.tree(row.name).expect("a slip is a revision");
    REVISIONS.iter().map(tree).collect()
});

// The functions are compiled only once, for one observer.
macro_rules! forward {
    ($self:ident, tree) => {
        TREES[*$self as usize]
    };
    ($self:ident, $call:ident, $k:ident $(, $arg:ident)*) => {
        $k.watched_by(|watch| Through(watch), |k| $self.$call(k $(, $arg)*))
    };
}

spec::forward_model!(Planted, forward);
