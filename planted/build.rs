// SPDX-License-Identifier: GPL-2.0-or-later
//! Generates a model for each slip in `slips/`: the two files of its base with its diff applied to
//! one of them. Also generates one enum of all models.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// A model that slips are applied to.
struct Base {
    /// Its name, which is also the name of the directory of its slips.
    name: &'static str,
    /// The variant without a slip.
    unslipped: &'static str,
    /// Its `iommu-sva.c`.
    iommu_sva: &'static str,
    /// Its `iommu.c`.
    iommu: &'static str,
    /// Its device resets, if it has any.
    reset: Option<&'static str>,
    /// The revision that a slip is a patch to.
    patch: &'static str,
}

const BASES: [Base; 11] = [
    Base {
        name: "v6.2",
        unslipped: "unslipped62",
        iommu_sva: "impl_v67/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v67::revisions::PATCH_6_2",
    },
    Base {
        name: "v6.5",
        unslipped: "unslipped65",
        iommu_sva: "impl_v67/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v67::revisions::PATCH_6_5",
    },
    Base {
        name: "v6.7",
        unslipped: "unslipped67",
        iommu_sva: "impl_v67/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v67::revisions::PATCH",
    },
    Base {
        name: "v6.6.120-x86",
        unslipped: "unslipped66120x86",
        iommu_sva: "impl_v67/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v67::revisions::PATCH_6_6_120_X86",
    },
    Base {
        name: "v6.8",
        unslipped: "unslipped68",
        iommu_sva: "impl_v68/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v68::revisions::PATCH",
    },
    Base {
        name: "v6.10",
        unslipped: "unslipped610",
        iommu_sva: "impl_v68/src/iommu_sva.rs",
        iommu: "impl_v67/src/iommu.rs",
        reset: None,
        patch: "impl_v68::revisions::PATCH_6_10",
    },
    Base {
        name: "v6.12",
        unslipped: "unslipped612",
        iommu_sva: "impl_v612/src/iommu_sva.rs",
        iommu: "impl_v612/src/iommu.rs",
        reset: Some("impl_v612/src/reset.rs"),
        patch: "impl_v612::revisions::PATCH_6_12",
    },
    Base {
        name: "v6.12.93-x86",
        unslipped: "unslipped61293x86",
        iommu_sva: "impl_v612/src/iommu_sva.rs",
        iommu: "impl_v612/src/iommu.rs",
        reset: Some("impl_v612/src/reset.rs"),
        patch: "impl_v612::revisions::PATCH_6_12_93_X86",
    },
    Base {
        name: "v6.19",
        unslipped: "unslipped619",
        iommu_sva: "impl_v612/src/iommu_sva.rs",
        iommu: "impl_v612/src/iommu.rs",
        reset: Some("impl_v612/src/reset.rs"),
        patch: "impl_v612::revisions::PATCH_6_19",
    },
    Base {
        name: "v7.0",
        unslipped: "unslipped70",
        iommu_sva: "impl_v612/src/iommu_sva.rs",
        iommu: "impl_v612/src/iommu.rs",
        reset: Some("impl_v612/src/reset.rs"),
        patch: "impl_v612::revisions::PATCH_7_0",
    },
    Base {
        name: "v7.3",
        unslipped: "unslipped73",
        iommu_sva: "impl_v612/src/iommu_sva.rs",
        iommu: "impl_v612/src/iommu.rs",
        reset: Some("impl_v612/src/reset.rs"),
        patch: "impl_v612::revisions::PATCH",
    },
];

/// A model to generate: its base, and the contents of its files.
struct Slip {
    base: &'static Base,
    name: String,
    says: String,
    shows: String,
    iommu_sva: String,
    iommu: String,
    reset: String,
}

/// Stands for the resets of a kernel that has none.
const NO_RESETS: &str = "
    use spec::{Errno, Kernel, Stop, Watch};
    use spec::kernel::DeviceId;
    pub fn pci_dev_reset_iommu_prepare<W: Watch>(
        _: &mut Kernel<'_, W>, _: DeviceId
    ) -> Result<Result<(), Errno>, Stop> { Ok(Ok(())) }
    pub fn pci_dev_reset_iommu_done<W: Watch>(
        _: &mut Kernel<'_, W>, _: DeviceId
    ) -> Result<(), Stop> { Ok(()) }
