// SPDX-License-Identifier: GPL-2.0-or-later
//! The states of one level, with a path to each.
//!
//! States that were reached one after the other have similar paths, so of most paths only the part
//! that differs from the path before is stored. States that are no longer needed are dropped while
//! the level is expanded.

use super::codec::Codec;
use super::graph::symmetry::{Mms, Names};
use super::state::State;
use serde::{Deserialize, Serialize};

/// States of one level, in the order in which they were reached.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Frontier {
    chunks: Vec<Chunk>,
    len: usize,
    /// The length of every path, in bytes.
    length: usize,
    /// The number of chunks that were dropped.
    dropped: usize,
    /// The path that was appended last, and one that is being appended.
    #[serde(skip)]
    paths: [Vec<u8>; 2],
}

/// Some states, written in the same way.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Chunk {
    codec: Codec,
    /// The position of its first state in the level.
    first: usize,
    len: usize,
    /// The states, each in the same number of bytes.
    states: Vec<u8>,
    /// For each state the number of its last operation and its path.
    paths: Vec<u8>,
    /// The positions in `paths` of the states whose path is stored as a whole.
    whole: Vec<u32>,
}

/// The most states of a chunk.
const CHUNK: usize = 1 << 10;
/// One path in so many is stored as a whole.
const WHOLE: usize = 64;
/// The bytes of a state that no word can hold.
const WIDE: usize = 2 * 4 + 2 * (4 + 1 + 8);

impl Chunk {
    fn new(codec: Codec, first: usize) -> Self {
        Chunk {
            codec,
            first,
            len: 0,
            states: Vec::with_capacity(CHUNK * codec.bytes().unwrap_or(WIDE)),
            paths: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// Returns a state by its position in the chunk.
    #[inline]
    fn state<const N: usize>(&self, at: usize, nr_mms: impl Fn(u32) -> usize) -> State<N> {
        let Some(bytes) = self.codec.bytes() else {
            return wide(&self.states[at * WIDE..], nr_mms);
        };
        let mut word = [0; 16];
        word[..bytes].copy_from_slice(&self.states[at * bytes..][..bytes]);
        self.codec.state(u128::from_le_bytes(word) + 1, nr_mms)
    }
}

impl Frontier {
    /// Returns the number of states, with those that were dropped.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a state by its word in a codec that is wide enough for it, with the number of its last
    /// operation and its path. `state` returns the state and its number of mms.
    pub(super) fn push<const N: usize>(
        &mut self,
        codec: Codec,
        (word, state): (u128, impl FnOnce() -> (State<N>, usize)),
        last: u32,
        path: impl FnOnce(&mut Vec<u8>),
    ) {
        let fits = |chunk: &Chunk| chunk.codec == codec && chunk.len < CHUNK;
        if !self.chunks.last().is_some_and(fits) {
            if let Some(full) = self.chunks.last_mut() {
                full.states.shrink_to_fit();
                full.paths.shrink_to_fit();
            }
            self.chunks.push(Chunk::new(codec, self.len));
        }
        let chunk = self.chunks.last_mut().expect("one was pushed");
        match codec.bytes() {
            Some(bytes) => chunk.states.extend(&(word - 1).to_le_bytes()[..bytes]),
            None => {
                let (state, nr_mms) = state();
                write_wide(&mut chunk.states, &state, nr_mms);
            }
        }
        let [before, this] = &mut self.paths;
        this.clear();
        path(this);
        self.length = this.len();
        if chunk.len.is_multiple_of(WHOLE) {
            chunk.whole.push(chunk.paths.len() as u32);
            write_number(&mut chunk.paths, last);
            chunk.paths.extend(&*this);
        } else {
            let same = this.iter().zip(&*before).take_while(|(a, b)| a == b);
            let same = same.count();
            write_number(&mut chunk.paths, last);
            debug_assert!(same <= usize::from(u8::MAX), "paths are short");
            chunk.paths.push(same as u8);
            chunk.paths.extend(&this[same..]);
        }
        self.paths.swap(0, 1);
        chunk.len += 1;
        self.len += 1;
    }

    /// Returns the position of the chunk of a state.
    #[inline]
    fn chunk(&self, at: usize) -> usize {
        self.chunks.partition_point(|chunk| chunk.first <= at) - 1
    }

    /// Returns the state at a position. `nr_mms` returns the number of mms of a state of the first
    /// model.
    #[inline]
    pub(super) fn state<const N: usize>(
        &self,
        at: usize,
        nr_mms: impl Fn(u32) -> usize,
    ) -> State<N> {
        let chunk = &self.chunks[self.chunk(at)];
        chunk.state(at - chunk.first, nr_mms)
    }

    /// Starts to read paths at the path of this state.
    pub(super) fn walk(&self, at: usize) -> Walk<'_> {
        let chunk = self.chunk(at);
        let this = &self.chunks[chunk];
        let whole = (at - this.first) / WHOLE;
        let mut walk = Walk {
            frontier: self,
            next: this.first + whole * WHOLE,
            chunk,
            position: this.whole[whole] as usize,
            path: Vec::with_capacity(self.length),
            last: 0,
        };
        walk.to(at);
        walk
    }

    /// Drops states in front of this position.
    pub(super) fn drop_before(&mut self, at: usize) {
        while let Some(chunk) = self.chunks.get_mut(self.dropped)
            && chunk.first + chunk.len <= at
        {
            chunk.states = Vec::new();
            chunk.paths = Vec::new();
            chunk.whole = Vec::new();
            self.dropped += 1;
        }
    }

    /// Returns the bytes that the states take.
    pub(super) fn bytes(&self) -> usize {
        let bytes = |chunk: &Chunk| {
            chunk.states.capacity() + chunk.paths.capacity() + 4 * chunk.whole.capacity()
        };
        let own = self.chunks.capacity() * size_of::<Chunk>();
        own + self.chunks[self.dropped..].iter().map(bytes).sum::<usize>()
    }
}

/// Reads the paths of the states of a level one after the other.
pub(super) struct Walk<'a> {
    frontier: &'a Frontier,
    /// The position of the state whose path is read next, its chunk, and where it begins there.
    next: usize,
    chunk: usize,
    position: usize,
    path: Vec<u8>,
    last: u32,
}

