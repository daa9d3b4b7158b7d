// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads back every report, after mail programs had it.

use super::super::run::{svadiff, svadiff_reading};
use super::super::samples::{COUNTEREXAMPLE, two_binds};
use super::letters::{filled, mail, quoted, surrounded, with_attachment, with_html, wrapped};
use super::{corpus, replay, report};
use crate::random::property;
use crate::thorough::sample;
use serde_json::json;
use spec::generate::Sizes;
use std::fs;

/// Returns what mail programs make of a report.
fn letters(text: &str) -> Vec<String> {
    let mut all = vec![
        text.to_owned(),
        text.replace('\n', "\r\n"),
        surrounded(text),
    ];
    for mark in ["> ", ">", ">> ", "> > > ", "| ", ">|> "] {
        all.push(quoted(text, mark));
        all.push(surrounded(&quoted(text, mark)));
    }
    for width in [30, 44, 60, 72] {
        all.push(wrapped(text, width));
        all.push(filled(text, width));
        all.push(quoted(&wrapped(text, width), "> > "));
        all.push(wrapped(&quoted(text, "> "), width));
        all.push(filled(&quoted(text, ">> "), width));
        let twice = wrapped(&quoted(&wrapped(text, width), "> "), width - 7);
        all.push(surrounded(&twice));
    }
    for encoding in ["base64", "quoted-printable", "8bit"] {
        all.push(mail(encoding, text));
        all.push(mail(
            encoding,
            &surrounded(&quoted(&wrapped(text, 50), "> ")),
        ));
    }
    all.push(with_html(text, text));
    all.push(format!(
        "From a Thu Jan  1 00:00:00 1970\n{}\n\nFrom b Thu Jan  1 00:00:00 1970\n{}",
        mail("7bit", "nothing here"),
        mail("base64", text)
    ));
    all
}

/// Checks that a report reads back, whatever mail programs do to it.
fn reads_back(text: &str, one_of: usize) {
    for letter in sample(letters(text), one_of) {
        let ran = replay(&letter);
        assert_eq!(ran.status, 0, "{letter}\n{ran:?}");
    }
}

#[test]
fn every_counterexample_reads_back() {
    for file in corpus() {
        reads_back(&report(&file), 29);
    }
}

#[test]
fn all_that_is_done_to_a_report_is_undone() {
    reads_back(&report(&corpus()[4]), 1);
    for args in [
        "compare v6.8-rc6 v6.8 --ops 2 --mail --tags",
        "compare v6.12 v6.12.117 --devices 1 --mms 1 --cpus 2 --ops 3 --mail",
        "check v6.8-rc6 --mail --ops 2 --only bind,unbind --devices 3 --max-pasids 1,2,16",
        "compare v6.8 v6.12 --ops 2 --view driver --faults set_dev_pasid --mail",
        "compare v6.8 v6.9 --ops 1 --mail",
    ] {
        let ran = svadiff(args.split(' '));
        assert!(ran.status <= 1, "{ran:?}");
        reads_back(&ran.out, 7);
    }
}

#[test]
fn reports_on_random_cases_read_back() {
    let pairs = [
        ("v6.7", "v6.8-rc1"),
        ("v6.8", "v6.12"),
        ("v6.10", "v7.3"),
        ("v6.2", "v6.7"),
    ];
    for (at, (from, to)) in pairs.into_iter().enumerate() {
        let cpus = at == 1;
        let profile = if cpus { "races" } else { "everything" };
        let sizes = Sizes {
            ops: 1..=12,
            cpus: if cpus { 2..=2 } else { 0..=0 },
            ..Sizes::LIMITS
        };
        property(profile, sizes, 6, |case| {
            let args = ["report", "-", "--from", from, "--to", to];
            let ran = svadiff_reading(args, case.to_json().to_string().as_bytes());
            if ran.status == 0 && ran.out.contains("[svadiff") {
                reads_back(&ran.out, 13);
            }
            Ok(())
        });
    }
}

