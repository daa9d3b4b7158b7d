// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the search of svadiff against an independent model checker.
//!
//! The same two models and the same operations form a model of [`stateright`]. Its breadth-first
//! checker must count the same states and the same operations as the search without symmetry.
//! Shared with the search are the models, their machines and canonical form, and the set of
//! operations. The transitions, what is remembered of the path to a state, and the equality of
//! states are implemented a second time here.
//!
//! Only sequences with a limited number of outstanding binds, not of limited length, are supported:
//! a state then does not depend on the number of operations that led to it.

mod kept;
mod past;

pub use kept::{Kept, Machines, Packed};
pub use past::{Past, Since};

use spec::canonical::{Canon, Scratch};
use spec::case::MAX_OPS;
use spec::run::Held;
use spec::{Op, Recorder, Run, Topology};
use stateright::{Checker, Model, Property};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use svadiff::models::AnyModel;
use svadiff::universe::Universe;

/// The totals of a checker's run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Number of distinct states, summed over all topologies.
    pub states: usize,
    /// Number of operations performed.
    pub transitions: u64,
    /// Maximum length of a shortest path from boot to a state.
    pub depth: usize,
}

/// Runs stateright on all states of a universe, on one thread.
pub fn count<K: Kept>(models: [AnyModel; 2], universe: &Universe) -> Counts {
    let mut counts = Counts::default();
    for topology in universe.topologies() {
        let product = Product::<K>::new(models, universe, &topology);
        let checker = product.checker().threads(1).spawn_bfs().join();
        assert!(checker.is_done() && checker.discoveries().is_empty());
        counts.states += checker.unique_state_count();
        counts.transitions += checker.model().transitions();
        // `max_depth` counts the states of a path, not the operations between them.
        counts.depth = counts.depth.max(checker.max_depth() - 1);
    }
    counts
}

/// Two models that perform the same operations, in one topology. Its states are stored as `K`.
#[derive(Debug)]
pub struct Product<K> {
    models: [AnyModel; 2],
    universe: Universe,
    boot: Run,
    canon: Canon,
    transitions: AtomicU64,
    kept: PhantomData<fn() -> K>,
}

impl<K: Kept> Product<K> {
    /// # Panics
    ///
    /// If the length of sequences is limited.
    pub fn new(models: [AnyModel; 2], universe: &Universe, topology: &Topology) -> Self {
        assert_eq!(universe.ops, None, "a state has no length");
        Product {
            models,
            universe: universe.clone(),
            boot: Run::new(topology),
            canon: Canon::plain(topology),
            transitions: AtomicU64::new(0),
            kept: PhantomData,
        }
    }

    /// Returns the number of calls to [`Model::next_state`]. Without a visitor or a discovery,
    /// stateright calls it once for each operation of each distinct state. Its own count is
    /// smaller: it omits operations that lead to no state.
    pub fn transitions(&self) -> u64 {
        self.transitions.load(Relaxed)
    }

    /// Stores the canonical form of two runs. Without it there would be infinitely many states,
    /// since numbers of allocations are never reused.
    fn keep(&self, desk: &mut Desk, runs: &[Run; 2], mut past: Past) -> K {
        desk.packed.clear();
        let names = self.canon.pack(
            &mut desk.scratch,
            runs.each_ref(),
            !past.diverged,
            &mut desk.packed,
        );
        past.lost |= names.lost;
        K::keep(&self.canon, &desk.packed, past)
    }
}

impl<K: Kept> Model for Product<K> {
    type State = K;
    type Action = Op;

    fn init_states(&self) -> Vec<K> {
        let runs = [self.boot; 2];
        DESK.with_borrow_mut(|desk| vec![self.keep(desk, &runs, Past::default())])
    }

    fn actions(&self, state: &K, actions: &mut Vec<Op>) {
        let runs = state.runs(&self.canon);
        self.universe
            .operations(&self.models, &runs, outstanding(&runs), actions);
    }

    fn next_state(&self, last: &K, op: Op) -> Option<K> {
        self.transitions.fetch_add(1, Relaxed);
        let mut runs = last.runs(&self.canon).into_owned();
        let index = outstanding(&runs);
        DESK.with_borrow_mut(|desk| {
            let seen = &mut desk.seen;
            let rets = std::array::from_fn(|side| {
                seen[side].clear();
                runs[side].step(&self.models[side], index, &op, &mut seen[side])
            });
            let past = last.past().after(&op, rets, &runs, seen)?;
            if op.kind.info().read_only && past == *last.past() {
                debug_assert_eq!(self.keep(desk, &runs, past), *last, "{op:?}");
                return None; // The operation does not change the state.
            }
            Some(self.keep(desk, &runs, past))
        })
    }

    /// Returns a property that always holds, since a checker without a property stops at once.
    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("there is a state", |_, _| true)]
    }
}

/// Buffers that a step uses, so that the checker does not allocate them at each step.
#[derive(Default)]
struct Desk {
    scratch: Box<Scratch>,
    packed: Vec<u8>,
    seen: [Recorder; 2],
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Returns the number of operations that hold something; in canonical form they are the first.
fn outstanding(runs: &[Run; 2]) -> usize {
    let holds = |op: &usize| runs.iter().any(|run| run.held(*op) != Held::Nothing);
    (0..MAX_OPS).take_while(holds).count()
}
