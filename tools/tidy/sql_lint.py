"""SQL that stays right on SQLite, PostgreSQL and a PostgreSQL spread over several machines.

Statements are string constants in src/storage/. A table that has a column `lane` is a lane table of its store: what
reads or changes it there names the lane, so that it touches one slice only. Exceptions carry their reason inside the
statement:
    -- scan: reason     reads or changes more than one lane on purpose, off the hot path
    -- key: reason      a key or index without lane
    -- locks: reason    a lock of the database's own, beside its rows
    -- built: reason    put together from parts, none of which comes from outside
"""
import re

from source import Finding

SQL = re.compile(
    r"^\s*(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+(?:OR\s+\w+\s+)?\w+\s+SET\s|DELETE\s+FROM\s"
    r"|REPLACE\s+INTO\s|WITH\s+(?:RECURSIVE\s+)?\w+\s*(?:\([^)]*\)\s*)?AS\s*(?:MATERIALIZED\s*)?\("
    r"|(?:ALTER|DROP|LOCK)\s+TABLE\s|DROP\s+INDEX\s|MERGE\s+INTO\s"
    r"|CREATE\s+(?:OR\s+REPLACE\s+|UNIQUE\s+|VIRTUAL\s+|TEMP\s+)*"
    r"(?:TABLE|INDEX|TRIGGER|VIEW|SEQUENCE|RULE|FUNCTION|PROCEDURE)\s)")
ANY_CASE = re.compile(SQL.pattern, re.IGNORECASE)
MARK = re.compile(r"(?:--|/\*)\s*(scan|key|locks|built):\s*(\S[^\n*]*)")
COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
QUOTED = re.compile(r"'(?:''|[^'])*'")
CREATE_TABLE = re.compile(r"\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:\w+\.)?(\w+)\s*\((.*)\)", re.DOTALL)
TABLE_USE = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(?:\w+\.)?(\w+)")
LANE_NAMED = re.compile(r"\blane\s*(?:=|IN\b)|=\s*(?:\w+\.)?lane\b")
INSERT_COLUMNS = re.compile(r"^INSERT\s+INTO\s+[\w.]+\s*\(([^)]*)\)")
SET_CLAUSE = re.compile(r"\bSET\b(.*?)(?:\bWHERE\b|\bFROM\b|\bRETURNING\b|$)", re.DOTALL)
CREATE_INDEX = re.compile(r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?\w+\s+ON\s+(\w+)\s*\(([^)]*)\)")
KEY = re.compile(r"\b(?:PRIMARY\s+KEY|UNIQUE)\s*\(([^)]*)\)")
COLUMN_KEY = re.compile(r"\b(\w+)\s+[\w ()]*?(?:PRIMARY\s+KEY|UNIQUE)\b(?!\s*\()")

BANNED = (
    ("sql-star", r"\bSELECT\s+(?:DISTINCT\s+)?(?:\w+\.)?\*|,\s*(?:\w+\.)?\*|\bRETURNING\s+\*", "name the columns"),
    ("sql-volatile",
     r"\b(?:now|random|randomblob|nextval|gen_random_uuid|clock_timestamp|changes|last_insert_rowid|unixepoch"
     r"|julianday)\s*\(|\bCURRENT_(?:TIMESTAMP|TIME|DATE)\b",
     "times, random values and ids are parameters"),
    ("sql-conflict", r"\bINSERT\s+OR\s+\w+|\bREPLACE\s+INTO\b|\bON\s+CONFLICT\s+(?!\()",
     "write ON CONFLICT (columns) DO NOTHING or DO UPDATE"),
    ("sql-offset", r"\bOFFSET\b", "page by key, not by OFFSET"),
    ("sql-feature",
     r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP\s+)?(?:TRIGGER|RULE|FUNCTION|PROCEDURE|SEQUENCE)\b|\bINHERITS\b"
     r"|\bDEFERRABLE\b|\bEXCLUDE\s+USING\b|\bAUTOINCREMENT\b|\b(?:BIG)?SERIAL\b|\bMERGE\s+INTO\b|\bLOCK\s+TABLE\b"
     r"|\bGENERATED\b[^,]*\bSTORED\b",
     "not on every database this must grow onto"),
    ("sql-locks", r"\bpg_(?:try_)?advisory\w*", "lock rows, or say why not with -- locks: reason"),
)
COMPILED = tuple((rule, re.compile(pattern, re.DOTALL), why) for rule, pattern, why in BANNED)


class Statement:
    def __init__(self, path, line, raw, built=False):
        self.path, self.line, self.built = path, line, built
        self.marks = {mark for mark, _ in MARK.findall(raw)}
        self.text = QUOTED.sub("''", COMMENT.sub(" ", raw)).strip()
        self.raw_text = COMMENT.sub(" ", raw)

    def finding(self, rule, message):
        return Finding(self.path, self.line, rule, message)


