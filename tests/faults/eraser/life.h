// One person among others, and the store that holds them: what tests/faults/erase_kill_test.cpp makes once and the eraser
// takes the person out of.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "app/erasure.h"
#include "app/ledger.h"
#include "support/intake_stream.h"

namespace baton::faults {

/// Words of the person that stand nowhere else.
constexpr std::array<std::string_view, 9> words_of_person{"canary-mail",    "Canary Berg", "4930901820",
                                                          "canary-visitor", "canary-id",   "canary-role",
                                                          "canary-note",    "canary-path", "canary-message"};

/// The others. `facts` of them.
support::IntakeStream others(std::size_t facts);

/// Two stretches of the person's life between those of the others, and entries of registers that name it.
Status fill(support::StreamTaker& taker, const support::IntakeStream& stream);

/// Erases the person when somebody is still known by its key; nothing when nobody is.
Result<std::optional<app::Erased>> erase_person(app::Ledger& ledger);

}  // namespace baton::faults
