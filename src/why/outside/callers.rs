// SPDX-License-Identifier: GPL-2.0-or-later
//! Other IOMMU drivers, and the callers of the SVA calls.

use super::{Check, NEWEST, ROW, Row, Whose, at};

const CDEV: &str = "drivers/dma/idxd/cdev.c";
const INIT: &str = "drivers/dma/idxd/init.c";
const IDXD: &str = "drivers/dma/idxd/device.c";
const UACCE: &str = "drivers/misc/uacce/uacce.c";
const QM: &str = "drivers/crypto/hisilicon/qm.c";
const XDNA: &str = "drivers/accel/amdxdna/amdxdna_pci_drv.c";
const AIE2: &str = "drivers/accel/amdxdna/aie2_pci.c";
const UIO: &str = "drivers/uio/uio_pci_generic_sva.c";

pub(super) const ROWS: &[Row] = &[
    Row {
        result: "ENOSPC",
        whose: Whose::Other,
        function: "table of operations",
        when: "the drivers riscv and virtio-iommu have no SVA: max_pasids is 0 (without \
               CONFIG_IOMMU_SVA it is -ENODEV)",
        checks: &[Check::Dmesg],
        tell: "which driver it is",
        places: &[
            at("drivers/iommu/riscv/iommu.c", 1506, "7.3"),
            at("drivers/iommu/virtio-iommu.c", 1091, "7.3"),
        ],
        within: [NEWEST, NEWEST],
        ..ROW
    },
    Row {
        result: "any",
        whose: Whose::Caller,
        function: "idxd: open",
        when: "it returns the errno of bind",
        tell: "dmesg: pasid allocation failed: -N",
        places: &[
            at(CDEV, 102, "6.2"),
            at(CDEV, 250, "6.6.150"),
            at(CDEV, 254, "6.8 6.12"),
            at(CDEV, 247, "7.3"),
        ],
        within: ["6.2", NEWEST],
        ..ROW
    },
    Row {
        result: "EINVAL",
        whose: Whose::Caller,
        function: "idxd: open",
        when: "bind returned NULL, as the stub of a kernel without SVA does up to 6.9",
        checks: &[Check::Config],
        tell: "there is no message",
        places: &[at(CDEV, 110, "6.2"), at(CDEV, 262, "6.8")],
        within: ["6.2", "6.9"],
        ..ROW
    },
    Row {
        result: "ENODEV",
        whose: Whose::Caller,
        function: "uacce: open",
        when: "bind returned NULL, as the stub of a kernel without SVA does up to 6.9",
        checks: &[Check::Config],
        tell: "there is no message",
        places: &[at(UACCE, 119, "6.8")],
        within: ["6.8", "6.9"],
        ..ROW
    },
    Row {
        result: "EOPNOTSUPP",
        whose: Whose::Caller,
        function: "idxd: probe of a user wq",
        when: "the device has no PASID, since the SVA feature failed in its probe or the module has \
               sva=0",
        tell: "pasid_enabled of the device in sysfs; dmesg: Unable to turn on user SVA feature.",
        places: &[
            at(CDEV, 616, "6.6.150"),
            at(CDEV, 613, "6.12"),
            at(CDEV, 623, "7.3"),
        ],
        within: ["6.6", NEWEST],
        details: &[super::Detail {
            when: "where probe turns on the feature; not in 6.17",
            tell: "dmesg: Unable to turn on user SVA feature.",
            places: &[
                at(INIT, 528, "6.2"),
                at(INIT, 731, "6.6.150"),
                at(INIT, 662, "6.12"),
            ],
        }],
        ..ROW
    },
    Row {
        result: "EINVAL",
        whose: Whose::Caller,
        function: "idxd: configuration of a wq",
        when: "a shared wq, and the device has no PASID",
        tell: "dmesg: No shared wq support but configured.",
        places: &[
            at(IDXD, 1082, "6.6.150"),
            at(IDXD, 1088, "6.12"),
            at(IDXD, 1105, "7.3"),
        ],
        within: ["6.6", NEWEST],
        ..ROW
    },
    Row {
        result: "any",
        whose: Whose::Caller,
        function: "uacce: open",
        when: "it returns the errno of bind",
        checks: &[Check::Probe],
        tell: "no message; strace",
        places: &[
            at(UACCE, 125, "6.6.150"),
            at(UACCE, 114, "6.8 6.12"),
            at(UACCE, 128, "6.18.9 7.3"),
        ],
        within: ["6.6", NEWEST],
        ..ROW
    },
    Row {
        result: "EINVAL",
        whose: Whose::Caller,
        function: "hisilicon: probe",
        when: "the IOPF or the SVA feature failed in uacce",
        tell: "dmesg: failed to enable IOPF feature! ret, or SVA feature",
        places: &[
            at(QM, 2668, "6.6.150"),
            at(QM, 2607, "6.12"),
            at(UACCE, 500, "6.6.150"),
            at(UACCE, 477, "6.12"),
        ],
        within: ["6.6", "6.14"],
        ..ROW
    },
    Row {
        result: "any",
        whose: Whose::Caller,
        function: "amdxdna: open",
        when: "it returns the errno of bind",
        tell: "dmesg: SVA bind device failed, ret -N",
        places: &[
            at(XDNA, 72, "6.14 6.17"),
            at(XDNA, 79, "6.18.9"),
            at(XDNA, 80, "7.1.5"),
        ],
        within: ["6.14", "7.1.5"],
        ..ROW
    },
    Row {
        result: "any",
        whose: Whose::Caller,
        function: "amdxdna: probe",
        when: "the SVA feature failed; probe returns its errno",
        tell: "dmesg: Enable PASID failed, ret -N",
        places: &[at(AIE2, 515, "6.14")],
        within: ["6.14", "6.14"],
        ..ROW
    },
    Row {
        result: "EINVAL",
        whose: Whose::Caller,
        function: "amdxdna: open",
        when: "bind failed, with any errno; with a carveout open() goes on",
        tell: "dmesg: SVA bind device failed, ret -N, which has the errno of bind",
        places: &[at(XDNA, 133, "7.3")],
        within: [NEWEST, NEWEST],
        ..ROW
    },
    Row {
        result: "EINVAL",
        whose: Whose::Caller,
        function: "uio_pci_generic_sva: open",
        when: "bind failed, with any errno",
        checks: &[Check::Probe],
        tell: "there is no message",
        places: &[at(UIO, 41, "6.19 7.3")],
        within: ["6.19", NEWEST],
        ..ROW
    },
];
