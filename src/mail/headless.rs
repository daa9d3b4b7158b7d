// SPDX-License-Identifier: GPL-2.0-or-later
//! Reports that were quoted without their first line: who answers a mail cuts away what is not needed.

use super::block::Block;
use super::certificate::COMMANDS;
use super::glyphs::Glyphs;
use super::label::Label;
use crate::counterexample::About;
use crate::judge::View;
use crate::models::{AnyModel, by_name};
use crate::report::mail::{BlockKind, END, openers};

/// The beginning of the command of a report.
const COMMAND: &str = "To reproduce: svadiff";

/// What a report has that begins with `MODEL breaks what works in MODEL:`, between the names.
const BETWEEN: [&str; 4] = [
    "breaks what works in",
    "fixes what is broken in",
    "does not do what",
    "keeps a defect that",
];

/// What the sentence about one model has after the name.
const ALONE: &str = "does what no kernel may do:";

/// Returns whether bytes may have a report without its first line.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    let has = |what: &str| {
        let what = what.as_bytes();
        bytes.windows(what.len()).any(|at| at == what)
    };
    has(END) || has("To reproduce:")
}

/// Returns the report in a text in which none begins: its end or its command is there, and its sentence or
/// its command names the models.
pub(super) fn block(glyphs: &Glyphs) -> Option<Block> {
    let all = 0..glyphs.len();
    let find = |what: &str| glyphs.find(all.clone(), &Glyphs::of(what));
    let end = find(END);
    let command = find(COMMAND);
    if end.is_none() && command.is_none() {
        return None;
    }
    let sentences = BETWEEN
        .iter()
        .chain([&ALONE])
        .filter_map(|words| find(words));
    // The name is the word before it.
    let sentence = sentences.min().map(|at| start_of_word(glyphs, at));
    // A search has a command for each finding, and its own one after them.
    let of_search = COMMANDS.iter().find_map(|words| find(words));
    let command = of_search.or(command);
    let named = command.and_then(|at| of_command(&glyphs.text(at..glyphs.len())));
    let (mut kind, names) = named.or_else(|| of_sentence(&glyphs.text(sentence?..glyphs.len())))?;
    let models: Option<Vec<AnyModel>> = names.iter().map(|name| by_name(name)).collect();
    let about: About = match models?[..] {
        [from, to] => [from, to].into(),
        [model] => [model].into(),
        _ => return None,
    };
    let cases = glyphs.places(all.clone(), &Glyphs::of("The case:")).count();
    if kind == BlockKind::Report && cases > 1 {
        kind = match about.pair() {
            Some(_) => BlockKind::Comparison,
            None => BlockKind::Check,
        };
    }
    // What is left of a first line that was altered has been cut away by nobody.
    let names_again = names.join(" and ");
    let mut kinds = BlockKind::ALL.iter();
    if kinds.any(|kind| find(&format!("{} {names_again}]", kind.words())).is_some()) {
        return None;
    }
    let words = openers(about).into_iter().chain(["The case:".to_owned()]);
    let labels = Label::of_case(about).into_iter();
    let labels = labels.chain(words.map(|words| Label::new(&words)));
    let starts = labels.filter_map(|label| label.first(glyphs, all.clone()));
    let start = starts
        .chain(sentence)
        .chain(altered_sentence(glyphs))
        .min()?;
    let until = end.filter(|&end| end >= start);
    Some(Block::without_mark(glyphs, kind, names, start, until))
}

/// Returns where a paragraph begins that looks like the sentence of a report, whose words may be other
/// ones: it begins with a model and ends with a view and a place, as in `[api, op 1]`.
fn altered_sentence(glyphs: &Glyphs) -> Option<usize> {
    let views = View::ALL
        .iter()
        .map(|view| Glyphs::of(&format!("[{},", view.name())));
    let end = views
        .filter_map(|view| glyphs.find(0..glyphs.len(), &view))
        .min()?;
    let before = glyphs.0[..end].iter().rposition(|glyph| glyph.is_apart);
    let start = before.unwrap_or(0);
    let text = glyphs.text(start..end);
    by_name(text.split_whitespace().next()?).map(|_| start)
}

/// Returns the place where the word before a place begins.
fn start_of_word(glyphs: &Glyphs, at: usize) -> usize {
    let before = glyphs.0[..at].iter().rposition(|glyph| glyph.gap);
    before.unwrap_or(0)
}

/// Returns what a command names.
fn of_command(text: &str) -> Option<(BlockKind, Vec<String>)> {
    let words: Vec<&str> = text.split_whitespace().skip(3).take(5).collect();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Some(match words[..] {
        ["diff", "--from", from, "--to", to, ..] => (BlockKind::Report, names(&[from, to])),
        ["trace", "--model", model, ..] => (BlockKind::Report, names(&[model])),
        ["compare", from, to, ..] => (BlockKind::Comparison, names(&[from, to])),
        ["check", model, ..] => (BlockKind::Check, names(&[model])),
        _ => return None,
    })
}

/// Returns what a sentence names.
fn of_sentence(text: &str) -> Option<(BlockKind, Vec<String>)> {
    let (to, rest) = text.split_once(' ')?;
    if rest.starts_with(ALONE) {
        return Some((BlockKind::Report, vec![to.to_owned()]));
    }
    let after = BETWEEN.iter().find_map(|words| rest.strip_prefix(words))?;
    let from = after.split_whitespace().next()?.trim_end_matches(':');
    Some((BlockKind::Report, vec![from.to_owned(), to.to_owned()]))
}
