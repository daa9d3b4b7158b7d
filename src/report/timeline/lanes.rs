// SPDX-License-Identifier: GPL-2.0-or-later
//! The lives of objects: from which moment to which each one exists, and how it changes.

use spec::Case;
use spec::objects::Objects;
use spec::pasid::number;
use spec::run::Run;
use std::collections::BTreeSet;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A `struct iommu_sva`.
    Handle,
    /// A `struct iommu_domain`.
    Domain,
    /// An entry of a group's `pasid_array`.
    Attached,
    /// A global PASID.
    Pasid,
    /// A `struct mm_struct`.
    Mm,
}

impl Kind {
    /// All kinds, in the order of the lanes.
    pub const ALL: [Kind; 5] = [
        Kind::Handle,
        Kind::Domain,
        Kind::Attached,
        Kind::Pasid,
        Kind::Mm,
    ];

    /// Returns the name of the kind, also as a class of a style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Handle => "handle",
            Kind::Domain => "domain",
            Kind::Attached => "attached",
            Kind::Pasid => "pasid",
            Kind::Mm => "mm",
        }
    }
}

/// A column for objects of which no two exist at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The kind of the objects.
    pub kind: Kind,
    /// What stands above it.
    pub head: String,
    /// The objects, in the order of time.
    pub spans: Vec<Span>,
}

/// The life of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is, in words: `handle 0`.
    pub name: String,
    /// The row after which it exists; `None` if it existed at the start.
    pub born: Option<usize>,
    /// The row after which it no longer exists; `None` if it exists in the last one.
    pub died: Option<usize>,
    /// Whether it is left by the teardown.
    pub is_leaked: bool,
    /// What is written on it: at its birth, and at each change.
    pub labels: Vec<Label>,
    /// For a handle: the rows after which it has another domain, each with the name of the domain.
    pub domains: Vec<(usize, String)>,
}

/// What is written on the life of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The row; `None` for the start.
    pub row: Option<usize>,
    /// The text, a few characters.
    pub text: String,
    /// Whether it tells of a defect, such as an entry that points at freed memory.
    pub is_bad: bool,
}

/// An object at one moment: whether it exists, and the text and the defect that it has then.
type State = Option<(String, bool)>;

/// Returns the objects at boot.
pub(super) fn at_boot(case: &Case) -> Objects {
    Objects::of(&Run::new(&case.topology))
}

