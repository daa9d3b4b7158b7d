// SPDX-License-Identifier: GPL-2.0-or-later
//! The weights of generated cases: one table, with a column for each profile.

use crate::case::{Errno, MAX_CPUS, MAX_DEVICES, MAX_MMS, MAX_OPS, MAX_PASIDS, OpCode, Site};
use std::ops::RangeInclusive;

/// The number of profiles.
const COLUMNS: usize = 8;
type Row<T> = [T; COLUMNS];

const NAMES: Row<&str> = [
    "core",
    "faults",
    "lifetimes",
    "groups",
    "foreign-domains",
    "races",
    "wrong-callers",
    "everything",
];

const WHAT: Row<&str> = [
    "what SVA's callers do, on few devices",
    "the same where allocations and drivers fail",
    "processes that fork, exit, and are gone before they are unbound",
    "many devices in few groups",
    "drivers with domains and PASIDs of their own, on several instances, with few PASIDs",
    "few operations on several CPUs, under a schedule",
    "callers that release twice, as error paths of drivers have done",
    "all of it, up to the limits and just beyond",
];

/// Number of operations of each kind in 256. The rows take the bytes from 0 up; a row behind another
/// one that gave it its bytes leaves the first byte of all others where it was.
#[rustfmt::skip]
pub(super) const OPS: [(OpCode, Row<u8>); OpCode::COUNT] = [
    //                     core faults lifetimes groups foreign races wrong everything
    (OpCode::Bind,         [  96,  128,       72,   104,     36,   96,   72,        62]),
    (OpCode::ResetBegin,   [   0,    0,        0,     0,     12,    0,    0,        10]),
    (OpCode::Unbind,       [  64,   64,       56,    72,     32,   72,   72,        48]),
    (OpCode::GetPasid,     [  24,   16,       16,    16,      8,   16,    8,        16]),
    (OpCode::Fork,         [   0,    0,       32,     0,      0,    8,    4,        12]),
    (OpCode::Exit,         [   8,    8,       36,     8,      4,   12,    8,         8]),
    (OpCode::AllocPasid,   [   0,    0,        0,     0,     44,    0,   16,        20]),
    (OpCode::FreePasid,    [   0,    0,        0,     0,     28,    0,   24,        12]),
    (OpCode::Attach,       [   0,    0,        0,     0,     40,    0,   16,        20]),
    (OpCode::Detach,       [   0,    0,        0,     0,     24,    0,   24,        12]),
    (OpCode::PageRequest,  [  40,   24,       24,    36,     10,   28,    8,        16]),
    (OpCode::ResetDone,    [   0,    0,        0,     0,     10,    0,    0,         8]),
    (OpCode::EnqcmdPasid,  [  24,   16,       20,    20,      8,   24,    4,        12]),
];

/// Number of faults at each site in 256 operations that can meet one, in a case with faults: the
/// site, how many of its errors come before those of the row, their number, and the weights. The
/// errors of a row are equally frequent.
///
/// Rows take the bytes from the last one down, so a row at the end leaves the meaning of all bytes
/// that stood for a fault before.
#[rustfmt::skip]
pub(super) const FAULTS: [(Site, usize, usize, Row<u8>); 8] = [
    //                            core faults lifetimes groups foreign races wrong everything
    (Site::HandleAlloc, 0, 1,   [    0,    8,        0,     0,      0,    0,    0,          4]),
    (Site::MmDataAlloc, 0, 1,   [    0,    8,        0,     0,      0,    0,    0,          4]),
    (Site::PasidAlloc,  0, 2,   [    0,    8,        0,     0,      0,    0,    0,          4]),
    (Site::DomainAlloc, 0, 1,   [    0,   12,        0,     0,      0,    0,    0,          4]),
    (Site::PasidArray,  0, 1,   [    0,   12,        0,     0,      0,    0,    0,          4]),
    (Site::SetDevPasid, 0, 5,   [    0,   30,        0,     0,      0,    0,    0,         10]),
    (Site::DomainAlloc, 1, 8,   [    0,   16,        0,     0,      0,    0,    0,          8]),
    (Site::SetDevPasid, 5, 4,   [    0,   24,        0,     0,      0,    0,    0,          8]),
];

const _: () = {
    // Every error of every site stands in one row.
    let mut site = 0;
    while site < Site::COUNT {
        let (mut row, mut errnos) = (0, 0);
        while row < FAULTS.len() {
            if FAULTS[row].0 as usize == site {
                assert!(FAULTS[row].1 == errnos, "the errors are in order");
                errnos += FAULTS[row].2;
            }
            row += 1;
        }
        assert!(errnos == Site::ALL[site].errnos().len());
        site += 1;
    }
};

