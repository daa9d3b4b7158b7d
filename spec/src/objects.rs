// SPDX-License-Identifier: GPL-2.0-or-later
//! The objects of a machine one by one, for pictures of a run.
//!
//! [`Live`] counts objects, since a trace is what can be observed. A picture shows each one: when it
//! appears, how many use it, and when it is freed.

use crate::case::Case;
use crate::kernel::{DomainType, NONE};
use crate::model::Model;
use crate::record::{Recording, record_with};
use crate::run::Run;
use crate::trace::Live;

/// All objects that have ever been allocated, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objects {
    /// The handles, in the order of their allocation.
    pub handles: Vec<Handle>,
    /// The domains, by number.
    pub domains: Vec<Domain>,
    /// The other objects: PASIDs, mms, and the entries of the groups' arrays.
    pub live: Live,
}

/// A `struct iommu_sva`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    /// Its number in the trace; `None` if it has not been returned.
    pub number: Option<u8>,
    /// The number of the domain that it points to; `None` while it points to none.
    pub domain: Option<u32>,
    /// The number of its users; `None` if the count is saturated. Always 0 in kernels before
    /// 6.8-rc6, which do not count.
    pub users: Option<u8>,
    /// Whether the memory is freed.
    pub freed: bool,
}

/// A `struct iommu_domain`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The index of its mm; `None` for a domain that a driver attaches itself.
    pub mm: Option<u8>,
    /// The number of its users; 0 for a domain that a driver attaches itself.
    pub users: i8,
    /// Whether the memory is freed.
    pub freed: bool,
}

impl Objects {
    /// Returns the objects of a run.
    pub fn of(run: &Run) -> Self {
        let m = &run.machine;
        let numbers = run.numbers.iter();
        let handles = m.handles().iter().zip(numbers).map(|(handle, &number)| {
            let domain = handle.domain;
            Handle {
                number: (number != NONE).then_some(number),
                domain: (!domain.is_null()).then(|| domain.raw().into()),
                users: handle.users.get(),
                freed: handle.freed,
            }
        });
        let domains = m.domains().iter().map(|domain| Domain {
            mm: (domain.kind == DomainType::Sva).then_some(domain.mm.raw()),
            users: domain.users.get(),
            freed: domain.freed,
        });
        Objects {
            handles: handles.collect(),
            domains: domains.collect(),
            live: m.live(),
        }
    }
}

/// Runs a case on a model. Returns the recording, and the objects after each operation, or after
/// each section of a concurrent case, and after each release of the teardown.
pub fn watch<M: Model>(model: &M, case: &Case) -> (Recording, Vec<Objects>) {
    let mut all = Vec::new();
    let recording = record_with(model, case, &mut |run| all.push(Objects::of(run)));
    (recording, all)
}

#[cfg(test)]
mod tests {
    use super::Objects;
    use crate::case::{Device, Mm, Topology};
    use crate::run::Run;

    #[test]
    fn a_machine_at_boot_has_mms_and_nothing_else() {
        let device = Device {
            group: 0,
            max_pasids: 16,
            instance: 0,
        };
        let topology = Topology {
            devices: vec![device],
            mms: vec![Mm { dma_compat: true }],
        };
        let objects = Objects::of(&Run::new(&topology));
        assert!(objects.handles.is_empty() && objects.domains.is_empty());
        assert_eq!(objects.live.mm_count, [1]);
    }
}
