// SPDX-License-Identifier: GPL-2.0-or-later
//! Planted faults: models with one small slip each, of the kind made when a kernel is changed. A
//! tester that finds no difference between them and their base cannot be trusted when it finds none
//! elsewhere.
//!
//! A slip is a file in `slips/`, in the directory of its base: a sentence that describes the slip,
//! the smallest universe that shows it, and a diff against `iommu_sva.rs` or `iommu.rs` of the
//! base. `build.rs` applies the diff, so no slip has a copy of its own that could become outdated;
//! a slip whose old lines no longer exist fails the build. To add or update a slip: make the
//! change, put its `git diff` below the two paragraphs, and undo it.

// The generated modules are modified copies of modules with public items.
#![allow(unreachable_pub)]

mod through;

use spec::kernel::{DeviceId, DomainId, HandleId, MmId};
use spec::revision::{Era, Graph, Revision};
use spec::run::{Bind, Unbind};
use spec::{Errno, Flow, Kernel, Model, Stop, Tree};
use std::sync::LazyLock;
use through::Through;

include!(concat!(env!("OUT_DIR"), "/planted.rs"));

/// The smallest universe that shows a slip: with less of anything, there is no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shows {
    /// The name of the view in which it shows. A slip that shows in `driver` or `state` does not
    /// show in the views of callers, dmesg and leaks.
    pub view: &'static str,
    /// Number of devices, in every grouping.
    pub devices: usize,
    /// Number of mms.
    pub mms: usize,
    /// Number of operations of the shortest case.
    pub ops: usize,
    /// Whether one of the operations needs a fault.
    pub faults: bool,
    /// `max_pasids` of all devices, or of each.
    pub max_pasids: &'static [u16],
    /// The PASIDs that operations have to name, if those of the mms are not enough.
    pub pasids: Option<&'static [u32]>,
    /// The names of the operations that are enough, if a search with all operations takes long.
    pub only: Option<&'static [&'static str]>,
}

impl Planted {
    /// Returns the name of the slip, which is that of its file.
    pub fn name(self) -> &'static str {
        self.tree().name()
    }

    /// Returns the description of the slip, in one sentence.
    pub fn says(self) -> &'static str {
        self.tree().what()
    }

    /// Returns the name of the base.
    pub fn base(self) -> &'static str {
        self.tree().parent().expect("a slip has a base")
    }

    /// Returns the smallest universe that shows the slip, or `None` for a base.
    pub fn shows(self) -> Option<Shows> {
        SHOWS[self as usize]
    }
}

/// The trees of all variants, in order.
static TREES: LazyLock<Vec<&'static Tree>> = LazyLock::new(|| {
    let slips = Era {
        commits: &[],
        revisions: REVISIONS,
        cited: &[],
    };
    let eras = [impl_v67::ERA, impl_v68::ERA, impl_v612::ERA, slips];
    let graph = Graph::new(&eras).expect("the slips are revisions like any other");
    let tree = |row: &Revision| graph.tree(row.name).expect("a slip is a revision");
    REVISIONS.iter().map(tree).collect()
});

// The functions are compiled only once, for one type of observer.
macro_rules! forward {
    ($self:ident, tree) => {
        TREES[*$self as usize]
    };
    ($self:ident, $call:ident, $k:ident $(, $arg:ident)*) => {
        $k.watched_by(|watch| Through(watch), |k| $self.$call(k $(, $arg)*))
    };
}

spec::forward_model!(Planted, forward);
