// SPDX-License-Identifier: GPL-2.0-or-later
//! The IOMMU core and the stubs.

use super::{Check, NEWEST, ROW, Row, at};

const HDR: &str = "include/linux/iommu.h";
const SVA: &str = "drivers/iommu/iommu-sva.c";
const CORE: &str = "drivers/iommu/iommu.c";

pub(super) const ROWS: &[Row] = &[
    Row {
        result: "NULL",
        function: "iommu_sva_bind_device (stub)",
        when: "built without CONFIG_IOMMU_SVA",
        checks: &[Check::Config, Check::Caller],
        places: &[
            at(HDR, 1197, "6.2"),
            at(HDR, 1192, "6.5"),
            at(HDR, 1463, "6.8"),
            at(HDR, 1540, "6.9"),
        ],
        within: ["6.2", "6.9"],
        ..ROW
    },
    Row {
        result: "ENODEV",
        function: "iommu_sva_bind_device (stub)",
        when: "built without CONFIG_IOMMU_SVA",
        checks: &[Check::Config],
        places: &[
            at(HDR, 1202, "6.6.150"),
            at(HDR, 1536, "6.11 6.12"),
            at(HDR, 1622, "6.17"),
            at(HDR, 1673, "7.3"),
        ],
        within: ["6.11", NEWEST],
        ..ROW
    },
    Row {
        result: "ENODEV",
        function: "iommu_sva_bind_device",
        when: "no IOMMU is on, so the device has no group",
        checks: &[Check::Group],
        places: &[
            at(SVA, 80, "6.11 6.12 6.14"),
            at(SVA, 77, "6.17"),
            at(SVA, 81, "6.18.9 7.3"),
        ],
        within: ["6.11", NEWEST],
        ..ROW
    },
    Row {
        result: "oops",
        function: "iommu_sva_bind_device",
        when: "the device has no group, since no IOMMU is on for it; dev->iommu is then null \
               (inferred)",
        checks: &[Check::Group],
        places: &[
            at(SVA, 97, "6.2"),
            at(SVA, 70, "6.5"),
            at(CORE, 3550, "6.6.150"),
            at(CORE, 3651, "6.8"),
        ],
        within: ["6.2", "6.10"],
        ..ROW
    },
    Row {
        result: "ENODEV",
        function: "iommu_dev_enable_feature",
        when: "no IOMMU, or its driver has no features (amd up to 6.9)",
        checks: &[Check::Group, Check::Caller],
        places: &[
            at(CORE, 2928, "6.6.150"),
            at(CORE, 3078, "6.8"),
            at(CORE, 2915, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        function: "iommu_sva_bind_device",
        when: "max_pasids of the device is 0; it is the smaller of the limits of the device and of \
               the IOMMU",
        checks: &[Check::Pci],
        places: &[at(SVA, 98, "6.2"), at(SVA, 71, "6.5")],
        within: ["6.2", "6.5"],
        ..ROW
    },
    Row {
        result: "EINVAL",
        function: "iommu_sva_alloc_pasid",
        when: "max_pasids of the device is 1, so that it has no PASID for an mm",
        checks: &[Check::Pci],
        places: &[at(SVA, 31, "6.2"), at(SVA, 20, "6.5")],
        within: ["6.2", "6.5"],
        ..ROW
    },
    Row {
        result: "ENOSPC",
        function: "iommu_sva_bind_device",
        when: "max_pasids of the device is 0 or 1, or all PASIDs are in use; it is the smaller of \
               the limits of the device (PCI PASID capability, that of the PF for a VF, or the \
               property pasid-num-bits) and of the IOMMU",
        checks: &[Check::Pci, Check::Dmesg],
        tell: "the IOMMU has PASIDs on Intel in scalable mode, on AMD with feature GT (from 6.8), on \
               an SMMU with SSIDSIZE; other IOMMUs have none",
        places: &[
            at(SVA, 32, "6.6.150"),
            at(SVA, 38, "6.8"),
            at(SVA, 40, "6.12 6.17"),
            at(SVA, 43, "7.3"),
            at(CORE, 3832, "7.3"),
        ],
        within: ["6.6", NEWEST],
        details: &[super::Detail {
            when: "where the two limits are read",
            tell: "",
            places: &[
                at(CORE, 366, "6.6.150"),
                at(CORE, 371, "6.12"),
                at(CORE, 438, "7.3"),
                at("drivers/pci/ats.c", 578, "7.3"),
                at("drivers/iommu/intel/dmar.c", 1129, "6.17"),
                at("drivers/iommu/intel/dmar.c", 1205, "7.3"),
                at("drivers/iommu/amd/init.c", 2085, "6.8"),
                at("drivers/iommu/amd/init.c", 2053, "6.17"),
                at("drivers/iommu/amd/init.c", 2182, "7.3"),
                at(
                    "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c",
                    3619,
                    "6.6.150",
                ),
                at("drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c", 5181, "7.3"),
            ],
        }],
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        function: "iommu_sva_bind_device",
        when: "a stable kernel with commit 72f98ef9a4be, configured for x86",
        checks: &[Check::Config],
        tell: "it fails for every device",
        places: &[at(SVA, 83, "6.12.117"), at(SVA, 74, "6.6.150")],
        within: ["6.12.64", "6.12.117"],
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        function: "iommu_sva_domain_alloc",
        when: "the IOMMU driver has no domain_alloc_sva",
        checks: &[Check::Dmesg],
        tell: "which driver it is",
        places: &[at(SVA, 299, "6.17"), at(SVA, 315, "7.3")],
        within: ["6.17", NEWEST],
        ..ROW
    },
    Row {
        result: "ENOMEM",
        function: "iommu_sva_domain_alloc",
        when: "domain_alloc() of the driver returned NULL for an SVA domain: no memory, or a driver \
               without SVA domains, as that of AMD up to 6.9",
        checks: &[Check::Dmesg],
        tell: "which driver it is",
        places: &[
            at(CORE, 3632, "6.8"),
            at(SVA, 111, "6.8"),
            at(SVA, 307, "6.11 6.12 6.14"),
        ],
        within: ["6.8", "6.14"],
        ..ROW
    },
    Row {
        result: "oops",
        function: "iommu_sva_domain_alloc",
        when: "the IOMMU driver has no domain_alloc at all (inferred)",
        checks: &[Check::Dmesg],
        tell: "a call of address 0",
        places: &[
            at(CORE, 3532, "6.6.150"),
            at(CORE, 3632, "6.8"),
            at(SVA, 307, "6.11 6.12 6.14"),
        ],
        within: ["6.6", "6.14"],
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        function: "iommu_attach_device_pasid",
        when: "the domain has no set_dev_pasid",
        checks: &[Check::Dmesg],
        tell: "which driver it is",
        places: &[
            at(CORE, 3442, "6.6.150"),
            at(CORE, 3542, "6.8"),
            at(CORE, 3384, "6.12"),
        ],
        within: ["6.6", "6.13"],
        attach: true,
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        function: "iommu_attach_device_pasid",
        when: "the domain has no set_dev_pasid, the driver has no blocked domain, or that one has \
               no set_dev_pasid",
        checks: &[Check::Dmesg],
        tell: "which driver it is",
        places: &[
            at(CORE, 3384, "6.14"),
            at(CORE, 3441, "6.17"),
            at(CORE, 3640, "7.3"),
        ],
        within: ["6.14", NEWEST],
        attach: true,
        ..ROW
    },
    Row {
        result: "EINTR",
        function: "registration of an mmu_notifier",
        when: "a signal is pending while the driver registers its mmu_notifier",
        checks: &[Check::Probe],
        tell: "try again",
        places: &[
            at("mm/vma.c", 2075, "6.12.117"),
            at("mm/vma.c", 2396, "7.3"),
            at("mm/mmu_notifier.c", 680, "7.3"),
            at("mm/mmu_notifier.c", 634, "7.3"),
        ],
        within: ["6.12.117", NEWEST],
        ..ROW
    },
];
