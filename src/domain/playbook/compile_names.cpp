// The names criteria may use, each in its position, and what may not be named twice.
#include <algorithm>

#include "domain/engine/fact.h"
#include "domain/playbook/compiler.h"
#include "domain/playbook/suggest.h"

namespace baton::playbook {
namespace {

/// Without a label of its own the id stands there.
bool has_label(const Property& p) { return p.label != p.id; }

/// Whether forms and tracking in a browser may fill it: nobody said who fills it, or they are among those.
bool public_fills(const Property& p) {
    const auto is_public = [](const std::string& by) { return by == "form" || by == "tracking"; };
    return p.filled_by.empty() || std::ranges::any_of(p.filled_by, is_public);
}

criteria::DeclaredProperty declared(const Property& p) {
    return {p.id, has_label(p) ? p.label : capitalised(spaced(p.id)), p.type, p.values, public_fills(p)};
}

bool has(const std::vector<criteria::DeclaredProperty>& list, std::string_view id) {
    return std::any_of(list.begin(), list.end(), [&](const auto& p) { return p.id == id; });
}

void add_missing(std::vector<criteria::DeclaredProperty>& list, std::string_view id, std::string_view label,
                 PropertyType type = PropertyType::string) {
    if (!has(list, id)) list.push_back({std::string(id), std::string(label), type, {}});
}

/// Says so when an id stands twice. `what`: "stage", "team" …
class Doubles {
   public:
    Doubles(std::string what, std::vector<Diagnostic>& problems) : what_(std::move(what)), problems_(problems) {}
    void see(const std::string& id, Place place) {
        const auto [at, fresh] = seen_.emplace(id, place.line);
        if (fresh) return;
        problems_.push_back(
            {Severity::error, place,
             "the " + what_ + " '" + id + "' is there twice, first on line " + std::to_string(at->second),
             what_ == "own site" ? "once is enough" : "give this one another id"});
    }
    template <class List>
    void see_all(const List& list) {
        for (const auto& item : list) see(item.id, item.place);
    }

   private:
    std::string what_;
    std::vector<Diagnostic>& problems_;
    std::map<std::string, int> seen_;
};

}  // namespace

void Compiler::declare() {
    declare_properties();
    declare_questions();
    declare_built_in();
    declare_types();
    for (const Aggregate& a : source_.aggregates) out_.names.aggregates.push_back(a.id);
    out_.names.scores = score_ids_;
    out_.names.classes = class_ids_;
    for (const Class& c : source_.classes) out_.names.class_labels.push_back(c.labels);
    out_.names.stages = stage_ids_;
    out_.names.lists = source_.lists;
    declare_words();
}

/// What people call things; a type without a label is called by its own name.
void Compiler::declare_words() {
    criteria::Declarations& names = out_.names;
    names.type_labels = names.types;
    for (const FactType& f : source_.facts)
        if (const auto type = out_.type(f.id)) names.type_labels[type->value] = f.label;
    for (const Aggregate& a : source_.aggregates) names.aggregate_labels.push_back(a.label);
    for (const Score& s : source_.scores) names.score_names.push_back(s.name.text);
    for (const Class& c : source_.classes) names.class_names.push_back(c.name.text);
    for (const Stage& s : source_.stages) names.stage_names.push_back(s.name.text);
}

void Compiler::declare_properties() {
    for (const Property& p : source_.properties) {
        auto& list = p.of_account ? out_.names.account : out_.names.person;
        if (!has(list, p.id)) list.push_back(declared(p));
    }
}

void Compiler::declare_questions() {
    for (const Question& q : source_.questions) {
        out_.names.questions.push_back(q.id);
        const auto same = [&](const Property& p) { return p.id == q.id && !p.of_account; };
        const auto property = std::find_if(source_.properties.begin(), source_.properties.end(), same);
        if (property == source_.properties.end()) {
            if (!has(out_.names.person, q.id))
                out_.names.person.push_back({q.id, answer_name(source_, q), q.type, q.values});
            continue;
        }
        const std::string on_line = ", its property on line " + std::to_string(property->place.line);
        if (property->type != q.type)
            error(q.place,
                  "the question '" + q.id + "' asks for " + std::string(to_string(q.type)) + on_line + " holds " +
                      std::string(to_string(property->type)),
                  "give both the same type");
        if (q.label.empty() || q.label == property->label) continue;
        if (!has_label(*property))
            std::ranges::find(out_.names.person, q.id, &criteria::DeclaredProperty::id)->label = q.label;
        else
            error(q.place,
                  "the answer to the question '" + q.id + "' is called \"" + q.label + "\"" + on_line +
                      " is called \"" + property->label + "\"",
                  "they are one thing: leave out the label of the question");
    }
}

void Compiler::declare_built_in() {
    for (const auto& [id, label] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"email", "E-mail"},
                                                                              {"phone", "Phone"},
                                                                              {"name", "Name"},
                                                                              {"first_name", "First name"},
                                                                              {"last_name", "Last name"},
                                                                              {"title", "Job title"},
                                                                              {"company", "Company"},
                                                                              {"domain", "E-mail domain"}})
        add_missing(out_.names.person, id, label);
    for (const auto& [id, label] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"scrub_suppressed", "Suppressed"},
             {"scrub_do_not_call", "Do not call"},
             {"scrub_customer", "Among the customers"},
             {"scrub_competitor", "Among the competitors"},
             {"scrub_disqualified", "Formerly disqualified"}})
        add_missing(out_.names.person, id, label, PropertyType::boolean);
    add_missing(out_.names.account, "name", "Company");
    add_missing(out_.names.account, "domain", "Company domain");
}

