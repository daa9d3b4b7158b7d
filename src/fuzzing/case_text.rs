// SPDX-License-Identifier: GPL-2.0-or-later
//! Target `case_text`: any bytes as a case as text. The reader accepts them, or refuses them with a
//! place within them. An accepted case is the same after it is written as text, in both forms, and
//! as JSON, and what is written is the same again after it is read. Bytes that are no text are a case
//! in the encoding of the generators, with themselves as its title.

use super::{Screen, What, case_json};
use spec::generate::{EVERYTHING, from_bytes};
use spec::text::{TextError, WIDTH, of, one_line, parse, parse_bytes};
use spec::{Case, read::is_hidden};

/// Runs the target on these bytes. Returns the failure, if any.
pub fn run(_: &mut Screen<'_>, bytes: &[u8]) -> Option<What> {
    match parse_bytes(bytes) {
        Ok(case) => reads_back(&case),
        Err(error) => {
            let mut case = Case::default();
            from_bytes(EVERYTHING, bytes, &mut case);
            let wrong = is_wrong(&error, bytes);
            wrong.map(|what| What::broken(&case, what)).or_else(|| {
                case.title = Some(String::from_utf8_lossy(bytes).into_owned());
                reads_back(&case)
            })
        }
    }
}

/// Checks that a case is unchanged after it is written as text and read.
pub fn reads_back(case: &Case) -> Option<What> {
    let (long, short) = (of(case), one_line(case));
    let broken = |what: &str| Some(What::broken(case, what));
    if !long.is_ascii() || !short.is_ascii() || short.contains('\n') {
        return broken("text that is not ASCII, or not on one line");
    }
    if long.lines().any(|line| line.len() > WIDTH) {
        return broken("a line of text that is too wide");
    }
    for (text, write) in [(&long, of as fn(&Case) -> String), (&short, one_line)] {
        match parse(text) {
            Ok(read) if read != *case => return broken("a text reads as another case"),
            Ok(read) if write(&read) != *text => return broken("a text is written as another"),
            Ok(_) => {}
            Err(error) => return broken(&format!("a text that is written is refused: {error}")),
        }
    }
    case_json::reads_back(case)
}

/// Returns what is wrong with a refusal, if anything is.
fn is_wrong(error: &TextError, bytes: &[u8]) -> Option<String> {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let picture = error.picture();
    let what = if error.line() > lines || error.column() > bytes.len() + 1 {
        "is at a place outside of the text"
    } else if error.sentence().is_empty() || error.to_string().chars().any(is_hidden) {
        "has no sentence that can be printed"
    } else if !picture.is_ascii() || picture.lines().any(|line| line.len() > WIDTH + 2) {
        "shows a line that cannot be printed"
    } else if picture.lines().count() != 2 {
        "shows something other than a line and a caret"
    } else {
        return None;
    };
    Some(format!("the refusal \"{error}\" {what}"))
}
