#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What OSS-Fuzz and ClusterFuzzLite run to build all fuzz targets. They set SRC, where the tree is
# in svadiff/; OUT, where everything has to go that a bot needs; WORK; SANITIZER; FUZZING_ENGINE;
# and RUSTFLAGS, to which cargo-fuzz adds its own.
set -euo pipefail

if [ "${FUZZING_ENGINE:-libfuzzer}" != libfuzzer ]; then
    echo "build.sh: $FUZZING_ENGINE is no engine for Rust; use libfuzzer" >&2
    exit 1
fi

cd "$SRC/svadiff"
# What cargo-fuzz does unless it is told otherwise is AddressSanitizer, with a nightly toolchain;
# a build for coverage reports is turned into one by the wrapper of cargo in their image.
flags=(-O --debug-assertions)
case "${SANITIZER:-address}" in
    none | memory | thread | leak) flags+=(-s "$SANITIZER") ;;
esac
cargo fuzz build "${flags[@]}"

built="${CARGO_TARGET_DIR:-fuzz/target}/x86_64-unknown-linux-gnu/release"
pack() {
    # Whichever there is; neither keeps the names of folders.
    if command -v zip > /dev/null; then
        zip -q -j "$@"
    else
        python3 - "$@" <<'PY'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as seeds:
    for path in sys.argv[2:]:
        seeds.write(path, os.path.basename(path))
PY
    fi
}
targets="$(cargo fuzz list)"
for target in $targets; do
    cp "$built/$target" "$OUT/$target"
    cp "fuzz/oss-fuzz/$target.options" "$OUT/"
    rm -f "$OUT/${target}_seed_corpus.zip"
    pack "$OUT/${target}_seed_corpus.zip" "fuzz/corpus/$target"/*.*
done
for target in case_json parse; do
    cp fuzz/oss-fuzz/json.dict "$OUT/$target.dict"
done
cp fuzz/oss-fuzz/text.dict "$OUT/case_text.dict"
