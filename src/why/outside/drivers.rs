// SPDX-License-Identifier: GPL-2.0-or-later
//! The Intel, Arm and AMD drivers.

use super::{Check, Detail, NEWEST, ROW, Row, Whose, at};

const IOMMU: &str = "drivers/iommu/intel/iommu.c";
const IOMMU_H: &str = "drivers/iommu/intel/iommu.h";
const SVM: &str = "drivers/iommu/intel/svm.c";
const PASID: &str = "drivers/iommu/intel/pasid.c";
const R: &str = "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c";
const R_SVA: &str = "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-sva.c";
const AMD: &str = "drivers/iommu/amd/iommu.c";
const AMD_PASID: &str = "drivers/iommu/amd/pasid.c";
const AMD_INIT: &str = "drivers/iommu/amd/init.c";

const INTEL: Row = Row {
    whose: Whose::Intel,
    ..ROW
};
const ARM: Row = Row {
    whose: Whose::Arm,
    ..ROW
};
const OF_AMD: Row = Row {
    whose: Whose::Amd,
    ..ROW
};

/// Why an SMMU does not do SVA.
const SMMU_WITHOUT_SVA: Detail = Detail {
    when: "the SMMU is not coherent, or its pages, addresses or ASIDs are too small",
    tell: "\"features\" in dmesg has not the bit 0x20000",
    places: &[
        at(R_SVA, 365, "6.2"),
        at(R_SVA, 202, "6.12"),
        at(R_SVA, 198, "7.3"),
    ],
};

