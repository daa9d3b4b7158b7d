// SPDX-License-Identifier: GPL-2.0-or-later
//! The graphs of all models in one topology.

use super::graph::Graph;
use super::graph::link::Link;
use super::past::Past;
use super::pool::{Pool, Shared};
use super::product::Expander;
use crate::question::Question;
use serde::{Deserialize, Serialize};
use spec::{Model, Topology};
use std::sync::Arc;

/// The graphs of all models in one topology, and what they have in common.
#[derive(Debug)]
pub(super) struct Arena<M, const N: usize> {
    shared: Arc<Shared<M>>,
    graphs: [Arc<Graph<M>>; N],
}

/// The part of an arena that the states of a search refer to by number.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Tables {
    /// The states of each model.
    nodes: Vec<Vec<Box<[u8]>>>,
    links: Vec<Link>,
    pasts: Vec<Vec<u8>>,
    lasts: Vec<Box<[u8]>>,
}

impl<M: Model, const N: usize> Arena<M, N> {
    /// Returns empty graphs.
    pub(super) fn new(question: &Question<'_, M, N>, topology: &Topology) -> Self {
        Arena::of(&Pool::of_same_models(0), question, topology)
    }

    /// Returns the graphs of a pool.
    pub(super) fn of(pool: &Pool<M>, question: &Question<'_, M, N>, topology: &Topology) -> Self {
        let (shared, graphs) = pool.graphs(question, topology);
        Arena { shared, graphs }
    }

    /// Makes an expander for each thread.
    pub(super) fn expanders<'a>(
        &'a self,
        question: &'a Question<'a, M, N>,
        threads: usize,
    ) -> Vec<Expander<'a, M, N>> {
        (0..threads).map(|_| self.expander(question)).collect()
    }

    pub(super) fn expander<'a>(&'a self, question: &'a Question<'a, M, N>) -> Expander<'a, M, N> {
        let graphs = self.graphs.each_ref().map(|graph| &**graph);
        Expander::new(question, &self.shared.world, graphs, self.shared.memo())
    }

    /// Keeps what expanders have computed for later searches of the pool.
    pub(super) fn keep<'a>(&'a self, expanders: Vec<Expander<'a, M, N>>) {
        for expander in expanders {
            self.shared.keep(expander.memo);
        }
    }

    /// Passes on everything that the models did, as bytes. The order is that in which a search on one
    /// thread came to it.
    pub(super) fn describe(&self, each: &mut impl FnMut(&[u8])) {
        for nodes in self.graphs.iter().map(|graph| graph.all_bytes()) {
            nodes.iter().for_each(|bytes| each(bytes));
        }
        for seen in self.shared.world.seen.all() {
            each(seen.code.name().as_bytes());
            each(format!("{:?}", seen.ret).as_bytes());
            each(&seen.events);
        }
    }

    /// Returns what the states of a search refer to by number.
    pub(super) fn tables(&self) -> Tables {
        let past = |past: &Past| {
            let mut bytes = Vec::new();
            past.pack(&mut bytes);
            bytes
        };
        let world = &self.shared.world;
        Tables {
            nodes: self.graphs.iter().map(|graph| graph.all_bytes()).collect(),
            links: world.links.all().cloned().collect(),
            pasts: world.pasts.all().map(past).collect(),
            lasts: world.lasts.all().cloned().collect(),
        }
    }

    /// Gives all of this the numbers that it had when it was saved. Nothing else may have numbers
    /// yet.
    pub(super) fn restore(&self, tables: Tables) {
        let world = &self.shared.world;
        for (graph, nodes) in self.graphs.iter().zip(tables.nodes) {
            for bytes in nodes {
                graph.add(world, &bytes);
            }
        }
        for link in tables.links {
            world.links.intern(link);
        }
        for bytes in tables.pasts {
            world.pasts.intern(Past::unpack(&bytes).0);
        }
        for last in tables.lasts {
            world.lasts.intern(last);
        }
    }
}
