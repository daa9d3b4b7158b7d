// SPDX-License-Identifier: GPL-2.0-or-later
//! Mails that are hard to read: with style sheets, in odd encodings, cut, or made by an enemy.

use super::super::run::{svadiff, svadiff_reading};
use super::super::samples::COUNTEREXAMPLE;
use super::letters::{base64, quoted, surrounded, wrapped};
use super::{corpus, replay, report};
use crate::thorough::sample;

fn text() -> String {
    svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0)
}

fn html(text: &str) -> String {
    format!(
        "Content-Type: text/html; charset=utf-8\n\n<html><body><pre>{text}</pre></body></html>\n"
    )
}

#[test]
fn what_a_style_sheet_hides_is_not_read() {
    let (text, sheet) = (text(), "<style>.x{display:none}</style>");
    let with = |word: &str, styled: &str| text.replacen(word, styled, 1);
    let (word, hidden) = ("-EBUSY", "<i class=x>-EBUSY</i>-EINVAL");
    replay(&html(&format!("{sheet}{}", with(word, hidden)))).ok(1);
    let added = with(word, "-EBUSY<i class=x>!</i>");
    replay(&html(&format!("{sheet}{added}"))).ok(0);
    replay(&html(&added)).ok(1);
    // What only a browser can tell is neither so nor not so.
    for sheet in [
        "p .x{display:none}",
        ".x{position:absolute;left:-99em}",
        "@media screen{.x{display:none}}",
        ".x::after{content:'!'}",
        ".x{color:white}",
    ] {
        let styled = with(word, "<i class=x>-EBUSY</i>");
        let page = html(&format!("<style>{sheet}</style>{styled}"));
        let ran = replay(&page);
        let about = ran.refused("standard input: cannot be read: ");
        assert!(about.contains("plain text"), "{about}");
        // Outside of the report it does not matter.
        let outside = format!("<style>{sheet}</style><i class=x>hello</i>\n{text}");
        replay(&html(&outside)).ok(0);
    }
    let outlook = "<style><!-- @font-face {font-family:Calibri} p.MsoNormal {margin:0cm; \
                   font-size:11.0pt} a:link {color:blue} --></style>";
    let lines = text
        .lines()
        .map(|line| format!("<p class=MsoNormal>{line}<o:p></o:p></p>"));
    replay(&html(&format!("{outlook}{}", lines.collect::<String>()))).ok(0);
}

#[test]
fn text_in_wide_characters_is_read() {
    let text = text();
    let units = || text.encode_utf16();
    let little: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(units())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(units())
        .flat_map(u16::to_be_bytes)
        .collect();
    let widest: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_le_bytes())
        .collect();
    for (charset, bytes) in [
        ("; charset=utf-16", &little),
        ("; charset=UTF-16BE", &big),
        ("; charset=utf-32", &widest),
        ("", &little),
        ("", &big),
    ] {
        let body = base64(bytes);
        let head = format!("From: a@example.org\nContent-Type: text/plain{charset}\n");
        replay(&format!(
            "{head}Content-Transfer-Encoding: base64\n\n{body}"
        ))
        .ok(0);
    }
    for bytes in [&little, &big] {
        svadiff_reading(["replay", "-"], bytes).ok(0);
    }
    // What is in no known encoding is refused with a sentence.
    let ran = svadiff_reading(["replay", "-"], &widest[..widest.len() - 1]);
    ran.refused_at_a_place("standard input");
}

#[test]
fn a_report_whose_first_line_was_cut_away_is_read() {
    for file in sample(corpus(), 20) {
        let text = report(&file);
        let (_, cut) = text.split_once('\n').expect("a first line");
        for letter in [
            cut.to_owned(),
            surrounded(cut),
            surrounded(&quoted(cut, "> ")),
            quoted(&wrapped(cut, 50), ">> "),
        ] {
            let ran = replay(&letter);
            assert_eq!(ran.status, 0, "{letter}\n{ran:?}");
        }
        let (command, _) = cut.split_once("To reproduce:").expect("a command");
        let without = format!("{command}[end of report]\n");
        assert_eq!(replay(&without).status, 0, "{without}");
    }
    let text = text();
    let (_, cut) = text.split_once('\n').expect("a first line");
    for (was, is) in [
        ("-EBUSY", "-EINVAL"),
        ("breaks", "fixes"),
        ("092edaddb660", "092edaddb661"),
        (
            "v6.8-rc1 breaks what works in v6.7",
            "v6.8 breaks what works in v6.7",
        ),
    ] {
        let altered = surrounded(&quoted(&cut.replacen(was, is, 1), "> "));
        assert_eq!(replay(&altered).status, 1, "{was}: {altered}");
    }
    // A comparison has several findings, and a certificate.
    let all = svadiff("compare v6.7 v6.8-rc6 --ops 2 --mail".split(' ')).ok(1);
    let (_, cut) = all.split_once('\n').expect("a first line");
    replay(&quoted(cut, "> ")).ok(0);
    // A note of a case may quote a report.
    let mut noted = COUNTEREXAMPLE.clone();
    noted["case"]["note"] = text.clone().into();
    svadiff_reading(["replay", "-"], noted.to_string().as_bytes()).ok(0);
}

#[test]
fn no_mail_takes_long_or_is_answered_with_more_than_a_sentence() {
    let text = text();
    let parts = |count: usize| -> String {
        let part = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
        (0..count).map(part).collect()
    };
    let inner = format!("Content-Type: text/plain\n\n{text}");
    let page = |before: &str, times: usize| html(&(before.repeat(times) + &text));
    let coded = base64(text.as_bytes());
    let coded = |end: usize| {
        let body = &coded[..end];
        format!("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{body}")
    };
    for mail in [
        parts(1000) + &inner,
        "Content-Type: message/rfc822\n\n".repeat(1000) + &inner,
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n".repeat(500) + &inner,
        format!("Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n{inner}"),
        coded(1),
        coded(101),
        coded(700),
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n=%!\n".to_owned(),
        page("<blockquote>", 100_000),
        page("<div hidden>", 100_000),
        page("<!--", 100_000),
        page("<a b=\"", 100_000),
        page("<style>@media{a{", 50_000),
        page("</blockquote><p>", 50_000),
        ">".repeat(200_000) + &text,
        format!("X: {}\n\n{text}", "a".repeat(1 << 20)),
    ] {
        let ran = replay(&mail);
        assert!(ran.status <= 3, "{ran:?}");
        if ran.status == 2 {
            ran.refused("standard input: ");
        }
    }
}
