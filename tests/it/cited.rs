// SPDX-License-Identifier: GPL-2.0-or-later
//! Which lines a model can cite, and which of those it names it never can.

use impl_v68::Lines;
use impl_v612::Lines as Lines612;
use spec::kernel::CoreLines;
use spec::model::sva;
use spec::{Cite, Model};
use svadiff::models::AnyModel;

/// Every field of a struct of citations, by name. One that is not listed does not compile.
macro_rules! fields {
    ($of:expr, $type:ident: $($name:ident)*) => {{
        let $type { $($name),* } = $of;
        vec![$((stringify!($name), $name)),*]
    }};
}

/// The citations that the source of a model names, in `iommu-sva.c` and in `iommu.c`.
pub fn nameable(model: &AnyModel) -> Vec<(&'static str, Cite)> {
    let mut all = fields!(
        *model.info().core_lines,
        CoreLines: attach_entry attach_set detach_erase get_domain sva_domain_alloc domain_free
            alloc_global_pasid_unsupported alloc_global_pasid free_global_pasid
    );
    all.extend(match model {
        AnyModel::V67(_) => {
            // Wherever it says sva(N).
            let source = include_str!("../../impl_v67/src/iommu_sva.rs");
            let numbers = source
                .split("sva(")
                .filter_map(|text| text.split(')').next());
            let cite = |number: &'static str| Some((number, sva(number.parse().ok()?)));
            numbers.filter_map(cite).collect()
        }
        AnyModel::V68(model) => fields!(
            model.0.lines,
            Lines: not_compatible overflow no_mm_data no_pasid
                bind_lock match_handle reuse no_handle join no_domain attach_failed create store
                free_handle unbind unbind_lock not_last_user unlist_handle domain_kept domain_freed
                unbind_free get_pasid iopf_no_users iopf_handled
        ),
        AnyModel::V612(model) => fields!(
            model.0.lines,
            Lines612: not_compatible overflow no_mm_data no_pasid
                bind_lock same_mm reuse other_type no_handle join no_domain attach_failed create
                set_users store free_handle unbind unbind_lock not_last_user domain_kept
                domain_freed unbind_free get_pasid iopf_no_users iopf_handled
                attach_no_pasid attach_range detach_group
        ),
    });
    all.retain(|(_, cite)| cite.line != 0);
    all
}

/// Why a model names a line and can never cite it, on one CPU. It names these because a stale pointer, or a
/// lock that is never released, would be noticed there.
pub fn unreachable(model: &str, name: &str) -> Option<&'static str> {
    Some(match name {
        "23" | "74" | "130" => "every call releases the lock",
        "bind_lock" | "unbind_lock" if model != "thread-d" => "every call releases the lock",
        "101" | "110" | "set_users" | "store" | "free_handle" => {
            "the call itself has just allocated the handle"
        }
        "same_mm" => "at the PASID of an mm there is no handle of another",
        "other_type" => "only binds attach with a handle",
        "detach_group" => "the bind has stored the device before its handle is returned",
        "match_handle" => "what is on the list has not been freed",
        "126" | "127" | "142" | "unbind" => "the caller's handle, and its domain, live until then",
        "136" | "unbind_free" => "nobody else frees the caller's handle",
        "domain_free" => "no domain is freed twice",
        "unlist_handle" if model != "thread-d" => "only handles on the list are ever counted as 1",
        "unlist_handle" | "domain_kept" | "domain_freed" if model == "thread-d" => {
            "users never is 1, so no unbind gets there"
        }
        _ => return None,
    })
}
