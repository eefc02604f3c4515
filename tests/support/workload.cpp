#include "support/workload.h"

#include <map>
#include <sstream>
#include <vector>

namespace baton::support {
namespace {

std::uint64_t mix(std::uint64_t n) {
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
    n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
    return n ^ (n >> 31);
}

std::uint64_t records_in(std::uint64_t batch) { return 1 + mix(batch + 1) % 12; }

SubjectId subject_of(std::uint64_t record) {
    const std::uint64_t bits = mix(record * 7 + 3);
    return subject_in(static_cast<std::uint16_t>(bits % lane_count), 1 + bits / lane_count % 3);
}

std::string payload(std::uint64_t batch, std::uint64_t i, std::uint64_t record) {
    return std::to_string(batch) + "/" + std::to_string(i) + "/" + std::to_string(records_in(batch)) + " " +
           std::string(mix(record) % 400, 'p');
}

/// Batch, place in it, size of it.
struct Place {
    std::uint64_t batch = 0, i = 0, of = 0;
};
Place place(const std::string& payload) {
    Place out;
    char slash = 0;
    std::istringstream(payload) >> out.batch >> slash >> out.i >> slash >> out.of;
    return out;
}

ports::MessageKey key_of(std::uint64_t record) {
    return {static_cast<std::int32_t>(record / 50), lane_of(subject_of(record)), 0, mix(record)};
}

ports::StateRow state(SubjectId subject, ports::Position last, std::uint64_t count) {
    ports::StateRow row;
    row.subject = subject;
    row.last = last;
    row.next_at = count % 3 == 0 ? Instant::never() : Instant{static_cast<std::int64_t>(count * 1000)};
    row.state = "records " + std::to_string(count);
    row.lead.emplace();
    row.lead->person = subject;
    row.lead->score_micros = static_cast<std::int64_t>(count);
    row.lead->updated_at = {last};
    row.lead->name = count % 4 == 0 ? "Anna Müller" : "Anna";  // renamed now and then: what is searched must follow
    row.lead->email = "person" + std::to_string(subject.value) + "@example.com";
    return row;
}

/// How many records each subject has and where the newest is, up to `until`.
struct Folded {
    std::map<SubjectId, std::pair<std::uint64_t, ports::Position>> subjects;
};
Folded fold(const ports::Reader& reader, ports::Position until) {
    Folded out;
    const Status scanned = reader.scan(ports::no_position, [&](const ports::Record& row) {
        if (row.position > until) return false;
        auto& [count, last] = out.subjects[row.subject];
        ++count;
        last = row.position;
        return true;
    });
    BATON_CHECK(scanned.has_value());
    return out;
}

}  // namespace

Workload::Workload(ports::Store& store) : store_(store), writer_(store) {
    writer_.learn_links();
    records_ = static_cast<std::uint64_t>(store.last_position().value_or(0));
    for (std::uint64_t seen = 0; seen < records_; ++next_) seen += records_in(next_);
}

Status Workload::append_next() {
    if (!writer_.ready()) return writer_.ready();
    const Result<std::uint16_t> source = store_.source_number("web");
    if (!source) return std::unexpected(source.error());
    const std::uint64_t size = records_in(next_);
    for (std::uint64_t i = 0; i < size; ++i) {
        const std::uint64_t record = records_ + i;
        const SubjectId subject = subject_of(record);
        if (writer_.last_of(subject) == ports::no_position)
            writer_.identify(subject, 'e', std::to_string(subject.value) + "@example.com");
        writer_.add(subject, payload(next_, i, record), {static_cast<std::int64_t>(record)});
        const ports::MessageKey key = key_of(record);
        writer_.message(key.hash, key.day, key.source);
    }
    if (Status status = writer_.flush(); !status) return status;
    records_ += size;
    ++next_;
    return {};
}

Status Workload::derive() {
    const Result<ports::Position> from = store_.derived_up_to();
    if (!from) return std::unexpected(from.error());
    ports::Derived batch;
    batch.up_to = *from;
    std::map<SubjectId, std::pair<std::uint64_t, ports::Position>> fresh;
    const Status scanned = store_.scan(*from, [&](const ports::Record& row) {
        ++fresh[row.subject].first;
        fresh[row.subject].second = row.position;
        batch.history.push_back({row.subject, row.position, 0, row.recorded_at, 1, row.payload.substr(0, 8)});
        batch.up_to = row.position;
        return true;
    });
    if (!scanned) return scanned;
    for (const auto& [subject, news] : fresh) {
        const Result<std::optional<ports::StateRow>> old = store_.state_of(subject);
        if (!old) return std::unexpected(old.error());
        const std::uint64_t before = *old ? std::stoull((*old)->state.substr(8)) : 0;
        batch.states.push_back(state(subject, news.second, before + news.first));
    }
    batch.counters.push_back({"records", batch.up_to - *from});
    return store_.write_derived(batch);
}

namespace {

std::string check_records(const ports::Store& store, std::uint64_t& batches) {
    std::uint64_t records = 0;
    std::string wrong;
    Place expected{0, 0, records_in(0)};
    const Status scanned = store.scan(ports::no_position, [&](const ports::Record& row) {
        const Place at = place(row.payload);
        if (at.batch != expected.batch || at.i != expected.i || row.payload != payload(at.batch, at.i, records)) {
            wrong = "record " + std::to_string(row.position) + " is " + row.payload.substr(0, 20) + ", not of batch " +
                    std::to_string(expected.batch) + "/" + std::to_string(expected.i);
            return false;
        }
        ++records;
        expected = at.i + 1 < at.of ? Place{at.batch, at.i + 1, at.of} : Place{at.batch + 1, 0, 0};
        return true;
    });
    if (!scanned) return scanned.error().detail;
    if (wrong.empty() && expected.i != 0) wrong = "batch " + std::to_string(expected.batch) + " is half there";
    batches = expected.batch;
    return wrong;
}

std::string check_message_ids(const ports::Store& store) {
    const auto records = static_cast<std::uint64_t>(store.last_position().value());
    std::vector<ports::MessageKey> keys;
    for (std::uint64_t record = 0; record <= records; ++record) keys.push_back(key_of(record));
    const Result<std::vector<ports::Position>> found = store.positions_of(keys);
    if (!found) return found.error().detail;
    for (std::uint64_t record = 0; record < records; ++record)
        if ((*found)[record] != static_cast<ports::Position>(record + 1))
            return "message id of record " + std::to_string(record);
    return found->back() == ports::no_position ? "" : "a message id without its record";
}

std::string check_derived(const ports::Store& store) {
    const Result<ports::Position> up_to = store.derived_up_to();
    if (!up_to) return up_to.error().detail;
    const Folded folded = fold(store, *up_to);
    std::size_t states = 0;
    std::string wrong;
    const Status scanned = store.scan_states([&](const ports::StateRow& row) {
        ++states;
        const auto expected = folded.subjects.find(row.subject);
        if (expected == folded.subjects.end() || row.state != "records " + std::to_string(expected->second.first) ||
            row.last != expected->second.second)
            wrong =
                "state of " + std::to_string(row.subject.value) + " is not that of position " + std::to_string(*up_to);
        return wrong.empty();
    });
    if (!scanned) return scanned.error().detail;
    if (wrong.empty() && states != folded.subjects.size()) wrong = "a state is missing";
    const auto counters = store.counters();
    if (!counters) return counters.error().detail;
    const std::int64_t counted = counters->empty() ? 0 : counters->front().second;
    if (wrong.empty() && counted != *up_to) wrong = "the counter says " + std::to_string(counted);
    return wrong;
}

std::string check_soundness(const ports::Store& store) {
    const auto damages = store.verify();
    if (!damages) return damages.error().detail;
    return damages->empty() ? "" : damages->front().where + ": " + damages->front().what;
}

}  // namespace

std::string check_store_holds(const ports::Store& store, std::uint64_t at_least, std::uint64_t at_most) {
    std::uint64_t batches = 0;
    if (std::string wrong = check_records(store, batches); !wrong.empty()) return wrong;
    if (batches < at_least || batches > at_most) {
        return std::to_string(batches) + " batches are there, not " + std::to_string(at_least) + " to " +
               std::to_string(at_most);
    }
    if (std::string wrong = check_message_ids(store); !wrong.empty()) return wrong;
    if (std::string wrong = check_derived(store); !wrong.empty()) return wrong;
    return check_soundness(store);
}

}  // namespace baton::support
