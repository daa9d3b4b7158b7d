// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff report`

use super::asked::{Asked as Given, CaseAndModels, NO_MODELS, claimed, difference};
use super::form::FormArgs;
use super::listed::number;
use super::pages::{self, Pages};
use super::{Exit, Failure, Io, input};
use crate::counterexample::About;
use crate::judge::{Difference, View};
use crate::models::AnyModel;
use crate::report::{MailReport, MailedReport, Report, SearchReport};
use engine::registered::Registered;
use spec::Case;
use spec::read::Refused;
use std::path::Path;

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: CaseAndModels,
    /// A view to compare, if the file is a case; by default api, splat and leak
    #[arg(long = "view", value_name = "VIEW", value_parser = super::view())]
    pub(super) views: Vec<View>,
    /// Which difference of a case, counted from 1 without consequences
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<usize>)]
    pub(super) difference: usize,
    /// Add the Fixes: line that a patch would have
    #[arg(long, conflicts_with = "json")]
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
    let given = args.what.asked()?;
    if args.tags && !args.form.is_text() {
        let what = "--tags: only text has Fixes: lines; leave out --form, or --tags";
        return Err(Refused::new(what).into());
    }
    if args.pages.is_asked() {
        return pages::run(args, &given, io);
    }
    let path = given.source.path();
    let asked = match given.source.either(io.stdin)?.counterexample() {
        Ok(received) if !given.names_models() => {
            args.is_of_a_case(path)?;
            let about = input::about(path, &received)?;
            let (views, difference) = match claimed(about, &received) {
                Ok(shown) => shown,
                Err(none) => return none.print(about.models(), &args.form, Exit::Agree, io),
            };
            Asked {
                about,
                views,
                case: received.case,
                difference,
            }
        }
        Ok(received) => match args.asked(&given, received.case, io)? {
            Ok(asked) => asked,
            Err(exit) => return Ok(exit),
        },
        Err(case) => match args.asked(&given, *case, io)? {
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
        About::Alone(models) => AnyModel::finding(models, &case, difference),
        About::Pair(models) => AnyModel::finding(models, &case, difference),
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
    /// Returns an error if an argument is given that only a case can have.
    pub(super) fn is_of_a_case(&self, path: &Path) -> Result<(), Failure> {
        if !self.views.is_empty() || self.difference != 1 {
            let what = "a counterexample names its difference; \
                        leave out --view and --difference";
            return Err(input::in_file(path, what));
        }
        Ok(())
    }

    /// Returns the models that are named for a case.
    pub(super) fn about(&self, given: &Given<'_>, io: &mut Io<'_>) -> Result<About, Failure> {
        let is_text = self.form.is_text() && !self.pages.is_asked();
        match given.models(is_text, io)?[..] {
            [from, to] => Ok([from, to].into()),
            [alone] => Ok([alone].into()),
            _ => {
                let what = format!("{NO_MODELS}; or one, for what no kernel may do");
                Err(input::in_file(given.source.path(), what))
            }
        }
    }

    /// Returns what to report on a case, or prints that there is nothing and returns the status.
    fn asked(
        &self,
        given: &Given<'_>,
        case: Case,
        io: &mut Io<'_>,
    ) -> Result<Result<Asked, Exit>, Failure> {
        let about = self.about(given, io)?;
        let views = super::views(&self.views);
        let difference = match difference(about.models(), &views, &case, self.difference)? {
            Ok(difference) => difference,
            Err(none) => {
                let exit = none.print(about.models(), &self.form, Exit::Agree, io)?;
                return Ok(Err(exit));
            }
        };
        Ok(Ok(Asked {
            about,
            views,
            case,
            difference,
        }))
    }
}
