// SPDX-License-Identifier: GPL-2.0-or-later
//! Operations that one of two kernels lacks.
//!
//! An operation that a kernel has only since some commit is compared: that an older kernel skips it
//! is no difference, and what follows is. An operation that a kernel lacked for a while takes
//! something that later operations would get, so nothing after it can be compared.

use spec::{Case, Model, OpCode};

/// Returns whether a search of these models tries operations of this kind: those that at least one
/// model has, unless they are [`left_out`].
pub(crate) fn is_tried<M: Model, const N: usize>(models: &[M; N], code: OpCode) -> bool {
    let info = code.info();
    if info.since.is_none() && info.gap.is_none() {
        return true;
    }
    let mut exist = models.iter().map(|model| info.exists(model.tree().commits));
    match info.gap {
        Some(_) => exist.all(|exists| exists),
        None => exist.any(|exists| exists),
    }
}

/// Returns the kinds of operations with which these models cannot be compared, because one of them
/// lacks the operation. Searches and generators leave them out.
pub fn left_out<M: Model, const N: usize>(models: &[M; N]) -> Vec<OpCode> {
    let has = |model: &M, code: OpCode| code.info().exists(model.tree().commits);
    let is_one = |code: &OpCode| {
        let mut all = models.iter().map(|model| has(model, *code));
        code.info().gap.is_some() && all.clone().any(|has| has) && all.any(|has| !has)
    };
    OpCode::ALL.into_iter().filter(is_one).collect()
}

/// Returns why these models cannot be compared with a case; `None` if they can.
pub fn incomparable<M: Model, const N: usize>(models: &[M; N], case: &Case) -> Option<String> {
    let left_out = left_out(models);
    let mut ops = case.ops.iter().enumerate();
    let (index, op) = ops.find(|(_, op)| left_out.contains(&op.kind.code()))?;
    let code = op.kind.code();
    let lacks = |model: &&M| !code.info().exists(model.tree().commits);
    let model = models.iter().find(lacks)?.tree().name();
    Some(format!(
        "op {index} is {code}, which {model} does not have; it takes PASIDs that later binds would \
         get"
    ))
}