";

fn main() {
    // A failed build shows only this sentence, not the place in this program that noticed the
    // error.
    if let Err(sentence) = generate() {
        println!("cargo::error={sentence}");
    }
}

fn generate() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=slips");
    let mut unslipped = Vec::new();
    let mut slips = Vec::new();
    for base in &BASES {
        let read = |file: &str| {
            println!("cargo::rerun-if-changed=../{file}");
            fs::read_to_string(Path::new("..").join(file)).map_err(|err| format!("{file}: {err}"))
        };
        let none = Slip {
            base,
            name: base.unslipped.to_owned(),
            says: format!("{}, generated like its slips, but unchanged.", base.name),
            shows: "None".to_owned(),
            iommu_sva: read(base.iommu_sva)?,
            iommu: read(base.iommu)?,
            reset: base.reset.map_or(Ok(NO_RESETS.to_owned()), read)?,
        };
        let dir = Path::new("slips").join(base.name);
        let files = fs::read_dir(&dir).map_err(|err| format!("{}: {err}", dir.display()))?;
        let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
        files.sort();
        for file in files {
            let slip = slipped(&none, &file);
            slips.push(slip.map_err(|sentence| format!("planted/{}: {sentence}", file.display()))?);
        }
        unslipped.push(none);
    }
    let mut code = String::new();
    for slip in unslipped.iter().chain(&slips) {
        module(&mut code, slip)?;
    }
    planted(&mut code, &unslipped, &slips);
    let out = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("planted.rs"), code).map_err(|err| err.to_string())
}

/// Returns the source with a hunk applied, independent of line numbers, or `None` unless it fits in
/// exactly one place. Drops as many context lines as needed, because a patch under test may have
/// changed them.
fn applied(source: &str, hunk: &diffy::Hunk<'_, str>) -> Option<String> {
    let is_context = |line: &&diffy::Line<'_, str>| matches!(line, diffy::Line::Context(_));
    let lines = hunk.lines();
    let before = lines.iter().take_while(is_context).count();
    let after = lines.iter().rev().take_while(is_context).count();
    (0..=before.max(after)).find_map(|less| {
        let lines = &lines[less.min(before)..lines.len() - less.min(after)];
        let (mut old, mut new) = (String::new(), String::new());
        for line in lines {
            match line {
                diffy::Line::Context(line) => {
                    old.push_str(line);
                    new.push_str(line);
                }
                diffy::Line::Delete(line) => old.push_str(line),
                diffy::Line::Insert(line) => new.push_str(line),
            }
        }
        let is_here = !old.is_empty() && source.matches(&old).count() == 1;
        is_here.then(|| source.replacen(&old, &new, 1))
    })
}

/// Reads the slip in a file.
fn slipped(none: &Slip, file: &Path) -> Result<Slip, String> {
    let text = fs::read_to_string(file).map_err(|err| err.to_string())?;
    let name = file.file_stem().and_then(|name| name.to_str());
    let (says, rest) = text.split_once("\n\n").ok_or("it has no first paragraph")?;
    let (shows, _) = rest
        .split_once("\n\n")
        .ok_or("it has no second paragraph")?;
    let shows = shows
        .strip_prefix("Shows in ")
        .and_then(|shows| shows.strip_suffix('.'))
        .ok_or("its second paragraph is not \"Shows in …: ….\"")?;
    let patch = diffy::Patch::from_str(&text).map_err(|err| err.to_string())?;
    let mut slip = Slip {
        base: none.base,
        name: name.ok_or("its name is no name")?.to_owned(),
        says: says.replace('\n', " "),
        shows: universe(shows).ok_or_else(|| format!("{shows:?} is no universe"))?,
        iommu_sva: none.iommu_sva.clone(),
        iommu: none.iommu.clone(),
        reset: none.reset.clone(),
    };
    let path = patch.original().and_then(|path| path.strip_prefix("a/"));
    let source = match path {
        Some(path) if path == none.base.iommu => &mut slip.iommu,
        Some(path) if path == none.base.iommu_sva => &mut slip.iommu_sva,
        Some(path) if none.base.reset == Some(path) => &mut slip.reset,
        _ => {
            let Base {
                iommu_sva, iommu, ..
            } = none.base;
            return Err(format!("its diff is not one of {iommu_sva} or {iommu}"));
        }
    };
    for hunk in patch.hunks() {
        *source = applied(source, hunk).ok_or_else(|| {
            format!(
                "the old lines of its diff do not stand in {} just once; write it anew for what \
                 stands there now",
                path.unwrap_or_default()
            )
        })?;
    }
    Ok(slip)
}

