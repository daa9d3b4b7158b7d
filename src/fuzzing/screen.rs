// SPDX-License-Identifier: GPL-2.0-or-later
//! Screens cases, hundreds of thousands in a second, for differences that the ledger does not know.

use super::pairs::pairs;
use super::wrong::What;
use crate::judge::{Cause, CauseFinder, View};
use crate::ledger::{Ledger, Verdict};
use foldhash::fast::FixedState;
use spec::Case;
use std::collections::HashSet;
use std::hash::BuildHasher;

/// Screens cases for differences that a ledger does not know. Each cause is looked up only once for
/// the same two models.
#[derive(Debug)]
pub struct Screen<'a> {
    ledger: &'a Ledger,
    finder: CauseFinder,
    /// Hashes of the pairs with the causes that were judged.
    judged: HashSet<u64, FixedState>,
    /// How many cases were judged in full.
    in_full: usize,
    /// The memory of a case.
    pub(super) case: Case,
}

impl<'a> Screen<'a> {
    /// Returns a screen that has judged nothing yet.
    pub fn new(ledger: &'a Ledger) -> Self {
        Screen {
            ledger,
            finder: CauseFinder::new(&View::DEFAULT),
            judged: HashSet::default(),
            in_full: 0,
            case: Case::default(),
        }
    }

    /// Returns the first difference that is not known, of a sequential case on a pair of models.
    ///
    /// Two that are no neighbours are judged along the history between them. That is not done again
    /// for a cause of these two that was judged before, whatever may be new in between: the
    /// neighbours there get their turn.
    #[inline]
    pub fn unknown(&mut self, pair: usize, case: &Case) -> Option<What> {
        let models = pairs()[pair];
        let (_, causes) = self.finder.causes(&models, case);
        let hash = |cause: &Cause| FixedState::with_seed(0).hash_one((pair, cause));
        if causes
            .iter()
            .all(|cause| self.judged.contains(&hash(cause)))
        {
            return None;
        }
        self.in_full += 1;
        if let Verdict::Different(all) = self.ledger.verdict(models, case)
            && let Some(shown) = all.into_iter().next()
        {
            let case = Box::new(case.clone());
            return Some(What::Unknown { case, shown });
        }
        self.judged.extend(causes.iter().map(hash));
        None
    }

    /// Returns how many cases had to be judged in full.
    pub fn in_full(&self) -> usize {
        self.in_full
    }
}
