// SPDX-License-Identifier: GPL-2.0-or-later
//! The cause of a difference: when two counterexamples are one finding.
//!
//! A cause names the decisions of the kernels, not the operations around them, so that a hundred
//! cases that come to the same line for the same reason are one finding.

use serde_json::{Value, json};
use spec::trace::Live;
use spec::{Cite, Decision, Errno, Info, Ret, Splat};
use std::fmt;

/// One of the two models that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first one.
    From = 0,
    /// The second one.
    To = 1,
    /// Both alike: what no kernel may ever do is worth saying then as well.
    Both,
}

impl Side {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Side::From => "from",
            Side::To => "to",
            Side::Both => "both",
        }
    }

    /// Which of the two says what there is to say: of both, the first.
    pub fn index(self) -> usize {
        match self {
            Side::From | Side::Both => 0,
            Side::To => 1,
        }
    }
}

/// What an operation returned, without what varies from case to case.
#[derive(Clone, Copy, Debug, Eq)]
pub enum Outcome {
    /// A handle, of an operation that ran at the same time as another, where the other kernel
    /// returned none: whether it is a new one depends on who was first to return it.
    Handle,
    /// A handle that no earlier operation returned.
    NewHandle,
    /// A handle that an earlier operation returned already.
    SameHandle,
    /// Done.
    Ok,
    /// A PASID.
    Pasid,
    /// No PASID, or no answer.
    Invalid,
    /// An mm.
    Mm,
    /// An attached domain.
    Domain,
    /// An error. Which one, the decision says; for the cause all are alike, since an injected
    /// fault can have any.
    Err(Errno),
    /// Not done.
    Skipped,
    /// An oops or a hang.
    Died,
}

impl Outcome {
    /// What was returned, where a handle is not a new one.
    pub(crate) fn of(ret: Ret) -> Self {
        match ret {
            Ret::Handle { .. } => Outcome::SameHandle,
            Ret::Ok => Outcome::Ok,
            Ret::Pasid(_) => Outcome::Pasid,
            Ret::Invalid => Outcome::Invalid,
            Ret::Mm(_) => Outcome::Mm,
            Ret::Domain(_) => Outcome::Domain,
            Ret::Err(errno) => Outcome::Err(errno),
            Ret::Skipped => Outcome::Skipped,
            Ret::Oops | Ret::Hang | Ret::Unfinished => Outcome::Died,
        }
    }

    fn key(self) -> u8 {
        match self {
            Outcome::Handle => 10,
            Outcome::NewHandle => 0,
            Outcome::SameHandle => 1,
            Outcome::Ok => 2,
            Outcome::Pasid => 3,
            Outcome::Invalid => 4,
            Outcome::Mm => 5,
            Outcome::Domain => 6,
            Outcome::Err(_) => 7,
            Outcome::Skipped => 8,
            Outcome::Died => 9,
        }
    }
}

impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl std::hash::Hash for Outcome {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Handle => "a handle",
            Outcome::NewHandle => "a new handle",
            Outcome::SameHandle => "the handle of an earlier bind",
            Outcome::Ok => "ok",
            Outcome::Pasid => "a PASID",
            Outcome::Invalid => "invalid",
            Outcome::Mm => "an mm",
            Outcome::Domain => "success",
            Outcome::Err(errno) => return write!(f, "-{}", errno.name()),
            Outcome::Skipped => "skipped",
            Outcome::Died => "an oops or a hang",
        })
    }
}

/// What is left after a teardown: the first of these kinds in which two kernels differ. What comes
/// later in the list is held by what comes earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Left {
    /// Handles.
    Handles,
    /// Entries of a group's array that point at freed memory.
    Dangling,
    /// Entries of a group's array.
    Attached,
    /// Domains.
    Domains,
    /// References to mms.
    MmCount,
    /// Global PASIDs.
    Pasids,
}

impl Left {
    pub(crate) const ALL: [Left; 6] = [
        Left::Handles,
        Left::Dangling,
        Left::Attached,
        Left::Domains,
        Left::MmCount,
        Left::Pasids,
    ];

    /// The first kind in which they differ, and who leaves more.
    pub fn compare(from: &Live, to: &Live) -> Option<(Side, Left)> {
        Left::ALL.into_iter().find_map(|left| {
            let (a, b) = (left.count(from), left.count(to));
            let side = if a > b { Side::From } else { Side::To };
            let differs = a != b || !left.distance(from, to).iter().all(|d| *d == 0);
            differs.then_some((side, left))
        })
    }

    /// How much of it there is.
    pub(crate) fn count(self, live: &Live) -> u64 {
        match self {
            Left::Handles => live.handles.into(),
            Left::Dangling => live.attached.iter().filter(|entry| entry.freed).count() as u64,
            Left::Attached => live.attached.len() as u64,
            Left::Domains => live.domains.into(),
            Left::MmCount => live.mm_count.iter().map(|&count| u64::from(count)).sum(),
            Left::Pasids => live.pasids.len() as u64,
        }
    }

