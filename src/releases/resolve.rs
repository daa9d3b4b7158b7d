// SPDX-License-Identifier: GPL-2.0-or-later
//! The model that a name stands for.

use super::name::{Arch, ReleaseName};
use crate::models::on_top::{Named, commit, on_top};
use crate::models::{AnyModel, all, graph};
use spec::revision::{Release, Releases};
use spec::{Model, Tree};

/// The model that a name stands for, and what has to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The name, without blanks around it.
    pub asked: String,
    /// The model, with the commits on top of it that the name has.
    pub model: AnyModel,
    /// The registered model that it is built on, or the model itself.
    pub base: AnyModel,
    /// The upstream release; `None` if the name is that of a model.
    pub release: Option<Release>,
    /// Whether the kernel is configured for x86.
    pub x86: bool,
    /// The model of the same release configured for x86, if the name does not say how it is
    /// configured and that is another model.
    pub on_x86: Option<AnyModel>,
    /// What has to be known besides, a sentence each.
    pub notes: Vec<String>,
}

impl Answer {
    /// Returns the answer in sentences. The first one names the model.
    pub fn says(&self) -> Vec<String> {
        let (asked, model, base) = (&self.asked, self.model, AnyModel::name(self.base));
        let name = model.name();
        let mut first = format!("{asked}: model {name}");
        let releases = self.base.tree().revision.releases();
        match (releases, model == self.base) {
            (Some(releases), true) => first += &format!(", which stands for {releases}"),
            (Some(releases), false) => first += &format!("; {base} stands for {releases}"),
            (None, true) => first += &format!(": {}", model.tree().what()),
            (None, false) => {}
        }
        let on_x86 = self.on_x86.map(|x86| {
            let x86 = x86.name();
            format!("configured for x86 it is model {x86}; say --x86, or add -x86 to the release")
        });
        let mut all = vec![first];
        all.extend(on_x86);
        all.extend(self.notes.iter().cloned());
        all
    }

    /// Returns whether the name is that of a model, so that nothing has to be said about it.
    pub fn is_exact(&self) -> bool {
        self.release.is_none()
    }
}

/// Returns the model of a name: that of a model, or a release as `uname -r` or a distribution
/// writes it, either with commits on top. `x86` says that a release is configured for x86 even if
/// its name does not.
///
/// # Errors
///
/// Returns a sentence if no model has the name or stands for the release, or if the commits cannot
/// be had on top of it.
pub fn named(name: &str, x86: bool) -> Result<Answer, String> {
    let asked = name.trim();
    if let Some(tree) = graph().tree(asked) {
        return Ok(exact(asked, AnyModel::of(tree), x86));
    }
    let named = Named::new(asked);
    if named.changes.is_empty() {
        return release(asked, x86);
    }
    if let Some(tree) = graph().tree(named.base) {
        let base = AnyModel::of(tree);
        let model = on_top(base, asked, &named.changes)?;
        return Ok(Answer {
            base,
            ..exact(asked, model, false)
        });
    }
    // Vendors also add numbers to a release that look like ids: a date, or a commit of their own.
    let (is_added, first) = named.changes[0];
    let plain = ReleaseName::parse(named.base).is_ok_and(|name| !name.is_patched());
    if commit(first).is_err() && !(is_added && plain) {
        return release(asked, x86);
    }
    let answer = release(named.base, x86)?;
    let name = format!("{}{}", AnyModel::name(answer.base), named.text);
    Ok(Answer {
        model: on_top(answer.base, &name, &named.changes)?,
        asked: asked.to_owned(),
        ..answer
    })
}

/// Returns the answer for the name of a model.
fn exact(asked: &str, model: AnyModel, x86: bool) -> Answer {
    // The name may be that of a release too, for which --x86 would name another model.
    let on_x86 = { ReleaseName::parse(asked).ok() }
        .filter(|_| x86)
        .and_then(|name| graph().standing_for(name.release, true))
        .filter(|tree| *tree != model.tree());
    let notes = on_x86.map(|tree| {
        format!(
            "{asked} is the name of a model, for which --x86 says nothing; {} configured for x86 \
             is model {}",
            asked.trim_start_matches('v'),
            tree.name()
        )
    });
    Answer {
        asked: asked.to_owned(),
        model,
        base: model,
        release: None,
        x86: model.tree().revision.is_for_x86(),
        on_x86: None,
        notes: notes.into_iter().collect(),
    }
}

