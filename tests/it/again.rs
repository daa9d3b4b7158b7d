// SPDX-License-Identifier: GPL-2.0-or-later
//! Callers that release a second time, on request.

use serde_json::{Value, json};
use spec::record::{Recording, record};
use spec::{Case, Device, Mm, Op, OpCode, OpKind, Ret, Splat, Topology};
use svadiff::models::{self, AnyModel};

const BIND: OpKind = OpKind::Bind { dev: 0, mm: 0 };
const FAILS: OpKind = OpKind::Bind { dev: 1, mm: 0 };
const ALLOC: OpKind = OpKind::AllocPasid { dev: 0 };
const ATTACH: OpKind = OpKind::Attach { dev: 0, pasid: 7 };

/// An operation that releases what an earlier one holds.
type Release = fn(u32) -> OpKind;

const UNBIND: Release = |of| OpKind::Unbind { of };
const FREE: Release = |of| OpKind::FreePasid { of };
const DETACH: Release = |of| OpKind::Detach { of };

/// Each release, with the operation that holds what it releases.
const RELEASES: [(OpKind, Release); 3] = [(BIND, UNBIND), (ALLOC, FREE), (ATTACH, DETACH)];

/// Returns two devices, of which the second has no PASIDs, and two mms.
fn topology() -> Topology {
    let device = |group, max_pasids| Device {
        group,
        max_pasids,
        instance: 0,
    };
    Topology {
        devices: vec![device(0, 16), device(1, 0)],
        mms: vec![Mm { dma_compat: true }; 2],
    }
}

fn again(kind: OpKind) -> Op {
    let again = true;
    Op {
        again,
        ..kind.into()
    }
}

fn run(model: &AnyModel, ops: &[Op]) -> Recording {
    record(model, &Case::new(topology(), ops.to_vec()))
}

fn rets(recording: &Recording) -> Vec<Ret> {
    let steps = recording.trace.steps.iter();
    steps.map(|step| step.ret).collect()
}

fn splats(recording: &Recording, step: usize) -> Vec<Splat> {
    let splats = recording.steps[step].splats.iter();
    splats.map(|&(splat, _)| splat).collect()
}

/// Returns whether the operation does something in a model.
fn works(model: &AnyModel, kind: OpKind) -> bool {
    let ret = rets(&run(model, &[kind.into()]))[0];
    !matches!(ret, Ret::Skipped | Ret::Lacking | Ret::Err(_))
}

fn named(name: &str) -> AnyModel {
    models::by_name(name).expect("a model of this name")
}

#[test]
fn what_was_not_released_is_released_as_ever() {
    for model in models::all() {
        for (holds, release) in RELEASES {
            let plain = run(&model, &[holds, release(0)].map(Op::from));
            let asked = run(&model, &[holds.into(), again(release(0))]);
            assert_eq!(asked, plain, "{} {holds}", model.name());
        }
    }
}

#[test]
fn what_failed_or_is_of_another_kind_is_skipped() {
    for model in models::all() {
        for (holds, release) in RELEASES {
            for other in [BIND, ALLOC, ATTACH, FAILS, OpKind::Exit { mm: 0 }] {
                if other.code() == holds.code() && other != FAILS {
                    continue;
                }
                for of in [0, 1, 2, 64, u32::MAX] {
                    let recording = run(&model, &[other.into(), again(release(of))]);
                    let name = model.name();
                    assert_eq!(rets(&recording)[1], Ret::Skipped, "{name} {other} {of}");
                }
            }
        }
    }
}

#[test]
fn a_handle_that_nobody_holds_was_freed() {
    for model in models::all().into_iter().filter(|m| works(m, BIND)) {
        let recording = run(&model, &[BIND.into(), UNBIND(0).into(), again(UNBIND(0))]);
        let freed = recording.trace.steps[1].live.as_ref();
        if freed.is_none_or(|live| live.handles != 0) {
            continue; // a proposal that never frees it
        }
        assert_eq!(rets(&recording)[2], Ret::Oops, "{}", model.name());
        assert_eq!(splats(&recording, 2), [Splat::UseAfterFree]);
    }
}

/// From 6.8-rc6 on, the second bind gets the handle of the first.
#[test]
fn a_handle_that_another_bind_holds_loses_one_more_reference() {
    for name in ["v6.8", "v6.9", "v6.10", "v6.12", "v7.3"] {
        let ops = [
            BIND.into(),
            BIND.into(),
            UNBIND(0).into(),
            again(UNBIND(0)),
            UNBIND(1).into(),
        ];
        let recording = run(&named(name), &ops);
        assert_eq!(rets(&recording)[2..], [Ret::Ok, Ret::Ok, Ret::Oops]);
        let handles = [1, 2, 3].map(|step| {
            let live = recording.trace.steps[step].live.as_ref();
            live.map(|live| live.handles)
        });
        assert_eq!(handles, [1, 1, 0].map(Some), "{name}");
    }
    let ops = [BIND.into(), BIND.into(), UNBIND(0).into(), again(UNBIND(0))];
    assert_eq!(rets(&run(&named("v6.7"), &ops))[3], Ret::Oops);
}

