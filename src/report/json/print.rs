// SPDX-License-Identifier: GPL-2.0-or-later
//! Formats JSON for people: a value that fits in a line is on one line.

use crate::report::WIDTH;
use serde_json::Value;
use spec::read::is_hidden;

/// Formats a value, followed by a line break. Lists and objects that fit the width are on one line.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// `indent` is the indentation of the line, `used` the number of columns before the value.
fn write(value: &Value, indent: usize, used: usize, out: &mut String) {
    let flat = one_line(value);
    let room = WIDTH.saturating_sub(indent + used + 1);
    let items = match value {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    };
    if items == 0 || flat.chars().count() <= room {
        out.push_str(&flat);
        return;
    }
    let (open, close) = if value.is_array() {
        ('[', ']')
    } else {
        ('{', '}')
    };
    out.push(open);
    let mut first = true;
    let mut next = |out: &mut String| {
        out.push_str(if first { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n(' ', indent + 2));
        first = false;
    };
    match value {
        Value::Array(list) => {
            for item in list {
                next(out);
                write(item, indent + 2, 0, out);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                next(out);
                let key = format!("{}: ", atom(&key.as_str().into()));
                out.push_str(&key);
                write(item, indent + 2, key.chars().count(), out);
            }
        }
        _ => {}
    }
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(close);
}

/// Returns the value on one line, with blanks between its parts.
pub(crate) fn one_line(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entry = |(key, item): (&String, &Value)| {
                format!("{}: {}", atom(&key.as_str().into()), one_line(item))
            };
            let entries: Vec<String> = map.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => atom(other),
    }
}

fn atom(value: &Value) -> String {
    escape_json(&value.to_string())
}

/// Escapes in the strings of a JSON text everything that a terminal would not show as it is.
pub fn escape_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Inside a string they would already be escaped.
            '\t' | '\n' | '\r' => out.push(' '),
            c if is_hidden(c) => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                out.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{WIDTH, escape_json, json};
    use serde_json::json as value;

    #[test]
    fn what_fits_a_line_stands_on_one() {
        assert_eq!(
            json(&value!({"a": [1, 2], "b": {}})),
            "{\"a\": [1, 2], \"b\": {}}\n"
        );
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_reads_back_as_the_same() {
        let value = value!({"\u{9b}31m": "\u{1b}\n\u{202e}\u{e0001}\u{7f} ä中"});
        let text = escape_json(&format!("{value:#}"));
        let escaped = r#"{   "\u009b31m": "\u001b\n\u202e\udb40\udc01\u007f ä中" }"#;
        assert_eq!(text, escaped);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
        assert_eq!(json(&value).matches("\\u").count(), 6);
    }

    #[test]
    fn what_does_not_fit_is_broken_and_reads_back_as_the_same() {
        let long = value!({"list": vec!["some words"; 30], "more": {"deep": vec![1; 60]}});
        let text = json(&long);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(text.lines().count() > 30);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            long
        );
    }
}
