import unittest

import hygiene
import size
from exceptions import EXCEPTIONS
from source import Source


def header(text, path="src/base/a.h"):
    return {finding.rule for finding in hygiene.check_header(Source(path, text))}


def words(text):
    return {finding.rule for finding in hygiene.check_text("docs/a.md", text)}


class Hygiene(unittest.TestCase):
    def test_a_header_says_what_it_is(self):
        self.assertEqual(header("// Instants.\n#pragma once\n"), set())
        self.assertEqual(header("#pragma once\n"), {"header-comment"})
        self.assertEqual(header("// Instants.\n"), {"pragma-once"})
        self.assertEqual(header("// #pragma once\n"), {"pragma-once"})
        self.assertEqual(header("int a;\n", "src/base/a.cpp"), set())

    def test_no_machine_path(self):
        for path in ("work/main", "home/ann/x", "root/.cache"):
            self.assertEqual(words(f"see /{path}"), {"machine-path"})
        self.assertEqual(words("src/work/a network/home/x and /home and https://a.example/root/x"), set())

    def test_no_registry_host(self):
        self.assertEqual(words("https://registry.npmjs" + ".org/x"), {"registry"})
        self.assertEqual(words("Debian's packages"), set())

    def test_nothing_half_done(self):
        for text in ("TODO: later", "FIXME", "a stub", "stubbed out", "Not implemented", "not yet implemented"):
            self.assertEqual(words(text), {"half-done"}, text)
        self.assertEqual(words("a to-do list; stubborn; implemented"), set())

    def test_no_exceptions(self):
        self.assertEqual(EXCEPTIONS, frozenset())


class Tripwires(unittest.TestCase):
    def found(self, text):
        return [(finding.rule, finding.line, finding.warning) for finding in size.check(Source("src/base/a.cpp", text))]

    def test_a_long_file_is_printed_and_passes(self):
        self.assertEqual(self.found("int a;\n" * 500), [])
        self.assertEqual(self.found("int a;\n" * 501), [("file-size", 1, True)])

    def test_a_long_function_is_printed_and_passes(self):
        body = "    if (x) { y(); }\n" * 68
        around = "namespace a {{\nclass B {{\n    int f(int x) {{\n{}    }}\n}};\n}}\n"
        self.assertEqual(self.found(around.format(body)), [])
        self.assertEqual(self.found(around.format(body + "    z();\n")), [("function-size", 3, True)])

    def test_braces_in_literals_do_not_count(self):
        self.assertEqual(self.found('void f() { g("{{{"); h(\'{\'); }\n' + "int a;\n" * 100), [])


class Reading(unittest.TestCase):
    def test_comments_and_literals_are_not_code(self):
        source = Source("a.cpp", 'int a = 1\'000; // "x"\nauto s = R"sql(SELECT "b")sql" " FROM c";\nchar q = \'"\';\n')
        self.assertNotIn("SELECT", source.code)
        self.assertEqual([literal.text for literal in source.literals], ['SELECT "b" FROM c'])
        self.assertEqual(source.code.count("\n"), 3)
        self.assertIn("1'000", source.code)


if __name__ == "__main__":
    unittest.main()