void Compiler::add_type(const std::string& type) {
    auto& types = out_.names.types;
    if (!type.empty() && std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
}

void Compiler::declare_types() {
    for (const FactType& f : source_.facts) add_type(f.id);
    add_type("call");
    add_type("note");
    for (const Score& s : source_.scores)
        for (const ScoreGroup& g : s.groups)
            for (const ScoreRule& r : g.rules)
                if (r.on) add_type(r.on->text);
    for (const Stage& s : source_.stages)
        for (const Text& t : s.observed_by) add_type(t.text);
    for (const Arrow& a : source_.arrows)
        if (a.on && !is_arrow_verb(a.on->text)) add_type(a.on->text);
}

std::vector<criteria::DeclaredProperty> Compiler::event_properties(std::string_view type) const {
    std::vector<criteria::DeclaredProperty> all;
    for (const FactType& f : source_.facts)
        if (f.id == type)
            for (const Property& p : f.properties) all.push_back(declared(p));
    return all;
}

void Compiler::check_doubles() {
    const auto doubles = [&](std::string what) { return Doubles(std::move(what), problems_); };
    doubles("team").see_all(source_.teams);
    doubles("question").see_all(source_.questions);
    doubles("fact type").see_all(source_.facts);
    doubles("score").see_all(source_.scores);
    doubles("class").see_all(source_.classes);
    doubles("stage").see_all(source_.stages);
    doubles("hand-off").see_all(source_.hand_offs);
    doubles("program").see_all(source_.programs);
    for (const ReasonList& list : source_.reasons) doubles("reason").see_all(list.reasons);
    auto arrows = doubles("transition");
    for (const Arrow& a : source_.arrows)
        if (!a.id.empty()) arrows.see(a.id, a.place);
    for (const Score& s : source_.scores) {
        auto rules = doubles("rule of the score " + s.id);
        for (const ScoreGroup& g : s.groups)
            for (const ScoreRule& r : g.rules) rules.see(r.id, r.name.place);
    }
    check_properties();
    check_own_sites();
}

void Compiler::check_properties() {
    for (const Property& p : source_.properties)
        if (!p.of_account && p.id.starts_with(consent_prefix) && p.type != PropertyType::boolean)
            error(p.place, "'" + p.id + "' holds a person's consent, which is yes or no", "write type: boolean");
    for (const Question& q : source_.questions)
        if (q.id.starts_with(consent_prefix))
            error(q.place, "an answer cannot set '" + q.id + "': consent facts alone do",
                  "give the question another id");
    Doubles person("property", problems_);
    Doubles account("property of the account", problems_);
    for (const Property& p : source_.properties) (p.of_account ? account : person).see(p.id, p.place);
    for (const Aggregate& a : source_.aggregates) account.see(a.id, a.place);
    for (const FactType& f : source_.facts) Doubles("property of the fact " + f.id, problems_).see_all(f.properties);
}

namespace {

/// "www.acme.example": labels of letters, digits and hyphens with dots between them, no address of a page.
bool is_host(std::string_view text) {
    if (text.size() > 253 || text.find('.') == std::string_view::npos) return false;
    std::size_t label = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (c == '.' ? label == 0 || text[i - 1] == '-' : !letter && (c != '-' || label == 0)) return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return false;
    }
    return label > 0 && text.back() != '-';
}

}  // namespace

void Compiler::check_own_sites() {
    Doubles sites("own site", problems_);
    for (const Text& site : source_.own_sites) {
        if (!is_host(site.text))
            error(site.place, "'" + site.text + "' is no domain of a web site",
                  "write it in small letters without https:// and path: acme.example");
        else
            sites.see(site.text, site.place);
    }
}

}  // namespace baton::playbook
