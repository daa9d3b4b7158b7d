// SPDX-License-Identifier: GPL-2.0-or-later
//! A run shows the mistakes of a kernel that is wrong in an unusual respect.

use super::{Bind, Call, Ret, Run, Unbind};
use crate::kernel::{DeviceId, DomainId, HandleId, MmId, Splat};
use crate::model::Decision;
use crate::revision::{At, Tree, fixture};
use crate::{Case, Device, Errno, Flow, Kernel, Mm, Model, Op, OpKind, Recorder, Stop};
use crate::{Topology, Watch};

/// A model whose binds return a handle that is on no domain.
#[derive(Clone, Copy)]
struct WithoutDomain;

const BOUND: At = At::Create;
const GET_PASID: At = At::GetPasid;

impl Model for WithoutDomain {
    fn tree(&self) -> &'static Tree {
        fixture()
    }

    fn iommu_sva_bind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        _call: &mut Bind,
    ) -> Result<Flow<Result<HandleId, Errno>>, Stop> {
        k.decide(BOUND);
        Ok(Flow::Done(k.handle_alloc()?.ok_or(Errno::ENOMEM)))
    }

    fn iommu_sva_unbind_device<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        call: &mut Unbind,
    ) -> Result<Flow<()>, Stop> {
        k.handle_free(call.handle, At::UnbindFree)?;
        Ok(Flow::Done(()))
    }

    fn iommu_sva_get_pasid<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        handle: HandleId,
    ) -> Result<Option<u16>, Stop> {
        let domain = k.handle(handle, GET_PASID)?.domain;
        // Dereferences null if the handle is the only one, and succeeds if there are others.
        if k.m.handles().len() == 1 {
            k.domain(domain, GET_PASID)?;
        }
        k.decide(GET_PASID);
        Ok(None)
    }

    fn iommu_attach_device_pasid<W: Watch>(
        &self,
        _: &mut Kernel<'_, W>,
        _: DomainId,
        _: DeviceId,
        _: u16,
    ) -> Result<Result<(), Errno>, Stop> {
        Ok(Err(Errno::ENODEV))
    }

    fn iommu_detach_device_pasid<W: Watch>(
        &self,
        _: &mut Kernel<'_, W>,
        _: DomainId,
        _: DeviceId,
        _: u16,
    ) -> Result<(), Stop> {
        Ok(())
    }

    fn iommu_domain_free<W: Watch>(
        &self,
        k: &mut Kernel<'_, W>,
        domain: DomainId,
    ) -> Result<(), Stop> {
        k.driver_domain_free(domain)
    }

    fn page_request<W: Watch>(
        &self,
        _: &mut Kernel<'_, W>,
        _: DeviceId,
        _: u16,
    ) -> Result<Option<MmId>, Stop> {
        Ok(None)
    }
}

fn topology() -> Topology {
    let device = Device {
        group: 0,
        max_pasids: 16,
        instance: 0,
    };
    Topology {
        devices: vec![device],
        mms: vec![Mm { dma_compat: true }],
    }
}

fn bind() -> Op {
    OpKind::Bind { dev: 0, mm: 0 }.into()
}

fn decision(at: At) -> Decision {
    Decision { at, because: None }
}

#[test]
fn a_bind_that_dies_while_its_pasid_is_read_says_of_what() {
    let recording = crate::record::record(&WithoutDomain, &Case::new(topology(), vec![bind(); 2]));
    assert_eq!(recording.trace.steps.len(), 1);
    assert_eq!(recording.trace.steps[0].ret, Ret::Oops);
    assert_eq!(recording.trace.steps[0].splats, ["null-deref"]);
    let note = &recording.steps[0];
    assert_eq!(note.splats, [(Splat::NullDeref, GET_PASID)]);
    assert_eq!(note.decisions, [BOUND, GET_PASID].map(decision));
    assert_eq!(recording.trace.end, None);
}

#[test]
fn a_bind_whose_pasid_is_read_in_peace_was_decided_before() {
    let mut run = Run::new(&topology());
    let mut watch = Recorder::default();
    let calls = &mut [Call::new(0, &bind()), Call::new(1, &bind())];
    for call in &mut *calls {
        let ret = run.section(&WithoutDomain, call, bind().kind, &mut watch);
        assert_eq!(ret, None);
    }
    watch.clear();
    let ret = run.section(&WithoutDomain, &mut calls[1], bind().kind, &mut watch);
    let (handle, pasid) = (1, None);
    assert_eq!(ret, Some(Ret::Handle { handle, pasid }));
    assert_eq!(watch, Recorder::default());
}
