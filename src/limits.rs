// SPDX-License-Identifier: GPL-2.0-or-later
//! When long work ends: limits of states, memory and time, and Ctrl-C; and how far it is.

use crate::workers::lock;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::{Duration, Instant};

/// The limits of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most states that are kept.
    pub states: usize,
    /// Most bytes that states take; the program itself takes a few million more.
    pub bytes: usize,
    /// Longest time that it takes.
    pub time: Duration,
}

impl Default for Limits {
    /// None.
    fn default() -> Self {
        Limits {
            states: usize::MAX,
            bytes: usize::MAX,
            time: Duration::MAX,
        }
    }
}

/// Why a search stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It had as many states as it may.
    States,
    /// It had as much memory as it may.
    Memory,
    /// It took as long as it may.
    Time,
    /// It was interrupted.
    Interrupted,
    /// There are states that no case leads to, since a case has no more operations.
    Length,
    /// To write a checkpoint; it goes on.
    Checkpoint,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stopped::States => "stopped at --max-states",
            Stopped::Memory => "stopped at --max-memory",
            Stopped::Time => "stopped at --max-seconds",
            Stopped::Interrupted => "interrupted",
            Stopped::Length => "no case is long enough for the rest",
            Stopped::Checkpoint => "stopped for a checkpoint",
        })
    }
}

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Which topology is searched, from 0, and of how many.
    pub topology: (usize, usize),
    /// The level that is expanded: operations from boot.
    pub depth: usize,
    /// States of it that were expanded, and that there were when it was begun.
    pub level: (usize, usize),
    /// Distinct states of all topologies.
    pub states: usize,
    /// Operations done.
    pub transitions: u64,
    /// Findings of this topology.
    pub findings: usize,
}

/// When work has to end: after some time, or when it is interrupted. All its threads share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline<'a> {
    begun: Instant,
    time: Duration,
    interrupt: Option<&'a AtomicBool>,
}

impl<'a> Deadline<'a> {
    /// Work that begins now, and takes no longer than this.
    pub(crate) fn new(time: Duration, interrupt: Option<&'a AtomicBool>) -> Self {
        Deadline {
            begun: Instant::now(),
            time,
            interrupt,
        }
    }

    /// The flag that interrupts it.
    pub(crate) fn interrupt(&self) -> Option<&'a AtomicBool> {
        self.interrupt
    }

    /// Whether the work was interrupted.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.is_some_and(|flag| flag.load(Relaxed))
    }

    /// Why the work has to end now; `None` while it goes on.
    pub(crate) fn stopped(&self) -> Option<Stopped> {
        match self.is_interrupted() {
            true => Some(Stopped::Interrupted),
            false => (self.begun.elapsed() >= self.time).then_some(Stopped::Time),
        }
    }

    /// The time that remains.
    pub(crate) fn remaining(&self) -> Duration {
        self.time.saturating_sub(self.begun.elapsed())
    }

    /// What has to end with this deadline, but can use half a second after it to conclude what came
    /// before.
    pub(crate) fn conclusion(self) -> Conclusion<'a> {
        Conclusion {
            deadline: self,
            begun: Instant::now(),
        }
    }
}

/// Work that concludes other work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conclusion<'a> {
    deadline: Deadline<'a>,
    begun: Instant,
}

impl Conclusion<'_> {
    /// Whether there is time left.
    pub(crate) fn goes_on(&self) -> bool {
        const GRACE: Duration = Duration::from_millis(500);
        self.deadline.stopped().is_none() || self.begun.elapsed() < GRACE
    }
}

/// The flag that the first Ctrl-C, or the first request to terminate, sets from now on; the second
/// one ends the process.
///
/// # Errors
///
/// If the signals cannot be handled.
pub(crate) fn interrupt_on_signals() -> io::Result<&'static AtomicBool> {
    static FLAG: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
    static ONCE: Once = Once::new();
    let mut result = Ok(());
    ONCE.call_once(|| {
        result = [SIGINT, SIGTERM].into_iter().try_for_each(|signal| {
            // In this order: it is the flag of the first one that the second one finds set.
            flag::register_conditional_shutdown(signal, 128 + signal, FLAG.clone())?;
            flag::register(signal, FLAG.clone()).map(drop)
        });
    });
    result.map(|()| &**FLAG)
}

