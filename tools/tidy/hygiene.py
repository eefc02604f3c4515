"""Headers that say what they are; no machine of ours and nothing half done in any file."""
import re

from source import Finding

PATTERNS = (
    ("machine-path", re.compile(r"(?<![\w.])/(?:work|home|root)/[\w.]+"), "a folder of one machine"),
    ("registry", re.compile(r"\b(?:registry\.npmjs|deb\.debian|security\.debian|pypi)\.org\b"),
     "a package registry's host"),
    ("half-done", re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\b[Ss]tub(?:s|bed)?\b|\b[Nn]ot (?:yet )?implemented\b"),
     "finish it, or file it as an issue"),
)


def check_header(source):
    if not source.path.endswith(".h") or source.layer is None:
        return
    if "#pragma once" not in source.code:
        yield Finding(source.path, 1, "pragma-once", "a header starts with #pragma once")
    if not source.text.startswith("//"):
        yield Finding(source.path, 1, "header-comment", "the first line of a header says in a comment what it is")


def check_text(path, text):
    for rule, pattern, why in PATTERNS:
        for match in pattern.finditer(text):
            yield Finding(path, text.count("\n", 0, match.start()) + 1, rule, f"'{match[0]}': {why}")
