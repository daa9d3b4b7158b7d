// SPDX-License-Identifier: GPL-2.0-or-later
//! Screens cases for differences that the ledger does not know, hundreds of thousands a second.

use super::lesson;
use super::pairs::pairs;
use super::wrong::What;
use crate::judge::{Cause, CauseFinder, Stepped, View};
use crate::ledger::{Ledger, Verdict};
use foldhash::fast::FixedState;
use spec::Case;
use std::collections::HashSet;
use std::hash::BuildHasher;

/// Screens cases for differences that a ledger does not know. Each cause is looked up only once for
/// each pair of models.
#[derive(Debug)]
pub struct Screen<'a> {
    ledger: &'a Ledger,
    finder: CauseFinder,
    /// The hashes of the pairs and causes that were judged.
    judged: HashSet<u64, FixedState>,
    /// The number of cases that were judged in full.
    in_full: usize,
    /// A case whose memory is reused.
    pub(super) case: Case,
}

impl<'a> Screen<'a> {
    /// Makes a screen that has judged nothing yet.
    pub fn new(ledger: &'a Ledger) -> Self {
        Screen {
            ledger,
            finder: CauseFinder::new(&View::DEFAULT),
            judged: HashSet::default(),
            in_full: 0,
            case: Case::default(),
        }
    }

    /// Returns the first unknown difference of a pair of models in a sequential case.
    ///
    /// Models that are not neighbours are judged along the path between them. A cause of the pair
    /// that was already judged is not judged again, even if a difference between neighbours on the
    /// path is new: testing these neighbours finds it.
    #[inline]
    pub fn unknown(&mut self, pair: usize, case: &Case) -> Option<What> {
        self.unknown_with(pair, case, &mut |_| ())
    }

    /// The same as [`unknown`](Self::unknown). Passes on the number of each [lesson](lesson::OF).
    #[inline]
    pub fn unknown_with(
        &mut self,
        pair: usize,
        case: &Case,
        learn: &mut impl FnMut(usize),
    ) -> Option<What> {
        let models = pairs()[pair];
        let mut each = |stepped: Stepped<'_>| learn(lesson::of_step(stepped));
        let (_, causes) = self.finder.causes_with(&models, case, &mut each);
        causes
            .iter()
            .for_each(|cause| learn(lesson::of_cause(pair, cause)));
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

    /// Returns the number of cases that had to be judged in full.
    pub fn in_full(&self) -> usize {
        self.in_full
    }
}
