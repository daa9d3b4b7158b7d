// SPDX-License-Identifier: GPL-2.0-or-later
//! The states of one level, with a path to each.

use super::codec::Codec;
use super::graph::symmetry::{Mms, Names};
use super::state::State;
use serde::{Deserialize, Serialize};

/// States of one level, in the order in which they were reached.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Frontier {
    segments: Vec<Segment>,
    /// The number of the last operation before each state.
    lasts: Vec<u32>,
    /// The paths to the states, all of one length.
    paths: Vec<u8>,
}

/// Some states, written in the same way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Segment {
    codec: Codec,
    words: Words,
}

/// A state: link and past, then for each model the node and the names.
type Whole = (u32, u32, [(u32, u8, u64); 2]);

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Words {
    Narrow(Vec<u64>),
    Wide(Vec<u128>),
    /// States that no word can hold.
    Whole(Vec<Whole>),
}

impl Words {
    fn len(&self) -> usize {
        match self {
            Words::Narrow(words) => words.len(),
            Words::Wide(words) => words.len(),
            Words::Whole(states) => states.len(),
        }
    }
}

impl Frontier {
    /// Returns the number of states.
    pub(super) fn len(&self) -> usize {
        self.lasts.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lasts.is_empty()
    }

    /// Appends a state. The codec has to be wide enough for it.
    pub(super) fn push<const N: usize>(
        &mut self,
        codec: Codec,
        (state, nr_mms): (&State<N>, usize),
        last: u32,
        path: impl FnOnce(&mut Vec<u8>),
    ) {
        if self
            .segments
            .last()
            .is_none_or(|segment| segment.codec != codec)
        {
            let words = match (codec.is_narrow(), codec.is_exact()) {
                (true, _) => Words::Narrow(Vec::new()),
                (_, true) => Words::Wide(Vec::new()),
                _ => Words::Whole(Vec::new()),
            };
            self.segments.push(Segment { codec, words });
        }
        let segment = self.segments.last_mut().expect("one was pushed");
        let word = || codec.word(state, nr_mms).expect("it is wide enough");
        match &mut segment.words {
            Words::Narrow(words) => push(words, word() as u64),
            Words::Wide(words) => push(words, word()),
            Words::Whole(states) => {
                let of = |side: usize| match state.nodes.get(side) {
                    Some(&node) => {
                        let names = state.names[side];
                        (node, names.dev, names.mms.code(nr_mms))
                    }
                    None => (0, 0, 0),
                };
                push(states, (state.link, state.past, [of(0), of(1)]));
            }
        }
        push(&mut self.lasts, last);
        reserve(&mut self.paths, 64);
        path(&mut self.paths);
    }

    /// Returns the state at a position. `nr_mms` returns the number of mms of a state of the first
    /// model.
    #[inline]
    pub(super) fn state<const N: usize>(
        &self,
        at: usize,
        nr_mms: impl Fn(u32) -> usize,
    ) -> State<N> {
        let mut at = at;
        let mut segments = self.segments.iter();
        let segment = loop {
            let segment = segments.next().expect("a position in the frontier");
            match at < segment.words.len() {
                true => break segment,
                false => at -= segment.words.len(),
            }
        };
        match &segment.words {
            Words::Narrow(words) => segment.codec.state(words[at].into(), nr_mms),
            Words::Wide(words) => segment.codec.state(words[at], nr_mms),
            Words::Whole(states) => {
                let (link, past, sides) = states[at];
                let nr = nr_mms(sides[0].0);
                State {
                    nodes: std::array::from_fn(|side| sides[side].0),
                    names: std::array::from_fn(|side| Names {
                        dev: sides[side].1,
                        mms: Mms::of_code(sides[side].2, nr),
                    }),
                    link,
                    past,
                }
            }
        }
    }

    /// Returns the number of the last operation before a state.
    pub(super) fn last(&self, at: usize) -> u32 {
        self.lasts[at]
    }

    /// Returns the path to a state.
    pub(super) fn path(&self, at: usize) -> &[u8] {
        let length = self.paths.len() / self.lasts.len();
        &self.paths[at * length..][..length]
    }

    /// Returns the bytes that the states take.
    pub(super) fn bytes(&self) -> usize {
        let words = self.segments.iter().map(|segment| match &segment.words {
            Words::Narrow(words) => words.capacity() * 8,
            Words::Wide(words) => words.capacity() * 16,
            Words::Whole(states) => states.capacity() * 48,
        });
        words.sum::<usize>() + self.lasts.capacity() * 4 + self.paths.capacity()
    }
}

/// Appends an item to a list that grows in small steps.
fn push<T>(list: &mut Vec<T>, item: T) {
    reserve(list, 1);
    list.push(item);
}

fn reserve<T>(list: &mut Vec<T>, items: usize) {
    if list.len() + items > list.capacity() {
        list.reserve_exact((list.len() / 4).max(64).max(items));
    }
}
