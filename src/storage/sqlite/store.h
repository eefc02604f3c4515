// The store in one SQLite file: WAL, synchronous FULL, one process, one writer.
//
// A failed commit or sync leaves open what the disk holds, so the store then refuses every write with the same error until
// it is opened anew. Readers made by reader() end before their store.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/open.h"
#include "storage/order.h"
#include "storage/sqlite/anchor.h"
#include "storage/sqlite/lock.h"
#include "storage/sqlite/message_index.h"
#include "storage/sqlite/reads.h"

namespace baton::storage::sqlite {

/// Pages of the write-ahead log: how long it is, and how long it was when it was last written into the file.
struct LogSize {
    int now = 0;
    int written_back = 0;
};

class SqliteStore final : public Reads<ports::Store> {
   public:
    static Result<std::unique_ptr<ports::Store>> open(const std::string& path, const OpenOptions& options);
    ~SqliteStore() override;

    Position position_of_next(Lane lane, Seq seq, std::size_t index) const override;
    Status append(const ports::Append& batch) override;
    Status write_derived(const ports::Derived& batch) override;
    Status clear_derived() override;
    Status rebuild_search() override;
    Status purge() override;
    Status keep_apart(std::string_view line) override;
    Result<std::uint16_t> source_number(std::string_view name) override;
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& playbook) override;
    Status set_setting(std::string_view name, std::string_view value) override;
    HashKey hash_key() const override { return secret_; }
    Result<std::unique_ptr<ports::Reader>> reader() const override;
    Result<std::vector<ports::Damage>> verify() const override;
    Status backup(const std::string& to) const override;
    Result<std::vector<std::string>> sources() const override { return source_names_; }
    Result<std::vector<Position>> positions_of(std::span<const ports::MessageKey> keys) const override {
        return messages_.positions_of(*db_, keys);
    }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> keys) const override {
        return identities_.subjects_of(*db_, keys);
    }

   private:
    struct Parts {
        std::unique_ptr<ProcessLock> lock;
        std::unique_ptr<Database> db;
        std::unique_ptr<AnchorFile> anchor;
        Ledger ledger;
        std::vector<ports::LaneHead> heads;
        std::vector<std::string> sources;
        MessageIndex messages;
        std::optional<Identities> identities;
    };
    SqliteStore(Parts parts, std::string path, OpenOptions options);
    static Result<Parts> open_parts(const std::string& path, const OpenOptions& options);
    static Result<Parts> load(Parts parts, const OpenOptions& options);

    Status check_writable() const;
    Result<Ledger> put_batch(const ports::Append& batch);
    Status put_derived(const ports::Derived& batch);
    Status commit_derived(Transaction& transaction, const Ledger& next);
    /// Commits `next` and its anchor, as durable when it answers.
    Status commit(Transaction& transaction, Ledger next, const std::vector<ports::LaneHead>& heads);
    Status poison(Error error);
    void checkpoint_when_large(int pages);

    std::string path_;
    OpenOptions options_;
    std::unique_ptr<ProcessLock> lock_;
    std::unique_ptr<AnchorFile> anchor_;  ///< none in mode inspect
    std::int64_t mark_;                   ///< this store's, in its heads
    Ledger ledger_;
    mutable MessageIndex messages_;
    mutable Identities identities_;
    std::array<ports::LaneHead, lane_count> heads_{};
    std::vector<std::string> source_names_;
    std::size_t stored_sources_ = 0;  ///< the others become durable with the next append
    std::optional<Error> poison_;
    LogSize log_;
};

}  // namespace baton::storage::sqlite
