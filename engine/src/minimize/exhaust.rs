// SPDX-License-Identifier: GPL-2.0-or-later
//! Finds the simplest of all short cases that show a cause.
//!
//! A short case has few simpler ones, and all of them can be tried. Minimizing different cases of
//! the same size then ends at the same case.

use super::GoesOn;
use super::rank::{fault_rank, topologies};
use crate::judge::{Cause, LeakKind, Observer, Side, View, same_ret, same_splats};
use crate::universe::{MANY_PASIDS, Universe};
use spec::case::MAX_GROUPS;
use spec::{Case, Device, Model, Op, OpCode, Ret, Run, Site, Topology};

/// Maximum number of operations that are run to minimize one case.
const MOST_STEPS: usize = 400_000;

/// Maximum number of operations of a case for which operations of every kind are tried.
const SHORT: usize = 3;

/// Maximum number of operations of a case that is tried with one more device.
const WITH_ONE_MORE_DEVICE: usize = 2;

/// A walk through all cases of one length.
struct Walk<'a, M, const N: usize> {
    models: &'a [M; N],
    cause: &'a Cause,
    universe: Universe,
    topology: Topology,
    steps: usize,
    observers: [Observer; N],
    ops: Vec<Op>,
    shows: &'a mut dyn FnMut(&Case) -> bool,
    goes_on: GoesOn<'a>,
}

