// Builds appends the way the journal writer does: positions, seqs, links and chains follow from the store's heads.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "ports/record_digest.h"
#include "ports/store.h"

namespace baton::support {

/// Subject number `n` (from 1) of a lane.
constexpr SubjectId subject_in(std::uint16_t lane, std::uint64_t n) { return {n * lane_count + lane}; }

class JournalWriter {
   public:
    explicit JournalWriter(ports::Store& store) : store_(&store) {
        for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
        const Result<std::vector<ports::LaneHead>> stored = store.heads();
        if (!stored) ready_ = std::unexpected(stored.error());
        if (!stored) return;
        for (const ports::LaneHead& head : *stored) heads_[head.lane.value] = head;
    }

    /// Carries on from what the store holds, links included.
    void learn_links() {
        const Status scanned = store_->scan(ports::no_position, [&](const ports::Record& record) {
            last_[record.subject] = record.position;
            return true;
        });
        if (!scanned) ready_ = scanned;
    }

    /// Whether the store could be read.
    const Status& ready() const { return ready_; }

    ports::Record& add(SubjectId subject, std::string_view payload, Instant recorded_at = {1'000'000}) {
        ports::LaneHead& head = heads_[lane_of(subject).value];
        ports::Record record;
        record.lane = head.lane;
        record.seq = {head.seq.value + 1};
        record.subject = subject;
        record.position = store_->position_of_next(record.lane, record.seq, batch_.records.size());
        record.previous = last_[subject];
        record.recorded_at = recorded_at;
        record.payload = payload;
        head.seq = record.seq;
        head.digest = ports::next_digest(head.digest, record);
        head.subjects = std::max(head.subjects, subject.value / lane_count);
        last_[subject] = record.position;
        touched_[head.lane.value] = true;
        return batch_.records.emplace_back(std::move(record));
    }

    void identify(SubjectId subject, char kind, std::string key) {
        batch_.identities.push_back({{kind, std::move(key)}, subject});
    }

    /// Gives the newest record a message id.
    void message(std::uint64_t hash, std::int32_t day = 20'000, std::uint16_t source = 0) {
        const ports::Record& record = batch_.records.back();
        batch_.messages.push_back({{day, record.lane, source, hash}, record.position});
    }

    /// The batch so far with its heads, to be changed or appended by the caller.
    ports::Append take() {
        for (std::size_t lane = 0; lane < touched_.size(); ++lane)
            if (touched_[lane]) batch_.heads.push_back(heads_[lane]);
        touched_ = {};
        return std::exchange(batch_, {});
    }

    Status flush() { return ready_ ? store_->append(take()) : ready_; }

    ports::Position last_of(SubjectId subject) { return last_[subject]; }
    const ports::LaneHead& head(std::uint16_t lane) const { return heads_[lane]; }

   private:
    ports::Store* store_;
    std::array<ports::LaneHead, lane_count> heads_{};
    std::array<bool, lane_count> touched_{};
    std::map<SubjectId, ports::Position> last_;
    ports::Append batch_;
    Status ready_;
};

}  // namespace baton::support
