// SPDX-License-Identifier: GPL-2.0-or-later
//! Random cases; a seed yields the same case on every machine.

use super::gene::{Gene, first_stray, first_stray_mm};
use super::header::{HEADER, Header, Shape};
use super::profile::{Profile, Sizes};
use crate::case::{Case, MAX_MMS, MAX_SCHEDULE};
use crate::op::{MmState, OpCode, Resource};
use fastrand::Rng;
use std::ops::RangeInclusive;

/// Maximum number of devices and of mms in half of all cases, unless the profile requires more.
pub const FEW: u8 = 3;

/// Generates random cases. It reuses its memory: after a few cases it no longer allocates.
///
/// It draws the bytes that [`from_bytes`](super::from_bytes) would read, then adjusts them so that
/// few operations are skipped: most name a resource that is still held, and an mm that is alive.
#[derive(Clone, Debug)]
pub struct Generator {
    profile: &'static Profile,
    sizes: Sizes,
    case: Case,
    /// Keeps the memory of the schedule while the case has none.
    schedule: Vec<u8>,
}

/// A cheap estimate of the state after the operations so far.
struct Past {
    /// Bit sets of the operations that hold each resource and were not released.
    held: [u64; Resource::COUNT],
    /// Bit sets of the operations that held each resource and were released.
    released: [u64; Resource::COUNT],
    /// Bit set of the mms that are alive.
    alive: u32,
    /// Number of mms, exited ones included.
    mms: u8,
}

impl Generator {
    /// Creates a generator for all sizes of a profile.
    pub fn new(profile: &'static Profile) -> Self {
        Generator::within(profile, Sizes::LIMITS)
    }

    /// Creates a generator for the sizes of a profile that are within `sizes`.
    pub fn within(profile: &'static Profile, sizes: Sizes) -> Self {
        Generator {
            profile,
            sizes: sizes.within(&profile.sizes),
            case: Case::default(),
            schedule: Vec::new(),
        }
    }

    /// Generates the case of a seed.
    ///
    /// A quarter of all cases have the maximum number of operations, another quarter have at most
    /// 8, the others any number. Half of all cases have at most [`FEW`] devices and mms, so that
    /// operations often meet on the same objects.
    pub fn case(&mut self, seed: u64) -> &Case {
        let rng = &mut Rng::with_seed(seed);
        let mut header = [0; HEADER];
        for bytes in header.chunks_mut(8) {
            let random = rng.u64(..).to_le_bytes();
            bytes.copy_from_slice(&random[..bytes.len()]);
        }
        let mut header = Header(header);
        let sizes = &self.sizes;
        let most = if rng.bool() { FEW } else { u8::MAX };
        let [devices, mms] = [(0, &sizes.devices), (1, &sizes.mms)].map(|(at, range)| {
            let (least, end) = ((*range.start()).max(1), *range.end());
            // One of 256 cases has no devices, and one no mms.
            match header.0[at] == 255 && *range.start() == 0 || end == 0 {
                true => 0,
                false => rng.u8(least..=end.min(most.max(least))),
            }
        });
        header.resize(self.profile, sizes, [devices, mms]);
        let shape = header.decode(self.profile, sizes, &mut self.case.topology);
        let len = draw_len(rng, &sizes.ops);
        self.draw_ops(rng, shape, len);
        self.draw_schedule(rng, shape);
        &self.case
    }

    fn draw_ops(&mut self, rng: &mut Rng, shape: Shape, len: u8) {
        let mut past = Past {
            held: [0; Resource::COUNT],
            released: [0; Resource::COUNT],
            alive: (1 << shape.mms) - 1,
            mms: shape.mms,
        };
        let ops = &mut self.case.ops;
        ops.clear();
        for index in 0..len {
            let mut gene = Gene::from_bytes(rng.u64(..).to_le_bytes());
            let spare = std::mem::replace(&mut gene.mark, index);
            gene.cpu &= 127;
            // Each CPU gets an operation, starting with the first.
            if index < shape.cpus {
                gene.cpu = index;
            }
            past.adapt(self.profile, shape, &mut gene, index);
            // Few of the operations that cannot meet a fault get one.
            let code = self.profile.kinds[gene.kind as usize];
            if spare >= 16 && code.info().sites.is_empty() {
                gene.fault = 0;
            }
            let op = gene.decode(self.profile, shape, |_, mark| Some(mark.into()));
            ops.push(op);
        }
    }

