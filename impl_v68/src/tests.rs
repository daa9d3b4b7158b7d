// SPDX-License-Identifier: GPL-2.0-or-later
//! What the revisions of 6.8 do, one fact at a time.

mod lines;
mod proposals;
mod releases;

use crate::{REVISIONS, Revision, V68};
use spec::record::{Recording, record};
use spec::trace::{Call, Live};
use spec::{Case, Cite, Decision, Device, Errno, Fault, Mm, Op, OpKind, Ret, Site, Topology};

fn revision(name: &str) -> &'static Revision {
    let mut revisions = REVISIONS.iter();
    revisions.find(|rev| rev.info.name == name).expect(name)
}

/// What a revision does with some devices and two mms.
struct Ran {
    rev: &'static Revision,
    recording: Recording,
}

/// A device for each pair of a group and a hardware instance.
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
    let rev = revision(name);
    let recording = record(&V68(rev), &Case::new(topology, ops.to_vec()));
    Ran { rev, recording }
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

    /// What decided the outcome of an operation.
    fn decided(&self, op: usize) -> Decision {
        let decisions = &self.recording.steps[op].decisions;
        *decisions.last().expect("something decided")
    }

    /// What the teardown leaves.
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

/// A bind that returned a handle; the first PASID there is.
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

/// The callbacks of the mm with the first PASID.
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
fn a_line_is_named_by_a_revision_exactly_where_a_commit_brings_its_branch() {
    use crate::Commits;
    for rev in REVISIONS {
        let shares = rev.has(Commits::SHARE_HANDLES) || rev.has(Commits::SHARE_HANDLES_SKETCH);
        let of_sharing = |lines: &crate::Lines| -> [Cite; 4] {
            [
                lines.match_handle,
                lines.reuse,
                lines.not_last_user,
                lines.unlist_handle,
            ]
        };
        for cite in of_sharing(&rev.lines) {
            assert_eq!(cite.line != 0, shares, "{}", rev.info.name);
        }
    }
}
