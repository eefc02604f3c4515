// The parts of diff() and what they share. Private to domain/playbook.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/playbook/compiled.h"
#include "domain/playbook/words.h"

namespace baton::playbook {

/// What is compared, and how it is said.
struct Named {
    std::string key, words;
};
inline std::vector<Named> same_words(const std::vector<std::string>& list) {
    std::vector<Named> all;
    for (const std::string& text : list) all.push_back({text, text});
    return all;
}

/// Sentences so far, and the two playbooks they speak of.
struct Difference {
    const Compiled& a;
    const Compiled& b;
    std::vector<std::string> lines;

    const Playbook& before() const { return a.source; }
    const Playbook& after() const { return b.source; }
    void say(std::string sentence) { lines.push_back(capitalised(std::move(sentence))); }

    /// "X is now N instead of O." for a pair that differs; `phrase` stands between X and the values.
    void changed(const std::string& subject, std::string_view phrase, const std::string& old_value,
                 const std::string& new_value);
    /// The same for a name that stands for an id: a mere renaming of what it names is told elsewhere.
    void changed_name(const std::string& subject, std::string_view phrase, const Named& old_value,
                      const Named& new_value);
    /// What came and went between two lists, by key.
    void came_and_went(const std::vector<Named>& old_list, const std::vector<Named>& new_list,
                       const std::function<void(const std::string&)>& came,
                       const std::function<void(const std::string&)>& went) const;
};

/// How a list of criteria is spoken of: "Qualified lead" is "reached", a move is "made".
struct Subject {
    std::string name;
    std::string_view verb;
};

// diff_criteria.cpp
void diff_criteria(Difference& d, const Subject& subject, const Criteria& old_criteria, const Criteria& new_criteria);
void diff_actions(Difference& d, const std::string& when, const std::vector<Action>& old_actions,
                  const std::vector<Action>& new_actions);

// diff_names.cpp
void diff_general(Difference& d);
void diff_names(Difference& d);

// diff_scoring.cpp
void diff_scores(Difference& d);
void diff_classes(Difference& d);

// diff_process.cpp
void diff_stages(Difference& d);
void diff_transitions(Difference& d);

// diff_agreements.cpp
void diff_hand_offs(Difference& d);
void diff_reasons(Difference& d);
void diff_later(Difference& d);  ///< routing, programs, promises

/// The item of `list` with the id, or null.
template <class List>
auto by_id(const List& list, std::string_view id) -> decltype(&*list.begin()) {
    for (const auto& item : list)
        if (item.id == id) return &item;
    return nullptr;
}

/// New items, items in both, then items that are gone.
template <class List, class New, class Both, class Gone>
void match(const List& old_list, const List& new_list, New is_new, Both in_both, Gone is_gone) {
    for (const auto& item : new_list) {
        if (const auto* old_item = by_id(old_list, item.id)) {
            in_both(*old_item, item);
        } else {
            is_new(item);
        }
    }
    for (const auto& item : old_list)
        if (by_id(new_list, item.id) == nullptr) is_gone(item);
}

}  // namespace baton::playbook
