// Any text either is a problem with a place, or a program that prints stably and evaluates to a value or a reason.
#include <cstdint>
#include <string>

#include "base/result.h"
#include "criteria/table.h"
#include "domain/criteria/syntax.h"

namespace {

using namespace baton;
using namespace baton::criteria;

void check_print(std::string_view text) {
    const Parsed parsed = parse(text);
    if (!parsed.problems.empty()) return;
    const std::string printed = print(parsed.tree, parsed.tree.root);
    const Parsed again = parse(printed);
    BATON_CHECK(again.problems.empty());
    BATON_CHECK(same_tree(parsed.tree, parsed.tree.root, again.tree, again.tree.root));
}

void check_program(std::string_view text, Scope scope) {
    static const Declarations names = test::declarations();
    static const test::Table table = test::anna();
    const Compiled compiled = compile(text, names, scope, test::event_properties());
    BATON_CHECK(compiled.expression.valid() == compiled.problems.empty());
    for (const Problem& problem : compiled.problems) BATON_CHECK(problem.offset <= text.size());
    if (!compiled.expression.valid()) return;
    const Outcome outcome = evaluate(compiled.expression, table, test::noon);
    const Judgement judgement = judge(compiled.expression, table, test::noon);
    BATON_CHECK((outcome.value && outcome.value->as<bool>() != nullptr) == (judgement.truth != Truth::unknown));
    BATON_CHECK(may_flip_after(compiled.expression, table, test::noon) > test::noon);
    BATON_CHECK(!describe(compiled.expression).empty());
    BATON_CHECK(wanted(compiled.expression, table, test::noon).empty() == (judgement.truth == Truth::yes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    check_print(text);
    check_program(text, static_cast<Scope>(data[0] % 4));
    return 0;
}
