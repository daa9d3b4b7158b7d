// SPDX-License-Identifier: GPL-2.0-or-later
//! Records a case on a model, and lets tests count the recordings.

use spec::record::Recording;
use spec::{Case, Model};

/// Runs a case on a model and records everything.
pub(crate) fn record<M: Model>(model: &M, case: &Case) -> Recording {
    #[cfg(debug_assertions)]
    made::add(model.tree(), case);
    spec::record::record(model, case)
}

/// The recordings that a thread has made, where debug assertions are on.
#[cfg(debug_assertions)]
pub mod made {
    use spec::{Case, Tree};
    use std::cell::RefCell;

    thread_local! {
        static MADE: RefCell<Option<Vec<(&'static Tree, Case)>>> = const { RefCell::new(None) };
    }

    pub(super) fn add(tree: &'static Tree, case: &Case) {
        MADE.with_borrow_mut(|made| {
            if let Some(made) = made {
                made.push((tree, case.bare()));
            }
        });
    }

    /// Returns the trees on which this thread recorded `case` since the last call, and starts again.
    /// Before the first call nothing is noted.
    pub fn take(case: &Case) -> Vec<&'static Tree> {
        let made = MADE
            .replace(Some(Vec::new()))
            .unwrap_or_default()
            .into_iter();
        let of_case = made.filter(|(_, this)| *this == case.bare());
        of_case.map(|(tree, _)| tree).collect()
    }
}
