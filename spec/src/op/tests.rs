// SPDX-License-Identifier: GPL-2.0-or-later
//! Requirements on the table of operations and on the data derived from it.

use super::*;
use std::collections::BTreeSet;

fn every() -> impl Iterator<Item = OpKind> {
    OpCode::ALL
        .into_iter()
        .map(|code| code.with_args(std::array::from_fn(|at| 7 + at as u32)))
}

#[test]
fn names_are_unique_and_find_what_they_name() {
    let names: BTreeSet<&str> = OP_NAMES.into();
    assert_eq!(names.len(), OpCode::COUNT);
    for code in OpCode::ALL {
        assert_eq!(OpCode::by_name(code.name()), Some(code));
    }
}

#[test]
fn the_generic_view_and_the_variants_are_the_same() {
    for kind in every() {
        assert_eq!(kind.code().name(), kind.name());
        let values: Vec<u32> = kind.args().map(|(_, value)| value).collect();
        let expected: Vec<u32> = (7..).take(kind.info().args.len()).collect();
        assert_eq!(values, expected);
        let args: Vec<Arg> = kind.args().map(|(arg, _)| arg).collect();
        assert_eq!(args, kind.info().args);
        let mut moved = kind;
        moved.for_each_arg(|_, value| *value += 1);
        let again = kind.code().with(|at, _| Ok::<_, ()>(values[at] + 1));
        assert_eq!(again, Ok(moved));
    }
}

#[test]
fn what_a_caller_can_do_again_is_a_release() {
    for code in OpCode::ALL {
        assert!(code.info().releases || !code.info().again, "{code}");
    }
}

#[test]
fn what_is_held_can_be_released_and_what_is_named_is_held() {
    for resource in Resource::ALL {
        let holds = OpCode::ALL.map(|code| code.info().holds == Some(resource));
        assert!(holds.contains(&true), "{resource:?}");
        let releases = |code: OpCode| code.info().releases && code.info().names() == Some(resource);
        assert!(OpCode::ALL.into_iter().any(releases), "{resource:?}");
        assert_eq!(OpCode::that_holds(resource).info().holds, Some(resource));
    }
    for code in OpCode::ALL {
        let info = code.info();
        assert!(!info.releases || info.names().is_some(), "{code}");
        assert!(!info.ends_mm || info.mm().is_some(), "{code}");
        let changes = info.releases || info.makes_mm || info.ends_mm || info.holds.is_some();
        assert!(!(info.read_only && changes), "{code}");
        assert!(info.sites.is_empty() || !info.read_only, "{code}");
    }
}

#[test]
fn searches_try_operations_in_one_order_in_which_each_has_its_place() {
    let names = OpCode::TRIED.map(OpCode::name);
    let expected = [
        "bind",
        "unbind",
        "get_pasid",
        "free_pasid",
        "detach",
        "reset_done",
        "exit",
        "fork",
        "enqcmd_pasid",
        "alloc_pasid",
        "reset_begin",
        "page_request",
        "attach",
    ];
    assert_eq!(names, expected);
    let places: BTreeSet<u16> = OpCode::ALL.map(OpCode::place).into();
    assert_eq!(places.len(), OpCode::COUNT);
    let over = [
        Over::DevicesAndMms,
        Over::Held,
        Over::Mms,
        Over::Devices,
        Over::Pasids,
    ];
    let each: Vec<OpCode> = over.map(OpCode::tried_over).concat();
    assert_eq!(each, OpCode::TRIED);
}

#[test]
fn an_operation_is_written_as_a_sentence() {
    let shown: Vec<String> = every().map(|kind| kind.to_string()).collect();
    assert_eq!(shown[0], "bind dev 7, mm 8");
    assert_eq!(shown[1], "unbind of op 7");
    assert_eq!(shown[9], "page_request dev 7, pasid 8");
}

#[test]
fn an_operation_is_there_since_its_commit_and_not_in_its_gap() {
    let exists = |code: OpCode, commits: &[Commit]| code.info().exists(Commits::of(commits));
    assert!(exists(OpCode::Bind, &[]));
    for code in [OpCode::ResetBegin, OpCode::ResetDone] {
        assert!(!exists(code, &[]) && exists(code, &[RESET]));
    }
    let alloc = |commits: &[Commit]| exists(OpCode::AllocPasid, commits);
    assert!(alloc(&[]) && !alloc(&[NO_IOASID_SET]) && alloc(&[NO_IOASID_SET, CORE_PASIDS]));
}

#[test]
fn what_an_operation_refers_to_is_found_by_its_kind() {
    let bind = OpKind::Bind { dev: 3, mm: 4 };
    let of = |kind: OpKind| [kind.of(), kind.dev(), kind.mm(), kind.pasid()];
    assert_eq!(of(bind), [None, Some(3), Some(4), None]);
    let attach = OpKind::Attach { dev: 3, pasid: 4 };
    assert_eq!(of(attach), [None, Some(3), None, Some(4)]);
    assert_eq!(of(OpKind::Detach { of: 5 }), [Some(5), None, None, None]);
}

#[test]
fn enumerated_operations_are_over_what_there_is_in_the_order_of_searches() {
    let things = Things {
        devices: 1,
        mms: 1,
        ops: 3,
        pasids: &[1, 2],
    };
    let held = |of| [Some(Resource::Handle), None, Some(Resource::Domain)][of as usize];
    let mut all = Vec::new();
    things.operations(
        |code| code != OpCode::GetPasid,
        held,
        |kind| {
            all.push(kind.to_string());
        },
    );
    let expected = [
        "bind dev 0, mm 0",
        "unbind of op 0",
        "detach of op 2",
        "exit mm 0",
        "fork mm 0",
        "enqcmd_pasid mm 0",
        "alloc_pasid dev 0",
        "reset_begin dev 0",
        "page_request dev 0, pasid 1",
        "attach dev 0, pasid 1",
        "page_request dev 0, pasid 2",
        "attach dev 0, pasid 2",
    ];
    assert_eq!(all, expected);
    assert!(things.most() >= all.len());
}

/// Returns the cells of the rows of the documented tables.
fn rows_of_docs() -> Vec<Vec<&'static str>> {
    let docs = include_str!("../../../docs/formats.md");
    let rows = docs.lines().filter(|line| line.starts_with("| `"));
    let cells = |row: &'static str| row.trim_matches('|').split('|').map(str::trim);
    rows.map(|row| cells(row).collect()).collect()
}

/// Returns the words of a cell that are in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_documented_tables_are_those_of_the_program() {
    let rows = rows_of_docs();
    for code in OpCode::ALL {
        let row = rows.iter().find(|row| quoted(row[0]) == [code.name()]);
        let row = row.unwrap_or_else(|| panic!("docs/formats.md has no row of {code}"));
        let args: Vec<&str> = code.info().args.iter().map(|arg| arg.name).collect();
        assert_eq!(quoted(row[1]), args, "{code}");
    }
    for site in Site::ALL {
        let row = rows
            .iter()
            .find(|row| quoted(row[0]).contains(&site.name()));
        let row = row.unwrap_or_else(|| panic!("docs/formats.md has no row of {}", site.name()));
        let errnos: Vec<&str> = site.errnos().iter().map(|errno| errno.name()).collect();
        let fails_with = row[1].split(';').next().unwrap_or_default();
        assert_eq!(quoted(fails_with), errnos, "{}", site.name());
    }
}
