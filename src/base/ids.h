// Every id its own type. Indexes are positions in one compiled playbook and mean nothing outside it.
#pragma once

#include <compare>
#include <cstdint>

namespace baton {

template <class Tag, class Number>
struct Id {
    Number value{};
    friend constexpr auto operator<=>(Id, Id) = default;
};

/// A lane: a slice of the journal with one order and one digest chain.
using Lane = Id<struct LaneTag, std::uint16_t>;
inline constexpr std::uint16_t lane_count = 64;

/// A subject of the journal: person, account, pool or the company. number = counter of the lane × lanes + lane,
/// so `number % lane_count` is its lane.
using SubjectId = Id<struct SubjectTag, std::uint64_t>;
constexpr Lane lane_of(SubjectId id) { return {static_cast<std::uint16_t>(id.value % lane_count)}; }

using Seq = Id<struct SeqTag, std::uint64_t>;

using PropertyIndex = Id<struct PropertyTag, std::uint16_t>;
using TypeIndex = Id<struct TypeTag, std::uint16_t>;
using ScoreIndex = Id<struct ScoreTag, std::uint16_t>;
using ScoreRuleIndex = Id<struct ScoreRuleTag, std::uint16_t>;
using ClassIndex = Id<struct ClassTag, std::uint16_t>;
using StageIndex = Id<struct StageTag, std::uint16_t>;
using ArrowIndex = Id<struct ArrowTag, std::uint16_t>;
using ClauseIndex = Id<struct ClauseTag, std::uint16_t>;
using HandOffIndex = Id<struct HandOffTag, std::uint16_t>;
using AggregateIndex = Id<struct AggregateTag, std::uint16_t>;

}  // namespace baton
