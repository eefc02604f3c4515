// The reading half of the port over one connection; the store and its readers share it.
#pragma once

#include <memory>

#include "ports/store.h"
#include "storage/sqlite/accounts.h"
#include "storage/sqlite/derived.h"
#include "storage/sqlite/identity.h"
#include "storage/sqlite/journal.h"
#include "storage/sqlite/leads.h"
#include "storage/sqlite/library.h"
#include "storage/sqlite/message_index.h"
#include "storage/sqlite/secrets.h"

namespace baton::storage::sqlite {

/// Base: ports::Reader or ports::Store.
template <class Base>
class Reads : public Base {
   public:
    using Position = ports::Position;

    Result<std::vector<ports::LaneHead>> heads() const override {
        Result<std::vector<ports::LaneHead>> all = sqlite::heads(*db_);
        if (all) std::erase_if(*all, [](const ports::LaneHead& head) { return head.seq.value == 0; });
        return all;
    }
    Status scan(Position after, const std::function<bool(const ports::Record&)>& each) const override {
        return sqlite::scan(*db_, after, each);
    }
    Result<std::vector<ports::Record>> records_of(SubjectId subject, Position last) const override {
        return sqlite::records_of(*db_, subject, last);
    }
    Result<std::optional<ports::Record>> record(Lane lane, Position position) const override {
        return sqlite::record(*db_, lane, position);
    }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> keys) const override {
        return sqlite::subjects_of(*db_, secret_, *recent_, keys);
    }
    Result<std::vector<ports::Identity>> identities_of(SubjectId subject) const override {
        return sqlite::identities_of(*db_, *recent_, subject);
    }
    Result<std::vector<Position>> positions_of(std::span<const ports::MessageKey> keys) const override {
        const Result<Ledger> ledger = sqlite::ledger(*db_);
        if (!ledger) return std::unexpected(ledger.error());
        return sqlite::positions_of(*db_, keys, ledger->indexed_up_to);
    }
    Result<std::vector<std::string>> sources() const override { return sqlite::sources(*db_); }
    Result<std::optional<ports::StateRow>> state_of(SubjectId subject) const override {
        return sqlite::state_of(*db_, subject);
    }
    Result<std::vector<ports::StateRow>> states_of(std::span<const SubjectId> subjects) const override {
        return sqlite::states_of(*db_, subjects);
    }
    Status scan_states(const std::function<bool(const ports::StateRow&)>& each) const override {
        return sqlite::scan_states(*db_, each);
    }
    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& query) const override {
        return sqlite::leads(*db_, query);
    }
    Result<std::optional<ports::LeadRow>> lead(SubjectId person) const override { return sqlite::lead(*db_, person); }
    Result<std::vector<ports::AccountRow>> accounts(const ports::AccountQuery& query) const override {
        return sqlite::accounts(*db_, *recent_, query);
    }
    Result<std::vector<ports::LeadRow>> people_of(const std::string& account, std::size_t limit) const override {
        return sqlite::people_of(*db_, account, limit);
    }
    Status scan_history(const std::function<bool(const ports::HistoryRow&)>& each) const override {
        return sqlite::scan_history(*db_, each);
    }
    Result<std::vector<ports::HistoryRow>> history_of(SubjectId subject,
                                                      std::span<const Position> caused_by) const override {
        return sqlite::history_of(*db_, subject, caused_by);
    }
    Result<std::vector<ports::HistoryRow>> latest_history(std::size_t limit,
                                                          std::span<const std::uint8_t> kinds) const override {
        return sqlite::latest_history(*db_, limit, kinds);
    }
    Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const override {
        return sqlite::counters(*db_);
    }
    Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant until, std::size_t limit) const override {
        return sqlite::due(*db_, until, limit);
    }
    Result<std::optional<Instant>> next_due() const override { return sqlite::next_due(*db_); }
    Result<Position> derived_up_to() const override {
        const Result<Ledger> ledger = sqlite::ledger(*db_);
        if (!ledger) return std::unexpected(ledger.error());
        return ledger->derived_up_to;
    }
    Result<Position> last_position() const override {
        const Result<Ledger> ledger = sqlite::ledger(*db_);
        if (!ledger) return std::unexpected(ledger.error());
        return ledger->last_position;
    }
    Result<std::vector<ports::StoredPlaybook>> playbooks() const override { return sqlite::playbooks(*db_); }
    Result<std::optional<std::string>> setting(std::string_view name) const override {
        return sqlite::setting(*db_, name);
    }
    Result<std::optional<ports::Secret>> secret(char kind, std::string_view id) const override {
        return sqlite::secret(*db_, kind, id);
    }
    Result<std::vector<ports::Secret>> secrets() const override { return sqlite::secrets(*db_); }

   protected:
    Reads(std::unique_ptr<Database> db, const HashKey& secret, std::shared_ptr<const RecentKeys> recent)
        : db_(std::move(db)), secret_(secret), recent_(std::move(recent)) {}

    std::unique_ptr<Database> db_;
    HashKey secret_;
    std::shared_ptr<const RecentKeys> recent_;
};

class SqliteReader final : public Reads<ports::Reader> {
   public:
    SqliteReader(std::unique_ptr<Database> db, const HashKey& secret, std::shared_ptr<const RecentKeys> recent)
        : Reads(std::move(db), secret, std::move(recent)) {}
};

}  // namespace baton::storage::sqlite
