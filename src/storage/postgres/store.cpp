#include "storage/postgres/store.h"

#include <algorithm>

#include "storage/postgres/lead_text.h"
#include "storage/postgres/open.h"
#include "storage/postgres/verify.h"
#include "storage/postgres/warm.h"

namespace baton::storage::postgres {
namespace {

constexpr int most_attempts = 5;

Heads empty_heads() {
    Heads heads{};
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads[lane].lane = {lane};
    return heads;
}

}  // namespace

Result<std::unique_ptr<ports::Store>> PostgresStore::open(const std::string& url, const OpenOptions& options) {
    Result<std::unique_ptr<Database>> db = open_tables(url, options);
    if (!db) return std::unexpected(db.error());
    std::unique_ptr<PostgresStore> store(new PostgresStore(std::move(*db), options.mode != OpenOptions::Mode::inspect));
    if (Status status = reading(*store->db_, [&] { return store->load(); }); !status)
        return std::unexpected(status.error());
    return store;
}

Status PostgresStore::load() {
    const Result<Ledger> row = postgres::ledger(*db_);
    if (!row) return std::unexpected(row.error());
    if (Status status = look_anew(*row); !status) return status;
    told_ = *row;
    secret_ = row->hash_key;
    return {};
}

Status PostgresStore::check_writable() const {
    if (!writable_) return fail("read_only", "the store was opened to be looked at; open it for writing");
    if (poison_) return std::unexpected(*poison_);
    return {};
}

Status PostgresStore::poison(Error error) {
    error.detail += ". Nothing more is written until the store is opened anew.";
    poison_ = std::move(error);
    return std::unexpected(*poison_);
}

// ---- turns ----------------------------------------------------------------------------------------------------

Status PostgresStore::look_anew(const Ledger& stored) {
    const Result<std::vector<ports::LaneHead>> heads = postgres::heads(*db_);
    if (!heads) return std::unexpected(heads.error());
    Result<std::vector<std::string>> names = postgres::sources(*db_);
    if (!names) return std::unexpected(names.error());
    const bool unsaved = source_names_.size() > known_.sources;
    listed_.forget();
    counters_.clear();
    if (stored.commits <= known_.ledger.commits) keys_.forget();  // the database was put back
    known_ = {stored, empty_heads(), names->size()};
    source_names_ = std::move(*names);
    for (const ports::LaneHead& head : *heads)
        if (head.lane.value < lane_count) known_.heads[head.lane.value] = head;
    if (unsaved) return fail("conflict", "another process has given numbers to sources; ask for this one's again");
    return {};
}

Status PostgresStore::begin_once() {
    if (db_->broken())
        if (Status status = db_->reconnect(); !status) return status;
    auto turn = std::make_unique<Open>(*db_);
    if (Status status = turn->transaction.begin_writing(); !status) return status;
    const Result<Ledger> stored = lock_ledger(*db_);
    if (!stored) return std::unexpected(stored.error());
    if (stored->epoch != known_.ledger.epoch || stored->hash_key != known_.ledger.hash_key)
        return poison({"locked", db_->name() + " has been taken over by a newer program, or is another store now"});
    if (*stored != known_.ledger)
        if (Status status = look_anew(*stored); !status) return status;
    turn->next = known_;
    turn_ = std::move(turn);
    db_->hold(Database::Held::by_a_turn);
    return {};
}

/// A connection that was found lost is worth one more try at once: nothing was under way.
Status PostgresStore::begin() {
    if (Status status = check_writable(); !status) return status;
    const bool was_broken = db_->broken();
    Status status = begin_once();
    if (!status && db_->broken() && !was_broken) status = begin_once();
    return status;
}

Result<ports::Turn> PostgresStore::begin_turn(Position known) {
    if (turn_) return fail("conflict", "the turn before this one has not ended");
    if (Status status = begin(); !status) return std::unexpected(status.error());
    if (told_ == known_.ledger) return ports::Turn{};
    Result<ports::Turn> found = what_others_wrote(known);
    if (found) {
        told_ = known_.ledger;
    } else {
        drop_turn();
    }
    return found;
}

Result<ports::Turn> PostgresStore::what_others_wrote(Position known) {
    constexpr std::int64_t most = 20'000;
    const Ledger& now = known_.ledger;
    ports::Turn turn;
    turn.others_wrote = true;
    turn.last_position = now.last_position;
    turn.derived_up_to = now.derived_up_to;
    for (const ports::LaneHead& head : known_.heads)
        if (head.seq.value != 0) turn.heads.push_back(head);
    turn.all_is_new = now.commits <= told_.commits || now.last_position < known || now.last_position - known > most;
    if (turn.all_is_new) return turn;
    if (Status status = touched_since(*db_, known, turn.touched, turn.recorded_at); !status)
        return std::unexpected(status.error());
    // A lane's own record: somebody's data may have been erased, and keys remembered here are nobody's.
    if (!turn.touched.empty() && turn.touched.front().value < lane_count) keys_.forget();
    return turn;
}

Status PostgresStore::keep_turn() {
    return db_->execute("SET LOCAL statement_timeout = '1h'; SET LOCAL idle_in_transaction_session_timeout = '1h'");
}

Status PostgresStore::end_turn() {
    if (!turn_) return fail("conflict", "there is no turn to end");
    Status status = turn_->wrote ? note_sources() : Status();
    if (!status || !turn_->wrote) {  // rolled back: there is nothing to make durable
        drop_turn();
        return status;
    }
    const std::unique_ptr<Open> turn = std::exchange(turn_, nullptr);
    db_->hold(Database::Held::no);
    ++turn->next.ledger.commits;
    status = put_moved_heads(*turn);
    if (status) status = put_ledger(*db_, turn->next.ledger);
    if (status) status = turn->transaction.commit();
    if (!status && status.error().code == "commit_unknown") status = settle(*turn, std::move(status.error()));
    if (!status) {
        forget_written();
        source_names_.resize(known_.sources);
        return status;
    }
    if (told_ == known_.ledger) told_ = turn->next.ledger;
    known_ = turn->next;
    return {};
}

void PostgresStore::drop_turn() {
    if (turn_ && turn_->wrote) forget_written();
    turn_.reset();
    db_->hold(Database::Held::no);
    source_names_.resize(std::min(source_names_.size(), known_.sources));
}

void PostgresStore::forget_written() {
    listed_.forget();
    counters_.clear();
    keys_.forget();
}

/// Whether the records stand there as they were to be written: to the last bit, so if it was another process that wrote them,
/// they are in all the same. What wrote no records is told by the ledger row: the caller of a turn does it again with what is
/// there then, and one that writes without turns is alone.
Status PostgresStore::settle(const Open& lost, Error unknown) {
    if (Status status = db_->reconnect(); !status) return std::unexpected(std::move(unknown));
    Transaction transaction(*db_);
    if (Status status = transaction.begin_writing(); !status) return std::unexpected(std::move(unknown));
    const Result<Ledger> stored = lock_ledger(*db_);  // waits for a commit that is still under way
    if (!stored) return std::unexpected(std::move(unknown));
    if (*stored == known_.ledger) return fail("retry", unknown.detail);
    if (lost.records.empty()) {
        if (*stored == lost.next.ledger) return {};
        return std::unexpected(std::move(unknown));
    }
    std::vector<std::int64_t> wanted;
    for (const Mark& mark : lost.records) wanted.push_back(mark.checksum);
    const Result<std::vector<std::int64_t>> found =
        checksums_between(*db_, lost.records.front().position, lost.records.back().position);
    if (!found) return std::unexpected(std::move(unknown));
    return *found == wanted ? Status() : fail("retry", unknown.detail);
}

/// Once a turn, however many batches it has.
Status PostgresStore::put_moved_heads(const Open& turn) {
    std::vector<ports::LaneHead> moved;
    for (const ports::LaneHead& head : turn.next.heads)
        if (turn.moved.test(head.lane.value)) moved.push_back(head);
    return moved.empty() ? Status() : put_heads(*db_, moved);
}

Result<std::vector<ports::LaneHead>> PostgresStore::heads() const {
    if (!turn_) return Reads::heads();
    std::vector<ports::LaneHead> found;
    for (const ports::LaneHead& head : turn_->next.heads)
        if (head.seq.value != 0) found.push_back(head);
    return found;
}

Status PostgresStore::note_sources() {
    if (Status status = put_sources(*db_, source_names_, turn_->next.sources); !status) return status;
    turn_->next.sources = source_names_.size();
    return {};
}

Status PostgresStore::attempt(const Work& work) {
    if (Status status = begin(); !status) return status;
    turn_->wrote = true;
    if (Status status = work(turn_->next); !status) {
        drop_turn();
        return status;
    }
    return end_turn();
}

Status PostgresStore::writing(const Work& work) {
    if (turn_) {
        turn_->wrote = true;
        return work(turn_->next);
    }
    Status status;
    for (int attempts = 0; attempts < most_attempts; ++attempts) {
        status = attempt(work);
        if (status || poison_ || (status.error().code != "retry" && !db_->broken())) break;
    }
    if (!status && status.error().code == "retry") status.error().code = "unavailable";
    return status;
}

// ---- the journal ----------------------------------------------------------------------------------------------

ports::Position PostgresStore::position_of_next(Lane, Seq, std::size_t index) const {
    const Ledger& ledger = turn_ ? turn_->next.ledger : known_.ledger;
    return ledger.last_position + 1 + static_cast<Position>(index);
}

Status PostgresStore::put_batch(const ports::Append& batch, Known& next) {
    if (Status status = check_order(batch, next.heads, next.ledger.last_position); !status) return status;
    // What reads comes first: the server writes the rest while this process goes on.
    const Result<std::int64_t> identities = put_identities(*db_, secret_, batch.identities);
    if (!identities) return std::unexpected(identities.error());
    if (Status status = append_records(*db_, batch.records); !status) return status;
    const Result<std::int64_t> messages = put_messages(*db_, batch.messages);
    if (!messages) return std::unexpected(messages.error());
    if (Status status = put_secrets(*db_, batch.secrets); !status) return status;
    if (Status status = redact_records(*db_, batch.redactions); !status) return status;
    const Result<std::int64_t> forgotten = forget_identities(*db_, batch.forgotten);
    if (!forgotten) return std::unexpected(forgotten.error());
    if (!batch.forgotten.empty()) keys_.forget();
    for (const ports::LaneHead& head : batch.heads) {
        next.heads[head.lane.value] = head;
        turn_->moved.set(head.lane.value);
    }
    next.ledger.last_position += static_cast<Position>(batch.records.size());
    next.ledger.identity_sum = wrapping_sum(next.ledger.identity_sum, wrapping_sum(*identities, -*forgotten));
    next.ledger.message_sum = wrapping_sum(next.ledger.message_sum, *messages);
    for (const ports::Identity& row : batch.identities) keys_.add(row.key, row.subject);
    for (const ports::Record& row : batch.records) turn_->records.push_back({row.position, check_of(row, nullptr)});
    return {};
}

Status PostgresStore::append(const ports::Append& batch) {
    return writing([&](Known& next) { return put_batch(batch, next); });
}

Status PostgresStore::rebuild_search() {
    listed_.forget();
    return writing([&](Known&) { return mend_lead_texts(*db_); });
}

/// Rows that were changed leave their old versions until the tables are vacuumed, and then bytes in pages until others take the place.
Status PostgresStore::purge() {
    if (turn_) return fail("conflict", "a turn is open");
    listed_.forget();
    for (const char* sql : {"VACUUM journal", "VACUUM identity", "VACUUM state", "VACUUM history", "VACUUM lead",
                            "VACUUM lead_text", "VACUUM counter"})
        if (Status status = db_->execute(sql); !status) return status;
    return {};
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

// ---- derived rows, playbooks, settings ------------------------------------------------------------------------

Status PostgresStore::write_derived(const ports::Derived& batch) {
    return writing([&](Known& next) -> Status {
        if (Status status = put_history(*db_, batch, next.ledger.derived_up_to); !status) return status;
        if (Status status = put_states(*db_, batch.states); !status) return status;
        if (Status status = put_leads(*db_, batch.states, listed_); !status) return status;
        if (Status status = cool(*db_, next.ledger.derived_up_to, batch.up_to); !status) return status;
        next.ledger.derived_up_to = std::max(next.ledger.derived_up_to, batch.up_to);
        return add_to_counters(*db_, batch.counters, counters_);
    });
}

Status PostgresStore::clear_derived() {
    return writing([&](Known& next) {
        next.ledger.derived_up_to = ports::no_position;
        listed_.forget();
        counters_.clear();
        return postgres::clear_derived(*db_);
    });
}

Result<std::uint32_t> PostgresStore::store_playbook(const ports::StoredPlaybook& playbook) {
    std::uint32_t version = 0;
    const Status status = writing([&](Known&) -> Status {
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
    return writing([&](Known&) { return put_setting(*db_, name, value); });
}

// ---- beside the writer ----------------------------------------------------------------------------------------

Result<std::unique_ptr<ports::Reader>> PostgresStore::reader() const {
    Result<std::unique_ptr<Database>> db = db_->another();
    if (!db) return std::unexpected(db.error());
    return std::make_unique<PostgresReader>(std::move(*db), secret_);
}

Result<std::vector<ports::Damage>> PostgresStore::verify() const { return postgres::verify(*db_); }

Status PostgresStore::backup(const std::string&) const {
    return fail(
        "unsupported",
        "a PostgreSQL store is no file to be copied; `baton backup` copies it record by record, and pg_dump or an "
        "archive of its log serve as for any database");
}

}  // namespace baton::storage::postgres
