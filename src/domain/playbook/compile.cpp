// compile(): from the model to something that runs. Every mistake is found before it answers; one error, no playbook.
#include <algorithm>

#include "domain/playbook/compiler.h"
#include "domain/playbook/suggest.h"

namespace baton::playbook {
namespace {

template <class List>
std::vector<std::string> ids_of(const List& list) {
    std::vector<std::string> ids;
    for (const auto& item : list) ids.push_back(item.id);
    return ids;
}

std::string section_of(std::string_view what) {
    if (what == "class") return "classes";
    if (what == "property") return "properties";
    return what == "reason list" ? "reasons" : std::string(what) + "s";
}

template <class Index, class List>
std::optional<Index> index_of(const List& list, std::string_view id) {
    for (std::size_t i = 0; i < list.size(); ++i)
        if (list[i].id == id) return Index{static_cast<std::uint16_t>(i)};
    return std::nullopt;
}

template <class Index>
std::optional<Index> position(const NameIndex& names, std::string_view name) {
    const auto found = names.find(name);
    return found ? std::optional(Index{*found}) : std::nullopt;
}

}  // namespace

std::string to_string(const Diagnostic& d, std::string_view file) {
    std::string text(file);
    if (d.place.line > 0) text += ":" + std::to_string(d.place.line) + ":" + std::to_string(d.place.column);
    text += d.severity == Severity::error ? ": error: " : ": warning: ";
    text += d.message;
    if (!d.hint.empty()) text += "; " + d.hint;
    return text;
}

void Compiler::error(Place place, std::string message, std::string hint) {
    problems_.push_back({Severity::error, place, std::move(message), std::move(hint)});
}

void Compiler::warn(Place place, std::string message, std::string hint) {
    problems_.push_back({Severity::warning, place, std::move(message), std::move(hint)});
}

bool Compiler::failed() const {
    return std::any_of(problems_.begin(), problems_.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::error; });
}

int Compiler::find(const Text& reference, const std::vector<std::string>& names, std::string_view what) {
    if (reference.text.empty()) return -1;
    const auto at = std::find(names.begin(), names.end(), reference.text);
    if (at != names.end()) return static_cast<int>(at - names.begin());
    std::string hint = did_you_mean(reference.text, names);
    error(reference.place, "unknown " + std::string(what) + " '" + reference.text + "'",
          hint.empty() ? "declare it under '" + section_of(what) + "'" : std::move(hint));
    return -1;
}

criteria::Expression Compiler::expression(const Text& text, criteria::Scope scope,
                                          const std::vector<criteria::DeclaredProperty>& event_properties) {
    criteria::Compiled compiled = criteria::compile(text.text, out_.names, scope, event_properties);
    for (const criteria::Problem& problem : compiled.problems)
        error(place_at(text, problem.offset), problem.message, problem.hint);
    if (compiled.problems.empty()) uses_.push_back({text, compiled.expression});
    return std::move(compiled.expression);
}

/// A clause that stands in several places with the same words is one clause: it is judged once.
ClauseIndex Compiler::clause(const Clause& source, ListKind list) {
    for (std::size_t i = 0; i < origins_.size(); ++i) {
        const Clause& other = *origins_[i].clause;
        if (other.id != source.id) continue;
        const bool same = other.name.text == source.name.text && other.when.text == source.when.text;
        if (same && out_.clauses[i].list == list) return {static_cast<std::uint16_t>(i)};
        if (same) continue;
        error(source.name.place,
              "the clause '" + source.name.text + "' has the id " + source.id + ", which another criterion on line " +
                  std::to_string(other.name.place.line) + " has too",
              "give this one an 'id' of its own, or write both the same");
    }
    out_.clauses.push_back({source.id, source.name.text, list, expression(source.when, criteria::Scope::person)});
    origins_.push_back({&source});
    return {static_cast<std::uint16_t>(out_.clauses.size() - 1)};
}

CompiledCriteria Compiler::criteria(const Criteria& source) {
    CompiledCriteria out;
    for (const Clause& c : source.all) out.all.push_back(clause(c, ListKind::all));
    for (const Clause& c : source.any) out.any.push_back(clause(c, ListKind::any));
    for (const Clause& c : source.none) out.none.push_back(clause(c, ListKind::none));
    return out;
}

