// SPDX-License-Identifier: GPL-2.0-or-later
//! What the commands print with `--json`, and the files of many cases that some of them read: a file
//! for each command, or for two that print alike.

pub mod check;
pub mod compare;
pub mod conform;
pub mod diff;
pub mod explain;
pub mod hunt;
pub mod ledger;
pub mod models;
pub mod others;
pub mod race;
pub mod replay;
pub mod rows;
pub mod trace;
pub mod why;