/// Number of devices with each `max_pasids` in 256; the last row stands for any other number.
#[rustfmt::skip]
const PASIDS: [(Option<u16>, Row<u8>); 9] = [
    //                 core faults lifetimes groups foreign races wrong everything
    (Some(16),         [255,  240,      224,   208,     48,  224,  208,        128]),
    (Some(64),         [  0,    0,       16,    16,      8,   16,    8,         16]),
    (Some(MAX_PASIDS), [  0,    0,        8,     8,      0,    8,    0,         40]),
    (Some(0),          [  1,    4,        2,    16,     16,    2,    8,         11]),
    (Some(1),          [  0,    4,        2,     2,     16,    2,    2,         11]),
    (Some(2),          [  0,    4,        2,     2,     40,    2,   10,         11]),
    (Some(3),          [  0,    4,        2,     2,     64,    2,   20,         11]),
    (Some(4),          [  0,    0,        0,     2,     64,    0,    0,         11]),
    (None,             [  0,    0,        0,     0,      0,    0,    0,         17]),
];

/// Number of cases with faults in 256.
const FAULTY: Row<u16> = [0, 256, 0, 0, 0, 0, 0, 160];
/// Number of cases with devices on several instances in 256.
const SEVERAL_INSTANCES: Row<u16> = [0, 0, 0, 32, 192, 0, 16, 96];
/// Number of cases in 256 in which about half of the mms are without `dma_compat`.
const INCOMPATIBLE: Row<u16> = [4, 8, 16, 4, 4, 4, 4, 32];
/// Number of concurrent cases in 256, in a profile with both kinds.
const CONCURRENT: Row<u16> = [0, 0, 0, 0, 0, 256, 0, 40];
/// Number of devices and names of operations in 256 that do not exist.
const STRAYS: Row<u8> = [2, 2, 2, 2, 2, 2, 2, 4];
/// Number of releases in 128 that are performed again.
const AGAIN: Row<u8> = [0, 0, 0, 0, 0, 0, 48, 0];
/// Number of PASIDs in 256 that differ from the few PASIDs that mms get. With 17, every PASID is
/// reached.
const WILD_PASIDS: Row<u8> = [0, 0, 0, 0, 2, 0, 0, 17];
/// Ranges of the numbers of devices, mms, operations and CPUs (0: a sequential case).
#[rustfmt::skip]
const SIZES: Row<[(u8, u8); 4]> = [
    [(1, 3), (1,  3), (1, 64), (0,  0)],
    [(1, 4), (1,  3), (1, 64), (0,  0)],
    [(1, 2), (1,  8), (1, 64), (0,  0)],
    [(4, 8), (1,  3), (1, 64), (0,  0)],
    [(1, 4), (1,  3), (1, 64), (0,  0)],
    [(1, 2), (1,  2), (2,  8), (2,  4)],
    [(1, 3), (1,  3), (1, 64), (0,  0)],
    [(0, MAX_DEVICES as u8), (0, MAX_MMS as u8), (0, MAX_OPS as u8), (0, MAX_CPUS as u8)],
];
/// Maximum number of groups.
const GROUPS: Row<u8> = [3, 3, 2, 3, 3, 3, 2, 8];

/// The weights and sizes of generated cases.
#[derive(Debug)]
pub struct Profile {
    /// Name of the profile.
    pub name: &'static str,
    /// Purpose of the profile, in one line.
    pub what: &'static str,
    /// Sizes of cases.
    pub sizes: Sizes,
    /// Number of operations of each kind in 256, in the order of [`OpCode::ALL`].
    pub ops: [u8; OpCode::COUNT],
    /// Number of faults at each site in 256 operations that can meet one, in the order of
    /// [`Site::ALL`].
    pub faults: [u8; Site::COUNT],
    /// Number of cases with faults in 256.
    pub faulty: u16,
    /// Number of cases with devices on several instances in 256.
    pub several_instances: u16,
    /// Number of cases with mms without `dma_compat` in 256.
    pub incompatible: u16,
    /// Number of concurrent cases in 256, if cases can be either.
    pub concurrent: u16,
    /// Number of devices and names of operations in 256 that do not exist.
    pub strays: u8,
    /// Number of releases in 128 that are performed again.
    pub again: u8,
    /// Number of PASIDs in 256 that differ from the few PASIDs that mms get.
    pub wild_pasids: u8,
    /// Maximum number of groups.
    pub groups: u8,
    /// The kind of operation that each byte stands for.
    pub(super) kinds: [OpCode; 256],
    /// The first byte that stands for each kind of operation.
    pub(super) byte_of_kind: [Option<u8>; OpCode::COUNT],
    /// The fault that each byte stands for.
    pub(super) fault_of: [Option<(Site, Errno)>; 256],
    /// The row of the limits that each byte stands for, and the position of the byte within the
    /// row.
    pub(super) limits: [(u8, u8); 256],
}

/// Inclusive ranges of the sizes of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Number of devices.
    pub devices: RangeInclusive<u8>,
    /// Number of initial mms.
    pub mms: RangeInclusive<u8>,
    /// Number of operations.
    pub ops: RangeInclusive<u8>,
    /// Number of CPUs of a concurrent case; 0 stands for a sequential case.
    pub cpus: RangeInclusive<u8>,
}

