// SPDX-License-Identifier: GPL-2.0-or-later
//! The behaviour of the revisions of 6.8, one fact at a time.

mod later;
mod proposals;
mod releases;

use crate::{ERA, V68, revisions};
use spec::record::{Recording, record};
use spec::revision::Graph;
use spec::trace::{Call, Live};
use spec::{At, Case, Decision, Device, Errno, Fault, Mm, Op, OpKind, Ret, Site, Topology, Tree};
use std::sync::LazyLock;

static GRAPH: LazyLock<&Graph> = LazyLock::new(|| {
    let eras = [impl_v67::ERA, ERA];
    Graph::new(&eras).expect("the revisions of both eras form a graph")
});

fn tree(name: &str) -> &'static Tree {
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
    let topology = Topology {
        devices: devices.iter().map(device).collect(),
        mms: vec![Mm { dma_compat: true }; 2],
    };
    ran(name, topology, ops)
}

fn ran(name: &str, topology: Topology, ops: &[Op]) -> Ran {
    let recording = record(&V68(tree(name)), &Case::new(topology, ops.to_vec()));
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

    fn splats(&self, op: usize) -> &[&'static str] {
        &self.recording.trace.steps[op].splats
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

    /// Returns what remains after the teardown.
    fn left(&self) -> &Live {
        let end = self.recording.trace.end.as_ref().expect("a teardown");
        end.live.as_ref().expect("the machine is up")
    }
}

fn bind(dev: u32, mm: u32) -> Op {
    OpKind::Bind { dev, mm }.into()
}

fn unbind(of: u32) -> Op {
    OpKind::Unbind { of }.into()
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

#[test]
fn a_revision_has_an_anchor_exactly_where_a_commit_brings_its_branch() {
    for tree in GRAPH.trees().iter().filter(|tree| tree.parent().is_some()) {
        let shares = tree.has(revisions::SHARE_HANDLES) || tree.has(revisions::SKETCH_HANDLE_LIST);
        for at in [
            At::MatchHandle,
            At::Reuse,
            At::NotLastUser,
            At::UnlistHandle,
        ] {
            assert_eq!(tree.line(at).is_some(), shares, "{}: {at}", tree.name());
        }
    }
}

#[test]
fn every_revision_says_what_it_is_and_every_proposal_is_on_rc1() {
    for tree in GRAPH.trees().iter().filter(|tree| tree.parent().is_some()) {
        let name = tree.name();
        assert!(!tree.what().is_empty(), "{name}");
        assert!(!tree.revision.commits.is_empty(), "{name}");
        if name.starts_with("thread-") {
            assert!(tree.is_proposal(), "{name}");
            assert_eq!(tree.parent(), Some("v6.8-rc1"));
            let changes = name == "thread-c";
            let core = tree.cite(At::AttachEntry);
            assert_eq!(core.line, 3546);
            assert_eq!(core.revision, if changes { name } else { "v6.8-rc1" });
        }
    }
}

#[test]
fn a_patch_is_on_the_release() {
    use revisions::{CORE_6_8, PATCH, V6_8};
    assert_eq!(PATCH.parents, ["v6.8"]);
    assert_eq!((PATCH.iommu_sva, PATCH.iommu), (&V6_8, &CORE_6_8));
}
