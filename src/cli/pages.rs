// SPDX-License-Identifier: GPL-2.0-or-later
//! Pages of HTML, pictures and Markdown: the options of several commands that make them.

use super::asked::{Asked, NoDifference, claimed, difference};
use super::named::{Given, model};
use super::report::Args;
use super::writable::{Named, cannot_write, prepare_directory, prepare_file};
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::files;
use crate::models::{AnyModel, all};
use crate::report::html::{index, is_page_name, page, page_name};
use crate::report::story::{Further, Story};
use crate::report::{SearchReport, markdown, svg};
use crate::runs::Runs;
use spec::Case;
use spec::read::{Refused, shown};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The forms of `report` that are for the eyes.
#[derive(clap::Args)]
#[command(next_help_heading = "For eyes")]
pub(super) struct Pages {
    /// Write one page of HTML, which needs no other file and no network; - prints it
    #[arg(long, value_name = "OUT", conflicts_with_all = ["json", "form", "tags"])]
    html: Option<PathBuf>,
    /// Write the timeline alone as a picture; - prints it
    #[arg(long, value_name = "OUT", conflicts_with_all = ["json", "form", "tags"])]
    svg: Option<PathBuf>,
    /// Print Markdown for an issue tracker
    #[arg(long, conflicts_with_all = ["json", "form", "tags"])]
    markdown: bool,
    /// Show this kernel, by its name or by a release, after those of a counterexample; several can be
    /// given, and those that do the same are shown once
    #[arg(long = "model", value_name = "NAME", value_parser = model,
          conflicts_with_all = ["from", "to", "third"])]
    models: Vec<Given>,
}

impl Pages {
    /// Returns whether any of them is asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.html.is_some() || self.svg.is_some() || self.markdown || !self.models.is_empty()
    }

    /// Returns an error if two forms go to standard output, none is asked for, or a file cannot be
    /// written.
    fn check(&self) -> Result<(), Failure> {
        let prints = |out: &&PathBuf| *out == Path::new("-");
        let files = [&self.html, &self.svg].into_iter().flatten();
        let printed = files.clone().filter(prints).count() + usize::from(self.markdown);
        if printed > 1 {
            let what = "--html, --svg and --markdown: only one of them can be printed; \
                        write the others to files";
            return Err(Refused::new(what).into());
        }
        if printed == 0 && files.clone().next().is_none() {
            let what = "--model: it says what --html, --svg or --markdown show; try one of them";
            return Err(Refused::new(what).into());
        }
        if let (Some(html), Some(svg)) = (&self.html, &self.svg)
            && place(html) == place(svg)
        {
            let name = shown(html.display(), 300);
            let what = "--html and --svg would both be written to it; name two files";
            return Err(Refused::new(format_args!("{name}: {what}")).into());
        }
        for path in files.filter(|path| !prints(path)) {
            prepare_file(path, "")?;
        }
        Ok(())
    }

    /// Writes and prints a story.
    fn write(&self, story: &Story, io: &mut Io<'_>) -> Result<(), Failure> {
        if let Some(path) = &self.html {
            write(path, &page(story, false), io)?;
        }
        if let Some(path) = &self.svg {
            let picture = svg::timeline(&story.timeline, &story.headline);
            write(path, &picture, io)?;
        }
        if self.markdown {
            io.out.write_all(markdown::markdown(story).as_bytes())?;
        }
        Ok(())
    }
}

/// Returns where a file is or will be, however its path is written.
fn place(path: &Path) -> PathBuf {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let whole = fs::canonicalize(path).or_else(|_| {
        let name = path.file_name().unwrap_or_default();
        fs::canonicalize(dir).map(|dir| dir.join(name))
    });
    whole.unwrap_or_else(|_| path.to_owned())
}

/// Writes a file, or prints it if its name is `-`.
pub(super) fn write(path: &Path, text: &str, io: &mut Io<'_>) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Ok(io.out.write_all(text.as_bytes())?);
    }
    files::write(path, text.as_bytes()).map_err(|error| cannot_write(path, &error))
}

