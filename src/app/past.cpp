#include "app/past.h"

#include <algorithm>
#include <ranges>

#include "codec/erasure.h"

namespace baton::app {

Result<codec::CompanyRow> Past::lane(Lane lane) {
    if (const auto at = lanes_.find(lane); at != lanes_.end()) return at->second;
    const auto row = reader_.state_of(SubjectId{lane.value});
    if (!row) return std::unexpected(row.error());
    auto decoded = *row ? codec::decode_company((*row)->state) : Result<codec::CompanyRow>(codec::CompanyRow{});
    if (decoded) lanes_[lane] = *decoded;
    return decoded;
}

Result<std::vector<codec::JournalRecord>> Past::records(SubjectId person, ports::Position last,
                                                        std::vector<ports::Position>* positions) const {
    const auto raw = reader_.records_of(person, last);
    if (!raw) return std::unexpected(raw.error());
    std::vector<codec::JournalRecord> records;
    records.reserve(raw->size());
    for (const ports::Record& record : *raw) {
        auto decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at);
        if (!decoded) return std::unexpected(decoded.error());
        records.push_back(std::move(*decoded));
        if (positions != nullptr) positions->push_back(record.position);
    }
    return records;
}

Result<codec::PersonRow> Past::fold(SubjectId person, ports::Position last, std::optional<Instant> until,
                                    const PastHooks& hooks) {
    const auto all = records(person, last, nullptr);
    if (!all) return std::unexpected(all.error());
    const auto activations = lane(lane_of(person));
    if (!activations) return std::unexpected(activations.error());
    codec::PersonRow row;
    std::size_t done = 0;
    const auto earlier = [&] {
        std::vector<Fact> facts;
        for (std::size_t i = 0; i < done; ++i)
            if (!(*all)[i].redacted && (*all)[i].fact.kind != FactKind::erased) facts.push_back((*all)[i].fact);
        return Result<std::vector<Fact>>(std::move(facts));
    };
    const codec::JournalRecord* current = nullptr;
    const auto heard = [&](const engine::StepOutput& out) {
        if (hooks.after) hooks.after(row, current, out.history);
    };
    const auto newest = std::ranges::find(std::views::reverse(*all), FactKind::erased,
                                          [](const codec::JournalRecord& record) { return record.fact.kind; });
    if (newest != all->rend()) {
        if (until && newest->fact.engine_at > *until)
            return fail("erased_since", "some of what was known then has been erased, on " +
                                            to_string(newest->fact.engine_at) + ": ask for a later moment");
        auto left = codec::restated_of(newest->fact.properties);
        if (!left) return std::unexpected(left.error());
        row = std::move(left->row);
        done = static_cast<std::size_t>(all->rend() - newest);
    }
    for (; done < all->size(); ++done) {
        const codec::JournalRecord& record = (*all)[done];
        if (until && record.fact.engine_at > *until) break;
        current = nullptr;
        auto step =
            folder_.settle(row, activations->activations, record.fact.ref, record.fact.engine_at, earlier, heard);
        if (step && hooks.before) hooks.before(row, record);
        current = &record;
        if (step) step = folder_.fold(row, activations->activations, record, earlier, heard);
        if (!step) return std::unexpected(step.error());
    }
    return row;
}

}  // namespace baton::app
