// SPDX-License-Identifier: GPL-2.0-or-later
//! How much memory the process had at most.

/// Bytes that were resident at the same time, of everything in the process; `None` where the
/// system does not say.
pub fn peak_of_process() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
