// The store in one schema of a PostgreSQL database, 15 or newer. Any number of processes write, in turns: a turn is one
// transaction that holds the ledger row, so that no two of them ever decide at once (docs/decisions/turns-on-postgresql.md).
//
// A lost connection is made anew, and a turn that was not begun yet goes on. A turn that was under way is lost as a whole;
// whoever has it begins anew. A commit whose answer was lost is looked up by the records it was to write; only when the database
// cannot be asked is it `commit_unknown`.
#pragma once

#include <array>
#include <bitset>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/open.h"
#include "storage/order.h"
#include "storage/postgres/leads.h"
#include "storage/postgres/reads.h"

namespace baton::storage::postgres {

class PostgresStore final : public Reads<ports::Store> {
   public:
    static Result<std::unique_ptr<ports::Store>> open(const std::string& url, const OpenOptions& options);

    bool shared() const override { return true; }
    Result<ports::Turn> begin_turn(Position known) override;
    Status keep_turn() override;
    Status end_turn() override;
    void drop_turn() override;

    Position position_of_next(Lane lane, Seq seq, std::size_t index) const override;
    Status append(const ports::Append& batch) override;
    Status write_derived(const ports::Derived& batch) override;
    Status clear_derived() override;
    Status rebuild_search() override;
    Status purge() override;
    Status keep_apart(std::string_view) override { return {}; }
    Result<std::uint16_t> source_number(std::string_view name) override;
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& playbook) override;
    Status set_setting(std::string_view name, std::string_view value) override;
    HashKey hash_key() const override { return secret_; }
    Result<std::unique_ptr<ports::Reader>> reader() const override;
    Result<std::vector<ports::Damage>> verify() const override;
    Status backup(const std::string& to) const override;
    Result<std::vector<ports::LaneHead>> heads() const override;
    Result<std::vector<std::string>> sources() const override { return source_names_; }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> keys) const override {
        return reading(*db_, [&] { return postgres::subjects_of(*db_, secret_, keys, keys_); });
    }

   private:
    /// What this process knows of the store: as of its last turn, or in one as it is going to be.
    struct Known {
        Ledger ledger;
        Heads heads{};
        std::size_t sources = 0;  ///< so many of the names are stored
    };
    /// A place in the journal and what stands there.
    struct Mark {
        Position position;
        std::int64_t checksum;
    };
    struct Open {
        explicit Open(Database& db) : transaction(db) {}
        Transaction transaction;
        Known next;
        bool wrote = false;
        std::bitset<lane_count> moved;  ///< whose heads are to be written
        std::vector<Mark> records;      ///< by these a commit is recognised whose answer was lost
    };
    PostgresStore(std::unique_ptr<Database> db, bool writable) : Reads(std::move(db)), writable_(writable) {}
    Status load();

    Status begin();
    Status begin_once();
    /// Reads heads and sources again: somebody else wrote.
    Status look_anew(const Ledger& stored);
    Result<ports::Turn> what_others_wrote(Position known);
    /// What became of a commit whose answer was lost: {} done, `retry` not done, else nobody knows.
    Status settle(const Open& lost, Error unknown);
    Status note_sources();
    Status put_moved_heads(const Open& turn);

    using Work = std::function<Status(Known& next)>;
    /// Runs `work` in the turn that is open; or in one of its own, again when that lost a race or the connection.
    Status writing(const Work& work);
    Status attempt(const Work& work);
    Status put_batch(const ports::Append& batch, Known& next);
    Status check_writable() const;
    Status poison(Error error);
    /// What was written is not there, or may not be.
    void forget_written();

    const bool writable_;
    Known known_;
    Ledger told_;  ///< as of the last turn that the caller knows of
    std::vector<std::string> source_names_;
    Listed listed_;
    mutable KnownKeys keys_;
    KnownCounters counters_;
    std::unique_ptr<Open> turn_;
    std::optional<Error> poison_;
};

}  // namespace baton::storage::postgres