/// Returns the lanes of a run, given the objects after each row. `is_whole` says whether the run
/// came to its end: what exists then is leaked.
pub(super) fn lanes(case: &Case, moments: &[Objects], is_whole: bool) -> Vec<Lane> {
    let start = at_boot(case);
    let all: Vec<&Objects> = std::iter::once(&start).chain(moments).collect();
    let last = all[all.len() - 1];
    let span = |name: String, of: &dyn Fn(&Objects) -> State| {
        let states: Vec<State> = all.iter().map(|objects| of(objects)).collect();
        spans(&name, &states, is_whole)
    };
    let mut lanes = Vec::new();

    let counts = all.iter().any(|objects| {
        let mut handles = objects.handles.iter();
        handles.any(|handle| handle.users != Some(0))
    });
    let mut spans_of = Vec::new();
    for index in 0..last.handles.len() {
        let name = last.handles[index].number;
        let short = name.map_or("h?".to_owned(), |number| format!("h{number}"));
        let name = name.map_or("a handle that was not returned".to_owned(), |number| {
            format!("handle {number}")
        });
        let mut lives = span(name, &|objects| {
            let handle = objects.handles.get(index).filter(|this| !this.freed)?;
            let users = match handle.users {
                Some(count) if counts && count != 1 => format!("×{count}"),
                None => "×∞".to_owned(),
                Some(_) => String::new(),
            };
            Some((format!("{short}{users}"), handle.users.is_none()))
        });
        let domain = |objects: &Objects| objects.handles.get(index)?.domain;
        let changes = moments.iter().enumerate().filter_map(|(row, objects)| {
            let now = domain(objects)?;
            (domain(all[row]) != Some(now)).then(|| (row, format!("domain {now}")))
        });
        lives
            .iter_mut()
            .take(1)
            .for_each(|life| life.domains = changes.clone().collect());
        spans_of.extend(lives);
    }
    lanes.extend(packed(Kind::Handle, "handle", spans_of));

    let mut spans_of = Vec::new();
    for index in 0..last.domains.len() {
        spans_of.extend(span(format!("domain {index}"), &|objects| {
            let domain = objects.domains.get(index).filter(|this| !this.freed)?;
            let users = match domain.mm {
                Some(_) if domain.users != 1 => format!("×{}", domain.users),
                _ => String::new(),
            };
            Some((format!("d{index}{users}"), domain.users < 0))
        }));
    }
    lanes.extend(packed(Kind::Domain, "domain", spans_of));

    let entries = all.iter().flat_map(|objects| &objects.live.attached);
    let entries: BTreeSet<_> = entries.map(|entry| (entry.group, entry.pasid)).collect();
    for (group, pasid) in entries {
        let head = format!("group {group} pasid {}", number(pasid));
        let spans = span(format!("the entry of {head}"), &|objects| {
            let mut all = objects.live.attached.iter();
            let entry = all.find(|entry| (entry.group, entry.pasid) == (group, pasid))?;
            let to = entry
                .domain
                .map_or("res".to_owned(), |domain| format!("d{domain}"));
            Some(match entry.freed {
                true => (format!("{to}!"), true),
                false => (to, false),
            })
        });
        lanes.push(lane(Kind::Attached, head, spans));
    }

    let pasids = all.iter().flat_map(|objects| &objects.live.pasids);
    let pasids: BTreeSet<u16> = pasids.copied().collect();
    for pasid in pasids {
        let head = format!("pasid {pasid}");
        let spans = span(head.clone(), &|objects| {
            let is_there = objects.live.pasids.contains(&pasid);
            is_there.then(|| (format!("p{pasid}"), false))
        });
        lanes.push(lane(Kind::Pasid, head, spans));
    }

    for mm in 0..last.live.mm_count.len() {
        let head = format!("mm {mm} mm_count");
        let spans = span(format!("mm {mm}"), &|objects| {
            let count = objects.live.mm_count.get(mm).filter(|&&count| count > 0)?;
            Some((count.to_string(), false))
        });
        lanes.push(lane(Kind::Mm, head, spans));
    }
    lanes
}

fn lane(kind: Kind, head: String, spans: Vec<Span>) -> Lane {
    Lane { kind, head, spans }
}

/// Returns the lives of an object, given its state at the start and after each row. An entry of an
/// array can have several.
fn spans(name: &str, states: &[State], is_whole: bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut before: &State = &None;
    for (at, state) in states.iter().enumerate() {
        let row = at.checked_sub(1);
        match (before, state) {
            (None, Some((text, is_bad))) => spans.push(Span {
                name: name.to_owned(),
                born: row,
                died: None,
                is_leaked: false,
                labels: vec![label(row, text, *is_bad)],
                domains: Vec::new(),
            }),
            (Some(_), None) => {
                if let Some(span) = spans.last_mut() {
                    span.died = row;
                }
            }
            (Some(was), Some((text, is_bad))) if *was != (text.clone(), *is_bad) => {
                if let Some(span) = spans.last_mut() {
                    span.labels.push(label(row, text, *is_bad));
                }
            }
            _ => {}
        }
        before = state;
    }
    for span in &mut spans {
        span.is_leaked = is_whole && span.died.is_none();
    }
    spans
}

fn label(row: Option<usize>, text: &str, is_bad: bool) -> Label {
    Label {
        row,
        text: text.to_owned(),
        is_bad,
    }
}

/// Puts lives into as few lanes as possible. A lane is free again in the row after a death.
fn packed(kind: Kind, head: &str, mut spans: Vec<Span>) -> Vec<Lane> {
    spans.sort_by_key(|span| span.born);
    let mut lanes: Vec<Lane> = Vec::new();
    for span in spans {
        let is_free = |lane: &&mut Lane| {
            let last = lane.spans.last();
            last.is_some_and(|last| last.died.is_some_and(|died| Some(died) < span.born))
        };
        match lanes.iter_mut().find(is_free) {
            Some(lane) => lane.spans.push(span),
            None => lanes.push(lane(kind, head.to_owned(), vec![span])),
        }
    }
    lanes
}
