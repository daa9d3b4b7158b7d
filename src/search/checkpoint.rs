// SPDX-License-Identifier: GPL-2.0-or-later
//! Checkpoints: a search saved in a file, to be continued later.
//!
//! Two lines state the format and the question; the search itself follows, and a checksum of
//! everything is at the end. The file is written under a temporary name and then renamed, so a
//! partial checkpoint never has the final name.

use super::candidates;
use super::levels::Levels;
use crate::limits::{Control, Limits};
use crate::question::Question;
use crate::universe::Universe;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::Model;
use spec::read::Refused;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use xxhash_rust::xxh3::Xxh3Default;

/// The first line of a checkpoint.
const FORMAT: &str = "svadiff-checkpoint/1";

/// The number of bytes of the checksum.
const CHECKSUM: usize = 16;

/// The progress of a search, as saved in a checkpoint.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Saved {
    /// The index of the topology that is being searched, in the order of the universe.
    pub(super) topology: usize,
    /// For the topologies before it: the numbers of distinct states and of operations, the longest
    /// path, and for each topology the paths to the cases that showed something.
    pub(super) states: usize,
    pub(super) transitions: u64,
    pub(super) depth: usize,
    pub(super) hits: Vec<Vec<candidates::Path>>,
    /// The search in this topology, if it has begun.
    pub(super) levels: Option<Levels>,
}

impl Saved {
    /// Returns whether this can be the progress of a search in `universe`.
    fn is_of(&self, universe: &Universe) -> bool {
        let topologies = universe.topologies().len();
        let is_there = match self.levels {
            Some(_) => self.topology < topologies,
            None => self.topology <= topologies,
        };
        is_there && self.hits.len() == self.topology
    }

    /// Writes a checkpoint.
    ///
    /// # Errors
    ///
    /// If the file cannot be written. An earlier checkpoint of this name stays as it was.
    pub fn write<M: Model, const N: usize>(
        &self,
        question: &Question<'_, M, N>,
        path: &Path,
    ) -> io::Result<()> {
        // The temporary name contains the process id, so that no other process writes there.
        let mut partial = path.as_os_str().to_owned();
        partial.push(format!(".{}.partial", std::process::id()));
        let write = || -> io::Result<()> {
            let mut out = Summed::new(BufWriter::new(File::create(&partial)?));
            writeln!(out, "{FORMAT}\n{}", asked(question))?;
            postcard::to_io(self, &mut out).map_err(io::Error::other)?;
            let sum = out.sum.digest128().to_le_bytes();
            out.inner.write_all(&sum)?;
            out.inner.flush()?;
            // The final name must not point at data that is not on the disk yet.
            out.inner.get_ref().sync_all()?;
            fs::rename(&partial, path)
        };
        write().inspect_err(|_| {
            // A partial checkpoint is of no use.
            let _ = fs::remove_file(&partial);
        })
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is damaged, if it was written by another version of this program,
    /// or if it is about other models, another universe or other views.
    pub fn read<M: Model, const N: usize>(
        question: &Question<'_, M, N>,
        path: &Path,
    ) -> Result<Saved, Refused> {
        let cannot = |error: io::Error| Refused::new(format_args!("cannot be read: {error}"));
        // Opening a pipe would block until another process opens its other end.
        let metadata = fs::metadata(path).map_err(cannot)?;
        if !metadata.is_file() {
            return Err(Refused::new("not a file, so no checkpoint"));
        }
        let file = File::open(path).map_err(cannot)?;
        let length = metadata.len();
        let damaged = || Refused::new("damaged, or cut short; there is nothing to go on from");
        let mut file = BufReader::new(file);
        let mut line = || -> Result<String, Refused> {
            let mut line = Vec::new();
            loop {
                let mut byte = [0];
                match file.read(&mut byte).map_err(cannot)? {
                    1 if byte[0] != b'\n' && line.len() < 1 << 20 => line.push(byte[0]),
                    _ => return Ok(String::from_utf8_lossy(&line).into_owned()),
                }
            }
        };
        let (format, header) = (line()?, line()?);
        if format != FORMAT {
            return Err(Refused::new("not a checkpoint of a search"));
        }
        let asked = asked(question);
        let theirs: Value = serde_json::from_str(&header).map_err(|_| damaged())?;
        for (key, mine) in asked.as_object().into_iter().flatten() {
            if theirs.get(key) != Some(mine) {
                let other = match key.as_str() {
                    "models" => "other models",
                    "universe" => "another universe",
                    "views" => "other views",
                    _ => "another version of this program",
                };
                return Err(Refused::new(format_args!("a checkpoint of {other}")));
            }
        }
        let begun = format.len() + header.len() + 2;
        let body = length.checked_sub((begun + CHECKSUM) as u64);
        let mut body = Summed::new(file.take(body.ok_or_else(damaged)?));
        body.sum.update(format!("{format}\n{header}\n").as_bytes());
        let mut page = vec![0; 4096];
        let saved: Result<Saved, _> =
            postcard::from_io((&mut body, &mut page[..])).map(|(saved, _)| saved);
        let rest = io::copy(&mut body, &mut io::sink()).map_err(cannot)?;
        let mut sum = [0; CHECKSUM];
        let file = body.inner.get_mut();
        file.read_exact(&mut sum).map_err(|_| damaged())?;
        match saved {
            Ok(saved)
                if rest == 0
                    && sum == body.sum.digest128().to_le_bytes()
                    && saved.is_of(question.universe) =>
            {
                Ok(saved)
            }
            _ => Err(damaged()),
        }
    }
}

/// Returns the question and its models as JSON. A search can be continued only if all of it is the
/// same.
fn asked<M: Model, const N: usize>(question: &Question<'_, M, N>) -> Value {
    let views: Vec<_> = question.views.iter().map(|view| view.name()).collect();
    let models: Vec<_> = question.infos().iter().map(|info| info.name()).collect();
    json!({
        "svadiff": env!("CARGO_PKG_VERSION"),
        "models": models,
        "universe": question.universe.to_json(),
        "views": views,
        "symmetry": question.universe.symmetry,
        "behaviour": format!("{:032x}", behaviour(question)),
    })
}

/// Returns a hash of what the models do in a small universe. It changes when a model changes.
fn behaviour<M: Model, const N: usize>(question: &Question<'_, M, N>) -> u128 {
    let universe = Universe {
        ops: Some(3),
        symmetry: question.universe.symmetry,
        ..Universe::default()
    };
    let small = Question {
        universe: &universe,
        ..*question
    };
    let control = Control::new(Limits::default(), None, None);
    let mut sum = 0u128;
    for topology in universe.topologies() {
        let mut levels = Levels::at_boot(&small, &topology, &control);
        let _ = levels.run(&small, &topology, 1, &control);
        sum = sum.rotate_left(1) ^ levels.sum();
    }
    sum
}

/// A reader or writer that computes the checksum of what passes through it.
struct Summed<T> {
    inner: T,
    sum: Xxh3Default,
}

impl<T> Summed<T> {
    fn new(inner: T) -> Self {
        Summed {
            inner,
            sum: Xxh3Default::new(),
        }
    }
}

impl<T: Write> Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Summed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.sum.update(&bytes[..read]);
        Ok(read)
    }
}
