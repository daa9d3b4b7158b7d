// SPDX-License-Identifier: GPL-2.0-or-later
//! From a symptom to its causes: every way in which an operation produces a result on a kernel.

mod answer;
mod asked;
pub mod dmesg;
mod errno;
pub mod functions;
pub mod meaning;
pub mod outside;
mod reports;

pub use answer::{Answer, answers, digest, outside, release_of};
pub use asked::{Asked, Line, Wanted, doing, no_such_operation};
pub use engine::ways::{
    Doing, Explored, Found, Part, Returned, Shown, Way, explore, parts, ways_in, ways_of,
};
pub use reports::is_one as is_splat;
