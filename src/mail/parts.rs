// SPDX-License-Identifier: GPL-2.0-or-later
//! Takes mails apart: what a reader sees of them, and the JSON that is attached.

use super::glyphs::is_override;
use super::visible::visible;
use mail_parser::decoders::html::html_to_text;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use spec::read::{is_hidden, shortened};
use std::borrow::Cow;

/// The parts of one mail or of several.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Texts as a reader sees them, with the encoding of the mail undone.
    pub texts: Vec<String>,
    /// Files that look like JSON of this program, each with a name for messages.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The most mails within mails that are opened.
const MOST_NESTED: usize = 8;

/// The headers of which a mail has at least one.
const HEADERS: [&str; 12] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "received",
    "return-path",
    "in-reply-to",
];

/// Returns whether bytes begin like a mail, or like a file of mails: with headers, one of them known.
pub(super) fn is_mail(bytes: &[u8]) -> bool {
    let mut lines = lines(bytes).skip_while(|line| line.trim_ascii().is_empty());
    let mut any_known = false;
    let mut is_first = true;
    for line in lines.by_ref() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match header(line) {
            _ if line.is_empty() => break,
            // The line before a mail in a file of mails.
            _ if is_first && line.starts_with(b"From ") => {}
            _ if !is_first && matches!(line[0], b' ' | b'\t') => {}
            Some(name) => any_known |= HEADERS.contains(&name.to_ascii_lowercase().as_str()),
            None => return false,
        }
        is_first = false;
    }
    any_known
}

/// Returns the name of a header.
fn header(line: &[u8]) -> Option<&str> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = std::str::from_utf8(&line[..colon]).ok()?;
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (!name.is_empty() && name.bytes().all(is_of_name)).then_some(name)
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n')
}

/// Takes bytes apart: mails if they begin like one, otherwise text.
pub(super) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::default();
    if !is_mail(bytes) {
        parts
            .texts
            .push(String::from_utf8_lossy(bytes).into_owned());
        return parts;
    }
    for mail in mails(bytes) {
        match MessageParser::default().parse(mail) {
            Some(message) => parts.add(&message, MOST_NESTED),
            None => parts.texts.push(String::from_utf8_lossy(mail).into_owned()),
        }
    }
    parts
}

/// Splits a file of mails. Each begins with a line `From …`, before which a line is empty.
fn mails(bytes: &[u8]) -> Vec<&[u8]> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    let bytes = &bytes[start.unwrap_or(0)..];
    if !bytes.starts_with(b"From ") {
        return vec![bytes];
    }
    let mut starts = Vec::new();
    let mut at = 0;
    let mut is_after_empty = true;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let after = at + line.len();
        // Its headers follow at once.
        let next = bytes[after..].first();
        let has_headers = || next.is_some_and(|byte| !byte.is_ascii_whitespace());
        if is_after_empty && line.starts_with(b"From ") && has_headers() && is_mail(&bytes[after..])
        {
            starts.push((at, after));
        }
        is_after_empty = line.trim_ascii().is_empty();
        at = after;
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([at]);
    let all = starts.iter().zip(ends);
    all.map(|((_, start), end)| &bytes[*start..end]).collect()
}

impl Parts {
    fn add(&mut self, message: &Message<'_>, nested: usize) {
        for part in &message.parts {
            let name = part.attachment_name().map(|name| shortened(name, 80));
            let name = name.unwrap_or_else(|| format!("attachment {}", self.files.len() + 1));
            match &part.body {
                PartType::Text(text) if looks_like_ours(text.as_bytes()) => {
                    self.files.push((name, text.as_bytes().to_vec()));
                }
                PartType::Text(text) => self.texts.push(without_nul(text)),
                PartType::Html(html) => self.texts.push(html_as_text(html)),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                    let bytes = unpacked(bytes);
                    if looks_like_ours(&bytes) {
                        self.files.push((name, bytes));
                    }
                }
                PartType::Message(inner) if nested > 0 => self.add(inner, nested - 1),
                PartType::Message(_) | PartType::Multipart(_) => {}
            }
        }
    }
}

/// Returns text in UTF-8, if bytes are text in UTF-16 with a byte order mark, and otherwise the bytes.
pub(super) fn as_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(bytes),
    };
    let units: Vec<u16> = { bytes[2..].chunks_exact(2) }
        .map(|two| unit([two[0], two[1]]))
        .collect();
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

/// Returns text without what makes characters wider, if its mail does not say that it is UTF-16 or UTF-32.
fn without_nul(text: &str) -> String {
    if !text.contains('\0') {
        return text.to_owned();
    }
    let text = text.trim_start_matches([char::REPLACEMENT_CHARACTER, '\0']);
    text.replace('\0', "")
}

