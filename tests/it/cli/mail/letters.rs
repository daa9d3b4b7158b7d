// SPDX-License-Identifier: GPL-2.0-or-later
//! What mail programs do to a text: quoting, wrapping, encodings.

/// Puts a mark before every line.
pub(super) fn quoted(text: &str, mark: &str) -> String {
    let lines = text.lines().map(|line| format!("{mark}{line}\n"));
    lines.collect()
}

/// Breaks lines at blanks and after hyphens, so that no line is wider than `width` if it can be helped.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut now = String::new();
        for piece in line.split_inclusive([' ', '-']) {
            if now.len() + piece.trim_end().len() > width && !now.trim().is_empty() {
                out += now.trim_end();
                out.push('\n');
                now.clear();
            }
            now += piece;
        }
        out += now.trim_end();
        out.push('\n');
    }
    out
}

/// Fills paragraphs: lines are joined, and broken anew.
pub(super) fn filled(text: &str, width: usize) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        wrapped(&words.join(" "), width)
    });
    paragraphs.collect::<Vec<_>>().join("\n")
}

/// Puts text of others around a report.
pub(super) fn surrounded(text: &str) -> String {
    format!("Hello,\n\nis this known? -\n\n{text}\nRegards,\n-- \nSomebody\n")
}

/// Returns a mail with this content, encoded as the header says.
pub(super) fn mail(encoding: &str, content: &str) -> String {
    let body = match encoding {
        "base64" => base64(content.as_bytes()),
        "quoted-printable" => quoted_printable(content),
        _ => content.to_owned(),
    };
    format!(
        "From: Somebody <a@example.org>\r\nSubject: [PATCH] iommu\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8; format=flowed\r\n\
         Content-Transfer-Encoding: {encoding}\r\n\r\n{body}"
    )
}

/// Returns a mail with a text and an attached file.
pub(super) fn with_attachment(text: &str, name: &str, file: &str) -> String {
    let file = base64(file.as_bytes());
    format!(
        "From: Somebody <a@example.org>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"=-=\"\n\n\
         --=-=\nContent-Type: text/plain; charset=us-ascii\n\n{text}\n\
         --=-=\nContent-Type: application/json\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename=\"{name}\"\n\n{file}\n--=-=--\n"
    )
}

/// Returns a mail in plain text and in HTML.
pub(super) fn with_html(text: &str, html: &str) -> String {
    let html = html.replace('&', "&amp;").replace('<', "&lt;");
    let html: String = html
        .lines()
        .map(|line| format!("<div>{line}</div>"))
        .collect();
    format!(
        "From: Somebody <a@example.org>\nMIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=here\n\n\
         --here\nContent-Type: text/plain\n\n{text}\n\
         --here\nContent-Type: text/html\n\n<html><body><blockquote>{html}</blockquote></body></html>\n\
         --here--\n"
    )
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (at, three) in bytes.chunks(3).enumerate() {
        if at > 0 && at % 19 == 0 {
            out += "\r\n";
        }
        let bits = three.iter().chain(&[0; 2]).take(3);
        let bits = bits.fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte));
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit) & 63) as usize;
            let is_there = digit <= three.len();
            out.push(if is_there { DIGITS[index].into() } else { '=' });
        }
    }
    out
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for byte in line.bytes() {
            let unit = match byte {
                b'=' | b'-' | 128.. => format!("={byte:02X}"),
                _ => char::from(byte).to_string(),
            };
            if width + unit.len() > 60 {
                out += "=\r\n";
                width = 0;
            }
            width += unit.len();
            out += &unit;
        }
        out += "\r\n";
    }
    out
}
