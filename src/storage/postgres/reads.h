// The reading half of the port over one connection; the store and its readers share it. Every call is one transaction
// that reads as of one moment.
#pragma once

#include <memory>

#include "ports/store.h"
#include "storage/postgres/accounts.h"
#include "storage/postgres/derived.h"
#include "storage/postgres/identity.h"
#include "storage/postgres/journal.h"
#include "storage/postgres/leads.h"
#include "storage/postgres/ledger.h"
#include "storage/postgres/library.h"
#include "storage/postgres/secrets.h"

namespace baton::storage::postgres {

/// Base: ports::Reader or ports::Store.
template <class Base>
class Reads : public Base {
   public:
    using Position = ports::Position;

    Result<std::vector<ports::LaneHead>> heads() const override {
        Result<std::vector<ports::LaneHead>> all = reading(*db_, [&] { return postgres::heads(*db_); });
        if (all) std::erase_if(*all, [](const ports::LaneHead& head) { return head.seq.value == 0; });
        return all;
    }
    Status scan(Position after, const std::function<bool(const ports::Record&)>& each) const override {
        return postgres::scan(*db_, after, each);
    }
    Result<std::vector<ports::Record>> records_of(SubjectId subject, Position last) const override {
        return reading(*db_, [&] { return postgres::records_of(*db_, subject, last); });
    }
    Result<std::optional<ports::Record>> record(Lane lane, Position position) const override {
        return reading(*db_, [&] { return postgres::record(*db_, lane, position); });
    }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> keys) const override {
        return reading(*db_, [&] { return postgres::subjects_of(*db_, secret_, keys); });
    }
    Result<std::vector<ports::Identity>> identities_of(SubjectId subject) const override {
        return reading(*db_, [&] { return postgres::identities_of(*db_, subject); });
    }
    Result<std::vector<Position>> positions_of(std::span<const ports::MessageKey> keys) const override {
        return reading(*db_, [&] { return postgres::positions_of(*db_, keys); });
    }
    Result<std::vector<std::string>> sources() const override {
        return reading(*db_, [&] { return postgres::sources(*db_); });
    }
    Result<std::optional<ports::StateRow>> state_of(SubjectId subject) const override {
        return reading(*db_, [&] { return postgres::state_of(*db_, subject); });
    }
    Result<std::vector<ports::StateRow>> states_of(std::span<const SubjectId> subjects) const override {
        return reading(*db_, [&] { return postgres::states_of(*db_, subjects); });
    }
    Status scan_states(const std::function<bool(const ports::StateRow&)>& each) const override {
        return postgres::scan_states(*db_, each);
    }
    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& query) const override {
        return reading(*db_, [&] { return postgres::leads(*db_, query); });
    }
    Result<std::optional<ports::LeadRow>> lead(SubjectId person) const override {
        return reading(*db_, [&] { return postgres::lead(*db_, person); });
    }
    Result<std::vector<ports::AccountRow>> accounts(const ports::AccountQuery& query) const override {
        return reading(*db_, [&] { return postgres::accounts(*db_, query); });
    }
    Result<std::vector<ports::LeadRow>> people_of(const std::string& account, std::size_t limit) const override {
        return reading(*db_, [&] { return postgres::people_of(*db_, account, limit); });
    }
    Status scan_history(const std::function<bool(const ports::HistoryRow&)>& each) const override {
        return postgres::scan_history(*db_, each);
    }
    Result<std::vector<ports::HistoryRow>> history_of(SubjectId subject,
                                                      std::span<const Position> caused_by) const override {
        return reading(*db_, [&] { return postgres::history_of(*db_, subject, caused_by); });
    }
    Result<std::vector<ports::HistoryRow>> latest_history(std::size_t limit,
                                                          std::span<const std::uint8_t> kinds) const override {
        return reading(*db_, [&] { return postgres::latest_history(*db_, limit, kinds); });
    }
    Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const override {
        return reading(*db_, [&] { return postgres::counters(*db_); });
    }
    Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant until, std::size_t limit) const override {
        return reading(*db_, [&] { return postgres::due(*db_, until, limit); });
    }
    Result<std::optional<Instant>> next_due() const override {
        return reading(*db_, [&] { return postgres::next_due(*db_); });
    }
    Result<Position> derived_up_to() const override {
        const Result<Ledger> ledger = reading(*db_, [&] { return postgres::ledger(*db_); });
        if (!ledger) return std::unexpected(ledger.error());
        return ledger->derived_up_to;
    }
    Result<Position> last_position() const override {
        const Result<Ledger> ledger = reading(*db_, [&] { return postgres::ledger(*db_); });
        if (!ledger) return std::unexpected(ledger.error());
        return ledger->last_position;
    }
    Result<std::vector<ports::StoredPlaybook>> playbooks() const override {
        return reading(*db_, [&] { return postgres::playbooks(*db_); });
    }
    Result<std::optional<std::string>> setting(std::string_view name) const override {
        return reading(*db_, [&] { return postgres::setting(*db_, name); });
    }
    Result<std::optional<ports::Secret>> secret(char kind, std::string_view id) const override {
        return reading(*db_, [&] { return postgres::secret(*db_, kind, id); });
    }
    Result<std::vector<ports::Secret>> secrets() const override {
        return reading(*db_, [&] { return postgres::secrets(*db_); });
    }

   protected:
    explicit Reads(std::unique_ptr<Database> db, const HashKey& secret = {}) : db_(std::move(db)), secret_(secret) {}

    std::unique_ptr<Database> db_;
    HashKey secret_;
};

class PostgresReader final : public Reads<ports::Reader> {
   public:
    PostgresReader(std::unique_ptr<Database> db, const HashKey& secret) : Reads(std::move(db), secret) {}
};

}  // namespace baton::storage::postgres
