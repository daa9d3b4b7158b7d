// SPDX-License-Identifier: GPL-2.0-or-later
//! Functions and constants derived from the table of operations.

use super::{Arg, OpCode, OpInfo, OpKind, Over, Refers, Resource};
use std::fmt;

/// Maximum number of arguments of an operation.
pub const MAX_ARGS: usize = {
    let (mut most, mut at) = (0, 0);
    while at < OpCode::COUNT {
        let args = OpCode::ALL[at].info().args.len();
        if args > most {
            most = args;
        }
        at += 1;
    }
    most
};

/// The names of the operations, in the order of [`OpCode::ALL`].
pub const OP_NAMES: [&str; OpCode::COUNT] = {
    let mut names = [""; OpCode::COUNT];
    let mut at = 0;
    while at < OpCode::COUNT {
        names[at] = OpCode::ALL[at].name();
        at += 1;
    }
    names
};

impl OpCode {
    /// The operations in the order in which a search tries them: by [`Over`], then by
    /// [`OpInfo::order`].
    pub const TRIED: [OpCode; OpCode::COUNT] = {
        let mut tried = OpCode::ALL;
        let mut sorted = 1;
        while sorted < OpCode::COUNT {
            let mut at = sorted;
            while at > 0 && tried[at].place() < tried[at - 1].place() {
                (tried[at], tried[at - 1]) = (tried[at - 1], tried[at]);
                at -= 1;
            }
            sorted += 1;
        }
        tried
    };

    pub(super) const fn place(self) -> u16 {
        let info = self.info();
        (info.over() as u16) << 8 | info.order as u16
    }

    /// Returns the operations that a search tries over such objects, in their order.
    pub const fn tried_over(over: Over) -> &'static [OpCode] {
        let (mut from, mut to) = (0, 0);
        while to < OpCode::COUNT {
            let this = OpCode::TRIED[to].info().over() as u8;
            if this < over as u8 {
                from = to + 1;
            } else if this > over as u8 {
                break;
            }
            to += 1;
        }
        const TRIED: &[OpCode] = &OpCode::TRIED;
        TRIED.split_at(to).0.split_at(from).1
    }

    /// Returns the first operation whose caller holds this resource.
    pub const fn that_holds(resource: Resource) -> OpCode {
        let mut at = 0;
        while at < OpCode::COUNT {
            let code = OpCode::ALL[at];
            match code.info().holds {
                Some(held) if held as u8 == resource as u8 => return code,
                _ => at += 1,
            }
        }
        panic!("an operation holds every resource")
    }

    /// Creates the operation with these arguments. Missing ones are 0.
    #[inline]
    pub fn with_args(self, args: [u32; MAX_ARGS]) -> OpKind {
        let kind = self.with(|at, _| Ok::<u32, std::convert::Infallible>(args[at]));
        match kind {
            Ok(kind) => kind,
            Err(never) => match never {},
        }
    }
}

impl fmt::Display for OpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl OpKind {
    /// Returns the operation's name, as in JSON.
    pub const fn name(self) -> &'static str {
        self.code().name()
    }

    /// Returns the table's declarations for the operation.
    #[inline]
    pub const fn info(self) -> &'static OpInfo {
        self.code().info()
    }

    /// Returns the arguments, in order.
    #[inline]
    pub fn args(mut self) -> impl Iterator<Item = (Arg, u32)> {
        let mut args = [None; MAX_ARGS];
        let mut at = 0;
        self.for_each_arg(|arg, value| {
            args[at] = Some((arg, *value));
            at += 1;
        });
        args.into_iter().flatten()
    }

    /// Returns the value of the argument that refers to this kind of object, or `None` if there is
    /// none.
    #[inline]
    fn arg(mut self, is: impl Fn(Refers) -> bool) -> Option<u32> {
        let mut found = None;
        self.for_each_arg(|arg, value| {
            if is(arg.refers) {
                found = Some(*value);
            }
        });
        found
    }

    /// Returns the index of the earlier operation that it names, or `None` if it names none.
    #[inline]
    pub fn of(self) -> Option<u32> {
        self.arg(|refers| matches!(refers, Refers::Op(_)))
    }

    /// Returns the index of the device that it names, or `None` if it names none.
    #[inline]
    pub fn dev(self) -> Option<u32> {
        self.arg(|refers| refers == Refers::Device)
    }

    /// Returns the index of the mm that it names, or `None` if it names none.
    #[inline]
    pub fn mm(self) -> Option<u32> {
        self.arg(|refers| matches!(refers, Refers::Mm(_)))
    }

    /// Returns the PASID that it names, or `None` if it names none.
    #[inline]
    pub fn pasid(self) -> Option<u32> {
        self.arg(|refers| refers == Refers::Pasid)
    }
}

/// `bind dev 0, mm 0`, `unbind of op 0`.
impl fmt::Display for OpKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        let mut before = "";
        for (arg, value) in self.args() {
            write!(f, "{before} {} {value}", arg.refers.label())?;
            before = ",";
        }
        Ok(())
    }
}
