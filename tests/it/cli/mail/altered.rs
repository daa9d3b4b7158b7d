// SPDX-License-Identifier: GPL-2.0-or-later
//! Alters reports: nothing that a report says can be changed without being noticed.

use super::super::run::{svadiff, svadiff_reading};
use super::super::samples::COUNTEREXAMPLE;
use super::letters::{mail, quoted, surrounded, wrapped};
use super::{corpus, replay, report};
use crate::thorough::{sample, thorough};

/// Returns a text with each of its words replaced by others, one at a time.
fn altered(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut from = 0;
    for word in text.split_whitespace() {
        let at = from + text[from..].find(word).expect("a word");
        from = at + word.len();
        let mut others = vec![String::new(), format!("{word}s"), format!("{word}0")];
        for (index, c) in word.char_indices() {
            let other = match c {
                '0'..='8' => char::from(c as u8 + 1),
                '9' => '0',
                'a'..='y' | 'A'..='Y' => char::from(c as u8 + 1),
                _ => continue,
            };
            others.push(format!("{}{other}{}", &word[..index], &word[index + 1..]));
        }
        for other in others {
            all.push(format!("{}{other}{}", &text[..at], &text[from..]));
        }
    }
    all
}

/// Checks that every change of a text is noticed.
fn every_change_is_noticed(text: &str, one_of: usize) {
    let letters: [&dyn Fn(&str) -> String; 5] = [
        &|text| text.to_owned(),
        &|text| surrounded(&quoted(text, "> ")),
        &|text| wrapped(&quoted(text, ">> "), 60),
        &|text| quoted(&wrapped(text, 40), "> "),
        &|text| mail("quoted-printable", text),
    ];
    for (at, text) in sample(altered(text), one_of).enumerate() {
        let letter = letters[at % letters.len()](&text);
        let ran = replay(&letter);
        // Without its mark, a text is no report. A model may be unknown.
        assert!(matches!(ran.status, 1..=3), "{letter}\n{ran:?}");
        let is_about_a_model = ran.out.contains("does not have the model");
        assert!(ran.status != 3 || is_about_a_model, "{letter}\n{ran:?}");
    }
}

#[test]
fn every_change_of_a_word_is_noticed() {
    let step = if thorough() { 1 } else { 37 };
    for (at, file) in corpus().iter().enumerate().skip(3).step_by(step) {
        every_change_is_noticed(&report(file), 31 + at % 7);
    }
    let args = "compare v6.8-rc6 v6.8 --ops 2 --mail";
    every_change_is_noticed(&svadiff(args.split(' ')).out, 71);
}

#[test]
fn every_change_of_a_result_is_said_with_what_is_so() {
    let text = svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0);
    for (what, was, is) in [
        ("a result", "op 1: -EBUSY", "op 1: -EINVAL"),
        (
            "a result",
            "op 1: handle 1, pasid 1",
            "op 1: handle 0, pasid 1",
        ),
        ("more about a result", "iommu-sva.c:107", "iommu-sva.c:108"),
        ("since", "Since: 092edaddb660", "Since: 65d4418c5002"),
        (
            "until",
            "Until: 65d4418c5002 iommu/sva: Restore",
            "Until: 65d4418c5002 iommu/sva: Remove",
        ),
        ("the id", "Id: cee888eed551", "Id: cee888eed552"),
        (
            "the sentence",
            "where it returned a",
            "where it returned no",
        ),
        (
            "what follows",
            "both, end: ok; left: nothing",
            "both, end: ok; left: 1 handle",
        ),
        ("the command", "--to v6.8-rc1", "--to v6.8-rc2"),
    ] {
        let altered = text.replacen(was, is, 1);
        assert_ne!(altered, text, "{was}");
        let said = replay(&quoted(&altered, "> ")).ok(1);
        assert!(
            said.contains(&format!("NOT what happens:\n  {what}\n")),
            "{what}: {said}"
        );
    }
    // Another case, with the results of the old one.
    let other = text.replace("1  bind dev 0, mm 0", "1  exit mm 0");
    replay(&other).ok(1);
    let (_, command) = other.split_once("To reproduce:").expect("a command");
    let other = other.replace(command, "\n[end of report]\n");
    replay(&other).ok(1);
}

#[test]
fn a_certificate_is_searched_again() {
    let text = svadiff("compare v6.8-rc6 v6.8 --ops 2 --mail".split(' ')).ok(1);
    for (was, is) in [
        ("Findings   2", "Findings   3"),
        ("up to 2 ops", "up to 1 op"),
        ("212 distinct", "213 distinct"),
        ("v6.8 fixes 2\n", "v6.8 fixes 1\n"),
        ("Digest     7", "Digest     8"),
    ] {
        let altered = text.replacen(was, is, 1);
        assert_ne!(altered, text, "{was}");
        replay(&altered).ok(1);
    }
    // A true finding that the search does not have.
    let more = svadiff("compare v6.8-rc6 v6.8 --ops 3 --mail".split(' ')).ok(1);
    let (more, _) = more.split_once("\nModels ").expect("a certificate");
    let (_, certificate) = text.split_once("\nModels ").expect("a certificate");
    let mixed = format!("{more}\nModels {certificate}");
    assert!(replay(&mixed).ok(1).contains("the search does not find it"));
    // What is too large is not searched, and what was stopped has no end.
    let large = "compare v6.8-rc6 v6.8 --ops 2 --max-states 20 --mail";
    let large = svadiff(large.split(' ')).ok(3);
    replay(&large).ok(3);
}

