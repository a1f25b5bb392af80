#!/bin/bash
# What does this machine need before the site or its tests run, and what of it is missing?
#
#   config/setup.sh venv site|tests   .venv with the pinned packages of requirements.txt or requirements-dev.txt
#   config/setup.sh pango             what makes certificates PDF, where it may be installed; a demo runs without it too
#   config/setup.sh system            Debian's packages and axe for the tests; installs what it may, says what is missing
#   config/setup.sh has browser|postgres|gettext|office|khal|pango
#   config/setup.sh missing           says again, at the end, what was left out
set -euo pipefail
cd "$(dirname "$0")/.."

loud() { printf '\n*** %s\n\n' "$*" >&2; }
stop() { loud "$*"; exit 1; }
newer() { [ -e "$1" ] && [ ! "$2" -nt "$1" ]; }

apt_may() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }
apt_install() {
    echo "Installing $* ..." >&2
    apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >&2
}

# --- The virtual environment ---

python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    stop "Python 3.11 or newer is needed, and none was found. Set PYTHON to one."
}

boot() {
    newer .boot/stamp config/requirements-uv.txt && return
    local python
    python=$(python)
    # Debian keeps ensurepip, without which no virtual environment has pip, in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        apt_may || stop "$python cannot make a virtual environment. On Debian: sudo apt-get install python3-venv"
        apt_install python3-venv || stop "python3-venv could not be installed."
    fi
    rm -rf .boot
    "$python" -m venv .boot
    .boot/bin/pip install --quiet --disable-pip-version-check --require-hashes -r config/requirements-uv.txt
    touch .boot/stamp
}

venv() {
    local pins=config/requirements-dev.txt
    # A developer's environment serves the demo too: `make demo` takes nothing out of it.
    if [ "$1" = site ] && [ ! -e .venv/tests ]; then pins=config/requirements.txt; fi
    newer .venv/stamp "$pins" && { [ "$1" = site ] || [ -e .venv/tests ]; } && return
    boot
    [ -x .venv/bin/python ] || .boot/bin/uv venv --quiet --no-project --python .boot/bin/python .venv
    .boot/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python "$pins"
    if [ "$1" = tests ]; then touch .venv/tests; fi
    touch .venv/stamp
}

# --- What the site can do without ---

PANGO="libpango-1.0-0 libpangoft2-1.0-0"

pango() {
    has pango && return
    # shellcheck disable=SC2086
    { apt_may && apt_install $PANGO; } || loud "Without Pango certificates are web pages. On Debian: sudo apt-get install $PANGO"
}

# --- What the tests need beside it ---

postgres_folder() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }
has() {
    case "$1" in
    browser) command -v chromium >/dev/null && [ -e node_modules/axe-core/axe.min.js ] ;;
    postgres) [ -x "$(postgres_folder)/initdb" ] ;;
    gettext) command -v msgfmt >/dev/null ;;
    office) command -v soffice >/dev/null && command -v pdfsig >/dev/null && /usr/bin/python3 -c "import uno" 2>/dev/null ;;
    khal) command -v khal >/dev/null ;;
    pango) PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null | grep libpangoft2-1.0 >/dev/null ;;
    esac
}

packages() {
    command -v chromium >/dev/null || echo chromium fonts-noto-core fonts-liberation
    command -v npm >/dev/null || echo nodejs npm
    has gettext || echo gettext
    has postgres || echo postgresql
    has office || echo libreoffice-writer-nogui fonts-crosextra-carlito python3-uno poppler-utils
    has khal || echo khal
    has pango || echo "$PANGO"
}

system() {
    local wanted
    wanted=$(packages | xargs)
    if [ -n "$wanted" ] && apt_may; then
        # shellcheck disable=SC2086
        apt_install $wanted || true
    fi
    if ! newer node_modules/.package-lock.json package-lock.json && command -v npm >/dev/null; then
        npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/.package-lock.json || true
    fi
    missing
}

missing() {
    local left=()
    has browser || left+=("Chromium with axe-core (apt-get install chromium npm; npm ci): no test in the browser")
    has postgres || left+=("PostgreSQL (apt-get install postgresql): no run of the suite on it")
    has gettext || left+=("gettext (apt-get install gettext): no check of the compiled translations")
    has office || left+=("LibreOffice (apt-get install libreoffice-writer-nogui python3-uno poppler-utils): no PDF of a document")
    has khal || left+=("khal (apt-get install khal): no invitation read by a real calendar")
    has pango || left+=("Pango (apt-get install $PANGO): no certificate as PDF")
    [ ${#left[@]} = 0 ] && return
    loud "LEFT OUT, since it is not installed: $(printf '\n***   %s' "${left[@]}")"
    [ "${CI:-}" != true ]
}

"$@"
