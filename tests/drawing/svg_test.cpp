// The picture itself, through Graphviz: what it holds, and what is said when it cannot be made.
#include "app/draw_svg.h"

#include <cstdlib>
#include <thread>

#include "domain/playbook/draw.h"
#include "playbook/edits.h"

namespace baton::test {
namespace {

std::string chart(const Edit& edit) {
    const Loaded loaded = load(edited(file_text(source_path("tests/playbook/agreed.yaml")), edit));
    EXPECT_TRUE(loaded.book) << loaded.said;
    return loaded.book ? draw(*loaded.book, playbook::Format::dot, {{"lead", 12}}) : std::string();
}

const Edit none = {"", "playbook: 1", "playbook: 1"};

TEST(Svg, ShowsStagesMovesAndFigures) {
    const auto svg = app::svg_of(chart(none));
    ASSERT_TRUE(svg) << svg.error().detail;
    for (const char* part :
         {"<svg", "Qualified lead", "(offered to Sales)", "12 inside", ">Accept<", "id=\"stage&#45;won\"", "</svg>"})
        EXPECT_NE(std::string::npos, svg->find(part)) << part;
}

TEST(Svg, NamesCannotBringMarkup) {
    const auto svg =
        app::svg_of(chart({"", "name: Qualified lead", "name: '<script>alert(1)</script>\\N\" onload=\"x&lt;'"}));
    ASSERT_TRUE(svg) << svg.error().detail;
    EXPECT_EQ(std::string::npos, svg->find("<script"));
    EXPECT_EQ(std::string::npos, svg->find("\" onload"));
    EXPECT_NE(std::string::npos, svg->find("&lt;script&gt;"));
    EXPECT_NE(std::string::npos, svg->find("&amp;lt;"));
}

TEST(Svg, MistakesComeBackInWords) {
    const auto broken = app::svg_of("digraph { a -> ");
    ASSERT_FALSE(broken);
    EXPECT_EQ("drawing_failed", broken.error().code);
    EXPECT_NE(std::string::npos, broken.error().detail.find("syntax error")) << broken.error().detail;
    EXPECT_FALSE(app::svg_of(""));
}

TEST(Svg, WaitsNoLongerThanTold) {
    const auto slow = app::svg_of(chart(none), std::chrono::milliseconds(0));
    ASSERT_FALSE(slow);
    EXPECT_EQ("drawing_too_slow", slow.error().code);
}

TEST(Svg, SaysWhatToInstall) {
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere", 1);
    const auto svg = app::svg_of(chart(none));
    ::setenv("PATH", path.c_str(), 1);
    ASSERT_FALSE(svg);
    EXPECT_EQ("no_graphviz", svg.error().code);
    EXPECT_NE(std::string::npos, svg.error().detail.find("install"));
}

TEST(Svg, SeveralAtOnce) {
    const std::string dot = chart(none);
    std::vector<std::string> pictures(4);
    std::vector<std::thread> threads;
    for (std::string& picture : pictures) threads.emplace_back([&] { picture = app::svg_of(dot).value_or(""); });
    for (std::thread& t : threads) t.join();
    for (const std::string& picture : pictures) EXPECT_EQ(pictures.front(), picture);
    EXPECT_NE("", pictures.front());
}

}  // namespace
}  // namespace baton::test