def statements(source):
    for literal in source.literals:
        if not SQL.match(COMMENT.sub(" ", literal.text)):
            continue
        line = literal.line
        for part in parts(literal.text):
            if COMMENT.sub(" ", part).strip(" \n\t;"):
                leading = len(part) - len(part.lstrip())
                yield Statement(source.path, line + part.count("\n", 0, leading), part, put_together(literal))
            line += part.count("\n")


def parts(text):
    """Statements of a script, split at semicolons outside quotes and comments."""
    at, hidden = 0, [match.span() for match in re.finditer(f"{COMMENT.pattern}|{QUOTED.pattern}", text, re.DOTALL)]
    for match in re.finditer(";", text):
        if not any(start <= match.start() < end for start, end in hidden):
            yield text[at:match.end()]
            at = match.end()
    yield text[at:]


def put_together(literal):
    return literal.before.endswith(("+", "format(", "+=")) or literal.after.startswith("+")


def store_of(statement):
    """The folder of the store a statement is for: two stores may cut the same table differently."""
    return statement.path.rpartition("/")[0]


def lane_tables(all_statements):
    tables = {}
    for statement in all_statements:
        match = CREATE_TABLE.search(statement.text)
        if match and re.search(r"\blane\b", match[2]):
            tables.setdefault(store_of(statement), set()).add(match[1])
    return tables


def check(sources):
    """Findings over all files at once: which tables have lanes is read from their CREATE TABLE."""
    found = []
    for source in sources:
        if source.layer == "storage":
            found.extend(statements(source))
            yield from lower_case(source)
        elif source.layer is not None:
            yield from misplaced(source)
    tables = lane_tables(found)
    for statement in found:
        yield from check_statement(statement, tables.get(store_of(statement), set()))


def lower_case(source):
    for literal in source.literals:
        bare = COMMENT.sub(" ", literal.text)
        if ANY_CASE.match(bare) and not SQL.match(bare):
            yield Finding(source.path, literal.line, "sql-case", "SQL keywords are capitals: these rules read them so")


def misplaced(source):
    for literal in source.literals:
        if SQL.match(literal.text):
            yield Finding(source.path, literal.line, "sql-place", "SQL stands in src/storage only")


def check_statement(statement, tables):
    for rule, pattern, why in COMPILED:
        match = pattern.search(statement.text)
        if match and not (rule == "sql-locks" and "locks" in statement.marks):
            yield statement.finding(rule, f"'{' '.join(match[0].split())[:60]}': {why}")
    if re.search(r"'now'", statement.raw_text):
        yield statement.finding("sql-volatile", "'now': times are parameters")
    if statement.built and "built" not in statement.marks:
        yield statement.finding("sql-built", "a statement is one constant; values are parameters")
    yield from check_keys(statement, tables)
    yield from check_lane(statement, tables)
    if re.search(r"\bINSERT\s+INTO\s+[\w.]+\s+(?:VALUES|SELECT)\b", statement.text):
        yield statement.finding("sql-columns", "INSERT names its columns")
    if any(re.search(r"(?:^|,)\s*lane\s*=", clause) for clause in SET_CLAUSE.findall(statement.text)):
        yield statement.finding("sql-key-set", "a row never changes its lane")


def check_lane(statement, tables):
    if statement.text.startswith(("CREATE", "ALTER", "DROP")) or "scan" in statement.marks:
        return
    used = sorted({name for name in TABLE_USE.findall(statement.text) if name in tables})
    if used and not names_lane(statement.text):
        yield statement.finding("sql-lane", f"{', '.join(used)}: name the lane, or say why not with -- scan: reason")


def names_lane(text):
    inserted = INSERT_COLUMNS.match(text)
    if inserted and not re.search(r"\bSELECT\b(?!.*\bFROM\s+unnest\b)", text, re.DOTALL):
        return "lane" in columns(inserted[1])
    return bool(LANE_NAMED.search(text))


def check_keys(statement, tables):
    if "key" in statement.marks:
        return
    index = CREATE_INDEX.search(statement.text)
    if index and index[1] in tables and "lane" not in columns(index[2]):
        yield statement.finding("sql-key", f"index on {index[1]} without lane")
    table = CREATE_TABLE.search(statement.text)
    if table and table[1] in tables:
        for match in KEY.finditer(table[2]):
            if "lane" not in columns(match[1]):
                yield statement.finding("sql-key", f"key of {table[1]} without lane: {match[1]}")
        for match in COLUMN_KEY.finditer(table[2]):
            yield statement.finding("sql-key", f"key of {table[1]} without lane: {match[1]}")


def columns(text):
    return [part.split()[0] for part in text.split(",") if part.split()]
