// SPDX-License-Identifier: GPL-2.0-or-later
//! Examples for the help of each command. A test parses all of them.

pub(super) const MODELS: &str = "\
Examples:
  svadiff models
  svadiff models --of 6.12.70+deb13-amd64 --json
  svadiff models --of 6.12.40 --log log.txt";

pub(super) const TRACE: &str = "\
Examples:
  svadiff trace case.json
  svadiff trace --case 'bind 0 0; exit 0; unbind 0' --all
  svadiff trace case.json --model v6.8 --model v6.12 --json
  svadiff trace --jsonl rows.jsonl.gz";

pub(super) const DIFF: &str = "\
Examples:
  svadiff diff --case 'bind dev 0, mm 0; bind dev 0, mm 0' v6.7 v6.8-rc1
  svadiff diff corpus/spurious-ebusy.json v6.7 v6.8-rc1
  svadiff diff case.json --from 6.8.7 --to 6.12.40 --view driver";

pub(super) const BISECT: &str = "\
Examples:
  svadiff bisect --case 'bind 0 0; bind 0 0; unbind 0'
  svadiff bisect corpus/spurious-ebusy.json
  svadiff bisect - < case.json";

pub(super) const CONFORM: &str = "\
Examples:
  svadiff conform corpus/conformance/exhaustive.jsonl.gz
  svadiff conform rows.jsonl --model v6.8 --json";

pub(super) const COMPARE: &str = "\
Examples:
  svadiff compare v6.7 v6.8-rc1
  svadiff compare v6.8 v6.12 --binds 3 --faults set_dev_pasid --out found
  svadiff compare v6.12 v6.12.117 --devices 1 --mms 1 --cpus 2
  svadiff compare v6.7 v6.12 --ops 6 --checkpoint search.checkpoint
  svadiff compare v6.7 v6.8-rc6 --html pages";

pub(super) const CHECK: &str = "\
Examples:
  svadiff check v6.8-rc6
  svadiff check 6.12.100 --x86
  svadiff check v6.12+530f8f9c3546
  svadiff check v6.8-merge --faults --out found";

pub(super) const WHY: &str = "\
Examples:
  svadiff why 6.8 bind EBUSY
  svadiff why 6.12.40 bind -19 --driver intel
  svadiff why v6.8-rc6 unbind underflow
  svadiff why thread-a iommu.c:3578
  dmesg | svadiff why 6.12 -";

pub(super) const MATRIX: &str = "\
Examples:
  svadiff matrix --ops 3
  svadiff matrix v6.7 v6.12
  svadiff matrix --ops 2 --faults --json
  svadiff matrix --ops 3 --html matrix.html";

pub(super) const HUNT: &str = "\
Examples:
  svadiff hunt v6.8 v6.12
  svadiff hunt v6.7 v6.8 --profile faults --seed 7 --seconds 60 --out found";

pub(super) const RACE: &str = "\
Examples:
  svadiff race corpus/handle-before-its-device.json
  svadiff race --case 'cpu 0: bind 0 0; cpu 1: bind 0 0'
  svadiff race program.json --model v6.12 --json";

pub(super) const MINIMIZE: &str = "\
Examples:
  svadiff minimize found.json
  svadiff minimize case.txt v6.7 v6.8 --out small.json";

pub(super) const LEDGER_LIST: &str = "\
Examples:
  svadiff ledger list
  svadiff ledger list --known corpus/known --json";

pub(super) const LEDGER_CHECK: &str = "\
Examples:
  svadiff ledger check
  svadiff ledger check --known corpus/known";

pub(super) const LEDGER_ENTRY: &str = "\
Examples:
  svadiff ledger entry found.json --kind regression \\
      --what 'a second bind is refused'
  svadiff ledger entry --case 'bind 0 0; bind 0 0' v6.7 v6.8-merge \\
      --kind regression --what 'a second bind is refused'";

pub(super) const REPORT: &str = "\
Examples:
  svadiff report corpus/spurious-ebusy.json
  svadiff report corpus/second-device-leak.json --tags
  svadiff report case.json --from v6.7 --to v6.8-rc1 > mail.txt
  svadiff report corpus/spurious-ebusy.json --html page.html
  svadiff report case.json --html page.html --svg timeline.svg
  svadiff report corpus/second-device-leak.json --markdown";

pub(super) const REPLAY: &str = "\
Examples:
  svadiff replay corpus/spurious-ebusy.json
  svadiff replay corpus/known/v6.8-merge-second-bind-refused.json --json
  svadiff replay - < mail.eml";

pub(super) const FROM_ARTIFACT: &str = "\
Examples:
  svadiff from-artifact diff crash-0123 --out found.json
  svadiff from-artifact case_json crash.json | svadiff replay -";

pub(super) const EXPLAIN: &str = "\
Examples:
  svadiff explain corpus/second-bind-ebusy.json
  svadiff explain --case 'bind 0 0; bind 0 0' v6.7 v6.8-rc1
  svadiff explain case.json 6.8.7 6.12.40 --view driver
  svadiff explain case.json --model v6.7 --model v6.8 --model v6.12";

pub(super) const SCHEMA: &str = "\
Examples:
  svadiff schema
  svadiff schema counterexample
  svadiff schema compare-output > compare.schema.json";
