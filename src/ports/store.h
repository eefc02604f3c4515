// The store: journal, identity, message ids, derived rows. Three adapters (memory, SQLite, PostgreSQL), one contract
// suite (tests/storage). Times are int64 µs UTC, payloads are opaque bytes, text is ordered by code point.
//
// Threads: one writer calls append / write_derived / erase …; readers call the const calls on a Reader of their own from
// any thread and never wait for the writer. Every call that fails leaves the store as it was, with one exception: an error
// whose code is `commit_unknown` may or may not have happened; the caller looks at the store anew and resolves it by message
// ids.
//
// Several processes may write to a store that is `shared()`. Each writes in turns: between begin_turn() and end_turn() no
// other process writes, whatever is read is the newest there is, and all that was written is one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace baton::ports {

/// Where a record stands in this store: dense from 1, arrival order over all lanes, given by the process whose turn it is. A
/// subject's records link back by it. SQLite: the rowid of the journal. PostgreSQL: a column beside the key (lane, seq), see
/// docs/decisions/positions-on-postgresql.md.
using Position = std::int64_t;
inline constexpr Position no_position = 0;

struct Record {
    Lane lane;
    Seq seq;  ///< dense from 1 within the lane
    SubjectId subject;
    Position position = no_position;
    Position previous = no_position;  ///< the subject's record before this one
    Instant recorded_at;
    Bytes payload;  ///< codec/journal: the fact with source, message id, home key
};

/// kind: 'u' user id, 'e' e-mail, 'p' phone, 'a' anonymous id, 'x' external id, 'o' account (organisation), 's' user of ours.
struct IdentityKey {
    char kind = 'u';
    std::string key;  ///< normalised
    friend auto operator<=>(const IdentityKey&, const IdentityKey&) = default;
};
struct Identity {
    IdentityKey key;
    SubjectId subject;
};

/// Unique for ever. `day` is the UTC day number of the message's own time, never of arrival.
struct MessageKey {
    std::int32_t day = 0;
    Lane lane;
    std::uint16_t source = 0;  ///< number of the source's name, see `source_number`
    std::uint64_t hash = 0;    ///< siphash(installation key, source ‖ message id ‖ home key)
    friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};
struct Message {
    MessageKey key;
    Position position = no_position;
};

struct LaneHead {
    Lane lane;
    Seq seq;                     ///< of the last record, 0 = empty
    Digest digest{};             ///< of the chain up to it, zeros = empty
    std::uint64_t subjects = 0;  ///< how many subject ids the lane has given out
};

/// What proves who somebody is: not derived from the journal and never in it. Changed only together with the record that
/// says so.
struct Secret {
    char kind = 'k';    ///< 'p' password of a member, 'k' API key, 's' session
    std::string id;     ///< member id; else hex of a hash of what the caller shows
    std::string owner;  ///< member id
    Bytes value;        ///< app/members: hash, roles, scope; empty = removed
    Instant ends_at;    ///< never = none
};

/// A record of which an erasure leaves nothing but its place: `record` as it stands from then on.
struct Redaction {
    Record record;
    std::optional<MessageKey> message;  ///< which keeps its place, too
};

struct Append {
    std::vector<Record> records;        ///< ascending by position; seqs follow the heads without a gap
    std::vector<Identity> identities;   ///< new keys; a key that exists for another subject is `conflict`
    std::vector<Message> messages;      ///< at most one a record; a key that exists is `conflict`
    std::vector<LaneHead> heads;        ///< of every lane touched, as they stand after this append
    std::vector<Secret> secrets;        ///< by (kind, id): put in place of what is there
    std::vector<Redaction> redactions;  ///< of records durable before
    std::vector<Identity> forgotten;    ///< keys that are nobody's any more
};

/// One row a person in the list of leads; what screens filter and sort by.
struct LeadRow {
    SubjectId person;
    std::string stage;
    bool open = false;
    bool is_lead = false;  ///< false: known, but before the process (subscriber)
    std::int64_t cycle = 1;
    std::string holder;             ///< "owner anna", "queue sales", "nurture marketing-manager", ""
    std::string classes;            ///< "abc=A priority=B2"
    std::int64_t score_micros = 0;  ///< the total score as of `updated_at`
    Instant stage_entered_at;
    Instant updated_at;                ///< engine time of the last fact
    std::string name, email, account;  ///< the latter two in their one, lower-case spelling
};

