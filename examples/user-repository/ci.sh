#!/bin/sh
# What CI runs, and what may be run before a commit: every claim of this repository, proved again and held against what was observed.
set -eu
cd "$(dirname "$0")"
mkdir -p reports
"${POLYATTN:-polyattn}" check tables/*.json certificates/*.json plans/*.json exports/*.* \
  --require validation,certificate,range --ranges ranges.json --baseline baseline.json \
  --junit reports/junit.xml --sarif reports/check.sarif
if [ -f Cargo.toml ]; then
  cargo test --release
fi
