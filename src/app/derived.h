// Rows that follow from the journal, gathered until they are written: history, counters, states, the list of leads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/playbooks.h"
#include "app/subjects.h"
#include "codec/erasure.h"
#include "domain/engine/history.h"
#include "ports/store.h"

namespace baton::app {

/// Names of counters; parts are separated by a tab, which no id holds.
std::string counter_key(std::string_view what, std::string_view a, std::string_view b = {});
inline constexpr std::string_view counted_entered = "entered", counted_left = "left", counted_leads = "leads",
                                  counted_move = "move", counted_offer = "offer";

class Gathered {
   public:
    /// History rows and counters of what one step of a person said, after what a refold before it said; notes the stages
    /// visited.
    void hear(Subject& subject, ports::Position position, const std::vector<engine::HistoryRecord>& history);

    /// What an erasure left of a person, in place of what was known. One of whom nothing was folded yet (a rebuild) is counted whole.
    void restate(Subject& subject, ports::Position position, codec::Restated left);

    bool empty() const { return history_.empty() && counters_.empty(); }
    std::size_t bytes() const { return bytes_; }
    void clear();
    /// Lends what was gathered to the batch; clear() once it is written, else take_back().
    void into(ports::Derived& batch);
    void take_back(ports::Derived& batch) { history_ = std::move(batch.history); }

   private:
    void count(const std::string& key, std::int64_t delta) { counters_[key] += delta; }
    void keep(const Subject& subject, ports::Position position, std::uint16_t n, const engine::HistoryRecord& record);
    void count_history(codec::PersonRow& row, const engine::HistoryRecord& record);
    void count_entry(codec::PersonRow& row, const std::string& from, const std::string& to);

    std::vector<ports::HistoryRow> history_;
    std::unordered_map<std::string, std::int64_t> counters_;
    std::size_t bytes_ = 0;
};

/// The derived row of a subject whose lane has gone through these activations.
ports::StateRow row_of(const Subject& subject, const Playbooks& playbooks, std::span<const codec::LaneActivation> lane);
ports::StateRow row_of(Lane lane, const codec::CompanyRow& row, ports::Position last);

}  // namespace baton::app
