// What colleagues do when a lead reaches a stage: take it, send it back, call, propose, close – or forget it.
#pragma once

#include <string>
#include <vector>

#include "connectors/demo/events.h"
#include "domain/playbook/compiled.h"

namespace baton::demo {

/// A lead that has just reached a stage.
struct Arrived {
    std::uint32_t person = 0;
    std::string stage;
    Instant entered;
};

/// Their doings after `now`, in any order, numbered from `first_number`; a function of seed and arrival. Empty: nobody moves.
std::vector<Event> reactions(const playbook::Compiled& book, const Cast& cast, std::uint64_t seed, const Arrived& lead,
                             Instant now, std::uint32_t first_number);

/// Stages in which colleagues have something to do.
std::vector<std::string> staffed_stages(const playbook::Compiled& book);

}  // namespace baton::demo
