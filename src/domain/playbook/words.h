// A playbook in the words its teams use: for drawings, documents and differences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/playbook/compiled.h"

namespace baton::playbook {

/// The expression in words of labels ("employees at least 200"); its own text where there is nothing better.
std::string in_words(const Compiled& book, const Text& expression, criteria::Scope scope = criteria::Scope::person,
                     std::string_view fact_type = {});

/// Which verbs a transition may wait for; every other `on` is a fact type.
bool is_arrow_verb(std::string_view on);

/// "30 days", "24 h", "90 min"; zero is "at once".
std::string in_words(Duration length);
std::string days_in_words(std::int64_t days);

/// "\"Budget known\" (budget is known)"; only the name where the words say the same.
std::string clause_in_words(const Compiled& book, const Clause& clause);

/// Team, stage, fact type … by id, as people call it; the id itself when it is not declared.
std::string team_name(const Playbook& book, std::string_view id);
std::string stage_name(const Playbook& book, std::string_view id);
std::string fact_label(const Playbook& book, std::string_view type);
std::string score_name(const Playbook& book, std::string_view id);
std::string program_name(const Playbook& book, std::string_view id);  ///< in quotes
std::string class_name(const Playbook& book, std::string_view id);
/// What the answer to a question is called: its label, that of its property, or the id in words.
std::string answer_name(const Playbook& book, const Question& question);
/// "a whole number", "yes or no".
std::string in_words(PropertyType type);

/// What sets a transition off: "Sales accepts", "asked for a demo", "after 90 days", "" for criteria alone.
std::string trigger_in_words(const Playbook& book, const Arrow& arrow);

/// "notify Sales", "task: Call within the hour", with who, by when and the proof.
std::string action_in_words(const Playbook& book, const Action& action);
std::string decay_in_words(const Decay& decay);
std::string_view to_string(StageKind kind);

std::string quoted(std::string_view text);  ///< in double quotes
/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words, std::string_view last = "and");
std::string spaced(std::string text);                      ///< "business_hours" → "business hours"
std::string capitalised(std::string text);                 ///< first ASCII letter made large
std::string plural(std::int64_t n, std::string_view one);  ///< "1 day", "2 days"

}  // namespace baton::playbook
