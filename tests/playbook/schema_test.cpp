// docs/playbook.schema.json stays true: it has the reader's keys, accepts what ships and refuses what the reader refuses.
#include <boost/json.hpp>
#include <regex>
#include <set>

#include "codec/yaml_tree.h"
#include "playbook/edits.h"

namespace baton::test {
namespace {

namespace json = boost::json;
using codec::YamlKind;
using codec::YamlNode;

const json::object& schema() {
    static const json::value parsed = json::parse(file_text(source_path("docs/playbook.schema.json")));
    return parsed.as_object();
}

/// The part of JSON Schema 2020-12 that the file uses; an unknown keyword fails the test rather than passing unseen.
class Validator {
   public:
    std::vector<std::string> problems;

    void check(const json::object& rule, const YamlNode& node, const std::string& path) {
        for (const auto& [word, value] : rule) keyword(rule, word, value, node, path);
    }

   private:
    bool fits(const json::object& rule, const YamlNode& node) {
        Validator other;
        other.check(rule, node, "");
        return other.problems.empty();
    }
    void fail(const std::string& path, const std::string& what) { problems.push_back(path + ": " + what); }

    static bool is(const YamlNode& node, std::string_view type) {
        const bool whole =
            node.kind == YamlKind::number && node.text.find_first_not_of("+-0123456789") == std::string::npos;
        return (type == "object" && node.kind == YamlKind::map) || (type == "array" && node.kind == YamlKind::list) ||
               (type == "string" && node.kind == YamlKind::text) ||
               (type == "boolean" && node.kind == YamlKind::boolean) ||
               (type == "number" && node.kind == YamlKind::number) || (type == "integer" && whole);
    }
    void check_type(const json::value& value, const YamlNode& node, const std::string& path) {
        bool good = false;
        if (value.is_string())
            good = is(node, value.as_string());
        else
            for (const json::value& type : value.as_array()) good = good || is(node, type.as_string());
        if (!good) fail(path, "has the wrong type");
    }
    static const YamlNode* find(const YamlNode& node, std::string_view key) {
        for (std::size_t i = 0; i < node.keys.size(); ++i)
            if (node.keys[i].text == key) return &node.items[i];
        return nullptr;
    }
    static bool equals(const json::value& value, const YamlNode& node) {
        if (value.is_string()) return node.kind == YamlKind::text && node.text == std::string_view(value.as_string());
        return node.kind == YamlKind::number && node.text == json::serialize(value);
    }
    void check_properties(const json::object& rule, const YamlNode& node, const std::string& path) {
        const json::object* known =
            rule.if_contains("properties") != nullptr ? &rule.at("properties").as_object() : nullptr;
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            const std::string& key = node.keys[i].text;
            const json::value* property = known != nullptr ? known->if_contains(key) : nullptr;
            if (property != nullptr)
                check(property->as_object(), node.items[i], path + "/" + key);
            else if (rule.at("additionalProperties").is_object())
                check(rule.at("additionalProperties").as_object(), node.items[i], path + "/" + key);
            else
                fail(path, "has the unknown key " + key);
            if (const json::value* names = rule.if_contains("propertyNames"))
                check(names->as_object(), node.keys[i], path + "/" + key);
        }
    }
    void keyword(const json::object& rule, std::string_view word, const json::value& value, const YamlNode& node,
                 const std::string& path) {
        if (word == "$schema" || word == "$id" || word == "$defs" || word == "title" || word == "description" ||
            word == "properties" || word == "propertyNames")
            return;
        if (word == "$ref")
            return check(schema().at("$defs").as_object().at(std::string_view(value.as_string()).substr(8)).as_object(),
                         node, path);
        if (word == "type") return check_type(value, node, path);
        if (word == "additionalProperties") return check_properties(rule, node, path);
        if (word == "const") {
            if (!equals(value, node)) fail(path, "is not the one value");
        } else if (word == "enum") {
            const auto& all = value.as_array();
            if (std::none_of(all.begin(), all.end(), [&](const json::value& one) { return equals(one, node); }))
                fail(path, "is none of the values");
        } else if (word == "pattern") {
            if (!std::regex_search(node.text, std::regex(std::string(value.as_string()))))
                fail(path, "does not look right");
        } else if (word == "minLength") {
            if (node.text.empty()) fail(path, "is empty");
        } else if (word == "minimum") {
            if (node.kind == YamlKind::number && std::stol(node.text) < value.as_int64()) fail(path, "is too small");
        } else if (word == "items") {
            for (std::size_t i = 0; i < node.items.size() && node.kind == YamlKind::list; ++i)
                check(value.as_object(), node.items[i], path + "/" + std::to_string(i));
        } else if (word == "minItems" || word == "minProperties") {
            if (node.items.size() < static_cast<std::size_t>(value.as_int64())) fail(path, "has too few");
        } else if (word == "maxProperties") {
            if (node.items.size() > static_cast<std::size_t>(value.as_int64())) fail(path, "has too many");
        } else if (word == "required") {
            for (const json::value& key : value.as_array())
                if (find(node, key.as_string()) == nullptr) fail(path, "lacks " + std::string(key.as_string()));
        } else if (word == "dependentRequired") {
            for (const auto& [key, others] : value.as_object())
                for (const json::value& other : others.as_array())
                    if (find(node, key) != nullptr && find(node, other.as_string()) == nullptr)
                        fail(path, "lacks " + std::string(other.as_string()));
        } else if (word == "oneOf") {
            const auto& all = value.as_array();
            if (std::count_if(all.begin(), all.end(),
                              [&](const json::value& one) { return fits(one.as_object(), node); }) != 1)
                fail(path, "fits not exactly one form");
        } else {
            fail(path, "meets the keyword " + std::string(word) + ", which this test does not know");
        }
    }
};

std::vector<std::string> against_schema(const std::string& yaml) {
    const auto tree = codec::parse_yaml(yaml);
    if (!tree) return {"no YAML"};
    Validator validator;
    validator.check(schema(), *tree, "");
    return validator.problems;
}

std::set<std::string> keys_of(const json::value* array_or_object) {
    std::set<std::string> keys;
    if (array_or_object == nullptr) return keys;
    if (array_or_object->is_array())
        for (const json::value& v : array_or_object->as_array()) keys.emplace(v.as_string());
    else
        for (const auto& [key, value] : array_or_object->as_object()) keys.emplace(key);
    return keys;
}

TEST(Schema, HasExactlyTheKeysTheReaderKnows) {
    for (const codec::Keys* keys : codec::playbook_keys()) {
        const std::string name(keys->name);
        const json::object& definition =
            name == "playbook" ? schema() : schema().at("$defs").as_object().at(name).as_object();
        std::set<std::string> all(keys->required.begin(), keys->required.end());
        EXPECT_EQ(all, keys_of(definition.if_contains("required"))) << name;
        all.insert(keys->optional.begin(), keys->optional.end());
        EXPECT_EQ(all, keys_of(definition.if_contains("properties"))) << name;
        EXPECT_EQ(json::value(false), definition.at("additionalProperties")) << name;
    }
}

TEST(Schema, DefinesNoMapTheReaderDoesNotKnow) {
    std::set<std::string> known;
    for (const codec::Keys* keys : codec::playbook_keys()) known.emplace(keys->name);
    for (const auto& [name, definition] : schema().at("$defs").as_object())
        EXPECT_TRUE(definition.as_object().if_contains("properties") == nullptr || known.contains(std::string(name)))
            << name;
}

TEST(Schema, AcceptsEveryShippedPlaybook) {
    for (const std::string& file : shipped_playbooks())
        EXPECT_EQ(std::vector<std::string>{}, against_schema(file_text(file))) << file;
    EXPECT_EQ(std::vector<std::string>{}, against_schema(file_text(source_path("tests/playbook/agreed.yaml"))));
}

/// What the schema refuses, the reader must refuse too: an editor never warns of something that works.
TEST(Schema, RefusesNothingThatLoads) {
    const std::string base = file_text(source_path("tests/playbook/base.yaml"));
    int refused = 0;
    for (const Edit& edit : edits_of(file_text(source_path("tests/playbook/mistakes.golden")))) {
        const std::string yaml = edited(base, edit);
        if (against_schema(yaml).empty()) continue;
        ++refused;
        EXPECT_FALSE(codec::read_playbook(yaml, "p.yaml").has_value() && load(yaml).book != nullptr) << edit.name;
    }
    EXPECT_GE(refused, 20);
}

}  // namespace
}  // namespace baton::test