    /// How two states differ in this kind: all zeros where they do not.
    pub(crate) fn distance(self, from: &Live, to: &Live) -> Vec<i64> {
        match self {
            Left::Dangling | Left::Attached => {
                let entries = |live: &Live| -> Vec<i64> {
                    let all = live.attached.iter();
                    all.filter(|entry| self == Left::Attached || entry.freed)
                        .map(|entry| (i64::from(entry.group) << 16 | i64::from(entry.pasid)) + 1)
                        .collect()
                };
                let (a, b) = (entries(from), entries(to));
                let only = |x: &[i64], y: &[i64], sign: i64| -> Vec<i64> {
                    let x = x.iter().filter(|entry| !y.contains(entry));
                    x.map(|entry| sign * entry).collect()
                };
                [only(&a, &b, -1), only(&b, &a, 1)].concat()
            }
            Left::MmCount => {
                let mms = from.mm_count.len().max(to.mm_count.len());
                let count =
                    |live: &Live, mm: usize| live.mm_count.get(mm).map_or(0, |&n| i64::from(n));
                let distance = (0..mms).map(|mm| count(to, mm) - count(from, mm));
                let mut distance: Vec<i64> = distance.collect();
                // A fork makes the list longer, and no difference.
                while distance.last() == Some(&0) {
                    distance.pop();
                }
                distance
            }
            _ => vec![self.count(to) as i64 - self.count(from) as i64],
        }
    }

    /// Its name in JSON, and in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Left::Handles => "handles",
            Left::Dangling => "attached to freed memory",
            Left::Attached => "attached",
            Left::Domains => "domains",
            Left::MmCount => "mm_count",
            Left::Pasids => "pasids",
        }
    }
}

/// Why two recordings differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// An operation returned something else.
    Returned {
        /// The operation's name.
        op: &'static str,
        /// What the first model returned, and what decided.
        from: (Outcome, Option<Decision>),
        /// The same of the second model.
        to: (Outcome, Option<Decision>),
    },
    /// A device is attached in one kernel and not in the other, and something shows it: a page
    /// request, or a driver that wants the PASID.
    Attached {
        /// Where it is attached.
        side: Side,
        /// The name of the operation since which it is so.
        op: &'static str,
        /// What decided in that operation.
        decided: [Option<Decision>; 2],
    },
    /// One of them complained, or died.
    Complained {
        /// Which one.
        side: Side,
        /// Of what.
        splat: Splat,
        /// The statement that did; `None` where the statement is not to blame.
        at: Option<Cite>,
    },
    /// One of them left more behind.
    Leaked {
        /// Which one.
        side: Side,
        /// What.
        left: Left,
        /// What it decided at the point where the other one let go.
        decided: Option<Decision>,
    },
    /// An entry of a group's array points at freed memory.
    Dangles {
        /// What decided when the memory was freed.
        decided: Option<Decision>,
    },
    /// The driver was called differently.
    Called {
        /// The operation's name.
        op: &'static str,
        /// What decided.
        decided: [Option<Decision>; 2],
    },
    /// Something else existed afterwards.
    Existed {
        /// The operation's name.
        op: &'static str,
        /// What decided.
        decided: [Option<Decision>; 2],
    },
}

impl Cause {
    /// Whether it is something that both do, where there are two.
    pub(crate) fn is_of_both(&self) -> bool {
        match self {
            Cause::Complained { side, .. } | Cause::Leaked { side, .. } => *side == Side::Both,
            Cause::Dangles { .. } => true,
            _ => false,
        }
    }

    /// Says that both do it, where it is something that one side does.
    pub(crate) fn lay_to_both(&mut self) {
        if let Cause::Complained { side, .. } | Cause::Leaked { side, .. } = self {
            *side = Side::Both;
        }
    }

    /// The signature in JSON, for models with this information.
    pub fn to_json(&self, infos: [&Info; 2]) -> Value {
        let returned = |(outcome, decided): &(Outcome, Option<Decision>), info| {
            let returned = match outcome {
                Outcome::Err(_) => "an error".to_owned(),
                other => other.to_string(),
            };
            json!({"returned": returned, "decided_by": decided_by(*decided, info)})
        };
        match self {
            Cause::Returned { op, from, to } => json!({
                "view": "api",
                "op": op,
                "from": returned(from, infos[0]),
                "to": returned(to, infos[1]),
            }),
            Cause::Attached { side, op, decided } => json!({
                "view": "api",
                "op": op,
                "attached": side.name(),
                "from": decided_by(decided[0], infos[0]),
                "to": decided_by(decided[1], infos[1]),
            }),
            Cause::Complained { side, splat, at } => json!({
                "view": "splat",
                "side": side.name(),
                "splat": splat.text(),
                "at": at.map(|at| cite(at, infos[side.index()])),
            }),
            Cause::Leaked {
                side,
                left,
                decided,
            } => json!({
                "view": "leak",
                "side": side.name(),
                "left": left.name(),
                "decided_by": decided_by(*decided, infos[side.index()]),
            }),
            Cause::Dangles { decided } => json!({
                "view": "state",
                "left": Left::Dangling.name(),
                "decided_by": decided_by(*decided, infos[0]),
            }),
            Cause::Called { op, decided } | Cause::Existed { op, decided } => json!({
                "view": if matches!(self, Cause::Called { .. }) { "driver" } else { "state" },
                "op": op,
                "from": decided_by(decided[0], infos[0]),
                "to": decided_by(decided[1], infos[1]),
            }),
        }
    }
}

/// A citation in JSON.
pub fn cite(cite: Cite, info: &Info) -> Value {
    json!({
        "file": cite.file.path(),
        "line": cite.line,
        "revision": cite.revision(info),
    })
}

/// The citations of a decision in JSON: the line that decided, then the line that it heeded.
pub fn decided_by(decision: Option<Decision>, info: &Info) -> Value {
    let cites = decision
        .into_iter()
        .flat_map(|decision| [Some(decision.at), decision.because])
        .flatten();
    cites.map(|at| cite(at, info)).collect()
}
