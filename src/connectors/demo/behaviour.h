// What people do of their own accord: visits, forms, mails, webinars.
#pragma once

#include <vector>

#include "connectors/demo/events.h"

namespace baton::demo {

/// The two years: first and last moment.
struct Span {
    Instant start, end;
};

/// Everything person `number` does by themselves, in order of time; a function of seed, person and span.
std::vector<Event> plan(const Cast& cast, std::uint64_t seed, std::uint32_t number, Span span);

/// Numbers of reactions start here, so that they never meet those of a plan.
inline constexpr std::uint32_t first_reaction = 1'000'000;

/// What somebody given back to marketing does later, if anything: letters read, a look at the prices, a new request.
std::vector<Event> nurtured(const Cast& cast, std::uint64_t seed, std::uint32_t number, Instant from,
                            std::uint32_t first_number);

}  // namespace baton::demo