namespace {

std::size_t size_of(const Criteria& c) { return c.all.size() + c.any.size() + c.none.size(); }

std::size_t clauses_of(const Playbook& book) {
    std::size_t n = 0;
    for (const Stage& s : book.stages) n += size_of(s.enter);
    for (const Arrow& a : book.arrows) n += size_of(a.when);
    for (const Class& c : book.classes)
        for (const ClassRule& r : c.rules) n += size_of(r.criteria);
    return n;
}

std::size_t rules_of(const Playbook& book) {
    std::size_t n = 0;
    for (const Score& s : book.scores)
        for (const ScoreGroup& g : s.groups) n += g.rules.size();
    return n;
}

std::size_t arrows_of(const Playbook& book) {
    std::size_t n = 0;
    for (const Arrow& a : book.arrows) n += a.from.size();
    return n;
}

std::size_t proofs_of(const Playbook& book) {
    std::size_t n = 0;
    for (const Stage& s : book.stages) n += s.observed_by.size();
    return n;
}

}  // namespace

/// Positions are 16 bits wide, and what nobody can read nobody can agree on.
bool Compiler::too_large() {
    struct Limit {
        std::string_view what;
        std::size_t size, most;
    };
    const Limit limits[] = {{"stages", source_.stages.size(), 200},
                            {"transitions", arrows_of(source_), 2'000},
                            {"criteria", clauses_of(source_), 4'000},
                            {"score rules", rules_of(source_), 4'000},
                            {"properties", source_.properties.size() + source_.questions.size(), 4'000},
                            {"fact types", source_.facts.size(), 4'000},
                            {"facts under observed_by", proofs_of(source_), 4'000},
                            {"classes", source_.classes.size(), 200},
                            {"scores", source_.scores.size(), 200},
                            {"account counts", source_.aggregates.size(), 1'000},
                            {"hand-offs", source_.hand_offs.size(), 200}};
    for (const Limit& limit : limits)
        if (limit.size > limit.most)
            error({1, 1},
                  "the playbook has " + std::to_string(limit.size) + " " + std::string(limit.what) + "; at most " +
                      std::to_string(limit.most) + " can be held",
                  "split it into several processes");
    return failed();
}

CompileResult Compiler::run(std::uint32_t version) {
    out_.version = version;
    if (too_large()) return finish();
    stage_ids_ = ids_of(source_.stages);
    team_ids_ = ids_of(source_.teams);
    score_ids_ = ids_of(source_.scores);
    class_ids_ = ids_of(source_.classes);
    reason_ids_ = ids_of(source_.reasons);
    program_ids_ = ids_of(source_.programs);
    declare();
    check_doubles();
    aggregates();
    scores();
    classes();
    stages();
    arrows();
    hand_offs();
    reasons();
    later_sections();
    if (!failed()) {
        readers();
        warnings();
    }
    return finish();
}

CompileResult Compiler::finish() {
    std::stable_sort(problems_.begin(), problems_.end(), [](const Diagnostic& a, const Diagnostic& b) {
        return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    });
    const bool good = !failed();
    return {good ? std::make_shared<const Compiled>(std::move(out_)) : nullptr, std::move(problems_)};
}

CompileResult compile(const Playbook& source, std::uint32_t version) { return Compiler(source).run(version); }

std::optional<TypeIndex> Compiled::type(std::string_view name) const {
    if (types_by_name.built()) return position<TypeIndex>(types_by_name, name);
    const auto at = std::find(names.types.begin(), names.types.end(), name);
    if (at == names.types.end()) return std::nullopt;
    return TypeIndex{static_cast<std::uint16_t>(at - names.types.begin())};
}
std::optional<StageIndex> Compiled::stage(std::string_view id) const {
    if (stages_by_name.built()) return position<StageIndex>(stages_by_name, id);
    return index_of<StageIndex>(stages, id);
}
std::optional<PropertyIndex> Compiled::property(std::string_view id) const {
    if (properties_by_name.built()) return position<PropertyIndex>(properties_by_name, id);
    return index_of<PropertyIndex>(names.person, id);
}
std::optional<PropertyIndex> Compiled::account_property(std::string_view id) const {
    return index_of<PropertyIndex>(names.account, id);
}
std::optional<ScoreIndex> Compiled::score(std::string_view id) const { return index_of<ScoreIndex>(scores, id); }
std::optional<ClassIndex> Compiled::class_(std::string_view id) const { return index_of<ClassIndex>(classes, id); }

}  // namespace baton::playbook