/// Returns "api: 2 devices, 1 mm, 3 ops, faults" as a literal of `Option<Shows>`.
fn universe(shows: &str) -> Option<String> {
    let (view, rest) = shows.split_once(": ")?;
    let (mut faults, mut max_pasids) = (false, vec![16]);
    let (mut pasids, mut only) = ("None".to_owned(), "None".to_owned());
    let mut code = format!("view: {view:?}, ");
    for part in rest.split(", ") {
        match part.split_once(' ') {
            None if part == "faults" => faults = true,
            None => return None,
            Some(("max_pasids", limits)) => {
                max_pasids = limits.split(' ').flat_map(str::parse::<u16>).collect();
            }
            Some(("pasids", named)) => {
                let named: Vec<u32> = named.split(' ').flat_map(str::parse).collect();
                pasids = format!("Some(&{named:?})");
            }
            Some(("only", names)) => {
                only = format!("Some(&{:?})", names.split(' ').collect::<Vec<_>>());
            }
            Some((number, what)) => {
                let what = what.trim_end_matches('s');
                let number: usize = number.parse().ok()?;
                ["device", "mm", "op"].contains(&what).then_some(())?;
                write!(code, "{what}s: {number}, ").ok()?;
            }
        }
    }
    Some(format!(
        "Some(Shows {{ {code} faults: {faults}, max_pasids: &{max_pasids:?}, pasids: {pasids}, \
         only: {only} }})"
    ))
}

/// Appends the module of a slip.
fn module(code: &mut String, slip: &Slip) -> Result<(), String> {
    let Slip {
        base,
        name,
        says,
        shows,
        ..
    } = slip;
    let module = name.replace('-', "_");
    // Imports from `iommu.rs` refer to the slip's own copy; other imports refer to the crate.
    let here = |file: &str, source: &str| {
        let (of, _) = file.split_once('/').expect("a file is in a crate");
        source
            .replace("crate::iommu::", "super::iommu::")
            .replace("impl_v67::iommu::", "super::iommu::")
            .replace("crate::", &format!("{of}::"))
            .replace("pub(crate)", "pub")
    };
    let reset = here(base.reset.unwrap_or(base.iommu), &slip.reset);
    let iommu_sva = here(base.iommu_sva, &slip.iommu_sva);
    let iommu = here(base.iommu, &slip.iommu);
    let (attach, detach) = match base.iommu.starts_with("impl_v612") {
        true => ("(k, domain, dev, pasid, HandleId::NULL)", "(k, dev, pasid)"),
        false => ("(k, domain, dev, pasid)", "(k, domain, dev, pasid)"),
    };
    let patch = base.patch;
    write!(
        code,
        "#[allow(unused, clippy::all, reason = \"a slip leaves things without a use\")]\n\
         mod {module} {{\n\
         use super::*;\n\
         pub const REVISION: Revision = Revision {{ name: {name:?}, what: {says:?}, ..{patch} }};\n\
         pub const SHOWS: Option<Shows> = {shows};\n\
         pub fn iommu_attach_device_pasid(\n\
             k: &mut Kernel<'_, Through<'_>>, domain: DomainId, dev: DeviceId, pasid: u16\n\
         ) -> Result<Result<(), Errno>, Stop> {{ iommu::iommu_attach_device_pasid{attach} }}\n\
         pub fn iommu_detach_device_pasid(\n\
             k: &mut Kernel<'_, Through<'_>>, domain: DomainId, dev: DeviceId, pasid: u16\n\
         ) -> Result<(), Stop> {{ iommu::iommu_detach_device_pasid{detach} }}\n\
         pub use iommu::iommu_domain_free;\n\
         pub use iommu_sva::*;\n\
         pub use reset::*;\n\
         pub mod iommu_sva {{\n{iommu_sva}\n}}\n\
         pub mod iommu {{\n{iommu}\n}}\n\
         pub mod reset {{\n{reset}\n}}\n\
         }}\n"
    )
    .map_err(|err| err.to_string())
}

