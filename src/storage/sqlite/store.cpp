#include "storage/sqlite/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <system_error>

#include "ports/record_digest.h"
#include "storage/sqlite/backup.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/gaps.h"
#include "storage/sqlite/lead_index.h"
#include "storage/sqlite/verify.h"

namespace baton::storage::sqlite {
namespace {

using Mode = OpenOptions::Mode;

/// Pages of log after which it is written into the file. A long log keeps commits sequential and lets a page that
/// changes often be written back once; twice that many before an acknowledgement has to wait for it.
constexpr int checkpoint_pages = 32'000;

HashKey random_key() {
    std::random_device source;
    HashKey key{};
    for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(source());
    return key;
}

Status read_only() { return fail("read_only", "the store was opened to be looked at; open it for writing"); }

/// A store without its ledger row: corrupt when it holds records.
Status expect_empty(Database& db) {
    const Result<std::int64_t> records =
        db.number("SELECT coalesce(max(position), 0) FROM journal -- scan: newest of all");
    if (!records) return std::unexpected(records.error());
    if (*records == 0) return {};
    return fail("corrupt", db.path() + ": the row of the store itself is missing; restore a backup");
}

Status never_made(Database& db) {
    if (Status status = expect_empty(db); !status) return status;
    return fail("not_found", db.path() + " holds nothing: the program stopped while it made it. Open it for writing.");
}

/// The ledger of a store that is just being made.
Status make_ledger(Database& db, const OpenOptions& options) {
    if (Status status = expect_empty(db); !status) return status;
    Ledger ledger;
    ledger.hash_key = options.hash_key.value_or(random_key());
    Transaction transaction(db);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = put_ledger(db, ledger); !status) return status;
    return transaction.commit();
}

std::string position_text(const Anchor& anchor) {
    return "commit " + std::to_string(anchor.commits) + " at position " + std::to_string(anchor.position);
}

Status disagree(const std::string& path, const std::optional<Anchor>& outside, const Anchor& inside) {
    const std::string seen = outside ? "knows of " + position_text(*outside) : "is missing or unreadable";
    return fail("corrupt",
                path + ".heads " + seen + ", the file holds " + position_text(inside) +
                    ": one of the two was cut short or comes from elsewhere. Run `baton verify`, then restore a "
                    "backup together with its .heads.");
}

/// Whether the file is one commit ahead of the head kept outside.
bool follows(const Anchor& outside, const Anchor& inside) {
    return outside.store == inside.store && outside.commits + 1 == inside.commits &&
           outside.position <= inside.position;
}

/// Holds the file against the head kept outside. A file that is one commit ahead was killed before the head was written.
Status reconcile(AnchorFile& file, const std::string& path, const Anchor& inside, OpenOptions::Heads heads) {
    const Result<AnchorFile::Contents> contents = file.read();
    if (!contents) return std::unexpected(contents.error());
    if (heads == OpenOptions::Heads::accept_file) return file.reset(inside);
    const std::optional<Anchor>& outside = contents->newest;
    if (!outside && inside.commits != 0) return disagree(path, outside, inside);
    if (outside && follows(*outside, inside)) {
        if (Status status = file.write(inside); !status) return status;
    } else if (outside && *outside != inside) {
        return disagree(path, outside, inside);
    }
    return file.fill(inside);
}

int note_pages(void* log, sqlite3*, const char*, int pages) {
    static_cast<LogSize*>(log)->now = pages;
    return SQLITE_OK;
}

bool exists(const std::string& path, const std::string& vfs) {
    sqlite3_vfs* system = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
    BATON_CHECK(system != nullptr);
    int found = 0;
    return system->xAccess(system, path.c_str(), SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK && found != 0;
}

}  // namespace

Result<std::unique_ptr<ports::Store>> SqliteStore::open(const std::string& path, const OpenOptions& options) {
    if (options.mode != Mode::create && !exists(path, options.vfs))
        return fail("not_found", "there is no store at " + path);
    Result<Parts> parts = open_parts(path, options);
    if (!parts) return std::unexpected(parts.error());
    return std::unique_ptr<ports::Store>(new SqliteStore(std::move(*parts), path, options));
}

Result<SqliteStore::Parts> SqliteStore::open_parts(const std::string& path, const OpenOptions& options) {
    Parts parts;
    Result<std::unique_ptr<ProcessLock>> lock = ProcessLock::take(path + ".lock");
    if (!lock) return std::unexpected(lock.error());
    parts.lock = std::move(*lock);
    Result<std::unique_ptr<Database>> db = open_writer(path, options);
    if (!db) return std::unexpected(db.error());
    parts.db = std::move(*db);
    const Result<std::int64_t> ledgers = parts.db->number("SELECT count(id) FROM ledger");
    if (!ledgers) return std::unexpected(ledgers.error());
    if (options.mode == Mode::inspect) {
        if (*ledgers == 0)
            if (Status status = never_made(*parts.db); !status) return std::unexpected(status.error());
        return load(std::move(parts), options);
    }
    if (*ledgers == 0) {
        if (Status status = make_ledger(*parts.db, options); !status) return std::unexpected(status.error());
    }
    Result<std::unique_ptr<AnchorFile>> anchor = AnchorFile::open(path + ".heads", options.vfs);
    if (!anchor) return std::unexpected(anchor.error());
    parts.anchor = std::move(*anchor);
    return load(std::move(parts), options);
}

Result<SqliteStore::Parts> SqliteStore::load(Parts parts, const OpenOptions& options) {
    const Result<Ledger> ledger = sqlite::ledger(*parts.db);
    if (!ledger) return std::unexpected(ledger.error());
    parts.ledger = *ledger;
    Result<std::vector<ports::LaneHead>> heads = sqlite::heads(*parts.db);
    if (!heads) return std::unexpected(heads.error());
    parts.heads = std::move(*heads);
    Result<std::vector<std::string>> sources = sqlite::sources(*parts.db);
    if (!sources) return std::unexpected(sources.error());
    parts.sources = std::move(*sources);
    if (Status status = parts.messages.load(*parts.db, ledger->indexed_up_to); !status)
        return std::unexpected(status.error());
    parts.identities.emplace(ledger->hash_key);
    if (Status status = parts.identities->load(*parts.db); !status) return std::unexpected(status.error());
    if (parts.anchor) {
        const Anchor inside{store_mark(ledger->hash_key), ledger->commits, ledger->last_position,
                            ports::digest_of_heads(parts.heads)};
        Status status = reconcile(*parts.anchor, parts.db->path(), inside, options.heads);
        if (!status) return std::unexpected(status.error());
    }
    return parts;
}

SqliteStore::SqliteStore(Parts parts, std::string path, OpenOptions options)
    : Reads(std::move(parts.db), parts.ledger.hash_key, parts.identities->recent()),
      path_(std::move(path)),
      options_(std::move(options)),
      lock_(std::move(parts.lock)),
      anchor_(std::move(parts.anchor)),
      mark_(store_mark(parts.ledger.hash_key)),
      ledger_(parts.ledger),
      messages_(std::move(parts.messages)),
      identities_(std::move(*parts.identities)),
      source_names_(std::move(parts.sources)),
      stored_sources_(source_names_.size()) {
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) heads_[lane].lane = {lane};
    for (const ports::LaneHead& head : parts.heads)
        if (head.lane.value < lane_count) heads_[head.lane.value] = head;
    sqlite3_wal_hook(db_->handle(), note_pages, &log_);
}

