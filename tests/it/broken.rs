// SPDX-License-Identifier: GPL-2.0-or-later
//! The models that break an invariant, each with a shortest case.

use spec::{Case, Device, Errno, Fault, Mm, Op, OpKind, Site, Topology};
use svadiff::invariant::Invariant;
use svadiff::models::{AnyModel, by_name};

/// A model that breaks an invariant.
pub(crate) struct Break {
    /// The name of the model.
    pub model: &'static str,
    /// The invariant that it breaks.
    pub invariant: Invariant,
    /// The groups of the devices.
    pub groups: &'static [u8],
    /// The number of mms.
    pub mms: usize,
    /// The operations.
    pub ops: &'static [OpKind],
    /// The faults that the case needs: the index of the operation, the site and the errno.
    pub faults: &'static [(usize, Site, Errno)],
    /// For several CPUs: the CPU of each operation, and a schedule.
    pub cpus: Option<(&'static [u8], &'static [u8])>,
    /// Why the model breaks it.
    pub why: &'static str,
    /// A commit or a Message-ID that documents it.
    pub reference: &'static str,
}

impl Break {
    /// Returns the model.
    pub(crate) fn model(&self) -> AnyModel {
        by_name(self.model).expect("a model of this name")
    }

    /// Returns the case.
    pub(crate) fn case(&self) -> Case {
        let device = |&group: &u8| Device {
            group,
            max_pasids: 16,
            instance: 0,
        };
        let topology = Topology {
            devices: self.groups.iter().map(device).collect(),
            mms: vec![Mm { dma_compat: true }; self.mms],
        };
        let mut ops: Vec<Op> = self.ops.iter().copied().map(Op::from).collect();
        for &(op, site, errno) in self.faults {
            ops[op].fault = Some(Fault {
                site,
                nth: 1,
                errno,
            });
        }
        match self.cpus {
            None => Case::new(topology, ops),
            Some((cpus, schedule)) => {
                for (op, &cpu) in ops.iter_mut().zip(cpus) {
                    op.cpu = Some(cpu);
                }
                Case::scheduled(&topology, &ops, schedule.to_vec())
            }
        }
    }
}

const BIND: OpKind = bind(0);
const BIND_OTHER: OpKind = bind(1);
const ATTACH: OpKind = OpKind::Attach { dev: 0, pasid: 1 };

const RESET: OpKind = OpKind::ResetBegin { dev: 0 };

const fn bind(dev: u32) -> OpKind {
    OpKind::Bind { dev, mm: 0 }
}

const fn unbind(of: u32) -> OpKind {
    OpKind::Unbind { of }
}

const PLAIN: Break = Break {
    model: "",
    invariant: Invariant::NothingLeft,
    groups: &[0],
    mms: 1,
    ops: &[],
    faults: &[],
    cpus: None,
    why: "",
    reference: "",
};

const A: Break = Break {
    model: "thread-a",
    reference: "CABQgh9GWcqUeBkHQCpj5tzu6FnEgpOp3KOQ6s9c0X0KU7Ov1qw@mail.gmail.com",
    ..PLAIN
};

const B: Break = Break {
    model: "thread-b",
    reference: "20240221061832.430-1-zhangfei.gao@linaro.org",
    ..PLAIN
};

const C: Break = Break {
    model: "thread-c",
    reference: "20240221110658.529-1-zhangfei.gao@linaro.org",
    ..PLAIN
};

const D: Break = Break {
    model: "thread-d",
    reference: "20240221131725.GR13330@nvidia.com",
    ops: &[BIND],
    ..PLAIN
};

const RC6: Break = Break {
    model: "v6.8-rc6",
    groups: &[0, 1],
    ops: &[BIND, BIND_OTHER],
    reference: "mended by 6384c56c99d9",
    ..PLAIN
};

const COUNTED: &str = "A bind that attaches nothing is counted as an attachment";
const STAYS: &str = "Only the device of the last unbind is detached; the other one stays attached \
                     to the domain that is freed then";
const UNCOUNTED: &str = "Nothing sets the users of a handle";
const JOINED: &str = "A handle that joins a domain gets no user and is on no list";

