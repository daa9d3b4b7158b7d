// SPDX-License-Identifier: GPL-2.0-or-later
//! The models, as JSON.

use crate::models::AnyModel;
use serde_json::{Value, json};
use spec::Model;

pub(super) fn models(models: &[AnyModel]) -> Value {
    let model = |model: &AnyModel| {
        let tree = model.tree();
        json!({
            "name": tree.name(),
            "what": tree.what(),
            "base": tree.parent(),
            "commits": tree.revision.commits,
            "proposal": tree.is_proposal(),
            "blob": tree.revision.iommu_sva.id,
        })
    };
    models.iter().map(model).collect()
}
