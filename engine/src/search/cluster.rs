// SPDX-License-Identifier: GPL-2.0-or-later
//! The search on several machines, as a timely dataflow.
//!
//! Each worker has graphs of its own, and owns a part of the states, chosen by the state of the first
//! model. So the rows of that model's graph are computed by one worker each, but for teardowns. In
//! every level, a worker expands its new states and sends each successor to its owner: as numbers,
//! with a path.
//! What a number stands for is sent once, before the first state that has it. Then all workers
//! broadcast their counts and candidates, so every worker knows all findings. Findings, counts and
//! digest are those of a single machine.

mod part;

use super::arena::Arena;
use super::candidates::Candidates;
use super::found::Found;
use super::frontier::Frontier;
use super::{Pool, conclude};
use crate::finding::Findings;
use crate::judge::View;
use crate::limits::Stopped;
use crate::limits::{Deadline, Limits};
use crate::question::Question;
use crate::question::SearchSummary;
use crate::universe::Universe;
use part::{Parcel, Part};
use serde::{Deserialize, Serialize};
use spec::{Model, Topology};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::operators::{Exchange, Input, Inspect, Probe};
use timely::dataflow::{InputHandle, ProbeHandle};
use timely::worker::Worker;

/// The work of a search, owned, because workers outlive the caller.
#[derive(Clone, Debug)]
pub struct Task<M, const N: usize> {
    /// The models.
    pub models: [M; N],
    /// The universe.
    pub universe: Universe,
    /// The views.
    pub views: Vec<View>,
    /// The limits for all workers together. Each worker checks them at the end of a level.
    pub limits: Limits,
}

/// Why a search on several machines failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// The arguments are not valid for timely.
    #[error("{0}")]
    Arguments(String),
    /// The processes could not be connected.
    #[error("{0}")]
    Connection(String),
    /// The search was interrupted before all processes were connected.
    #[error("interrupted before all processes were connected")]
    Interrupted,
    /// A worker failed.
    #[error("a worker: {0}")]
    Worker(String),
}

/// Runs a search with timely's own arguments: `-w`, `-n`, `-p`, `-h`. Every process returns the
/// same summary; the second value is true in the process that should print it.
///
/// # Errors
///
/// If the arguments are not valid, or if a worker or a connection fails.
pub fn search<M: Model + 'static, const N: usize>(
    task: Task<M, N>,
    arguments: Vec<String>,
    interrupt: &'static AtomicBool,
) -> Result<(SearchSummary, bool), ClusterError> {
    let config = timely::Config::from_args(arguments.into_iter());
    let config = config.map_err(ClusterError::Arguments)?;
    if let timely::CommunicationConfig::Cluster {
        process, addresses, ..
    } = &config.communication
        && *process >= addresses.len()
    {
        let last = addresses.len() - 1;
        let what = format!("-p {process}, but the processes are numbered from 0 to {last}");
        return Err(ClusterError::Arguments(what));
    }
    // Connecting blocks until all processes are connected, so it runs on another thread.
    let connected = Arc::new(AtomicBool::new(false));
    let (result, results) = mpsc::channel();
    let is_connected = Arc::clone(&connected);
    thread::spawn(move || {
        // Sending fails only if the receiver is gone, and then the process is about to exit.
        let _ = result.send(work(task, config, interrupt, is_connected));
    });
    loop {
        match results.recv_timeout(Duration::from_millis(50)) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => {
                if interrupt.load(Relaxed) && !connected.load(Relaxed) {
                    return Err(ClusterError::Interrupted);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(ClusterError::Worker("it ended without a result".to_owned()));
            }
        }
    }
}

/// Connects to the other processes, and searches. Sets `connected` when the search begins.
fn work<M: Model + 'static, const N: usize>(
    task: Task<M, N>,
    config: timely::Config,
    interrupt: &'static AtomicBool,
    connected: Arc<AtomicBool>,
) -> Result<(SearchSummary, bool), ClusterError> {
    let task = Arc::new(task);
    let guards = timely::execute(config, move |worker| {
        connected.store(true, Relaxed);
        let question = Question {
            models: task.models,
            universe: &task.universe,
            views: &task.views,
        };
        let summary = Member::new(worker, task.limits, interrupt).search(&question);
        (summary, worker.index() == 0)
    });
    let guards = guards.map_err(ClusterError::Connection)?;
    let all: Result<Vec<_>, _> = guards.join().into_iter().collect();
    let all = all.map_err(ClusterError::Worker)?;
    // All workers have the same summary, so take that of the first worker of this process.
    let first = all.into_iter().next();
    first.ok_or_else(|| ClusterError::Worker("there is none".to_owned()))
}

