// SPDX-License-Identifier: GPL-2.0-or-later
//! Any bytes encode a case, and small changes of the bytes are small changes of the case.

use super::super::gene::{Gene, first_stray};
use super::super::header::{Header, Shape};
use super::*;
use crate::case::{Op, OpKind, Topology};

#[test]
fn any_bytes_are_a_case_that_is_accepted() {
    let rng = &mut Rng::with_seed(1);
    let mut case = Case::default();
    for profile in &PROFILES {
        for n in 0..1000 {
            let len = if n < 100 { n } else { rng.usize(..2500) };
            let bytes = random_bytes(rng, len);
            from_bytes(profile, &bytes, &mut case);
            assert!(is_accepted(&case), "{case:?}");
            assert_eq!(case, case_of(profile, &bytes));
            assert!(profile.sizes.ops.end() >= &(case.ops.len() as u8));
        }
    }
}

#[test]
fn no_bytes_are_a_case_without_operations_on_a_device_and_an_mm() {
    for profile in &PROFILES {
        let case = case_of(profile, &[]);
        let least = (*profile.sizes.devices.start()).max(1);
        assert_eq!(case.topology.devices.len(), usize::from(least));
        assert_eq!(case.topology.mms.len(), 1);
        assert!(case.ops.is_empty());
    }
}

#[test]
fn every_generated_case_has_bytes_that_stand_for_it() {
    for profile in &PROFILES {
        let mut generator = Generator::new(profile);
        for seed in 0..2000 {
            let case = generator.case(seed);
            if case.ops.iter().any(|op| op.again) {
                assert_eq!(to_bytes(case), None);
                continue;
            }
            let bytes = to_bytes(case).unwrap_or_else(|| panic!("no bytes: {case:?}"));
            assert_eq!(&case_of(EVERYTHING, &bytes), case);
        }
    }
}

/// The bytes are for the meaning that they have in its own profile.
#[test]
fn the_last_bytes_of_a_cpu_are_a_release_that_is_performed_again() {
    let profile = Profile::by_name("wrong-callers").expect("a profile");
    let genes = |cpu: u8| {
        let mut bytes = vec![0; HEADER + 2 * GENE];
        let unbind = profile.byte_of_kind[crate::case::OpCode::Unbind as usize];
        bytes[HEADER + GENE] = unbind.expect("unbinds");
        bytes[HEADER + GENE + 6] = cpu;
        case_of(profile, &bytes).ops[1].again
    };
    let again = (0..=255).filter(|&cpu| genes(cpu));
    let first = 128 - profile.again;
    assert!(again.eq((first..128).chain(128 + first..=255)));
}

#[test]
fn what_any_bytes_stand_for_has_bytes_again() {
    let rng = &mut Rng::with_seed(2);
    for _ in 0..3000 {
        let genes = rng.usize(..80);
        let case = case_of(EVERYTHING, &random_genes(rng, genes));
        let bytes = to_bytes(&case).unwrap_or_else(|| panic!("no bytes: {case:?}"));
        assert_eq!(case_of(EVERYTHING, &bytes), case);
    }
}

#[test]
fn every_case_that_lost_something_has_bytes() {
    let mut generator = Generator::new(EVERYTHING);
    for seed in 0..100 {
        for case in crate::edit::one_less(generator.case(seed)) {
            assert!(to_bytes(&case).is_some(), "{case:?}");
        }
    }
}

#[test]
fn a_case_that_bytes_cannot_say_has_none() {
    let topology = || Topology::default();
    let far = Op::from(OpKind::AllocPasid { dev: 1000 });
    assert_eq!(to_bytes(&Case::new(topology(), vec![far])), None);
    let far = Op::from(OpKind::Unbind { of: 1 << 20 });
    assert_eq!(to_bytes(&Case::new(topology(), vec![far])), None);
    let nothing = Op::from(OpKind::Unbind { of: u32::MAX });
    assert!(to_bytes(&Case::new(topology(), vec![nothing])).is_some());
}

