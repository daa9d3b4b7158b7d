// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff report`

use super::form::FormArgs;
use super::listed::number;
use super::named::{self, Config, Given};
use super::pages::{self, Pages};
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::finding::Finding;
use crate::judge::{Difference, View, judge};
use crate::report::{MailReport, MailedReport, Report, SearchReport};
use spec::Case;
use spec::read::Refused;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A counterexample, an entry of the ledger, or a case
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The first model, if the file is a case
    #[arg(long, value_name = "A", value_parser = named::model)]
    from: Option<Given>,
    /// The second model, if the file is a case
    #[arg(long, value_name = "B", value_parser = named::model)]
    to: Option<Given>,
    #[command(flatten)]
    pub(super) config: Config,
    /// A view to compare, if the file is a case; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW")]
    pub(super) views: Vec<View>,
    /// Which difference of a case, counted from 1 without consequences
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<usize>)]
    pub(super) difference: usize,
    /// Add the Fixes: line that a patch would have
    #[arg(long)]
    tags: bool,
    #[command(flatten)]
    form: FormArgs,
    #[command(flatten)]
    pub(super) pages: Pages,
}

/// The arguments of a search whose findings can be printed for a mail.
#[derive(clap::Args)]
pub(super) struct Mail {
    /// Print plain text for a mail, which replay reads back
    #[arg(long, conflicts_with_all = ["json", "form"])]
    mail: bool,
    /// With --mail: add the Fixes: lines that patches would have
    #[arg(long, requires = "mail")]
    tags: bool,
}

impl Mail {
    /// Returns the report for a mail, if it is asked for.
    pub(super) fn report<'a>(&self, search: &'a SearchReport<'a>) -> Option<MailedReport<'a>> {
        let tags = self.tags;
        self.mail.then_some(MailedReport { search, tags })
    }
}

/// What to report on: a difference of a case.
struct Asked {
    about: About,
    views: Vec<View>,
    case: Case,
    difference: Difference,
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    if args.pages.is_asked() {
        return pages::run(args, io);
    }
    let asked = match input::either(&args.file, io.stdin)?.counterexample() {
        Ok(received) if !args.names_models() => {
            args.is_of_a_case()?;
            let about = input::about(&args.file, &received)?;
            let Some((views, difference)) = received.shown() else {
                args.form.print(&Report::Nothing(&about.denial()), io.out)?;
                return Ok(Exit::Differ);
            };
            Asked {
                about,
                views,
                case: received.case,
                difference,
            }
        }
        Ok(received) => match args.asked(received.case, io)? {
            Ok(asked) => asked,
            Err(exit) => return Ok(exit),
        },
        Err(case) => match args.asked(*case, io)? {
            Ok(asked) => asked,
            Err(exit) => return Ok(exit),
        },
    };
    let Asked {
        about,
        views,
        case,
        difference,
    } = asked;
    let finding = match about {
        About::Alone(models) => Finding::new(&models, &case, difference),
        About::Pair(models) => Finding::new(&models, &case, difference),
    };
    let report = MailReport {
        about,
        views: &views,
        finding: &finding,
        tags: args.tags,
    };
    args.form.print(&Report::Mail(&report), io.out)?;
    Ok(Exit::Agree)
}

impl Args {
    pub(super) fn names_models(&self) -> bool {
        self.from.is_some() || self.to.is_some() || self.config.is_x86()
    }

    /// Returns an error if an argument is given that only a case can have.
    pub(super) fn is_of_a_case(&self) -> Result<(), Failure> {
        if !self.views.is_empty() || self.difference != 1 {
            let what = "a counterexample names its difference; \
                        leave out --view and --difference";
            return Err(input::in_file(&self.file, what));
        }
        Ok(())
    }

    /// Returns the models of `--from` and `--to`.
    pub(super) fn about(&self, io: &mut Io<'_>) -> Result<About, Failure> {
        let is_text = self.form.is_text() && !self.pages.is_asked();
        Ok(match (&self.from, &self.to) {
            (Some(from), Some(to)) => self.config.pair([from, to], is_text, io)?.into(),
            (Some(alone), None) | (None, Some(alone)) => {
                [self.config.one(alone, is_text, io)?].into()
            }
            (None, None) => {
                let what = "a case names no models; try --from A --to B, or --from A for what \
                            no kernel may do";
                return Err(input::in_file(&self.file, what));
            }
        })
    }

    /// Returns what to report on a case, or prints that there is nothing and returns the status.
    fn asked(&self, case: Case, io: &mut Io<'_>) -> Result<Result<Asked, Exit>, Failure> {
        let about = self.about(io)?;
        let views = super::views(&self.views);
        let mut all = match about {
            About::Alone(models) => judge(&models, &[], &case),
            About::Pair(models) => judge(&models, &views, &case),
        };
        all.retain(|difference| !difference.follows);
        if all.is_empty() {
            let names: Vec<&str> = about.models().iter().map(|model| model.name()).collect();
            let why = match names[..] {
                [from, to] => format!("{from} and {to} agree."),
                _ => format!("{} does nothing that no kernel may do.", names.concat()),
            };
            self.form.print(&Report::Nothing(&why), io.out)?;
            return Ok(Err(Exit::Agree));
        }
        let at = self.difference.checked_sub(1);
        let Some(difference) = at.and_then(|at| all.get(at)).cloned() else {
            let (n, there) = (self.difference, all.len());
            let what = format!("--difference {n}, but they are numbered from 1 to {there}");
            return Err(Refused::new(what).into());
        };
        Ok(Ok(Asked {
            about,
            views,
            case,
            difference,
        }))
    }
}
