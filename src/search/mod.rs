// SPDX-License-Identifier: GPL-2.0-or-later
//! The search: every sequence of operations of a universe, on two models together.
//!
//! Breadth first over the states that both models reach together. A state is kept once, as the
//! bytes that [`spec::pack`] makes of it, so the answer is that of all sequences while the work is
//! that of all states; and the first case that shows a cause is one than which none is shorter.
//!
//! The loop itself looks at little: what was returned, who complained, what is left. When that
//! looks new, the case is run again in full, and [`crate::diff`] says what it is.

mod universe;

pub use universe::Universe;

use crate::diff::{Difference, View, differences};
use crate::lockstep::same_ret;
use crate::models::AnyModel;
use crate::signature::Cause;
use crate::smaller::{shown, without_device, without_mm};
use indexmap::{IndexMap, IndexSet};
use spec::kernel::Splat;
use spec::pack::{outstanding, pack, unpack};
use spec::record::record;
use spec::trace::Call;
use spec::{Case, Cite, Decision, Op, OpKind, Ret, Run, Topology, Watch};
use std::collections::HashSet;

/// What a search found.
#[derive(Debug)]
pub struct Outcome {
    /// Distinct states, of all topologies together.
    pub states: usize,
    /// Operations that were run on both models.
    pub transitions: usize,
    /// Whether everything was seen. If not, a limit stopped it.
    pub complete: bool,
    /// The findings, those with the shortest cases first.
    pub findings: Vec<Finding>,
}

/// A cause, and a shortest case that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The case.
    pub case: Case,
    /// The difference that it shows.
    pub difference: Difference,
}

/// What a search may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// States that are kept. Each takes some 200 bytes of memory.
    pub states: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { states: 20_000_000 }
    }
}

/// Finds every way in which two models differ in a universe.
pub fn compare(
    models: [AnyModel; 2],
    universe: &Universe,
    views: &[View],
    limits: Limits,
) -> Outcome {
    let mut outcome = Outcome {
        states: 0,
        transitions: 0,
        complete: true,
        findings: Vec::new(),
    };
    let mut found: IndexMap<Cause, Finding> = IndexMap::new();
    for topology in universe.topologies() {
        let mut search = Search::new(models, universe, views, &topology);
        outcome.complete &= search.run(limits.states.saturating_sub(outcome.states));
        outcome.states += search.states.len();
        outcome.transitions += search.transitions;
        for finding in search.findings.into_values() {
            let finding = without_unused(models, views, finding);
            match found.get_mut(&finding.difference.cause) {
                Some(known) if size(&known.case) <= size(&finding.case) => {}
                Some(known) => *known = finding,
                None => {
                    found.insert(finding.difference.cause.clone(), finding);
                }
            }
        }
    }
    outcome.findings = found.into_values().collect();
    outcome.findings.sort_by_key(|finding| size(&finding.case));
    outcome
}

/// What makes one case simpler than another, the most important first.
fn size(case: &Case) -> [usize; 5] {
    let groups: HashSet<u8> = case.topology.devices.iter().map(|d| d.group).collect();
    [
        case.ops.len(),
        case.ops.iter().filter(|op| op.fault.is_some()).count(),
        case.topology.devices.len(),
        case.topology.mms.len(),
        groups.len(),
    ]
}

/// The same finding without the devices and mms that it does not need.
fn without_unused(models: [AnyModel; 2], views: &[View], mut finding: Finding) -> Finding {
    type Without = fn(&Case, u32) -> Case;
    let topology = finding.case.topology.clone();
    let devices = (0..topology.devices.len()).map(|dev| (without_device as Without, dev as u32));
    let mms = (0..topology.mms.len()).map(|mm| (without_mm as Without, mm as u32));
    // From the last to the first, so that what is still to be tried keeps its index.
    for (without, index) in devices.chain(mms).rev() {
        let case = without(&finding.case, index);
        if let Some(difference) = shown(models, views, &case, &finding.difference.cause) {
            finding = Finding { case, difference };
        }
    }
    finding
}

type Bytes = Box<[u8]>;

struct Search<'a> {
    models: [AnyModel; 2],
    universe: &'a Universe,
    views: &'a [View],
    topology: &'a Topology,
    states: IndexSet<Bytes, foldhash::fast::FixedState>,
    /// For each state, the one it was first reached from, and how.
    reached: Vec<(u32, Op)>,
    transitions: usize,
    /// What was looked at before: everything that tells causes apart.
    looked_at: HashSet<Bytes, foldhash::fast::FixedState>,
    /// Operations, and their decisions, after which what is attached differs.
    apart: IndexSet<(&'static str, [Option<Decision>; 2])>,
    findings: IndexMap<Cause, Finding>,
    packed: Vec<u8>,
    in_op: [Seen; 2],
    at_end: [Seen; 2],
}

