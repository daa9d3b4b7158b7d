// SPDX-License-Identifier: GPL-2.0-or-later
//! Tries a patch as a model, without changing svadiff: `cargo run --example patch`.
//!
//! The patch is made up: it makes an attach to PASID 0 fail in 6.8. The model behaves as 6.8 except
//! in one function. To keep a patch, with a name of its own on the command line and in reports,
//! declare it as a revision; see docs/adding-a-revision.md.

use spec::Errno;
use svadiff::explore::compare;
use svadiff::finding::Finding;
use svadiff::judge::View;
use svadiff::limits::Limits;
use svadiff::models::{AnyModel, by_name};
use svadiff::report::case_lines;
use svadiff::universe::Universe;

#[derive(Clone, Copy)]
struct Patched {
    base: AnyModel,
    is_applied: bool,
}

macro_rules! patched {
    ($self:ident, iommu_attach_device_pasid, $k:ident, $domain:ident, $dev:ident, $pasid:ident) => {
        match $pasid {
            0 if $self.is_applied => Ok(Err(Errno::EINVAL)),
            _ => $self.base.iommu_attach_device_pasid($k, $domain, $dev, $pasid),
        }
    };
    ($self:ident, $call:ident $(, $arg:ident)*) => {
        $self.base.$call($($arg),*)
    };
}

spec::forward_model!(Patched, patched);

/// Returns everything that the patch changes in a small universe.
fn changes() -> Vec<Finding> {
    let base = by_name("v6.8").expect("6.8 is a model");
    let models = [false, true].map(|is_applied| Patched { base, is_applied });
    let universe = Universe {
        devices: 1,
        mms: 1,
        ops: Some(2),
        ..Universe::default()
    };
    compare(models, &universe, &View::DEFAULT, Limits::default()).findings
}

fn main() {
    for finding in changes() {
        println!(
            "{}",
            case_lines(&finding.case, Some(finding.difference.place))
        );
    }
}

#[test]
fn the_patch_changes_one_thing() {
    let changes = changes();
    let [change] = &changes[..] else {
        panic!("{changes:?}");
    };
    assert!(case_lines(&change.case, None).contains("attach dev 0, pasid 0"));
    main();
}
