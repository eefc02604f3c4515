#include "domain/criteria/criteria.h"

#include "domain/criteria/checker.h"
#include "domain/criteria/evaluation.h"

namespace baton::criteria {

const std::string& Expression::text() const { return program_->text; }
ResultType Expression::type() const { return program_->type; }
const std::vector<Input>& Expression::inputs() const { return program_->inputs; }
bool Expression::depends_on_time() const { return program_->at(program_->root).timed; }

Compiled compile(std::string_view text, const Declarations& names, Scope scope,
                 const std::vector<DeclaredProperty>& event_properties) {
    Parsed parsed = parse(text);
    if (!parsed.problems.empty()) return {{}, std::move(parsed.problems)};
    const auto program = std::make_shared<Program>();
    program->text = text;
    program->syntax = std::move(parsed.tree);
    auto problems = Checker(*program, names, scope, event_properties).run();
    if (!problems.empty()) return {{}, std::move(problems)};
    return {Expression(program), {}};
}

Outcome evaluate(const Expression& expression, const Inputs& inputs, Instant at) {
    const Program& program = expression.program();
    Evaluation evaluation(program, inputs, at);
    const Cell cell = evaluation.run(program.root);
    if (cell.is(CellKind::unknown)) return {std::nullopt, cell.why()};
    return {to_value(cell), {}};
}

Judgement judge(const Expression& expression, const Inputs& inputs, Instant at) {
    const Program& program = expression.program();
    Evaluation evaluation(program, inputs, at);
    const Cell cell = evaluation.run(program.root);
    if (cell.is(CellKind::boolean)) return {cell.number == 1 ? Truth::yes : Truth::no, {}};
    if (cell.is(CellKind::unknown)) return {Truth::unknown, cell.why()};
    return {Truth::unknown, {UnknownKind::wrong_type, -1}};
}

}  // namespace baton::criteria