#[test]
fn words_that_belong_to_no_statement_are_noticed() {
    let text = report(&corpus()[2]);
    let lines: Vec<&str> = text.lines().collect();
    for at in sample(1..lines.len(), 3) {
        let (before, after) = lines.split_at(at);
        let more = [before, &["It is a disaster."], after].concat().join("\n");
        for letter in [more.clone(), quoted(&more, "> "), mail("base64", &more)] {
            replay(&letter).ok(1);
        }
    }
    // A result twice, the second one not so.
    let twice = format!(
        "{}\n{}",
        lines[..lines.len() - 1].join("\n"),
        "v6.7, op 0: -EBUSY\n[end of report]"
    );
    replay(&twice).ok(1);
    // Truncated within a statement.
    for end in sample(text.len() / 4..text.len() - 20, 41) {
        let ran = replay(&text[..end]);
        assert!(ran.status <= 2, "{ran:?}");
    }
}

#[test]
fn what_stands_outside_of_its_report_or_its_place_is_noticed() {
    let text = svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0);
    let altered = text.replace("op 1: -EBUSY", "op 1: -EINVAL");
    // The mark of the first of two reports is gone, and only its end is left.
    let unmarked = altered.replace("[svadiff", "[svadif");
    replay(&format!("{unmarked}\n{text}")).ok(1);
    // The end comes before the results.
    let early = altered.replace("\nv6.7, op 1", "\n[end of report]\nv6.7, op 1");
    replay(&early).ok(1);
    replay(&quoted(&early, "> ")).ok(1);
    // A line that is more of a result, behind another statement.
    let line = "    decided at drivers/iommu/iommu-sva.c:107\n";
    let moved = text
        .replace(line, "")
        .replace("Id: ", &format!("{line}Id: "));
    assert_eq!(moved.len(), text.len());
    replay(&moved).ok(1);
    // What changes the order of the characters that a reader sees.
    replay(&text.replace("-EBUSY", "\u{202e}-EBUSY")).ok(1);
    // A statement in the place of a quoted line, in other letters.
    let quote = quoted(&text, "> ");
    for (was, is) in [
        ("> Id: cee888eed551", "ID: cee888eed552"),
        ("> Id: cee888eed551", "\nID: cee888eed552\n"),
        (
            ">   both, end: ok; left: nothing",
            "Both, end: ok; left: 1 handle",
        ),
    ] {
        let altered = quote.replace(was, is);
        assert_ne!(altered, quote, "{was}");
        replay(&altered).ok(1);
    }
}

#[test]
fn what_html_hides_is_not_read() {
    let text = svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0);
    let html = |text: &str| format!("Content-Type: text/html\n\n<pre>{text}</pre>\n");
    replay(&html(&text)).ok(0);
    for hidden in [
        "<span style='display: none'>-EBUSY</span>",
        "<span hidden>-EBUSY</span>-EINVAL",
        "<del>-EBUSY</del>",
    ] {
        replay(&html(
            &text.replace("op 1: -EBUSY", &format!("op 1: {hidden}")),
        ))
        .ok(1);
    }
}

#[test]
fn more_reports_and_findings_than_a_person_reads_are_refused() {
    let many = "[end of report]\n".repeat(8000);
    replay(&format!("[svadiff report on v6.7 and v6.8-rc1]\n{many}")).refused("standard input");
    let many = "The case:\nbind dev 0, mm 0\n".repeat(2000);
    let comparison = "[svadiff comparison of v6.7 and v6.8-rc1]\n";
    let ran = replay(&format!("{comparison}{many}"));
    assert!(ran.refused("standard input").contains("at most 1000"));
}

#[test]
fn a_comparison_finds_each_finding_once() {
    let text = svadiff("compare v6.7 v6.8-rc1 --ops 2 --mail".split(' ')).ok(1);
    let (mark, rest) = text.split_once('\n').expect("a mark");
    let (findings, certificate) = rest.split_once("\nModels ").expect("a certificate");
    let twice = format!("{mark}\n{findings}\n{findings}\nModels {certificate}");
    assert!(replay(&twice).ok(1).contains("twice"));
    // Without the row of its universe, its command names it.
    let (before, after) = text.split_once("Universe ").expect("a universe");
    let (_, after) = after.split_once("\nStates ").expect("states");
    let less = format!("{before}States {after}");
    replay(&less).ok(0);
    replay(&less.replace("Findings   1", "Findings   2")).ok(1);
    replay(&less.replace("--ops 2", "--ops 3")).ok(1);
}
