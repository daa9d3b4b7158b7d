// SPDX-License-Identifier: GPL-2.0-or-later
//! Any bytes into the readers. What they accept is read back from what is written, and every
//! model runs it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spec::Case;
use spec::record::record;
use svadiff::counterexample::Received;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(case) = Case::from_json(bytes) {
        let written = case.to_json().to_string();
        assert_eq!(Case::from_json(written.as_bytes()).as_ref(), Ok(&case));
        for model in svadiff::models::all() {
            record(&model, &case);
        }
    }
    if let Ok(received) = Received::from_json(bytes) {
        received.check();
    }
});
