// SPDX-License-Identifier: GPL-2.0-or-later
//! `svadiff why`

use super::form::FormArgs;
use super::named::{self, Config};
use super::progress::Progress;
use super::scope::Use;
use super::searching::stop_when_interrupted;
use super::{Exit, Failure, Io, input};
use crate::limits::Status;
use crate::report::{Report, WhyReport};
use crate::why::dmesg::{self, Splatted};
use crate::why::outside::Whose;
use crate::why::{self, Asked, Doing, Line, Part, Wanted};
use crate::workers::cores;
use clap::ValueEnum;
use spec::read::Refused;
use spec::{Model, Tree};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Args {
    /// MODEL, then one of: OP RESULT; a line such as iommu.c:3578; - or a FILE with a splat or an
    /// oops from dmesg
    ///
    /// OP is an operation of a case, or end for the teardown. RESULT is an errno (EBUSY, -16), new
    /// handle, same handle, ok, invalid, skipped, oops, hang, leak, WARN, or a part of a splat.
    #[arg(value_name = "MODEL QUESTION", required = true, num_args = 1..)]
    words: Vec<String>,
    /// Of what is outside of the model, show what is about this IOMMU driver
    #[arg(long, value_name = "DRIVER")]
    driver: Option<Driver>,
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    form: FormArgs,
    /// Look in the universe of a file
    #[arg(long, value_name = "FILE", help_heading = "Universe")]
    universe: Option<PathBuf>,
    #[command(flatten)]
    with: Use,
}

/// An IOMMU driver with facts of its own.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Driver {
    Intel,
    Arm,
    Amd,
}

impl Driver {
    fn whose(self) -> Whose {
        match self {
            Driver::Intel => Whose::Intel,
            Driver::Arm => Whose::Arm,
            Driver::Amd => Whose::Amd,
        }
    }
}

pub(super) fn run(args: &Args, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (name, question) = split(&args.words)?;
    let given = named::model(&name).map_err(|why| Refused::new(format_args!("{name}: {why}")))?;
    let release = args.config.answer(&given)?.release;
    let model = args.config.one(&given, args.form.is_text(), io)?;
    let asked = asked(&question, model.tree(), io)?;
    let parts = match &args.universe {
        Some(file) => vec![Part {
            universe: input::universe(file, io.stdin)?,
            again: false,
        }],
        None => why::parts(),
    };
    let interrupt = stop_when_interrupted(io)?;
    let progress = Progress::new(io);
    let watch = |status: &Status| progress.of_ways(status);
    let limits = args.with.limits();
    let threads = args.with.threads().unwrap_or_else(cores);
    let explored = why::explore(model, &parts, (limits, threads), interrupt, Some(&watch));
    progress.finish();
    let answers = why::answers(model, &asked, &explored);
    let release = why::release_of(model, release);
    let outside = why::outside(&asked, release, args.driver.map(Driver::whose));
    let is_complete = explored.stopped.is_none();
    let report = WhyReport {
        model,
        asked: &asked,
        answers: &answers,
        outside: &outside,
        release,
        is_usual: args.universe.is_none(),
        digest: is_complete.then(|| why::digest(model, &parts, &explored)),
        parts: &parts,
        explored: &explored,
    };
    args.form.print(&Report::Why(&report), io.out)?;
    Ok(match (is_complete, answers.is_empty()) {
        (false, _) => Exit::Unfinished,
        (true, true) => Exit::Differ,
        (true, false) => Exit::Agree,
    })
}

/// Splits the arguments into the name of the model and the question.
fn split(words: &[String]) -> Result<(String, Vec<String>), Failure> {
    let refuse = |what: String| Failure::from(Refused::new(what));
    // The model and the question may be one argument.
    let mut words: Vec<String> = words.to_vec();
    if let [only] = &words[..] {
        words = only.split_whitespace().map(str::to_owned).collect();
    } else if let Some((model, rest)) = words[0].trim().split_once(char::is_whitespace) {
        let (model, rest) = (model.to_owned(), rest.to_owned());
        words.splice(..1, [model, rest]);
    }
    let mut words = words.into_iter();
    let model = words.next().unwrap_or_default();
    let question: Vec<String> = words.collect();
    match question.is_empty() {
        true => Err(refuse(format!(
            "why {model}: a question is missing: OP RESULT such as bind EBUSY, a line such as \
             iommu.c:3578, or - for a splat from standard input"
        ))),
        false => Ok((model, question)),
    }
}