impl Walk<'_> {
    /// Goes on to a state, which must not be in front of the present one.
    #[inline]
    pub(super) fn to(&mut self, at: usize) {
        debug_assert!(at + 1 >= self.next, "paths are read in order");
        while self.next <= at {
            self.step();
        }
    }

    fn step(&mut self) {
        let mut chunk = &self.frontier.chunks[self.chunk];
        if self.next - chunk.first == chunk.len {
            self.chunk += 1;
            self.position = 0;
            chunk = &self.frontier.chunks[self.chunk];
        }
        let mut bytes = &chunk.paths[self.position..];
        let before = bytes.len();
        self.last = read_number(&mut bytes);
        let mut same = 0;
        if !(self.next - chunk.first).is_multiple_of(WHOLE) {
            same = bytes[0] as usize;
            bytes = &bytes[1..];
        }
        let (rest, after) = bytes.split_at(self.frontier.length - same);
        self.path.truncate(same);
        self.path.extend_from_slice(rest);
        self.position += before - after.len();
        self.next += 1;
    }

    /// Returns the path to the state.
    #[inline]
    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }

    /// Returns the number of the last operation before the state.
    #[inline]
    pub(super) fn last(&self) -> u32 {
        self.last
    }
}

/// Appends a number in groups of seven bits, the lowest first.
fn write_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}

/// Appends a state that no word can hold.
fn write_wide<const N: usize>(out: &mut Vec<u8>, state: &State<N>, nr_mms: usize) {
    out.extend(state.link.to_le_bytes());
    out.extend(state.past.to_le_bytes());
    for side in 0..2 {
        let names = state.names.get(side).copied().unwrap_or(Names::SAME);
        out.extend(state.nodes.get(side).unwrap_or(&0).to_le_bytes());
        out.push(names.dev);
        out.extend(names.mms.code(nr_mms).to_le_bytes());
    }
}