/// What must be remembered of the way to a state, since it decides what is a consequence of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Past {
    /// Something differed already.
    diverged: bool,
    /// A reference count of this model has complained already.
    refcount: [bool; 2],
    /// Nothing differed yet, but what is attached does: since which operation and which decisions,
    /// as an index into [`Search::apart`] and one more.
    apart: u8,
}

impl Past {
    const NONE: Past = Past {
        diverged: false,
        refcount: [false; 2],
        apart: 0,
    };

    fn to_bytes(self) -> [u8; 2] {
        let bits = [self.diverged, self.refcount[0], self.refcount[1]];
        let bits = bits.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
        [bits, self.apart]
    }

    fn from_bytes(bytes: [u8; 2]) -> Self {
        Past {
            diverged: bytes[0] & 4 != 0,
            refcount: [bytes[0] & 2 != 0, bytes[0] & 1 != 0],
            apart: bytes[1],
        }
    }
}

impl<'a> Search<'a> {
    fn new(
        models: [AnyModel; 2],
        universe: &'a Universe,
        views: &'a [View],
        topology: &'a Topology,
    ) -> Self {
        Search {
            models,
            universe,
            views,
            topology,
            states: IndexSet::default(),
            reached: Vec::new(),
            transitions: 0,
            looked_at: HashSet::default(),
            apart: IndexSet::new(),
            findings: IndexMap::new(),
            packed: Vec::new(),
            in_op: [0, 1].map(|_| Seen::new(views)),
            at_end: [0, 1].map(|_| Seen::new(views)),
        }
    }

    /// Whether it came to its end before it had more than so many states.
    fn run(&mut self, most: usize) -> bool {
        let boot = Run::new(self.topology);
        let root = Op::from(OpKind::Fork { mm: u32::MAX });
        let nothing = [0, 1].map(|_| Seen::new(self.views));
        self.reach(0, root, &[boot, boot], Past::NONE, &nothing);
        let mut ops = Vec::new();
        let mut level = 0..self.states.len();
        for _ in 0..self.universe.ops {
            for state in level.clone() {
                if self.states.len() >= most {
                    return false;
                }
                let bytes = self.states[state].clone();
                let past = Past::from_bytes([bytes[0], bytes[1]]);
                let runs: [Run; 2] = unpack(self.topology, &bytes[2..]);
                let outstanding = outstanding(&[&runs[0], &runs[1]]).len();
                self.universe
                    .operations([&runs[0], &runs[1]], outstanding, &mut ops);
                for op in &ops {
                    self.transition(state, &runs, outstanding, op, past);
                }
            }
            level = level.end..self.states.len();
            if level.is_empty() {
                break;
            }
        }
        true
    }

    /// Runs one operation on both models, and looks at what can be seen.
    fn transition(&mut self, state: usize, runs: &[Run; 2], index: usize, op: &Op, past: Past) {
        self.transitions += 1;
        let mut runs = *runs;
        let mut seen = std::mem::take(&mut self.in_op);
        let mut rets = [Ret::Ok; 2];
        for side in 0..2 {
            seen[side].clear();
            rets[side] = runs[side].step(&self.models[side], index, op, &mut seen[side]);
        }
        let differ = !same_ret(rets[0], rets[1])
            || seen[0].differs_from(&seen[1])
            || self.views.contains(&View::State)
                && runs[0].machine.live() != runs[1].machine.live();
        if differ {
            let mut key = Vec::with_capacity(64);
            key.extend(past.to_bytes());
            key.extend(op.kind.name().bytes());
            self.look(key, rets, &seen, state, Some(*op));
        }
        if rets.iter().any(|ret| ret.ends_the_run()) {
            self.in_op = seen;
            return;
        }
        let diverged = past.diverged || differ;
        let arrays = [0, 1].map(|side| runs[side].machine.pasid_arrays());
        let apart = if diverged || arrays[0].same_entries(arrays[1]) {
            0
        } else if past.apart != 0 {
            past.apart
        } else {
            let since = (op.kind.name(), [0, 1].map(|side| seen[side].decided));
            self.apart.insert_full(since).0 as u8 + 1
        };
        let past = Past {
            diverged,
            refcount: [0, 1].map(|side| past.refcount[side] || seen[side].refcount),
            apart,
        };
        self.reach(state, *op, &runs, past, &seen);
        self.in_op = seen;
    }