/// Runs `report` with one of the forms for the eyes.
pub(super) fn run(args: &Args, given: &Asked<'_>, io: &mut Io<'_>) -> Result<Exit, Failure> {
    args.pages.check()?;
    let (case, received) = match given.source.either(io.stdin)?.counterexample() {
        Ok(received) => (received.case.clone(), Some(received)),
        Err(case) => (*case, None),
    };
    let (story, exit) = if !args.pages.models.is_empty() {
        let about = received.as_ref().and_then(|received| received.about());
        let models = several(args, about, given, io)?;
        let mut story = Story::of_case(&models, &case);
        let mut exit = Exit::Agree;
        if let (Some(about), Some(received)) = (about, &received) {
            match claimed(about, received) {
                Ok((_, difference)) => {
                    let what = about.headline(&case, &difference);
                    let names: Vec<&str> = { about.models().iter() }
                        .map(|model| model.name())
                        .collect();
                    let is_it = |further: &Further| {
                        further.place == difference.place && further.what == what
                    };
                    story.further.retain(|further| !is_it(further));
                    story.headline = format!("{}: {what}", names.join(" to "));
                }
                Err(none) => exit = warn(&mut story, none),
            }
        }
        (story, exit)
    } else if given.names_models() {
        let about = args.about(given, io)?;
        let exit = match about.incomparable(&case) {
            Some(_) => Exit::Unfinished,
            None => Exit::Agree,
        };
        (asked(args, about, &case)?, exit)
    } else if let Some(received) = received {
        let path = given.source.path();
        args.is_of_a_case(path)?;
        let about = input::about(path, &received)?;
        match claimed(about, &received) {
            Ok((_, difference)) => {
                let runs = Runs::new(&case);
                let story = Story::of_finding(about, &runs, &difference);
                (story, Exit::Agree)
            }
            Err(none) => {
                let mut story = Story::of_case(about.models(), &case);
                let exit = warn(&mut story, none);
                (story, exit)
            }
        }
    } else {
        (Story::of_case(&all(), &case), Exit::Agree)
    };
    args.pages.write(&story, io)?;
    Ok(exit)
}

/// Says in a story why a counterexample does not show what it claims. Returns the exit status.
fn warn(story: &mut Story, none: NoDifference) -> Exit {
    match none {
        NoDifference::Denied(why) => {
            story.warning = Some(why);
            Exit::Differ
        }
        NoDifference::Incomparable(why) => {
            story.warning = Some(format!(
                "The kernels of the file cannot be compared: {why}."
            ));
            Exit::Unfinished
        }
        NoDifference::Agree => Exit::Agree,
    }
}

/// Returns the models that a counterexample is about, and those of `--model`, without repetition.
fn several(
    args: &Args,
    about: Option<About>,
    asked: &Asked<'_>,
    io: &mut Io<'_>,
) -> Result<Vec<AnyModel>, Failure> {
    let mut models = about.map_or(Vec::new(), |about| about.models().to_vec());
    for given in &args.pages.models {
        let model = asked.config.one(given, false, io)?;
        if !models.contains(&model) {
            models.push(model);
        }
    }
    Ok(models)
}

/// Tells of the difference of a case that is asked for; if the models agree, of what they do.
fn asked(args: &Args, about: About, case: &Case) -> Result<Story, Failure> {
    let views = super::views(&args.views);
    match difference(about.models(), &views, case, args.difference)? {
        Ok(difference) => Ok(Story::of_finding(about, &Runs::new(case), &difference)),
        Err(_) => {
            let mut story = Story::of_case(about.models(), case);
            if story.warning.is_none() && about.pair().is_some() {
                let names: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
                story.headline = format!("{} agree", names.join(" and "));
            }
            Ok(story)
        }
    }
}

/// What `--html` names if there are several pages.
const HTML: Named = Named {
    option: "--html",
    what: "pages",
    printing: "",
};

/// A directory for pages.
pub(super) struct PageDir(PathBuf);

impl PageDir {
    /// Creates the directory, if one is given, and tries to write into it, so that an error comes
    /// before the search.
    pub(super) fn new(dir: Option<&Path>) -> Result<Option<PageDir>, Failure> {
        let Some(dir) = dir else { return Ok(None) };
        prepare_directory(dir, HTML)?;
        Ok(Some(PageDir(dir.to_owned())))
    }

    /// Writes a page for each finding, and one that lists them. Removes the pages of an earlier
    /// search, which the list no longer has.
    pub(super) fn write_all(&self, about: About, report: &SearchReport<'_>) -> Result<(), Failure> {
        let mut stories = Vec::new();
        let mut written = BTreeSet::new();
        for (number, finding) in (1..).zip(&report.summary.findings) {
            let runs = Runs::of(about.models(), finding);
            let story = Story::of_finding(about, &runs, &finding.difference);
            let name = page_name(number, finding);
            self.write(&name, &page(&story, true))?;
            written.insert(format!("{name}.html"));
            stories.push(story);
        }
        self.write("index", &index(report, &stories))?;
        self.remove_others(&written)
            .map_err(|error| cannot_write(&self.0, &error))
    }

    /// Removes the pages of findings that were not written now. Files with names of another kind
    /// stay.
    fn remove_others(&self, written: &BTreeSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let is_stale = is_page_name(name) && !written.contains(name);
            if is_stale && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.0.join(format!("{name}.html"));
        files::write(&path, text.as_bytes()).map_err(|error| cannot_write(&path, &error))
    }
}

/// Returns an error if a file cannot be written, before the work.
pub(super) fn check_file(path: Option<&Path>) -> Result<(), Failure> {
    let pages = Pages {
        html: path.map(Path::to_owned),
        svg: None,
        markdown: false,
        models: Vec::new(),
    };
    match path {
        Some(_) => pages.check(),
        None => Ok(()),
    }
}
