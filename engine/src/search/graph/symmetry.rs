// SPDX-License-Identifier: GPL-2.0-or-later
//! Renamings of devices and of mms, as a group.

use spec::canonical::Canon;
use spec::case::{MAX_DEVICES, MAX_GROUPS, MAX_MMS};

/// A permutation of mms: the new index of each, in four bits. mms that do not exist yet keep their
/// indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::search) struct Mms(u64);

impl Mms {
    pub(in crate::search) const SAME: Mms = Mms(0xfedc_ba98_7654_3210);

    /// Makes a permutation of the first `nr` mms.
    pub(in crate::search) fn new(to: impl Fn(usize) -> u8, nr: usize) -> Self {
        const { assert!(MAX_MMS <= 16) };
        let mut bits = if nr == 16 {
            0
        } else {
            Mms::SAME.0 >> (4 * nr) << (4 * nr)
        };
        for mm in 0..nr {
            bits |= u64::from(to(mm)) << (4 * mm);
        }
        Mms(bits)
    }

    #[inline(always)]
    pub(in crate::search) fn get(self, mm: usize) -> usize {
        (self.0 >> (4 * mm) & 15) as usize
    }

    /// Returns this permutation of what `first` made of the first `nr` mms.
    #[inline(always)]
    pub(in crate::search) fn after(self, first: Mms, nr: usize) -> Mms {
        if self == Mms::SAME {
            return first;
        }
        if first == Mms::SAME {
            return self;
        }
        let mut bits = self.0;
        for mm in 0..nr {
            let to = self.0 >> (4 * first.get(mm)) & 15;
            bits = bits & !(15 << (4 * mm)) | to << (4 * mm);
        }
        Mms(bits)
    }

    /// Returns the permutation that undoes this one.
    pub(in crate::search) fn inverse(self, nr: usize) -> Mms {
        if self == Mms::SAME {
            return self;
        }
        let mut bits = self.0;
        for mm in 0..nr {
            let to = self.get(mm);
            bits = bits & !(15 << (4 * to)) | (mm as u64) << (4 * to);
        }
        Mms(bits)
    }

    /// Returns a set of mms under their new indexes.
    #[inline(always)]
    pub(in crate::search) fn set(self, set: u16, nr: usize) -> u16 {
        if self == Mms::SAME {
            return set;
        }
        (0..nr).fold(0, |all, mm| all | (set >> mm & 1) << self.get(mm))
    }

    /// Returns the permutation as a number, whatever the number of mms.
    #[cfg(feature = "cluster")]
    pub(in crate::search) fn bits_of(self) -> u64 {
        self.0
    }

    /// Returns the permutation that [`Mms::bits_of`] returned the number of.
    #[cfg(feature = "cluster")]
    pub(in crate::search) fn of_bits(bits: u64) -> Mms {
        Mms(bits)
    }

    /// Returns a short number for a permutation of `nr` mms.
    #[inline(always)]
    pub(in crate::search) fn code(self, nr: usize) -> u64 {
        let each = match nr {
            0..=2 => 1,
            3..=4 => 2,
            5..=8 => 3,
            _ => 4,
        };
        let mut code = 0;
        for mm in (0..nr.saturating_sub(1)).rev() {
            code = code << each | self.get(mm) as u64;
        }
        code
    }

    /// Returns the permutation of `nr` mms with this number.
    pub(in crate::search) fn of_code(mut code: u64, nr: usize) -> Mms {
        let each = match nr {
            0..=2 => 1,
            3..=4 => 2,
            5..=8 => 3,
            _ => 4,
        };
        let mut to = [0u8; MAX_MMS];
        let mut unused: u32 = (1 << nr) - 1;
        for slot in to.iter_mut().take(nr.saturating_sub(1)) {
            *slot = (code & ((1 << each) - 1)) as u8;
            unused &= !(1 << *slot);
            code >>= each;
        }
        if nr > 0 {
            to[nr - 1] = unused.trailing_zeros() as u8;
        }
        Mms::new(|mm| to[mm], nr)
    }
}

/// New names of devices and mms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::search) struct Names {
    /// An element of the group of renamings of devices.
    pub dev: u8,
    pub mms: Mms,
}

