import unittest

import purity
from source import Source

# rule → (violating samples, clean samples)
SAMPLES = {
    "clock": (
        ["auto t = std::chrono::system_clock::now();", "steady_clock::time_point start;", "auto t = std::time(nullptr);",
         "auto t = time(0);", "clock_gettime(CLOCK_REALTIME, &ts);", "std::mktime(&parts);"],
        ["Instant time(const Fact& fact);", "fact.time()", "start_clock", "std::chrono::year_month_day day;",
         '// system_clock is elsewhere', 'auto s = "system_clock";'],
    ),
    "thread": (
        ["std::mutex lock;", "std::thread worker;", "std::atomic<int> n;", "std::atomic_flag f;", "thread_local int x;",
         "std::jthread t;", "std::shared_mutex m;", "std::call_once(flag, f);"],
        ["int thread_count;", "// std::mutex"],
    ),
    "io": (
        ["std::cout << 1;", "std::ifstream in(path);", "std::ostringstream out;", 'printf("%d", 1);', "std::filesystem::path p;",
         'getenv("HOME")', "std::fstream f;"],
        ["void print(Text& out);", "sink.printf(1);", "stream.puts(1)"],
    ),
    "random": (
        ["std::mt19937_64 g;", "std::random_device d;", "std::shuffle(a, b, g);", "std::uniform_int_distribution<int> d;",
         "int x = rand();"],
        ["int brand();", "operand()", "Distribution d;"],
    ),
    "unordered": (
        ["std::unordered_map<int, int> m;", "std::unordered_set<int> s;", "std::unordered_multimap<int, int> m;"],
        ["std::map<int, int> m;", "bool unordered;"],
    ),
    "hash": (["std::hash<std::string>{}(s)"], ["hash(state)", "digest.hash"]),
    "libm": (
        ["std::pow(2, 3)", "std::floor(x)", "auto y = exp(x);", "sqrt(x)", "::log2(x)"],
        ["rule.exp(x)", "Decimal::pow(x)", "std::abs(n)", "explain(x)", "value.round(x)"],
    ),
    "float": (
        ["double x = 1;", "float y;", "long double z;", "std::stod(s)", "strtod(s, &end)"],
        ["double_opt_in", "Floating f;", "/// never double"],
    ),
    "pointer-order": (
        ["std::map<const Rule*, int> m;", "std::set<Rule *> s;", "std::map<playbook::Stage*, int> m;",
         "std::set<std::pair<int, int> const*> s;", "std::less<Rule*> less;"],
        ["std::map<RuleIndex, const Rule*> m;", "std::vector<Rule*> v;", "std::set<Id> s; int* p;"],
    ),
    "locale": (["std::locale l;", "std::stoi(text)", 'setlocale(LC_ALL, "")'], ["locale_of(person)", "std::to_string(1)"]),
}


def rules(text, path="src/domain/a.cpp"):
    return {finding.rule for finding in purity.check(Source(path, text + "\n"))}


class Purity(unittest.TestCase):
    def test_every_rule_has_samples(self):
        self.assertEqual(set(SAMPLES), {rule for rule, _, _ in purity.BANS})

    def test_other_layers_are_free(self):
        self.assertEqual(rules("std::mutex lock; double x;", "src/app/a.cpp"), set())

    def test_the_line_is_named(self):
        found = list(purity.check(Source("src/domain/a.cpp", "int a;\n\ndouble b;\n")))
        self.assertEqual([(finding.line, finding.rule) for finding in found], [(3, "domain-float")])


def add_samples(rule, bad, good):
    def violating(self):
        for text in bad:
            self.assertIn(f"domain-{rule}", rules(text), text)

    def clean(self):
        for text in good:
            self.assertNotIn(f"domain-{rule}", rules(text), text)

    name = rule.replace("-", "_")
    setattr(Purity, f"test_{name}_violating", violating)
    setattr(Purity, f"test_{name}_clean", clean)


for rule_name, (violating_samples, clean_samples) in SAMPLES.items():
    add_samples(rule_name, violating_samples, clean_samples)

if __name__ == "__main__":
    unittest.main()