SqliteStore::~SqliteStore() {
    db_.reset();  // before the lock is given back
}

ports::Position SqliteStore::position_of_next(Lane, Seq, std::size_t index) const {
    return ledger_.last_position + 1 + static_cast<Position>(index);
}

Status SqliteStore::check_writable() const {
    if (options_.mode == Mode::inspect) return read_only();
    if (poison_) return std::unexpected(*poison_);
    return {};
}

Result<Ledger> SqliteStore::put_batch(const ports::Append& batch) {
    identities_.begin();
    for (std::size_t number = stored_sources_; number < source_names_.size(); ++number) {
        Status status = put_source(*db_, static_cast<std::int64_t>(number), source_names_[number]);
        if (!status) return std::unexpected(status.error());
    }
    if (Status status = append_records(*db_, batch.records, batch.messages); !status)
        return std::unexpected(status.error());
    const Result<std::int64_t> identities = identities_.put(*db_, batch, ledger_.commits + 1);
    if (!identities) return std::unexpected(identities.error());
    if (Status status = put_heads(*db_, batch.heads); !status) return std::unexpected(status.error());
    if (Status status = put_secrets(*db_, batch.secrets); !status) return std::unexpected(status.error());
    if (Status status = redact_records(*db_, batch.redactions); !status) return std::unexpected(status.error());
    const Result<std::int64_t> forgotten = identities_.forget(*db_, batch.forgotten);
    if (!forgotten) return std::unexpected(forgotten.error());
    Ledger next = ledger_;
    next.last_position += static_cast<Position>(batch.records.size());
    next.identity_sum = wrapping_sum(next.identity_sum, wrapping_sum(*identities, -*forgotten));
    return next;
}

