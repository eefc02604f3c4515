// One line of text for everything a scenario can expect.
#pragma once

#include <optional>
#include <string>

#include "domain/engine/history.h"
#include "domain/playbook/compiled.h"

namespace baton::scenario {

std::string words_of(const engine::HistoryRecord&, const playbook::Compiled&);
std::string words_of(const engine::Effect&);
/// "2026-01-05T09:00Z": seconds only when there are some.
std::string time_text(Instant t);
/// "2026-01-05", "2026-01-05T09:00Z"; seconds may be left out.
std::optional<Instant> time_in(std::string text);

}  // namespace baton::scenario