struct StateRow {
    SubjectId subject;
    Position last = no_position;  ///< the subject's newest record folded in
    Instant next_at;              ///< never = none
    Bytes state;                  ///< codec/state
    std::optional<LeadRow> lead;  ///< absent for accounts and the company
    bool of_account = false;  ///< as long as the subject lives; never due, small, and written for each of its people
};
struct HistoryRow {
    SubjectId subject;
    Position position = no_position;  ///< of the causing record
    std::uint16_t n = 0;
    Instant at;
    std::uint8_t kind = 0;
    Bytes record;  ///< codec/history
};
/// A counter is a sum of deltas; key is free text ("entered/qualified").
struct CounterDelta {
    std::string key;
    std::int64_t delta = 0;
};

/// Derived rows may lag behind the journal; they are written in whole transactions with their watermark.
struct Derived {
    std::vector<StateRow> states;
    std::vector<HistoryRow> history;
    std::vector<CounterDelta> counters;
    std::vector<std::pair<Lane, Seq>> watermark;  ///< derived up to and including, per lane touched
    Position up_to = no_position;                 ///< everything ≤ this position is derived
};

inline constexpr std::size_t longest_search = 256;
inline constexpr std::size_t most_search_words = 8;

struct LeadQuery {
    std::string stage;  ///< "" = any
    std::optional<bool> open;
    std::optional<bool> is_lead;
    /// People whose name, e-mail or account hold every word of it, as storage/search_text.h says; "" = all. Code `bad_search`
    /// when it is longer than `longest_search` bytes, has more than `most_search_words` words, or is not UTF-8 without NUL.
    std::string text;
    enum class Sort : std::uint8_t { updated, score, entered } sort = Sort::updated;  ///< descending, ties by person
    std::int64_t after_key = 0;  ///< keyset: last row's sort value and person; after_person 0 = from the start
    SubjectId after_person;
    std::size_t limit = 50;
};

/// An organisation: people say they belong to it, or something was said of it itself.
struct AccountRow {
    std::string key;                          ///< domain or name in its one spelling
    SubjectId account;                        ///< 0 = nothing was said of it itself yet
    std::int64_t people = 0, open_leads = 0;  ///< of the list of leads, at most `most_people` are counted
    static constexpr std::int64_t most_people = 10'000;
};
struct AccountQuery {
    std::string prefix;  ///< of the key; "" = any
    std::string after;   ///< keyset: the last row's key
    std::size_t limit = 50;
};

struct StoredPlaybook {
    std::uint32_t version = 0;  ///< 1, 2 … in the order of storing
    std::string id;
    Digest hash{};     ///< of the text
    std::string text;  ///< the YAML as given
    std::string file;  ///< name for messages
    Instant stored_at;
};

/// What verify found. `where`: "lane 3 seq 120", "state of person 77", "page 12".
struct Damage {
    std::string where;
    std::string what;
};

class Reader {
   public:
    virtual ~Reader() = default;

    virtual Result<std::vector<LaneHead>> heads() const = 0;  ///< of lanes with records
    /// Records with position > after, in order; stops when `each` answers false.
    virtual Status scan(Position after, const std::function<bool(const Record&)>& each) const = 0;
    /// All records of a subject, oldest first, found by walking back from `last`.
    virtual Result<std::vector<Record>> records_of(SubjectId subject, Position last) const = 0;
    virtual Result<std::optional<Record>> record(Lane lane, Position position) const = 0;

    /// For each key whose it is, or nothing.
    virtual Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const IdentityKey> keys) const = 0;
    Result<std::optional<SubjectId>> subject_of(const IdentityKey& key) const {
        auto found = subjects_of(std::span(&key, 1));
        if (!found) return std::unexpected(std::move(found.error()));
        return found->front();
    }
    virtual Result<std::vector<Identity>> identities_of(SubjectId subject) const = 0;
    /// For each key the position of the record that used it, or no_position.
    virtual Result<std::vector<Position>> positions_of(std::span<const MessageKey> keys) const = 0;
    virtual Result<std::vector<std::string>> sources() const = 0;  ///< names; number = index

    virtual Result<std::optional<StateRow>> state_of(SubjectId subject) const = 0;  ///< without `lead`
    virtual Result<std::vector<StateRow>> states_of(std::span<const SubjectId> subjects) const = 0;
    virtual Status scan_states(const std::function<bool(const StateRow&)>& each) const = 0;
    virtual Result<std::vector<LeadRow>> leads(const LeadQuery& query) const = 0;
    virtual Result<std::optional<LeadRow>> lead(SubjectId person) const = 0;
    virtual Result<std::vector<AccountRow>> accounts(const AccountQuery& query) const = 0;  ///< ascending by key
    /// Who says to belong to it: open leads first, then the newest person first.
    virtual Result<std::vector<LeadRow>> people_of(const std::string& account, std::size_t limit) const = 0;
    /// What the subject's records at these positions (ascending) brought about, in order.
    virtual Result<std::vector<HistoryRow>> history_of(SubjectId subject,
                                                       std::span<const Position> caused_by) const = 0;
    virtual Status scan_history(const std::function<bool(const HistoryRow&)>& each) const = 0;  ///< all, oldest first
    /// Newest first. Walks back until it has enough: for kinds that are frequent.
    virtual Result<std::vector<HistoryRow>> latest_history(std::size_t limit,
                                                           std::span<const std::uint8_t> kinds) const = 0;
    virtual Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const = 0;  ///< ascending by key
    /// Subjects with next_at ≤ until, earliest first, at most `limit`.
    virtual Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant until, std::size_t limit) const = 0;
    virtual Result<std::optional<Instant>> next_due() const = 0;
    virtual Result<Position> derived_up_to() const = 0;
    virtual Result<Position> last_position() const = 0;

    virtual Result<std::vector<StoredPlaybook>> playbooks() const = 0;
    virtual Result<std::optional<std::string>> setting(std::string_view name) const = 0;
    virtual Result<std::optional<Secret>> secret(char kind, std::string_view id) const = 0;
    virtual Result<std::vector<Secret>> secrets() const = 0;  ///< ascending by kind and id
};

