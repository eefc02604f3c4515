#include "storage/order.h"

namespace baton::storage {
namespace {

using Seqs = std::array<std::uint64_t, lane_count>;

Status check_records(const ports::Append& batch, Seqs& seqs, ports::Position position) {
    for (const ports::Record& row : batch.records) {
        if (row.lane.value < lane_count && row.position == ++position && row.seq.value == ++seqs[row.lane.value])
            continue;
        return fail("conflict", "record at position " + std::to_string(row.position) + ", lane " +
                                    std::to_string(row.lane.value) + " seq " + std::to_string(row.seq.value) +
                                    " does not follow the journal's head; read the heads again");
    }
    return {};
}

Status check_heads(const ports::Append& batch, const Heads& heads, const Seqs& seqs) {
    for (const ports::LaneHead& head : batch.heads)
        if (head.lane.value >= lane_count)
            return fail("conflict", "there is no lane " + std::to_string(head.lane.value));
    for (const ports::LaneHead& head : heads_after(batch, heads)) {
        if (head.seq.value == seqs[head.lane.value]) continue;
        return fail("conflict",
                    "the head of lane " + std::to_string(head.lane.value) + " is not that of its last record");
    }
    return {};
}

Status check_messages(const ports::Append& batch, ports::Position last) {
    std::vector<bool> named(batch.records.size());
    for (const ports::Message& row : batch.messages) {
        const auto index = static_cast<std::size_t>(row.position - last - 1);
        if (index >= named.size() || named[index] || batch.records[index].lane != row.key.lane)
            return fail("conflict", "the message id of position " + std::to_string(row.position) +
                                        " belongs to no record of this batch, or to one that has its own");
        named[index] = true;
    }
    return {};
}

}  // namespace

Status check_order(const ports::Append& batch, const Heads& heads, ports::Position last) {
    Seqs seqs{};
    for (const ports::LaneHead& head : heads) seqs[head.lane.value] = head.seq.value;
    if (Status status = check_records(batch, seqs, last); !status) return status;
    if (Status status = check_messages(batch, last); !status) return status;
    return check_heads(batch, heads, seqs);
}

std::vector<ports::LaneHead> heads_after(const ports::Append& batch, const Heads& heads) {
    std::vector<ports::LaneHead> after(heads.begin(), heads.end());
    for (const ports::LaneHead& head : batch.heads) after[head.lane.value] = head;
    return after;
}

}  // namespace baton::storage
