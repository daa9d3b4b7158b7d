// SPDX-License-Identifier: GPL-2.0-or-later
//! Opens pages in a real browser, see `tests/browser`. Without it, the tests say that they are
//! skipped; with `SVADIFF_BROWSER` set, as in the gate, they fail.

use crate::cli::run::{Scratch, svadiff, svadiff_reading};
use crate::cli::samples::{COUNTEREXAMPLE, everything};
use crate::thorough::{sample, thorough};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Returns whether there is a browser, and says so if there is none.
fn is_installed() -> bool {
    let client = Path::new(ROOT).join("tests/browser/node_modules/puppeteer-core");
    let browser = std::env::var_os("CHROMIUM").unwrap_or_else(|| "/usr/bin/chromium".into());
    let node = Command::new("node").arg("--version").output();
    let is = client.is_dir() && Path::new(&browser).is_file() && node.is_ok();
    if !is {
        let what = "SKIPPED: no page is opened in a browser; tests/browser/install installs one";
        assert!(std::env::var_os("SVADIFF_BROWSER").is_none(), "{what}");
        // Not captured, so that it is seen although the test passes.
        let _ = writeln!(io::stderr(), "{what}");
    }
    is
}

/// Opens all pages of a directory. Returns the exit status, and what is wrong with them.
fn open(dir: &Path) -> (Option<i32>, String) {
    let script = format!("{ROOT}/tests/browser/check.mjs");
    let output = Command::new("node").arg(script).arg(dir).output();
    let output = output.expect("node");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// Returns a counterexample of which each text is hostile.
fn hostile() -> String {
    let mut file = COUNTEREXAMPLE.clone();
    let text = "</title></style></svg><script>hacked=1</script><img src=x onerror=hacked=1>\
                <iframe src=https://example.org></iframe>\"'><svg onload=hacked=1>\u{202e}\u{0}";
    file["case"]["title"] = text.into();
    file["case"]["note"] = format!("{} {}", "long".repeat(400), text.repeat(20)).into();
    file["case"]["origin"] = "javascript:hacked=1".into();
    file.to_string()
}

#[test]
fn pages_show_everything_run_nothing_and_load_nothing() {
    if !is_installed() {
        return;
    }
    let scratch = Scratch::new();
    let to = |name: &str| {
        let path: PathBuf = scratch.path().join(name);
        path.to_str().expect("a name").to_owned()
    };
    let corpus = |name: &str| format!("{ROOT}/corpus/{name}.json");
    let everything = everything().to_string();
    svadiff_reading(
        ["report", "-", "--html", &to("hostile.html")],
        hostile().as_bytes(),
    )
    .ok(0);
    let race = corpus("handle-before-its-device");
    svadiff(["report", &race, "--html", &to("cpus.html")]).ok(0);
    if thorough() {
        let kernels = to("kernels.html");
        svadiff_reading(["report", "-", "--html", &kernels], everything.as_bytes()).ok(0);
        let leak = corpus("second-device-leak");
        svadiff(["report", &leak, "--svg", &to("picture.svg")]).ok(0);
        svadiff(["matrix", "--ops", "2", "--html", &to("matrix.html")]).ok(1);
        let pages = to("pages");
        svadiff([
            "compare", "v6.7", "v6.8-rc6", "--ops", "3", "--html", &pages,
        ])
        .ok(1);
        for page in fs::read_dir(&pages).expect("pages") {
            let page = page.expect("a page");
            fs::copy(page.path(), scratch.path().join(page.file_name())).expect("a copy");
        }
        let files = fs::read_dir(format!("{ROOT}/corpus")).expect("the corpus");
        let known = fs::read_dir(format!("{ROOT}/corpus/known")).expect("the ledger");
        let mut files: Vec<PathBuf> = files
            .chain(sample(known, 1).step_by(25))
            .map(|file| file.expect("a file").path())
            .collect();
        files.retain(|file| file.extension().is_some_and(|end| end == "json"));
        for file in files {
            let name = file.file_stem().expect("a name").to_string_lossy();
            let page = to(&format!("{name}.html"));
            svadiff([
                "report".as_ref(),
                file.as_os_str(),
                "--html".as_ref(),
                page.as_ref(),
            ])
            .ok(0);
        }
    }
    let (status, wrong) = open(scratch.path());
    assert_eq!(status, Some(0), "{wrong}");
}

#[test]
fn a_page_with_every_mistake_is_found_out() {
    if !is_installed() {
        return;
    }
    let scratch = Scratch::new();
    let page = r##"<!DOCTYPE html><html lang="en"><head><title>wrong</title></head><body>
        <script>hacked = 1; console.error("complaint"); alert(1)</script>
        <img src="beside.png" alt="">
        <p style="color: #999; background: #fff">pale</p>
        <p style="white-space: nowrap">wide wide wide wide wide wide wide wide wide wide wide</p>
        <div style="position: relative; height: 2em"><span>below</span>
            <span style="position: absolute; left: 0; top: 0">above</span></div>
        <p style="width: 1ch; overflow-wrap: anywhere">letters</p>
        <div style="width: 3em; overflow: hidden; white-space: nowrap">text that is cut off</div>
        <a href="https://example.org/">away</a><button></button>
        <svg width="50" height="20" class="tl"><text x="40" y="15">outside</text></svg>
        </body></html>"##;
    scratch.file("wrong.html", page);
    let (status, wrong) = open(scratch.path());
    assert_eq!(status, Some(1), "{wrong}");
    for what in [
        "console: complaint",
        "dialog: 1",
        "request: ",
        "element script",
        "element img",
        "a script of the file has run",
        "link to https://example.org/",
        "contrast 2.85: \"pale\"",
        "the page is ",
        "cut by the page: \"wide",
        "overlap: \"below\" and \"above\"",
        "too narrow: \"letters\"",
        "cut by div: \"text that is cut off\"",
        "outside of its picture: \"outside\"",
        "axe: button-name",
        "print: ",
    ] {
        assert!(wrong.contains(what), "{what}: {wrong}");
    }
}