    fn draw_schedule(&mut self, rng: &mut Rng, shape: Shape) {
        if let Some(schedule) = self.case.schedule.take() {
            self.schedule = schedule;
        }
        if !shape.scheduled {
            return;
        }
        let mut schedule = std::mem::take(&mut self.schedule);
        schedule.clear();
        // A bind has up to six sections. Some schedules let a CPU run for longer than others.
        let ops = self.case.ops.len();
        let len = rng.usize(2 * ops..=6 * ops).min(MAX_SCHEDULE);
        let longest = [1, 4, 8, 8][rng.usize(..4)];
        while schedule.len() < len {
            let (cpu, run) = (rng.u8(..shape.cpus), rng.usize(1..=longest));
            let run = run.min(len - schedule.len());
            schedule.extend(std::iter::repeat_n(cpu, run));
        }
        self.case.schedule = Some(schedule);
    }
}

fn draw_len(rng: &mut Rng, range: &RangeInclusive<u8>) -> u8 {
    const SHORT: u8 = 8;
    let (least, most) = (*range.start(), *range.end());
    match rng.u8(..4) {
        0 => most,
        1 => rng.u8(least..=most.min(SHORT.max(least))),
        _ => rng.u8(least..=most),
    }
}

impl Past {
    /// Adjusts an operation so that it is rarely skipped, and records its effect.
    #[inline(always)]
    fn adapt(&mut self, profile: &Profile, shape: Shape, gene: &mut Gene, index: u8) {
        let is_stray = gene.high >= first_stray(profile);
        let mut code = profile.kinds[gene.kind as usize];
        if let Some(resource) = code.info().names().filter(|_| !is_stray) {
            let released = self.released[resource as usize];
            let holders = match gene.is_again(profile, shape, code) && released != 0 {
                true => released,
                false => self.held[resource as usize],
            };
            if holders == 0 {
                // No operation holds the resource, so replace this one by an operation that does.
                code = OpCode::that_holds(resource);
                gene.kind = profile.byte_of_kind[code as usize].unwrap_or(0);
            } else {
                gene.what = choose(holders, gene.what, index);
                if code.info().releases {
                    self.held[resource as usize] &= !(1 << gene.what);
                    self.released[resource as usize] |= 1 << gene.what;
                }
            }
        }
        if code.info().ends_mm && self.alive.is_power_of_two() && gene.high < 192 {
            // Mostly keep the last process alive.
            code = OpCode::that_holds(Resource::Handle);
            gene.kind = profile.byte_of_kind[code as usize].unwrap_or(0);
        }
        let info = code.info();
        if let Some(held) = info.holds {
            self.held[held as usize] |= 1 << index;
        }
        let Some((at, state)) = info.mm() else { return };
        let is_alive = match state {
            MmState::Alive => !is_stray,
            MmState::Exists => gene.high < 192,
        };
        if !is_alive {
            return;
        }
        let mm = self.choose_mm(profile, shape, gene.index_of_argument_mut(at));
        let Some(mm) = mm else { return };
        if info.makes_mm && (self.mms as usize) < MAX_MMS {
            self.alive |= 1 << self.mms;
            self.mms += 1;
        }
        if info.ends_mm {
            self.alive &= !(1 << mm);
        }
    }

    /// Changes a byte so that it names an mm that is alive, if there is one.
    #[inline(always)]
    fn choose_mm(&self, profile: &Profile, shape: Shape, byte: &mut u8) -> Option<u8> {
        if self.alive == 0 {
            return None;
        }
        let mm = choose(self.alive.into(), *byte, self.mms);
        *byte = match mm.checked_sub(shape.mms) {
            None => mm,
            Some(forked) => first_stray_mm(profile) + forked,
        };
        Some(mm)
    }
}

/// Returns the number of one of the set bits, chosen by `random`.
fn choose(bits: u64, random: u8, below: u8) -> u8 {
    let from = (u16::from(random) * u16::from(below)) >> 8;
    let at = bits.rotate_right(from.into()).trailing_zeros() as u8;
    (at + from as u8) & 63
}