/// Returns the arguments without the minus of an errno, since `-EBUSY` looks like options.
pub(super) fn without_minus(args: Vec<OsString>) -> Vec<OsString> {
    let is_why = args.first().is_some_and(|command| command == "why");
    let plain = |arg: OsString| match arg.to_str().and_then(|arg| arg.strip_prefix('-')) {
        Some(errno) if is_why && errno.starts_with(['E', 'e']) => errno.into(),
        _ => arg,
    };
    args.into_iter().map(plain).collect()
}

/// Understands the question.
fn asked(question: &[String], tree: &Tree, io: &mut Io<'_>) -> Result<Asked, Failure> {
    let refuse = |what: String| Failure::from(Refused::new(what));
    if let [file] = question
        && file == "-"
    {
        return splat_in(Path::new(file), tree, io);
    }
    let text = question.join(" ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let (Some(first), rest) = (words.first(), &words[1.min(words.len())..]) else {
        return Err(refuse("the question is blank".to_owned()));
    };
    if let (Some(line), []) = (Line::parse(first), rest) {
        let line = line.map_err(refuse)?;
        let anchors = line.anchors(tree);
        return match anchors.is_empty() {
            true => Err(refuse(line.nothing_there(tree))),
            false => Ok(Asked::Line(line, anchors)),
        };
    }
    if let Some(doing) = why::doing(first) {
        return wanted(doing, rest).map_err(refuse);
    }
    if let [file] = question
        && Path::new(file).exists()
    {
        return splat_in(Path::new(file), tree, io);
    }
    match Splatted::parse(&text, tree) {
        Ok(splatted) if words.len() > 1 => Ok(Asked::Splat(splatted)),
        Err(refused) if why::is_splat(&text) => Err(refuse(refused)),
        _ => {
            let file = match question {
                [_] => ", and there is no such file",
                _ => "",
            };
            Err(refuse(why::no_such_operation(first, file)))
        }
    }
}

fn wanted(doing: Doing, result: &[&str]) -> Result<Asked, String> {
    match result {
        [] => Err(format!(
            "{}: a result is missing, such as EBUSY, -16, ok, oops or leak",
            doing.name()
        )),
        words => Ok(Asked::Result(doing, Wanted::parse(&words.join(" "))?)),
    }
}

/// Reads a splat from a file or from standard input.
fn splat_in(path: &Path, tree: &Tree, io: &mut Io<'_>) -> Result<Asked, Failure> {
    let mut text = String::new();
    let mut is_too_long = false;
    input::text(path, io.stdin, |line| {
        is_too_long |= text.len() + line.len() >= dmesg::MOST;
        if !is_too_long {
            text += line;
            text.push('\n');
        }
    })?;
    if is_too_long {
        let most = dmesg::MOST >> 20;
        let what = format!("longer than {most} MiB; cut out the part with the splat");
        return Err(input::in_file(path, what));
    }
    let splatted = Splatted::parse(&text, tree);
    splatted
        .map(Asked::Splat)
        .map_err(|why| input::in_file(path, why))
}

#[cfg(test)]
mod tests {
    use super::{split, without_minus};

    #[test]
    fn words_come_as_one_argument_or_as_several() {
        let words = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
            let (model, question) = split(&words).ok()?;
            Some((model, question.join(" ")))
        };
        let expected = Some(("v6.8".to_owned(), "bind -EBUSY".to_owned()));
        assert_eq!(words(&["v6.8", "bind", "-EBUSY"]), expected);
        assert_eq!(words(&["v6.8", "bind -EBUSY"]), expected);
        assert_eq!(words(&["v6.8 bind", "-EBUSY"]), expected);
        assert_eq!(words(&["v6.8  bind -EBUSY"]), expected);
        assert_eq!(words(&["v6.8"]), None);
    }

    #[test]
    fn only_an_errno_loses_its_minus() {
        let args = |args: &[&str]| without_minus(args.iter().map(Into::into).collect());
        let given = ["why", "v6.8", "bind", "-EBUSY", "-16", "-", "--json", "-x"];
        let expected = ["why", "v6.8", "bind", "EBUSY", "-16", "-", "--json", "-x"];
        assert_eq!(args(&given), expected);
        assert_eq!(args(&["check", "-EBUSY"]), ["check", "-EBUSY"]);
    }
}
