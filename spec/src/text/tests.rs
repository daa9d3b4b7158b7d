// SPDX-License-Identifier: GPL-2.0-or-later
use super::*;
use crate::case::{Device, Errno, Fault, Mm, Op, Site, Topology};
use crate::generate::{Generator, PROFILES};
use crate::op::{OpCode, OpKind};

fn read(text: &str) -> Case {
    parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}\n{}", error.picture()))
}

/// Reads a text that is refused. Returns the place and the sentence.
fn refused(text: &str) -> (usize, usize, String) {
    match parse(text) {
        Ok(case) => panic!("{text:?} is {case:?}"),
        Err(error) => (error.line(), error.column(), error.sentence().to_owned()),
    }
}

fn there_and_back(case: &Case) {
    let long = of(case);
    assert_eq!(read(&long), *case, "{long}");
    assert_eq!(of(&read(&long)), long);
    for line in long.lines() {
        assert!(
            line.len() <= WIDTH && line == line.trim_end(),
            "{line:?} of\n{long}"
        );
    }
    let short = one_line(case);
    assert!(
        !short.contains('\n') && long.is_ascii() && short.is_ascii(),
        "{short}"
    );
    assert_eq!(read(&short), *case, "{short}");
    assert_eq!(one_line(&read(&short)), short);
}

#[test]
fn random_cases_are_the_same_after_being_text() {
    for profile in &PROFILES {
        let mut cases = Generator::new(profile);
        for seed in 0..500 {
            there_and_back(cases.case(seed));
        }
    }
}

#[test]
fn texts_for_people_are_the_same_after_being_text() {
    let mut random = fastrand::Rng::with_seed(1);
    let alphabet: Vec<char> = "  \\\"ab-;[]→\u{1b}\u{0}\n\t\r\u{a0}\u{202e}ä中\u{10ffff}"
        .chars()
        .collect();
    let mut string = |most: usize| -> Option<String> {
        let length = random.usize(0..most);
        let chars = (0..length).map(|_| alphabet[random.usize(..alphabet.len())]);
        Some(chars.collect())
    };
    for _ in 0..1000 {
        let mut case = read("bind 0 0");
        (case.title, case.origin, case.note) = (string(20), string(3), string(300));
        there_and_back(&case);
        case.title = Some("x".repeat(200) + "  y " + &"\\".repeat(150));
        there_and_back(&case);
    }
}

#[test]
fn extreme_cases_are_the_same_after_being_text() {
    let fault = Fault {
        site: Site::SetDevPasid,
        nth: u32::MAX,
        errno: Errno::EOPNOTSUPP,
    };
    let widest = |code: OpCode| Op {
        cpu: Some(63),
        fault: Some(fault),
        ..Op::from(code.with_args([u32::MAX; 2]))
    };
    let device = Device {
        group: 7,
        max_pasids: 4096,
        instance: 3,
    };
    let mut case = Case::new(
        Topology {
            devices: vec![device; 8],
            mms: vec![Mm { dma_compat: false }; 16],
        },
        OpCode::ALL
            .into_iter()
            .cycle()
            .take(64)
            .map(widest)
            .collect(),
    );
    case.schedule = Some(vec![63; 1024]);
    there_and_back(&case);
    for nth in [0, 1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, u32::MAX] {
        let mut case = read("bind 0 0 [pasid_array: ENOMEM]");
        case.ops[0].fault.as_mut().expect("a fault").nth = nth;
        there_and_back(&case);
    }
    there_and_back(&Case::default());
    for schedule in [vec![], vec![0, 63]] {
        there_and_back(&Case {
            schedule: Some(schedule),
            ..Case::default()
        });
    }
    let one = Topology {
        devices: vec![device],
        mms: vec![],
    };
    there_and_back(&Case::new(one, vec![]));
}

#[test]
fn the_short_form_is_the_long_form() {
    let long = "on 1 device, 1 mm\n  -> 0  bind dev 0, mm 0\n     1  attach dev 0, pasid 3\n 2 \
                unbind of op 0\n end  everything is released";
    for text in [
        "bind 0 0; attach 0 3; unbind 0",
        "bind 0 0 attach 0 3 unbind 0",
        "bind 0 0\nattach 0 3\nunbind 0\n",
        ";;bind  0,\t0 ; 1 attach\r\n dev 0 pasid 3;unbind of 0;;",
        "bind dev 0 mm 0; attach 0, 3; -> 2 unbind op 0",
        "bind 0 0; attach 0 3; unbind 0; on 1 device, 1 mm",
    ] {
        assert_eq!(read(text), read(long), "{text}");
    }
    let cpus = read("cpu 0: bind dev 0, mm 0; cpu 1: unbind of op 0; schedule 0 0 1 1");
    assert_eq!(
        read("schedule 0 0 1 1; cpu 0: bind 0 0 cpu 1: unbind 0"),
        cpus
    );
    assert_eq!(
        read(" 0  cpu 0: bind 0 0\n 1 cpu 1:unbind 0\nschedule 0 0\n1 1"),
        cpus
    );
    assert_eq!(cpus.schedule, Some(vec![0, 0, 1, 1]));
    let fault = read("bind 0 0 [set_dev_pasid: EIO, 1st time]").ops;
    assert_eq!(read("bind 0 0 [set_dev_pasid -EIO]").ops, fault);
    for code in OpCode::ALL {
        let op = Op::from(code.with_args([0, 1]));
        let numbers: Vec<String> = op.kind.args().map(|(_, n)| n.to_string()).collect();
        assert_eq!(read(&format!("{code} {}", numbers.join(" "))).ops, [op]);
    }
}