pub(super) const ROWS: &[Row] = &[
    Row {
        result: "ENODEV",
        function: "intel_iommu_enable_iopf",
        when: "the caller enables IOPF, and ATS is off or there is no PRI",
        checks: &[Check::Pci, Check::Caller],
        places: &[
            at(IOMMU, 4563, "6.6.150"),
            at(IOMMU, 4473, "6.8"),
            at(IOMMU, 4121, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..INTEL
    },
    Row {
        result: "EBUSY",
        function: "intel_iommu_enable_iopf",
        when: "the caller enables IOPF, and it is enabled already",
        checks: &[Check::Pci, Check::Caller],
        places: &[
            at(IOMMU, 4566, "6.6.150"),
            at(IOMMU, 4476, "6.8"),
            at(IOMMU, 4124, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_iommu_enable_iopf",
        when: "the device's page responses carry no PASID",
        checks: &[Check::Pci],
        tell: "PRISta",
        places: &[
            at(IOMMU, 4574, "6.6.150"),
            at(IOMMU, 4484, "6.8"),
            at(IOMMU, 4132, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_iommu_enable_sva, from 6.17 on intel_iommu_sva_supported",
        when: "VT-d is off, or does not know the device",
        checks: &[Check::Dmesg],
        places: &[
            at(IOMMU, 4526, "6.6.150"),
            at(IOMMU, 4051, "6.12"),
            at(SVM, 118, "6.17 7.3"),
        ],
        within: ["6.6", NEWEST],
        ..INTEL
    },
    Row {
        result: "ENODEV",
        function: "intel_iommu_enable_sva, from 6.17 on intel_iommu_sva_supported",
        when: "the IOMMU is not capable of SVM",
        checks: &[Check::Dmesg],
        tell: "\"SVM disabled, incompatible\"",
        places: &[
            at(IOMMU, 4533, "6.6.150"),
            at(IOMMU, 4443, "6.8"),
            at(IOMMU, 4058, "6.12"),
            at(SVM, 125, "6.17 7.3"),
        ],
        within: ["6.6", NEWEST],
        details: &[
            Detail {
                when: "no PASIDs, no scalable mode, no 1 GB pages, or no 5-level paging while the \
                       CPU uses it",
                tell: "",
                places: &[
                    at(SVM, 116, "6.12"),
                    at(SVM, 119, "6.12"),
                    at(SVM, 126, "6.12"),
                    at(SVM, 30, "7.3"),
                    at(SVM, 33, "7.3"),
                    at(SVM, 40, "7.3"),
                ],
            },
            Detail {
                when: "no SMPWC; not asked in 6.8, 6.12.0, 6.17, 6.18.9, 6.19, 7.1.5",
                tell: "intel-iommu/ecap in sysfs",
                places: &[at(SVM, 152, "6.6.150"), at(SVM, 30, "6.12.117 6.18.44 7.3")],
            },
        ],
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_iommu_enable_sva, from 6.17 on intel_iommu_sva_supported",
        when: "PASID or ATS is not enabled on the device, for example since no path has ACS",
        checks: &[Check::Pci],
        places: &[
            at(IOMMU, 4536, "6.6.150"),
            at(IOMMU, 4446, "6.8"),
            at(IOMMU, 4061, "6.12"),
            at(SVM, 128, "6.17 7.3"),
            at("drivers/pci/ats.c", 473, "7.3"),
        ],
        within: ["6.6", NEWEST],
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_iommu_enable_sva, from 6.17 on intel_iommu_sva_supported",
        when: "the device has PRI, and it is not enabled",
        checks: &[Check::Pci],
        tell: "PRICtl",
        places: &[
            at(IOMMU, 4550, "6.6.150"),
            at(IOMMU, 4460, "6.8"),
            at(IOMMU, 4075, "6.12"),
            at(SVM, 142, "6.17 7.3"),
        ],
        within: ["6.6", NEWEST],
        ..INTEL
    },
    Row {
        result: "ENODEV",
        function: "intel_iommu_enable_iopf, at the attach",
        when: "the device has no PRI; later releases (6.18.44, 7.1.5, 7.3) allow that",
        checks: &[Check::Pci],
        tell: "no PRI",
        places: &[at(IOMMU, 3988, "6.17 6.18.9"), at(IOMMU, 3454, "6.19")],
        within: ["6.17", "6.19"],
        attach: true,
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_pasid_setup_first_level",
        when: "the IOMMU has no first-level translation",
        checks: &[Check::Dmesg],
        tell: "\"No first level\"",
        places: &[
            at(PASID, 513, "6.6.150"),
            at(PASID, 295, "6.8"),
            at(PASID, 299, "6.12"),
            at(PASID, 382, "6.17"),
            at(PASID, 387, "7.3"),
        ],
        within: ["6.6", NEWEST],
        attach: true,
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "intel_pasid_setup_first_level",
        when: "the CPU uses 5-level paging, and the IOMMU cannot",
        checks: &[Check::Dmesg],
        tell: "\"No 5-level paging support\"",
        places: &[
            at(PASID, 519, "6.6.150"),
            at(PASID, 301, "6.8"),
            at(PASID, 305, "6.12"),
            at(PASID, 388, "6.17"),
            at(PASID, 393, "7.3"),
        ],
        within: ["6.6", NEWEST],
        attach: true,
        ..INTEL
    },
    Row {
        result: "ENODEV",
        function: "intel_pasid_setup_first_level",
        when: "the PASID is beyond the device's table, or there is no memory",
        checks: &[Check::Dmesg],
        tell: "a WARN in pasid.c (line 195 or 138)",
        places: &[
            at(PASID, 529, "6.6.150"),
            at(PASID, 311, "6.8"),
            at(PASID, 315, "6.12"),
            at(PASID, 398, "6.17"),
            at(PASID, 403, "7.3"),
        ],
        within: ["6.6", NEWEST],
        attach: true,
        ..INTEL
    },
    Row {
        result: "EBUSY",
        function: "intel_pasid_setup_first_level",
        when: "the entry of the PASID is in use",
        tell: "other users of the PASID on the device",
        places: &[
            at(PASID, 534, "6.6.150"),
            at(PASID, 316, "6.8"),
            at(PASID, 320, "6.12"),
            at(PASID, 403, "6.17"),
            at(PASID, 408, "7.3"),
        ],
        within: ["6.6", NEWEST],
        attach: true,
        ..INTEL
    },
    Row {
        result: "ENODEV",
        function: "intel_svm_domain_alloc (stub)",
        when: "CONFIG_IOMMU_SVA is on through AMD_IOMMU, and CONFIG_INTEL_IOMMU_SVM is off",
        checks: &[Check::Config],
        places: &[at(IOMMU_H, 1296, "6.12"), at(IOMMU_H, 1308, "7.3")],
        within: ["6.12", NEWEST],
        ..INTEL
    },
    Row {
        result: "EINVAL",
        function: "arm_smmu_dev_enable_feature(IOPF)",
        when: "the device cannot stall (property dma-can-stall), or has not exactly 1 stream ID",
        checks: &[Check::Caller],
        places: &[
            at(R, 2805, "6.6.150"),
            at(R, 2773, "6.8"),
            at(R, 3428, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..ARM
    },
    Row {
        result: "EINVAL",
        function: "arm_smmu_dev_enable_feature(SVA)",
        when: "the SMMU is without SVA, or the device has no PASID bits",
        checks: &[Check::Dmesg, Check::Caller],
        places: &[
            at(R, 2812, "6.6.150"),
            at(R, 2780, "6.8"),
            at(R, 3435, "6.12"),
        ],
        within: ["6.6", "6.14"],
        details: &[SMMU_WITHOUT_SVA],
        ..ARM
    },
    Row {
        result: "EBUSY",
        function: "arm_smmu_dev_enable_feature",
        when: "IOPF, or SVA, is enabled already",
        checks: &[Check::Caller],
        places: &[
            at(R, 2807, "6.6.150"),
            at(R, 2814, "6.6.150"),
            at(R, 2775, "6.8"),
            at(R, 2782, "6.8"),
            at(R, 3430, "6.12"),
            at(R, 3437, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..ARM
    },
    Row {
        result: "EINVAL",
        function: "enabling the SVA feature",
        when: "the device can stall, and IOPF was not enabled before SVA",
        checks: &[Check::Caller],
        places: &[
            at(R_SVA, 475, "6.6.150"),
            at(R_SVA, 483, "6.8"),
            at(R_SVA, 286, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..ARM
    },
    Row {
        result: "ENODEV",
        function: "__arm_smmu_sva_bind",
        when: "the caller did not enable the SVA feature first",
        checks: &[Check::Caller],
        places: &[
            at(R_SVA, 332, "6.2"),
            at(R_SVA, 357, "6.6.150"),
            at(R_SVA, 369, "6.8"),
            at(R_SVA, 374, "6.9"),
        ],
        within: ["6.2", "6.10"],
        attach: true,
        ..ARM
    },
    Row {
        result: "ENODEV",
        function: "__arm_smmu_sva_bind",
        when: "the default domain of the group is identity, or stage 2",
        checks: &[Check::Domain],
        places: &[at(R_SVA, 368, "6.9"), at(R_SVA, 371, "6.9")],
        within: ["6.9", "6.10"],
        attach: true,
        ..ARM
    },
    Row {
        result: "E2BIG",
        function: "arm_smmu_write_ctx_desc",
        when: "the PASID is beyond the table of the device; with an identity default domain too \
               (inferred)",
        checks: &[Check::Domain],
        tell: "a WARN",
        places: &[
            at(R, 1056, "6.2"),
            at(R, 1085, "6.6.150"),
            at(R, 1068, "6.8"),
            at(R, 1263, "6.9"),
        ],
        within: ["6.2", "6.10"],
        attach: true,
        ..ARM
    },
    Row {
        result: "ESRCH",
        function: "the attach",
        when: "no ASID of the CPU is left to pin: very many processes are bound",
        tell: "how many processes are bound",
        places: &[
            at(R_SVA, 103, "6.2 6.6.150"),
            at(R_SVA, 120, "6.8"),
            at(R_SVA, 119, "6.9"),
        ],
        within: ["6.2", "6.10"],
        attach: true,
        ..ARM
    },
    Row {
        result: "ENOSPC",
        function: "arm_smmu_share_asid",
        when: "no ASID is left to which a DMA domain could move",
        tell: "how many domains there are",
        places: &[
            at(R_SVA, 70, "6.2 6.6.150"),
            at(R_SVA, 87, "6.8"),
            at(R_SVA, 86, "6.9"),
        ],
        within: ["6.2", "6.10"],
        attach: true,
        ..ARM
    },
    Row {
        result: "EBUSY",
        function: "arm_smmu_sva_domain_alloc",
        when: "no ASID is left",
        tell: "how many domains there are",
        places: &[
            at(R_SVA, 402, "6.11 6.12"),
            at(R_SVA, 351, "6.17"),
            at(R_SVA, 344, "7.3"),
        ],
        within: ["6.11", NEWEST],
        ..ARM
    },
    Row {
        result: "EOPNOTSUPP",
        function: "arm_smmu_sva_domain_alloc",
        when: "the SMMU is without SVA",
        checks: &[Check::Dmesg],
        places: &[
            at(R_SVA, 335, "6.17"),
            at(R_SVA, 313, "7.1.5"),
            at(R_SVA, 327, "7.3"),
        ],
        within: ["6.17", NEWEST],
        details: &[SMMU_WITHOUT_SVA],
        ..ARM
    },
    Row {
        result: "EINVAL",
        function: "arm_smmu_sva_set_dev_pasid",
        when: "the mm has no user left: its process is exiting",
        tell: "ps",
        places: &[
            at(R_SVA, 343, "6.12"),
            at(R_SVA, 283, "6.17"),
            at(R_SVA, 275, "7.3"),
        ],
        within: ["6.12", NEWEST],
        ..ARM
    },
    Row {
        result: "EINVAL",
        function: "arm_smmu_set_pasid",
        when: "the device is on a stage 2 domain, for example since vfio has it",
        checks: &[Check::Domain],
        places: &[at(R, 2934, "6.12"), at(R, 3141, "6.17"), at(R, 3758, "7.3")],
        within: ["6.12", NEWEST],
        attach: true,
        ..ARM
    },
    Row {
        result: "EOPNOTSUPP",
        function: "arm_smmu_enable_iopf, at the attach",
        when: "the device can stall, and has not exactly 1 stream ID",
        tell: "IORT or the device tree",
        places: &[at(R, 2780, "6.17"), at(R, 3140, "7.3")],
        within: ["6.17", NEWEST],
        attach: true,
        ..ARM
    },
    Row {
        result: "ENOMEM",
        function: "protection_domain_alloc",
        when: "the driver of AMD has no SVA domains up to 6.9",
        checks: &[Check::Config],
        tell: "the release",
        places: &[at(AMD, 2147, "6.8"), at(AMD, 2315, "6.9")],
        within: ["6.8", "6.9"],
        ..OF_AMD
    },
    Row {
        result: "EINVAL",
        function: "iommu_sva_set_dev_pasid",
        when: "amd_iommu=force_isolation, SNP, or 5-level paging",
        checks: &[Check::Dmesg],
        places: &[
            at(AMD_PASID, 112, "6.11 6.12"),
            at(AMD_PASID, 116, "6.14 6.17 7.3"),
            at(AMD, 531, "6.12"),
            at(AMD_INIT, 3670, "6.12"),
        ],
        within: ["6.11", NEWEST],
        ..OF_AMD
    },
    Row {
        result: "EINVAL",
        function: "iommu_sva_set_dev_pasid",
        when: "PASIDs are not enabled on the device, or its page table is of version 1",
        checks: &[Check::Pci, Check::Domain],
        tell: "the type is DMA",
        places: &[
            at(AMD_PASID, 116, "6.11 6.12"),
            at(AMD_PASID, 120, "6.14 6.17 7.3"),
        ],
        within: ["6.11", NEWEST],
        details: &[Detail {
            when: "memory encryption, SNP or an untrusted device has a translated default domain",
            tell: "amd_iommu=pgtbl_v2 helps (inferred)",
            places: &[
                at(AMD, 2042, "6.12"),
                at(AMD, 2790, "6.12"),
                at(AMD, 2396, "7.3"),
                at(AMD, 3184, "7.3"),
            ],
        }],
        ..OF_AMD
    },
    Row {
        result: "ENOMEM",
        function: "protection_domain_alloc",
        when: "there is no memory",
        tell: "dmesg",
        places: &[at(AMD, 1802, "6.12"), at(AMD, 2073, "7.3")],
        within: ["6.12", NEWEST],
        ..OF_AMD
    },
    Row {
        result: "EINVAL",
        function: "iommu_sva_set_dev_pasid",
        when: "there is no memory",
        tell: "dmesg",
        places: &[at(AMD_PASID, 121, "6.12"), at(AMD_PASID, 125, "7.3")],
        within: ["6.12", NEWEST],
        ..OF_AMD
    },
];
