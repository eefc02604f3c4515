// The store in one schema of a PostgreSQL database, 15 or newer. One process writes; others are refused.
//
// A lost connection is made anew and what was under way is done again. A commit whose answer was lost is looked up: the
// ledger row tells. Only when the database cannot be asked is it `commit_unknown`, and then nothing more is written until
// the store is opened anew.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/open.h"
#include "storage/order.h"
#include "storage/postgres/reads.h"

namespace baton::storage::postgres {

class PostgresStore final : public Reads<ports::Store> {
   public:
    static Result<std::unique_ptr<ports::Store>> open(const std::string& url, const OpenOptions& options);

    Position position_of_next(Lane lane, Seq seq, std::size_t index) const override;
    Status append(const ports::Append& batch) override;
    Status write_derived(const ports::Derived& batch) override;
    Status clear_derived() override;
    Result<std::uint16_t> source_number(std::string_view name) override;
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& playbook) override;
    Status set_setting(std::string_view name, std::string_view value) override;
    HashKey hash_key() const override { return secret_; }
    Result<std::unique_ptr<ports::Reader>> reader() const override;
    Result<std::vector<ports::Damage>> verify() const override;
    Status backup(const std::string& to) const override;
    Result<std::vector<std::string>> sources() const override { return source_names_; }

   private:
    struct Parts {
        std::unique_ptr<Database> db;
        std::unique_ptr<WriterLock> lock;  ///< none in mode inspect
        Ledger ledger;
        std::vector<ports::LaneHead> heads;
        std::vector<std::string> sources;
    };
    explicit PostgresStore(Parts parts);
    static Result<Parts> load(Parts parts);

    using Work = std::function<Status(Ledger& next)>;
    /// Runs `work` in one durable transaction under the ledger's lock, again when it lost a race or the connection.
    Status writing(const Work& work);
    Status connected();
    Status attempt(const Work& work, Ledger& next);
    Status lock_and_compare();
    /// What became of a commit whose answer was lost: {} done, `retry` not done, else nobody knows.
    Status settle(const Ledger& next, Error unknown);

    Status check_writable() const;
    Status put_batch(const ports::Append& batch, const std::vector<ports::LaneHead>& after, Ledger& next);
    Status poison(Error error);

    std::unique_ptr<WriterLock> lock_;
    Ledger ledger_;
    std::array<ports::LaneHead, lane_count> heads_{};
    std::vector<std::string> source_names_;
    std::size_t stored_sources_ = 0;  ///< the others become durable with the next append
    std::optional<Error> poison_;
};

}  // namespace baton::storage::postgres
