// Every mistake and warning as a person sees it: mistakes.golden holds one small edit each and the lines that follow.
#include "playbook/edits.h"

namespace baton::test {
namespace {

constexpr const char* golden = "tests/playbook/mistakes.golden";

std::string base_yaml() { return file_text(source_path("tests/playbook/base.yaml")); }

TEST(Mistakes, BaseHasNone) { EXPECT_EQ("", load(base_yaml()).said); }

TEST(Mistakes, AreSaidWithPlaceAndRemedy) {
    std::string actual;
    for (const Edit& edit : edits_of(file_text(source_path(golden)))) {
        const std::string said = load(edited(base_yaml(), edit)).said;
        EXPECT_NE("", said) << edit.name << " is not noticed";
        actual += (actual.empty() ? "" : "\n") + block(edit, said);
    }
    expect_golden(golden, actual);
}

TEST(Mistakes, OneErrorMakesNoPlaybook) {
    for (const Edit& edit : edits_of(file_text(source_path(golden)))) {
        const Loaded loaded = load(edited(base_yaml(), edit));
        EXPECT_EQ(loaded.said.find(": error: ") == std::string::npos, loaded.book != nullptr) << edit.name;
    }
}

}  // namespace
}  // namespace baton::test
