// One transaction in the making: records for the journal, already folded in memory, with what they said to other subjects.
//
// Messages between lanes are there exactly once because they are journaled in the transaction of the fact that caused
// them: both are durable or neither is. A replay never sends any: it finds them in the journal.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <unordered_map>

#include "app/core.h"
#include "codec/erasure.h"

namespace baton::app {

/// What Baton itself has to say of a subject.
codec::JournalRecord internal_record(FactKind kind, Instant at, bool historical, std::uint16_t source);

/// Nothing but browsers is known of them.
bool is_nameless(std::span<const ports::IdentityKey> keys);
/// Whether a fact so trusted makes the key known for a person who had the `known` ones before it.
bool may_give(Trust trust, const ports::IdentityKey& key, std::span<const ports::IdentityKey> known);

class Batch {
   public:
    Batch(Ledger::Core& core, Instant recorded_at);

    // ---- who ----
    /// By what is stored and what this batch gives; nothing when the key is unknown.
    Result<std::optional<SubjectId>> find(const ports::IdentityKey& key);
    /// Looks all of them up at once; find() then knows them.
    Status look_up(std::vector<ports::IdentityKey> keys);
    /// The person these keys (highest precedence first) name, or nothing: then it is a new one.
    Result<std::optional<SubjectId>> find(std::span<const ports::IdentityKey> keys);
    Subject& create(const ports::IdentityKey& first, bool account);
    /// Makes the unknown ones of `keys` known for the subject; answers which.
    /// A browser gives a person no second e-mail or phone, and who has a name for us no id: later facts of servers would follow it.
    Result<std::vector<codec::Key>> link(SubjectId subject, std::span<const ports::IdentityKey> keys,
                                         Trust trust = Trust::server);
    Result<Subject*> load(SubjectId id);

    // ---- duplicates ----
    /// Where the message stands already, or the free key it shall take. Two messages of one hash are told apart by the records.
    struct Place {
        std::optional<FactRef> duplicate;
        ports::MessageKey free;
    };
    Result<Place> place(const Draft& draft, std::uint16_t source, SubjectId subject,
                        std::optional<ports::Position> looked_up);
    ports::MessageKey message_key(const Draft& draft, std::uint16_t source, Lane lane) const;

    // ---- what happens ----
    /// Journals what comes due up to and including `t`, refolds what an activation asks for by then.
    Status advance(Subject& subject, Instant t, bool historical);
    /// Gives the record its place, folds it, keeps what it says to others for drain().
    Status emit(Subject& subject, codec::JournalRecord& record, std::optional<ports::MessageKey> message);
    /// A person that rests since an import was undone comes back: something new is about to happen.
    Status wake(Subject& person, bool historical);
    Status emit_timer(Subject& subject, Instant due, bool historical);
    /// Journals another person's fact for the one it was merged into, and further on where that one rests too.
    enum class When : std::uint8_t { before_merge, since };
    Status forward(Subject& survivor, SubjectId origin, codec::JournalRecord record, When when);
    /// Visitors without a name who turn out to be the person, by a fact with their key and a stronger one of the person's: their
    /// past joins it, until somebody takes them apart again (merge.cpp).
    Status take_in_visitors(Subject& person, const Draft& draft);
    /// Stored and of this batch, oldest first.
    Result<std::vector<codec::JournalRecord>> records_before(const Subject& subject, Seq before) const;
    Seq next_seq(Lane lane) const { return {heads_[lane.value].seq.value + 1}; }
    /// Who lives on in place of the person: itself, unless it was merged.
    Result<Subject*> survivor_of(Subject& person);
    /// Holds the person against the registers, with what the fact at hand adds; says so first where it is not what is known.
    struct ScrubOf {
        Instant at;
        bool historical = false;
        std::vector<ports::IdentityKey> keys;
        std::string account, company, name;
        Trust trust = Trust::server;
    };
    Status scrub(Subject& person, const ScrubOf& fact);
    /// What an erasure leaves of the subject: `record` is the `erased` fact that says so, `out` what it tells others.
    Status restate(Subject& subject, codec::JournalRecord& record, codec::Restated left, const engine::StepOutput& out);
    void redact(ports::Redaction redaction) { append_.redactions.push_back(std::move(redaction)); }
    void forget(const ports::Identity& identity);
    /// Stored ones that this batch does not take away.
    std::vector<ports::IdentityKey> keys_left(SubjectId subject) const;
    Status emit_lane(Lane lane, codec::JournalRecord& record, std::optional<ports::MessageKey> message);
    /// Written in the same transaction.
    void put(std::vector<ports::Secret> secrets) { append_.secrets = std::move(secrets); }
    /// Journals the messages to accounts and members until nothing follows.
    Status drain();

    const ports::Append& append() const { return append_; }
    ports::Append& finish();  ///< with the heads touched
    /// What it holds has been written in the turn that is open; it goes on with the next part of the same transaction.
    void written();
    const std::array<ports::LaneHead, lane_count>& heads() const { return heads_; }
    std::size_t records() const { return append_.records.size(); }  ///< not written yet
    std::size_t timers() const { return timers_; }
    Instant recorded_at() const { return recorded_at_; }

   private:
    struct Told {
        engine::Effect effect;
        SubjectId from;
        Instant at;
        bool historical = false;
        std::string id;
    };
    ports::Record& write(SubjectId subject, ports::Position previous, codec::JournalRecord& record,
                         std::optional<ports::MessageKey> message);
    void tell(const engine::StepOutput& out, const Subject& from, Instant at, bool historical,
              const std::string& cause);
    Status tell_account(Told& told);
    Status tell_member(Told& told);
    Result<std::vector<Fact>> earlier(const Subject& subject, Seq before) const;
    Result<std::vector<ports::IdentityKey>> keys_of(SubjectId subject) const;  ///< stored and of this batch
    Result<bool> may_take(SubjectId subject, const ports::IdentityKey& key);
    bool same_message(const ports::Record& record, const Draft& draft, std::uint16_t source) const;
    Result<Subject*> nameless(const ports::IdentityKey& key, const Subject& but);

    Ledger::Core& core_;
    Instant recorded_at_;
    std::array<ports::LaneHead, lane_count> heads_;
    ports::Append append_;
    std::bitset<lane_count> touched_;
    struct HashOf {
        std::size_t operator()(const ports::IdentityKey& key) const {
            return std::hash<std::string>()(key.key) ^ static_cast<std::size_t>(key.kind);
        }
        std::size_t operator()(const ports::MessageKey& key) const { return static_cast<std::size_t>(key.hash); }
    };
    std::unordered_map<ports::IdentityKey, std::optional<SubjectId>, HashOf> known_;
    std::unordered_map<ports::MessageKey, std::size_t, HashOf>
        messages_;  ///< → index of the record, or written_already
    static constexpr std::size_t written_already = SIZE_MAX;
    std::deque<Told> told_;
    std::size_t timers_ = 0;
    bool registers_ = false;  ///< some register has an entry
};

}  // namespace baton::app
