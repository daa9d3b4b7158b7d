// SPDX-License-Identifier: GPL-2.0-or-later
//! The topology: `on 2 devices (groups 0 1; max_pasids 16 0), 1 mm (not dma_compat: 0)`.

use super::super::TextError;
use super::super::lexer::Token;
use super::super::usual::{USUAL_MM, usual_device};
use super::{After, Parser};
use crate::case::*;

/// The properties of devices.
const PROPERTIES: [&str; 3] = ["groups", "max_pasids", "instances"];

impl Parser<'_> {
    /// Reads a topology, which begins with `on`.
    pub(super) fn topology(&mut self) -> Result<(), TextError> {
        self.once(self.topology.is_some(), "topology")?;
        self.step()?;
        let count = self.number(MAX_DEVICES as u32, "the number of devices")? as usize;
        self.one_of(["device", "devices"])?;
        let mut devices: Vec<Device> = (0..count).map(usual_device).collect();
        if self.skip(Token::Sign('('))? {
            self.properties(&mut devices)?;
        }
        self.skip(Token::Sign(','))?;
        let count = self.number(MAX_MMS as u32, "the number of mms")? as usize;
        self.one_of(["mm", "mms"])?;
        let mut mms = vec![USUAL_MM; count];
        if self.skip(Token::Sign('('))? {
            self.not_compat(&mut mms)?;
        }
        self.topology = Some(Topology { devices, mms });
        self.after = After::Other;
        Ok(())
    }

    /// Goes past one of two words.
    fn one_of(&mut self, words: [&'static str; 2]) -> Result<(), TextError> {
        match self.token {
            Token::Word(word) if words.contains(&word) => self.step(),
            _ => Err(self.expected(format_args!("`{}`", words.join("` or `")), words)),
        }
    }

    /// `groups 0 1; max_pasids 16 0; instances 0 1)`: a number for each device.
    fn properties(&mut self, devices: &mut [Device]) -> Result<(), TextError> {
        let mut seen = [false; PROPERTIES.len()];
        loop {
            let word = match self.token {
                Token::Word(word) => PROPERTIES.iter().position(|name| *name == word),
                _ => None,
            };
            let Some(which) = word else {
                let what = format!("one of `{}`", PROPERTIES.join("`, `"));
                return Err(self.expected(what, PROPERTIES));
            };
            if std::mem::replace(&mut seen[which], true) {
                return Err(self.error(format_args!("`{}` a second time", PROPERTIES[which])));
            }
            self.step()?;
            let count = devices.len();
            for (dev, device) in devices.iter_mut().enumerate() {
                let Token::Number(_) = self.token else {
                    let what = format!(
                        "the number of dev {dev}, since `{}` has one for each of {count} devices",
                        PROPERTIES[which]
                    );
                    return Err(self.expected(what, []));
                };
                match which {
                    0 => device.group = self.number(MAX_GROUPS as u32 - 1, "group")? as u8,
                    1 => device.max_pasids = self.number(MAX_PASIDS.into(), "max_pasids")? as u16,
                    _ => device.instance = self.number(MAX_INSTANCES as u32 - 1, "instance")? as u8,
                }
            }
            if let Token::Number(_) = self.token {
                return Err(self.error(format_args!(
                    "one number too many: `{}` has one for each of {count} devices",
                    PROPERTIES[which]
                )));
            }
            if !self.skip(Token::Sign(';'))? {
                return self.take(Token::Sign(')'), "`;` or `)`");
            }
        }
    }

    /// `not dma_compat: 0 2)`: the mms that are not.
    fn not_compat(&mut self, mms: &mut [Mm]) -> Result<(), TextError> {
        self.take(Token::Word("not"), "`not dma_compat`")?;
        self.take(Token::Word("dma_compat"), "`dma_compat`")?;
        self.skip(Token::Sign(':'))?;
        loop {
            let place = self.at.clone();
            let mm = self.number(u32::MAX, "mm")? as usize;
            let count = mms.len();
            let Some(of) = mms.get_mut(mm) else {
                let what = format!(
                    "there is no mm {mm} at the start; they are numbered from 0, and there are {count}"
                );
                return Err(TextError::new(self.lexer.text(), place, what));
            };
            of.dma_compat = false;
            if self.skip(Token::Sign(')'))? {
                return Ok(());
            }
            if !matches!(self.token, Token::Number(_)) {
                return Err(self.expected("the number of an mm or `)`", []));
            }
        }
    }
}