#[test]
fn a_reply_may_leave_out_any_line_and_stand_between_any_two() {
    for file in sample(corpus(), 50) {
        let text = report(&file);
        let lines: Vec<&str> = text.lines().collect();
        for at in sample(1..lines.len(), 2) {
            let (before, after) = lines.split_at(at);
            let quote = |lines: &[&str]| quoted(&lines.join("\n"), "> ");
            let reply = format!("{}\nWhy is that so?\n\n{}", quote(before), quote(after));
            assert_eq!(replay(&reply).status, 0, "{reply}");
            // A line that is more of the one before it cannot go alone.
            let is_whole = !after.get(1).is_some_and(|next| next.starts_with("      "));
            let is_start = ["decided", "propagated", "so "];
            let alone = is_start
                .iter()
                .any(|start| after[0].trim_start().starts_with(start));
            if alone && is_whole {
                let less = [before, &after[1..]].concat();
                let reply = quoted(&less.join("\n"), "> ");
                assert_eq!(replay(&reply).status, 0, "{reply}");
            }
        }
        // Everything after the results is gone, and what follows is of others.
        let (cut, _) = text.split_once("\nSince: ").expect("a history");
        let cut = format!("{}\nThis is true.\n\n-- \nSomebody\n", quoted(cut, "> "));
        assert_eq!(replay(&cut).status, 0, "{cut}");
    }
}

#[test]
fn a_case_can_be_known_from_the_command_or_from_the_id() {
    let known = corpus()
        .into_iter()
        .rev()
        .find(|path| path.to_string_lossy().contains("known"));
    let text = report(&known.expect("an entry"));
    let (before, rest) = text.split_once("\nThe case:\n").expect("a case");
    let (_, after) = rest.split_once("\n\n").expect("results");
    let no_case = format!("{before}\n{after}");
    assert_eq!(replay(&no_case).status, 0, "{no_case}");
    let (no_command, _) = no_case.split_once("To reproduce:").expect("a command");
    assert_eq!(replay(no_command).status, 0, "{no_command}");
    let (nothing, _) = no_command.split_once("Id: ").expect("an id");
    assert_eq!(replay(nothing).status, 3, "{nothing}");
}

#[test]
fn an_attached_counterexample_is_checked_too() {
    let good = COUNTEREXAMPLE.to_string();
    let text = svadiff_reading(["report", "-"], good.as_bytes()).ok(0);
    let said = replay(&with_attachment(&text, "found.json", &good)).ok(0);
    assert!(said.contains("Attached: found.json"), "{said}");
    assert!(
        said.ends_with("Everything that the mail states is so.\n"),
        "{said}"
    );
    replay(&with_attachment("see the attachment", "found.json", &good)).ok(0);
    let mut file = COUNTEREXAMPLE.clone();
    file["minimal"]["ops"] = json!(3);
    replay(&with_attachment(&text, "found.json", &file.to_string())).ok(1);
    // A copy that is right does not make up for a text that is not.
    let altered = text.replace("op 1: -EBUSY", "op 1: -EINVAL");
    assert_ne!(altered, text);
    replay(&with_attachment(&altered, "found.json", &good)).ok(1);
    let entry = fs::read_to_string(&corpus()[20]).expect("an entry");
    replay(&with_attachment("", "entry.json", &entry)).ok(0);
}

#[test]
fn what_html_shows_is_read_as_well() {
    let text = report(&corpus()[2]);
    replay(&with_html("see below", &text)).ok(0);
    let altered = text.replace("Id: ", "Id: 0");
    replay(&with_html(&text, &altered)).ok(1);
}

#[test]
fn a_mail_without_a_claim_is_refused() {
    let case = two_binds().to_string();
    for text in [
        mail("7bit", "Hello,\nsvadiff says nothing."),
        mail("base64", ""),
        "From: a\n\n".to_owned(),
        "[svadiff report on v6.7 and v6.8]\n[end of report]\n".to_owned(),
        with_attachment("a case claims nothing", "case.json", &case),
        with_attachment("broken", "case.json", "{\"format\": \"svadiff-case/1\""),
    ] {
        let ran = replay(&text);
        ran.refused("standard input");
    }
}

#[test]
fn a_model_that_this_program_does_not_have_is_not_checked() {
    let text = report(&corpus()[2]);
    let (_, to) = text
        .lines()
        .next()
        .expect("a mark")
        .trim_end_matches(']')
        .rsplit_once(' ')
        .expect("a name");
    let other = text
        .replace(&format!("{to}]"), "v6.8-mine]")
        .replace(&format!("{to},"), "v6.8-mine,");
    let said = replay(&other).ok(3);
    assert!(said.contains("Not checked: what v6.8-mine does"), "{said}");
    // If only the mark names it, the mark is wrong.
    replay(&text.replace(&format!("{to}]"), "v6.8-mine]")).ok(1);
}

