// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds the reports in a text, and checks each of them.

use super::finding::{Checked, Known, check_finding};
use super::glyphs::Glyphs;
use super::label::Label;
use super::{ReplayedReport, certificate};
use crate::counterexample::{About, Wrong};
use crate::models::{AnyModel, by_name};
use crate::report::mail::{BlockKind, END, MARK, openers};
use spec::read::shown;
use std::ops::Range;

/// A report in a text.
#[derive(Clone, Debug)]
pub(super) struct Block {
    kind: BlockKind,
    /// The names of its models, one or two.
    names: Vec<String>,
    /// Where it begins: at its mark, if it has one.
    start: usize,
    /// What stands between its marks.
    body: Range<usize>,
    /// How many marks of quotes its first line begins with.
    depth: u32,
    /// Whether it has a mark at its end.
    has_end: bool,
    /// What stands after its end, up to the next mark.
    after: Range<usize>,
}

/// The most reports, and findings in them, in a mail.
pub(super) const MOST: usize = 1000;

/// Returns whether a report begins anywhere in a text.
pub(super) fn begins_in(glyphs: &Glyphs) -> bool {
    glyphs.find(0..glyphs.len(), &Glyphs::of(MARK)).is_some()
}

/// Returns the reports in a text, or what is wrong with a mark. Returns no more than one more than a
/// mail can have.
pub(super) fn blocks(glyphs: &Glyphs) -> Vec<Result<Block, Wrong>> {
    let [mark, end] = [MARK, END].map(Glyphs::of);
    let places = |what: &Glyphs| -> Vec<usize> { glyphs.places(0..glyphs.len(), what).collect() };
    let (marks, ends) = (places(&mark), places(&end));
    /// Returns the places from `from` on.
    fn later(places: &[usize], from: usize) -> &[usize] {
        &places[places.partition_point(|&at| at < from)..]
    }
    let mut all: Vec<Result<Block, Wrong>> = Vec::new();
    let mut from = 0;
    loop {
        if all.len() > MOST {
            return all;
        }
        let next = later(&marks, from).first().copied();
        let until = next.unwrap_or(glyphs.len());
        // An end that ends nothing: the mark before it is gone, and what it was about is unknown.
        if let Some(&end) = later(&ends, from).first().filter(|&&end| end < until) {
            from = end + 1;
            all.push(Err(Wrong {
                what: "the end of a report".to_owned(),
                claimed: END.to_owned(),
                happens: "no report begins before it".to_owned(),
            }));
            continue;
        }
        let Some(start) = next else { return all };
        /// The most characters of a mark.
        const LONGEST: usize = 300;
        let close = { glyphs.0[start..].iter().take(LONGEST) }.position(|glyph| glyph.c == ']');
        let after = close.map_or(start + mark.len(), |close| start + close + 1);
        let text = glyphs.text(start..after);
        let last = later(&marks, after).first().copied();
        let last = last.unwrap_or(glyphs.len());
        let ends = later(&ends, after).iter().copied();
        let ends = ends
            .take_while(|&at| at < last)
            .find(|&at| glyphs.begins_word(at + end.len()));
        let body = after..ends.unwrap_or(last);
        from = ends.map_or(last, |at| at + end.len());
        let named = names(&text).filter(|_| glyphs.begins_word(after));
        all.push(match named {
            Some((kind, names)) => Ok(Block {
                kind,
                names,
                start,
                depth: glyphs.depth_of(start, body.clone()),
                body,
                has_end: ends.is_some(),
                after: from..last,
            }),
            None => Err(Wrong {
                what: "the beginning of a report".to_owned(),
                claimed: text,
                happens: "a report begins with `[svadiff report on A and B]`".to_owned(),
            }),
        });
    }
}

/// Returns what the mark of a beginning says.
fn names(mark: &str) -> Option<(BlockKind, Vec<String>)> {
    let words = mark.strip_prefix(MARK)?.strip_suffix(']')?;
    let (kind, names) = BlockKind::ALL.into_iter().find_map(|kind| {
        let names = words.strip_prefix(kind.words())?.strip_prefix(' ')?;
        Some((kind, names))
    })?;
    let names: Vec<String> = names.split(" and ").map(str::to_owned).collect();
    let most = match kind {
        BlockKind::Report => 1..=2,
        BlockKind::Comparison => 2..=2,
        BlockKind::Check => 1..=1,
    };
    (most.contains(&names.len()) && names.iter().all(|name| !name.contains(' ')))
        .then_some((kind, names))
}

impl Block {
    /// Returns a report without a mark at its beginning, from `start` up to the mark of its end.
    pub(super) fn without_mark(
        glyphs: &Glyphs,
        kind: BlockKind,
        names: Vec<String>,
        start: usize,
        end: Option<usize>,
    ) -> Block {
        let body = start..end.unwrap_or(glyphs.len());
        let after = end.map_or(glyphs.len(), |end| end + Glyphs::of(END).len());
        Block {
            kind,
            names,
            start,
            depth: glyphs.depth_of(start, body.clone()),
            has_end: end.is_some(),
            after: after..glyphs.len(),
            body,
        }
    }

    /// Returns whether it has text of which it is not clear whether a reader sees it.
    pub(super) fn is_unclear(&self, glyphs: &Glyphs) -> bool {
        let all = &glyphs.0[self.start..self.after.start];
        all.iter().any(|glyph| glyph.is_unclear)
    }

