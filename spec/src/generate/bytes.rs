// SPDX-License-Identifier: GPL-2.0-or-later
//! Converts arbitrary bytes to a case, and a case to bytes.

use super::gene::{GENE, Gene, MOST_ENTRIES};
use super::header::{HEADER, Header};
use super::profile::{EVERYTHING, Profile};
use crate::case::{Case, MAX_OPS, MAX_SCHEDULE};
use crate::op::Resource;

/// The operations that later operations can name, and their marks.
#[derive(Clone, Debug)]
struct Names {
    /// Bit sets of the operations that hold each resource.
    holders: [u64; Resource::COUNT],
    marks: [u8; MAX_OPS],
}

impl Names {
    /// Returns the operation that holds `held` and has the nearest mark; of several, the last.
    fn nearest(&self, held: Resource, mark: u8) -> Option<u32> {
        let mut rest = self.holders[held as usize];
        let mut best = None;
        while rest != 0 {
            let at = rest.trailing_zeros();
            let distance = self.marks[at as usize] ^ mark;
            if best.is_none_or(|(least, _)| distance <= least) {
                best = Some((distance, at));
            }
            rest &= rest - 1;
        }
        best.map(|(_, at)| at)
    }
}

/// Overwrites `case` with the case that `bytes` encode. Any bytes encode a case.
///
/// Missing bytes of the header are 0. An incomplete gene at the end is ignored, and so are
/// operations and schedule entries beyond the limits.
pub fn from_bytes(profile: &Profile, bytes: &[u8], case: &mut Case) {
    let shape = Header::of(bytes).decode(profile, &profile.sizes, &mut case.topology);
    (case.title, case.origin, case.note) = (None, None, None);
    case.ops.clear();
    let mut schedule = case.schedule.take().unwrap_or_default();
    schedule.clear();
    let mut names = Names {
        holders: [0; Resource::COUNT],
        marks: [0; MAX_OPS],
    };
    let most = usize::from(*profile.sizes.ops.end());
    let (genes, _) = bytes.get(HEADER..).unwrap_or_default().as_chunks::<GENE>();
    for &gene in genes {
        let gene = Gene::from_bytes(gene);
        if let Some(entries) = gene.entries(shape) {
            let room = MAX_SCHEDULE - schedule.len();
            schedule.extend(entries.take(room));
            continue;
        }
        let index = case.ops.len();
        if index == most {
            continue;
        }
        let op = gene.decode(profile, shape, |held, mark| names.nearest(held, mark));
        names.marks[index] = gene.mark;
        if let Some(held) = op.kind.info().holds {
            names.holders[held as usize] |= 1 << index;
        }
        case.ops.push(op);
    }
    case.schedule = shape.scheduled.then_some(schedule);
}

/// Returns bytes that encode a case in the profile [`EVERYTHING`], without title, origin and note:
/// `from_bytes()` restores [`Case::bare`] from them.
///
/// Returns `None` if an operation names something that does not exist, other than
/// [`NOTHING`](crate::edit::NOTHING), if a fault strikes after the first 35 arrivals, or if a
/// release is performed [again](crate::case::Op::again). The mark of each operation is its index.
pub fn to_bytes(case: &Case) -> Option<Vec<u8>> {
    let profile = EVERYTHING;
    let header = Header::encode(profile, case)?;
    let mut topology = case.topology.clone();
    let shape = header.decode(profile, &profile.sizes, &mut topology);
    let mut bytes = header.0.to_vec();
    for (index, op) in case.ops.iter().enumerate() {
        let gene = Gene::encode(profile, shape, index, op, &case.ops[..index])?;
        bytes.extend(gene.to_bytes());
    }
    for entries in case
        .schedule
        .iter()
        .flat_map(|all| all.chunks(MOST_ENTRIES))
    {
        bytes.extend(Gene::of_entries(entries).to_bytes());
    }
    let mut again = Case::default();
    from_bytes(profile, &bytes, &mut again);
    (again == case.bare()).then_some(bytes)
}