#[test]
fn a_mail_is_reported_in_json() {
    let text = mail("base64", &quoted(&report(&corpus()[2]), "> "));
    let value = svadiff_reading(["replay", "-", "--json"], text.as_bytes()).json(0);
    assert_eq!(value["holds"], json!(true));
    assert_eq!(value["reports"][0]["wrong"], json!([]));
    assert_eq!(value["files"], json!([]));
}

#[test]
fn a_reviewer_may_use_the_words_of_a_report() {
    let report = svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0);
    let comparison = svadiff("compare v6.7 v6.8-rc1 --ops 2 --mail".split(' ')).ok(1);
    for text in [report, comparison] {
        let lines: Vec<&str> = text.lines().collect();
        for (at, words) in [
            "I think so until someone proves otherwise.",
            "As it says, decided at compile time.",
            "It was propagated from somewhere else.",
            "Is v6.7, op 1 the one that matters?",
            "To reproduce: I ran it on real HW, it works.",
            "Models do differ here.",
            "Findings like this are good",
        ]
        .into_iter()
        .enumerate()
        {
            for place in sample(1..lines.len(), 5 + at) {
                let (before, after) = lines.split_at(place);
                let quote = |lines: &[&str]| quoted(&lines.join("\n"), "> ");
                let reply = format!("{}\n\n{words}\n\n{}", quote(before), quote(after));
                assert_eq!(replay(&reply).status, 0, "{reply}");
            }
        }
    }
}

#[test]
fn a_difference_that_follows_in_some_views_only_reads_back() {
    let case = "on 2 devices (groups 0 0), 2 mms; bind dev 0, mm 1; bind dev 1, mm 0; \
                unbind of op 0; bind dev 1, mm 1; bind dev 1, mm 1";
    let args = "--from thread-d --to v6.8.12 --view api --tags";
    let args = ["report", "--case", case]
        .into_iter()
        .chain(args.split(' '));
    replay(&svadiff(args).ok(0)).ok(0);
}

#[test]
fn lines_that_were_quoted_with_bars_may_be_filled() {
    let text = svadiff_reading(["report", "-"], COUNTEREXAMPLE.to_string().as_bytes()).ok(0);
    let letter = filled(&quoted(&text, "| "), 60);
    assert_eq!(replay(&letter).status, 0, "{letter}");
    replay(&letter.replace("-EBUSY", "-EINVAL")).ok(1);
}

/// A report on a case with which its models cannot be compared.
const INCOMPARABLE: &str = "\
[svadiff report on v6.2 and v6.4]
v6.4 does not do what v6.2 does: alloc_pasid returns skipped where it returned a PASID [api, op 0].

The case:
on 1 device, 1 mm
 0  alloc_pasid dev 0
 1  bind dev 0, mm 0
[end of report]
";

#[test]
fn what_is_stated_of_models_that_cannot_be_compared_is_not_checked() {
    let said = replay(INCOMPARABLE).ok(3);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "its kernels cannot be compared with its case, 68ad35769651: op 0 is \
                    alloc_pasid, which v6.4 does not have";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn of_two_cases_the_one_that_can_be_compared_is_judged() {
    let args = ["report", "--case", "bind 0 0; bind 0 0", "v6.5", "v6.8-rc1"];
    let text = svadiff(args).ok(0).replace("op 1: -EBUSY", "op 1: -EINVAL");
    replay(&text).ok(1);
    let other = text.replace("--case '", "--case 'alloc_pasid dev 0; ");
    assert_ne!(other, text);
    let said = replay(&other).ok(1);
    assert!(said.contains("EINVAL"), "{said}");
}

#[test]
fn a_search_did_not_find_what_cannot_be_compared() {
    let text = svadiff(["compare", "v6.2", "v6.4", "--ops", "2", "--mail"]).ok(0);
    let (mark, rest) = text.split_once('\n').expect("a mark");
    let (_, finding) = INCOMPARABLE.split_once('\n').expect("a mark");
    let finding = finding.replace("[end of report]\n", "");
    let rest: Vec<&str> = { rest.lines() }
        .filter(|line| !line.starts_with("Findings"))
        .collect();
    let said = replay(&format!("{mark}\n{finding}\n{}\n", rest.join("\n"))).ok(1);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("no search finds it, since op 0 is alloc_pasid"),
        "{said}"
    );
}
