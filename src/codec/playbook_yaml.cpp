// The file as a whole, and the sections that declare names: teams, properties, questions, facts, lists, reasons.
#include "codec/playbook_yaml.h"

#include <algorithm>

#include "codec/playbook_keys.h"
#include "codec/playbook_reader.h"

namespace baton::codec {
namespace {

using namespace playbook;

const std::vector<std::string>& type_words() {
    static const std::vector<std::string> words = {"string", "integer", "number", "boolean", "timestamp", "strings"};
    return words;
}

PropertyType read_type(const Map& map) {
    const std::size_t n = map.choice("type", type_words(), 0);
    return property_type_of(type_words()[n]).value_or(PropertyType::string);
}

std::string or_else(const std::string& text, const std::string& otherwise) { return text.empty() ? otherwise : text; }

Signer read_signer(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::signer);
    return {map.id("id"), map.text("name"), map.text("role")};
}

Team read_team(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::team);
    return {map.id("id"), map.text("name"), map.text("responsible"), map.place()};
}

Property read_property(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::property);
    Property p{.id = map.identifier("id"),
               .label = {},
               .type = read_type(map),
               .values = {},
               .filled_by = {},
               .place = map.place()};
    p.label = or_else(map.text("label"), p.id);
    static const std::vector<std::string> owners = {"person", "account"};
    p.of_account = map.choice("of", owners, 0) == 1;
    p.values = map.texts("values");
    p.filled_by = map.texts("filled_by");
    p.personal = map.flag("personal", false);
    return p;
}

Question read_question(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::question);
    return {map.identifier("id"), map.text("ask"), map.text("label"), read_type(map), map.texts("values"), map.place()};
}

FactType read_fact(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::fact);
    FactType fact{map.text("id"), map.text("label"), read_all(map, "properties", read_property), map.place()};
    fact.label = or_else(fact.label, fact.id);
    return fact;
}

Aggregate read_account_count(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::account_count);
    Aggregate count{map.identifier("id"), map.text("label"), map.expression("when").value_or(Text{"", map.place()}),
                    map.place()};
    count.label = or_else(count.label, count.id);
    return count;
}

/// Calls `each(key, value)` for every entry of a map whose keys are ids.
template <class Each>
void read_named(const Map& map, std::string_view section, bool (*allowed)(std::string_view), Each each) {
    const YamlNode* node = map.find(section);
    if (node == nullptr) return;
    if (node->kind != YamlKind::map) {
        map.problems().error(
            node->place,
            "'" + std::string(section) + "' must be a map of names, not " + std::string(to_string(node->kind)),
            "write 'name: [ … ]', one name a line");
        return;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
        const YamlNode& key = node->keys[i];
        if (!allowed(key.text))
            map.problems().error(key.place, "'" + key.text + "' cannot be a name here",
                                 "use letters, digits and _, with a letter first");
        const auto same = [&](const YamlNode& other) { return other.text == key.text; };
        if (const auto first = std::find_if(node->keys.begin(), node->keys.end(), same); &*first != &key)
            map.problems().error(
                key.place,
                "the name '" + key.text + "' stands twice here, first on line " + std::to_string(first->place.line),
                "keep one of the two");
        each(key, node->items[i]);
    }
}

bool is_list(Problems& problems, const YamlNode& key, const YamlNode& value) {
    if (value.kind == YamlKind::list) return true;
    problems.error(value.place, "'" + key.text + "' must be a list, not " + std::string(to_string(value.kind)),
                   "write [a, b] or one '- …' a line");
    return false;
}

void read_lists(const Map& map, Playbook& book) {
    read_named(map, "lists", is_identifier, [&](const YamlNode& key, const YamlNode& value) {
        std::vector<std::string>& list = book.lists[key.text];
        if (!is_list(map.problems(), key, value)) return;
        for (const YamlNode& item : value.items)
            if (auto text = read_text(map.problems(), item, key.text)) list.push_back(std::move(text->text));
    });
}

Reason read_reason(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::reason);
    return {map.id("id"), map.text("label"), map.days("wake_after"), map.placed("to"), map.place()};
}