/// Returns whether a file is an object with a format of this program.
fn looks_like_ours(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let ours = b"\"svadiff-";
    bytes.trim_ascii_start().starts_with(b"{") && bytes.windows(ours.len()).any(|at| at == ours)
}

/// Returns the contents of a file, unpacked if it is gzip.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut out = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let unpacked = flate2::bufread::MultiGzDecoder::new(bytes);
        // A broken file is reported like one with other contents.
        let _ = unpacked
            .take(spec::read::MAX_BYTES as u64 + 1)
            .read_to_end(&mut out);
        return out;
    }
    bytes.to_vec()
}

/// Tags that begin a line.
const BLOCKS: [&str; 9] = ["div", "p", "br", "tr", "td", "li", "pre", "table", "h1"];

/// Returns HTML as text, with a `> ` before each line for each quote that it is in.
fn html_as_text(html: &str) -> String {
    const QUOTE: &str = "blockquote>";
    let html = &visible(html);
    let (mut out, mut depth) = (String::new(), 0_usize);
    for piece in html.split(QUOTE) {
        let (text, next) = match (piece.strip_suffix("</"), piece.strip_suffix('<')) {
            (Some(text), _) => (text, depth.saturating_sub(1)),
            (None, Some(text)) => (text, depth + 1),
            (None, None) => (piece, depth),
        };
        for line in html_to_text(&broken_at_blocks(text)).lines() {
            out.push_str(&"> ".repeat(depth.min(100)));
            out.push_str(line);
            out.push('\n');
        }
        depth = next;
    }
    out
}

/// Adds a line break before each tag that begins a line, which the converter passes over. It passes over
/// blanks after the first tags of a line as well, so they become ones that it keeps.
fn broken_at_blocks(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for (at, piece) in html.split('<').enumerate() {
        if at > 0 {
            let name = piece.trim_start_matches('/');
            let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
            let is_block = |block: &&str| name.is_some_and(|name| name.eq_ignore_ascii_case(block));
            out.push_str(if BLOCKS.iter().any(is_block) {
                "<br><"
            } else {
                "<"
            });
        }
        match piece.split_once('>') {
            Some((tag, text)) if at > 0 && text.starts_with(char::is_whitespace) => {
                out.push_str(&format!("{tag}>&#32;{text}"));
            }
            _ => out.push_str(piece),
        }
    }
    out.retain(|c| c == '\n' || c == '\r' || c == '\t' || is_override(c) || !is_hidden(c));
    out
}

#[cfg(test)]
mod tests {
    use super::{html_as_text, is_mail, mails, parts};

    #[test]
    fn a_mail_begins_with_headers() {
        for mail in [
            "From: me\n\ntext",
            "\nSubject: a\n folded line\nX-Other: b\r\n\r\ntext",
            "From me Thu Jan  1 00:00:00 1970\nFrom: me\n\ntext",
            "Content-Transfer-Encoding: base64\n\nYQ==",
        ] {
            assert!(is_mail(mail.as_bytes()), "{mail}");
        }
        for other in [
            "",
            "bind 0 0",
            "Since: today\n\n",
            "From: me\nno header\n\n",
            "{}",
            ": a",
        ] {
            assert!(!is_mail(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_file_of_mails_is_split_at_its_mails() {
        let file = "From a\nFrom: a\n\none\n\nFrom here it is text\n\nFrom b\nFrom: b\n\ntwo\n";
        assert_eq!(mails(file.as_bytes()).len(), 2);
        assert_eq!(parts(file.as_bytes()).texts.len(), 2);
    }

    #[test]
    fn the_encoding_of_a_mail_is_undone() {
        for mail in [
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: base64\n\nb25lIHR3bw==\n",
            "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\
             \none=\n two",
            "Subject: a\r\n\r\none two",
        ] {
            assert_eq!(parts(mail.as_bytes()).texts, ["one two"], "{mail}");
        }
    }

    #[test]
    fn words_in_html_stay_apart() {
        let text = html_as_text("<b>a</b> b<br><i>c</i>\n<u>d</u> e");
        let lines = text.lines().map(|line| line.split_whitespace().collect());
        let mut lines: Vec<Vec<&str>> = lines.collect();
        lines.retain(|line| !line.is_empty());
        assert_eq!(lines, [vec!["a", "b"], vec!["c", "d", "e"]]);
    }

    #[test]
    fn quotes_in_html_become_marks() {
        let html = "<p>a</p><BLOCKQUOTE type=cite><div>b &lt;c&gt;</div><div>d</div></blockquote>e";
        let text = html_as_text(html);
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_matches(['>', ' ']).is_empty())
            .collect();
        assert_eq!(lines, ["a", "> b <c>", "> d", "e"]);
    }
}
