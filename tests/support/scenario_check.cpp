#include "support/scenario_check.h"

#include <algorithm>

#include "support/scenario_words.h"

namespace baton::scenario {
namespace {

using engine::PersonState;
using Seen = std::optional<std::string>;

/// "a b = c" → {"a b", "c"}; "a: c" the same.
struct Question {
    std::string what;
    std::string wanted;
};

std::string trimmed(const std::string& text) {
    const auto from = text.find_first_not_of(' ');
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

Question split(const std::string& line) {
    const std::size_t equals = line.find(" = ");
    const std::size_t colon = line.find(": ");
    if (equals == std::string::npos && colon == std::string::npos) return {trimmed(line), ""};
    const std::size_t at = std::min(equals, colon);
    return {trimmed(line.substr(0, at)), trimmed(line.substr(at + (at == equals ? 3 : 2)))};
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : " | ") + part;
    return text;
}

std::string holder_of(const PersonState& state) {
    const engine::Holder& h = state.lead.holder;
    return h.kind == engine::HolderKind::none ? "nobody" : std::string(to_string(h.kind)) + " " + h.name;
}

Seen simple(const PersonState& s, const std::string& what) {
    if (what == "stage") return s.lead.stage;
    if (what == "furthest") return s.lead.furthest;
    if (what == "cycle") return std::to_string(s.lead.cycle);
    if (what == "holder") return holder_of(s);
    if (what == "responsible") return s.lead.holder.responsible;
    if (what == "lead") return s.lead.open ? "open" : "none";
    if (what == "next") return time_text(s.next_at);
    if (what == "offer") return s.lead.offer.open() ? "open" : "none";
    return std::nullopt;
}

Seen score(const World& world, const PersonState& state, const std::string& id, Instant at) {
    const auto index = world.playbook().score(id);
    if (!index) return std::nullopt;
    return to_string(engine::score_at(world.playbook(), state, *index, at));
}

Seen label(const engine::Why& why, const std::string& id) {
    for (const auto& c : why.classes)
        if (c.id == id) return c.label.empty() ? "none" : c.label;
    return std::nullopt;
}

std::string passed(const engine::Why& why) {
    std::string all;
    for (const auto& p : why.passed) all += (all.empty() ? "" : " | ") + time_text(p.at) + " " + p.text;
    return all.empty() ? "nothing" : all;
}

Seen missing(const engine::Why& why, const std::string& id) {
    for (const auto& c : why.classes)
        if (c.id == id) return joined(c.missing);
    return std::nullopt;
}

Seen arrow(const engine::Why& why, const std::string& id, bool waits) {
    for (const auto& a : why.arrows)
        if (a.id == id) return waits ? a.waits_for : joined(a.smallest_change);
    return std::nullopt;
}

std::string_view words(engine::Truth truth) {
    switch (truth) {
        case engine::Truth::yes: return "yes";
        case engine::Truth::no: return "no";
        case engine::Truth::unknown: return "unknown";
    }
    return "";
}

Seen clause(const engine::Why& why, const std::string& id, bool because) {
    const auto in = [&](const std::vector<engine::ClauseSeen>& clauses) -> Seen {
        for (const auto& c : clauses)
            if (c.id == id) return because ? c.because : std::string(words(c.truth));
        return std::nullopt;
    };
    for (const auto& a : why.arrows)
        if (const Seen seen = in(a.clauses)) return seen;
    for (const auto& c : why.classes)
        if (const Seen seen = in(c.clauses)) return seen;
    return std::nullopt;
}

Seen snapshot(const PersonState& state, const std::string& id) {
    for (const auto& c : state.lead.offer.snapshot)
        if (c.clause == id) return std::string(words(c.truth));
    return std::nullopt;
}

Seen effects(const std::vector<engine::Effect>& effects, const std::string& wanted) {
    std::string all;
    for (const auto& e : effects) {
        const std::string text = words_of(e);
        if (text == wanted) return text;
        all += (all.empty() ? "" : " | ") + text;
    }
    return all.empty() ? "nothing" : all;
}

bool takes(std::string& what, std::string_view prefix) {
    if (!what.starts_with(prefix)) return false;
    what.erase(0, prefix.size());
    return true;
}

Seen seen(const World& world, const Aftermath& after, const PersonState& state, Question& q) {
    std::string what = q.what;
    if (takes(what, "score ")) return score(world, state, what, after.at);
    if (takes(what, "snapshot ")) return snapshot(state, what);
    if (what == "effect") return effects(after.effects, q.wanted);
    if (const Seen found = simple(state, what)) return found;
    const engine::Why why = engine::why(world.playbook(), state, std::max(after.at, state.engine_at));
    if (what == "passed") return passed(why);
    if (takes(what, "class ")) return label(why, what);
    if (takes(what, "missing for ")) return missing(why, what);
    if (takes(what, "not yet ")) return arrow(why, what, false);
    if (takes(what, "waits ")) return arrow(why, what, true);
    if (takes(what, "clause ")) return clause(why, what, false);
    if (takes(what, "because ")) return clause(why, what, true);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> check(const World& world, Aftermath after, std::string line) {
    if (takes(line, "at ")) {
        const std::size_t end = line.find(' ');
        const auto later = time_in(line.substr(0, end));
        if (!later || end == std::string::npos) return "'" + line.substr(0, end) + "' is no time";
        after.at = *later;
        line.erase(0, end + 1);
    }
    Question q = split(line);
    std::string who = after.subject;
    const std::size_t space = q.what.find(' ');
    if (space != std::string::npos && world.person(q.what.substr(0, space)) != nullptr) {
        who = q.what.substr(0, space);
        q.what = q.what.substr(space + 1);
    }
    const Person* person = world.person(who);
    if (person == nullptr) return "nobody is called '" + who + "'";
    const Seen found = seen(world, after, person->state, q);
    if (!found) return "there is no '" + q.what + "' to check";
    if (*found == q.wanted) return std::nullopt;
    return "is: " + *found;
}

}  // namespace baton::scenario
