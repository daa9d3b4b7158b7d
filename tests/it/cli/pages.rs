// SPDX-License-Identifier: GPL-2.0-or-later
//! Tests pages, pictures and Markdown: each is well-formed, says what there is to say, leads nowhere
//! that does not exist, and takes nothing of a file for anything but text.

use super::run::{Scratch, svadiff, svadiff_reading};
use super::samples::{COUNTEREXAMPLE, everything, two_binds};
use crate::thorough::sample;
use roxmltree::{Document, ParsingOptions};
use serde_json::Value;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Returns every counterexample and every entry of the ledger in `corpus`.
fn corpus() -> Vec<PathBuf> {
    let folders = [format!("{ROOT}/corpus"), format!("{ROOT}/corpus/known")];
    let files = { folders.iter() }.flat_map(|dir| fs::read_dir(dir).expect("a folder"));
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    files
}

/// Parses a page or a picture. A page is well-formed XML as well.
fn parsed(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Checks what every page has to keep. Returns the pages beside it that it leads to.
fn check(text: &str) -> Vec<String> {
    let page = parsed(text);
    let mut ids = HashSet::new();
    let mut links = Vec::new();
    for node in page.descendants() {
        let name = node.tag_name().name();
        let acts = ["script", "img", "iframe", "object", "embed", "form", "base"];
        assert!(!acts.contains(&name), "<{name}>");
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            assert!(!name.starts_with("on") && name != "src", "{name}");
            match name {
                "id" => assert!(ids.insert(value.to_owned()), "{value} is there twice"),
                "href" => links.push(value.to_owned()),
                _ => {}
            }
        }
    }
    let mut beside = Vec::new();
    for link in links {
        match link.strip_prefix('#') {
            Some(id) => assert!(ids.contains(id), "{link} leads nowhere"),
            None if link.starts_with("https://git.kernel.org/linus/") => {}
            None => beside.push(link),
        }
    }
    beside
}

/// Returns all text of a page.
fn words(text: &str) -> String {
    let page = parsed(text);
    let texts = page.descendants().filter(|node| node.is_text());
    texts.filter_map(|node| node.text()).collect()
}

#[test]
fn every_file_of_the_corpus_has_a_page_a_picture_and_markdown() {
    for file in sample(corpus(), 12) {
        let json: Value = serde_json::from_slice(&fs::read(&file).expect("a file")).expect("JSON");
        let file = file.to_str().expect("a name");
        let run = |form: &[&str]| svadiff([&["report", file], form].concat()).ok(0);
        let (html, svg) = (run(&["--html", "-"]), run(&["--svg", "-"]));
        assert_eq!(check(&html), [""; 0], "{file}");
        assert_eq!(check(&svg), [""; 0], "{file}");
        let markdown = run(&["--markdown"]);
        // An entry of the ledger contains a counterexample.
        let json = json.get("counterexample").unwrap_or(&json);
        let id = json["id"].as_str().expect("an id");
        let names = ["from", "to"].map(|side| json[side].as_str().expect("a name"));
        for name in names {
            for text in [&words(&html), &words(&svg), &markdown] {
                assert!(text.contains(name), "{file}: {name}");
            }
        }
        assert!(html.contains(id) && markdown.contains(id), "{file}");
        // What the driver was told is on the page, in the tips of the picture, and in the table.
        let has_marks = html.contains("class=\"flag first\"") && svg.contains("FIRST DIFFERENCE");
        let alone = json["to"].is_null();
        assert!(has_marks || alone || svg.contains("THIS FINDING"), "{file}");
    }
}

#[test]
fn a_page_has_all_that_each_kernel_did() {
    let text = two_binds().to_string();
    let args = [
        "report", "-", "--from", "v6.7", "--to", "v6.8-rc1", "--html", "-",
    ];
    let html = words(&svadiff_reading(args, text.as_bytes()).ok(0));
    let traces = svadiff_reading(
        ["trace", "-", "--model", "v6.7", "--model", "v6.8-rc1"],
        text.as_bytes(),
    );
    // The text of a trace, word by word, except for its layout.
    for line in traces.ok(0).lines() {
        let line = line.trim();
        let (label, rest) = line.split_once(' ').unwrap_or((line, ""));
        let is_fact = ["decided", "driver", "SPLAT", "exists"].contains(&label);
        for word in rest.split_whitespace().filter(|_| is_fact) {
            assert!(html.contains(word), "{word} of {line}");
        }
    }
}

