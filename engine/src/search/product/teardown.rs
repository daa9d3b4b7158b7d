// SPDX-License-Identifier: GPL-2.0-or-later
//! Teardowns, as ways through the graph of a model.

use super::Expander;
use crate::judge::same_splats;
use crate::search::candidates::Keys;
use crate::search::graph::link::moved_pair;
use crate::search::graph::{ABSENT, Entry};
use crate::search::key;
use crate::search::past::Past;
use crate::search::state::State;
use spec::trace::Call;
use spec::{At, Model, Ret, Splat};

/// The result of a teardown of one model.
#[derive(Debug)]
struct Ended {
    /// `Ok`, or the oops or hang that ended it.
    ret: Ret,
    /// Decisions and splats as bytes.
    events: Vec<u8>,
    splats: Vec<(Splat, At)>,
    /// The driver calls, if they are compared, under the names of the state.
    calls: Vec<Call>,
    /// The number of what remains, under the names of the state.
    left: u32,
}

impl<M: Model, const N: usize> Expander<'_, M, N> {
    /// Returns whether every teardown of these states is quiet and leaves nothing, so that there is
    /// nothing to compare.
    #[inline]
    pub(in crate::search) fn is_clean(&mut self, nodes: &[u32; N]) -> bool {
        !self.world.compares_calls()
            && (0..N).all(|side| {
                let graph = self.graphs[side];
                graph.is_clean(self.world, &mut self.stepper, nodes[side])
            })
    }

    /// Runs the teardown in a state, and adds a candidate if it may show something new. `lost` are
    /// the numbers of handles and domains of each model that the state does not contain.
    #[inline(never)]
    pub(super) fn tear_down(
        &mut self,
        state: &State<N>,
        lost: [[u32; 2]; N],
        past: &Past,
        last: &[u8],
        known: &Keys,
    ) {
        let world = self.world;
        let ends: [_; N] = std::array::from_fn(|side| self.end(state, side, lost[side]));
        let is_over = ends.iter().any(|end| end.ret.ends_the_run());
        let left = ends.each_ref().map(|end| world.left.get(end.left));
        let (shown, what) = match (&ends[..], &left[..]) {
            ([end], [left]) => {
                let shown = is_over || !end.splats.is_empty() || !left.is_nothing();
                (shown, left.compare(&Default::default()))
            }
            ([from, to], [a, b]) => {
                let shown = from.ret != to.ret
                    || !same_splats(&from.splats, &to.splats)
                    || !is_over && a != b
                    || from.calls != to.calls;
                (shown, a.compare(b))
            }
            _ => unreachable!("one model or two"),
        };
        if !shown {
            return;
        }
        // Whatever is lost was lost in the teardown or in the last operation. If it was lost earlier,
        // an earlier state has shown it.
        self.key.clear();
        self.key.push(b'$');
        past.pack(&mut self.key);
        self.key.extend(last);
        self.key.extend(what);
        for end in &ends {
            key::ret_kind(&mut self.key, end.ret);
            self.key.extend(&end.events);
            self.key.push(0);
        }
        self.candidates
            .note(known, &self.key, &self.path, true, false);
    }
    /// Runs the teardown of one model: releases what operations hold, in order, then ends every
    /// process. `lost` are the numbers of handles and domains that the state does not contain.
    fn end(&mut self, state: &State<N>, side: usize, mut lost: [u32; 2]) -> Ended {
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
        let nr_mms = graph.nr_mms(node);
        let pairs = world.links.get(state.link).pairs.iter();
        let mut held: Vec<u8> = pairs.map(|pair| pair[side]).collect();
        let alive = names.mms.set(graph.outline(node).alive, nr_mms);
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
            let info = self.memo.info(world, entry.info());
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
