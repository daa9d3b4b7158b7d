// SPDX-License-Identifier: GPL-2.0-or-later
//! Passes bytes that are not text, and damaged gzip.

use super::run::{Ran, gzip, svadiff_reading};
use super::samples::{everything, two_binds};
use serde_json::json;

fn trace(bytes: &[u8]) -> Ran {
    svadiff_reading(["trace", "--model", "v6.7", "-"], bytes)
}

fn rows(bytes: &[u8]) -> Ran {
    svadiff_reading(["trace", "--jsonl", "--model", "v6.7", "-"], bytes)
}

fn titled(title: &[u8]) -> Vec<u8> {
    let case = two_binds().to_string();
    let (head, tail) = case.split_at(1);
    [
        head.as_bytes(),
        b"\"title\":\"",
        title,
        b"\",",
        tail.as_bytes(),
    ]
    .concat()
}

#[test]
fn what_is_not_utf_8_is_refused_where_it_is() {
    for bad in [
        &b"\xff"[..],
        b"\xc3",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x80",
        b"\xfe\xff",
    ] {
        let in_a_string = titled(&[b"abc", bad].concat());
        let ran = trace(&in_a_string);
        let about = ran.refused_at_a_place("standard input");
        assert!(
            about.starts_with(": line 1 column 14: not UTF-8"),
            "{about}"
        );

        let outside = [two_binds().to_string().as_bytes(), b"\n", bad].concat();
        let ran = trace(&outside);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.starts_with(": line 2 column 1: not UTF-8"), "{about}");

        let good = json!({"id": 1, "case": two_binds()}).to_string();
        let row = [good.as_bytes(), b"\n{\"id\":\"", bad, b"\"}"].concat();
        let ran = rows(&row);
        let about = ran.refused_after_rows("standard input");
        assert!(about.starts_with(": line 2 column 8: not UTF-8"), "{about}");
        assert_eq!(ran.out.lines().count(), 1);
    }
}

#[test]
fn a_byte_order_mark_and_other_encodings_are_refused_with_a_sentence() {
    let text = two_binds().to_string();
    let ran = trace(format!("\u{feff}{text}").as_bytes());
    let about = ran.refused_at_a_place("standard input");
    assert!(about.contains("byte order mark"), "{about}");

    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    trace(&units).refused_at_a_place("standard input");
    let marked = [b"\xff\xfe", units.as_slice()].concat();
    trace(&marked).refused_at_a_place("standard input");
}

#[test]
fn raw_control_characters_and_lone_surrogates_in_strings_are_refused() {
    for bad in [
        &b"\n"[..],
        b"\0",
        b"\x1b[31m",
        b"\\ud800",
        b"\\udc00\\ud800",
        b"\\u12",
        b"\\x41",
        b"\\",
    ] {
        trace(&titled(bad)).refused_at_a_place("standard input");
    }
    trace(&titled("\\ud83d\\ude00 \u{7f} ä".as_bytes())).ok(0);
}

#[test]
fn gzip_cut_short_anywhere_is_refused() {
    let packed = gzip(everything().to_string().as_bytes());
    for end in 2..packed.len() {
        let ran = trace(&packed[..end]);
        let about = ran.refused_at_a_place("standard input");
        assert!(about.contains("cannot be unpacked from here on"), "{about}");
    }
    trace(&packed).ok(0);
    // Fewer than two bytes are not recognized as gzip.
    trace(&packed[..1]).refused_at_a_place("standard input");
}

#[test]
fn gzip_with_anything_after_it_or_changed_in_it_is_refused() {
    let packed = gzip(two_binds().to_string().as_bytes());
    for garbage in [&b"x"[..], b"\0\0\0\0", b"\x1f\x8b", b"{}"] {
        let ran = trace(&[packed.as_slice(), garbage].concat());
        ran.refused_at_a_place("standard input");
    }
    // The checksum of the contents, and their length.
    for at in packed.len() - 8..packed.len() {
        let mut changed = packed.clone();
        changed[at] ^= 1;
        trace(&changed).refused_at_a_place("standard input");
    }
}

#[test]
fn rows_before_the_damage_are_printed() {
    let row = json!({"id": 1, "case": two_binds()}).to_string() + "\n";
    let packed = gzip(row.repeat(3).as_bytes());
    let ran = rows(&packed[..packed.len() - 4]);
    let about = ran.refused_after_rows("standard input");
    assert!(about.starts_with(": line 4: cannot be unpacked"), "{about}");
    assert_eq!(ran.out.lines().count(), 3);
    assert!(ran.out.ends_with("}\n"));
}

#[test]
fn standard_input_that_comes_byte_by_byte_is_still_known_to_be_gzip() {
    let packed = gzip(two_binds().to_string().as_bytes());
    let command = super::run::command(["trace", "--model", "v6.7", "-"]);
    let ran = super::run::feed(command, |stdin| {
        for byte in packed {
            stdin.write_all(&[byte])?;
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        Ok(())
    });
    assert!(ran.ok(0).starts_with("1 device, 1 mm"));
}
