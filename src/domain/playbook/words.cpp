// The vocabulary of documents and differences in one place, so that both say the same.
#include "domain/playbook/words.h"

#include <algorithm>

namespace baton::playbook {
namespace {

template <class List>
std::string name_in(const List& list, std::string_view id) {
    for (const auto& item : list)
        if (item.id == id) return item.name.text;
    return std::string(id);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<criteria::DeclaredProperty> properties_of(const Playbook& book, std::string_view type) {
    std::vector<criteria::DeclaredProperty> all;
    for (const FactType& f : book.facts)
        if (f.id == type)
            for (const Property& p : f.properties) all.push_back({p.id, p.label, p.type, p.values});
    return all;
}

}  // namespace

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string in_words(const Compiled& book, const Text& text, criteria::Scope scope, std::string_view fact_type) {
    const criteria::Compiled compiled =
        criteria::compile(text.text, book.names, scope, properties_of(book.source, fact_type));
    if (!compiled.problems.empty() || !compiled.expression.valid()) return text.text;
    const std::string words = criteria::describe(compiled.expression);
    return words.empty() ? text.text : words;
}

std::string plural(std::int64_t n, std::string_view one) {
    return std::to_string(n) + " " + std::string(one) + (n == 1 ? "" : "s");
}

std::string days_in_words(std::int64_t days) { return plural(days, "day"); }

std::string in_words(Duration length) {
    if (length.us <= 0) return "at once";
    const std::int64_t days = length.us / one_day.us;
    if (length.us % one_day.us == 0 && days != 1) return days_in_words(days);
    const std::int64_t minutes = length.us / Duration::minutes(1).us;
    if (minutes == 0) return plural(length.us / Duration::seconds(1).us, "second");
    std::string rest = minutes % 60 == 0 ? "" : std::to_string(minutes % 60) + " min";
    if (minutes < 60) return rest;
    return std::to_string(minutes / 60) + " h" + (rest.empty() ? "" : " " + rest);
}

std::string clause_in_words(const Compiled& book, const Clause& clause) {
    const std::string words = in_words(book, clause.when);
    if (lower(words) == lower(clause.name.text)) return "\"" + clause.name.text + "\"";
    return "\"" + clause.name.text + "\" (" + words + ")";
}

std::string team_name(const Playbook& book, std::string_view id) {
    for (const Team& t : book.teams)
        if (t.id == id) return t.name;
    return std::string(id);
}
std::string stage_name(const Playbook& book, std::string_view id) { return name_in(book.stages, id); }
std::string score_name(const Playbook& book, std::string_view id) { return name_in(book.scores, id); }
std::string class_name(const Playbook& book, std::string_view id) { return name_in(book.classes, id); }

std::string answer_name(const Playbook& book, const Question& question) {
    if (!question.label.empty()) return question.label;
    for (const Property& p : book.properties)
        if (p.id == question.id && !p.of_account && p.label != p.id) return p.label;
    return capitalised(spaced(question.id));
}

std::string in_words(PropertyType type) {
    switch (type) {
        case PropertyType::string: return "a text";
        case PropertyType::integer: return "a whole number";
        case PropertyType::number: return "a number";
        case PropertyType::boolean: return "yes or no";
        case PropertyType::timestamp: return "a time";
        case PropertyType::strings: return "several texts";
    }
    return "";
}

std::string program_name(const Playbook& book, std::string_view id) {
    for (const Program& p : book.programs)
        if (p.id == id) return quoted(p.name);
    return std::string(id);
}

std::string fact_label(const Playbook& book, std::string_view type) {
    for (const FactType& f : book.facts)
        if (f.id == type) return f.label;
    return std::string(type);
}

std::string trigger_in_words(const Playbook& book, const Arrow& arrow) {
    if (arrow.after) return "after " + in_words(*arrow.after);
    if (!arrow.on) return {};
    const std::string& on = arrow.on->text;
    const std::string who = arrow.by.empty() ? "somebody" : team_name(book, arrow.by);
    if (on == "accept") return who + " accepts";
    if (on == "reject") return who + " rejects";
    if (on == "return") return who + " returns it";
    if (on == "withdraw") return who + " withdraws it";
    if (on == "disqualify") return who + " disqualifies";
    return fact_label(book, on);
}

std::string action_in_words(const Playbook& book, const Action& a) {
    std::string text;
    switch (a.kind) {
        case ActionKind::notify: text = "notify " + team_name(book, a.target); break;
        case ActionKind::task: text = "task: " + a.text; break;
        case ActionKind::enrol: text = "enrol in " + program_name(book, a.target); break;
        case ActionKind::webhook: text = "call " + a.target; break;
        case ActionKind::set_field: text = "set " + a.target + " to " + a.text; break;
        case ActionKind::start_clock: text = "start the clock " + a.target; break;
    }
    const bool says_more = a.kind != ActionKind::task && a.kind != ActionKind::set_field && !a.text.empty();
    if (says_more) text += ": " + a.text;
    if (!a.responsible.empty()) text += ", by " + team_name(book, a.responsible);
    if (a.within) text += ", within " + in_words(*a.within);
    if (!a.proof.empty()) text += ", proof: " + a.proof;
    return text;
}

std::string decay_in_words(const Decay& decay) {
    const std::string days = days_in_words(decay.days);
    switch (decay.kind) {
        case DecayKind::none: return "stays";
        case DecayKind::linear: return "fades to nothing over " + days;
        case DecayKind::half_life: return "halves every " + days;
        case DecayKind::window: return "counts for " + days;
    }
    return {};
}

std::string_view to_string(StageKind kind) {
    switch (kind) {
        case StageKind::marketing: return "marketing";
        case StageKind::sales: return "sales";
        case StageKind::customer: return "customer";
        case StageKind::closed: return "closed";
    }
    return "";
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string before_last = (last == "then" ? ", " : " ") + std::string(last) + " ";
        if (i > 0) text += i + 1 == words.size() ? before_last : ", ";
        text += words[i];
    }
    return text;
}

std::string spaced(std::string text) {
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

}  // namespace baton::playbook