#[test]
fn text_without_a_topology_has_what_it_names() {
    let sizes = |text: &str| {
        let Topology { devices, mms } = read(text).topology;
        assert!(
            devices
                .iter()
                .enumerate()
                .all(|(at, this)| *this == usual::usual_device(at))
        );
        assert!(mms.iter().all(|mm| mm.dma_compat));
        (devices.len(), mms.len())
    };
    assert_eq!(sizes("bind 0 0; bind 2 1"), (3, 2));
    assert_eq!(sizes("exit 3"), (0, 4));
    assert_eq!(sizes("alloc_pasid 7"), (8, 0));
    assert_eq!(sizes("attach 0 4095"), (1, 0));
    // The child of a fork is not there at the start.
    assert_eq!(sizes("fork 0; bind 0 1"), (1, 1));
    assert_eq!(sizes("bind 0 1; fork 0; bind 0 2"), (1, 2));
    assert_eq!(sizes("fork 0; fork 1; bind 0 3"), (1, 2));
    assert_eq!(sizes("bind 0 1; fork 0; bind 0 0"), (1, 2));
    assert_eq!(read("unbind 7").ops, [Op::from(OpKind::Unbind { of: 7 })]);
    assert_eq!(read("on 2 devices, 0 mms").topology.devices[1].group, 1);
}

#[test]
fn refusals_name_the_place_what_was_expected_and_the_nearest_word() {
    for (text, (line, column), says) in [
        ("", (1, 1), "empty, but a case was expected"),
        (" \n;; ;\n", (1, 1), "empty"),
        ("title \"x\"", (1, 10), "no operation"),
        ("bnd 0 0", (1, 1), "origin, note; did you mean `bind`?"),
        ("bind 0 0;\n  unbnd 0", (2, 3), "did you mean `unbind`?"),
        (
            "bind 0 0; write 0",
            (1, 11),
            "unknown operation `write`, expected one of bind, unbind, get_pasid,",
        ),
        ("unbind 0 agian", (1, 10), "did you mean `again`?"),
        (
            "bind 0",
            (1, 7),
            "expected the mm of `bind`: `mm 0`, or a number, but found the end",
        ),
        ("bind dv 0 0", (1, 6), "did you mean `dev`?"),
        ("bind dev, mm 0", (1, 9), "expected a number after `dev`"),
        (
            "bind 0 0 0",
            (1, 10),
            "one number too many: `bind` has one dev and one mm",
        ),
        (
            "bind 0 0; 3 unbind 0",
            (1, 11),
            "the next operation is number 1",
        ),
        ("bind -1 0", (1, 6), "but found `-`"),
        ("bind 0 4294967296", (1, 8), "at most 4294967295"),
        ("bind 0 0x1", (1, 8), "but found `0x1`"),
        ("bind 0 0 again", (1, 10), "unbind, free_pasid, detach"),
        (
            "bind 0 0 [set_dev: EIO]",
            (1, 11),
            "did you mean `set_dev_pasid`?",
        ),
        (
            "bind 0 0 [handle_alloc: EIO]",
            (1, 25),
            "it fails with ENOMEM",
        ),
        (
            "bind 0 0 [set_dev_pasid: EBSY]",
            (1, 26),
            "did you mean `EBUSY`?",
        ),
        (
            "bind 0 0 [set_dev_pasid: EIO, 0th time]",
            (1, 31),
            "counted from 1",
        ),
        (
            "bind 0 0 [set_dev_pasid: EIO, evry time]",
            (1, 31),
            "did you mean `every`?",
        ),
        (
            "bind 0 0 [set_dev_pasid: EIO",
            (1, 29),
            "a `]` at the end of the fault",
        ),
        (
            "bind 0 0 [set_dev_pasid: EIO][set_dev_pasid: EIO]",
            (1, 30),
            "at most one fault",
        ),
        (
            "bind 0 0; unbind 0 again again",
            (1, 26),
            "a second `again`; an operation has at most one",
        ),
        ("bind 8 0", (1, 1), "more than 8 devices or 16 mms"),
        ("exit 0; exit 16", (1, 9), "more than 8 devices or 16 mms"),
        ("on 9 devices, 1 mm", (1, 4), "at most 8"),
        ("on 1 device, 17 mms", (1, 14), "at most 16"),
        ("on 1 devise, 1 mm", (1, 6), "did you mean `device`?"),
        (
            "on 2 devices (group 0 0), 1 mm",
            (1, 15),
            "did you mean `groups`?",
        ),
        (
            "on 2 devices (groups 0), 1 mm",
            (1, 23),
            "the number of dev 1",
        ),
        (
            "on 1 device (groups 0 1), 1 mm",
            (1, 23),
            "one number too many",
        ),
        (
            "on 1 device (max_pasids 4097), 1 mm",
            (1, 25),
            "at most 4096",
        ),
        ("on 1 device (instances 4), 1 mm", (1, 24), "at most 3"),
        ("on 1 device (groups 8), 1 mm", (1, 21), "at most 7"),
        (
            "on 1 device, 1 mm (not dma_compat: 1)",
            (1, 36),
            "there is no mm 1 at the start",
        ),
        (
            "on 1 device, 1 mm; on 1 device, 1 mm",
            (1, 20),
            "a second topology",
        ),
        ("cpu 64: bind 0 0", (1, 5), "at most 63"),
        (
            "cpu 0  cpu 1\n 0 bind 0 0",
            (1, 8),
            "columns cannot be read",
        ),
        (
            "cpu 0: bind 0 0; bind 0 0",
            (1, 18),
            "either all have one, or none",
        ),
        (
            "cpu 0: bind 0 0; cpu 0: unbind 0 again",
            (1, 18),
            "only a case without CPUs",
        ),
        (
            "bind 0 0; schedule 0",
            (1, 11),
            "the operations have no CPU",
        ),
        (
            "schedule 0 1 cpu 0: bind 0 0",
            (1, 14),
            "a schedule ends with a `;`",
        ),
        ("title x; bind 0 0", (1, 7), "the title in quotes"),
        ("title \"x; bind 0 0", (1, 7), "does not end"),
        ("title \"\\x\"; bind 0 0", (1, 8), "`\\u{7f}` after a `\\`"),
        ("bind 0 0 \u{1b}[31m", (1, 10), "but found `\\u{1b}`"),
        ("bïnd 0 0", (1, 1), "unknown operation `bïnd`, "),
        (
            "→ bind 0 0 0",
            (1, 1),
            "expected an operation, like `bind 0 0`, but found `→`",
        ),
    ] {
        let (at_line, at_column, sentence) = refused(text);
        assert_eq!((at_line, at_column), (line, column), "{text:?}: {sentence}");
        assert!(sentence.contains(says), "{text:?}: {sentence}");
        assert!(!sentence.contains(['\n', '\u{1b}']), "{sentence:?}");
    }
    let many = "bind 0 0;".repeat(65);
    assert_eq!(refused(&many).1, 64 * 9 + 1);
    assert!(
        refused(&format!("cpu 0: bind 0 0; schedule {}", "0 ".repeat(1025)))
            .2
            .contains("1024")
    );
}

