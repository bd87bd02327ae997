#!/bin/sh
# Makes every document anew, and the baseline; commit what changes. The diff of baseline.json says what the change is worth.
set -eu
cd "$(dirname "$0")"
polyattn="${POLYATTN:-polyattn}"
bare=$(mktemp)
trap 'rm -f "$bare"' EXIT

"$polyattn" fit --target reciprocal --interval 2.9,46 --degree 15 -o "$bare"
"$polyattn" certify "$bare" -o certificates/reciprocal.json --table tables/reciprocal.json
"$polyattn" fit --target gelu-erf --interval=-8,8 --degree 31 -o "$bare"
"$polyattn" certify "$bare" -o certificates/gelu.json --table tables/gelu.json

"$polyattn" plan plans/attention.toml -o plans/attention.json
"$polyattn" validate plans/attention.json --seed 1 -o plans/attention-validation.json

"$polyattn" export tables/reciprocal.json --to openfhe -o exports/reciprocal.hpp
"$polyattn" export tables/gelu.json --to numpy -o exports/gelu.py

"$polyattn" check tables/*.json certificates/*.json plans/*.json exports/*.* \
  --require validation,certificate,range --ranges ranges.json -o baseline.json
