// `check` lines: how things stand after an event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/scenario_world.h"

namespace baton::scenario {

/// What an event left behind that checks may ask for.
struct Aftermath {
    std::string subject;
    Instant at;
    std::vector<engine::Effect> effects;
};

/// Nothing when it is as the line says; else what is wrong with it.
std::optional<std::string> check(const World&, Aftermath after, std::string line);

}  // namespace baton::scenario
