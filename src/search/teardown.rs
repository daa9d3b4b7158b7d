// SPDX-License-Identifier: GPL-2.0-or-later
//! Teardowns, as ways through the graph of a model.

use super::graph::link::moved_pair;
use super::graph::{ABSENT, Entry};
use super::product::Expander;
use super::state::State;
use spec::trace::Call;
use spec::{At, Model, Ret, Splat};

/// The result of a teardown of one model.
#[derive(Debug)]
pub(super) struct Ended {
    /// `Ok`, or the oops or hang that ended it.
    pub ret: Ret,
    /// Decisions and splats as bytes.
    pub events: Vec<u8>,
    pub splats: Vec<(Splat, At)>,
    /// The driver calls, if they are compared, under the names of the state.
    pub calls: Vec<Call>,
    /// The number of what remains, under the names of the state.
    pub left: u32,
}

impl<M: Model, const N: usize> Expander<'_, M, N> {
    /// Runs the teardown of one model: releases what operations hold, in order, then ends every
    /// process. `lost` are the numbers of handles and domains that the state does not contain.
    pub(super) fn end(&mut self, state: &State<N>, side: usize, mut lost: [u32; 2]) -> Ended {
        let (world, graph) = (self.world, self.graphs[side]);
        let mut node = state.nodes[side];
        // The names in the state of what has names in the node.
        let mut names = state.names[side];
        let mut ended = Ended {
            ret: Ret::Ok,
            events: Vec::new(),
            splats: Vec::new(),
            calls: Vec::new(),
            left: 0,
        };
        let nr_mms = graph.node(node).nr_mms as usize;
        let pairs = world.links.get(state.link).pairs.iter();
        let mut held: Vec<u8> = pairs.map(|pair| pair[side]).collect();
        let alive = names.mms.set(graph.node(node).alive, nr_mms);
        let mms = (0..nr_mms).filter(|mm| alive >> mm & 1 != 0);
        let releases = (0..held.len()).map(Release::Op);
        for release in releases.chain(mms.map(Release::Mm)) {
            let ends = graph.ends(world, &mut self.stepper, node);
            let entry: Entry = match release {
                Release::Op(op) => match held[op] {
                    0 => continue,
                    of => ends[of as usize - 1],
                },
                Release::Mm(mm) => {
                    let mm = names.mms.inverse(nr_mms).get(mm);
                    ends[graph.node(node).resources.len() + mm]
                }
            };
            let info = world.infos.get(entry.info);
            let seen = world.seen.get(info.seen);
            ended.events.extend(&seen.events);
            ended.splats.extend(&seen.splats);
            if world.compares_calls() {
                let renamed = self.memo.seen(world, info.seen, names);
                ended.calls.extend(&world.seen.get(renamed).calls);
            }
            if entry.next == ABSENT {
                ended.ret = seen.ret;
                return ended;
            }
            let effect = world.effects.get(info.effect);
            if let Release::Op(op) = release {
                held[op] = 0;
            }
            for of in &mut held {
                *of = moved_pair([*of, 0], [effect; 2])[0];
            }
            lost[0] += u32::from(info.lost[0]);
            lost[1] += u32::from(info.lost[1]);
            names = world.symmetry.after(names, info.inverse, nr_mms);
            node = entry.next;
        }
        ended.left = self.memo.left(world, graph.left(world, node), names, lost);
        ended
    }
}

/// One step of a teardown.
enum Release {
    /// The operation at this position releases what it holds.
    Op(usize),
    /// The process of the mm with this name in the state ends.
    Mm(usize),
}
