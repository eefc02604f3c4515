// What a playbook may say but hardly means: criteria that are always the same, names that nothing fills or reads.
#include <algorithm>
#include <set>

#include "domain/criteria/no_inputs.h"
#include "domain/engine/fact.h"
#include "domain/playbook/compiler.h"

namespace baton::playbook {
namespace {

using criteria::Comparison;
using criteria::Truth;

/// The truth of an expression that reads nothing and does not move with time.
std::optional<Truth> constant_truth(const criteria::Expression& expression) {
    if (!expression.valid() || !expression.inputs().empty() || expression.depends_on_time()) return std::nullopt;
    return criteria::judge(expression, criteria::NoInputs(), Instant{}).truth;
}

const Property* find_property(const Playbook& book, std::string_view id, bool of_account) {
    for (const Property& p : book.properties)
        if (p.id == id && p.of_account == of_account) return &p;
    return nullptr;
}

bool sets_field(const std::vector<Action>& actions, std::string_view id) {
    return std::any_of(actions.begin(), actions.end(),
                       [&](const Action& a) { return a.kind == ActionKind::set_field && a.target == id; });
}

bool is_filled(const Playbook& book, const Property& p) {
    if (!p.filled_by.empty() || p.id.starts_with(consent_prefix)) return true;
    if (p.of_account) return false;
    if (std::any_of(book.questions.begin(), book.questions.end(), [&](const Question& q) { return q.id == p.id; }))
        return true;
    for (const Stage& s : book.stages)
        if (sets_field(s.on_enter, p.id) || sets_field(s.on_leave, p.id)) return true;
    return std::any_of(book.arrows.begin(), book.arrows.end(),
                       [&](const Arrow& a) { return sets_field(a.actions, p.id); });
}

std::optional<std::string_view> property_id(const criteria::Input& input, const criteria::Declarations& names) {
    const auto id = [&](const std::vector<criteria::DeclaredProperty>& list) {
        return std::string_view(list[input.index].id);
    };
    if (input.kind == criteria::InputKind::attribute) return id(names.person);
    if (input.kind == criteria::InputKind::account_attribute) return id(names.account);
    return std::nullopt;
}

}  // namespace

// ---- names --------------------------------------------------------------------------------------------------------

void Compiler::warn_unfilled(const Use& use, const criteria::Input& input) {
    const auto id = property_id(input, out_.names);
    if (!id) return;
    const bool of_account = input.kind == criteria::InputKind::account_attribute;
    const Property* p = find_property(source_, *id, of_account);
    if (p == nullptr || is_filled(source_, *p)) return;
    warn(use.text.place, "nothing fills '" + p->label + "', which this criterion reads, so it can never hold",
         "say on line " + std::to_string(p->place.line) + " what fills it (filled_by: [form])" +
             (of_account ? "" : ", or ask it under 'questions'"));
}

void Compiler::warn_unfilled() {
    std::set<std::string> told;
    for (const Use& use : uses_)
        for (const criteria::Input& input : use.expression.inputs())
            if (told.insert(input.name).second) warn_unfilled(use, input);
}

void Compiler::warn_unused() {
    std::set<std::pair<bool, std::string_view>> read;
    for (const Use& use : uses_)
        for (const criteria::Input& input : use.expression.inputs())
            if (const auto id = property_id(input, out_.names))
                read.emplace(input.kind == criteria::InputKind::account_attribute, *id);
    for (const Property& p : source_.properties)
        if (!is_filled(source_, p) && !read.contains({p.of_account, p.id}))
            warn(p.place, "the property '" + p.id + "' is neither filled nor read",
                 "say what fills it (filled_by: [form]) or take it out");
    for (const ReasonList& list : source_.reasons)
        if (std::none_of(source_.arrows.begin(), source_.arrows.end(),
                         [&](const Arrow& a) { return a.reasons.text == list.id; }))
            warn(list.place, "no transition asks for a reason of the list '" + list.id + "'",
                 "add 'reasons: " + list.id + "' to one or take the list out");
}

// ---- criteria -----------------------------------------------------------------------------------------------------

void Compiler::warn_constant(ClauseIndex index) {
    const CompiledClause& clause = out_.clauses[index.value];
    const auto truth = constant_truth(clause.when);
    if (!truth) return;
    const Place place = origins_[index.value].clause->when.place;
    if (*truth == Truth::yes)
        warn(place, clause_name(index) + " always holds: it reads nothing",
             clause.list == ListKind::none ? "under 'none' it bars everyone; take it out" : "take it out");
    else
        warn(place, clause_name(index) + " never holds: it reads nothing",
             clause.list == ListKind::all ? "under 'all' nobody can pass; take it out" : "take it out");
}

void Compiler::warn_constant(const CompiledCriteria& criteria) {
    for (const auto* list : {&criteria.all, &criteria.any, &criteria.none})
        for (const ClauseIndex clause : *list) warn_constant(clause);
}

std::string Compiler::beyond_cap(const Atom& atom) const {
    const Decimal* bound = atom.bound.as<Decimal>();
    if (bound == nullptr || !atom.subject.starts_with("score.")) return {};
    const auto index = out_.score(std::string_view(atom.subject).substr(6));
    const bool upward = atom.comparison == Comparison::greater_equal || atom.comparison == Comparison::greater ||
                        atom.comparison == Comparison::equal;
    if (!index || !upward || !out_.scores[index->value].cap) return {};
    const CompiledScore& score = out_.scores[index->value];
    const bool out_of_reach = *bound > *score.cap || (*bound == *score.cap && atom.comparison == Comparison::greater);
    return out_of_reach ? "the score '" + score.name + "' ends at its cap of " + to_string(*score.cap) : std::string();
}

void Compiler::warn_contradiction(const CompiledCriteria& criteria, const std::string& where) {
    const std::vector<ClauseAtoms> needed = atoms_of(criteria);
    for (std::size_t i = 0; i < needed.size(); ++i) {
        for (const Atom& a : needed[i].atoms) {
            for (std::size_t j = 0; j <= i; ++j) {
                const auto other = std::find_if(needed[j].atoms.begin(), needed[j].atoms.end(),
                                                [&](const Atom& b) { return exclude(a, b); });
                if (other == needed[j].atoms.end()) continue;
                const ClauseIndex first{static_cast<std::uint16_t>(needed[j].clause)};
                const ClauseIndex second{static_cast<std::uint16_t>(needed[i].clause)};
                const Place place = origins_[second.value].clause->when.place;
                if (i == j) {
                    warn(place, clause_name(second) + " contradicts itself, so " + where,
                         "change one of its conditions");
                } else {
                    warn(place, clause_name(first) + " and " + clause_name(second) + " exclude each other, so " + where,
                         "change one of the two");
                }
                return;
            }
        }
    }
}

// ---- scores and classes -------------------------------------------------------------------------------------------

void Compiler::warn_scores() {
    for (const Score& score : source_.scores) {
        if (score.kind != ScoreKind::total && score.groups.empty())
            warn(score.place, "the score '" + score.id + "' has no rules and is always 0",
                 "add 'groups' or take it out");
        for (const ScoreGroup& group : score.groups) {
            for (const ScoreRule& rule : group.rules) {
                const bool nothing = rule.points.micros == 0 || (rule.cap && rule.cap->micros == 0) ||
                                     (group.cap && group.cap->micros == 0);
                if (nothing)
                    warn(rule.name.place, "the rule '" + rule.name.text + "' gives no points",
                         "give it points and a cap above 0, or take it out");
            }
        }
    }
    for (const CompiledScoreRule& rule : out_.score_rules) {
        const auto* expression = rule.when.valid() ? &rule.when : rule.where.valid() ? &rule.where : nullptr;
        if (expression == nullptr) continue;
        const auto at = std::find_if(uses_.begin(), uses_.end(),
                                     [&](const Use& u) { return &u.expression.inputs() == &expression->inputs(); });
        const Place place = at == uses_.end() ? Place{} : at->text.place;
        const auto truth = constant_truth(*expression);
        if (truth)
            warn(place,
                 "the rule '" + rule.name + "' " + (*truth == Truth::yes ? "always holds" : "never holds") +
                     ": it reads nothing",
                 "take the condition or the rule out");
        const std::vector<Atom> all = atoms(at == uses_.end() ? std::string_view() : std::string_view(at->text.text));
        const auto contradicted = [&](const Atom& a) {
            return std::any_of(all.begin(), all.end(), [&](const Atom& b) { return exclude(a, b); });
        };
        if (std::any_of(all.begin(), all.end(), contradicted))
            warn(place, "the rule '" + rule.name + "' contradicts itself, so it never gives points",
                 "change one of its conditions");
    }
}

void Compiler::warn_bands(const Class& source) {
    const auto index = out_.score(source.score.text);
    std::optional<Decimal> lowest;
    bool otherwise = false;
    for (const Band& band : source.bands) {
        const std::string name = "the band '" + band.label + "' of '" + source.id + "'";
        const auto cap = out_.scores[index->value].cap;
        if (otherwise || (lowest && band.at_least && *band.at_least >= *lowest)) {
            warn(source.place, name + " is never reached: one above it takes all of its leads",
                 "write the highest bound first");
        } else if (cap && band.at_least && *band.at_least > *cap) {
            warn(source.place,
                 name + " is never reached: the score '" + out_.scores[index->value].name + "' ends at its cap of " +
                     to_string(*cap),
                 "lower the bound or raise the cap");
        }
        otherwise = otherwise || !band.at_least;
        if (band.at_least && (!lowest || *band.at_least < *lowest)) lowest = band.at_least;
    }
}

void Compiler::warn_rows(const Class& source, const CompiledClass& compiled) {
    for (std::size_t i = 0; i < compiled.rows.size(); ++i) {
        warn_constant(compiled.rows[i].criteria);
        warn_contradiction(compiled.rows[i].criteria,
                           "nobody gets the label '" + compiled.rows[i].label + "' by this rule");
        for (std::size_t j = 0; j < i; ++j) {
            if (!implies(compiled.rows[i].criteria, compiled.rows[j].criteria)) continue;
            warn(source.rules[i].place,
                 "this rule for the label '" + compiled.rows[i].label + "' is never reached: the one for '" +
                     compiled.rows[j].label + "' on line " + std::to_string(source.rules[j].place.line) +
                     " always holds first",
                 "move it up or take it out");
            break;
        }
    }
}

void Compiler::warn_classes() {
    for (std::size_t i = 0; i < source_.classes.size(); ++i) {
        if (source_.classes[i].kind == ClassKind::bands) warn_bands(source_.classes[i]);
        if (source_.classes[i].kind == ClassKind::rules) warn_rows(source_.classes[i], out_.classes[i]);
    }
}

void Compiler::warnings() {
    warn_unfilled();
    warn_unused();
    warn_scores();
    warn_classes();
    warn_unreachable();
    warn_dead_ends();
    warn_shadowed();
    warn_loops();
    for (const Use& use : uses_)
        for (const Atom& atom : atoms(use.text.text))
            if (const std::string why = beyond_cap(atom); !why.empty())
                warn(use.text.place, "this criterion can never hold: " + why, "lower the bound or raise the cap");
}

}  // namespace baton::playbook
