// Mapping files are read as strictly as playbooks: what is wrong is said with line and column.
#include "connectors/import/mapping.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace baton::imports {
namespace {

const std::string head = "mapping: 1\nid: m\nheader: [a, b]\nidentity: {external_id: a}\n";

void check(const std::string& text, const std::string& expected) {
    const ReadMapping read = read_mapping(text, "m.yaml");
    std::string said;
    for (const auto& diagnostic : read.diagnostics) said += to_string(diagnostic, "m.yaml") + "\n";
    if (expected.empty())
        EXPECT_EQ(said, "") << text;
    else
        EXPECT_NE(said.find(expected), std::string::npos) << text << "\n  said: " << said;
    EXPECT_EQ(read.mapping.has_value(), expected.empty()) << text;
}

TEST(Mapping, refuses_mistakes_with_their_place) {
    check(head + "properties: {origin: b}\n", "");
    check("", "m.yaml:1:1: error");
    check("mapping: 1\nid: m\nheader: [a]\n", "has no 'identity'");
    check(head + "propertys: {origin: b}\n",
          "m.yaml:5:1: error: unknown key 'propertys' in a mapping; did you mean 'properties'?");
    check(head + "properties: [b]\n", "m.yaml:5:13: error: properties must be a map");
    check(head + "properties: {origin: b, origin: a}\n", "m.yaml:5:25: error: property 'origin' stands twice");
    check(head + "properties: {origin: {colum: b}}\n", "unknown key 'colum' in a column; did you mean 'column'?");
    check(head + "properties: {origin: {column: b, values: [x]}}\n", "values must be a map");
    check(head + "properties: {origin: b}\ntime: {column: a, format: \"%Q\"}\n", "time format '%Q': '%Q' is not known");
    check(head + "properties: {origin: b}\ntime: {column: a, format: \"%d\"}\n", "it names no year");
    check(head + "facts: [{type: timer}]\n", "m.yaml:5:9: error: facts of type 'timer' are written by Baton itself");
    check(head + "facts: [{properties: {x: b}}]\n", "has no 'type'");
    check(head + "facts: [{type: X, time: a, undated: true}]\n", "m.yaml:5:9: error: a fact is undated or has a time");
    check(head, "no row would become a fact");
    check(head + "one_of: [a, b]\nfacts: [{type: X}]\n", "m.yaml:5:10: error: an entry of one_of must be a list");
    check(head + "opt_outs: {mail: b}\nfacts: [{type: X}]\n", "unknown key 'mail' in a list of opt-outs");
    check("mapping: 2\nid: m\nheader: [a]\nidentity: {email: a}\nfacts: [{type: X}]\n",
          "reads version 1 of mapping files");
    check("mapping: 1\nid: m\nheader: []\nidentity: {email: a}\nfacts: [{type: X}]\n", "header names no column");
    check("mapping: 1\nid: m\nheader: [a]\nidentity: {}\nfacts: [{type: X}]\n", "identity names no column");
    check("mapping: 1\nid: m\nheader: [a]\nidentity: {mail: a}\nfacts: [{type: X}]\n",
          "unknown key 'mail' in an identity");
    check(head + "historical: maybe\nfacts: [{type: X}]\n", "m.yaml:5:13: error");
    check("mapping: 1\nid: [\n", "m.yaml:");
}

TEST(Mapping, keeps_what_is_written) {
    const ReadMapping read = read_mapping(
        head +
            "source: crm\nhistorical: true\nempty: [Select, n/a]\naccount: {column: b, properties: {size: a}}\n"
            "properties:\n  x: {column: b, values: {Yes: true}, decimal: comma}\n  y: {constant: z}\n"
            "facts:\n  - {type: Won, time: {column: a, formats: [\"%Y\", unix]}, actor: b, when: {column: b, is: "
            "[\"1\", 2]}}\n"
            "answers: [{question: budget, column: b, words: a}]\nusers: [{column: b, role: rep}]\n",
        "m.yaml");
    ASSERT_TRUE(read.mapping) << to_string(read.diagnostics.at(0), "m.yaml");
    const Mapping& m = *read.mapping;
    EXPECT_EQ(m.source, "crm");
    EXPECT_TRUE(m.historical);
    EXPECT_EQ(m.empty, (std::vector<std::string>{"Select", "n/a"}));
    EXPECT_EQ(m.account.name, "b");
    EXPECT_EQ(m.account_properties.at(0).name, "size");
    EXPECT_EQ(m.properties.at(0).column.values.at(0), (std::pair<std::string, std::string>{"Yes", "true"}));
    EXPECT_EQ(m.properties.at(0).column.amount, Column::Amount::comma);
    EXPECT_EQ(m.properties.at(1).constant, "z");
    EXPECT_EQ(m.facts.at(0).time.formats, (std::vector<std::string>{"%Y", "unix"}));
    EXPECT_EQ(m.facts.at(0).when->is, (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(m.answers.at(0).words.name, "a");
    EXPECT_EQ(m.users.at(0).role, "rep");
    EXPECT_EQ(columns_of(m), (std::vector<std::string>{"a", "b"}));
}

Mapping with_header(const std::string& id, std::vector<std::string> header) {
    Mapping mapping;
    mapping.id = id;
    mapping.header = std::move(header);
    return mapping;
}

TEST(Mapping, is_recognised_by_the_header) {
    const std::vector<Mapping> known{with_header("few", {"a"}), with_header("many", {"a", "b"}),
                                     with_header("other", {"x"})};
    const auto found = [&](std::vector<std::string> header) {
        const Mapping* mapping = recognise(known, header);
        return mapping == nullptr ? "none" : mapping->id;
    };
    EXPECT_EQ(found({"a", "c"}), "few");
    EXPECT_EQ(found({"c", "b", "a"}), "many");
    EXPECT_EQ(found({"x", "y"}), "other");
    EXPECT_EQ(found({"A", "B"}), "none");
    EXPECT_EQ(found({}), "none");
}

TEST(Mapping, is_recognised_by_one_of_several_columns) {
    std::vector<Mapping> known{with_header("plain", {"a", "b"}), with_header("choice", {"a", "b"})};
    known[1].one_of = {{"x", "y"}, {"p", "q"}};
    const auto found = [&](std::vector<std::string> header) { return recognise(known, header)->id; };
    EXPECT_EQ(found({"a", "b"}), "plain");
    EXPECT_EQ(found({"a", "b", "x"}), "plain") << "of the second group there is none";
    EXPECT_EQ(found({"a", "b", "y", "p"}), "choice");
    known.erase(known.begin());
    EXPECT_EQ(recognise(known, std::vector<std::string>{"a", "x", "p"}), nullptr);
}

// Every mapping that ships can be read, and names what it reads once.
TEST(Mapping, shipped_ones_are_sound) {
    int seen = 0;
    for (const char* folder : {BATON_SOURCE_DIR "/examples", BATON_SOURCE_DIR "/formats"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().extension() != ".yaml" || entry.path().filename() == "playbook.yaml") continue;
            std::ifstream file(entry.path());
            std::stringstream text;
            text << file.rdbuf();
            const ReadMapping read = read_mapping(text.str(), entry.path().string());
            for (const auto& diagnostic : read.diagnostics)
                ADD_FAILURE() << to_string(diagnostic, entry.path().string());
            ++seen;
        }
    EXPECT_GE(seen, 13);
}

}  // namespace
}  // namespace baton::imports
