// Facts and history as sentences, in the words of a playbook; without one, in ids.
#pragma once

#include <string>
#include <string_view>

#include "codec/journal.h"
#include "domain/engine/history.h"
#include "domain/playbook/compiled.h"

namespace baton::app {

/// What a history record says: "became a Qualified lead: Right size, Asked for a demo". The record's own version words it.
std::string sentence(const engine::HistoryRecord& record, const playbook::Compiled* playbook);
/// What a fact says: "Page Viewed (Page: /demo)", "answer by anna (Budget: approved)".
std::string sentence(const codec::JournalRecord& record, const playbook::Compiled* playbook);

/// How a hand-off ended: "accepted by default, as nobody answered in time" for accepted_by_default.
std::string offer_end_in_words(std::string_view end);
std::string hand_off_name(const playbook::Compiled* playbook, const std::string& id);
/// "Marketing by e-mail", or the purpose's own name without underscores.
std::string purpose_name(const playbook::Compiled* playbook, const std::string& purpose);
std::string stage_name(const playbook::Compiled* playbook, const std::string& id);

}  // namespace baton::app