fn wide<const N: usize>(mut bytes: &[u8], nr_mms: impl Fn(u32) -> usize) -> State<N> {
    let mut number = |length: usize| {
        let mut number = [0; 8];
        number[..length].copy_from_slice(&bytes[..length]);
        bytes = &bytes[length..];
        u64::from_le_bytes(number)
    };
    let (link, past) = (number(4) as u32, number(4) as u32);
    let sides = [(); 2].map(|()| (number(4) as u32, number(1) as u8, number(8)));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn state(at: u32) -> State<2> {
        State {
            nodes: [at, at / 3],
            names: [Names::SAME; 2],
            link: at % 7,
            past: at % 2,
        }
    }

    /// A path of twelve bytes; many have the same beginning.
    fn path(at: u32) -> Vec<u8> {
        let bytes = u64::from(at) * 31;
        [&[7; 4][..], &bytes.to_be_bytes()].concat()
    }

    #[test]
    fn states_and_paths_are_as_they_were_appended() {
        let mut codec = Codec::new(true);
        let mut level = Frontier::default();
        let all = 5000;
        for at in 0..all {
            // Now and then, numbers become wider.
            codec.widen(&state(at), 1);
            let word = codec.word(&state(at), 1).expect("it is wide enough");
            level.push(codec, (word, || (state(at), 1)), at * 9, |to| {
                to.extend(path(at))
            });
        }
        assert_eq!(level.len(), all as usize);
        for from in [0, 1, 63, 64, 65, 1023, 1024, 4999] {
            let mut walk = level.walk(from as usize);
            for at in (from..all).step_by(1 + from as usize % 5) {
                walk.to(at as usize);
                assert_eq!(walk.path(), path(at));
                assert_eq!(walk.last(), at * 9);
                assert_eq!(level.state::<2>(at as usize, |_| 1), state(at));
            }
        }
        // Of most paths, less than a half is stored.
        assert!(level.bytes() < 5000 * 15, "{}", level.bytes());
        let before = level.bytes();
        level.drop_before(4900);
        assert!(level.bytes() < before / 2);
        assert_eq!(level.state::<2>(4900, |_| 1), state(4900));
        assert_eq!(level.walk(4900).path(), path(4900));
    }

    #[test]
    fn a_level_that_was_saved_goes_on() {
        let mut codec = Codec::new(true);
        (0..4000).for_each(|at| _ = codec.widen(&state(at), 1));
        let mut level = Frontier::default();
        let push = |level: &mut Frontier, at: u32| {
            let word = codec.word(&state(at), 1).expect("it is wide enough");
            level.push(codec, (word, || (state(at), 1)), at, |to| {
                to.extend(path(at))
            });
        };
        (0..3000).for_each(|at| push(&mut level, at));
        level.drop_before(1500);
        let bytes = postcard::to_stdvec(&level).expect("bytes");
        let mut level: Frontier = postcard::from_bytes(&bytes).expect("a level");
        (3000..4000).for_each(|at| push(&mut level, at));
        let mut walk = level.walk(1500);
        for at in 1500..4000 {
            walk.to(at as usize);
            assert_eq!((walk.path(), walk.last()), (&*path(at), at));
            assert_eq!(level.state::<2>(at as usize, |_| 1), state(at));
        }
    }

    #[test]
    fn states_that_no_word_holds_are_whole() {
        let mut codec = Codec::new(false);
        let far = State {
            nodes: [u32::MAX - 1; 2],
            names: [Names {
                dev: 200,
                mms: Mms::new(|mm| 15 - mm as u8, 16),
            }; 2],
            link: u32::MAX,
            past: u32::MAX,
        };
        codec.widen(&far, 16);
        assert!(!codec.is_exact());
        let mut level = Frontier::default();
        level.push(codec, (1, || (far, 16)), 0, |_| {});
        level.push(codec, (2, || (far, 16)), 300, |_| {});
        assert_eq!(level.state::<2>(1, |_| 16), far);
        assert_eq!(level.walk(1).last(), 300);
    }
}