    /// Returns the number of findings in it.
    pub(super) fn findings(&self, glyphs: &Glyphs) -> usize {
        let models: Vec<AnyModel> = self.names.iter().filter_map(|name| by_name(name)).collect();
        match models[..] {
            [from, to] => self.segments(glyphs, [from, to].into()).0.len(),
            [model] => self.segments(glyphs, [model].into()).0.len(),
            _ => 1,
        }
    }

    /// Checks the report.
    pub(super) fn replay(&self, glyphs: &Glyphs, known: &mut Known) -> ReplayedReport {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let mut result = ReplayedReport {
            mark: shown(self.kind.mark(&names), 300),
            ..ReplayedReport::default()
        };
        let models: Vec<Option<AnyModel>> = names.iter().map(|name| by_name(name)).collect();
        let about: About = match models[..] {
            [Some(from), Some(to)] => [from, to].into(),
            [Some(model)] => [model].into(),
            _ => {
                self.unknown(glyphs, &models, &mut result);
                return result;
            }
        };
        let (findings, rest) = self.segments(glyphs, about);
        let mut checked: Vec<Checked> = Vec::new();
        let last = findings.len();
        for (at, range) in (1..).zip(findings) {
            // Only after the last one the text can go on without a mark.
            let has_end = self.has_end || at < last || rest.is_some();
            let found = check_finding(
                glyphs,
                range,
                self.depth,
                has_end,
                (self.kind, about),
                known,
            );
            result.holds += found.holds;
            result.wrong.extend(found.wrong.iter().cloned());
            result.not_checked.extend(found.not_checked.iter().cloned());
            result.ids.extend(found.id.clone());
            checked.push(found);
        }
        if let Some(range) = rest {
            certificate::check(
                glyphs,
                range,
                self.depth,
                self.has_end,
                about,
                &checked,
                &mut result,
            );
        }
        result.wrong.extend(self.strays(glyphs, about));
        result
    }

    /// Returns the first statement that stands after the end of the report.
    fn strays(&self, glyphs: &Glyphs, about: About) -> Option<Wrong> {
        let names = about.models().iter().map(|model| AnyModel::name(*model));
        let named = names.flat_map(|name| [format!("{name}, op"), format!("{name}, end")]);
        let fixed = ["decided at", "Id:", "Since:", "Until:"].map(str::to_owned);
        let labels: Vec<Label> = named.chain(fixed).map(|label| Label::new(&label)).collect();
        let mut places = self.after.clone();
        let at = places.find(|&at| {
            let glyph = glyphs.0[at];
            (glyph.is_first || glyph.is_filled || at == self.after.start)
                && glyph.depth >= self.depth
                && labels.iter().any(|label| label.begins(glyphs, at))
        })?;
        Some(Wrong {
            what: "words after the end of the report".to_owned(),
            claimed: shown(glyphs.text(glyphs.line(at)), 600),
            happens: "the report has ended before them".to_owned(),
        })
    }

    /// Says that this program does not have a model. If the report itself does not name it again, the
    /// mark is wrong.
    fn unknown(&self, glyphs: &Glyphs, models: &[Option<AnyModel>], result: &mut ReplayedReport) {
        for (name, model) in self.names.iter().zip(models) {
            if model.is_some() {
                continue;
            }
            let body = glyphs.text(self.body.clone());
            let name = shown(name, 80);
            let is_named =
                body.contains(&format!("{name}, ")) || body.contains(&format!("{name} "));
            match is_named || body.is_empty() {
                true => result.not_checked.push(format!(
                    "what {name} does: this program does not have the model; svadiff models lists \
                     those that it has"
                )),
                false => result.wrong.push(Wrong {
                    what: "the models".to_owned(),
                    claimed: result.mark.clone(),
                    happens: format!("the report says nothing of {name}"),
                }),
            }
        }
    }

    /// Returns where each finding stands, and where the certificate does.
    fn segments(&self, glyphs: &Glyphs, about: About) -> (Vec<Range<usize>>, Option<Range<usize>>) {
        let body = self.body.clone();
        if self.kind == BlockKind::Report {
            return (vec![body], None);
        }
        let rest = certificate::LABELS.iter().chain(&certificate::COMMANDS);
        let rest = rest
            .filter_map(|label| Label::new(label).find(glyphs, body.clone(), self.depth))
            .min();
        let end = rest.unwrap_or(body.end);
        // A finding begins with its sentence, or with its case if that is left out.
        let mut places: Vec<(usize, bool)> = Vec::new();
        for (what, is_case) in openers(about)
            .into_iter()
            .map(|what| (what, false))
            .chain([("The case:".to_owned(), true)])
        {
            let what = Glyphs::of(&what);
            let found = glyphs.places(body.start..end, &what);
            places.extend(found.map(|at| (at, is_case)));
        }
        places.sort_unstable();
        let (mut starts, mut has_sentence, mut has_case) = (vec![body.start], false, false);
        for (at, is_case) in places {
            if has_case || has_sentence && !is_case {
                starts.push(at);
                (has_sentence, has_case) = (false, false);
            }
            match is_case {
                true => has_case = true,
                false => has_sentence = true,
            }
        }
        let ends = starts.iter().skip(1).copied().chain([end]);
        let findings = starts.iter().zip(ends).map(|(start, end)| *start..end);
        let findings = findings.filter(|range| !range.is_empty()).collect();
        (findings, rest.map(|rest| rest..body.end))
    }
}
