// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks the behaviour that generated cases reach in the models. Detects changes of a model or of
//! the weights that hide behaviour from the generator.

use crate::cited::{nameable, unreachable};
use crate::thorough::sample;
use crate::tried::shipped;
use impl_v67::revisions::{CHECK_X86_LATE, REFUSE_X86};
use impl_v68::revisions::IOMMU_MM;
use impl_v612::revisions::{ATTACH_HANDLES, RESET_NESTED, STORE_DEV_LOCKED};
use spec::generate::{EVERYTHING, GENE, Generator, HEADER, Profile, from_bytes};
use spec::op::RESET;
use spec::record::{Recording, record};
use spec::{At, Case, Errno, Model, Op, OpCode, Recorder, Ret, Run, Site, Splat};
use std::collections::BTreeSet;
use svadiff::models::AnyModel;

/// The number of cases of `everything` that reach all behaviour of one CPU, in every model. With
/// several seeds, at most a third of them were needed.
const CASES: u64 = 2000;
/// The number of cases of `races` that reach [`ONLY_RACES`] ten times on average.
const RACES: u64 = 200_000;
/// The number of random byte strings that reach as much as [`CASES`]. More strings than cases are
/// needed, because they often name resources that are already released.
const BYTES: u64 = 3 * CASES;

/// Returns the kind of a return value, without numbers.
fn kind_of(ret: Ret) -> &'static str {
    match ret {
        Ret::Handle { .. } => "handle",
        Ret::Ok => "ok",
        Ret::Pasid(_) => "pasid",
        Ret::Invalid => "invalid",
        Ret::Mm(_) => "mm",
        Ret::Domain(_) => "domain",
        Ret::Err(errno) => errno.name(),
        Ret::Skipped | Ret::Lacking => "skipped",
        Ret::Oops => "oops",
        Ret::Hang => "hang",
        Ret::Unfinished => "unfinished",
    }
}

/// The return values of each operation that any model can reach. The PASID of a bind is never
/// invalid.
const RETURNS: [(&str, &str); 13] = [
    (
        "bind",
        "handle E2BIG EBUSY EINVAL EIO ENODEV ENOMEM ENOSPC EOPNOTSUPP EOVERFLOW EPERM skipped",
    ),
    ("unbind", "ok skipped"),
    ("get_pasid", "pasid skipped"),
    ("fork", "mm skipped"),
    ("exit", "ok skipped"),
    ("alloc_pasid", "pasid invalid skipped"),
    ("free_pasid", "ok skipped"),
    (
        "attach",
        "domain E2BIG EBUSY EINVAL EIO ENODEV ENOMEM ENOSPC EOPNOTSUPP EPERM skipped",
    ),
    ("detach", "ok skipped"),
    ("page_request", "mm invalid skipped"),
    ("enqcmd_pasid", "pasid invalid skipped"),
    ("reset_begin", "ok EBUSY skipped"),
    ("reset_done", "ok skipped"),
];

/// An operation and its return value.
type Returned = (&'static str, &'static str);

/// A misbehaviour of a model.
#[derive(Clone, Copy)]
struct Wrong {
    model: &'static str,
    returns: &'static [Returned],
    splats: &'static [Splat],
}

const WRONG: [Wrong; 6] = [
    Wrong {
        model: "thread-a",
        returns: &[],
        splats: &[Splat::WarnDetach],
    },
    Wrong {
        model: "thread-b",
        returns: &[("page_request", "oops")],
        splats: &[Splat::WarnDetach, Splat::UseAfterFree],
    },
    Wrong {
        model: "thread-c",
        returns: &[("page_request", "oops")],
        splats: &[Splat::WarnDetach, Splat::UseAfterFree],
    },
    Wrong {
        model: "thread-d",
        returns: &[("bind", "hang"), ("unbind", "hang")],
        splats: &[
            Splat::AdditionOnZero,
            Splat::Saturated,
            Splat::Underflow,
            Splat::Deadlock,
        ],
    },
    Wrong {
        model: "v6.8-rc6",
        returns: &[],
        splats: &[Splat::Underflow],
    },
    Wrong {
        model: "v6.19",
        returns: &[("unbind", "oops")],
        splats: &[Splat::UseAfterFree],
    },
];

/// Behaviour that only an interleaving reaches, in models that store the device late: the return
/// value, the line, and the splat.
const ONLY_RACES: (Returned, At, Splat) = (("unbind", "oops"), At::DetachGroup, Splat::NullDeref);

/// Returns whether a model can do what [`ONLY_RACES`] has.
fn races(model: &AnyModel) -> bool {
    let tree = model.tree();
    tree.has(ATTACH_HANDLES) && !tree.has(STORE_DEV_LOCKED) && !tree.has(REFUSE_X86)
}

