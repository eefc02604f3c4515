#include "storage/postgres/store.h"

#include <algorithm>

#include "storage/postgres/open.h"
#include "storage/postgres/verify.h"

namespace baton::storage::postgres {
namespace {

constexpr int most_attempts = 5;

}  // namespace

Result<std::unique_ptr<ports::Store>> PostgresStore::open(const std::string& url, const OpenOptions& options) {
    Result<Opened> opened = open_tables(url, options);
    if (!opened) return std::unexpected(opened.error());
    Parts parts;
    parts.db = std::move(opened->db);
    parts.lock = std::move(opened->lock);
    Result<Parts> loaded = load(std::move(parts));
    if (!loaded) return std::unexpected(loaded.error());
    return std::unique_ptr<ports::Store>(new PostgresStore(std::move(*loaded)));
}

Result<PostgresStore::Parts> PostgresStore::load(Parts parts) {
    Transaction transaction(*parts.db);
    if (Status status = transaction.begin_reading(); !status) return std::unexpected(status.error());
    const Result<Ledger> ledger = postgres::ledger(*parts.db);
    if (!ledger) return std::unexpected(ledger.error());
    parts.ledger = *ledger;
    Result<std::vector<ports::LaneHead>> heads = postgres::heads(*parts.db);
    if (!heads) return std::unexpected(heads.error());
    parts.heads = std::move(*heads);
    Result<std::vector<std::string>> sources = postgres::sources(*parts.db);
    if (!sources) return std::unexpected(sources.error());
    parts.sources = std::move(*sources);
    if (Status status = transaction.commit(); !status) return std::unexpected(status.error());
    return parts;
}

PostgresStore::PostgresStore(Parts parts)
    : Reads(std::move(parts.db), parts.ledger.hash_key),
      lock_(std::move(parts.lock)),
      ledger_(parts.ledger),
      source_names_(std::move(parts.sources)),
      stored_sources_(source_names_.size()) {
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
    for (const ports::LaneHead& head : parts.heads)
        if (head.lane.value < lane_count) heads_[head.lane.value] = head;
}

ports::Position PostgresStore::position_of_next(Lane, Seq, std::size_t index) const {
    return ledger_.last_position + 1 + static_cast<Position>(index);
}

Status PostgresStore::check_writable() const {
    if (!lock_) return fail("read_only", "the store was opened to be looked at; open it for writing");
    if (poison_) return std::unexpected(*poison_);
    return {};
}

Status PostgresStore::poison(Error error) {
    error.detail += ". Nothing more is written until the store is opened anew.";
    poison_ = std::move(error);
    return std::unexpected(*poison_);
}

Status PostgresStore::lock_and_compare() {
    const Result<Ledger> stored = lock_ledger(*db_);
    if (!stored) return std::unexpected(stored.error());
    if (*stored == ledger_) return {};
    if (stored->epoch != ledger_.epoch)
        return poison({"locked", db_->name() + " has been taken over by another process"});
    return poison({"corrupt", db_->name() + ": the row of the store itself is not as this process left it"});
}

Status PostgresStore::connected() {
    if (Status status = lock_->keep(); !status) return status;
    return db_->broken() ? db_->reconnect() : Status();
}

Status PostgresStore::attempt(const Work& work, Ledger& next) {
    Transaction transaction(*db_);
    if (Status status = transaction.begin_writing(); !status) return status;
    if (Status status = lock_and_compare(); !status) return status;
    next = ledger_;
    ++next.commits;
    if (Status status = work(next); !status) return status;
    if (Status status = put_ledger(*db_, next); !status) return status;
    return transaction.commit();
}

Status PostgresStore::settle(const Ledger& next, Error unknown) {
    if (Status status = db_->reconnect(); !status) return poison(std::move(unknown));
    Transaction transaction(*db_);
    if (Status status = transaction.begin_writing(); !status) return poison(std::move(unknown));
    const Result<Ledger> stored = lock_ledger(*db_);  // waits for a commit that is still under way
    if (!stored) return poison(std::move(unknown));
    if (*stored == next) return {};
    if (*stored == ledger_) return fail("retry", unknown.detail);
    return poison(std::move(unknown));
}

Status PostgresStore::writing(const Work& work) {
    if (Status status = check_writable(); !status) return status;
    Status status;
    for (int attempts = 0; attempts < most_attempts; ++attempts) {
        if (status = connected(); !status) return status;
        Ledger next;
        status = attempt(work, next);
        if (!status && status.error().code == "commit_unknown") status = settle(next, std::move(status.error()));
        if (status) ledger_ = next;
        const bool again = !status && !poison_ && (status.error().code == "retry" || db_->broken());
        if (!again) break;
    }
    if (!status && status.error().code == "retry") status.error().code = "unavailable";
    return status;
}

Status PostgresStore::put_batch(const ports::Append& batch, const std::vector<ports::LaneHead>& touched, Ledger& next) {
    const Result<std::vector<ports::LaneHead>> stored = lock_heads(*db_, touched);
    if (!stored) return std::unexpected(stored.error());
    for (const ports::LaneHead& head : *stored) {
        const ports::LaneHead& known = heads_[head.lane.value];
        if (head.seq == known.seq && head.digest == known.digest) continue;
        return fail("conflict", "lane " + std::to_string(head.lane.value) +
                                    " has moved on without this process; open the store again");
    }
    if (Status status = put_sources(*db_, source_names_, stored_sources_); !status) return status;
    if (Status status = append_records(*db_, batch.records); !status) return status;
    const Result<std::int64_t> identities = put_identities(*db_, secret_, batch.identities);
    if (!identities) return std::unexpected(identities.error());
    const Result<std::int64_t> messages = put_messages(*db_, batch.messages);
    if (!messages) return std::unexpected(messages.error());
    if (Status status = put_heads(*db_, touched); !status) return status;
    next.last_position += static_cast<Position>(batch.records.size());
    next.identity_sum = wrapping_sum(next.identity_sum, *identities);
    next.message_sum = wrapping_sum(next.message_sum, *messages);
    return {};
}

Status PostgresStore::append(const ports::Append& batch) {
    if (Status status = check_writable(); !status) return status;
    if (Status status = check_order(batch, heads_, ledger_.last_position); !status) return status;
    const std::vector<ports::LaneHead> after = heads_after(batch, heads_);
    std::vector<ports::LaneHead> touched;
    for (const ports::LaneHead& head : after)
        if (std::ranges::find(batch.heads, head.lane, &ports::LaneHead::lane) != batch.heads.end())
            touched.push_back(head);
    Status status = writing([&](Ledger& next) { return put_batch(batch, touched, next); });
    if (!status) return status;
    std::ranges::copy(after, heads_.begin());
    stored_sources_ = source_names_.size();
    return {};
}

Status PostgresStore::write_derived(const ports::Derived& batch) {
    return writing([&](Ledger& next) -> Status {
        if (Status status = put_states(*db_, batch.states); !status) return status;
        if (Status status = put_leads(*db_, batch.states); !status) return status;
        if (Status status = put_history(*db_, batch.history); !status) return status;
        next.derived_up_to = std::max(next.derived_up_to, batch.up_to);
        return add_to_counters(*db_, batch.counters);
    });
}

Status PostgresStore::clear_derived() {
    return writing([&](Ledger& next) {
        next.derived_up_to = ports::no_position;
        return postgres::clear_derived(*db_);
    });
}

Result<std::uint16_t> PostgresStore::source_number(std::string_view name) {
    const auto at = std::ranges::find(source_names_, name);
    if (at != source_names_.end()) return static_cast<std::uint16_t>(at - source_names_.begin());
    if (Status status = check_writable(); !status) return std::unexpected(status.error());
    if (source_names_.size() > UINT16_MAX)
        return fail("too_many_sources", "65,536 source names are the most a store can hold");
    source_names_.emplace_back(name);
    return static_cast<std::uint16_t>(source_names_.size() - 1);
}

Result<std::uint32_t> PostgresStore::store_playbook(const ports::StoredPlaybook& playbook) {
    std::uint32_t version = 0;
    const Status status = writing([&](Ledger&) -> Status {
        const Result<std::optional<std::uint32_t>> known = version_of(*db_, playbook.hash);
        if (!known) return std::unexpected(known.error());
        const Result<std::uint32_t> found = *known ? Result<std::uint32_t>(**known) : put_playbook(*db_, playbook);
        if (!found) return std::unexpected(found.error());
        version = *found;
        return {};
    });
    if (!status) return std::unexpected(status.error());
    return version;
}

Status PostgresStore::set_setting(std::string_view name, std::string_view value) {
    return writing([&](Ledger&) { return put_setting(*db_, name, value); });
}

Result<std::unique_ptr<ports::Reader>> PostgresStore::reader() const {
    Result<std::unique_ptr<Database>> db = db_->another();
    if (!db) return std::unexpected(db.error());
    return std::make_unique<PostgresReader>(std::move(*db), secret_);
}

Result<std::vector<ports::Damage>> PostgresStore::verify() const { return postgres::verify(*db_); }

Status PostgresStore::backup(const std::string&) const {
    return fail(
        "unsupported",
        "a PostgreSQL store is backed up with PostgreSQL's own tools, while it runs: pg_dump --format=custom, or "
        "an archive of its log. Restore with pg_restore into an empty database, then run `baton verify`.");
}

}  // namespace baton::storage::postgres
