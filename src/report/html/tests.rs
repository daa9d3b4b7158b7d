// SPDX-License-Identifier: GPL-2.0-or-later
//! Pages have what they are about, and nothing of a file acts in them.

use super::page;
use crate::counterexample::{About, Received};
use crate::models::{all, by_name};
use crate::report::story::Story;
use crate::runs::Runs;
use spec::Case;

const FILE: &[u8] = include_bytes!("../../../corpus/second-device-leak.json");

#[test]
fn the_page_of_a_finding_says_what_is_wrong_where_and_since_when() {
    let received = Received::from_json(FILE).expect("a counterexample");
    let (_, difference) = received.shown().expect("what it claims");
    let about = About::Pair(["v6.7", "v6.8-rc6"].map(|name| by_name(name).expect("a model")));
    let story = Story::of_finding(about, &Runs::new(&received.case), &difference);
    let html = page(&story, false);
    for has in [
        "v6.8-rc6 leaks a handle, and v6.7 does not</h1>",
        "https://git.kernel.org/linus/65d4418c5002",
        "drivers/iommu/iommu-sva.c:155",
        "refcount: underflow; use-after-free",
        "20240227064821.128-1-zhangfei.gao@linaro.org",
        "<span class=\"flag first\">first difference</span>",
    ] {
        assert!(html.contains(has), "{has}");
    }
    assert!(!html.contains("<script") && !html.contains("src="));
}

#[test]
fn what_a_file_says_is_data() {
    let hostile = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}";
    let mut case = Case::from_json(
        br#"{"topology": {"devices": [], "mms": [{"dma_compat": true}]},
             "ops": [{"op": "fork", "mm": 0}]}"#,
    )
    .expect("a case");
    case.title = Some(hostile.to_owned());
    case.note = Some(hostile.to_owned());
    case.origin = Some("javascript:alert(1)".to_owned());
    let html = page(&Story::of_case(&all(), &case), false);
    assert!(!html.contains("<script") && !html.contains("<img"));
    assert!(!html.contains('\u{202e}') && !html.contains("href=\"javascript"));
    assert_eq!(html.matches("\\u{202e}").count(), 2);
    assert!(html.contains("kernels do the same"));
}