/// Returns what a model complains of in resets: a device that cannot be set again, and until they
/// could be nested a second reset.
fn complaints_of_resets(model: &AnyModel) -> &'static [Splat] {
    let tree = model.tree();
    match (tree.has(RESET), tree.has(RESET_NESTED)) {
        (false, _) => &[],
        (true, false) => &[Splat::WarnResetDone, Splat::WarnResetPrepare],
        (true, true) => &[Splat::WarnResetDone],
    }
}

/// Returns whether a model can return this, if it misbehaves in no way.
fn can_return(model: &AnyModel, (op, ret): Returned) -> bool {
    let tree = model.tree();
    let Some(code) = OpCode::by_name(op) else {
        return false;
    };
    let made = code.info().names().map_or(code, OpCode::that_holds);
    if !made.info().exists(tree.commits) {
        return ret == "skipped";
    }
    if (op, ret) == ("reset_begin", "EBUSY") {
        return !tree.has(RESET_NESTED);
    }
    if !tree.has(REFUSE_X86) {
        return true;
    }
    let is_late = tree.has(CHECK_X86_LATE);
    match (op, ret) {
        (_, "skipped") => true,
        ("bind", "EOPNOTSUPP") => true,
        ("bind", "EBUSY" | "ENOMEM" | "ENOSPC" | "EOVERFLOW") => is_late,
        ("bind" | "unbind" | "get_pasid", _) | ("page_request", "mm") => false,
        ("enqcmd_pasid", "pasid") => is_late,
        _ => true,
    }
}

/// Returns whether an operation of a model can fail at a site.
fn has_site(model: &AnyModel, site: Site) -> bool {
    let tree = model.tree();
    let refuses = tree.has(REFUSE_X86);
    match site {
        Site::MmDataAlloc => tree.has(IOMMU_MM) && !refuses,
        Site::DomainAlloc => !refuses,
        Site::HandleAlloc => !refuses || tree.has(CHECK_X86_LATE),
        Site::PasidAlloc | Site::PasidArray | Site::SetDevPasid => true,
    }
}

/// The splats that no model raises. None frees a PASID or an object twice, and thread-d, which
/// allows unlisted handles to be unbound, never reaches the `list_del()`. The others detect
/// mistakes that a patch can have and no registered model has.
const NEVER: [Splat; 10] = [
    Splat::IdaFree,
    Splat::IoasidFree,
    Splat::DoubleFree,
    Splat::ListDel,
    Splat::ListDelAgain,
    Splat::ListAddAgain,
    Splat::UnlockBalance,
    Splat::PasidOverwritten,
    Splat::OutOfMemory,
    Splat::SoftLockup,
];

/// The behaviour that cases have reached.
#[derive(Default)]
struct Reached {
    returns: BTreeSet<(&'static str, &'static str)>,
    splats: BTreeSet<Splat>,
    cited: BTreeSet<At>,
    /// The faults that made a difference to their operation.
    struck: BTreeSet<(Site, Errno, u32)>,
}

impl Reached {
    fn see(&mut self, case: &Case, recording: &Recording) {
        let steps = case.ops.iter().zip(&recording.trace.steps);
        let returned = steps.map(|(op, step)| (op.kind.name(), kind_of(step.ret)));
        self.returns.extend(returned);
        let end = recording.end.iter().map(|(_, note)| note);
        for note in recording.steps.iter().chain(end) {
            self.splats
                .extend(note.splats.iter().map(|(splat, _)| splat));
            self.cited.extend(note.anchors());
        }
    }

    /// Runs a sequential case again, each operation with its fault and without.
    fn see_faults(&mut self, model: &AnyModel, case: &Case) {
        let mut run = Run::new(&case.topology);
        for (index, op) in case.ops.iter().enumerate() {
            let mut without = run;
            let mut seen = [Recorder::default(), Recorder::default()];
            let ret = run.step(model, index, op, &mut seen[0]);
            if let Some(fault) = op.fault {
                let op = Op { fault: None, ..*op };
                let other = without.step(model, index, &op, &mut seen[1]);
                if ret != other || seen[0] != seen[1] || run != without {
                    self.struck.insert((fault.site, fault.errno, fault.nth));
                }
            }
            if ret.ends_the_run() {
                return;
            }
        }
    }

    /// Returns the behaviour that these cases reach in a model.
    fn by(model: &AnyModel, cases: impl Iterator<Item = Case>) -> Self {
        let mut reached = Reached::default();
        for case in cases {
            reached.see(&case, &record(model, &case));
            if !case.is_concurrent() {
                reached.see_faults(model, &case);
            }
        }
        // If another CPU died, an operation can be in progress or not begun.
        reached.returns.retain(|&(_, ret)| ret != "unfinished");
        reached
    }

