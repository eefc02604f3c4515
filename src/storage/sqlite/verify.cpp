#include "storage/sqlite/verify.h"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

#include "ports/record_digest.h"
#include "storage/sqlite/anchor.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/identity.h"
#include "storage/sqlite/journal.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/verify_tables.h"

namespace baton::storage::sqlite {
namespace {

void check_pages(Database& db, Findings& findings) {
    Query query = db.query("PRAGMA integrity_check");
    while (query.row()) {
        if (query.bytes(0) != "ok") findings.add("page structure", query.text(0));
    }
    findings.note("page structure", query.status());
}

/// The tables as this program would make them.
Result<std::vector<std::string>> expected_schema() {
    const Result<std::unique_ptr<Database>> fresh =
        Database::open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    if (!fresh) return std::unexpected(fresh.error());
    if (Status status = migrate(**fresh, 0, migrations()); !status) return std::unexpected(status.error());
    return schema_objects(**fresh);
}

void check_schema(Database& db, Findings& findings) {
    static const Result<std::vector<std::string>> expected = expected_schema();
    if (!expected) return findings.note("schema", std::unexpected(expected.error()));
    const Result<std::vector<std::string>> found = schema_objects(db);
    if (!found) return findings.note("schema", std::unexpected(found.error()));
    if (*found != *expected) findings.add("schema", "the tables are not those of this program's version");
}

/// The journal once through, in order, making every link of every chain again.
class JournalCheck {
   public:
    JournalCheck(Findings& findings, const std::optional<Anchor>& anchor) : findings_(findings), anchor_(anchor) {
        for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
        compare_with_anchor();
    }

    void record(const ports::Record& row, const std::optional<ports::MessageKey>& message, std::int64_t stored_check) {
        if (row.position != last_ + 1) {
            findings_.add("position " + std::to_string(last_ + 1),
                          "record missing; the next is " + std::to_string(row.position));
        }
        last_ = row.position;
        if (row.lane.value >= lane_count) return findings_.add(where(row), "no such lane");
        if (check_of(row, message ? &*message : nullptr) != stored_check) findings_.add(where(row), "checksum differs");
        follow(row);
        compare_with_anchor();
    }

    void compare(std::span<const ports::LaneHead> stored, const Ledger& ledger) {
        std::array<ports::LaneHead, lane_count> expected{};
        for (const ports::LaneHead& head : stored)
            if (head.lane.value < lane_count) expected[head.lane.value] = head;
        for (const ports::LaneHead& head : heads_) compare(head, expected[head.lane.value]);
        if (ledger.last_position != last_) {
            findings_.add("journal", "ends at position " + std::to_string(last_) + ", should at " +
                                         std::to_string(ledger.last_position));
        }
        if (anchor_ && (anchor_->position > last_ || anchor_->commits > ledger.commits)) {
            findings_.add("heads file", "knows of position " + std::to_string(anchor_->position) +
                                            ", the journal ends at " + std::to_string(last_) +
                                            ": the file was cut short");
        }
        if (anchor_ && anchor_->store != store_mark(ledger.hash_key)) findings_.add("heads file", "is another store's");
        if (!anchor_ && ledger.commits != 0) findings_.add("heads file", "is missing or unreadable");
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

    void compare_with_anchor() {
        if (!anchor_ || anchor_->position != last_) return;
        if (anchor_->heads != ports::digest_of_heads(heads_)) {
            findings_.add("position " + std::to_string(last_),
                          "the chains up to here are not those the heads file knows");
        }
    }

    Findings& findings_;
    const std::optional<Anchor>& anchor_;
    std::array<ports::LaneHead, lane_count> heads_{};
    std::unordered_map<std::uint64_t, ports::Position> last_of_;
    ports::Position last_ = ports::no_position;
};

void walk_journal(Database& db, JournalCheck& check, Findings& findings) {
    Walk walk(db, R"sql(
        SELECT lane, seq, subject, previous, recorded_at, payload, position, checksum, message_day, message_source,
            message_hash
        FROM journal
        ORDER BY position -- scan: every record is looked at)sql");
    Query& query = walk.query();
    ports::Record row;
    while (query.row()) {
        read_record(query, row);
        check.record(row, read_message(query, row.lane, 8), query.integer(7));
    }
    findings.note("journal", query.status());
}

/// Beside a writer a slot may be read while it is written: that is no damage.
Result<AnchorFile::Contents> read_heads(const std::string& path, const std::string& vfs) {
    Result<AnchorFile::Contents> contents = AnchorFile::read_at(path + ".heads", vfs);
    for (int again = 0; again < 3 && contents && contents->damaged != 0; ++again)
        contents = AnchorFile::read_at(path + ".heads", vfs);
    return contents;
}

/// Reads the heads once more, now that the snapshot stands: they are never more than a commit behind it.
void check_age(Database& db, const std::string& path, const std::string& vfs, Findings& findings) {
    const Result<Ledger> row = ledger(db);
    if (!row) return findings.note("ledger", std::unexpected(row.error()));
    const Result<AnchorFile::Contents> contents = read_heads(path, vfs);
    if (!contents) return findings.note("heads file", std::unexpected(contents.error()));
    if (contents->newest && contents->newest->commits + 1 < row->commits)
        findings.add("heads file", "is older than the store");
}

void check_journal(Database& db, const std::optional<Anchor>& anchor, Findings& findings) {
    JournalCheck check(findings, anchor);
    walk_journal(db, check, findings);
    const Result<std::vector<ports::LaneHead>> stored = heads(db);
    if (!stored) return findings.note("lane heads", std::unexpected(stored.error()));
    const Result<Ledger> row = ledger(db);
    if (!row) return findings.note("ledger", std::unexpected(row.error()));
    check.compare(*stored, *row);
}

}  // namespace

Result<std::vector<ports::Damage>> verify(const std::string& path, const std::string& vfs) {
    // The head first: it never runs ahead of the file, so a snapshot taken later holds what it speaks of.
    const Result<AnchorFile::Contents> outside = read_heads(path, vfs);
    if (!outside) return std::unexpected(outside.error());
    const Result<std::unique_ptr<Database>> db = open_reader(path, vfs);
    if (!db) return std::unexpected(db.error());
    Findings findings;
    if (outside->damaged != 0) {
        findings.add("heads file", std::to_string(outside->damaged) + " of its lines torn or damaged");
    }
    findings.note("file", (*db)->execute("BEGIN"));
    check_age(**db, path, vfs, findings);
    check_pages(**db, findings);
    check_schema(**db, findings);
    check_journal(**db, outside->newest, findings);
    check_tables(**db, findings);
    return std::move(findings).take();
}

}  // namespace baton::storage::sqlite
