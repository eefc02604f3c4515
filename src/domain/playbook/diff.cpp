// diff(): section after section, then what they share.
#include "domain/playbook/diff.h"

#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {

void Difference::changed(const std::string& subject, std::string_view phrase, const std::string& old_value,
                         const std::string& new_value) {
    if (old_value == new_value) return;
    std::string sentence = subject + " " + std::string(phrase) + " " + (new_value.empty() ? "nothing" : new_value);
    if (!old_value.empty()) sentence += " instead of " + old_value;
    say(sentence + ".");
}

void Difference::changed_name(const std::string& subject, std::string_view phrase, const Named& old_value,
                              const Named& new_value) {
    if (old_value.key != new_value.key) changed(subject, phrase, old_value.words, new_value.words);
}

void Difference::came_and_went(const std::vector<Named>& old_list, const std::vector<Named>& new_list,
                               const std::function<void(const std::string&)>& came,
                               const std::function<void(const std::string&)>& went) const {
    const auto has = [](const std::vector<Named>& list, const Named& one) {
        return std::any_of(list.begin(), list.end(), [&](const Named& other) { return other.key == one.key; });
    };
    for (const Named& one : new_list)
        if (!has(old_list, one)) came(one.words);
    for (const Named& one : old_list)
        if (!has(new_list, one)) went(one.words);
}

std::vector<std::string> diff(const Compiled& a, const Compiled& b) {
    Difference d{a, b, {}};
    diff_general(d);
    diff_stages(d);
    diff_transitions(d);
    diff_hand_offs(d);
    diff_reasons(d);
    diff_scores(d);
    diff_classes(d);
    diff_names(d);
    diff_later(d);
    return std::move(d.lines);
}

}  // namespace baton::playbook