void read_reasons(const Map& map, Playbook& book) {
    read_named(map, "reasons", is_id, [&](const YamlNode& key, const YamlNode& value) {
        ReasonList list{key.text, {}, key.place};
        if (is_list(map.problems(), key, value))
            for (const YamlNode& item : value.items) list.reasons.push_back(read_reason(map.problems(), item));
        book.reasons.push_back(std::move(list));
    });
}

std::vector<Clause> read_clauses(const Map& map, std::string_view key) {
    return read_all(map, key, [](Problems& problems, const YamlNode& node) {
        const Map clause(problems, node, keys::clause);
        Clause c{clause.id("id"), clause.placed("name"), clause.expression("when").value_or(Text{"", clause.place()})};
        if (c.id.empty()) c.id = id_from_name(c.name.text);
        if (c.id.empty() && !c.name.text.empty())
            problems.error(c.name.place, "no id can be made from the name '" + c.name.text + "'",
                           "give the clause an 'id'");
        return c;
    });
}

void read_version(const Map& map) {
    const YamlNode* node = map.find("playbook");
    if (node == nullptr) return;
    if (node->kind != YamlKind::number || node->text != "1")
        map.problems().error(node->place,
                             "'playbook' is the version of the format; this release of Baton reads version 1",
                             "write 'playbook: 1'");
}

void read_process(const Map& map, Playbook& book) {
    book.stages = read_all(map, "stages", read_stage);
    book.arrows = read_all(map, "transitions", read_transition);
    book.hand_offs = read_all(map, "hand_offs", read_hand_off);
    book.routing = read_all(map, "routing", read_route);
    book.programs = read_all(map, "programs", read_program);
    book.commitments = read_all(map, "commitments", read_commitment);
}

/// The score of kind total, else the only score.
std::string total_of(const std::vector<Score>& scores) {
    for (const Score& score : scores)
        if (score.kind == ScoreKind::total) return score.id;
    return scores.size() == 1 ? scores.front().id : std::string();
}

Playbook read_all_sections(Problems& problems, const YamlNode& root) {
    const Map map(problems, root, keys::playbook);
    read_version(map);
    Playbook book;
    book.id = map.id("id");
    book.name = map.text("name");
    book.description = map.text("description");
    book.process = or_else(map.text("process"), "default");
    book.signers = read_all(map, "signers", read_signer);
    for (const YamlNode& site : map.list("own_sites"))
        if (auto text = read_text(problems, site, "own_sites")) book.own_sites.push_back(std::move(*text));
    book.teams = read_all(map, "teams", read_team);
    book.properties = read_all(map, "properties", read_property);
    book.questions = read_all(map, "questions", read_question);
    book.facts = read_all(map, "facts", read_fact);
    read_lists(map, book);
    book.aggregates = read_all(map, "account_counts", read_account_count);
    book.scores = read_all(map, "scores", read_score);
    book.classes = read_all(map, "classes", read_class);
    read_reasons(map, book);
    read_process(map, book);
    book.total_score = total_of(book.scores);
    return book;
}

}  // namespace

std::string id_from_name(std::string_view name) {
    std::string id;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (kept) {
            id += upper ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!id.empty() && id.back() != '_') {
            id += '_';
        }
    }
    while (!id.empty() && id.back() == '_') id.pop_back();
    return id;
}

playbook::Criteria read_criteria(const Map& map) {
    return {read_clauses(map, "all"), read_clauses(map, "any"), read_clauses(map, "none")};
}

std::expected<Playbook, std::vector<Diagnostic>> read_playbook(std::string_view yaml, std::string_view file) {
    auto root = parse_yaml(yaml);
    if (!root) return std::unexpected(std::vector{root.error()});
    Problems problems;
    Playbook book = read_all_sections(problems, *root);
    book.file = file;
    if (!problems.all().empty()) return std::unexpected(problems.take());
    return book;
}

Digest playbook_hash(std::string_view yaml) { return blake2b(yaml); }

}  // namespace baton::codec
