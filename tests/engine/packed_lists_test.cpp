// Several lists in one block behave as so many vectors would, whatever is inserted, erased, copied and moved.
#include <gtest/gtest.h>

#include <vector>

#include "domain/engine/packed_lists.h"

namespace baton::engine {
namespace {

struct Narrow {
    std::uint64_t a = 0;
    friend bool operator==(const Narrow&, const Narrow&) = default;
};
struct Wide {
    std::uint64_t a = 0, b = 0, c = 0;
    friend bool operator==(const Wide&, const Wide&) = default;
};
using Lists = PackedLists<Narrow, Wide, std::int64_t>;

struct Vectors {
    std::vector<Narrow> narrow;
    std::vector<Wide> wide;
    std::vector<std::int64_t> numbers;
};

std::uint64_t next(std::uint64_t& seed) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return seed >> 33;
}

template <class Row>
void expect_same(const Lists& lists, const std::vector<Row>& rows) {
    const auto all = lists.all<Row>();
    ASSERT_TRUE(std::equal(all.begin(), all.end(), rows.begin(), rows.end()));
}

void expect_same(const Lists& lists, const Vectors& vectors) {
    expect_same(lists, vectors.narrow);
    expect_same(lists, vectors.wide);
    expect_same(lists, vectors.numbers);
    EXPECT_LE(lists.used(), lists.room());
}

/// One random change on both sides.
template <class Row>
void change(Lists& lists, std::vector<Row>& rows, const Row& row, std::uint64_t& seed) {
    const std::size_t at = next(seed) % (rows.size() + 1);
    switch (next(seed) % 6) {
        case 0: {
            const std::size_t to = at + next(seed) % (rows.size() - at + 1);
            lists.erase<Row>(at, to);
            rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at), rows.begin() + static_cast<std::ptrdiff_t>(to));
            break;
        }
        case 1: {
            const std::size_t size = next(seed) % 6;
            lists.resize<Row>(size);
            rows.resize(size);
            break;
        }
        case 2: {
            const auto odd = [&](const Row& r) { return r == row; };
            lists.erase_if<Row>(odd);
            std::erase_if(rows, odd);
            break;
        }
        default:
            EXPECT_EQ(lists.insert(at, row), row);
            rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), row);
    }
}

TEST(PackedLists, are_so_many_vectors) {
    for (std::uint64_t run = 1; run <= 60; ++run) {
        std::uint64_t seed = run;
        Lists lists;
        Vectors vectors;
        for (int i = 0; i < 150; ++i) {
            const std::uint64_t n = next(seed) % 9;
            switch (next(seed) % 4) {
                case 0: change(lists, vectors.narrow, {n}, seed); break;
                case 1: change(lists, vectors.wide, {n, n + 1, n + 2}, seed); break;
                case 2: change(lists, vectors.numbers, static_cast<std::int64_t>(n), seed); break;
                default: {
                    Lists copy = lists;
                    expect_same(copy, vectors);
                    lists = std::move(copy);
                }
            }
            expect_same(lists, vectors);
        }
    }
}

TEST(PackedLists, what_was_moved_from_is_empty) {
    Lists lists;
    lists.push_back(Narrow{7});
    const Lists taken = std::move(lists);
    EXPECT_EQ(taken.all<Narrow>().size(), 1U);
    EXPECT_TRUE(lists.all<Narrow>().empty());  // NOLINT(bugprone-use-after-move): that is what is asked
    lists.push_back(Narrow{8});
    EXPECT_EQ(lists.all<Narrow>()[0].a, 8U);
}

}  // namespace
}  // namespace baton::engine
