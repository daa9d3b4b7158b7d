// SPDX-License-Identifier: GPL-2.0-or-later
//! Cases as text: what reports print, and what people write.
//!
//! ```text
//! on 2 devices (groups 0 1; max_pasids 16 0), 2 mms (not dma_compat: 1)
//!  0  bind dev 0, mm 0 [set_dev_pasid: EIO, 1st time]
//!  1  unbind of op 0 again
//!  2  attach dev 0, pasid 3
//! ```
//!
//! The same in short is `bind 0 0 [set_dev_pasid: EIO]; unbind 0 again; attach 0 3`, apart from the
//! topology. Text without a topology gets the [`usual_topology`]. Line breaks and runs of blanks mean
//! nothing. Text and JSON carry the same: [`parse`] of [`of`] is the identity, and [`of`] and
//! [`one_line`] are the only texts of a case that the program writes.

mod error;
mod lexer;
mod nearest;
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod usual;

pub use error::TextError;
pub use nearest::{did_you_mean, nearest};
pub use parse::{parse, parse_bytes};
pub use print::{fault, of, one_line, op, topology};
pub use usual::{USUAL_MAX_PASIDS, usual_topology};

use crate::case::Case;
use std::str::FromStr;

/// The maximum width of a line of [`of`], in columns.
pub const WIDTH: usize = 75;

/// Returns whether a file is JSON and not a case as text: its first character that is not blank
/// begins an object, a list or a string, with which no text begins. Empty files are text.
pub fn is_json(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'"'))
}

impl FromStr for Case {
    type Err = TextError;

    /// Parses a case as text, see [`parse`].
    fn from_str(text: &str) -> Result<Case, TextError> {
        parse(text)
    }
}
