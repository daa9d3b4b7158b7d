// SPDX-License-Identifier: GPL-2.0-or-later
//! What a program can come to, whatever the schedule.

use crate::judge::View;
use serde_json::{Map, Value, json};
use spec::record::Recording;
use spec::trace::Live;
use spec::{Ret, Splat};

/// What callers and dmesg saw when all was over, and what was left.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// What each operation returned. Handles are numbered in the order in which they were first
    /// returned: equal numbers are equal handles.
    pub rets: Vec<Ret>,
    /// Splats, those of the operations in their order, then those of the teardown.
    pub splats: Vec<Splat>,
    /// What was left after the teardown; `None` where the kernel died.
    pub left: Option<Leaked>,
}

/// What is left after the teardown. All of it empty: nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Leaked {
    /// How many handles.
    pub handles: u32,
    /// How many domains.
    pub domains: u32,
    /// The global PASIDs in use.
    pub pasids: Vec<u16>,
    /// `mm_count` of each mm; empty where all are 0.
    pub mm_count: Vec<u32>,
    /// Where nothing else is left: entries of the groups' arrays, by group and PASID, and whether
    /// they point at freed memory. What else is left has its entries with it.
    pub attached: Vec<(u8, u16, bool)>,
}

impl Leaked {
    pub(super) fn of(live: &Live) -> Self {
        let mut left = Leaked {
            handles: live.handles,
            domains: live.domains,
            pasids: live.pasids.clone(),
            ..Leaked::default()
        };
        if live.mm_count.iter().any(|&count| count != 0) {
            left.mm_count.clone_from(&live.mm_count);
        }
        if left.is_nothing() {
            let entries = live.attached.iter();
            left.attached = entries
                .map(|entry| (entry.group, entry.pasid, entry.freed))
                .collect();
        }
        left
    }

    /// Whether nothing is left.
    pub fn is_nothing(&self) -> bool {
        *self == Leaked::default()
    }

    fn to_json(&self) -> Value {
        let mut left = Map::new();
        if self.attached.is_empty() && !self.is_nothing() {
            left.insert("handles".to_owned(), json!(self.handles));
            left.insert("domains".to_owned(), json!(self.domains));
            left.insert("pasids".to_owned(), json!(self.pasids));
            left.insert("mm_count".to_owned(), json!(self.mm_count));
        } else if !self.is_nothing() {
            let entries = self.attached.iter().map(|&(group, pasid, freed)| {
                let mut entry = json!({"group": group, "pasid": pasid});
                if freed {
                    entry["freed"] = json!(true);
                }
                entry
            });
            left.insert("attached".to_owned(), entries.collect());
        }
        left.into()
    }
}

impl Outcome {
    /// In JSON: what the operations returned, the splats in order, what is leaked.
    pub fn to_json(&self) -> Map<String, Value> {
        let splats: Vec<&str> = self.splats.iter().map(|splat| splat.text()).collect();
        let mut all = Map::new();
        all.insert("rets".to_owned(), json!(self.rets));
        all.insert("splats".to_owned(), json!(splats));
        let leaked = self.left.as_ref().map_or(Value::Null, Leaked::to_json);
        all.insert("leaked".to_owned(), leaked);
        all
    }

    /// What a run came to.
    pub fn of(recording: &Recording) -> Outcome {
        let steps = recording.steps.iter();
        let end = recording.end.iter().map(|(_, note)| note);
        let splats = steps.chain(end).flat_map(|note| &note.splats);
        let end = recording.trace.end.as_ref();
        Outcome {
            rets: recording.trace.steps.iter().map(|step| step.ret).collect(),
            splats: splats.map(|&(splat, _)| splat).collect(),
            left: end.and_then(|end| end.live.as_ref()).map(Leaked::of),
        }
    }

    /// Whether no kernel may ever show it: a splat, a death, something left.
    pub fn is_forbidden(&self) -> bool {
        !self.splats.is_empty() || self.left != Some(Leaked::default())
    }

    /// As far as these views look, with handles and domains as labels: a handle is the one that the
    /// operation with this index returned as well, and the number of a domain says nothing.
    pub fn seen(&self, views: &[View]) -> Outcome {
        let first = |number: u8| {
            let is_it = |ret: &Ret| matches!(ret, Ret::Handle { handle, .. } if *handle == number);
            self.rets.iter().position(is_it).unwrap_or_default() as u8
        };
        let died = self.left.is_none();
        let looks_at = |view| views.contains(&view);
        let ret = |ret: &Ret| match *ret {
            // Whoever looks at anything sees a death.
            Ret::Oops | Ret::Hang => *ret,
            _ if !looks_at(View::Api) || died && *ret == Ret::Unfinished => Ret::Ok,
            Ret::Handle { handle, pasid } => Ret::Handle {
                handle: first(handle),
                pasid,
            },
            Ret::Domain(_) => Ret::Domain(0),
            other => other,
        };
        Outcome {
            rets: self.rets.iter().map(ret).collect(),
            splats: match looks_at(View::Splat) {
                true => self.splats.clone(),
                false => Vec::new(),
            },
            left: match looks_at(View::Leak) {
                true => self.left.clone(),
                false => self.left.as_ref().map(|_| Leaked::default()),
            },
        }
    }

    /// An order that does not depend on how it was found.
    pub(super) fn key(&self) -> String {
        Value::from(self.to_json()).to_string()
    }
}