impl Sizes {
    /// The limits of [`crate::case`].
    pub const LIMITS: Sizes = sizes([
        (0, MAX_DEVICES as u8),
        (0, MAX_MMS as u8),
        (0, MAX_OPS as u8),
        (0, MAX_CPUS as u8),
    ]);

    /// Returns these sizes clamped to those of `others`.
    pub(super) fn within(&self, others: &Sizes) -> Sizes {
        let near = |a: &RangeInclusive<u8>, b: &RangeInclusive<u8>| {
            let clamp = |n: &u8| (*n).clamp(*b.start(), *b.end());
            clamp(a.start())..=clamp(a.end())
        };
        Sizes {
            devices: near(&self.devices, &others.devices),
            mms: near(&self.mms, &others.mms),
            ops: near(&self.ops, &others.ops),
            cpus: near(&self.cpus, &others.cpus),
        }
    }
}

const fn sizes([devices, mms, ops, cpus]: [(u8, u8); 4]) -> Sizes {
    Sizes {
        devices: devices.0..=devices.1,
        mms: mms.0..=mms.1,
        ops: ops.0..=ops.1,
        cpus: cpus.0..=cpus.1,
    }
}

/// All profiles.
pub static PROFILES: [Profile; COLUMNS] = [
    profile(0),
    profile(1),
    profile(2),
    profile(3),
    profile(4),
    profile(5),
    profile(6),
    profile(7),
];

/// The profile `everything`, which can express any case of correct callers.
pub static EVERYTHING: &Profile = &PROFILES[COLUMNS - 1];

impl Profile {
    /// Returns the profile with this name.
    pub fn by_name(name: &str) -> Option<&'static Profile> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// Returns whether cases can be without devices or without mms.
    pub fn empty(&self) -> bool {
        *self.sizes.devices.start() == 0
    }

    /// Returns whether the profile has forks.
    pub(super) fn forks(&self) -> bool {
        let makes_mm = |code: &OpCode| code.info().makes_mm;
        { OpCode::ALL.iter() }.any(|code| makes_mm(code) && self.ops[*code as usize] != 0)
    }

    /// Returns `max_pasids` for a row of the limits; `None` stands for any number.
    pub(super) fn limit(row: u8) -> Option<u16> {
        PASIDS[row as usize].0
    }
}

/// Returns the profile in a column of the table.
const fn profile(column: usize) -> Profile {
    let mut this = Profile {
        name: NAMES[column],
        what: WHAT[column],
        sizes: sizes(SIZES[column]),
        ops: [0; OpCode::COUNT],
        faults: [0; Site::COUNT],
        faulty: FAULTY[column],
        several_instances: SEVERAL_INSTANCES[column],
        incompatible: INCOMPATIBLE[column],
        concurrent: CONCURRENT[column],
        strays: STRAYS[column],
        again: AGAIN[column],
        wild_pasids: WILD_PASIDS[column],
        groups: GROUPS[column],
        kinds: [OpCode::ALL[0]; 256],
        byte_of_kind: [None; OpCode::COUNT],
        fault_of: [None; 256],
        limits: [(0, 0); 256],
    };
    // The bytes of each kind are consecutive, and so are those of each limit.
    let (mut row, mut byte) = (0, 0);
    while row < OPS.len() {
        let (code, weights) = OPS[row];
        let kind = code as usize;
        this.ops[kind] = weights[column];
        if this.ops[kind] > 0 {
            this.byte_of_kind[kind] = Some(byte as u8);
        }
        let mut n = 0;
        while n < this.ops[kind] {
            this.kinds[byte] = code;
            (byte, n) = (byte + 1, n + 1);
        }
        row += 1;
    }
    assert!(byte == 256, "the operations of a profile add up to 256");
    (row, byte) = (0, 0);
    while row < PASIDS.len() {
        let mut n = 0;
        while n < PASIDS[row].1[column] {
            this.limits[byte] = (row as u8, n);
            (byte, n) = (byte + 1, n + 1);
        }
        row += 1;
    }
    assert!(byte == 256, "the limits of a profile add up to 256");
    assert!(this.strays > 0, "one byte names nothing");
    // Faults take the last bytes. Most bytes, 0 included, stand for no fault.
    (row, byte) = (0, 256);
    while row < FAULTS.len() {
        let (site, first, errnos, weights) = FAULTS[row];
        let share = weights[column];
        assert!(
            (share as usize).is_multiple_of(errnos),
            "the errors of a row are alike"
        );
        this.faults[site as usize] += share;
        let mut n = 0;
        while n < share as usize {
            byte -= 1;
            this.fault_of[byte] = Some((site, site.errnos()[first + n % errnos]));
            n += 1;
        }
        row += 1;
    }
    this
}
