#include "storage/postgres/verify.h"

#include <array>
#include <unordered_map>

#include "ports/record_digest.h"
#include "storage/postgres/journal.h"
#include "storage/postgres/ledger.h"
#include "storage/postgres/schema.h"
#include "storage/postgres/verify_tables.h"

namespace baton::storage::postgres {
namespace {

/// The journal once through, in order, making every link of every chain again.
class JournalCheck {
   public:
    explicit JournalCheck(Findings& findings) : findings_(findings) {
        for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
    }

    void record(const ports::Record& row, std::int64_t stored_check) {
        if (row.position != last_ + 1) {
            findings_.add("position " + std::to_string(last_ + 1),
                          "record missing; the next is " + std::to_string(row.position));
        }
        last_ = row.position;
        if (row.lane.value >= lane_count) return findings_.add(where(row), "no such lane");
        if (check_of(row, nullptr) != stored_check) findings_.add(where(row), "checksum differs");
        follow(row);
    }

    void compare(std::span<const ports::LaneHead> stored, const Ledger& ledger) {
        std::array<ports::LaneHead, lane_count> expected{};
        for (const ports::LaneHead& head : stored)
            if (head.lane.value < lane_count) expected[head.lane.value] = head;
        if (stored.size() != lane_count) findings_.add("lane heads", "there are not as many as lanes");
        for (const ports::LaneHead& head : heads_) compare(head, expected[head.lane.value]);
        if (ledger.last_position == last_) return;
        findings_.add("journal", "ends at position " + std::to_string(last_) + ", should at " +
                                     std::to_string(ledger.last_position));
    }

   private:
    static std::string where(const ports::Record& row) {
        return "lane " + std::to_string(row.lane.value) + " seq " + std::to_string(row.seq.value) + " (position " +
               std::to_string(row.position) + ")";
    }

    void follow(const ports::Record& row) {
        ports::LaneHead& head = heads_[row.lane.value];
        if (row.seq.value != head.seq.value + 1)
            findings_.add(where(row), "follows seq " + std::to_string(head.seq.value));
        if (lane_of(row.subject) != row.lane) findings_.add(where(row), "its subject is of another lane");
        ports::Position& last = last_of_[row.subject.value];
        if (row.previous != last) findings_.add(where(row), "does not link to the subject's record before it");
        last = row.position;
        head.seq = row.seq;
        head.digest = ports::next_digest(head.digest, row);
    }

    void compare(const ports::LaneHead& made, const ports::LaneHead& stored) {
        const std::string lane = "lane " + std::to_string(made.lane.value);
        if (made.seq != stored.seq) {
            findings_.add(lane, "ends at seq " + std::to_string(made.seq.value) + ", its head says " +
                                    std::to_string(stored.seq.value));
        } else if (made.digest != stored.digest) {
            findings_.add(lane, "its chain does not end in the head's digest");
        }
    }

    Findings& findings_;
    std::array<ports::LaneHead, lane_count> heads_{};
    std::unordered_map<std::uint64_t, ports::Position> last_of_;
    ports::Position last_ = ports::no_position;
};

void check_journal(Database& db, Findings& findings) {
    JournalCheck check(findings);
    findings.note("journal", db.stream(R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position, checksum FROM journal
        ORDER BY position -- scan: every record is looked at
        )sql",
                                       Parameters(), [&](const Rows& row) {
                                           check.record(read_record(row), row.integer(7));
                                           return true;
                                       }));
    const Result<std::vector<ports::LaneHead>> stored = heads(db);
    if (!stored) return findings.note("lane heads", std::unexpected(stored.error()));
    const Result<Ledger> row = ledger(db);
    if (!row) return findings.note("ledger", std::unexpected(row.error()));
    check.compare(*stored, *row);
}

void check_schema(Database& db, Findings& findings) {
    const Result<std::string> found = schema_digest(db);
    if (!found) return findings.note("schema", std::unexpected(found.error()));
    if (*found == expected_schema) return;
    findings.add("schema", "the tables are not those of this program's version (they hash to " + *found + ")");
}

}  // namespace

Result<std::vector<ports::Damage>> verify(const Database& store) {
    const Result<std::unique_ptr<Database>> db = store.another();
    if (!db) return std::unexpected(db.error());
    Transaction transaction(**db);
    if (Status status = transaction.begin_walking(); !status) return std::unexpected(status.error());
    Findings findings;
    check_schema(**db, findings);
    check_journal(**db, findings);
    check_tables(**db, findings);
    return std::move(findings).take();
}

}  // namespace baton::storage::postgres