/// An operation by its gene, which names the gene of an operation or a stray index.
#[derive(Clone, Debug, PartialEq)]
struct ByGene {
    op: Op,
    named: Option<u64>,
}

fn by_gene(genes: &[(u64, Gene)], shape: Shape, case: &Case) -> Vec<Option<ByGene>> {
    let ops = genes
        .iter()
        .filter(|(_, gene)| gene.entries(shape).is_none());
    let ids: Vec<u64> = ops.map(|&(id, _)| id).collect();
    let mut index = 0;
    let one = |&(_, gene): &(u64, Gene)| {
        gene.entries(shape).is_none().then(|| {
            let mut op = case.ops[index];
            index += 1;
            let named = op.kind.info().names();
            let is_stray = gene.high >= first_stray(EVERYTHING);
            let of = op
                .kind
                .of()
                .filter(|&of| !is_stray && (of as usize) < index);
            let held = |of: u32| case.ops[of as usize].kind.info().holds;
            let of = of.filter(|&of| held(of) == named);
            let named = of.map(|of| ids[of as usize]);
            if named.is_some() {
                op.kind = OpKind::Unbind { of: 0 };
            }
            ByGene { op, named }
        })
    };
    genes.iter().map(one).collect()
}

/// Genes with a name each, and the operations that they encode.
fn decoded(header: &[u8], genes: &[(u64, Gene)]) -> Vec<Option<ByGene>> {
    let mut bytes = header.to_vec();
    genes
        .iter()
        .for_each(|(_, gene)| bytes.extend(gene.to_bytes()));
    let case = case_of(EVERYTHING, &bytes);
    let sizes = &EVERYTHING.sizes;
    let shape = Header::of(header).decode(EVERYTHING, sizes, &mut Topology::default());
    by_gene(genes, shape, &case)
}

fn some_genes(rng: &mut Rng) -> (Vec<u8>, Vec<(u64, Gene)>) {
    let many = rng.u64(1..60);
    let gene = |id| (id, Gene::from_bytes(rng.u64(..).to_le_bytes()));
    let genes = (0..many).map(gene).collect();
    (random_bytes(rng, HEADER), genes)
}

#[test]
fn a_byte_of_a_gene_changes_that_operation_and_those_that_name_it() {
    let rng = &mut Rng::with_seed(3);
    let mut changed = 0;
    for _ in 0..20_000 {
        let (header, mut genes) = some_genes(rng);
        let before = decoded(&header, &genes);
        let at = rng.usize(..genes.len());
        let mut bytes = genes[at].1.to_bytes();
        bytes[rng.usize(..GENE)] ^= rng.u8(1..);
        genes[at].1 = Gene::from_bytes(bytes);
        let after = decoded(&header, &genes);
        for (id, (before, after)) in (0..).zip(before.iter().zip(&after)) {
            if before == after || id == at as u64 {
                continue;
            }
            changed += 1;
            let names_it =
                |op: &Option<ByGene>| op.as_ref().is_some_and(|op| op.named == Some(at as u64));
            assert!(names_it(before) || names_it(after), "{before:?} {after:?}");
        }
    }
    assert!(changed > 1000, "{changed}");
}

#[test]
fn a_gene_more_changes_only_the_operations_that_name_it() {
    let rng = &mut Rng::with_seed(4);
    let mut changed = 0;
    for _ in 0..20_000 {
        let (header, mut genes) = some_genes(rng);
        let before = decoded(&header, &genes);
        let at = rng.usize(..=genes.len());
        let new = Gene::from_bytes(rng.u64(..).to_le_bytes());
        genes.insert(at, (1000, new));
        let mut after = decoded(&header, &genes);
        after.remove(at);
        for (before, after) in before.iter().zip(&after) {
            if before == after {
                continue;
            }
            changed += 1;
            let named = after.as_ref().and_then(|op| op.named);
            assert_eq!(named, Some(1000), "{before:?} {after:?}");
        }
    }
    assert!(changed > 1000, "{changed}");
}
