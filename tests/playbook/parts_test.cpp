// Small parts: nearest names, positions in texts, comparisons that exclude each other, ids from names, YAML limits.
#include "codec/playbook_reader.h"
#include "domain/playbook/atoms.h"
#include "domain/playbook/suggest.h"
#include "domain/playbook/words.h"
#include "playbook/load.h"

namespace baton::test {
namespace {

using namespace playbook;

TEST(Suggest, NearestName) {
    const std::vector<std::string> names = {"qualified", "accepted", "Lead", "won"};
    const auto check = [&](const char* word, const char* expected) {
        EXPECT_EQ(expected, nearest(word, names)) << word;
    };
    check("qualifed", "qualified");
    check("qualifide", "qualified");
    check("Qualified", "qualified");
    check("lead", "Lead");
    check("wno", "won");
    check("acepted", "accepted");
    check("zebra", "");
    check("", "");
    check(std::string(5000, 'q').c_str(), "");
}

TEST(Place, InsideATextIsFoundInTheFile) {
    const auto check = [](Text text, std::size_t offset, int line, int column) {
        const Place at = place_at(text, offset);
        EXPECT_EQ(line, at.line) << text.text;
        EXPECT_EQ(column, at.column) << text.text;
    };
    check({"abc", {3, 5}, TextStyle::plain}, 2, 3, 7);
    check({"äbc", {3, 5}, TextStyle::plain}, 2, 3, 6);
    check({"a'b'c", {3, 5}, TextStyle::single_quoted}, 4, 3, 11);
    check({"a\"b", {3, 5}, TextStyle::double_quoted}, 2, 3, 8);
    check({"a &&\nb", {3, 5}, TextStyle::literal}, 5, 4, 5);
    check({"a &&\nb c", {3, 5}, TextStyle::literal}, 7, 4, 7);
    check({"a && b", {3, 5}, TextStyle::folded}, 4, 3, 5);
    check({"abc", {3, 5}, TextStyle::plain}, 99, 3, 8);
    check({"abc", {}, TextStyle::plain}, 2, 0, 0);
}

bool together(const std::string& a, const std::string& b) {
    for (const Atom& x : atoms(a))
        for (const Atom& y : atoms(b))
            if (exclude(x, y)) return false;
    return true;
}

TEST(Atoms, OnlyWhatSurelyExcludesIsSaidTo) {
    const auto excludes = [](const char* a, const char* b) {
        EXPECT_FALSE(together(a, b)) << a << " | " << b;
        EXPECT_FALSE(together(b, a)) << b << " | " << a;
    };
    const auto goes_with = [](const char* a, const char* b) {
        EXPECT_TRUE(together(a, b)) << a << " | " << b;
        EXPECT_TRUE(together(b, a)) << b << " | " << a;
    };
    excludes("person.x >= 200", "person.x < 200");
    excludes("person.x>=200", "100 > person.x");
    excludes("person.x > 5", "person.x <= 5");
    excludes("person.x == 5", "person.x != 5");
    excludes("person.x == 5", "person.x > 5");
    excludes("person.x == \"a\"", "person.x == 'b'");
    excludes("person.b", "!person.b");
    excludes("person.b == true", "!(person.b)");
    excludes("person.y && person.x > 9", "(person.x < 3)");
    excludes("count(\"A\", days(3)) > 0", "count(\"A\",days(3)) == 0");
    goes_with("person.x >= 200", "person.x <= 200");
    goes_with("person.x > 5", "person.x < 6");
    goes_with("person.x > 5 || person.y", "person.x < 2");
    goes_with("person.x > 5", "person.z < 2");
    goes_with("person.x == \"a\"", "person.x in [\"b\"]");
    goes_with("person.x != \"a\"", "person.x != \"b\"");
    goes_with("person.x + 1 > 5", "person.x < 2");
    goes_with("count(\"A\", days(3)) > 0", "count(\"A\", days(7)) == 0");
    goes_with("\"a > 5\" == person.x", "person.x == \"a > 5\"");
    goes_with("person.x > 5 ? person.y : person.z", "person.x < 2");
}

TEST(Ids, AreMadeFromNames) {
    const auto check = [](const char* name, const char* id) { EXPECT_EQ(id, codec::id_from_name(name)) << name; };
    check("Right size", "right_size");
    check("  E-mail & phone!  ", "e_mail_phone");
    check("90 days", "90_days");
    check("Größe", "gr_e");
    check("—", "");
}

TEST(Words, Durations) {
    const auto check = [](Duration d, const char* words) { EXPECT_EQ(words, in_words(d)); };
    check(Duration::hours(4), "4 h");
    check(Duration::days(1), "24 h");
    check(Duration::days(2), "2 days");
    check(Duration::hours(36), "36 h");
    check(Duration::minutes(90), "1 h 30 min");
    check(Duration::minutes(5), "5 min");
    check(Duration::seconds(20), "20 seconds");
    check(Duration{}, "at once");
}

std::string said(const std::string& yaml) {
    const auto tree = codec::parse_yaml(yaml);
    return tree ? "" : to_string(tree.error(), "f");
}

TEST(Yaml, LimitsAreSaidNotReached) {
    EXPECT_EQ("f:1:1: error: the file is larger than 1 MiB; a playbook is a few hundred lines; is this the right file?",
              said(std::string(codec::yaml_max_bytes + 1, '#')));
    std::string deep;
    for (int i = 0; i < 900; ++i) deep += "- ";
    EXPECT_EQ("f:1:49: error: lists and maps are nested more than 24 deep", said(deep));
    EXPECT_NE("", said(std::string(1'900, '[')));
    EXPECT_EQ("f:2:1: error: this line is longer than 2000 characters; break it into several",
              said("a: b\n" + std::string(codec::yaml_max_line + 1, 'x')));
    std::string many = "a:\n";
    for (int i = 0; i < 100'001; ++i) many += "- 1\n";
    EXPECT_NE(std::string::npos, said(many).find("more than 100000 values"));
    EXPECT_EQ("f:1:1: error: the file is empty; start with 'playbook: 1'", said(""));
    EXPECT_EQ("f:1:1: error: the file is empty; start with 'playbook: 1'", said("# only a comment\n"));
    EXPECT_EQ("f:1:4: error: this byte is not UTF-8; save the file as UTF-8", said("a: \xff"));
    EXPECT_EQ("f:2:3: error: this byte is not UTF-8; save the file as UTF-8", said("ä: ü\nö \xc3"));
    EXPECT_EQ("f:3:1: error: the file holds more than one document; take out the '---' line",
              said("a: 1\n---\nb: 2\n"));
    EXPECT_EQ("f:1:3: error: a key must be a single word, not a list or a map", said("? [a]\n: b\n"));
    EXPECT_EQ("f:1:1: error: a key is missing before ':'", said(": b\n"));
}

TEST(Yaml, GuessesNothing) {
    const auto kind = [](const std::string& scalar) {
        const auto tree = codec::parse_yaml("- " + scalar + "\n");
        return tree ? tree->items.front().kind : codec::YamlKind::null;
    };
    for (const char* text :
         {"no", "yes", "on", "off", "y", "2024-01-01", "1:30", "\"5\"", "'true'", "1_000", "30d", "1.2.3", "+", "."})
        EXPECT_EQ(codec::YamlKind::text, kind(text)) << text;
    for (const char* number : {"5", "-5", "+5", "012", "1.5", ".5", "5.", "1e3", "1.5E-3", "0x1F", ".inf"})
        EXPECT_EQ(codec::YamlKind::number, kind(number)) << number;
    for (const char* truth : {"true", "False"}) EXPECT_EQ(codec::YamlKind::boolean, kind(truth)) << truth;
    for (const char* nothing : {"~", "null", ""}) EXPECT_EQ(codec::YamlKind::null, kind(nothing)) << nothing;
}

TEST(Yaml, PlacesCountCharacters) {
    const auto tree = codec::parse_yaml(
        "\xEF\xBB\xBF"
        "ä: {ö: 'x', ü: \"y\"}\r\nb: |\n  text\n");
    ASSERT_TRUE(tree.has_value());
    const codec::YamlNode& inner = tree->items[0];
    EXPECT_EQ(1, inner.keys[1].place.line);
    EXPECT_EQ(13, inner.keys[1].place.column);
    EXPECT_EQ(17, inner.items[1].place.column);
    EXPECT_EQ(3, tree->items[1].place.line);
    EXPECT_EQ(3, tree->items[1].place.column);
}

TEST(Hash, IsOfTheBytes) {
    EXPECT_EQ("0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8", to_hex(codec::playbook_hash("")));
    EXPECT_NE(codec::playbook_hash("a: 1"), codec::playbook_hash("a: 1 "));
}

}  // namespace
}  // namespace baton::test