/// All violations, in the order of history.
///
/// What a model breaks, the revisions that are built on it may break with the same case.
pub(crate) const BREAKS: &[Break] = &[
    Break {
        model: "v6.4",
        invariant: Invariant::OwnDomain,
        mms: 2,
        ops: &[BIND, OpKind::Bind { dev: 0, mm: 1 }],
        faults: &[
            (0, Site::PasidAlloc, Errno::ENOMEM),
            (1, Site::PasidAlloc, Errno::ENOMEM),
        ],
        why: "An error of the allocator is taken for a PASID, so two mms have the same one, and \
              the second is served by the domain of the first",
        reference: "mended by c20ecf7bb615",
        ..PLAIN
    },
    Break {
        model: "v6.6.120-x86",
        invariant: Invariant::NothingLeft,
        ops: &[BIND],
        why: "SVA is refused after the handle was allocated, and nothing frees it",
        reference: "mended in 6.6.151",
        ..PLAIN
    },
    Break {
        model: "v6.8-merge",
        invariant: Invariant::NothingLeft,
        ops: &[BIND],
        faults: &[(0, Site::DomainAlloc, Errno::ENOMEM)],
        why: "The handle is not freed where no domain can be allocated",
        reference: "mended by 9991a82a3817",
        ..PLAIN
    },
    Break {
        invariant: Invariant::NoSplat,
        ops: &[BIND, BIND],
        why: "Each unbind detaches, and the second one finds nothing to detach",
        ..A
    },
    Break {
        invariant: Invariant::Users,
        ops: &[BIND, BIND],
        why: COUNTED,
        ..A
    },
    Break {
        invariant: Invariant::NothingLeft,
        groups: &[0, 1],
        ops: &[BIND, BIND_OTHER],
        why: STAYS,
        ..B
    },
    Break {
        invariant: Invariant::NoSplat,
        groups: &[0, 1],
        ops: &[BIND, BIND_OTHER],
        faults: &[(1, Site::SetDevPasid, Errno::EBUSY)],
        why: "What a driver returns is taken for an entry that is there, and the last unbind \
              detaches a device that never was attached",
        ..B
    },
    Break {
        invariant: Invariant::EntriesLive,
        groups: &[0, 1],
        ops: &[BIND, BIND_OTHER],
        why: STAYS,
        ..B
    },
    Break {
        invariant: Invariant::Users,
        ops: &[BIND, BIND],
        why: COUNTED,
        ..B
    },
    Break {
        invariant: Invariant::NothingLeft,
        groups: &[0, 1],
        ops: &[BIND, BIND_OTHER],
        why: STAYS,
        ..C
    },
    Break {
        invariant: Invariant::NoSplat,
        ops: &[ATTACH, ATTACH],
        why: "A driver is told that it is attached where it is not, and detaches",
        ..C
    },
    Break {
        invariant: Invariant::EntriesLive,
        groups: &[0, 1],
        ops: &[BIND, BIND_OTHER],
        why: STAYS,
        ..C
    },
    Break {
        invariant: Invariant::Users,
        ops: &[BIND, BIND],
        why: COUNTED,
        ..C
    },
    Break {
        invariant: Invariant::NothingLeft,
        why: "Nothing sets the users of a handle, so no unbind is the last one",
        ..D
    },
    Break {
        invariant: Invariant::NoSplat,
        why: UNCOUNTED,
        ..D
    },
    Break {
        invariant: Invariant::Users,
        why: UNCOUNTED,
        ..D
    },
    Break {
        invariant: Invariant::NothingLeft,
        why: "A handle that joins a domain gets no user, so no unbind is the last one",
        ..RC6
    },
    Break {
        invariant: Invariant::NoSplat,
        why: JOINED,
        ..RC6
    },
    Break {
        invariant: Invariant::Users,
        why: JOINED,
        ..RC6
    },
    Break {
        model: "v6.12",
        invariant: Invariant::NoSplat,
        ops: &[BIND, unbind(0), BIND, unbind(2)],
        cpus: Some((&[0, 0, 1, 1], &[0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1])),
        why: "A handle can be found before its device is stored; an unbind in that window follows \
              a null pointer",
        reference: "mended by 530f8f9c3546",
        ..PLAIN
    },
    Break {
        model: "v6.19",
        invariant: Invariant::NoSplat,
        ops: &[BIND, OpKind::Exit { mm: 0 }],
        why: "An unbind reads the iommu_mm of an mm to which the domain, which it has just freed, \
              had the last reference",
        reference: "mended by 06e14c36e20b",
        ..PLAIN
    },
    Break {
        model: "v7.0",
        invariant: Invariant::NoSplat,
        mms: 0,
        ops: &[RESET, RESET],
        why: "A group can be reset once at a time, so a second reset complains",
        reference: "mended by 0d5fd7a9323c",
        ..PLAIN
    },
    Break {
        model: "v7.1.2",
        invariant: Invariant::NoSplat,
        ops: &[BIND, RESET, OpKind::ResetDone { of: 1 }],
        faults: &[(2, Site::SetDevPasid, Errno::EIO)],
        why: "A reset that cannot set a PASID again complains",
        reference: "mended by nothing so far",
        ..PLAIN
    },
];