#[test]
fn the_caret_is_below_the_place() {
    let of = |text: &str| parse(text).expect_err("refused").picture();
    assert_eq!(of("bind 0 0;\n\tbnd ä"), "   bnd ?\n   ^^^\n");
    assert_eq!(of("bind 0"), "  bind 0\n        ^\n");
    let long = format!(
        "bind 0 0; {} frok 0; {}",
        "exit 0; ".repeat(30),
        "exit 0; ".repeat(20)
    );
    let picture = of(&long);
    let [line, caret] = picture.lines().collect::<Vec<_>>()[..] else {
        panic!("{picture}")
    };
    let at = caret.find('^').expect("a caret");
    assert_eq!(&line[at..at + 4], "frok");
    assert!(
        line.len() <= WIDTH && caret.trim_end().len() <= WIDTH,
        "{picture}"
    );
}

#[test]
fn text_of_any_length_takes_time_in_proportion() {
    let mib = 1 << 20;
    assert!(refused(&" ".repeat(mib)).2.contains("empty"));
    assert!(
        refused(&"[".repeat(mib))
            .2
            .contains("expected an operation")
    );
    assert!(refused(&"1".repeat(mib)).2.contains("number"));
    assert!(refused(&"x".repeat(mib)).2.contains("unknown operation"));
    assert!(
        refused(&format!("title \"{}", "\\".repeat(mib)))
            .2
            .contains("does not end")
    );
    assert!(
        refused(&";".repeat(crate::read::MAX_BYTES + 1))
            .2
            .contains("larger than 16 MiB")
    );
    assert_eq!(read(&format!("{}bind 0 0", ";\n".repeat(mib))).ops.len(), 1);
    let title = "x ".repeat(mib / 2);
    let case = read(&format!("title \"{title}\"; bind 0 0"));
    assert_eq!(case.title.as_deref(), Some(&*title));
    there_and_back(&case);
}

#[test]
fn bytes_that_are_not_utf8_are_refused_at_their_place() {
    let error = parse_bytes(b"bind 0 0;\n bind \xff 0").expect_err("refused");
    assert_eq!((error.line(), error.column()), (2, 7));
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    assert!(parse_bytes(b"bind 0 0").is_ok());
}