Status SqliteStore::append(const ports::Append& batch) {
    if (Status status = check_writable(); !status) return status;
    if (Status status = check_order(batch, heads_, ledger_.last_position); !status) return status;
    if (Status status = messages_.check_new(*db_, batch.messages); !status) return status;
    {
        Transaction transaction(*db_);
        if (Status status = transaction.begin(); !status) return status;
        const Result<Ledger> next = put_batch(batch);
        if (!next) return std::unexpected(next.error());
        const std::vector<ports::LaneHead> after = heads_after(batch, heads_);
        if (Status status = commit(transaction, *next, after); !status) return status;
        std::ranges::copy(after, heads_.begin());
        stored_sources_ = source_names_.size();
        messages_.add(batch.messages);
        identities_.committed();
    }
    checkpoint_when_large(2 * checkpoint_pages);
    // A failure of this does not undo the append; the ids and keys wait on, and the next append tells if it stays so.
    if (messages_.much_waits() || identities_.much_waits()) static_cast<void>(write_derived({}));
    return {};
}

Status SqliteStore::commit(Transaction& transaction, Ledger next, const std::vector<ports::LaneHead>& heads) {
    ++next.commits;
    if (Status status = put_ledger(*db_, next); !status) return status;
    if (Status status = transaction.commit(); !status) {
        return status.error().code == "commit_unknown" ? poison(std::move(status.error())) : status;
    }
    Status status = anchor_->write({mark_, next.commits, next.last_position, ports::digest_of_heads(heads)});
    if (!status) return poison({"commit_unknown", std::move(status.error().detail)});
    ledger_ = next;
    return {};
}

/// After a failed sync the kernel may have dropped what it could not write, and the next sync would report success.
Status SqliteStore::poison(Error error) {
    keep_log_on_close(*db_);
    error.detail += ". Nothing more is written until the store is opened anew.";
    poison_ = std::move(error);
    return std::unexpected(*poison_);
}

/// A log with nothing left in it is begun anew by the next commit, unless a reader still looks at it: then it grows on.
void SqliteStore::checkpoint_when_large(int pages) {
    if (log_.now < log_.written_back) log_.written_back = 0;
    if (log_.now - log_.written_back < pages || poison_) return;
    const int code = sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    log_.written_back = log_.now;
    const int kind = code & 0xff;
    if (kind == SQLITE_OK || kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_FULL) return;
    static_cast<void>(poison(error_of(db_->handle(), code, "writing the log into")));
}

Status SqliteStore::commit_derived(Transaction& transaction, const Ledger& next) {
    if (Status status = put_ledger(*db_, next); !status) return status;
    if (Status status = transaction.commit(); !status) {
        return status.error().code == "commit_unknown" ? poison(std::move(status.error())) : status;
    }
    ledger_ = next;
    return {};
}

Status SqliteStore::put_derived(const ports::Derived& batch) {
    Transaction transaction(*db_);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = put_states(*db_, batch.states); !status) return status;
    if (Status status = put_leads(*db_, batch.states); !status) return status;
    if (Status status = put_history(*db_, batch.history); !status) return status;
    if (Status status = add_to_counters(*db_, batch.counters); !status) return status;
    const bool ids = messages_.worth_writing();
    if (ids)
        if (Status status = messages_.write(*db_); !status) return status;
    identities_.begin();
    if (Status status = identities_.move(*db_, Identities::most_waiting); !status) return status;
    Ledger next = ledger_;
    if (ids) next.indexed_up_to = ledger_.last_position;
    next.derived_up_to = std::max(next.derived_up_to, batch.up_to);
    if (Status status = commit_derived(transaction, next); !status) return status;
    if (ids) messages_.written();
    identities_.committed();
    return {};
}

