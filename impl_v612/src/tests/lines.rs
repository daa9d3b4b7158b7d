// SPDX-License-Identifier: GPL-2.0-or-later
//! Where everything stands. A line that a report cites is not to move by accident.

use super::revision;
use crate::Lines;
use spec::File;
use spec::kernel::CoreLines;

/// Every field of a struct of citations, in this order. One that is not listed does not compile.
macro_rules! fields {
    ($of:expr, $type:ident: $($name:ident)*) => {{
        let $type { $($name),* } = $of;
        [$($name),*]
    }};
}

#[test]
fn the_lines_are_those_of_each_release() {
    for (name, of_sva, of_core) in [
        (
            "v6.12",
            [
                25, 31, 37, 41, 83, 97, 100, 106, 112, 121, 129, 133, 137, 141, 143, 149, 166, 170,
                171, 177, 178, 182, 190, 222, 224,
            ],
            [3391, 3396, 3431],
        ),
        (
            "v6.12.117",
            [
                25, 31, 37, 41, 86, 100, 103, 109, 115, 124, 132, 136, 140, 144, 145, 152, 169,
                173, 174, 180, 181, 185, 193, 225, 227,
            ],
            [3407, 3418, 3453],
        ),
        (
            "v7.3",
            [
                28, 34, 40, 44, 84, 98, 101, 107, 113, 122, 130, 134, 138, 147, 148, 155, 172, 176,
                177, 183, 184, 195, 203, 235, 237,
            ],
            [3646, 3667, 3818],
        ),
    ] {
        let all = fields!(
            revision(name).lines,
            Lines: not_compatible overflow no_mm_data no_pasid
                bind_lock same_mm reuse other_type no_handle join no_domain attach_failed create
                set_users store free_handle unbind unbind_lock not_last_user domain_kept
                domain_freed unbind_free get_pasid iopf_no_users iopf_handled
                attach_no_pasid attach_range detach_group
        );
        let (sva, core) = all.split_at(of_sva.len());
        assert_eq!(sva.iter().map(|cite| cite.line).collect::<Vec<_>>(), of_sva);
        assert_eq!(
            core.iter().map(|cite| cite.line).collect::<Vec<_>>(),
            of_core
        );
        assert!(sva.iter().all(|cite| cite.file == File::IommuSva));
        assert!(core.iter().all(|cite| cite.file == File::Iommu));
    }
}

#[test]
fn the_lines_of_the_core_are_those_of_each_release() {
    for (name, expected) in [
        ("v6.12", [3405, 3409, 3435, 3487, 0, 2049, 3445, 3452, 3463]),
        (
            "v6.12.117",
            [3427, 3431, 3457, 3509, 0, 2052, 3467, 3474, 3485],
        ),
        ("v7.3", [3679, 3683, 3822, 3875, 0, 2127, 3832, 3839, 3850]),
    ] {
        let all = fields!(
            *revision(name).info.core_lines,
            CoreLines: attach_entry attach_set detach_erase get_domain sva_domain_alloc domain_free
                alloc_global_pasid_unsupported alloc_global_pasid free_global_pasid
        );
        assert_eq!(all.map(|cite| cite.line), expected, "{name}");
        assert!(all.iter().all(|cite| cite.file == File::Iommu));
    }
}
