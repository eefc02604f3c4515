"""What src/domain may not contain: anything that could make two replays of one journal differ."""
import re

from source import Finding

BANS = (
    ("clock", "time comes in with the fact",
     r"\b(?:(?:system|steady|high_resolution|utc|tai|gps|file)_clock|gettimeofday|mktime"
     r"|clock_gettime|timespec_get|localtime(?:_r)?|gmtime(?:_r)?)\b"
     r"|(?<![\w.>:])(?:std::|::)?(?:time|clock)\s*\(\s*(?:\)|NULL|nullptr|0|&)"),
    ("thread", "one thread folds one lane",
     r"\bstd::(?:\w*thread|\w*mutex|atomic\w*|condition_variable\w*|future|promise|async|call_once|once_flag)\b"
     r"|\bthread_local\b|\bvolatile\b|\bpthread_\w+"),
    ("io", "nothing is read or written here",
     r"\bstd::(?:cout|cerr|clog|cin|[io]?f?stream|[io]stringstream|stringstream|filesystem|fopen|getenv)\b"
     r"|(?<![\w.>:])(?:std::|::)?(?:printf|fprintf|puts|fopen|fread|fwrite|getenv|system)\s*\("),
    ("random", "random choices enter as facts",
     r"\bstd::(?:random_device|mt19937\w*|minstd_rand\w*|\w+_distribution|shuffle|sample|default_random_engine|rand)\b"
     r"|(?<![\w.>:])s?rand\s*\("),
    ("unordered", "iteration order would depend on the library: use std::map or a sorted vector",
     r"\bunordered_(?:multi)?(?:map|set)\b"),
    ("hash", "std::hash differs between libraries and runs",
     r"\bstd::hash\b|\bhash_combine\b"),
    ("libm", "libm's results depend on the processor",
     r"\bstd::(?:pow|exp2?|expm1|log|log2|log10|log1p|sqrt|cbrt|hypot|sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|erfc?"
     r"|tgamma|lgamma|floor|ceil|round|l?lround|trunc|fmod|fma|nearbyint|rint)\b"
     r"|(?<![\w.>:])(?:::)?(?:pow|exp2?|log2|log10|sqrt|fmod|lround)\s*\("),
    ("float", "numbers that decide are integers or base Decimal",
     r"\b(?:float|double|_Float\d+)\b|\bstd::(?:stod|stof|strtod|atof)\b|(?<![\w.>:])(?:strtod|atof)\s*\("),
    ("pointer-order", "addresses differ from run to run: key by an id",
     r"\b(?:multi)?(?:map|set)\s*<\s*(?:const\s+)?[\w:]+(?:\s*<[^<>]*>)?(?:\s+const)?\s*\*"
     r"|\bstd::(?:less|greater)\s*<[^<>]*\*\s*>|\buintptr_t\b"),
    ("locale", "text is ordered by code point and read by from_chars",
     r"\bstd::(?:locale|stoi|stol|stoll|stoul|stoull|strtol|strtoll)\b|\bsetlocale\b|\bstrcoll\b"),
)
COMPILED = tuple((rule, why, re.compile(pattern)) for rule, why, pattern in BANS)


def check(source):
    if source.layer != "domain":
        return
    for rule, why, pattern in COMPILED:
        for line, match in source.matches(pattern):
            yield Finding(source.path, line, f"domain-{rule}", f"'{match[0].strip()}': {why}")