/// A message between workers, for one level.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    to: u64,
    level: u64,
    what: What,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum What {
    /// States, from the worker with this number.
    States(u64, Parcel),
    /// The results of a worker in a level.
    Tally(Box<Tally>),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Tally {
    new: u64,
    /// Whether the worker expanded all its states of the level.
    all: bool,
    /// Whether it told states apart as they are.
    exact: bool,
    transitions: u64,
    candidates: Candidates,
    stopped: Option<u8>,
}

/// The reasons of a worker to stop. A message has the index; the smallest one is reported.
const REASONS: [Stopped; 4] = [
    Stopped::Interrupted,
    Stopped::Time,
    Stopped::Memory,
    Stopped::States,
];

/// One worker.
struct Member<'w> {
    worker: &'w mut Worker,
    input: InputHandle<u64, CapacityContainerBuilder<Vec<Message>>>,
    probe: ProbeHandle<u64>,
    inbox: Rc<RefCell<VecDeque<Message>>>,
    /// The current level, counted over all topologies. A worker that is ahead can already send
    /// messages for the next one.
    level: u64,
    limits: Limits,
    deadline: Deadline<'static>,
}

/// The number of states that a worker expands before it looks for messages.
const BETWEEN: usize = 64;

impl<'w> Member<'w> {
    fn new(worker: &'w mut Worker, limits: Limits, interrupt: &'static AtomicBool) -> Self {
        let mut input = InputHandle::new();
        let probe = ProbeHandle::new();
        let inbox = Rc::new(RefCell::new(VecDeque::new()));
        let received = Rc::clone(&inbox);
        worker.dataflow(|scope| {
            scope
                .input_from(&mut input)
                .exchange(|message: &Message| message.to)
                .inspect(move |message: &Message| received.borrow_mut().push_back(message.clone()))
                .probe_with(&probe);
        });
        Member {
            worker,
            input,
            probe,
            inbox,
            level: 0,
            limits,
            deadline: Deadline::new(limits.time, Some(interrupt)),
        }
    }

    fn send(&mut self, to: usize, what: What) {
        self.input.send(Message {
            to: to as u64,
            level: self.level,
            what,
        });
    }

    /// Sends the states that other workers own.
    fn send_states<M: Model, const N: usize>(&mut self, part: &mut Part<'_, M, N>) {
        let from = self.worker.index() as u64;
        for to in 0..self.worker.peers() {
            if let Some(parcel) = part.parcel(to) {
                self.send(to, What::States(from, parcel));
            }
        }
        // Else they would wait until there are more.
        self.input.flush();
    }

    /// Receives what other workers have sent for this level so far.
    fn receive<M: Model, const N: usize>(
        &mut self,
        part: &mut Part<'_, M, N>,
        tallies: &mut Vec<Tally>,
    ) {
        let mut inbox = self.inbox.borrow_mut();
        for _ in 0..inbox.len() {
            let Some(message) = inbox.pop_front() else {
                return;
            };
            match message.what {
                _ if message.level != self.level => inbox.push_back(message),
                What::States(from, parcel) => part.receive(from as usize, parcel),
                What::Tally(tally) => tallies.push(*tally),
            }
        }
    }

    /// Waits until all workers have sent everything for this half of a level.
    fn wait<M: Model, const N: usize>(
        &mut self,
        half: u64,
        part: &mut Part<'_, M, N>,
        tallies: &mut Vec<Tally>,
    ) {
        let next = self.level * 2 + half + 1;
        self.input.advance_to(next);
        while self.probe.less_than(&next) {
            self.worker.step_or_park(None);
            self.receive(part, tallies);
        }
        self.receive(part, tallies);
    }

