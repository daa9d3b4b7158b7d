// SPDX-License-Identifier: GPL-2.0-or-later
//! Pictures are well-formed, and say what they show.

use super::{panels, timeline};
use crate::models::by_name;
use crate::report::timeline::Timeline;
use spec::Case;

fn two_binds() -> Timeline {
    let text = r#"{"topology": {"devices": [{"group": 0, "max_pasids": 16, "instance": 0}],
        "mms": [{"dma_compat": true}]},
        "ops": [{"op": "bind", "dev": 0, "mm": 0}, {"op": "bind", "dev": 0, "mm": 0}]}"#;
    let case = Case::from_json(text.as_bytes()).expect("a case");
    let models = ["v6.7", "v6.8-rc1"].map(|name| by_name(name).expect("a model"));
    Timeline::of_models(&models, &case)
}

#[test]
fn a_picture_has_both_kernels_and_the_first_difference_in_each() {
    let svg = timeline(&two_binds(), "two <binds>");
    assert!(svg.contains("<title id=\"title\">two &lt;binds&gt;</title>"));
    assert_eq!(svg.matches(">FIRST DIFFERENCE</text>").count(), 2);
    assert_eq!(svg.matches("class=\"frame-first\"").count(), 2);
    assert!(svg.contains(">= -EBUSY</text>") && svg.contains("drivers/iommu/iommu.c:"));
    assert_eq!(panels(&two_binds(), true).len(), 2);
    assert_eq!(panels(&two_binds(), false).len(), 2);
}
