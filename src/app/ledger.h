// The path of data (docs/ARCHITECTURE.md): facts go in, are identified, checked, journaled durably and stepped; derived rows follow.
// One Ledger a store and process. Reading is in app/reads.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/messages.h"
#include "app/versions.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/incoming.h"
#include "codec/privacy.h"
#include "codec/state.h"
#include "domain/engine/fact.h"
#include "domain/playbook/compiled.h"
#include "ports/clock.h"
#include "ports/store.h"

namespace baton::app {

class Reads;
struct AwaitedChange;
struct ListChange;
struct Listed;
struct Erased;
struct Prepared;

struct Options {
    /// true (baton serve): a writer thread gathers what many callers bring into one transaction, derives within
    /// `derive_within` and fires due moments. false (import, tests): all happens in the calling thread, deterministically;
    /// the caller calls run_due() and flush().
    bool threads = false;
    /// false: the writer thread does not fire due moments (the caller does, by run_due()).
    bool schedule = true;
    std::size_t cache_bytes = std::size_t{256} << 20;  ///< decoded states kept in memory
    std::size_t batch_facts = 4096;                    ///< at most this many facts a transaction
    Duration gather{1'000};                            ///< how long the writer waits for company
    Duration derive_within{100'000};                   ///< derived rows lag at most this long behind an idle writer
    std::size_t derive_bytes = std::size_t{64} << 20;  ///< … and are written at the latest when this much is waiting
    std::uint32_t reevaluate_per_second = 2'000;       ///< open leads looked at again a second after an activation
    /// On a store that other processes write too: how long a call is begun anew when the store is away or another was faster.
    Duration patience = Duration::seconds(8);
    MessageHash message_hash = siphash;
    std::uint64_t salt = 0;  ///< of every record, where two journals are to be equal; 0 = random, what erasing needs
    /// Text → runnable; empty = YAML by codec/playbook_yaml.
    std::function<Result<std::shared_ptr<const playbook::Compiled>>(const ports::StoredPlaybook&)> compile;
};

/// What the condition of a fact (IncomingFact::whom) left out.
inline constexpr std::string_view known_already = "known_already", not_known = "not_known";

enum class Verdict : std::uint8_t { accepted, duplicate, refused };

/// What became of one fact. Codes of refusals: those of engine::Refusal and
///   type_missing, type_internal, key_missing, account_missing, user_missing, bad_text, too_long, too_many_properties,
///   duplicate_property, bad_phone, bad_email, bad_consent, time_out_of_range, import_undone, known_already, not_known.
struct Outcome {
    Verdict verdict = Verdict::refused;
    SubjectId subject;         ///< accepted, duplicate: whose it is
    FactRef ref;               ///< accepted: where it stands; duplicate: where the first one stands
    std::string code, detail;  ///< refused: why, and how to mend it
};

/// One for each fact given, in order. When a Receipt is handed out every accepted fact is durable.
struct Receipt {
    std::vector<Outcome> outcomes;
    std::size_t accepted = 0, duplicates = 0, refused = 0;
    ports::Position position = ports::no_position;  ///< newest record written for this call; for wait_for()
};

enum class OpenLeads : std::uint8_t {
    re_evaluate,  ///< open leads are looked at again from `at` on, spread over time
    wait,         ///< … when their next fact or due moment comes
};

struct Activation {
    std::uint32_t version = 0;  ///< a stored version
    std::optional<Instant> at;  ///< none or past = now
    OpenLeads open_leads = OpenLeads::re_evaluate;
    std::map<std::string, std::string> migrate;  ///< removed stage → stage of the new version
    std::string actor;
};
struct Activated {
    Instant at;
    std::uint32_t version = 0;
    std::int64_t open_leads = 0;  ///< how many the proposal concerns
    bool already = false;         ///< this version was active: nothing was written
};

enum class Anew : std::uint8_t {
    if_different,  ///< rows that are as the journal makes them stay as they are
    always,        ///< every row is written again: where an index or a checksum of theirs is damaged
};

/// A change of who may do what: one record in the company's lane, together with the secrets it gives or takes.
struct CompanyAct {
    std::string about;      ///< member id
    std::string actor;      ///< who did it
    Properties properties;  ///< "act" among them
    std::vector<ports::Secret> secrets;
};

/// What a full fold of the journal made, beside what stood there.
struct Rebuilt {
    std::uint64_t facts = 0;
    std::uint64_t subjects = 0;
    std::vector<ports::Damage> differences;  ///< at most 100; empty = the same, byte for byte
    std::uint64_t different = 0;             ///< how many in all
};

struct Stats {
    std::uint64_t accepted = 0, duplicates = 0, refused = 0;  ///< since opening
    std::uint64_t records = 0;                                ///< journaled since opening, internal ones included
    std::uint64_t timers = 0;                                 ///< of these due moments
    std::uint64_t transactions = 0;
    std::uint64_t evaluations = 0, clauses = 0;  ///< engine::Counters
    std::uint64_t cached_subjects = 0, cached_bytes = 0;
    std::uint64_t replayed = 0;                     ///< records folded on opening
    ports::Position position = ports::no_position;  ///< durable
    ports::Position derived = ports::no_position;   ///< derived up to
};

class Ledger {
   public:
    /// Folds what the derived rows lack (after a crash) and is ready. `store` and `clock` outlive the ledger.
    static Result<std::unique_ptr<Ledger>> open(ports::Store& store, ports::Clock& clock, Options options = {});
    /// Stops the threads and writes what is derived. close() before it to hear of errors.
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    // Every call below may come from any thread.

    /// Takes facts in order. Each is accepted (durable when this answers), a duplicate, or refused by itself; an Error
    /// means none of them is known to be in: try again with the same message ids. Codes: no_playbook,
    /// store errors (disk full …), reopen_needed after a failure that left memory ahead of the disk.
    Result<Receipt> intake(std::span<const IncomingFact> facts);
    /// The same without waiting: `told` is called once, from the writer's thread, which waits for it. Without threads, for
    /// more facts than one transaction takes, and when much waits to be written already, it is called before this returns.
    using Told = std::move_only_function<void(Result<Receipt>)>;
    void intake(std::span<const IncomingFact> facts, Told told);
    /// What intake would answer; writes nothing. One call looks at one batch: later batches are not seen.
    Result<Receipt> preview(std::span<const IncomingFact> facts);

    /// What of an intake needs no look at what is stored (app/normalise.h): for a thread of its own, while another has …
    void prepare(Prepared& fact) const;
    /// … the rest of it, as intake and preview do it. The drafts are used up.
    Result<Receipt> intake_prepared(std::span<Prepared> facts);
    Result<Receipt> preview_prepared(std::span<Prepared> facts);

    /// Writes all derived rows up to the newest record.
    Status flush();
    /// Answers when the derived rows are at least as new as `position`.
    Status wait_for(ports::Position position);
    /// Folds the journal anew and compares every derived row; where any differs, all are dropped and written again.
    /// `progress(done, of)` by position.
    Result<Rebuilt> rebuild(const std::function<void(std::uint64_t, std::uint64_t)>& progress = {},
                            Anew anew = Anew::if_different);

    /// Stores a text (same text = same version) after compiling it; `not_runnable` says what is wrong with it.
    Result<std::uint32_t> store_playbook(std::string_view text, std::string_view file);
    Result<Activated> activate(const Activation& activation);
    /// The version in force now; null = none yet.
    std::shared_ptr<const playbook::Compiled> active() const;
    /// A stored version; null when there is none of that number.
    std::shared_ptr<const playbook::Compiled> playbook(std::uint32_t version) const;

    /// `decide` sees the company and its secrets as they stand, alone, and says what is to be done; all of it happens or nothing.
    Status act(
        const std::function<Result<CompanyAct>(const codec::CompanyRow&, const ports::Reader&, Instant now)>& decide);

    /// By a person's decision `from` becomes one with `into` (app/merge.h); `fields` names what survives where somebody chose,
    /// else the newer does. Codes: not_found, same_person, merged_already.
    Status merge(SubjectId into, SubjectId from, const Properties& fields, std::string_view actor);
    /// Apart again, both as their own facts make them. Codes: not_found, not_merged, merged_already.
    Status unmerge(SubjectId from, std::string_view actor);
    /// The facts of an import count no more (app/imports.h); answers how many people and accounts had some.
    /// Codes: not_found, undone_already, interrupted (`stop` said so). Interrupted, it goes on when called again.
    Result<std::uint64_t> undo_import(std::uint32_t number, std::string_view actor,
                                      const std::function<bool()>& stop = {});
    /// Erases what is known of the person and of all merged with it, for good (app/erasure.h). `which`: only the facts it says yes to, and
    /// their copies; the person lives on with the rest, or is erased when there is none. Codes: not_found, unfinished (erased,
    /// but the files still hold it: call again).
    /// With `only_if`, code `changed`.
    Result<Erased> erase(SubjectId person, std::string_view actor,
                         const std::function<bool(const codec::JournalRecord&)>& which = {},
                         const OnlyIf& only_if = {});
    /// Entries of registers, each as wanted already or one record; what app/registers.h says.
    Result<Listed> list(std::span<const ListChange> changes, std::string_view actor);
    /// Leads whose answers are to be fetched (app/awaited.h). `decide` sees all that wait, alone, and says what becomes of some.
    Status await(const std::function<std::vector<AwaitedChange>(std::span<const codec::AwaitedLead* const> all,
                                                                Instant now)>& decide);
    /// When the first of them is to be asked for; none = nothing waits.
    std::optional<Instant> next_awaited() const;

    /// Journals every due moment ≤ until, in due order, each once. Answers how many. `until` later than the clock's
    /// now is cut to now: nothing fires early.
    Result<std::size_t> run_due(Instant until);
    /// The earliest due moment of all; none = nothing waits.
    Result<std::optional<Instant>> next_due();
    /// Ends a historical import: offers opened in it close as imported. Answers how many. Later calls find nothing, nor does
    /// one while another process imports; a server among others ends by itself what nobody has gone on with for a minute.
    Result<std::size_t> go_live();

    /// A look at the store beside the writer; one a thread. Sees what is derived: wait_for() first to see one's own write.
    Result<std::unique_ptr<Reads>> reads();

    /// How much of visitors is kept, as of the newest that this process knows.
    codec::TrackingMode tracking() const;
    Stats stats() const;
    /// Whether the store answered when it was last asked; a server with `threads` asks every second at least.
    bool available() const;
    /// The newest durable record this process knows of.
    ports::Position position() const;
    /// flush() and no more intake.
    Status close();

    struct Core;  ///< app's own: core.h

   private:
    explicit Ledger(std::unique_ptr<Core> core);
    std::unique_ptr<Core> core_;
};

}  // namespace baton::app