    fn search<M: Model, const N: usize>(mut self, question: &Question<'_, M, N>) -> SearchSummary {
        let mut summary = SearchSummary {
            exact: true,
            ..SearchSummary::nothing()
        };
        let mut found = Findings::new();
        for topology in &question.universe.topologies() {
            let here = self.search_in(question, topology, &mut summary);
            question.add(&mut found, here);
            if summary.stopped.is_some() {
                break;
            }
        }
        // This is little work, so every worker does it itself.
        let pool = Pool::of_same_models(super::OWN);
        conclude(&mut summary, question, found, (1, &pool), self.deadline);
        summary
    }

    /// Searches one topology, together with the other workers.
    fn search_in<M: Model, const N: usize>(
        &mut self,
        question: &Question<'_, M, N>,
        topology: &Topology,
        summary: &mut SearchSummary,
    ) -> Findings {
        let arena = Arena::new(question, topology);
        let peers = self.worker.peers();
        let mut part = Part::new(&arena, question, (self.worker.index(), peers));
        let mut found = Found::default();
        let mut level = Frontier::default();
        let mut depth = 0;
        let mut here = 0;
        // The first level contains only the state at boot, which is not a successor of any state.
        let mut is_boot = true;
        loop {
            let mut tallies = Vec::new();
            let mut transitions = 0;
            let mut all = true;
            if is_boot {
                part.boot();
            }
            let mut walk = (!level.is_empty()).then(|| level.walk(0));
            for first in (0..level.len()).step_by(BETWEEN) {
                if self.deadline.stopped().is_some() {
                    all = false;
                    break;
                }
                self.send_states(&mut part);
                self.worker.step();
                self.receive(&mut part, &mut tallies);
                if let Some(walk) = &mut walk {
                    let range = first..level.len().min(first + BETWEEN);
                    transitions += part.expand(&level, range, walk, &found.known);
                }
            }
            drop(walk);
            self.send_states(&mut part);
            self.wait(0, &mut part, &mut tallies);
            let before = part.bytes() + level.bytes();
            level = part.end_level();
            let bytes = before.max(part.bytes() + level.bytes());
            summary.bytes = summary.bytes.max(bytes);
            let tally = Tally {
                new: level.len() as u64,
                all,
                exact: part.visited.is_exact(),
                transitions,
                candidates: std::mem::take(&mut part.expander.candidates),
                stopped: self.reason(bytes, summary.states),
            };
            for to in 0..peers {
                self.send(to, What::Tally(Box::new(tally.clone())));
            }
            self.wait(1, &mut part, &mut tallies);
            self.level += 1;

            let new: u64 = tallies.iter().map(|tally| tally.new).sum();
            summary.states += new as usize;
            here += new as usize;
            summary.largest = summary.largest.max(here);
            summary.transitions += tallies.iter().map(|tally| tally.transitions).sum::<u64>();
            summary.exact &= tallies.iter().all(|tally| tally.exact);
            let stopped = tallies.iter().filter_map(|tally| tally.stopped).min();
            let stopped = stopped.map(|why| REASONS[why as usize]);
            let all = tallies.iter().all(|tally| tally.all);
            let mut candidates = Candidates::default();
            tallies
                .into_iter()
                .for_each(|tally| candidates.merge(tally.candidates));
            found.judge(question, &mut part.expander, candidates);
            // A worker that leaves states out has a reason to stop.
            if all && new == 0 {
                summary.stopped = question.end_at(depth).err();
                return found.findings;
            }
            summary.stopped = stopped;
            if summary.stopped.is_some() {
                return found.findings;
            }
            depth += usize::from(!is_boot);
            summary.depth = summary.depth.max(depth);
            is_boot = false;
        }
    }

    /// Returns the reason for this worker to stop, as an index into [`REASONS`].
    fn reason(&self, bytes: usize, states: usize) -> Option<u8> {
        let why = if let Some(why) = self.deadline.stopped() {
            why
        } else if bytes >= self.limits.bytes / self.worker.peers() {
            Stopped::Memory
        } else if states >= self.limits.states {
            Stopped::States
        } else {
            return None;
        };
        let at = REASONS.iter().position(|this| *this == why);
        at.map(|at| at as u8)
    }
}