    /// Arrives at a state. If it is a new one, looks at what its teardown leaves.
    fn reach(&mut self, from: usize, op: Op, runs: &[Run; 2], past: Past, last: &[Seen; 2]) {
        let both = [&runs[0], &runs[1]];
        self.packed.clear();
        self.packed.extend(past.to_bytes());
        pack(&both, &outstanding(&both), &mut self.packed);
        if self.states.contains(&self.packed[..]) {
            return;
        }
        self.states.insert(self.packed.as_slice().into());
        self.reached.push((from as u32, op));

        let mut runs = *runs;
        let mut seen = std::mem::take(&mut self.at_end);
        let mut rets = [Ret::Ok; 2];
        for side in 0..2 {
            seen[side].clear();
            rets[side] = runs[side].teardown(&self.models[side], &mut seen[side]);
        }
        let left = [0, 1].map(|side| runs[side].machine.left());
        let leaks = rets == [Ret::Ok; 2] && left[0] != left[1];
        if rets[0] != rets[1] || seen[0].differs_from(&seen[1]) || leaks {
            // What is lost was lost in the teardown or in the last operation: if it was lost before,
            // the state before showed it.
            let mut key = Vec::with_capacity(128);
            key.extend(past.to_bytes());
            key.extend(op.kind.name().bytes());
            for last in last {
                key.extend(&last.events);
                key.push(b'|');
            }
            key.extend(left[0].compare(&left[1]));
            self.look(key, rets, &seen, self.states.len() - 1, None);
        }
        self.at_end = seen;
    }

    /// Looks at a difference, unless one that no cause could tell from it was looked at before:
    /// runs the way to the state, and perhaps one more operation, in full, and keeps what is no
    /// consequence and was not found before.
    fn look(
        &mut self,
        mut key: Vec<u8>,
        rets: [Ret; 2],
        seen: &[Seen; 2],
        state: usize,
        and: Option<Op>,
    ) {
        for side in 0..2 {
            key.extend(format!("{:?}", kind_of(rets[side])).bytes());
            key.extend(&seen[side].events);
            key.push(0);
        }
        if !self.looked_at.insert(key.into()) {
            return;
        }
        let case = self.case_of(state, and);
        let [from, to] = self.models.map(|model| record(&model, &case));
        for difference in differences(&case, &from, &to, self.views) {
            if !difference.follows && !self.findings.contains_key(&difference.cause) {
                let cause = difference.cause.clone();
                let case = case.clone();
                self.findings.insert(cause, Finding { case, difference });
            }
        }
    }

    /// The operations that lead to a state. Those of the search name what is outstanding; those
    /// of a case name earlier operations.
    fn case_of(&self, mut state: usize, and: Option<Op>) -> Case {
        let mut way: Vec<Op> = and.into_iter().collect();
        while state != 0 {
            let (from, op) = self.reached[state];
            way.push(op);
            state = from as usize;
        }
        way.reverse();
        let mut runs = [Run::new(self.topology); 2];
        let mut held: Vec<u8> = Vec::new();
        for (index, op) in way.iter_mut().enumerate() {
            match &mut op.kind {
                OpKind::Unbind { of }
                | OpKind::GetPasid { of }
                | OpKind::FreePasid { of }
                | OpKind::Detach { of } => *of = held[*of as usize].into(),
                _ => {}
            }
            for (run, model) in runs.iter_mut().zip(&self.models) {
                run.step(model, index, op, &mut ());
            }
            held = outstanding(&[&runs[0], &runs[1]]);
        }
        Case::new(self.topology.clone(), way)
    }
}

/// The variant, and the errno of an error.
fn kind_of(ret: Ret) -> (std::mem::Discriminant<Ret>, Option<spec::Errno>) {
    let errno = match ret {
        Ret::Err(errno) => Some(errno),
        _ => None,
    };
    (std::mem::discriminant(&ret), errno)
}

/// What can be seen of a call, and what decided it.
#[derive(Default)]
struct Seen {
    /// Decisions and splats, as bytes.
    events: Vec<u8>,
    /// Splats alone.
    splats: Vec<Splat>,
    decided: Option<Decision>,
    /// Driver callbacks, if anybody asks.
    calls: Option<Vec<Call>>,
    refcount: bool,
}

impl Seen {
    fn new(views: &[View]) -> Self {
        Seen {
            calls: views.contains(&View::Driver).then(Vec::new),
            ..Seen::default()
        }
    }

    fn clear(&mut self) {
        self.events.clear();
        self.splats.clear();
        self.decided = None;
        self.refcount = false;
        if let Some(calls) = &mut self.calls {
            calls.clear();
        }
    }

    fn differs_from(&self, other: &Seen) -> bool {
        self.splats != other.splats || self.calls != other.calls
    }

    fn cite(&mut self, cite: Cite) {
        let [high, low] = cite.line.to_be_bytes();
        self.events.extend([1 + cite.file as u8, high, low]);
    }
}

impl Watch for Seen {
    fn call(&mut self, call: Call) {
        if let Some(calls) = &mut self.calls {
            calls.push(call);
        }
    }
    fn splat(&mut self, splat: Splat, at: Cite) {
        self.events.push(0x80 | splat as u8);
        self.cite(at);
        self.splats.push(splat);
        self.refcount |= splat.is_refcount();
    }
    fn decide(&mut self, decision: Decision) {
        self.cite(decision.at);
        if let Some(because) = decision.because {
            self.events.push(0x7f);
            self.cite(because);
        }
        self.decided = Some(decision);
    }
}
