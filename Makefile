# Two commands do everything: `make example` runs the main job, `make test` runs all tests.

.PHONY: example test proofs seal grid soak noise-study noise-circuits precision heads staged paper layers user-repository fuzz tamper sollya mutants lint msrv book screenshots schemas openfhe deps

# The main job on the shipped example; the report is out/report.html.
example: deps
	cargo run --release --locked -- run examples/minilm.toml --out out

# All tests, the checks of form, and the proofs in Coq.
test: deps
	cargo test --release --locked
	cargo fmt --check
	cargo clippy --release --locked --all-targets -- -D warnings
	cargo clippy --release --locked --lib --no-default-features -- -D warnings
	cargo clippy --release --locked --lib --no-default-features --features laws -- -D warnings
	cargo clippy --release --locked --lib --no-default-features --features ckks -- -D warnings
	RUSTDOCFLAGS="-D warnings --html-in-header $(CURDIR)/src/katex.html" cargo doc --release --locked --no-deps
	proofs/check

# Checks the theorems and certificates in Coq, which is installed where it is missing and can be.
proofs:
	proofs/check

# The grid's circuits on this program's ciphertexts and on Microsoft SEAL, which comes with TenSEAL in a virtual environment, and
# exported recipes there: eight minutes.
seal: deps
	test -x target/seal/bin/python || python3 -m venv target/seal
	target/seal/bin/python -m pip install -q tenseal==0.3.18
	POLYATTN_SEAL_PYTHON=$(CURDIR)/target/seal/bin/python cargo test --release --locked --test seal --test methods -- --include-ignored --nocapture
	POLYATTN_SEAL_PYTHON=$(CURDIR)/target/seal/bin/python cargo test --release --locked --test exports -- --ignored --nocapture seal

# Exported headers on OpenFHE, whose Python package has wheels for CPython 3.10 (Ubuntu 22.04) and 3.12 (24.04): PYTHON names one.
# Two minutes.
PYTHON ?= python3
openfhe: deps
	test -x target/openfhe/bin/python || $(PYTHON) -m venv target/openfhe
	target/openfhe/bin/python -m pip install -q 'openfhe>=1.4.1,<1.5'
	POLYATTN_OPENFHE_PYTHON=$(CURDIR)/target/openfhe/bin/python cargo test --release --locked --test exports -- --ignored --nocapture openfhe

# Every power, length and variant on this program's ciphertexts: two minutes.
grid: deps
	cargo test --release --locked --test grid -- --ignored --nocapture

# Random circuits and random operations against exact arithmetic, for SOAK_MINUTES (30 where it is not set), from SOAK_SEED.
soak: deps
	cargo test --release --locked --test soak -- --ignored --nocapture

# The noise of the primitives over ten thousand fresh keys and of the circuit over two hundred, and its figure: half an hour on
# one core, and then the long examples of the help. A study that was interrupted is continued; remove the file to begin anew.
noise-study: deps
	cargo run --release --locked -- study noise --runs 10000 -o docs/noise-study.json --only encoding --only encryption \
	  --only "plaintext product" --only "product with relinearisation" --only rescaling --only rotation --only "row mean" \
	  --only x^4 --only x^8
	cargo run --release --locked -- study noise --runs 10000 --shard 1/50 -o docs/noise-study.json
	cargo run --release --locked -- study merge docs/noise-study.json -o docs/noise-study.json --plot docs/noise-study.svg
	cargo test --release --locked --test cli -- --ignored --nocapture long_examples

# Merged circuits with p = 2 to 8 and 3 to 12 doublings over eight fresh keys each: ten minutes, and 3 GB of memory.
noise-circuits: deps
	cargo run --release --locked -- study noise --circuits --runs 8 -o docs/noise-circuits.json

# Bits of precision by depth and scale at N = 2^15 and 2^16: ten minutes where docs/precision.json is removed, else what it lacks.
precision: deps
	cargo run --release --locked -- study precision -o docs/precision.json