Status SqliteStore::write_derived(const ports::Derived& batch) {
    if (Status status = check_writable(); !status) return status;
    // NORMAL: atomic as ever, synced with the next commit that is acknowledged as durable.
    if (Status status = db_->execute("PRAGMA synchronous = NORMAL"); !status) return status;
    Status outcome = put_derived(batch);
    if (Status status = db_->execute("PRAGMA synchronous = FULL"); !status) return poison(std::move(status.error()));
    if (outcome) checkpoint_when_large(checkpoint_pages);
    return outcome;
}

Status SqliteStore::clear_derived() {
    if (Status status = check_writable(); !status) return status;
    Transaction transaction(*db_);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = sqlite::clear_derived(*db_); !status) return status;
    Ledger next = ledger_;
    next.derived_up_to = ports::no_position;
    return commit_derived(transaction, next);
}

Status SqliteStore::rebuild_search() {
    if (Status status = check_writable(); !status) return status;
    Transaction transaction(*db_);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = clear_lead_index(*db_); !status) return status;
    if (Status status = fill_lead_index(*db_); !status) return status;
    return commit_derived(transaction, ledger_);
}

/// Deleted cells are zeroed (secure_delete); what is left is the search index, which keeps deleted words until it is made anew, the
/// log, and what lies between the cells of pages.
Status SqliteStore::purge() {
    if (Status status = rebuild_search(); !status) return status;
    int left = 0;
    const int code = sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &left, nullptr);
    log_ = {};
    if (code == SQLITE_OK) return clear_gaps(*db_);
    if ((code & 0xff) == SQLITE_BUSY)
        return fail("unfinished",
                    "somebody still reads what stood there before; the file's log is emptied when that ends: "
                    "erase again then");
    return poison(error_of(db_->handle(), code, "emptying the log of"));
}

Status SqliteStore::keep_apart(std::string_view line) {
    const std::string path = path_ + ".erased";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool written = file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    written = written && ::fsync(file) == 0;
    const int code = errno;
    if (file >= 0) ::close(file);
    if (written) return {};
    return fail("io_error", path + ": " + std::generic_category().message(code) + "; nothing was erased");
}

Result<std::uint16_t> SqliteStore::source_number(std::string_view name) {
    const auto at = std::ranges::find(source_names_, name);
    if (at != source_names_.end()) return static_cast<std::uint16_t>(at - source_names_.begin());
    if (Status status = check_writable(); !status) return std::unexpected(status.error());
    if (source_names_.size() > UINT16_MAX)
        return fail("too_many_sources", "65,536 source names are the most a store can hold");
    source_names_.emplace_back(name);
    return static_cast<std::uint16_t>(source_names_.size() - 1);
}

Result<std::uint32_t> SqliteStore::store_playbook(const ports::StoredPlaybook& playbook) {
    if (Status status = check_writable(); !status) return std::unexpected(status.error());
    const Result<std::optional<std::uint32_t>> known = version_of(*db_, playbook.hash);
    if (!known) return std::unexpected(known.error());
    if (*known) return **known;
    Transaction transaction(*db_);
    if (Status status = transaction.begin(); !status) return std::unexpected(status.error());
    const Result<std::uint32_t> version = put_playbook(*db_, playbook);
    if (!version) return version;
    Status status = commit(transaction, ledger_, {heads_.begin(), heads_.end()});
    if (!status) return std::unexpected(status.error());
    return version;
}

Status SqliteStore::set_setting(std::string_view name, std::string_view value) {
    if (Status status = check_writable(); !status) return status;
    Transaction transaction(*db_);
    if (Status status = transaction.begin(); !status) return status;
    if (Status status = put_setting(*db_, name, value); !status) return status;
    return commit(transaction, ledger_, {heads_.begin(), heads_.end()});
}

Result<std::unique_ptr<ports::Reader>> SqliteStore::reader() const {
    Result<std::unique_ptr<Database>> db = open_reader(path_, options_.vfs);
    if (!db) return std::unexpected(db.error());
    return std::make_unique<SqliteReader>(std::move(*db), secret_, recent_);
}

Result<std::vector<ports::Damage>> SqliteStore::verify() const { return sqlite::verify(path_, options_.vfs); }

Status SqliteStore::backup(const std::string& to) const { return sqlite::backup(path_, to, options_.vfs); }

}  // namespace baton::storage::sqlite
