// SPDX-License-Identifier: GPL-2.0-or-later
//! The form in which a report is printed, as an argument.

use super::terminal::narrow;
use super::{Failure, Out};
use crate::report::{FORMS, Form, Report, WIDTH, width};
use spec::read::Refused;
use std::io;

#[derive(clap::Args)]
pub(super) struct FormArgs {
    /// Print JSON
    #[arg(long, conflicts_with = "form")]
    json: bool,
    /// Print in this form
    #[arg(long, value_name = "FORM", value_parser = form, hide = FORMS.len() < 3)]
    form: Option<Form>,
}

fn form(name: &str) -> Result<Form, String> {
    Form::by_name(name).ok_or_else(|| {
        let names: Vec<_> = FORMS.iter().map(|form| form.name).collect();
        format!("it is one of {}", names.join(", "))
    })
}

impl FormArgs {
    /// Returns the selected form.
    fn form(&self) -> Form {
        let by_default = match self.json {
            true => crate::report::json::FORM,
            false => FORMS[0],
        };
        self.form.unwrap_or(by_default)
    }

    /// Returns whether the form is plain text.
    pub(super) fn is_text(&self) -> bool {
        self.form().name == FORMS[0].name
    }

    /// Prints a report in this form.
    pub(super) fn print(&self, report: &Report<'_>, out: Out<'_>) -> Result<(), Failure> {
        let form = self.form();
        let width = width();
        let written = match self.is_text() && width < WIDTH {
            true => {
                let mut text = Vec::new();
                (form.write)(report, &mut text).and_then(|()| {
                    let text = narrow(&String::from_utf8_lossy(&text), width);
                    out.write_all(text.as_bytes())
                })
            }
            false => (form.write)(report, out),
        };
        written.map_err(|error| match error.kind() {
            io::ErrorKind::Unsupported => {
                let what = format_args!("--form {}: {error}", form.name);
                Refused::new(what).into()
            }
            _ => Failure::Output(error),
        })
    }
}
