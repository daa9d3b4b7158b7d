// SPDX-License-Identifier: GPL-2.0-or-later
//! A case in Markdown as issue trackers read it, with tables.

use super::story::Story;
use super::text::commit;
use super::timeline::{Column, Mark, Row};
use crate::judge::Place;
use spec::read::printable;

/// The most kernels that a table has beside each other.
const SIDE_BY_SIDE: usize = 4;

/// Returns a case in Markdown.
pub fn markdown(story: &Story) -> String {
    let mut out = format!("## {}\n\n", data(&story.headline));
    if let Some((place, view)) = story.place {
        let effect = story.effect.unwrap_or("misbehaves");
        out += &format!("**{effect}**, seen in {} at {place}\n\n", view.name());
    }
    if let Some(warning) = &story.warning {
        out += &format!("> **{}**\n\n", data(warning));
    }
    out += &fenced(&story.case);
    out += &results(story);
    out += &further(story);
    out += &steps(story);
    for (label, text) in &story.remarks {
        out += &format!("{label}: {}\n\n", data(text));
    }
    out += &format!("`svadiff {}`\n", code(&story.command));
    out
}

/// Returns what each kernel does, and the commits.
fn results(story: &Story) -> String {
    let mut out = String::new();
    if !story.results.is_empty() {
        out += "| kernel | result | decided by |\n|---|---|---|\n";
        for result in &story.results {
            let cites = result.cites.iter().map(|cite| format!("`{}`", code(cite)));
            let cites: Vec<_> = cites.collect();
            let (name, seen) = (result.model.name(), data(&result.seen));
            out += &format!("| {name} | {seen} | {} |\n", cites.join("<br>"));
        }
        out.push('\n');
    }
    let mut facts = Vec::new();
    facts.extend(story.shown.as_ref().map(|shown| ("shown", data(shown))));
    facts.extend(story.commits.iter().map(|(label, change)| {
        let text = commit(*change);
        let rest = text.strip_prefix(change.id).unwrap_or(&text);
        (*label, format!("`{}`{}", code(change.id), data(rest)))
    }));
    facts.push(("id", format!("`{}`", code(&story.id))));
    for (label, text) in facts {
        out += &format!("* {label} {text}\n");
    }
    out + "\n"
}

fn further(story: &Story) -> String {
    let mut out = String::new();
    for (follows, heading) in [(false, "Differs besides"), (true, "Consequences")] {
        let all = story.further.iter().filter(|this| this.follows == follows);
        let all: Vec<_> = all.collect();
        if all.is_empty() {
            continue;
        }
        out += &format!("{heading}:\n\n");
        for this in all {
            out += &format!("* {}: {}\n", this.place, data(&this.what));
        }
        out.push('\n');
    }
    out
}

/// Returns the tables of what happens, closed at first.
fn steps(story: &Story) -> String {
    let columns: Vec<&Column> = story.timeline.columns.iter().collect();
    let most = match story.timeline.is_aligned() {
        true => SIDE_BY_SIDE,
        // The sections are different ones in each kernel.
        false => 1,
    };
    let mut out = "<details><summary>Every step</summary>\n\n".to_owned();
    for columns in columns.chunks(most) {
        let names = columns.iter().map(|column| data(&column.names()));
        let names: Vec<_> = names.collect();
        out += &format!("| operation | {} |\n", names.join(" | "));
        out += &format!("|---|{}\n", "---|".repeat(columns.len()));
        let rows = columns.iter().map(|column| column.rows.len()).max();
        for index in 0..rows.unwrap_or(0) {
            out += &line(columns, index, story.timeline.columns.len() == 1);
        }
        out.push('\n');
    }
    out + "</details>\n\n"
}

