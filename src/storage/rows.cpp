#include "storage/rows.h"

namespace baton::storage {

std::int64_t check_of(const ports::Record& row, const ports::MessageKey* message) {
    RowCheck check = start_check(Table::journal);
    if (message != nullptr) check.add(message->day).add(message->source).add(integer(message->hash));
    return check.add(row.position)
        .add(row.lane.value)
        .add(integer(row.seq.value))
        .add(integer(row.subject.value))
        .add(row.previous)
        .add(row.recorded_at.us)
        .add(row.payload)
        .value();
}

std::int64_t check_of(const ports::LaneHead& row) {
    return start_check(Table::lane_head)
        .add(row.lane.value)
        .add(integer(row.seq.value))
        .add(view(row.digest))
        .add(integer(row.subjects))
        .value();
}

std::int64_t check_of(const ports::Message& row) {
    return start_check(Table::message)
        .add(row.key.day)
        .add(row.key.lane.value)
        .add(row.key.source)
        .add(integer(row.key.hash))
        .add(row.position)
        .value();
}

std::int64_t check_of_source(std::int64_t number, std::string_view name) {
    return start_check(Table::source).add(number).add(name).value();
}

std::int64_t check_of(const ports::Identity& row, std::int64_t hash, std::int64_t n) {
    return start_check(Table::identity)
        .add(hash)
        .add(n)
        .add(row.key.kind)
        .add(row.key.key)
        .add(integer(row.subject.value))
        .value();
}

std::int64_t check_of(const ports::StateRow& row) {
    return start_check(Table::state)
        .add(integer(row.subject.value))
        .add(row.last)
        .add(row.next_at.us)
        .add(row.state)
        .value();
}

std::int64_t check_of(const ports::LeadRow& row) {
    return start_check(Table::lead)
        .add(integer(row.person.value))
        .add(row.stage)
        .add(row.open)
        .add(row.is_lead)
        .add(row.cycle)
        .add(row.holder)
        .add(row.classes)
        .add(row.score_micros)
        .add(row.stage_entered_at.us)
        .add(row.updated_at.us)
        .add(row.name)
        .add(row.email)
        .add(row.account)
        .value();
}

std::int64_t check_of(const ports::HistoryRow& row) {
    return start_check(Table::history)
        .add(history_id(row.position, row.n))
        .add(integer(row.subject.value))
        .add(row.at.us)
        .add(row.kind)
        .add(row.record)
        .value();
}

std::int64_t check_of_counter(std::string_view key, std::int64_t value) {
    return start_check(Table::counter).add(key).add(value).value();
}

std::int64_t check_of(const ports::StoredPlaybook& row) {
    return start_check(Table::playbook)
        .add(row.version)
        .add(row.id)
        .add(view(row.hash))
        .add(row.text)
        .add(row.file)
        .add(row.stored_at.us)
        .value();
}

std::int64_t check_of_setting(std::string_view name, std::string_view value) {
    return start_check(Table::setting).add(name).add(value).value();
}

std::int64_t check_of(const ports::Secret& row) {
    return start_check(Table::secret)
        .add(row.kind)
        .add(row.id)
        .add(row.owner)
        .add(row.value)
        .add(row.ends_at.us)
        .value();
}

}  // namespace baton::storage
