// Drawings of agreed.yaml as goldens, and names that try to break out of each format.
#include "domain/playbook/draw.h"

#include "playbook/edits.h"

namespace baton::test {
namespace {

using playbook::Counts;
using playbook::Format;

Loaded agreed() { return load(file_text(source_path("tests/playbook/agreed.yaml"))); }

void check(Format format, const Counts& counts, const std::string& golden) {
    const Loaded loaded = agreed();
    ASSERT_TRUE(loaded.book) << loaded.said;
    expect_golden("tests/playbook/draw/" + golden, draw(*loaded.book, format, counts));
}

const Counts live = {
    {"lead", 120}, {"qualified", 14}, {"won", 0}, {"lead→qualified", 260}, {"qualified→accepted", 190}};

TEST(Draw, Chart) { check(Format::dot, {}, "agreed.dot"); }
TEST(Draw, ChartWithFigures) { check(Format::dot, live, "agreed_live.dot"); }
TEST(Draw, Mermaid) { check(Format::mermaid, live, "agreed.mmd"); }
TEST(Draw, Document) { check(Format::markdown, {}, "agreed.md"); }
TEST(Draw, Table) { check(Format::table, {}, "agreed.txt"); }
TEST(Draw, TableWithFigures) { check(Format::table, live, "agreed_live.txt"); }

/// A name made of what each format treats as markup must come out as text.
const std::string hostile = R"(a"b\c<script>&lt;|`*_[x](y)#\N-->%%;)";

std::string hostile_drawing(Format format) {
    std::string yaml = file_text(source_path("tests/playbook/base.yaml"));
    std::string escaped;
    for (const char c : hostile) escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    for (const char* name :
         {"name: Qualified lead", "name: Marketing", "name: Large enough", "name: To sales", "label: Does not fit"}) {
        const std::size_t at = yaml.find(name);
        const std::size_t colon = std::string(name).find(':') + 2;
        yaml.replace(at + colon, std::string(name).size() - colon, "\"" + escaped + "\"");
    }
    const Loaded loaded = load(yaml);
    EXPECT_TRUE(loaded.book) << loaded.said;
    return loaded.book ? draw(*loaded.book, format, {}) : std::string();
}

TEST(Draw, DotQuotesAreClosedOnlyByUs) {
    const std::string dot = hostile_drawing(Format::dot);
    EXPECT_NE(std::string::npos, dot.find(R"(a\"b\\c<script>&amp;lt;|`*_[x](y)#\\N-->%%;)"));
    int quotes = 0;
    for (std::size_t i = 0; i < dot.size(); ++i) {
        if (dot[i] == '\\')
            ++i;
        else
            quotes += dot[i] == '"' ? 1 : 0;
    }
    EXPECT_EQ(0, quotes % 2);
}

TEST(Draw, MermaidLabelsHoldNoMarkup) {
    const std::string text = hostile_drawing(Format::mermaid);
    EXPECT_EQ(std::string::npos, text.find("<script"));
    EXPECT_EQ(std::string::npos, text.find("a\"b"));
    EXPECT_NE(std::string::npos, text.find("a#quot;b#92;c#lt;script#gt;#amp;lt;|#96;#42;#95;[x](y)#35;#92;N--#gt;%%;"));
}

TEST(Draw, MarkdownHoldsNoMarkup) {
    const std::string text = hostile_drawing(Format::markdown);
    EXPECT_EQ(std::string::npos, text.find("<script"));
    EXPECT_NE(std::string::npos, text.find(R"(a"b\\c&lt;script&gt;&amp;lt;\|\`\*\_\[x\](y)\#\\N--&gt;%%;)"));
}

TEST(Draw, NoNameCanMoveTheCursor) {
    for (const char* escape : {"\\x1b[31m", "\\0", "\\x7f", "\\ud800"}) {
        const Loaded loaded = load(edited(file_text(source_path("tests/playbook/base.yaml")),
                                          {"", "name: Qualified lead", "name: \"red" + std::string(escape) + "\""}));
        EXPECT_FALSE(loaded.book) << escape;
        EXPECT_NE("", loaded.said) << escape;
    }
}

}  // namespace
}  // namespace baton::test
