// SPDX-License-Identifier: GPL-2.0-or-later
//! Limits and progress of long work: limits of states, memory and time, Ctrl-C, and how far it is.

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
    /// Maximum number of states that are kept.
    pub states: usize,
    /// Maximum memory for states, in bytes. The program itself takes a few million more.
    pub bytes: usize,
    /// The longest time.
    pub time: Duration,
}

impl Default for Limits {
    /// No limits.
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
    /// The limit of states was reached.
    States,
    /// The limit of memory was reached.
    Memory,
    /// The limit of time was reached.
    Time,
    /// The user interrupted it.
    Interrupted,
    /// Some states have successors that no case can reach, because a case is limited in its
    /// operations.
    Length,
    /// It pauses to write a checkpoint, and then continues.
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

/// The progress of a search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The index of the topology that is searched, from 0, and the number of topologies.
    pub topology: (usize, usize),
    /// The level that is being expanded: the number of operations from boot.
    pub depth: usize,
    /// The states of this level that were expanded so far, and all its states.
    pub level: (usize, usize),
    /// The distinct states of all topologies so far.
    pub states: usize,
    /// The operations that ran so far.
    pub transitions: u64,
    /// The findings in this topology so far.
    pub findings: usize,
}

/// The point in time, or the interrupt, that ends some work. All its threads share it.
#[derive(Clone, Copy, Debug)]
pub struct Deadline<'a> {
    begun: Instant,
    time: Duration,
    interrupt: Option<&'a AtomicBool>,
}

impl<'a> Deadline<'a> {
    /// Sets a deadline for work that begins now and may take `time`.
    pub fn new(time: Duration, interrupt: Option<&'a AtomicBool>) -> Self {
        Deadline {
            begun: Instant::now(),
            time,
            interrupt,
        }
    }

    /// Returns the same deadline with a flag that interrupts the work. With `None`, nothing
    /// interrupts it.
    pub fn interrupted_by(self, interrupt: Option<&'a AtomicBool>) -> Self {
        Deadline { interrupt, ..self }
    }

    /// Returns the flag that interrupts the work.
    pub fn interrupt(&self) -> Option<&'a AtomicBool> {
        self.interrupt
    }

    /// Returns whether the work was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.interrupt.is_some_and(|flag| flag.load(Relaxed))
    }

    /// Returns why the work has to end now; `None` if it may continue.
    pub fn stopped(&self) -> Option<Stopped> {
        match self.is_interrupted() {
            true => Some(Stopped::Interrupted),
            false => (self.begun.elapsed() >= self.time).then_some(Stopped::Time),
        }
    }

    /// Returns the time that remains.
    pub fn remaining(&self) -> Duration {
        self.time.saturating_sub(self.begun.elapsed())
    }

    /// Returns a deadline for concluding the work: the same, but at least half a second from now,
    /// so that results from before the deadline are reported.
    pub fn conclusion(self) -> Conclusion<'a> {
        Conclusion {
            deadline: self,
            begun: Instant::now(),
        }
    }
}

/// The deadline of work that concludes other work.
#[derive(Clone, Copy, Debug)]
pub struct Conclusion<'a> {
    deadline: Deadline<'a>,
    begun: Instant,
}

impl Conclusion<'_> {
    /// Returns whether any time remains.
    pub fn goes_on(&self) -> bool {
        const GRACE: Duration = Duration::from_millis(500);
        self.deadline.stopped().is_none() || self.begun.elapsed() < GRACE
    }
}

/// Installs handlers for Ctrl-C and for requests to terminate. Returns the flag that the first
/// signal sets; the second signal ends the process.
///
/// # Errors
///
/// If the handlers cannot be installed.
pub fn interrupt_on_signals() -> io::Result<&'static AtomicBool> {
    static FLAG: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
    static ONCE: Once = Once::new();
    let mut result = Ok(());
    ONCE.call_once(|| {
        result = [SIGINT, SIGTERM].into_iter().try_for_each(|signal| {
            // The order matters: on the second signal, the shutdown finds the flag set by the first
            // one.
            flag::register_conditional_shutdown(signal, 128 + signal, FLAG.clone())?;
            flag::register(signal, FLAG.clone()).map(drop)
        });
    });
    result.map(|()| &**FLAG)
}

/// Watches and stops a search. All threads of the search share it.
pub struct Control<'a> {
    limits: Limits,
    deadline: Deadline<'a>,
    /// Called with the progress from time to time.
    watch: Option<&'a (dyn Fn(&Status) + Sync)>,
    /// When to pause for a checkpoint.
    pause: Mutex<Option<Instant>>,
    is_stopped: AtomicBool,
    why: Mutex<Option<Stopped>>,
    states: AtomicUsize,
    peak: AtomicUsize,
    status: Mutex<Status>,
}

impl fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("limits", &self.limits)
            .field("deadline", &self.deadline)
            .field("states", &self.states)
            .finish_non_exhaustive()
    }
}

impl<'a> Control<'a> {
    /// Starts the clock of a search.
    pub fn new(
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

    /// Returns the deadline of the search.
    pub(crate) fn deadline(&self) -> Deadline<'a> {
        self.deadline
    }

    /// Returns how many more states may be kept.
    pub(crate) fn states_left(&self) -> usize {
        self.limits.states.saturating_sub(self.states())
    }

    /// Pauses the search for a checkpoint after `time`.
    pub(crate) fn pause_in(&self, time: Duration) {
        *lock(&self.pause) = Instant::now().checked_add(time);
    }

    /// Continues the counts of a search that was stopped before.
    pub(crate) fn resume(&self, topology: (usize, usize), states: usize, transitions: u64) {
        self.states.store(states, Relaxed);
        let mut status = lock(&self.status);
        status.topology = topology;
        status.transitions = transitions;
    }

    /// Records the start of a level, or its continuation.
    pub(crate) fn level(&self, depth: usize, states: usize, findings: usize) {
        let mut status = lock(&self.status);
        status.depth = depth;
        status.level = (0, states);
        status.findings = findings;
    }

    /// Counts one new state.
    pub fn new_state(&self) {
        self.states.fetch_add(1, Relaxed);
    }

    /// Counts new states.
    pub fn new_states(&self, states: usize) {
        self.states.fetch_add(states, Relaxed);
    }

    /// Returns the peak memory of the states, in bytes.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    /// Returns the number of distinct states so far, in all topologies.
    pub(crate) fn states(&self) -> usize {
        self.states.load(Relaxed)
    }

    /// Stops the search, for this reason unless it was stopped for another one before.
    pub(crate) fn stop(&self, why: Stopped) {
        lock(&self.why).get_or_insert(why);
        self.is_stopped.store(true, Relaxed);
    }

    /// Returns whether the search has to stop. Called before each state is expanded.
    pub fn no_more(&self) -> bool {
        if self.states() >= self.limits.states {
            self.stop(Stopped::States);
        }
        if let Some(why) = self.deadline.stopped() {
            self.stop(why);
        }
        self.is_stopped.load(Relaxed)
    }

    /// Records that some states were expanded.
    pub fn expanded(&self, states: usize, transitions: u64, bytes: usize) {
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

    /// Returns why the search was stopped, if it was, and clears the stop so that the search can
    /// continue.
    pub fn take_stopped(&self) -> Option<Stopped> {
        self.is_stopped.store(false, Relaxed);
        lock(&self.why).take()
    }
}

/// Returns the peak resident set of this process in bytes; `None` if the system does not report it.
pub fn peak_of_process() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