    /// Checks that everything that the model can do was reached, and nothing else.
    fn assert_everything(&self, model: &AnyModel) {
        let name = model.name();
        let wrong = WRONG.iter().filter(|wrong| wrong.model == name);
        let returns = RETURNS.iter();
        let returns = returns.flat_map(|&(op, rets)| rets.split(' ').map(move |ret| (op, ret)));
        let returns = returns.filter(|&returned| can_return(model, returned));
        let besides = wrong.clone().flat_map(|wrong| wrong.returns);
        let returns: BTreeSet<Returned> = returns.chain(besides.copied()).collect();
        let splats = wrong.flat_map(|wrong| wrong.splats);
        let splats = splats.chain(complaints_of_resets(model)).copied().collect();
        let races = races(model);
        assert_reached(name, &returns, &self.returns, |&ret| {
            races && ret == ONLY_RACES.0
        });
        assert_reached(name, &splats, &self.splats, |&splat| {
            races && splat == ONLY_RACES.2
        });
        for at in nameable(model) {
            match unreachable(model, at) {
                _ if races && at == ONLY_RACES.1 => {}
                None => assert!(self.cited.contains(&at), "{name}: {at}"),
                Some(why) => assert!(!self.cited.contains(&at), "{name}: {at}: {why}"),
            }
        }
        let has = |site| has_site(model, site);
        for site in Site::ALL.into_iter().filter(|&site| has(site)) {
            let struck = self.struck.iter().filter(|(at, ..)| *at == site);
            let errnos = struck.clone().map(|&(_, errno, _)| errno).collect();
            let times = struck.map(|&(_, _, nth)| nth).collect();
            let what = format!("{name}: {}", site.name());
            assert_reached(
                &what,
                &site.errnos().iter().copied().collect(),
                &errnos,
                |_| false,
            );
            // A second attempt to store an entry happens only after a driver has refused.
            let most = if site == Site::SetDevPasid { 2 } else { 1 };
            assert_reached(&what, &(0..=most).collect(), &times, |_| true);
        }
    }
}

fn assert_reached<T: Ord + std::fmt::Debug>(
    what: &str,
    expected: &BTreeSet<T>,
    reached: &BTreeSet<T>,
    may: impl Fn(&T) -> bool,
) {
    let missing: Vec<_> = expected.difference(reached).collect();
    assert!(missing.is_empty(), "{what}: {missing:?} was not reached");
    let more: Vec<_> = reached
        .difference(expected)
        .filter(|this| !may(this))
        .collect();
    assert!(
        more.is_empty(),
        "{what}: {more:?} was not known to be possible"
    );
}

/// Generates cases from consecutive seeds.
fn generated(first: u64) -> impl Iterator<Item = Case> {
    let mut generator = Generator::new(EVERYTHING);
    (first..first + CASES).map(move |seed| generator.case(seed).clone())
}

#[test]
fn every_return_splat_fault_and_line_of_every_model_is_reached_by_seeds() {
    for model in shipped() {
        Reached::by(&model, generated(0)).assert_everything(&model);
    }
}

#[test]
fn every_return_splat_fault_and_line_of_every_model_is_reached_by_bytes() {
    for model in sample(shipped(), 3) {
        let mut rng = fastrand::Rng::with_seed(1);
        let cases = (0..BYTES).map(|_| {
            let genes = rng.usize(..=64);
            let bytes: Vec<u8> = (0..HEADER + GENE * genes).map(|_| rng.u8(..)).collect();
            let mut case = Case::default();
            from_bytes(EVERYTHING, &bytes, &mut case);
            case
        });
        Reached::by(&model, cases).assert_everything(&model);
    }
}

#[test]
fn what_only_an_interleaving_reaches_is_reached_by_races() {
    let (_, at, splat) = ONLY_RACES;
    for model in shipped().into_iter().filter(races) {
        let mut generator = Generator::new(Profile::by_name("races").expect("a profile"));
        let found = (0..RACES).filter(|&seed| {
            let recording = record(&model, generator.case(seed));
            let mut splats = recording.steps.iter().flat_map(|note| &note.splats);
            splats.any(|&this| this == (splat, at))
        });
        let found = found.take(3).count();
        assert_eq!(found, 3, "{}", model.name());
    }
}

/// For each of them it is then known that the generator reaches it, or that it cannot be reached.
#[test]
fn every_splat_and_every_errno_is_one_that_some_model_shows_or_none_ever_does() {
    let shown = WRONG.iter().flat_map(|wrong| wrong.splats).copied();
    let mut all: Vec<Splat> = shown
        .chain([ONLY_RACES.2, Splat::WarnResetDone, Splat::WarnResetPrepare])
        .chain(NEVER)
        .collect();
    all.sort();
    all.dedup();
    let mut every = Splat::ALL.to_vec();
    every.sort();
    assert_eq!(all, every);
    let returned: BTreeSet<&str> = { RETURNS.iter() }
        .flat_map(|(_, rets)| rets.split(' '))
        .collect();
    for errno in Errno::ALL {
        assert!(returned.contains(errno.name()), "{}", errno.name());
    }
}