/// What a process finds when its turn comes.
struct Turn {
    /// Another process wrote since this one's last turn; the rest is filled in only then.
    bool others_wrote = false;
    /// So much was written, or the store is another than before, that nothing remembered may be relied on; `touched` is empty.
    bool all_is_new = false;
    std::vector<SubjectId> touched;  ///< whose records stand after what this process knew, ascending, each once
    std::vector<LaneHead> heads;     ///< of lanes with records
    Position last_position = no_position;
    Position derived_up_to = no_position;
    Instant recorded_at;  ///< of the newest record
};

class Store : public Reader {
   public:
    /// Whether several processes write to it, in turns. False: this one alone does, and every call is a transaction of its own.
    virtual bool shared() const { return false; }
    /// Waits until no other process has its turn, for a bounded time (`timeout`). `known`: the newest position this process has
    /// seen. Until the turn ends nothing that is written is durable, and reads of this Store (not of a reader()) see it.
    virtual Result<Turn> begin_turn(Position known);
    /// The turn that has begun may take long, also without a call in it; else it is soon taken away.
    virtual Status keep_turn() { return {}; }
    /// All that was written in the turn becomes durable at once; on an error nothing of it, but for `commit_unknown`. What a write
    /// in the turn met with may only be told by the next call, or here.
    virtual Status end_turn() { return {}; }
    /// Nothing that was written in the turn ever happened. Also after a failed call in it.
    virtual void drop_turn() {}

    /// Position the record `index` of the next append will have, standing at `seq` in `lane`.
    virtual Position position_of_next(Lane lane, Seq seq, std::size_t index) const = 0;
    /// All or nothing, durable when it answers (for a file also the head anchor outside it) or with the turn it is part of.
    virtual Status append(const Append& batch) = 0;
    /// All or nothing; durability may lag, atomicity not.
    virtual Status write_derived(const Derived& batch) = 0;
    /// Drops every derived row, to be written anew.
    virtual Status clear_derived() = 0;
    /// Makes what people are searched by anew from the list of leads.
    virtual Status rebuild_search() = 0;
    /// What was erased is not in the files any more either: no freed place, log or index holds its bytes. `unfinished` while a reader
    /// looks at what stood before. On a database whose files are not ours to write: as far as it can be asked to.
    virtual Status purge() = 0;
    /// Adds the line, durable, to what is kept beside a store of files and outlives its being put back (its name with `.erased`);
    /// nothing where a store has no such place.
    virtual Status keep_apart(std::string_view line) = 0;
    /// Number of a source name, given on first use; durable with the next append.
    virtual Result<std::uint16_t> source_number(std::string_view name) = 0;
    virtual Result<std::uint32_t> store_playbook(const StoredPlaybook& playbook) = 0;  ///< same hash = same version
    virtual Status set_setting(std::string_view name, std::string_view value) = 0;
    /// The installation's secret for message hashes, made when the store is created.
    virtual HashKey hash_key() const = 0;
    /// Another connection for reads beside the writer.
    virtual Result<std::unique_ptr<Reader>> reader() const = 0;
    /// Checks chains, checksums, indexes against records; on files page structure and the head kept outside too.
    virtual Result<std::vector<Damage>> verify() const = 0;
    /// A consistent copy while writing goes on; refuses to overwrite. `unsupported` where the database has its own way.
    virtual Status backup(const std::string& to) const = 0;
};

inline Result<Turn> Store::begin_turn(Position) { return Turn{}; }

}  // namespace baton::ports
