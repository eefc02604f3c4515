import unittest

import includes
from source import Source


def messages(path, text):
    return [finding.message for finding in includes.check(Source(path, text))]


class Layers(unittest.TestCase):
    def refused(self, path, text, words):
        found = messages(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_layer_may_look_down(self):
        for path, target in (("src/domain/a.h", "base/ids.h"), ("src/ports/a.h", "domain/value.h"),
                             ("src/app/a.cpp", "codec/json.h"), ("src/storage/sqlite/a.cpp", "ports/store.h"),
                             ("src/main/main.cpp", "http/server.h")):
            self.assertEqual(messages(path, f'#include "{target}"\n'), [])

    def test_base_knows_no_lead(self):
        self.refused("src/base/a.h", '#include "domain/value.h"\n', "base must not know domain")

    def test_domain_knows_no_codec(self):
        self.refused("src/domain/a.cpp", '#include "codec/json.h"\n', "domain must not know codec")

    def test_ports_and_codec_know_only_the_domain(self):
        self.refused("src/ports/a.h", '#include "codec/json.h"\n', "ports must not know codec")
        self.refused("src/codec/a.h", '#include "ports/store.h"\n', "codec must not know ports")
        self.refused("src/app/a.h", '#include "storage/sqlite/store.h"\n', "app must not know storage")

    def test_adapters_do_not_know_each_other_but_cli_drives_connectors(self):
        adapters = ("storage", "predict", "connectors", "http", "cli")
        for one in adapters:
            for other in adapters:
                found = messages(f"src/{one}/a.cpp", f'#include "{other}/a.h"\n')
                allowed = one == other or (one, other) == ("cli", "connectors")
                self.assertEqual(len(found), 0 if allowed else 1, (one, other))

    def test_nobody_knows_main(self):
        self.refused("src/cli/a.cpp", '#include "main/main.h"\n', "cli must not know main")

    def test_includes_are_written_from_src_on(self):
        self.refused("src/domain/a.cpp", '#include "value.h"\n', "from src/ on")
        self.refused("src/domain/a.cpp", '#include "../base/ids.h"\n', "from src/ on")

    def test_a_folder_that_is_no_layer(self):
        self.refused("src/helpers/a.h", "", "is not a layer")

    def test_a_comment_includes_nothing(self):
        self.assertEqual(messages("src/base/a.h", '// #include "domain/value.h"\n/*\n#include "app/a.h"\n*/\n'), [])


class Libraries(unittest.TestCase):
    def test_each_library_has_its_layers(self):
        for name, home, stranger in (("sqlite3.h", "storage", "app"), ("libpq-fe.h", "storage", "http"),
                                     ("boost/asio.hpp", "http", "app"), ("boost/beast/http.hpp", "http", "connectors"),
                                     ("boost/json.hpp", "codec", "http"), ("simdjson.h", "codec", "http"),
                                     ("yaml-cpp/yaml.h", "codec", "domain"), ("re2/re2.h", "domain", "codec"),
                                     ("CLI/CLI.hpp", "main", "app"), ("fmt/core.h", "cli", "domain")):
            self.assertEqual(messages(f"src/{home}/a.cpp", f"#include <{name}>\n"), [], name)
            self.assertEqual(len(messages(f"src/{stranger}/a.cpp", f"#include <{name}>\n")), 1, name)

    def test_an_unlisted_library(self):
        self.assertEqual(len(messages("src/app/a.cpp", "#include <nlohmann/json.hpp>\n")), 1)

    def test_the_operating_system_is_outside(self):
        self.assertEqual(messages("src/storage/a.cpp", "#include <fcntl.h>\n#include <sys/file.h>\n"), [])
        self.assertEqual(len(messages("src/domain/a.cpp", "#include <unistd.h>\n")), 1)
        self.assertEqual(len(messages("src/codec/a.cpp", "#include <sys/stat.h>\n")), 1)

    def test_domain_uses_only_pure_headers(self):
        self.assertEqual(messages("src/domain/a.cpp", "#include <map>\n#include <vector>\n#include <charconv>\n"), [])
        for name in ("thread", "mutex", "atomic", "iostream", "fstream", "cstdio", "filesystem", "random", "cmath",
                     "sstream", "unordered_map", "unordered_set", "locale", "ctime", "cstdlib"):
            self.assertEqual(len(messages("src/domain/a.cpp", f"#include <{name}>\n")), 1, name)

    def test_codec_does_no_io(self):
        self.assertEqual(messages("src/codec/a.cpp", "#include <sstream>\n"), [])
        self.assertEqual(len(messages("src/codec/a.cpp", "#include <fstream>\n")), 1)
        self.assertEqual(len(messages("src/codec/a.cpp", "#include <thread>\n")), 1)


if __name__ == "__main__":
    unittest.main()
