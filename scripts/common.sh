# What the scripts share: where the repository is, how a stage is announced, how a failure is told, --help. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Stages go to standard error: standard output belongs to what a script was asked for.
stage() {
    printf '== %s\n' "$*" >&2
}

# die WHAT CURE: one line that says what is wrong and how to mend it.
die() {
    printf '%s: error: %s. To mend it: %s\n' "$(basename "$0")" "$1" "$2" >&2
    exit 1
}

# The help of a script is the comment at its top, so that the two cannot differ.
help_if_asked() {
    case "${1:-}" in
    -h | --help)
        sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
    esac
}

# Every script but setup gets its tools this way.
load_tools() {
    local tools
    tools=$("$root/scripts/setup" --env) || exit 1
    eval "$tools"
}

# The folder of Lua's official sources, in the package that carries them. Packages for other platforms are not to be fetched.
lua_sources() {
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    "${CU_CARGO:-cargo}" metadata --format-version 1 --filter-platform "$host" --manifest-path "$root/Cargo.toml" | node -e '
        const { packages } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
        const found = packages.find((p) => p.name === "lua-src");
        if (!found) throw new Error("lua-src is not a dependency");
        console.log(require("node:path").join(found.manifest_path, "../lua-5.4.7"));'
}

# Builds unless nothing changed since the last build. What it says goes to standard error: standard output is the program's.
build_if_needed() {
    is_built || "$root/scripts/build" >&2
}

is_built() (
    cd "$root" || return 1
    [ -e target/built ] && [ -e js/dist/cu.wasm ] || return 1
    [ -z "$(find Cargo.* build.rs build lua-5.4.7 shims src scripts/build scripts/setup scripts/postlink js \
        -name node_modules -prune -o -path js/dist -prune -o -type f -newer target/built -print -quit)" ]
)
