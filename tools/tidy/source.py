"""C++ files as the rules see them: code without comments and literals, the literals, the includes."""
import re
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>(?:u8|u|U|L)?R"(?P<delimiter>[^\s()\\]{0,16})\((?P<raw_text>.*?)\)(?P=delimiter)")
      | (?P<string>(?:u8|u|U|L)?"(?P<text>(?:\\.|[^"\\\n])*)")
      | (?P<number>\b\d(?:'?[\w.])*)
      | (?P<char>'(?:\\.|[^'\\\n])+')
    """,
    re.VERBOSE | re.DOTALL,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<target><[^>]+>|"[^"]+")', re.MULTILINE)
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "'": "'"}


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str
    warning: bool = False

    def __str__(self):
        kind = "warning" if self.warning else "error"
        return f"{self.path}:{self.line}: {kind}: {self.message} [{self.rule}]"


@dataclass(frozen=True)
class Literal:
    """One string constant; neighbours that the compiler joins are one. `before` and `after` are the code around it."""

    line: int
    text: str
    before: str
    after: str


@dataclass
class Source:
    path: str  # relative to the repository, with /
    text: str
    code: str = ""  # same length and lines; comments and literals blanked
    literals: list = field(default_factory=list)

    def __post_init__(self):
        self.code, self.literals = split(self.text)

    @property
    def layer(self):
        """`domain` for src/domain/…; None outside src/."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "src" and len(parts) > 2 else None

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def includes(self):
        """(line, target) with target as written, '<vector>' or '"base/ids.h"'; those in comments left out."""
        for match in INCLUDE.finditer(self.text):
            if self.code[match.start():match.end()].lstrip().startswith("#"):
                yield self.line_of(match.start()), match["target"]

    def matches(self, pattern):
        """(line, match) of a compiled pattern in the code, include lines left out."""
        for match in pattern.finditer(self.code):
            start = self.code.rfind("\n", 0, match.start()) + 1
            if not self.code[start:].lstrip(" \t").startswith("#include"):
                yield self.line_of(match.start()), match


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def unescape(text):
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[0]), text, flags=re.DOTALL)


def split(text):
    code, spans, at = [], [], 0
    for match in TOKEN.finditer(text):
        if match["number"]:
            continue
        code.append(text[at:match.start()])
        code.append(blank(match[0]))
        at = match.end()
        if match["raw"] or match["string"]:
            value = match["raw_text"] if match["raw"] else unescape(match["text"])
            spans.append((match.start(), match.end(), value))
    code.append(text[at:])
    joined = "".join(code)
    return joined, joined_literals(text, joined, spans)


def joined_literals(text, code, spans):
    groups = []
    for start, end, value in spans:
        if groups and not code[groups[-1][1]:start].strip():
            first, _, before = groups[-1]
            groups[-1] = (first, end, before + value)
        else:
            groups.append((start, end, value))
    return [
        Literal(text.count("\n", 0, start) + 1, value, code[:start].rstrip()[-40:], code[end:].lstrip()[:40])
        for start, end, value in groups
    ]


def read(root, path):
    return Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def cpp_files(root, *folders):
    for folder in folders:
        for path in sorted((Path(root) / folder).rglob("*")):
            if path.suffix in (".h", ".cpp") and path.is_file():
                yield read(Path(root), path)
