"""Checks what the compiler does not: python3 tools/tidy [ROOT]. Exit code 1 when a rule is broken."""
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import hygiene  # noqa: E402
import includes  # noqa: E402
import purity  # noqa: E402
import size  # noqa: E402
import source  # noqa: E402
import sql_lint  # noqa: E402
from exceptions import EXCEPTIONS  # noqa: E402

# Its own rules and samples name what they forbid.
UNREAD = ("tools/tidy/", "LICENSE")


def text_files(root):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True,
                            check=True).stdout.splitlines()
    for name in sorted(set(listed)):
        if name.startswith(UNREAD) or not (root / name).is_file():
            continue
        try:
            yield name, (root / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def findings(root):
    product = list(source.cpp_files(root, "src"))
    for file in product:
        yield from includes.check(file)
        yield from purity.check(file)
        yield from hygiene.check_header(file)
    yield from sql_lint.check(product)
    for file in [*product, *source.cpp_files(root, "tests", "bench")]:
        yield from size.check(file)
    for name, text in text_files(root):
        yield from hygiene.check_text(name, text)


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = [finding for finding in findings(root) if (finding.path, finding.rule) not in EXCEPTIONS]
    for finding in found:
        print(finding)
    broken = sum(not finding.warning for finding in found)
    print(f"tidy: {broken} broken rules, {len(found) - broken} tripwires")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