fn line(columns: &[&Column], index: usize, alone: bool) -> String {
    let rows: Vec<Option<&Row>> = columns.iter().map(|this| this.rows.get(index)).collect();
    let mark = { rows.iter().flatten() }.map(|row| row.mark).max();
    let mark = mark.unwrap_or(Mark::None);
    let mut name = rows.iter().flatten().next().map_or(String::new(), |row| {
        let place = match row.place {
            Place::Op(op) => op.to_string(),
            Place::End => "end".to_owned(),
        };
        let cpu = row.section.map(|section| format!("cpu {}: ", section.cpu));
        data(&format!(
            "{}{place} {}",
            cpu.unwrap_or_default(),
            row.facts.call
        ))
    });
    if let Some(label) = mark.label(alone) {
        name += &match mark {
            Mark::First | Mark::Found => format!("<br>**{}**", label.to_uppercase()),
            _ => format!("<br>*{label}*"),
        };
    }
    let cells = rows.into_iter().map(|row| row.map_or(String::new(), cell));
    let cells: Vec<String> = cells.collect();
    format!("| {name} | {} |\n", cells.join(" | "))
}

fn cell(row: &Row) -> String {
    let facts = row.facts.all(row.place).into_iter();
    let facts = facts.filter(|(label, _)| *label != "call");
    let facts = facts.map(|(label, text)| match label {
        "return" => format!("**{}**", data(&text)),
        "source" => format!("`{}`", code(&text)),
        label => format!("{label}: {}", data(&text)),
    });
    facts.collect::<Vec<_>>().join("<br>")
}

/// Returns text in which nothing is Markdown or HTML, on one line.
fn data(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            // A name with @ in front of it would be told, and a number with # linked.
            '@' => out += "&#64;",
            '#' => out += "&#35;",
            // An address would become a link.
            ':' if out.ends_with("http") || out.ends_with("https") => out += "&#58;",
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // What begins a list or a heading where a line begins.
    match out.chars().next() {
        Some(c @ ('-' | '+' | '=')) => format!("\\{c}{}", &out[1..]),
        _ => out,
    }
}

/// Returns text for a span of code, also in a table: without what would end either.
fn code(text: &str) -> String {
    let text = printable(text).replace('`', "'");
    text.replace('|', "\\|")
}

/// Returns lines as a block of code, without the indentation that all have.
fn fenced(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let least = lines.map(indent).min().unwrap_or(0);
    let mut out = "```\n".to_owned();
    for line in text.lines() {
        let line = printable(line.get(least..).unwrap_or(""));
        out += &line.replace("```", "'''");
        out.push('\n');
    }
    out + "```\n\n"
}

#[cfg(test)]
mod tests {
    use super::{code, data, fenced, markdown};
    use crate::models::by_name;
    use crate::report::story::Story;
    use spec::Case;

    #[test]
    fn text_is_no_markdown() {
        assert_eq!(data("a|b <i>*c*</i>"), "a\\|b &lt;i&gt;\\*c\\*&lt;/i&gt;");
        assert_eq!(data("- @you #1"), "\\- &#64;you &#35;1");
        assert_eq!(data("https://x.y"), "https&#58;//x.y");
        assert_eq!(data("a\nb\u{202e}"), "a\\\\u\\{a\\}b\\\\u\\{202e\\}");
        assert_eq!(code("a`b|c"), "a'b\\|c");
        assert_eq!(fenced("  a\n    b```\n"), "```\na\n  b'''\n```\n\n");
    }

    #[test]
    fn a_case_has_a_row_for_each_operation_and_a_column_for_each_kernel() {
        let text = r#"{"topology": {"devices": [{"group": 0, "max_pasids": 16, "instance": 0}],
            "mms": [{"dma_compat": true}]},
            "ops": [{"op": "bind", "dev": 0, "mm": 0}, {"op": "bind", "dev": 0, "mm": 0}]}"#;
        let case = Case::from_json(text.as_bytes()).expect("a case");
        let models = ["v6.7", "v6.8-rc1"].map(|name| by_name(name).expect("a model"));
        let text = markdown(&Story::of_case(&models, &case));
        assert!(
            text.contains("| operation | v6.7 | v6.8-rc1 |\n|---|---|---|\n"),
            "{text}"
        );
        let second = "\n| 1 bind dev 0, mm 0<br>**FIRST DIFFERENCE** | **handle 1, pasid 1**";
        assert!(text.contains(second), "{text}");
        assert!(text.contains("**\\-EBUSY**"), "{text}");
    }
}
