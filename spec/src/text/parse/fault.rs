// SPDX-License-Identifier: GPL-2.0-or-later
//! The fault of an operation: `[set_dev_pasid: EIO, 2nd time]`.

use super::super::TextError;
use super::super::lexer::Token;
use super::super::nearest::did_you_mean;
use super::Parser;
use crate::fault::{Errno, Fault, Site};
use crate::read::shortened;

impl Parser<'_> {
    /// Reads a fault, which begins with `[`.
    pub(super) fn fault(&mut self) -> Result<Fault, TextError> {
        self.step()?;
        let site = self.site()?;
        self.skip(Token::Sign(':'))?;
        self.skip(Token::Sign('-'))?;
        let errno = self.errno(site)?;
        let nth = match self.skip(Token::Sign(','))? {
            true => self.nth()?,
            false => 1,
        };
        self.take(Token::Sign(']'), "a `]` at the end of the fault")?;
        Ok(Fault { site, nth, errno })
    }

    fn site(&mut self) -> Result<Site, TextError> {
        let names = Site::ALL.map(Site::name);
        let Token::Word(word) = self.token else {
            let what = format!("a fault site, like `{}: EIO`", Site::SetDevPasid.name());
            return Err(self.expected(what, []));
        };
        let site = Site::by_name(word).ok_or_else(|| {
            let (mean, word) = (did_you_mean(word, names), shortened(word, 60));
            let names = names.join(", ");
            self.error(format_args!(
                "unknown fault site `{word}`, expected one of {names}{mean}"
            ))
        })?;
        self.step()?;
        Ok(site)
    }

    fn errno(&mut self, site: Site) -> Result<Errno, TextError> {
        let names: Vec<_> = site.errnos().iter().map(|errno| errno.name()).collect();
        let list = names.join(", ");
        let Token::Word(word) = self.token else {
            let what = format!("the errno that `{}` fails with: {list}", site.name());
            return Err(self.expected(what, []));
        };
        let errno = Errno::by_name(word).ok_or_else(|| {
            let all = Errno::ALL.map(Errno::name);
            let near = did_you_mean(word, names.iter().copied());
            let mean = match near.is_empty() {
                true => did_you_mean(word, all),
                false => near,
            };
            let word = shortened(word, 60);
            self.error(format_args!(
                "unknown errno `{word}`, expected one of {list}{mean}"
            ))
        })?;
        if !site.errnos().contains(&errno) {
            let (site, errno) = (site.name(), errno.name());
            return Err(self.error(format_args!(
                "`{site}` does not fail with {errno}; it fails with {list}"
            )));
        }
        self.step()?;
        Ok(errno)
    }

    /// `every time`, `1st time`
    fn nth(&mut self) -> Result<u32, TextError> {
        let nth = match self.token {
            Token::Word("every") => 0,
            Token::Ordinal(text) => {
                let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
                match &text[digits.len()..] {
                    "st" | "nd" | "rd" | "th" => self.value(digits, u32::MAX, "time")?,
                    _ => return Err(self.expected("`1st time` or `every time`", [])),
                }
            }
            _ => return Err(self.expected("`1st time` or `every time`", ["every"])),
        };
        if nth == 0 && self.token != Token::Word("every") {
            return Err(self.error("times are counted from 1; expected `1st` or `every`"));
        }
        self.step()?;
        self.take(Token::Word("time"), "`time`")?;
        Ok(nth)
    }
}