#[test]
fn a_file_is_data_in_every_form() {
    let hostile = "</title></style></text>--></p><script>hacked=1</script>\
                   <img src=x onerror=hacked=1>\"'&amp;\u{202e}\u{0}\u{1b}[31m`|**[x](javascript:1)";
    let long = format!("{hostile} {}", "x".repeat(20_000));
    for text in [hostile, &long] {
        let mut file = COUNTEREXAMPLE.clone();
        for key in ["title", "note", "origin"] {
            file["case"][key] = text.into();
        }
        let file = file.to_string();
        let run = |form: &[&str]| {
            let args = [&["report", "-"], form].concat();
            svadiff_reading(args, file.as_bytes()).ok(0)
        };
        let html = run(&["--html", "-"]);
        assert_eq!(check(&html), [""; 0]);
        assert!(words(&html).contains("<script>hacked=1</script>"));
        check(&run(&["--svg", "-"]));
        let markdown = run(&["--markdown"]);
        assert!(
            !markdown.contains("<script") && !markdown.contains("](") && !markdown.contains("<img")
        );
    }
}

#[test]
fn more_kernels_than_two_fit_and_those_that_do_the_same_are_shown_once() {
    let text = everything().to_string();
    for more in [
        &[][..],
        &["--model", "v6.7", "--model", "v6.8", "--model", "v7.3"],
    ] {
        let args = [&["report", "-", "--html", "-"], more].concat();
        let html = svadiff_reading(args, text.as_bytes()).ok(0);
        assert_eq!(check(&html), [""; 0]);
        let panels = html.matches("class=\"panel\"").count() / 2;
        let models = svadiff::models::all().len();
        let most = if more.is_empty() { models } else { 3 };
        assert!((2..=most).contains(&panels), "{panels}");
        for model in svadiff::models::all().iter().filter(|_| more.is_empty()) {
            assert!(words(&html).contains(model.name()));
        }
    }
}

#[test]
fn the_kernels_of_a_counterexample_come_before_more_and_keep_its_claim() {
    let file = COUNTEREXAMPLE.to_string();
    let names = ["from", "to"].map(|side| COUNTEREXAMPLE[side].as_str().expect("a name"));
    let run = |args: &str, status| svadiff_reading(args.split(' '), file.as_bytes()).ok(status);
    let claim = run("explain -", 1);
    let claim = claim.lines().next().expect("a headline");
    let more = run("explain - --model v7.3", 1);
    let first = format!("{} to {}: {claim}", names[0], names[1]);
    let joined = more.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(joined.starts_with(&first), "{more}");
    assert!(more.contains("   v7.3: "), "{more}");
    let page = words(&run("report - --model v7.3 --html -", 0));
    for text in [names[0], names[1], "v7.3", claim] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn a_comparison_has_an_index_and_a_page_for_each_finding() {
    let scratch = Scratch::new();
    let dir = scratch.path().join("pages");
    let dir = dir.to_str().expect("a name");
    let args = "compare v6.8-rc6 v6.8 --ops 3 --html";
    let text = svadiff(args.split(' ').chain([dir])).ok(1);
    let index = fs::read_to_string(Path::new(dir).join("index.html")).expect("an index");
    let pages = check(&index);
    let ids = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("id "));
    assert_eq!(pages.len(), ids.clone().count());
    for (page, id) in pages.iter().zip(ids) {
        assert!(page.contains(id.trim()), "{page}");
        let page = fs::read_to_string(Path::new(dir).join(page)).expect("a page");
        assert_eq!(check(&page), ["index.html"]);
    }
    let files = fs::read_dir(dir).expect("the directory").count();
    assert_eq!(files, pages.len() + 1);
    let kept = ["001-notes.html", "notes.html", "001-api-cee888eed551.txt"];
    for name in kept {
        fs::write(Path::new(dir).join(name), "mine").expect("a file");
    }
    let same = "compare v6.8 v6.8 --ops 2 --html";
    svadiff(same.split(' ').chain([dir])).ok(0);
    // Pages of the earlier search are gone, and other files are not.
    let files = fs::read_dir(dir).expect("the directory");
    let files = files.map(|file| file.expect("a file").file_name());
    let files: HashSet<_> = files
        .map(|name| name.into_string().expect("a name"))
        .collect();
    let expected = kept.iter().chain(["index.html"].iter());
    assert_eq!(files, expected.map(|&name| name.to_owned()).collect());
    let index = fs::read_to_string(Path::new(dir).join("index.html")).expect("an index");
    assert!(words(&index).contains("No difference between v6.8 and v6.8"));
}

#[test]
fn the_matrix_has_a_link_in_each_cell() {
    let html = svadiff("matrix --ops 2 --devices 1 --mms 1 --html -".split(' '));
    let html = html.ok(1);
    assert_eq!(check(&html), [""; 0]);
    for model in svadiff::models::all() {
        assert!(words(&html).contains(model.name()));
    }
    let page = parsed(&html);
    let cells = page.descendants().filter(|node| node.has_tag_name("td"));
    let with_a_number = cells.filter(|node| {
        let text: String = node.descendants().filter_map(|node| node.text()).collect();
        text.chars().any(|c| c.is_ascii_digit())
    });
    let mut count = 0;
    for cell in with_a_number {
        assert!(cell.descendants().any(|node| node.has_tag_name("a")));
        count += 1;
    }
    assert!(count > 50, "{count}");
}

