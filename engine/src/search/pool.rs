// SPDX-License-Identifier: GPL-2.0-or-later
//! Graphs that several searches use.
//!
//! What a model does in a universe is the same whatever it is compared with, and however long the
//! sequences may be. Searches that share a pool compute it once.

use super::graph::memo::Memo;
use super::graph::same::are_same;
use super::graph::{Graph, World};
use crate::judge::ViewSet;
use crate::question::Question;
use crate::universe::Universe;
use crate::workers::lock;
use spec::{Model, Topology};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Graphs of models that several searches use, one after the other or at once.
pub struct Pool<M> {
    /// Whether two models are the same. Without it, all searches are of the same models in the same
    /// order.
    is_same: Option<fn(&M, &M) -> bool>,
    /// If they take more bytes when a search asks for graphs, all are dropped and computed again.
    most: usize,
    kept: Mutex<Vec<Arc<Shared<M>>>>,
}

/// The graphs of one topology of a universe, for searches that see the same of an operation.
pub(super) struct Shared<M> {
    /// The universe, whatever the length of its sequences.
    universe: Universe,
    pub world: World,
    graphs: Mutex<Vec<Arc<Graph<M>>>>,
    /// What threads of earlier searches have computed.
    memos: Mutex<Vec<Memo>>,
}

impl<M: Model> Pool<M> {
    /// Returns an empty pool. If its graphs take more than this number of bytes when a search asks
    /// for others, they are dropped.
    pub fn new(most: usize) -> Self
    where
        M: PartialEq,
    {
        Pool {
            is_same: Some(M::eq),
            ..Pool::of_same_models(most)
        }
    }

    /// Returns an empty pool for searches of the same models in the same order.
    pub(super) fn of_same_models(most: usize) -> Self {
        Pool {
            is_same: None,
            most,
            kept: Mutex::default(),
        }
    }

    /// Returns whether two models do the same in a universe: whether they have the same graph, and so
    /// the same states, paths and causes beside every other model. Calls `goes_on` from time to time with
    /// the number of states and the bytes of the graphs; returns `None` if it returns false, or if
    /// sequences may have any length.
    pub(crate) fn do_the_same(
        &self,
        question: &Question<'_, M, 2>,
        goes_on: &dyn Fn(usize, usize) -> bool,
    ) -> Option<bool> {
        let universe = question.universe;
        let ops = universe.ops?;
        let [from, to] = question.infos().map(|tree| tree.commits);
        let mut codes = universe.only.iter().map(|code| code.info());
        if !codes.all(|info| info.exists(from) == info.exists(to)) {
            return Some(false);
        }
        for topology in &universe.topologies() {
            let (shared, graphs) = self.graphs(question, topology);
            let graphs = graphs.each_ref().map(|graph| &**graph);
            if !are_same(&shared.world, graphs, ops, goes_on)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Returns the graphs of all models of a question in one topology.
    pub(super) fn graphs<const N: usize>(
        &self,
        question: &Question<'_, M, N>,
        topology: &Topology,
    ) -> (Arc<Shared<M>>, [Arc<Graph<M>>; N]) {
        let mut kept = lock(&self.kept);
        if kept.iter().map(|shared| shared.bytes()).sum::<usize>() > self.most {
            kept.clear();
        }
        let known = kept.iter().find(|shared| shared.is_for(question, topology));
        let shared = known.cloned().unwrap_or_else(|| {
            kept.push(Arc::new(Shared::new(question, topology)));
            kept[kept.len() - 1].clone()
        });
        drop(kept);
        let graphs = std::array::from_fn(|side| {
            let model = question.models[side];
            let mut all = lock(&shared.graphs);
            let known = match self.is_same {
                Some(is_same) => all.iter().find(|graph| is_same(&graph.model, &model)),
                None => all.get(side),
            };
            known.cloned().unwrap_or_else(|| {
                all.push(Arc::new(Graph::new(model)));
                all[all.len() - 1].clone()
            })
        });
        (shared, graphs)
    }
}

impl<M: Model> Shared<M> {
    fn new<const N: usize>(question: &Question<'_, M, N>, topology: &Topology) -> Self {
        Shared {
            universe: of_any_length(question.universe),
            world: World::new(question.universe, topology, question.views, N == 1),
            graphs: Mutex::default(),
            memos: Mutex::default(),
        }
    }

    /// Returns whether these are the graphs for a question.
    fn is_for<const N: usize>(&self, question: &Question<'_, M, N>, topology: &Topology) -> bool {
        let world = &self.world;
        world.topology == *topology
            && world.alone == (N == 1)
            && world.views == ViewSet::of(question.views)
            && self.universe == of_any_length(question.universe)
    }

    fn bytes(&self) -> usize {
        let graphs: usize = lock(&self.graphs).iter().map(|graph| graph.bytes()).sum();
        let memos: usize = lock(&self.memos).iter().map(Memo::bytes).sum();
        graphs + memos + self.world.bytes()
    }

    /// Returns what a thread of an earlier search has computed.
    pub(super) fn memo(&self) -> Memo {
        lock(&self.memos).pop().unwrap_or_default()
    }

    /// Keeps what a thread has computed for later searches.
    pub(super) fn keep(&self, memo: Memo) {
        lock(&self.memos).push(memo);
    }
}

fn of_any_length(universe: &Universe) -> Universe {
    Universe {
        ops: None,
        binds: None,
        ..universe.clone()
    }
}

impl<M> fmt::Debug for Pool<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

impl<M> fmt::Debug for Shared<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("universe", &self.universe)
            .finish_non_exhaustive()
    }
}
