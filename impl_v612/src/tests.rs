// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of 6.12 and the stable kernels after it, one fact at a time.

mod attach;
mod bind;
mod earlier;
mod reset;
mod unbind;

use crate::{ERA, V612};
use spec::kernel::{Armed, DeviceId, DomainId, Entry, HandleId};
use spec::record::{Recording, record};
use spec::revision::Graph;
use spec::trace::{Attached, Call, Live};
use spec::{At, Case, Decision, Device, Errno, Fault, Kernel, Machine, Mm, Op, OpKind};
use spec::{Recorder, Ret, Run, Site, Stop, Topology, Tree};
use std::sync::LazyLock;

const ALL: [&str; 3] = ["v6.12", "v6.12.117", "v7.3"];

fn tree(name: &str) -> &'static Tree {
    static GRAPH: LazyLock<&Graph> = LazyLock::new(|| {
        let eras = [impl_v67::ERA, impl_v68::ERA, ERA];
        Graph::new(&eras).expect("the revisions of all eras form a graph")
    });
    GRAPH.tree(name).expect(name)
}

/// Runs operations on a revision, with some devices and two mms.
struct Ran {
    recording: Recording,
}

/// Creates a device for each pair of a group and a hardware instance.
fn run(name: &str, devices: &[(u8, u8)], ops: &[Op]) -> Ran {
    let device = |&(group, instance): &(u8, u8)| Device {
        group,
        max_pasids: 16,
        instance,
    };
    ran(name, topology(devices.iter().map(device)), ops)
}

/// Creates devices of one group, each with a number of PASIDs.
fn run_one_group(name: &str, max_pasids: &[u16], ops: &[Op]) -> Ran {
    ran(name, one_group(max_pasids), ops)
}

fn one_group(max_pasids: &[u16]) -> Topology {
    let device = |&max_pasids: &u16| Device {
        group: 0,
        max_pasids,
        instance: 0,
    };
    topology(max_pasids.iter().map(device))
}

fn topology(devices: impl Iterator<Item = Device>) -> Topology {
    Topology {
        devices: devices.collect(),
        mms: vec![Mm { dma_compat: true }; 2],
    }
}

fn ran(name: &str, topology: Topology, ops: &[Op]) -> Ran {
    let recording = record(&V612(tree(name)), &Case::new(topology, ops.to_vec()));
    Ran { recording }
}

impl Ran {
    fn rets(&self) -> Vec<Ret> {
        let steps = self.recording.trace.steps.iter();
        steps.map(|step| step.ret).collect()
    }

    fn calls(&self, op: usize) -> &[Call] {
        &self.recording.trace.steps[op].calls
    }

    fn live(&self, op: usize) -> &Live {
        let live = self.recording.trace.steps[op].live.as_ref();
        live.expect("the machine is up")
    }

    /// Returns the decision of an operation's outcome.
    fn decided(&self, op: usize) -> Decision {
        let decisions = &self.recording.steps[op].decisions;
        *decisions.last().expect("something decided")
    }

    /// Asserts that the kernel never complained and that the teardown leaks nothing.
    fn is_clean(&self) -> bool {
        let end = self.recording.trace.end.as_ref().expect("a teardown");
        let mut steps = self.recording.trace.steps.iter().chain([end]);
        let left = end.live.as_ref().expect("the machine is up");
        let counts = left.mm_count.iter().sum::<u32>();
        let left = left.handles + left.domains + left.mm_data + counts;
        steps.all(|step| step.splats.is_empty()) && left == 0
    }
}

fn bind(dev: u32, mm: u32) -> Op {
    OpKind::Bind { dev, mm }.into()
}

fn unbind(of: u32) -> Op {
    OpKind::Unbind { of }.into()
}

fn exit(mm: u32) -> Op {
    OpKind::Exit { mm }.into()
}

fn attach(dev: u32, pasid: u32) -> Op {
    OpKind::Attach { dev, pasid }.into()
}

fn detach(of: u32) -> Op {
    OpKind::Detach { of }.into()
}

fn page_request(dev: u32, pasid: u32) -> Op {
    OpKind::PageRequest { dev, pasid }.into()
}

fn failing(mut op: Op, site: Site, nth: u32, errno: Errno) -> Op {
    op.fault = Some(Fault { site, nth, errno });
    op
}

/// A bind that returned a handle with the first PASID.
fn handle(handle: u8) -> Ret {
    let pasid = Some(1);
    Ret::Handle { handle, pasid }
}

const EBUSY: Ret = Ret::Err(Errno::EBUSY);
const EINVAL: Ret = Ret::Err(Errno::EINVAL);
const EOPNOTSUPP: Ret = Ret::Err(Errno::EOPNOTSUPP);

fn alloc(domain: u32) -> Call {
    let domain = Some(domain);
    Call::DomainAlloc { domain }
}

fn free(domain: u32) -> Call {
    Call::DomainFree { domain }
}

/// Returns the callbacks of the mm with the first PASID.
fn set(dev: u32, domain: u32) -> Call {
    fails(dev, domain, None)
}

fn fails(dev: u32, domain: u32, err: impl Into<Option<Errno>>) -> Call {
    Call::SetDevPasid {
        dev,
        pasid: 1,
        domain,
        err: err.into(),
    }
}

fn remove(dev: u32) -> Call {
    Call::RemoveDevPasid { dev, pasid: 1 }
}

fn entry(group: u8, domain: impl Into<Option<u32>>) -> Attached {
    Attached {
        group,
        pasid: 1,
        domain: domain.into(),
        freed: false,
    }
}

/// A machine and an observer, for calls that no sequence of operations can make.
struct Bench {
    tree: &'static Tree,
    run: Run,
    watch: Recorder,
}

impl Bench {
    /// One device, two mms.
    fn new(name: &str) -> Self {
        Bench {
            tree: tree(name),
            run: Run::new(&one_group(&[16])),
            watch: Recorder::default(),
        }
    }

    fn kernel<T>(&mut self, work: impl FnOnce(&mut Kernel<'_, Recorder>) -> T) -> T {
        let commits = self.tree.commits;
        let (m, mut armed): (&mut Machine, _) = (&mut self.run.machine, Armed::default());
        work(&mut Kernel::new(m, &mut armed, &mut self.watch, commits))
    }

    fn step(&mut self, index: usize, op: Op) -> Ret {
        self.watch.clear();
        let model = V612(self.tree);
        self.run.step(&model, index, &op, &mut self.watch)
    }
}

#[test]
fn the_later_kernels_leave_6_12_and_have_its_commits() {
    for (name, parent) in [
        ("v6.12", "v6.10"),
        ("v6.12.93", "v6.12"),
        ("v6.12.117", "v6.12.93"),
        ("v6.17", "v6.12"),
        ("v7.3", "v7.1.2"),
    ] {
        assert_eq!(tree(name).parent(), Some(parent));
    }
    let bits = |name: &str| {
        use crate::revisions::{
            ENTRY_NAMES_DOMAIN, PUBLISH_ATTACHED, SKIP_NO_PASIDS, STORE_DEV_LOCKED,
        };
        [
            STORE_DEV_LOCKED,
            SKIP_NO_PASIDS,
            PUBLISH_ATTACHED,
            ENTRY_NAMES_DOMAIN,
        ]
        .map(|commit| tree(name).has(commit))
    };
    assert_eq!(bits("v6.12"), [false; 4]);
    assert_eq!(bits("v6.12.117"), [true, true, false, false]);
    assert_eq!(bits("v7.3"), [true; 4]);
}
