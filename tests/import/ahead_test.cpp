// What one thread makes for another: in order, a bounded way ahead, and whatever ends first.
#include "connectors/import/ahead.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace baton::imports {
namespace {

/// 0, 1, 2 … up to `count`.
auto numbers(int count) {
    return [n = 0, count]() mutable { return n < count ? std::optional(n++) : std::nullopt; };
}

TEST(Ahead, hands_over_everything_in_order) {
    for (const std::size_t most : {1U, 2U, 50U}) {
        Ahead<int> ahead(numbers(1000), most);
        std::vector<int> taken;
        while (const auto n = ahead.next()) taken.push_back(*n);
        ASSERT_EQ(taken.size(), 1000U);
        for (int n = 0; n < 1000; ++n) ASSERT_EQ(taken[static_cast<std::size_t>(n)], n);
        EXPECT_EQ(ahead.next(), std::nullopt);
    }
}

TEST(Ahead, of_nothing_is_nothing) { EXPECT_EQ(Ahead<int>(numbers(0), 2).next(), std::nullopt); }

TEST(Ahead, makes_on_another_thread) {
    Ahead<std::thread::id> ahead([] { return std::optional(std::this_thread::get_id()); }, 1);
    EXPECT_NE(ahead.next(), std::optional(std::this_thread::get_id()));
}

TEST(Ahead, is_no_more_than_so_many_ahead) {
    constexpr int most = 3;
    std::atomic<int> asked = 0, worst = 0;
    Ahead<int> ahead(
        [&, n = 0]() mutable {
            worst = std::max(worst.load(), n - asked.load());
            return n < 500 ? std::optional(n++) : std::nullopt;
        },
        most);
    do ++asked;
    while (ahead.next());
    EXPECT_LE(worst, most);
}

TEST(Ahead, throws_what_was_thrown_after_what_came_before) {
    Ahead<std::string> ahead(
        [n = 0]() mutable -> std::optional<std::string> {
            if (n == 3) throw std::runtime_error("no more");
            return std::to_string(n++);
        },
        2);
    for (const char* expected : {"0", "1", "2"}) EXPECT_EQ(ahead.next(), std::optional<std::string>(expected));
    EXPECT_THROW(ahead.next(), std::runtime_error);
    EXPECT_EQ(ahead.next(), std::nullopt);
}

TEST(Ahead, ends_when_nobody_takes_any_more) {
    for (int taken = 0; taken < 20; ++taken) {
        std::atomic<int> made = 0;
        {
            Ahead<int> ahead([&] { return std::optional(++made); }, 2);
            for (int n = 0; n < taken; ++n) ASSERT_EQ(ahead.next(), n + 1);
        }
        const int in_the_end = made;
        EXPECT_GE(in_the_end, taken);
        EXPECT_LE(in_the_end, taken + 3);
    }
}

}  // namespace
}  // namespace baton::imports
