"""Tripwires, not limits: a file over 500 lines or a function over 70 is printed so that somebody looks."""
import re

from source import Finding

FILE_LINES = 500
FUNCTION_LINES = 70
CONTAINER = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")
NAME = re.compile(r"([~\w:]+)\s*\(")


def check(source):
    lines = source.text.count("\n")
    if lines > FILE_LINES:
        yield Finding(source.path, 1, "file-size", f"{lines} lines", warning=True)
    for line, name, length in functions(source):
        if length > FUNCTION_LINES:
            yield Finding(source.path, line, "function-size", f"{name}: {length} lines", warning=True)


def functions(source):
    """(line, name, lines) of every function body that stands in a namespace or class."""
    stack, head = [], 0
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: re.sub(r"[^\n]", " ", match[0]), source.code,
                  flags=re.MULTILINE)
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        if match[0] == "{":
            stack.append((kind(code[head:at], stack), at, code[head:at]))
        elif match[0] == "}" and stack:
            opened, start, signature = stack.pop()
            if opened == "function":
                name = NAME.search(signature)
                length = code.count("\n", start, at) + 1
                yield source.line_of(start), name[1] if name else "function", length
        head = match.end()


def kind(signature, stack):
    if any(entry[0] != "container" for entry in stack):
        return "inner"
    if "(" in signature and not re.match(r"\s*(?:namespace|class|struct|union|enum)\b", signature):
        return "function"
    return "container" if CONTAINER.search(signature) else "inner"
