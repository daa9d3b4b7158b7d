// SPDX-License-Identifier: GPL-2.0-or-later
//! What a text has to be as a whole.

use super::super::TextError;
use super::super::lexer::Token;
use super::super::usual::usual_topology;
use super::Parser;
use crate::case::{Case, MAX_DEVICES, MAX_MMS};
use std::ops::Range;

impl Parser<'_> {
    /// Checks what was read, and returns the case. The next token is the end.
    pub(super) fn whole(self) -> Result<Case, TextError> {
        debug_assert_eq!(self.token, Token::End);
        if self.ops.is_empty() && self.topology.is_none() {
            let is_empty = self.schedule.is_none() && self.strings.iter().all(Option::is_none);
            if is_empty && !self.has_end {
                let what = "empty, but a case was expected, like `bind 0 0; unbind 0`";
                return Err(TextError::new(self.lexer.text(), 0..0, what));
            }
            let what = "no operation, but a case was expected, like `bind 0 0; unbind 0`";
            return Err(self.error(what));
        }
        let at = |place: &Range<usize>, what: String| {
            Err(TextError::new(self.lexer.text(), place.clone(), what))
        };
        let with = self.ops.iter().position(|op| op.cpu.is_some());
        let without = self.ops.iter().position(|op| op.cpu.is_none());
        if let (Some(with), Some(without)) = (with, without) {
            let what = format!(
                "expected `cpu 0:` or the like before this operation, since op {with} has one; \
                 either all have one, or none"
            );
            return at(&self.places[without], what);
        }
        let again = self.ops.iter().position(|op| op.again);
        if let (Some(again), Some(_)) = (again, with) {
            let what = "an `again`, which only a case without CPUs can have".to_owned();
            return at(&self.places[again], what);
        }
        if let (Some((_, place)), Some(_)) = (&self.schedule, without) {
            let what =
                "a schedule, but the operations have no CPU, like `cpu 0: bind 0 0`".to_owned();
            return at(place, what);
        }
        let topology = match self.topology {
            Some(topology) => topology,
            None => match usual_topology(&self.ops) {
                Ok(topology) => topology,
                Err(op) => {
                    let what = format!(
                        "with this operation, more than {MAX_DEVICES} devices or {MAX_MMS} mms are \
                         named, which is the limit; with a topology, like `on 1 device, 1 mm;`, it \
                         can name one that does not exist"
                    );
                    return at(&self.places[op], what);
                }
            },
        };
        let [title, origin, note] = self.strings;
        Ok(Case {
            title,
            origin,
            note,
            topology,
            ops: self.ops,
            schedule: self.schedule.map(|(entries, _)| entries),
        })
    }
}
