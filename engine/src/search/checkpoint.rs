// SPDX-License-Identifier: GPL-2.0-or-later
//! Checkpoints: a search saved in a file, to be continued later.
//!
//! Two lines state the format and the question; the search itself follows, and a checksum of
//! everything is at the end. The file is written under a temporary name and then renamed, so a
//! partial checkpoint never has the final name.

use super::arena::Arena;
use super::candidates;
use super::levels::Levels;
use crate::files;
use crate::limits::{Control, Limits};
use crate::question::Question;
use crate::universe::Universe;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use spec::Model;
use spec::read::Refused;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::Xxh3Default;

/// The first line of a checkpoint.
const FORMAT: &str = "svadiff-checkpoint/3";

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
    /// Whether some of their states were told apart by fingerprints.
    pub(super) fingerprints: bool,
    /// The search in this topology, if it has begun.
    pub(super) levels: Option<Levels>,
}

impl Saved {
    /// Returns the progress of a search that is over; `None` if it stopped in a topology.
    pub(crate) fn finished(&self) -> Option<Saved> {
        self.levels.is_none().then(|| Saved {
            hits: self.hits.clone(),
            levels: None,
            ..*self
        })
    }

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
        let partial = self.written(question, path)?;
        files::rename(partial, path).map(drop)
    }

    /// Writes a checkpoint to a temporary file.
    fn written<M: Model, const N: usize>(
        &self,
        question: &Question<'_, M, N>,
        path: &Path,
    ) -> io::Result<NamedTempFile> {
        let mut partial = files::beside(path)?;
        let mut out = Summed::new(BufWriter::new(partial.as_file_mut()));
        writeln!(out, "{FORMAT}\n{}", asked(question))?;
        let result = postcard::to_io(self, &mut out).map(drop);
        if let Err(error) = result {
            // On a full disk, postcard only reports a full buffer; return the error of the system.
            return Err(out.failed.unwrap_or_else(|| io::Error::other(error)));
        }
        let sum = out.sum.digest128().to_le_bytes();
        out.inner.write_all(&sum)?;
        out.inner.flush()?;
        drop(out);
        // The final name must not point at data that is not on the disk yet.
        partial.as_file().sync_all()?;
        Ok(partial)
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
            let other = "a checkpoint of another version of this program";
            return Err(Refused::new(
                match format.starts_with("svadiff-checkpoint/") {
                    true => other,
                    false => "not a checkpoint of a search",
                },
            ));
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

/// The file that a search is saved in. It is locked, so no other search uses it.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    /// The locked file; `None` until it is written for the first time.
    held: Option<File>,
}

impl Checkpoint {
    /// Returns a checkpoint that is not written yet.
    ///
    /// # Errors
    ///
    /// If the name exists.
    pub fn new(path: &Path) -> Result<Checkpoint, Refused> {
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_file() => Err(Refused::new(IS_THERE)),
            Ok(_) => Err(Refused::new(
                "is not a regular file, so no search can be saved in it; try another name",
            )),
            Err(_) => Ok(Checkpoint {
                path: path.to_owned(),
                held: None,
            }),
        }
    }

    /// Opens and locks a checkpoint. The lock ends when the value is dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no file, or is locked.
    pub fn resume(path: &Path) -> Result<Checkpoint, Refused> {
        let cannot = |error: io::Error| Refused::new(format_args!("cannot be read: {error}"));
        loop {
            // Opening a pipe would wait for its other end.
            if !fs::metadata(path).map_err(cannot)?.is_file() {
                return Err(Refused::new("not a file, so no checkpoint"));
            }
            let path = fs::canonicalize(path).map_err(cannot)?;
            let file = File::open(&path).map_err(cannot)?;
            lock(&file)?;
            // Another search may have replaced the file before the lock.
            if is_at(&file, &path) {
                let held = Some(file);
                return Ok(Checkpoint { path, held });
            }
        }
    }

    /// Reads the checkpoint.
    ///
    /// # Errors
    ///
    /// As [`Saved::read`].
    pub fn read<M: Model, const N: usize>(
        &self,
        question: &Question<'_, M, N>,
    ) -> Result<Saved, Refused> {
        Saved::read(question, &self.path)
    }

    /// Writes the checkpoint.
    ///
    /// # Errors
    ///
    /// If it cannot be written, or if another search has created it meanwhile. An earlier checkpoint
    /// stays as it was.
    pub fn write<M: Model, const N: usize>(
        &mut self,
        saved: &Saved,
        question: &Question<'_, M, N>,
    ) -> Result<(), Refused> {
        let cannot = |error: io::Error| Refused::new(format_args!("cannot be written: {error}"));
        let partial = saved.written(question, &self.path).map_err(cannot)?;
        // Locked before it has the name, so that no other search can lock it first.
        lock(partial.as_file())?;
        let file = match self.held {
            Some(_) => files::rename(partial, &self.path),
            None => files::rename_new(partial, &self.path),
        };
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Refused::new(IS_THERE),
            _ => cannot(error),
        })?;
        self.held = Some(file);
        Ok(())
    }
}

const IS_THERE: &str = "is there already; add --resume to go on from it, or remove it";

fn lock(file: &File) -> Result<(), Refused> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Refused::new(
            "another search is being saved in it; wait for its end, or try another name",
        )),
        Err(TryLockError::Error(error)) => {
            Err(Refused::new(format_args!("cannot be locked: {error}")))
        }
    }
}

/// Returns whether an open file is the one that has this name now.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: fs::Metadata, b: fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    let both = file.metadata().and_then(|a| Ok((a, fs::metadata(path)?)));
    both.is_ok_and(|(a, b)| same(a, b))
}

/// Returns true: on other systems, an open file keeps its name.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Returns the question and its models. A search can be continued only if all of this is the same.
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

/// Returns a hash of the behaviour of the models in a small universe. It changes when a model
/// changes.
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
    let mut sum = Xxh3Default::new();
    for topology in universe.topologies() {
        let arena = Arena::new(&small, &topology);
        let mut expanders = arena.expanders(&small, 1);
        let mut levels = Levels::at_boot(&mut expanders[0], &control);
        let _ = levels.run(&small, &mut expanders, &control);
        arena.describe(&mut |bytes| sum.update(bytes));
    }
    sum.digest128()
}

/// A reader or writer that computes the checksum of the bytes that pass through it.
struct Summed<T> {
    inner: T,
    sum: Xxh3Default,
    /// The error of a failed write.
    failed: Option<io::Error>,
}

impl<T> Summed<T> {
    fn new(inner: T) -> Self {
        Summed {
            inner,
            sum: Xxh3Default::new(),
            failed: None,
        }
    }
}

impl<T> Summed<T> {
    /// Keeps an error in `failed`, and returns an error of the same kind.
    fn keep<R>(&mut self, result: io::Result<R>) -> io::Result<R> {
        result.map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }
}

impl<T: Write> Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        let written = self.keep(result)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        self.keep(result)
    }
}

impl<T: Read> Read for Summed<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.sum.update(&bytes[..read]);
        Ok(read)
    }
}