impl Names {
    pub(in crate::search) const SAME: Names = Names {
        dev: 0,
        mms: Mms::SAME,
    };
}

/// The renamings of devices that preserve a topology. The first is the identity.
#[derive(Debug)]
pub(in crate::search) struct Symmetry {
    pub devices: usize,
    dev: Vec<[u8; MAX_DEVICES]>,
    group: Vec<[u8; MAX_GROUPS]>,
    after: Vec<u8>,
    inverse: Vec<u8>,
}

impl Symmetry {
    pub(in crate::search) fn of(canon: &Canon, devices: usize) -> Self {
        let n = canon.renamings();
        let (dev, group): (Vec<_>, Vec<_>) = (0..n as u8).map(|r| canon.renaming(r)).unzip();
        let find = |to: [u8; MAX_DEVICES]| {
            let found = dev
                .iter()
                .position(|other| other[..devices] == to[..devices]);
            found.expect("renamings form a group") as u8
        };
        let mut after = vec![0; n * n];
        let mut inverse = vec![0; n];
        for x in 0..n {
            for y in 0..n {
                let mut to = [0; MAX_DEVICES];
                for d in 0..devices {
                    to[d] = dev[x][dev[y][d] as usize];
                }
                let z = find(to);
                after[x * n + y] = z;
                if z == 0 {
                    inverse[x] = y as u8;
                }
            }
        }
        Symmetry {
            devices,
            dev,
            group,
            after,
            inverse,
        }
    }

    /// Returns the number of renamings.
    pub(in crate::search) fn len(&self) -> usize {
        self.dev.len()
    }

    /// Returns the new index of each device.
    #[inline(always)]
    pub(in crate::search) fn dev(&self, renaming: u8) -> &[u8; MAX_DEVICES] {
        &self.dev[renaming as usize]
    }

    /// Returns the new index of each group.
    pub(in crate::search) fn group(&self, renaming: u8) -> &[u8; MAX_GROUPS] {
        &self.group[renaming as usize]
    }

    /// Returns the renaming `x` of what `y` made of devices.
    #[inline(always)]
    pub(in crate::search) fn devices_after(&self, x: u8, y: u8) -> u8 {
        self.after[x as usize * self.dev.len() + y as usize]
    }

    #[inline(always)]
    pub(in crate::search) fn inverse_of_devices(&self, x: u8) -> u8 {
        self.inverse[x as usize]
    }

    /// Returns the names `x` of what `y` made of devices and of `nr` mms.
    #[inline(always)]
    pub(in crate::search) fn after(&self, x: Names, y: Names, nr: usize) -> Names {
        Names {
            dev: self.devices_after(x.dev, y.dev),
            mms: x.mms.after(y.mms, nr),
        }
    }

    pub(in crate::search) fn inverse(&self, x: Names, nr: usize) -> Names {
        Names {
            dev: self.inverse_of_devices(x.dev),
            mms: x.mms.inverse(nr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mms;

    #[test]
    fn permutations_compose_and_invert_and_have_codes() {
        let all = [
            [0, 1, 2],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
            [0, 2, 1],
        ];
        let perms = all.map(|to| Mms::new(|mm| to[mm], 3));
        for (p, to) in perms.iter().zip(&all) {
            assert_eq!(p.after(p.inverse(3), 3), Mms::SAME);
            assert_eq!(Mms::of_code(p.code(3), 3), *p);
            assert!(p.code(3) < 1 << 4);
            for (q, before) in perms.iter().zip(&all) {
                let both = p.after(*q, 3);
                assert!((0..3).all(|mm| both.get(mm) == to[before[mm] as usize] as usize));
            }
        }
        assert_eq!(perms[2].set(0b011, 3), 0b110);
        assert_eq!(Mms::SAME.code(1), 0);
        assert_eq!(Mms::of_code(0, 1), Mms::SAME);
    }

    #[test]
    fn sixteen_mms_have_names() {
        let p = Mms::new(|mm| 15 - mm as u8, 16);
        assert_eq!(p.after(p, 16), Mms::SAME);
        assert_eq!(Mms::of_code(p.code(16), 16), p);
    }
}
