#include "connectors/import/mapping.h"

#include <algorithm>

#include "codec/yaml_map.h"
#include "codec/yaml_tree.h"
#include "connectors/import/opt_outs.h"
#include "connectors/import/time_format.h"
#include "domain/engine/fact.h"

namespace baton::imports {
namespace {

using codec::Keys;
using codec::Map;
using codec::Problems;
using codec::YamlKind;
using codec::YamlNode;

const Keys mapping_keys{
    "mapping",
    {"mapping", "id", "header", "identity"},
    {"name", "description", "playbook", "source", "historical", "partial", "rest", "ignore", "one_of", "guarded",
     "skip", "empty", "account", "time", "properties", "facts", "opt_outs", "answers", "users"}};
const Keys identity_keys{
    "identity", {}, {"user_id", "external_id", "email", "phone", "anonymous_id", "more_emails", "more_phones"}};
const Keys column_keys{
    "column", {"column"}, {"values", "format", "formats", "decimal", "list", "strip", "prefix", "each"}};
const Keys constant_keys{"constant", {"constant"}, {}};
const Keys fact_keys{"fact", {"type"}, {"time", "undated", "actor", "when", "properties"}};
const Keys condition_keys{"condition", {"column"}, {"is", "is_not"}};
const Keys skip_keys{"skip", {"column", "contains"}, {}};
const Keys answer_keys{"answer", {"question", "column"}, {"words", "actor", "values"}};
const Keys opt_out_keys{"list of opt-outs", {}, {"email", "phone"}};
const Keys user_keys{"user", {"column"}, {"name", "role"}};
const Keys account_keys{"account", {"column"}, {"properties"}};

/// A scalar as the file writes it: header names and cells may look like numbers.
std::string scalar(Problems& problems, const YamlNode& node, const std::string& what) {
    if (node.kind == YamlKind::list || node.kind == YamlKind::map)
        problems.error(node.place, what + " must be text, not " + std::string(to_string(node.kind)), "");
    return node.text;
}

std::vector<std::string> scalars_of(Problems& problems, const YamlNode& node, std::string_view key) {
    if (node.kind != YamlKind::list) return {scalar(problems, node, std::string(key))};
    std::vector<std::string> all;
    for (const YamlNode& item : node.items) all.push_back(scalar(problems, item, "an entry of " + std::string(key)));
    return all;
}

std::vector<std::string> scalars(Map& map, std::string_view key) {
    const YamlNode* node = map.find(key);
    return node == nullptr ? std::vector<std::string>() : scalars_of(map.problems(), *node, key);
}

/// [[a, b], [c, d]]
std::vector<std::vector<std::string>> read_one_of(Map& map) {
    std::vector<std::vector<std::string>> all;
    for (const YamlNode& item : map.list("one_of")) {
        if (item.kind != YamlKind::list || item.items.empty())
            map.problems().error(item.place, "an entry of one_of must be a list of columns",
                                 "write one_of: [[Score, Grade]]");
        all.push_back(scalars_of(map.problems(), item, "one_of"));
    }
    return all;
}

void read_values(Problems& problems, const YamlNode& node, Column& column) {
    if (node.kind != YamlKind::map) {
        problems.error(node.place, "values must be a map of text in the file to the value kept",
                       "write {Yes: true, No: false}");
        return;
    }
    for (std::size_t i = 0; i < node.keys.size(); ++i)
        column.values.emplace_back(node.keys[i].text, scalar(problems, node.items[i], "a value"));
}

void read_formats(Map& map, Column& column) {
    column.formats = scalars(map, map.has("formats") ? "formats" : "format");
    const YamlNode* node = map.find(map.has("formats") ? "formats" : "format");
    for (const std::string& format : column.formats)
        if (const std::string wrong = format_problem(format); !wrong.empty())
            map.problems().error(node->place, "time format '" + format + "': " + wrong, "");
}

Column read_column_map(Problems& problems, const YamlNode& node) {
    Column column;
    Map map(problems, node, column_keys);
    if (const YamlNode* name = map.find("column")) column.name = scalar(problems, *name, "column");
    if (const YamlNode* values = map.find("values")) read_values(problems, *values, column);
    read_formats(map, column);
    static const std::vector<std::string> marks{"point", "comma"};
    if (map.has("decimal"))
        column.amount = map.choice("decimal", marks, 0) == 1 ? Column::Amount::comma : Column::Amount::point;
    column.list = map.flag("list", false);
    for (const auto& [key, to] :
         {std::pair{"strip", &column.strip}, {"prefix", &column.prefix}, {"each", &column.each}})
        if (const YamlNode* text = map.find(key)) *to = scalar(problems, *text, key);
    return column;
}

/// `Column name` or {column: …, …}.
Column read_column(Problems& problems, const YamlNode& node) {
    if (node.kind == YamlKind::map) return read_column_map(problems, node);
    Column column;
    column.name = scalar(problems, node, "a column");
    if (column.name.empty())
        problems.error(node.place, "a column needs a name", "write it as the header of the file has it");
    return column;
}

Column column_at(Map& map, std::string_view key) {
    const YamlNode* node = map.find(key);
    return node == nullptr ? Column{} : read_column(map.problems(), *node);
}

/// {property: Column name, other: {column: …}, third: {constant: …}}
std::vector<MappedProperty> read_properties(Map& map) {
    std::vector<MappedProperty> all;
    const YamlNode* node = map.find("properties");
    if (node == nullptr) return all;
    if (node->kind != YamlKind::map) {
        map.problems().error(node->place, "properties must be a map of property to column",
                             "write {industry: Industry}");
        return all;
    }
    for (std::size_t i = 0; i < node->keys.size(); ++i) {
        MappedProperty property{node->keys[i].text, {}, {}};
        const YamlNode& value = node->items[i];
        const bool constant = value.kind == YamlKind::map && value.keys.size() == 1 && value.keys[0].text == "constant";
        if (constant)
            property.constant = scalar(map.problems(), value.items[0], "constant");
        else
            property.column = read_column(map.problems(), value);
        const auto same = [&](const MappedProperty& other) { return other.name == property.name; };
        if (std::any_of(all.begin(), all.end(), same))
            map.problems().error(node->keys[i].place, "property '" + property.name + "' stands twice",
                                 "keep one of the two");
        all.push_back(std::move(property));
    }
    return all;
}

RowCondition read_condition(Problems& problems, const YamlNode& node) {
    Map map(problems, node, condition_keys);
    return {column_at(map, "column"), scalars(map, "is"), scalars(map, "is_not")};
}

MappedFact read_fact(Problems& problems, const YamlNode& node) {
    Map map(problems, node, fact_keys);
    MappedFact fact;
    fact.type = map.text("type");
    fact.time = column_at(map, "time");
    fact.actor = column_at(map, "actor");
    fact.undated = map.flag("undated", false);
    if (fact.undated && fact.time.given())
        problems.error(map.place(), "a fact is undated or has a time, not both", "keep one of the two");
    if (const YamlNode* when = map.find("when")) fact.when = read_condition(problems, *when);
    fact.properties = read_properties(map);
    if (is_internal(kind_of(fact.type)))
        problems.error(map.place(), "facts of type '" + fact.type + "' are written by Baton itself",
                       "name a fact of the playbook");
    return fact;
}

MappedAnswer read_answer(Problems& problems, const YamlNode& node) {
    Map map(problems, node, answer_keys);
    MappedAnswer answer{map.text("question"), column_at(map, "column"), column_at(map, "words"),
                        column_at(map, "actor")};
    if (const YamlNode* values = map.find("values")) read_values(problems, *values, answer.column);
    return answer;
}

SkippedRow read_skipped(Problems& problems, const YamlNode& node) {
    Map map(problems, node, skip_keys);
    return {column_at(map, "column"), map.text("contains")};
}

MappedUser read_user(Problems& problems, const YamlNode& node) {
    Map map(problems, node, user_keys);
    return {column_at(map, "column"), column_at(map, "name"), map.text("role")};
}

void read_identity(Problems& problems, const YamlNode& node, Mapping& mapping) {
    Map map(problems, node, identity_keys);
    mapping.user_id = column_at(map, "user_id");
    mapping.external_id = column_at(map, "external_id");
    mapping.email = column_at(map, "email");
    mapping.phone = column_at(map, "phone");
    mapping.anonymous_id = column_at(map, "anonymous_id");
    mapping.more_emails = column_at(map, "more_emails");
    mapping.more_phones = column_at(map, "more_phones");
    if (node.kind == YamlKind::map && node.keys.empty())
        problems.error(node.place, "identity names no column", "write {external_id: Column} or {email: Column}");
}

void read_account(Problems& problems, const YamlNode& node, Mapping& mapping) {
    if (node.kind != YamlKind::map) {
        mapping.account = read_column(problems, node);
        return;
    }
    Map map(problems, node, account_keys);
    mapping.account = column_at(map, "column");
    mapping.account_properties = read_properties(map);
}

void read_opt_outs(Problems& problems, const YamlNode& node, Mapping& mapping) {
    Map map(problems, node, opt_out_keys);
    for (const std::string& column : scalars(map, "email")) add_opt_out(mapping, column, Wanted::no_mail);
    for (const std::string& column : scalars(map, "phone")) add_opt_out(mapping, column, Wanted::no_calls);
}

void read_head(Map& map, Mapping& mapping) {
    if (map.has("mapping") && map.whole("mapping") != 1)
        map.problems().error(map.find("mapping")->place, "this program reads version 1 of mapping files",
                             "write mapping: 1");
    mapping.id = map.id("id");
    mapping.name = map.has("name") ? map.text("name") : mapping.id;
    mapping.description = map.text("description");
    mapping.playbook = map.text("playbook");
    mapping.source = map.has("source") ? map.text("source") : mapping.id;
    mapping.historical = map.flag("historical", false);
    mapping.partial = map.flag("partial", false);
    mapping.rest = map.flag("rest", false);
    mapping.ignore = scalars(map, "ignore");
    mapping.guarded = map.flag("guarded", false);
    mapping.header = scalars(map, "header");
    mapping.one_of = read_one_of(map);
    mapping.empty = scalars(map, "empty");
    if (map.has("header") && mapping.header.empty())
        map.problems().error(map.find("header")->place, "header names no column",
                             "list the columns the file is recognised by");
}

template <class T, class Read>
void read_each(Map& map, std::string_view key, std::vector<T>& to, Read read) {
    for (const YamlNode& item : map.list(key)) to.push_back(read(map.problems(), item));
}

Mapping read_all(Problems& problems, const YamlNode& root) {
    Mapping mapping;
    Map map(problems, root, mapping_keys);
    if (root.kind != YamlKind::map) return mapping;
    read_head(map, mapping);
    if (const YamlNode* node = map.find("identity")) read_identity(problems, *node, mapping);
    if (const YamlNode* node = map.find("account")) read_account(problems, *node, mapping);
    mapping.time = column_at(map, "time");
    mapping.properties = read_properties(map);
    read_each(map, "facts", mapping.facts, read_fact);
    if (const YamlNode* node = map.find("opt_outs")) read_opt_outs(problems, *node, mapping);
    read_each(map, "answers", mapping.answers, read_answer);
    read_each(map, "users", mapping.users, read_user);
    read_each(map, "skip", mapping.skip, read_skipped);
    if (!mapping.rest && mapping.properties.empty() && mapping.facts.empty() && mapping.answers.empty())
        problems.error(root.place, "no row would become a fact", "add properties, facts or answers");
    return mapping;
}

}  // namespace

ReadMapping read_mapping(std::string_view text, std::string_view file) {
    ReadMapping result;
    const auto root = codec::parse_yaml(text);
    if (!root) {
        result.diagnostics.push_back(root.error());
        return result;
    }
    Problems problems;
    Mapping mapping = read_all(problems, *root);
    mapping.file = std::string(file);
    result.diagnostics = problems.take();
    if (result.diagnostics.empty()) result.mapping = std::move(mapping);
    return result;
}

std::vector<std::string> columns_of(const Mapping& mapping) {
    std::vector<std::string> all;
    const auto add = [&](const Column& column) {
        if (column.given() && std::find(all.begin(), all.end(), column.name) == all.end()) all.push_back(column.name);
    };
    const auto add_each = [&](const std::vector<MappedProperty>& properties) {
        for (const MappedProperty& property : properties) add(property.column);
    };
    for (const Column* column :
         {&mapping.user_id, &mapping.external_id, &mapping.email, &mapping.phone, &mapping.anonymous_id,
          &mapping.more_emails, &mapping.more_phones, &mapping.account, &mapping.time})
        add(*column);
    add_each(mapping.account_properties);
    add_each(mapping.properties);
    for (const MappedFact& fact : mapping.facts) {
        add(fact.time);
        add(fact.actor);
        if (fact.when) add(fact.when->column);
        add_each(fact.properties);
    }
    for (const MappedAnswer& answer : mapping.answers)
        for (const Column* column : {&answer.column, &answer.words, &answer.actor}) add(*column);
    for (const MappedUser& user : mapping.users)
        for (const Column* column : {&user.column, &user.name}) add(*column);
    for (const SkippedRow& skipped : mapping.skip) add(skipped.column);
    return all;
}

namespace {

std::vector<std::string> absent(const std::vector<std::string>& wanted, std::span<const std::string> header) {
    std::vector<std::string> missing;
    for (const std::string& column : wanted)
        if (std::find(header.begin(), header.end(), column) == header.end()) missing.push_back(column);
    return missing;
}

}  // namespace

std::vector<std::string> missing_columns(const Mapping& mapping, std::span<const std::string> header) {
    return absent(mapping.partial ? mapping.header : columns_of(mapping), header);
}

bool knows(const Mapping& mapping, std::span<const std::string> header) {
    return absent(mapping.header, header).empty() &&
           std::ranges::all_of(mapping.one_of, [&](const std::vector<std::string>& columns) {
               return absent(columns, header).size() < columns.size();
           });
}

const Mapping* recognise(std::span<const Mapping> mappings, std::span<const std::string> header) {
    const auto columns = [](const Mapping& mapping) { return mapping.header.size() + mapping.one_of.size(); };
    const Mapping* best = nullptr;
    for (const Mapping& mapping : mappings)
        if (knows(mapping, header) && (best == nullptr || columns(mapping) > columns(*best))) best = &mapping;
    return best;
}

}  // namespace baton::imports
