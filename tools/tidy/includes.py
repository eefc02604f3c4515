"""Layers look down only. CMakeLists.txt holds the same table for linking."""
from source import Finding

BELOW = {
    "base": set(),
    "domain": {"base"},
    "contact": {"base"},  # docs/decisions/contact-layer.md
    "ports": {"base", "domain"},
    "codec": {"base", "domain"},
    "app": {"base", "contact", "domain", "ports", "codec"},
    "storage": {"base", "contact", "domain", "ports", "codec", "app"},
    "predict": {"base", "contact", "domain", "ports", "codec", "app"},
    "connectors": {"base", "contact", "domain", "ports", "codec", "app"},
    "http": {"base", "contact", "domain", "ports", "codec", "app"},
    "cli": {"base", "contact", "domain", "ports", "codec", "app", "connectors"},  # docs/decisions/cli-drives-connectors.md
}
BELOW["main"] = set(BELOW)

# Libraries and the layers that may know them; a library that is not here is not used. First prefix that fits counts.
OUTSIDE = {"app", "storage", "predict", "connectors", "http", "cli", "main"}
LIBRARIES = (
    ("re2/", {"domain"}),
    ("sodium.h", {"base"}),
    ("sqlite3.h", {"storage"}),
    ("libpq-fe.h", {"storage"}),
    ("unicode/", {"storage", "contact"}),
    ("phonenumbers/", {"contact"}),
    ("libpsl.h", {"contact"}),
    ("boost/asio", {"http"}),
    ("boost/beast", {"http"}),
    ("boost/url", {"http"}),
    ("zlib.h", {"http"}),
    ("pugixml.hpp", {"connectors"}),
    ("minizip/", {"connectors"}),
    ("boost/json", {"codec"}),
    ("simdjson.h", {"codec"}),
    ("yaml-cpp/", {"codec"}),
    ("date/", {"app", "connectors", "cli"}),
    ("prometheus/", {"app", "http"}),
    ("CLI/", {"cli", "main"}),
    ("fmt/", {"codec"} | OUTSIDE),
    ("spdlog/", OUTSIDE),
    ("curl/", {"connectors"}),
)
# What the operating system gives: only where the outside world is.
SYSTEM = {
    "unistd.h", "fcntl.h", "poll.h", "signal.h", "netdb.h", "pthread.h", "dirent.h", "termios.h", "dlfcn.h", "spawn.h",
}

# The standard headers a pure layer may use. What is missing is missing on purpose: clocks beside <chrono>'s calendar,
# threads, files, streams, locales, random numbers, libm, unordered containers.
PURE_STANDARD = {
    "algorithm", "array", "bit", "bitset", "cctype", "charconv", "chrono", "compare", "concepts", "cstddef", "cstdint",
    "cstring", "deque", "expected", "forward_list", "functional", "initializer_list", "iterator", "limits", "list", "map",
    "memory", "memory_resource", "numeric", "optional", "queue", "ranges", "set", "span", "stack", "string",
    "string_view", "tuple", "type_traits", "utility", "variant", "vector",
}
# The codec computes text from values and back: no files, no threads, no clock.
CODEC_BANNED = {
    "atomic", "condition_variable", "cstdio", "filesystem", "fstream", "future", "iostream", "mutex", "random",
    "shared_mutex", "thread",
}


def check(source):
    if source.layer is None:
        return
    if source.layer not in BELOW:
        yield Finding(source.path, 1, "layer", f"'{source.layer}' is not a layer of tools/tidy/includes.py")
        return
    for line, target in source.includes():
        message = quoted(source.layer, target) if target[0] == '"' else angled(source.layer, target[1:-1])
        if message:
            yield Finding(source.path, line, "include", message)


def quoted(layer, target):
    name = target[1:-1]
    other = name.split("/")[0]
    if other not in BELOW or "/" not in name:
        return f"write {target} from src/ on, as in \"domain/value.h\""
    if other == layer or other in BELOW[layer]:
        return None
    return f"{layer} must not know {other}"


def angled(layer, name):
    if "/" not in name and "." not in name:
        return standard(layer, name)
    if name in SYSTEM or name.startswith(("sys/", "netinet/", "arpa/", "linux/")):
        return None if layer in OUTSIDE else f"<{name}> belongs to the layers that touch the outside"
    for prefix, layers in LIBRARIES:
        if name.startswith(prefix):
            allowed = ", ".join(sorted(layers))
            return None if layer in layers else f"<{name}> is for {allowed} only"
    return f"<{name}> is no library of this project (tools/tidy/includes.py lists them)"


def standard(layer, name):
    if layer == "domain" and name not in PURE_STANDARD:
        return f"<{name}> is not for the pure domain"
    if layer == "codec" and name in CODEC_BANNED:
        return f"<{name}> is not for the codec, which does no I/O"
    return None