/// How a search is watched and stopped. All its threads share it.
pub(crate) struct Control<'a> {
    limits: Limits,
    deadline: Deadline<'a>,
    /// Called now and then with how far it is.
    watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    /// When to stop for a checkpoint.
    pause: Mutex<Option<Instant>>,
    is_stopped: AtomicBool,
    why: Mutex<Option<Stopped>>,
    states: AtomicUsize,
    peak: AtomicUsize,
    status: Mutex<Status>,
}

impl<'a> Control<'a> {
    pub(crate) fn new(
        limits: Limits,
        interrupt: Option<&'a AtomicBool>,
        watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    ) -> Self {
        Control {
            limits,
            deadline: Deadline::new(limits.time, interrupt),
            watch,
            pause: Mutex::new(None),
            is_stopped: AtomicBool::new(false),
            why: Mutex::new(None),
            states: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            status: Mutex::default(),
        }
    }

    /// When the search has to end.
    pub(crate) fn deadline(&self) -> Deadline<'a> {
        self.deadline
    }

    /// How many states more may be kept.
    pub(crate) fn states_left(&self) -> usize {
        self.limits.states.saturating_sub(self.states())
    }

    /// Stop for a checkpoint after so long.
    pub(crate) fn pause_in(&self, time: Duration) {
        *lock(&self.pause) = Instant::now().checked_add(time);
    }

    /// A search that was stopped before goes on from here.
    pub(crate) fn resume(&self, topology: (usize, usize), states: usize, transitions: u64) {
        self.states.store(states, Relaxed);
        let mut status = lock(&self.status);
        status.topology = topology;
        status.transitions = transitions;
    }

    /// A level begins, or goes on.
    pub(crate) fn level(&self, depth: usize, states: usize, findings: usize) {
        let mut status = lock(&self.status);
        status.depth = depth;
        status.level = (0, states);
        status.findings = findings;
    }

    /// There is a state more.
    pub(crate) fn new_state(&self) {
        self.states.fetch_add(1, Relaxed);
    }

    /// There are so many states more.
    pub(crate) fn new_states(&self, states: usize) {
        self.states.fetch_add(states, Relaxed);
    }

    /// Most bytes that states took at the same time.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    /// Distinct states so far, of all topologies.
    pub(crate) fn states(&self) -> usize {
        self.states.load(Relaxed)
    }

    /// Stop, for this reason unless there is another one already.
    pub(crate) fn stop(&self, why: Stopped) {
        lock(&self.why).get_or_insert(why);
        self.is_stopped.store(true, Relaxed);
    }

    /// Whether no more states are to be expanded. Asked before each of them.
    pub(crate) fn no_more(&self) -> bool {
        if self.states() >= self.limits.states {
            self.stop(Stopped::States);
        }
        if let Some(why) = self.deadline.stopped() {
            self.stop(why);
        }
        self.is_stopped.load(Relaxed)
    }

    /// Some states were expanded.
    pub(crate) fn expanded(&self, states: usize, transitions: u64, bytes: usize) {
        self.peak.fetch_max(bytes, Relaxed);
        if bytes >= self.limits.bytes {
            self.stop(Stopped::Memory);
        }
        if lock(&self.pause).is_some_and(|pause| Instant::now() >= pause) {
            self.stop(Stopped::Checkpoint);
        }
        let mut status = lock(&self.status);
        status.level.0 += states;
        status.transitions += transitions;
        status.states = self.states();
        if let Some(watch) = self.watch {
            watch(&status);
        }
    }

    /// Whether the search was stopped, and why. Afterwards it can go on.
    pub(crate) fn take_stopped(&self) -> Option<Stopped> {
        self.is_stopped.store(false, Relaxed);
        lock(&self.why).take()
    }
}

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
