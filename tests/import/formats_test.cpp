// Files of other programs: by which header each is known, and what its rows become.
#include <filesystem>

#include "import/runs.h"

namespace baton::imports {
namespace {

std::vector<Mapping> shipped() {
    std::vector<Mapping> all;
    for (const auto& entry : std::filesystem::directory_iterator(BATON_SOURCE_DIR "/formats")) {
        const Input file = *Input::open(entry.path().string());
        const auto read = read_mapping(*file.part(0, file.size()), entry.path().filename().string());
        for (const auto& diagnostic : read.diagnostics) ADD_FAILURE() << to_string(diagnostic, entry.path().string());
        if (read.mapping) all.push_back(*read.mapping);
    }
    return all;
}

/// By all that ship, as a user's file is.
Ran imported(const std::string& text, const std::string& by) {
    for (const Mapping& mapping : shipped())
        if (mapping.id == by) {
            const Ran ran = run(mapping, {text});
            EXPECT_EQ(ran.problems(), "");
            return ran;
        }
    ADD_FAILURE() << "there is no format " << by;
    return {};
}

std::string known_as(const std::string& text) {
    const auto plan = Import::plan(
        [&] {
            std::vector<Input> inputs;
            inputs.push_back(Input::of_text("f", text));
            return inputs;
        }(),
        nullptr, shipped());
    return plan ? plan->mappings().at(0) : plan.error().code;
}

void check(const std::string& text, const std::string& by, const std::string& facts) {
    EXPECT_EQ(known_as(text), by) << text;
    EXPECT_EQ(imported(text, by).book.seen(), facts) << text;
}

TEST(Formats, an_opt_out_in_sharpspring_is_one_here) {
    check("First Name,Last Name,Email,Is Unsubscribed\nAnna,Berg,anna@acme.example,0\nBen,Koch,ben@acme.example,1\n",
          "sharpspring",
          "profile anna@acme.example first_name=Anna last_name=Berg email=anna@acme.example\n"
          "profile ben@acme.example first_name=Ben last_name=Koch email=ben@acme.example\n"
          "Unsubscribed ben@acme.example\n"
          "consent ben@acme.example purpose=marketing_email given=false channel=email\n");
}

}  // namespace
}  // namespace baton::imports
