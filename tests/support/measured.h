// How far a test went, for whoever reads its output and for script/release-check.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace baton::faults {

/// Once a name and test: "power_cuts", 2000. Printed, and kept in the test's results; the release ledger adds up what has
/// one name.
inline void measured(const std::string& what, std::uint64_t number) {
    const std::string text = std::to_string(number);
    std::printf("%s %s\n", text.c_str(), what.c_str());
    testing::Test::RecordProperty("measured." + what, text);
}

}  // namespace baton::faults