#[test]
fn a_pasid_that_nobody_has_is_complained_of_and_one_that_somebody_has_is_freed() {
    for model in models::all().into_iter().filter(|m| works(m, ALLOC)) {
        let name = model.name();
        let nobody = run(&model, &[ALLOC.into(), FREE(0).into(), again(FREE(0))]);
        let complaint = match name {
            "v6.2" => Splat::IoasidFree,
            _ => Splat::IdaFree,
        };
        assert_eq!(rets(&nobody)[2], Ret::Ok, "{name}");
        assert_eq!(splats(&nobody, 2), [complaint], "{name}");
        let ops = [ALLOC.into(), FREE(0).into(), ALLOC.into(), again(FREE(0))];
        let somebody = run(&model, &ops);
        assert_eq!(splats(&somebody, 3), [], "{name}");
        let live = somebody.trace.steps[3].live.as_ref().expect("no oops");
        assert!(live.pasids.is_empty(), "{name}");
        // The teardown frees it for the one who still holds it, and for nobody else.
        let (_, end) = &somebody.end[0];
        assert_eq!(end.splats.len(), 1, "{name}");
    }
}

#[test]
fn a_second_detach_erases_what_is_attached_by_then_and_reads_a_freed_domain() {
    for model in models::all() {
        let name = model.name();
        let ops = [
            ATTACH.into(),
            DETACH(0).into(),
            ATTACH.into(),
            again(DETACH(0)),
        ];
        let recording = run(&model, &ops);
        assert_eq!(rets(&recording)[3], Ret::Oops, "{name}");
        let calls = &recording.trace.steps[3].calls;
        assert_eq!(calls.len(), 1, "{name}: {calls:?}");
        let seen = splats(&recording, 3);
        assert_eq!(seen.last(), Some(&Splat::UseAfterFree), "{name}");
        assert!([1, 2].contains(&seen.len()), "{name}: {seen:?}");
    }
    let ops = [ATTACH.into(), DETACH(0).into(), again(DETACH(0))];
    for (name, warns) in [
        ("v6.7", true),
        ("v6.10", true),
        ("v6.12", false),
        ("v7.3", false),
    ] {
        let seen = splats(&run(&named(name), &ops), 2);
        assert_eq!(seen.contains(&Splat::WarnDetach), warns, "{name}");
    }
}

fn case_with(op: Value) -> Value {
    json!({
        "topology": {
            "devices": [{"group": 0, "max_pasids": 16, "instance": 0}],
            "mms": [{"dma_compat": true}],
        },
        "ops": [{"op": "bind", "dev": 0, "mm": 0}, op],
    })
}

fn read(case: &Value) -> Result<Case, String> {
    Case::from_json(case.to_string().as_bytes()).map_err(|refused| refused.to_string())
}

#[test]
fn only_three_operations_can_be_performed_again() {
    let mut can = Vec::new();
    for code in OpCode::ALL {
        for value in [true, false] {
            let mut op = json!({"op": code.name(), "again": value});
            for arg in code.info().args {
                op[arg.name] = json!(0);
            }
            match read(&case_with(op)) {
                Ok(case) => {
                    assert_eq!(case.ops[1].again, value);
                    let written = case.to_json();
                    let key = written["ops"][1].get("again").cloned();
                    assert_eq!(key, value.then_some(Value::Bool(true)));
                    assert_eq!(read(&written), Ok(case));
                    can.push(code.name());
                }
                Err(said) => {
                    let expected = format!("at ops[1]: `{code}` has no key `again`");
                    assert!(said.ends_with(&expected), "{said}");
                }
            }
        }
    }
    can.dedup();
    assert_eq!(can, ["unbind", "free_pasid", "detach"]);
}

#[test]
fn nothing_is_performed_again_on_several_cpus_or_by_halves() {
    let mut case = case_with(json!({"op": "unbind", "of": 0, "again": true, "cpu": 0}));
    case["ops"][0]["cpu"] = json!(1);
    let said = read(&case).expect_err("a concurrent case");
    assert!(
        said.ends_with("ops[1] has `again`, which only a sequential case can have"),
        "{said}"
    );
    for wrong in [json!(1), json!(null), json!("true")] {
        let case = case_with(json!({"op": "unbind", "of": 0, "again": wrong}));
        let said = read(&case).expect_err("not a boolean");
        assert!(
            said.contains("at ops[1].again: ") && said.contains("boolean"),
            "{said}"
        );
    }
}