#[test]
fn what_cannot_be_written_or_shown_is_refused_in_a_sentence() {
    let text = two_binds().to_string();
    let scratch = Scratch::new();
    let dir = scratch.path().join("a-directory");
    fs::create_dir(&dir).expect("a directory");
    let dir = dir.to_str().expect("a name");
    let run = |more: &str| {
        let args = ["report", "-"].into_iter().chain(more.split_whitespace());
        svadiff_reading(args, text.as_bytes())
    };
    run("--html - --svg -").refused("--html, --svg and --markdown: only one");
    run("--html - --markdown").refused("--html, --svg and --markdown: only one");
    run("--model v6.7").refused("--model: it says what");
    run(&format!("--html {dir}")).refused(&format!("{dir}: cannot be written: it is a directory"));
    run("--svg /no/such/folder/x.svg").refused("/no/such/folder/x.svg: cannot be written");
    let one = [
        format!("--html {dir}/x --svg {dir}/x"),
        format!("--html {dir}/x --svg {dir}/./x"),
    ];
    for both in one {
        run(&both).refused(&format!(
            "{dir}/x: --html and --svg would both be written to it"
        ));
    }
    run("--html x --json").refused("the argument '--html <OUT>' cannot be used with '--json'");
    run("--html x --model v6.7 --from v6.7").refused("the argument '--model <NAME>' cannot");
    let compare = |more: &str| svadiff(format!("compare v6.7 v6.8 --ops 1 {more}").split(' '));
    compare("--html -").refused("--html -: pages are written into a directory, one file each");
    compare("--html /dev/null").refused("/dev/null: cannot be written: it is a file");
    svadiff("matrix v6.7 v6.8 --ops 1 --html x".split(' ')).refused(
        "--html: the page is about all models; for one pair, try svadiff compare v6.7 v6.8",
    );
    svadiff(["matrix", "--html", dir]).refused(&format!("{dir}: cannot be written"));
}

#[test]
fn the_picture_of_the_readme_is_what_the_program_draws() {
    let file = "corpus/second-device-leak.json";
    let kept =
        fs::read_to_string(format!("{ROOT}/docs/second-device-leak.svg")).expect("a picture");
    let drawn = svadiff(["report", &format!("{ROOT}/{file}"), "--svg", "-"]).ok(0);
    assert!(
        kept == drawn,
        "svadiff report {file} --svg docs/second-device-leak.svg"
    );
}

#[test]
fn a_device_is_written_into_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let report = |option, device| {
        svadiff_reading(
            ["report", "-", option, device],
            COUNTEREXAMPLE.to_string().as_bytes(),
        )
    };
    for option in ["--html", "--svg"] {
        report(option, "/dev/null").ok(0);
        let full = report(option, "/dev/full");
        let about = full.refused("/dev/full: cannot be written: ");
        assert!(about.starts_with("No space left"), "{about}");
    }
    svadiff(["matrix", "--ops", "1", "--html", "/dev/full"]).refused("/dev/full: cannot be");
    for device in ["/dev/null", "/dev/full"] {
        let kind = std::fs::metadata(device).expect(device).file_type();
        assert!(kind.is_char_device(), "{device} was replaced");
    }
}

#[test]
fn what_differs_between_kernels_is_not_called_what_no_kernel_may_do() {
    // The sections of a concurrent case are told in a table for each kernel.
    for name in [
        "spurious-ebusy",
        "handle-before-its-device",
        "second-device-leak",
    ] {
        let file = format!("{ROOT}/corpus/{name}.json");
        for form in [&["--html", "-"][..], &["--svg", "-"], &["--markdown"]] {
            let args = ["report", &file].into_iter().chain(form.iter().copied());
            let page = svadiff(args).ok(0).to_lowercase();
            assert!(page.contains("first difference"), "{name}: {page}");
            assert!(!page.contains("no kernel may"), "{name}: {page}");
        }
    }
    let leak = format!("{ROOT}/corpus/second-device-leak.json");
    let alone = svadiff(["report", &leak, "v6.8-rc6", "--html", "-"]).ok(0);
    assert!(alone.contains("no kernel may do this"), "{alone}");
}

#[test]
fn a_page_of_kernels_that_cannot_be_compared_says_so() {
    let args = [
        "report",
        "--case",
        "alloc_pasid 0; bind 0 0",
        "v6.2",
        "v6.4",
    ];
    let text = svadiff(args.iter().copied().chain(["--html", "-"])).ok(3);
    check(&text);
    assert!(
        text.contains("op 0 is alloc_pasid, which v6.4 does not have"),
        "{text}"
    );
    let mut file = COUNTEREXAMPLE.clone();
    (file["from"], file["to"]) = ("v6.2".into(), "v6.4".into());
    file["case"]["ops"] =
        serde_json::json!([{"op": "alloc_pasid", "dev": 0}, {"op": "bind", "dev": 0, "mm": 0}]);
    let text = svadiff_reading(["report", "-", "--markdown"], file.to_string().as_bytes()).ok(3);
    assert!(text.contains("cannot be compared"), "{text}");
}