/// Converts `some-name` to `SomeName`.
fn variant(slip: &Slip) -> String {
    let words = slip.name.split('-');
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.map(capital).collect()
}

/// Appends the enum of all modules, and its functions.
fn planted(code: &mut String, unslipped: &[Slip], slips: &[Slip]) {
    // Repeats a line for each model, with `$variant`, `$module` and so on replaced.
    let each = |slips: &[Slip], line: &str| -> String {
        let lines = slips.iter().map(|slip| {
            let base = unslipped
                .iter()
                .find(|base| base.base.name == slip.base.name);
            line.replace("$variant", &variant(slip))
                .replace("$base", &base.map(variant).expect("all bases are there"))
                .replace("$module", &slip.name.replace('-', "_"))
                .replace("$says", &slip.says)
        });
        lines.collect()
    };
    let all = |line: &str| each(unslipped, line) + &each(slips, line);
    *code += &format!(
        "/// A base of slips, unchanged or with one slip.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Planted {{ {variants} }}
        impl Planted {{
            /// The bases, generated like slips.
            pub const UNSLIPPED: [Planted; {}] = [{}];
            /// All slips.
            pub const SLIPS: [Planted; {}] = [{}];
            /// Returns the base of a slip.
            pub fn unslipped(self) -> Planted {{ match self {{ {bases} }} }}
        ",
        unslipped.len(),
        each(unslipped, "Planted::$variant, "),
        slips.len(),
        each(slips, "Planted::$variant, "),
        variants = all("/// $says\n$variant,\n"),
        bases = all("Planted::$variant => Planted::$base,\n"),
    );
    let k = "&self, k: &mut Kernel<'_, Through<'_>>";
    for (signature, call) in [
        (
            "iommu_sva_bind_device",
            format!("{k}, call: &mut Bind) -> Result<Flow<Result<HandleId, Errno>>, Stop>"),
        ),
        (
            "iommu_sva_unbind_device",
            format!("{k}, call: &mut Unbind) -> Result<Flow<()>, Stop>"),
        ),
        (
            "iommu_sva_get_pasid",
            format!("{k}, handle: HandleId) -> Result<Option<u16>, Stop>"),
        ),
        (
            "page_request",
            format!("{k}, dev: DeviceId, pasid: u16) -> Result<Option<MmId>, Stop>"),
        ),
        (
            "iommu_attach_device_pasid",
            format!("{k}, domain: DomainId, dev: DeviceId, pasid: u16) -> Result<Result<(), Errno>, Stop>"),
        ),
        (
            "iommu_detach_device_pasid",
            format!("{k}, domain: DomainId, dev: DeviceId, pasid: u16) -> Result<(), Stop>"),
        ),
        (
            "iommu_domain_free",
            format!("{k}, domain: DomainId) -> Result<(), Stop>"),
        ),
        (
            "pci_dev_reset_iommu_prepare",
            format!("{k}, dev: DeviceId) -> Result<Result<(), Errno>, Stop>"),
        ),
        (
            "pci_dev_reset_iommu_done",
            format!("{k}, dev: DeviceId) -> Result<(), Stop>"),
        ),
    ]
    .map(|(name, rest)| {
        let arguments = rest.split(')').next().unwrap_or_default();
        let arguments = arguments.split(", ").skip(1);
        let names: Vec<&str> = arguments
            .filter_map(|this| this.split(':').next())
            .collect();
        let names = names.join(", ").replace("Through<'_>>, ", "");
        (
            format!("{name}({rest}"),
            format!("$module::{name}({names})"),
        )
    }) {
        let arms = all(&format!("Planted::$variant => {call},\n"));
        *code += &format!("fn {signature} {{ match self {{ {arms} }} }}\n");
    }
    *code += "}\n";
    *code += &format!(
        "static REVISIONS: &[Revision] = &[{}];\n",
        all("$module::REVISION, ")
    );
    *code += &format!(
        "static SHOWS: &[Option<Shows>] = &[{}];\n",
        all("$module::SHOWS, ")
    );
}
