// SPDX-License-Identifier: GPL-2.0-or-later
//! Implements `arbitrary::Arbitrary` for cases, by [`from_bytes`].

use super::{EVERYTHING, GENE, HEADER, from_bytes};
use crate::case::Case;
use arbitrary::{Arbitrary, Result, Unstructured};

impl<'a> Arbitrary<'a> for Case {
    /// Takes a header, and as many genes as `bytes` yields.
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let genes = bytes.arbitrary_len::<[u8; GENE]>()?;
        let len = bytes.len().min(HEADER + GENE * genes);
        Ok(case_of(bytes.bytes(len)?))
    }

    /// Takes all remaining bytes.
    fn arbitrary_take_rest(bytes: Unstructured<'a>) -> Result<Self> {
        Ok(case_of(bytes.take_rest()))
    }
}

fn case_of(bytes: &[u8]) -> Case {
    let mut case = Case::default();
    from_bytes(EVERYTHING, bytes, &mut case);
    case
}