# One plan with one scale for all heads of a model, and its run on ciphertexts, for x^4 and x^8: SCORES names the scores. Seven to
# fifteen minutes.
staged: deps
	mkdir -p out
	for plan in staged staged-p8; do \
	  cargo run --release --locked -- plan examples/$$plan.toml -o out/$$plan.json && \
	  cargo run --release --locked -- validate out/$$plan.json --scores $(SCORES) -o out/$$plan-validation.json || exit 1; \
	done

# A plan for every head of a model and its run on ciphertexts: SCORES names the model's scores. Ten to thirty minutes. A survey that
# was interrupted is continued; remove docs/heads.json to begin anew.
heads: deps
	cargo run --release --locked -- survey examples/heads.toml --scores $(SCORES) --validate \
		-o docs/heads.json --plot docs/heads.svg --table docs/heads.md

# The PowerSoftmax paper's question on ciphertexts: the plan and the published methods that can be run, then the check of the
# record. Two minutes.
paper: deps
	cargo test --release --locked --test compare -- --ignored --nocapture
	cargo run --release --locked -- compare examples/paper.toml --run -o docs/comparison.json
	cargo run --release --locked -- check docs/comparison.json

# Documents of every kind against docs/schemas by Python's jsonschema, in a virtual environment: two to four minutes.
schemas: deps
	test -x target/schemas/bin/python || python3 -m venv target/schemas
	target/schemas/bin/python -m pip install -q jsonschema==4.26.0
	POLYATTN_SCHEMA_PYTHON=$(CURDIR)/target/schemas/bin/python cargo test --release --locked --test cli -- --include-ignored schema

# A million inputs by bolero for every parser, each in a process of 1 GiB (FUZZ_INPUTS: other than a million): half an hour on one core,
# after three minutes of building.
fuzz: deps
	cargo build --release --locked
	tests/fuzz/run

# Ten thousand tampered certificates, and a hundred thousand random changes: minutes.
tamper: deps
	cargo test --release --locked --test tamper -- --include-ignored --nocapture

# Best errors and proved bounds beside Sollya's remez and supnorm; Sollya comes from apt. Minutes.
sollya: deps
	command -v sollya >/dev/null || apt-get install -y sollya
	cargo test --release --locked --test sollya -- --ignored --nocapture

# Functions beside attention, planned and run on ciphertexts: a minute.
layers: deps
	mkdir -p out
	cargo run --release --locked -- layer examples/layers.toml --run -o out/layers.json
	cargo run --release --locked -- check out/layers.json

# The laws of examples/user-repository in its own build, and that they fail for a table with one digit changed: two minutes, the first
# time five.
user-repository: deps
	cargo test --release --locked --manifest-path examples/user-repository/Cargo.toml --target-dir target/user-repository \
	  --config 'patch.crates-io.polyattn.path="."'
	cargo test --release --locked --test laws -- --ignored --nocapture the_example_project

# Mutants of certify, circuit and noise against the tests that reach them: an hour or two. A run that was interrupted is continued;
# remove target/mutants/mutants.json to begin anew. Installs cargo-mutants, which lists them.
mutants: deps
	command -v cargo-mutants >/dev/null || cargo install --locked cargo-mutants
	mkdir -p target/mutants
	python3 tests/mutants/run.py $(foreach suite,record tables tamper gate noise_figures staged planner methods coq_certificates \
		layers lengths,--suite $(suite))

# Licences and advisories of dependencies, and spelling; installs cargo-deny and typos, which takes minutes the first time.
lint:
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	command -v typos >/dev/null || cargo install --locked typos-cli
	cargo deny check
	typos

# Builds with the minimum Rust of Cargo.toml, which rustup fetches: three minutes.
msrv: deps
	rustup toolchain install 1.89 --profile minimal
	cargo +1.89 check --release --locked --all-targets --target-dir target/msrv

# The documentation as a book, target/book/index.html; installs mdbook, which takes minutes the first time.
book:
	command -v mdbook >/dev/null || cargo install --locked mdbook
	mdbook build

# Pictures of the shipped example's report, 1280 and 360 pixels wide: seconds. Needs chromium.
screenshots: deps
	cargo build --release --locked
	scripts/screenshots

# Installs m4 where it is missing, or says what to type.
deps:
	@scripts/install-deps
