// What is looked at after an erasure: every byte of a store, and whether the store is sound.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "app/messages.h"
#include "fixture.h"
#include "support/dump.h"

namespace baton::app {

inline std::string rows_of(World& world) {
    EXPECT_TRUE(world.ledger->flush());
    return support::dump_journal(*world.store) + support::dump_derived(*world.store);
}

/// Everything the store gives, and every byte of its files.
inline std::string all_bytes(World& world) {
    std::string bytes = rows_of(world);
    if (world.folder == nullptr) return bytes;
    for (const auto& entry : std::filesystem::directory_iterator(world.folder->file(""))) {
        std::ifstream in(entry.path(), std::ios::binary);
        bytes += std::string(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
}

inline std::string found_in(const std::string& bytes, std::span<const std::string_view> words) {
    std::string found;
    for (const std::string_view word : words)
        if (bytes.find(word) != std::string::npos) found += std::string(word) + " ";
    return found;
}

inline void expect_sound(World& world) {
    const auto rebuilt = world.ledger->rebuild();
    ASSERT_TRUE(rebuilt) << rebuilt.error().detail;
    for (const auto& d : rebuilt->differences) ADD_FAILURE() << d.where << ": " << d.what;
    const auto damages = world.store->verify();
    ASSERT_TRUE(damages) << damages.error().detail;
    for (const auto& damage : *damages) ADD_FAILURE() << damage.where << ": " << damage.what;
    const auto messages = check_messages(*world.store);
    ASSERT_TRUE(messages) << messages.error().detail;
    EXPECT_TRUE(messages->empty());
    const auto digests = world.reads()->digest();
    EXPECT_TRUE(digests) << (digests ? "" : digests.error().detail);
}

}  // namespace baton::app
