// Instants and durations. All stored times are int64 microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace baton {

/// A span of elapsed (wall) time in microseconds. Business time is a different thing: see calendars.
struct Duration {
    std::int64_t us = 0;

    static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000}; }
    static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
    static constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
    /// A day is 24 hours here, always; calendar days belong to calendars.
    static constexpr Duration days(std::int64_t n) { return hours(n * 24); }

    friend constexpr auto operator<=>(Duration, Duration) = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.us + b.us}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.us - b.us}; }
};

/// A moment, microseconds UTC. `never()` sorts after every real moment.
struct Instant {
    std::int64_t us = 0;

    static constexpr Instant never() { return {std::numeric_limits<std::int64_t>::max()}; }
    static constexpr Instant beginning() { return {std::numeric_limits<std::int64_t>::min()}; }

    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant t, Duration d) { return t == never() ? never() : Instant{t.us + d.us}; }
    friend constexpr Instant operator-(Instant t, Duration d) { return {t.us - d.us}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return {a.us - b.us}; }
};

inline constexpr Duration one_day = Duration::days(1);

/// Whole days from `from` to `to`, rounded towards minus infinity.
constexpr std::int64_t whole_days(Instant from, Instant to) {
    const std::int64_t us = to.us - from.us;
    const std::int64_t quotient = us / one_day.us;
    return us % one_day.us < 0 ? quotient - 1 : quotient;
}

}  // namespace baton