/// Returns the simplest case that shows a cause and is simpler than `case`, among those on the
/// topology of `case` and on others of its size. With `may_fail`, a shorter case may have a fault
/// even if `case` has none. Returns `None` if there is none, or if there are too many to try.
pub(super) fn simplest<M: Model, const N: usize>(
    models: &[M; N],
    views: &[View],
    cause: &Cause,
    (case, may_fail): (&Case, bool),
    (shows, goes_on): (&mut dyn FnMut(&Case) -> bool, GoesOn<'_>),
) -> Option<Case> {
    if views.iter().any(|view| !View::DEFAULT.contains(view)) {
        return None;
    }
    let sites: Vec<Site> = match may_fail {
        true => Site::ALL.to_vec(),
        false => Vec::new(),
    };
    let own_faults = case.ops.iter().filter(|op| op.fault.is_some()).count();
    let mms = case.topology.mms.len().max(1);
    let named = case.ops.iter().filter_map(|op| op.kind.pasid());
    let mut pasids: Vec<u32> = (1..=mms as u32).chain(named).collect();
    pasids.sort();
    pasids.dedup();
    let mut walk = Walk {
        models,
        cause,
        universe: Universe {
            mms,
            pasids: Some(pasids),
            faults: sites,
            ..Universe::default()
        },
        topology: Topology::default(),
        steps: 0,
        observers: std::array::from_fn(|_| Observer::default()),
        ops: Vec::new(),
        shows,
        goes_on,
    };
    let most = case.ops.len();
    let own = topologies(&case.topology);
    // A second device can replace operations, or a fault.
    let wider = match case.topology.devices[..] {
        [_] => topologies(&with_one_more_device(&case.topology)),
        _ => own.clone(),
    };
    for ops in 1..=most {
        // There are too many longer cases, so try only the kinds of operations of this case.
        if ops > SHORT {
            let does = |code: OpCode| {
                let mut all = case.ops.iter();
                matches!(code, OpCode::Bind | OpCode::Unbind)
                    || all.any(|op| op.kind.code() == code)
            };
            walk.universe.only.retain(|&code| does(code));
            let strikes = |site: Site| {
                let mut all = case.ops.iter();
                all.any(|op| op.fault.is_some_and(|fault| fault.site == site))
            };
            walk.universe.faults.retain(|&site| strikes(site));
        }
        let faults = match ops < most && may_fail {
            true => own_faults.max(1),
            false => own_faults,
        };
        for faults in 0..=faults.min(ops) {
            let is_simpler = (ops, faults) < (most, own_faults);
            let topologies = match is_simpler && ops <= WITH_ONE_MORE_DEVICE {
                true => &wider,
                false => &own,
            };
            for topology in topologies {
                walk.topology.clone_from(topology);
                let boot = [Run::new(&walk.topology); N];
                if walk.deeper(&boot, ops, faults)? {
                    return Some(Case::new(walk.topology, walk.ops));
                }
            }
        }
    }
    None
}

/// Returns a topology with one more device, which has a group of its own and nothing unusual.
fn with_one_more_device(topology: &Topology) -> Topology {
    let mut topology = topology.clone();
    let groups = topology.devices.iter().map(|device| device.group);
    let group = groups
        .max()
        .map_or(0, |group| (group + 1) % MAX_GROUPS as u8);
    topology.devices.push(Device {
        group,
        max_pasids: MANY_PASIDS,
        instance: 0,
    });
    topology
}

impl<M: Model, const N: usize> Walk<'_, M, N> {
    /// Returns whether any case with `ops` more operations and `faults` more faults shows the
    /// cause; `self.ops` is then that case. Returns `None` if there are too many to try.
    fn deeper(&mut self, runs: &[Run; N], ops: usize, faults: usize) -> Option<bool> {
        let index = self.ops.len();
        let mut choices = self.operations(runs, (ops, faults));
        choices.sort_by_key(|op| (op.kind, op.fault.map(fault_rank)));
        for op in choices {
            self.steps += 1;
            let is_time_to_ask = self.steps.is_multiple_of(1 << 10);
            if self.steps > MOST_STEPS || is_time_to_ask && !(self.goes_on)() {
                return None;
            }
            let mut next = *runs;
            let rets: [Ret; N] = std::array::from_fn(|side| {
                self.observers[side].clear();
                next[side].step(&self.models[side], index, &op, &mut self.observers[side])
            });
            self.ops.push(op);
            let left = faults - usize::from(op.fault.is_some());
            let found = match ops {
                1 => {
                    self.could_show(&next, &rets) && {
                        let case = Case::new(self.topology.clone(), self.ops.clone());
                        (self.shows)(&case)
                    }
                }
                _ => {
                    let died = rets.iter().any(|ret| ret.ends_the_run());
                    let too_late = self.is_first() && self.differ(&rets);
                    !(died || too_late) && self.deeper(&next, ops - 1, left)?
                }
            };
            if found {
                return Some(true);
            }
            self.ops.pop();
        }
        Some(false)
    }

    /// Returns the operations that can come next in a case with `ops` more operations and `faults` more
    /// faults.
    fn operations(&mut self, runs: &[Run; N], (ops, faults): (usize, usize)) -> Vec<Op> {
        let last = self.last().filter(|_| ops == 1).and_then(OpCode::by_name);
        // Without faults, and with the kind of the last operation only, there are far fewer.
        let universe = &mut self.universe;
        let sites = (faults == 0).then(|| std::mem::take(&mut universe.faults));
        let only = last.map(|code| {
            let only = universe.only.contains(&code).then_some(code);
            std::mem::replace(&mut universe.only, only.into_iter().collect())
        });
        let mut choices = Vec::new();
        universe.operations(self.models, runs, self.ops.len(), &mut choices);
        if let Some(sites) = sites {
            universe.faults = sites;
        }
        if let Some(only) = only {
            universe.only = only;
        }
        choices.retain(|op| {
            let own = usize::from(op.fault.is_some());
            own <= faults && (ops > 1 || own == faults) && (ops == 1 || !op.kind.info().read_only)
        });
        choices
    }

    /// Returns whether the cause can only be the first observable difference of a case.
    fn is_first(&self) -> bool {
        N == 2 && matches!(self.cause, Cause::Returned { .. } | Cause::Attached { .. })
    }

    /// Returns the name that the last operation must have, if the cause tells.
    fn last(&self) -> Option<&'static str> {
        match self.cause {
            Cause::Returned { op, .. } => Some(op),
            _ => None,
        }
    }

    /// Returns whether callers or dmesg observed a difference in the last operation.
    fn differ(&self, rets: &[Ret; N]) -> bool {
        let splats = |side: usize| self.observers[side].splats();
        !same_ret(rets[0], rets[N - 1]) || !same_splats(splats(0), splats(N - 1))
    }

    /// Returns whether the last operation or the teardown can have shown the cause.
    fn could_show(&mut self, runs: &[Run; N], rets: &[Ret; N]) -> bool {
        let decided = |side: usize| self.observers[side].decided();
        match *self.cause {
            Cause::Returned { from, to, .. } => {
                (decided(0), decided(N - 1)) == (from.1, to.1) && self.differ(rets)
            }
            Cause::Attached { .. } => self.differ(rets),
            Cause::Complained { side, splat, at } => {
                let sides: &[usize] = match side {
                    Side::From => &[0],
                    Side::To => &[N - 1],
                    Side::Both => return true,
                };
                sides.iter().any(|&side| {
                    let complains = |observer: &Observer| {
                        let mut all = observer.splats().iter();
                        all.any(|&(this, there)| this == splat && at.is_none_or(|at| at == there))
                    };
                    complains(&self.observers[side]) || {
                        if rets[side].ends_the_run() {
                            return false;
                        }
                        let mut run = runs[side];
                        self.observers[side].clear();
                        run.teardown(&self.models[side], &mut self.observers[side]);
                        complains(&self.observers[side])
                    }
                })
            }
            Cause::Leaked { side, kind, .. } => {
                let side = if side == Side::To { N - 1 } else { 0 };
                if rets.iter().any(|ret| ret.ends_the_run()) {
                    return false;
                }
                let mut run = runs[side];
                let ended = run.teardown(&self.models[side], &mut ());
                !ended.ends_the_run()
                    && (kind == LeakKind::Attached || kind.count(&run.machine) > 0)
            }
            Cause::Dangles { .. } => {
                let mut run = runs[0];
                run.machine.dangling() > 0 || {
                    run.teardown(&self.models[0], &mut ());
                    run.machine.dangling() > 0
                }
            }
            Cause::Foreign { .. } => self.observers[0].is_foreign(),
            Cause::Called { .. } | Cause::Existed { .. } => true,
        }
    }
}
