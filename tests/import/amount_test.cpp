#include "connectors/import/amount.h"

#include <gtest/gtest.h>

namespace baton::imports {
namespace {

TEST(Amount, is_read_as_people_write_it) {
    struct Case {
        const char* text;
        bool comma;
        const char* plain;
    };
    for (const auto& [text, comma, plain] : {
             Case{"12", false, "12"},
             {"1,234.50", false, "1234.50"},
             {"1.234,50", true, "1234.50"},
             {"1 234,5", true, "1234.5"},
             {"1\xC2\xA0"
              "234,5 \xE2\x82\xAC",
              true, "1234.5"},
             {"1'234.5", false, "1234.5"},
             {"$1,117.10K", false, "1117100"},
             {"$2.5M", false, "2500000"},
             {"0.0015k", false, "1.5"},
             {"USD 12", false, "12"},
             {"12 EUR", false, "12"},
             {"-12.5", false, "-12.5"},
             {"($12)", false, "-12"},
             {"+7", false, "7"},
             {"007", false, "7"},
             {".5", false, ".5"},
             {"12 apples", false, "12 apples"},
             {"1.2.3", false, "1.2.3"},
             {"", false, ""},
             {"$", false, "$"},
             {"()", false, "()"},
             {"12KB", false, "12KB"},
         })
        EXPECT_EQ(plain_amount(text, comma), plain) << text;
}

}  // namespace
}  // namespace baton::imports
