// Room that a step needs and the next one can use again: a fact is worth no allocation of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/time.h"

namespace baton::engine {

/// The inputs one fact changed; empty lists = nothing changed.
struct Touched {
    std::vector<PropertyIndex> attributes, answers, account_attributes;
    std::vector<TypeIndex> types;
    std::vector<AggregateIndex> aggregates;
    std::vector<ScoreIndex> scores;

    bool none() const {
        return attributes.empty() && answers.empty() && account_attributes.empty() && types.empty() &&
               aggregates.empty() && scores.empty();
    }
    bool person() const { return !attributes.empty() || !answers.empty(); }
    void clear() {
        attributes.clear();
        answers.clear();
        account_attributes.clear();
        types.clear();
        aggregates.clear();
        scores.clear();
    }
};

/// Scores at the moment a step stands at, kept from the first question on: classes, clauses and the search for the next
/// moment all ask for the same few. To be forgotten when what they are made of changes.
class ScoreMemo {
   public:
    void forget() { known_.clear(); }
    const Decimal* find(ScoreIndex score, Instant at) const {
        for (const Known& k : known_)
            if (k.score == score && k.at == at) return &k.value;
        return nullptr;
    }
    void keep(ScoreIndex score, Instant at, Decimal value) { known_.push_back({score, at, value}); }

   private:
    struct Known {
        ScoreIndex score;
        Instant at;
        Decimal value;
    };
    std::vector<Known> known_;
};

struct Workspace {
    Touched touched;
    ScoreMemo scores;
    std::vector<std::uint8_t> dirty;        ///< by ClauseIndex
    std::vector<std::uint8_t> dirty_score;  ///< by ScoreIndex
    std::vector<StageIndex> entered;        ///< by this fact
};

}  // namespace baton::engine