/// Returns the answer for the name of a release.
fn release(asked: &str, x86: bool) -> Result<Answer, String> {
    let name = ReleaseName::parse(asked).map_err(|refused| {
        let names: Vec<_> = all().into_iter().map(AnyModel::name).collect();
        let mean = did_you_mean(asked, &names);
        format!(
            "it is one of {}, or a release: {refused}{mean}",
            names.join(", ")
        )
    })?;
    if x86 && name.arch == Arch::Other {
        return Err("the name says that it is not configured for x86, and --x86 that it is".into());
    }
    let x86 = x86 || name.arch == Arch::X86;
    let release = name.release;
    let own = graph().standing_for(release, x86);
    let released = release.released();
    let Some(tree) = own.or_else(|| graph().standing_for(released, x86)) else {
        return Err(refused(released));
    };
    let on_x86 = { graph().standing_for(own.map_or(released, |_| release), true) }
        .filter(|other| *other != tree && name.arch == Arch::Unsaid);
    let mut notes = Vec::new();
    if own.is_none() {
        notes.push(format!(
            "{release} is taken as {released}: commits may have arrived in between"
        ));
    }
    if name.is_patched() {
        notes.push(format!(
            "{asked} is taken as {release}: backports of its distribution, or other patches, are \
             not in the model"
        ));
    }
    let model = AnyModel::of(tree);
    Ok(Answer {
        asked: asked.to_owned(),
        model,
        base: model,
        release: Some(release),
        x86,
        on_x86: on_x86.map(AnyModel::of),
        notes,
    })
}

/// Returns `; did you mean …?` with the model that somebody meant who wrote another word, or nothing.
pub fn did_you_mean(asked: &str, names: &[&str]) -> String {
    // Words and signs that people put around a version.
    let asked = asked.to_lowercase().replace(',', ".");
    let version = ["linux", "kernel", "-", "_", " ", "v.", "v"]
        .iter()
        .fold(asked.as_str(), |rest, word| {
            rest.strip_prefix(word).unwrap_or(rest)
        });
    let with_v = format!("v{version}");
    let is_version = version.starts_with(|c: char| c.is_ascii_digit());
    let asked = if is_version { &with_v } else { &asked };
    spec::text::did_you_mean(asked, names.iter().copied())
}

/// Returns the sentence for a release that no model stands for.
fn refused(release: Release) -> String {
    let all: Vec<(Releases, &Tree)> = { graph().ranges().into_iter() }
        .filter(|(range, _)| !range.is_x86() && range.first().rc().is_none())
        .collect();
    let at = all.partition_point(|(range, _)| range.first() <= release);
    let (before, after) = all.split_at(at);
    let shown = |(range, tree): &(Releases, &Tree)| format!("{} ({range})", tree.name());
    // Of two models, the nearest range each.
    let mut last = before.iter().rev();
    let nearest: Vec<&(Releases, &Tree)> = match (before, after) {
        (_, []) => {
            let newest = last.next();
            let other = newest.and_then(|(_, newest)| last.find(|(_, tree)| tree != newest));
            newest.into_iter().chain(other).collect()
        }
        ([], [first, rest @ ..]) => {
            let other = rest.iter().find(|(_, tree)| *tree != first.1);
            [first].into_iter().chain(other).collect()
        }
        ([.., below], [above, ..]) => vec![below, above],
    };
    let nearest: Vec<String> = nearest.into_iter().map(shown).collect();
    let nearest = nearest.join(" and ");
    let release = match release.patch {
        0 => series(release),
        _ => release.to_string(),
    };
    match (before, after) {
        ([], [(first, _), ..]) => format!(
            "no model stands for {release}: before {} each IOMMU driver had its own bind; the \
             nearest are {nearest}",
            series(first.first())
        ),
        ([.., (newest, tree)], []) => format!(
            "no model stands for {release}: the newest that is known is {newest}, model {}; the \
             nearest are {nearest}",
            tree.name()
        ),
        _ => format!("no model stands for {release}; the nearest are {nearest}"),
    }
}

fn series(release: Release) -> String {
    format!("{}.{}", release.major, release.minor)
}
