// Properties over random programs: printing is stable, nothing crashes, words and wants fit the truth.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "criteria/program_generator.h"
#include "criteria/table.h"
#include "domain/criteria/syntax.h"

namespace baton::criteria::test {
namespace {

RC_GTEST_PROP(Property, printing_and_parsing_again_gives_the_same_tree, ()) {
    const std::string text = random_condition(*rc::gen::inRange(0, 5));
    const Parsed first = parse(text);
    RC_ASSERT(first.problems.empty());
    const std::string printed = print(first.tree, first.tree.root);
    RC_LOG() << text << "\n" << printed;
    const Parsed second = parse(printed);
    RC_ASSERT(second.problems.empty());
    RC_ASSERT(same_tree(first.tree, first.tree.root, second.tree, second.tree.root));
    RC_ASSERT(print(second.tree, second.tree.root) == printed);
}

RC_GTEST_PROP(Property, evaluation_ends_in_a_value_or_a_reason, ()) {
    const std::string text = random_condition(*rc::gen::inRange(0, 5));
    const Compiled compiled = compile(text, declarations(), Scope::person);
    RC_CLASSIFY(compiled.problems.empty());
    if (!compiled.problems.empty()) {
        for (const Problem& p : compiled.problems) RC_ASSERT(p.offset <= text.size() && !p.message.empty());
        return;
    }
    RC_LOG() << text;
    const Table table = anna();
    const Expression& expression = compiled.expression;
    const Outcome outcome = evaluate(expression, table, noon);
    const Judgement judgement = judge(expression, table, noon);
    const bool boolean = outcome.value && outcome.value->as<bool>();
    RC_ASSERT(boolean == (judgement.truth != Truth::unknown));
    RC_ASSERT(outcome.unknown.input < static_cast<int>(expression.inputs().size()));
    if (outcome.value && expression.type() == ResultType::boolean) RC_ASSERT(boolean);
    RC_ASSERT(may_flip_after(expression, table, noon) > noon);
    RC_ASSERT(!describe(expression).empty());
    RC_ASSERT(wanted(expression, table, noon).empty() == (judgement.truth == Truth::yes));
    RC_ASSERT(wanted(expression, table, noon, Truth::no).empty() == (judgement.truth == Truth::no));
}

RC_GTEST_PROP(Property, the_printed_program_means_the_same, ()) {
    const std::string text = random_condition(*rc::gen::inRange(0, 5));
    const Compiled compiled = compile(text, declarations(), Scope::person);
    RC_PRE(compiled.problems.empty());
    const Parsed parsed = parse(text);
    const std::string printed = print(parsed.tree, parsed.tree.root);
    RC_LOG() << text << "\n" << printed;
    const Compiled again = compile(printed, declarations(), Scope::person);
    RC_ASSERT(again.problems.empty());
    RC_ASSERT(evaluate(compiled.expression, anna(), noon).value == evaluate(again.expression, anna(), noon).value);
    RC_ASSERT(compiled.expression.inputs() == again.expression.inputs());
}

RC_GTEST_PROP(Property, any_text_is_a_program_or_a_problem, (const std::string& noise)) {
    const std::string text = random_condition(2);
    const auto cut = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(text.size()) + 1));
    const std::string broken = text.substr(0, cut) + noise + text.substr(cut);
    const Compiled compiled = compile(broken, declarations(), Scope::person);
    RC_ASSERT(compiled.expression.valid() == compiled.problems.empty());
    for (const Problem& p : compiled.problems) RC_ASSERT(p.offset <= broken.size());
}

}  // namespace
}  // namespace baton::criteria::test
