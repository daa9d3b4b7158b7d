// SPDX-License-Identifier: GPL-2.0-or-later
//! The parts of a text: operations, the schedule, and what belongs to no operation.

use super::super::TextError;
use super::super::lexer::Token;
use super::{After, Parser};
use crate::case::{MAX_CPUS, MAX_OPS, MAX_SCHEDULE, Op};
use crate::op::{Arg, OpCode, OpKind, Refers};

impl Parser<'_> {
    /// Reads an item, which begins with the next token.
    pub(super) fn item(&mut self) -> Result<(), TextError> {
        let is_other = match self.token {
            Token::Word("title") => Some(self.string(0)),
            Token::Word("origin") => Some(self.string(1)),
            Token::Word("note") => Some(self.string(2)),
            Token::Word("on") => Some(self.topology()),
            Token::Word("schedule") => Some(self.schedule()),
            Token::Word("end") => Some(self.end()),
            _ => None,
        };
        match is_other {
            Some(read) => read,
            None => self.op(),
        }
    }

    /// Refuses what is there already.
    pub(super) fn once(&self, is_there: bool, what: &str) -> Result<(), TextError> {
        match is_there {
            true => Err(self.error(format_args!("a second {what}; a case has at most one"))),
            false => Ok(()),
        }
    }

    /// `end everything is released`, with which reports name the teardown of every case.
    fn end(&mut self) -> Result<(), TextError> {
        self.once(self.has_end, "`end`")?;
        self.step()?;
        if self.skip(Token::Word("everything"))? {
            self.take(Token::Word("is"), "`is released`")?;
            self.take(Token::Word("released"), "`released`")?;
        }
        self.has_end = true;
        self.after = After::Other;
        Ok(())
    }

    /// `schedule 0 0 1 1`
    fn schedule(&mut self) -> Result<(), TextError> {
        self.once(self.schedule.is_some(), "schedule")?;
        let place = self.at.clone();
        self.step()?;
        let mut entries = Vec::new();
        while let Token::Number(_) = self.token {
            if entries.len() == MAX_SCHEDULE {
                let what =
                    format!("more than {MAX_SCHEDULE} entries of a schedule, which is the limit");
                return Err(self.error(what));
            }
            entries.push(self.cpu_number()?);
        }
        self.schedule = Some((entries, place));
        self.after = After::Schedule;
        Ok(())
    }

    /// The number of a CPU.
    fn cpu_number(&mut self) -> Result<u8, TextError> {
        let number = self.number(MAX_CPUS as u32 - 1, "cpu")?;
        Ok(number as u8)
    }

    /// `-> 0 cpu 0: bind dev 0, mm 0 [set_dev_pasid: EIO, 1st time]`, where all but `bind 0 0` may be
    /// left out.
    fn op(&mut self) -> Result<(), TextError> {
        let start = self.at.start;
        if self.skip(Token::Mark)? {
            match self.token {
                Token::Word("end") => return self.end(),
                Token::Number(_) | Token::Word(_) => {}
                _ => return Err(self.no_item()),
            }
        }
        self.index()?;
        if self.after == After::Schedule {
            let what = "a schedule ends with a `;`, if anything follows it";
            return Err(self.error(what));
        }
        let cpu = match self.skip(Token::Word("cpu"))? {
            true => {
                let cpu = self.cpu_number()?;
                self.take(
                    Token::Sign(':'),
                    "a `:` and what this CPU does, since columns cannot be read",
                )?;
                Some(cpu)
            }
            false => None,
        };
        let code = match self.token {
            Token::Word(name) => OpCode::by_name(name).ok_or_else(|| self.no_item())?,
            _ => return Err(self.no_item()),
        };
        if self.ops.len() == MAX_OPS {
            return Err(self.error(format_args!("more than {MAX_OPS} ops, which is the limit")));
        }
        let place = start..self.at.end;
        self.step()?;
        let kind = self.call(code)?;
        let mut op = Op {
            cpu,
            ..Op::from(kind)
        };
        loop {
            match self.token {
                Token::Word("again") if !code.info().again => {
                    return Err(self.error(format_args!(
                        "`{code}` cannot be done `again`; it is for what releases something: {}",
                        releases().join(", ")
                    )));
                }
                Token::Word("again") if !op.again => {
                    op.again = true;
                    self.step()?;
                }
                Token::Sign('[') if op.fault.is_none() => op.fault = Some(self.fault()?),
                Token::Sign('[') => return Err(self.error("an operation has at most one fault")),
                _ => break,
            }
        }
        self.ops.push(op);
        self.places.push(place);
        self.after = After::Op;
        Ok(())
    }

    /// The index before an operation, which has to be its own.
    fn index(&mut self) -> Result<(), TextError> {
        let Token::Number(digits) = self.token else {
            return Ok(());
        };
        let (next, _) = self.lexer.clone().next()?;
        let Token::Word(_) = next else {
            let why = match (self.after, self.ops.last()) {
                (After::Op, Some(op)) => {
                    let labels: Vec<_> = op.kind.args().map(|(arg, _)| label(arg)).collect();
                    format!(
                        "one number too many: `{}` has {}",
                        op.kind.name(),
                        labels.join(" and ")
                    )
                }
                _ => "expected an operation, like `bind 0 0`, but found a number".to_owned(),
            };
            return Err(self.error(why));
        };
        let index = self.ops.len();
        if digits.parse() != Ok(index) && self.after != After::Schedule {
            return Err(self.error(format_args!(
                "the next operation is number {index}, since they are counted from 0; expected \
                 {index} or no number"
            )));
        }
        self.step()
    }

    /// The arguments of an operation: `dev 0, mm 0` or `0 0`.
    fn call(&mut self, code: OpCode) -> Result<OpKind, TextError> {
        code.with(|at, arg| {
            if at > 0 {
                self.skip(Token::Sign(','))?;
            }
            let mut is_named = false;
            match arg.refers {
                Refers::Op(_) => {
                    is_named |= self.skip(Token::Word("of"))?;
                    is_named |= self.skip(Token::Word("op"))?;
                }
                Refers::Device | Refers::Mm(_) | Refers::Pasid => {
                    is_named |= self.skip(label_token(arg))?;
                }
            }
            if let Token::Number(digits) = self.token {
                let value = self.value(digits, u32::MAX, arg.name)?;
                self.step()?;
                return Ok(value);
            }
            let label = arg.refers.label();
            let what = match is_named {
                true => format!("a number after `{label}`"),
                false => format!(
                    "the {} of `{code}`: `{label} 0`, or a number",
                    label_of(arg)
                ),
            };
            Err(self.expected(what, [arg.name]))
        })
    }
}

fn label_token(arg: Arg) -> Token<'static> {
    Token::Word(arg.refers.label())
}

/// Returns what an argument is called in a sentence.
fn label_of(arg: Arg) -> &'static str {
    match arg.refers {
        Refers::Op(_) => "op",
        Refers::Device | Refers::Mm(_) | Refers::Pasid => arg.refers.label(),
    }
}

fn label(arg: Arg) -> String {
    format!("one {}", label_of(arg))
}

/// Returns the operations that can be done again.
fn releases() -> Vec<&'static str> {
    let all = OpCode::ALL.into_iter();
    all.filter(|code| code.info().again)
        .map(OpCode::name)
        .collect()
}
