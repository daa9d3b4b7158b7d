// SPDX-License-Identifier: GPL-2.0-or-later
//! The failures that fuzz targets detect. Their text tells the user what to do next.

use super::Target;
use crate::ledger::Shown;
use crate::models::AnyModel;
use crate::report::{headline, wrap};
use spec::Case;
use spec::read::{printable, shortened};
use std::fmt;

/// A failure of a target.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// The target.
    pub target: Target,
    /// The failure.
    pub what: What,
}

/// A kind of failure, with the case that shows it.
#[derive(Clone, Debug)]
pub enum What {
    /// Two neighbours differ, and the difference is not known.
    Unknown {
        /// The case that shows it.
        case: Box<Case>,
        /// The neighbours and their difference.
        shown: Shown,
    },
    /// svadiff itself does something wrong.
    Broken {
        /// A description of the error.
        what: String,
        /// The case that shows it.
        case: Box<Case>,
    },
}

impl What {
    pub(super) fn broken(case: &Case, what: impl Into<String>) -> What {
        What::Broken {
            what: what.into(),
            case: Box::new(case.clone()),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Unknown { case, shown } => {
                let [from, to] = shown.models.map(AnyModel::name);
                writeln!(f, "{from} and {to} differ in a way that is not known:")?;
                let what = headline(shown.models, case, &shown.difference);
                f.write_str(&wrap("  ", "  ", &what))?;
            }
            What::Broken { what, .. } => {
                writeln!(f, "svadiff is wrong:")?;
                f.write_str(&wrap("  ", "  ", &printable(&shortened(what, 1000))))?;
            }
        }
        let target = self.target.name();
        writeln!(f, "Next, with the FILE that is named below:")?;
        writeln!(f, "  svadiff from-artifact {target} FILE --out found.json")?;
        write!(f, "  svadiff replay found.json")
    }
}
