// What screens, API and command line ask. All answers come from rows as of the derived watermark; nothing here writes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "codec/journal.h"
#include "codec/state.h"
#include "domain/engine/history.h"
#include "domain/engine/state.h"
#include "domain/engine/step.h"
#include "domain/playbook/compiled.h"
#include "ports/store.h"

namespace baton::app {

/// Compiled playbooks by version; shared with the ledger, safe from any thread.
class Playbooks;

/// A person as Baton knew it at `as_of` (never() = now, that is: up to the newest record).
struct PersonView {
    SubjectId id;
    std::vector<ports::IdentityKey> keys;  ///< ascending; those known now, whatever `as_of`
    engine::PersonState state;
    std::shared_ptr<const playbook::Compiled>
        playbook;  ///< the version the state stands under; null = no fact folded yet
    Instant as_of;
    std::string name, email, account;   ///< for people
    SubjectId merged_into;              ///< 0 = not merged into anybody
    std::vector<SubjectId> absorbed;    ///< who was merged into this person; their keys are among `keys`
    std::vector<codec::ScrubHit> hits;  ///< registers the person stands in, as of its last fact
};

/// An organisation. Without `id` nothing but its people is known of it.
struct AccountView {
    std::optional<SubjectId> id;
    std::string key;  ///< domain or name in its one spelling
    engine::AccountState state;
    std::shared_ptr<const playbook::Compiled>
        playbook;  ///< the version the state stands under; null = no fact folded yet
};

struct ListedAccount {
    AccountView account;
    std::int64_t people = 0, open_leads = 0;  ///< at most ports::AccountRow::most_people are counted
};

/// Exactly one of the two is there.
struct TimelineEntry {
    Instant at;  ///< a fact: occurred_at; history: engine time
    std::optional<codec::JournalRecord> fact;
    std::optional<engine::HistoryRecord> history;
};
struct Timeline {
    std::vector<TimelineEntry> entries;  ///< journal order: each fact, then what followed from it
    /// The fact an explanation refers to; null when it is not this person's.
    const codec::JournalRecord* fact(FactRef ref) const;
};

struct FunnelCell {
    std::int64_t entered = 0;  ///< entries, again after a return too
    std::int64_t leads = 0;    ///< distinct leads
};
struct FunnelStage {
    std::string id, name;
    FunnelCell in;
    std::int64_t inside = 0;  ///< now; entered = inside + left
    std::int64_t left = 0;
};
struct FunnelArrow {
    std::string from, to;
    std::int64_t moves = 0;
};
struct FunnelOffer {
    std::string hand_off;
    std::map<std::string, std::int64_t> ends;  ///< "offered", "accepted", "accepted_by_default", "rejected" … → number
};
struct Funnel {
    std::string playbook;  ///< id of the active one
    std::uint32_t version = 0;
    std::vector<FunnelStage> stages;  ///< document order, then stages of earlier versions
    std::vector<FunnelArrow> arrows;  ///< moves that happened, ascending by (from, to)
    std::vector<FunnelOffer> offers;
    /// Only by funnel_by: value at entry ("" = missing) → stage → numbers.
    std::map<std::string, std::map<std::string, FunnelCell>> by;
};

struct User {
    std::string id, name;
    std::vector<std::string> roles;  ///< ascending; all that any fact gave
};

struct Move {
    SubjectId person;
    engine::HistoryRecord record;
};

struct Digests {
    Digest journal_head{};  ///< over all lanes: equal after copy, backup, restore
    Digest state_hash{};    ///< equal on any store for the same input
};

/// Follows people through their facts, one person after the other. References hold during the call only.
class Replayed {
   public:
    virtual ~Replayed() = default;
    virtual void begin(SubjectId) {}
    /// Just before `fact` is folded in; due moments before it have been.
    virtual void before(const playbook::Compiled&, const engine::PersonState&, const Fact&) {}
    /// Just after, with what followed.
    virtual void after(const playbook::Compiled&, const engine::PersonState&, const Fact&,
                       std::span<const engine::HistoryRecord>) {}
    virtual void end(const engine::PersonState&) {}
};

class Reads {
   public:
    Reads(std::unique_ptr<ports::Reader> reader, std::shared_ptr<Playbooks> playbooks);
    ~Reads();

    /// KEY: Baton's number, e-mail, external id, phone, user id or anonymous id; nothing when unknown.
    Result<std::optional<SubjectId>> find(std::string_view key) const;
    /// The same with the key that fitted; kind '#' for the number. Who was merged is the survivor, or `itself`.
    enum class Merged : std::uint8_t { survivor, itself };
    Result<std::optional<ports::Identity>> find_key(std::string_view key, Merged merged = Merged::survivor) const;

    /// Now, or as Baton knew the person at engine time `at` (facts after it are not looked at).
    Result<std::optional<PersonView>> person(SubjectId id, std::optional<Instant> at = {}) const;
    Result<Timeline> timeline(SubjectId id, std::optional<Instant> at = {}) const;
    /// What the person's answers are as of: other than before whenever one of its records is new; no_position = nobody.
    Result<ports::Position> version(SubjectId id) const;
    /// By its number, domain or name; one without a single fact of its own too.
    Result<AccountView> account(std::string_view key) const;
    /// Ascending by key.
    Result<std::vector<ListedAccount>> accounts(const ports::AccountQuery& query) const;
    /// Where the lead stands and what would move it, at `at` (default `now`).
    Result<engine::Why> why(SubjectId id, Instant now, std::optional<Instant> at = {}) const;

    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& query) const;
    Result<std::optional<ports::LeadRow>> lead(SubjectId id) const;
    /// Newest stage moves of all, newest first.
    Result<std::vector<Move>> latest_moves(std::size_t limit) const;

    Result<Funnel> funnel() const;
    /// `property`: a person property of the active version, else one of the account; unknown_property otherwise.
    Result<Funnel> funnel_by(std::string_view property) const;

    Result<std::vector<User>> users() const;
    Result<codec::CompanyRow> lane(Lane lane) const;   ///< a lane's own state
    Result<codec::CompanyRow> company() const;         ///< as of the derived rows
    Result<std::vector<std::string>> sources() const;  ///< names by JournalRecord::source
    Result<std::vector<ports::StoredPlaybook>> playbooks() const;
    std::shared_ptr<const playbook::Compiled> playbook(std::uint32_t version) const;  ///< null = not there
    std::shared_ptr<const playbook::Compiled> active() const;

    Result<Digests> digest() const;
    /// Every person, ascending by id. `progress(done)` after each person, may be empty.
    Status replay(Replayed& visitor, const std::function<void(std::uint64_t)>& progress = {}) const;
    Result<ports::Position> derived_up_to() const;

    const ports::Reader& reader() const { return *reader_; }

   private:
    Result<std::optional<ports::Identity>> find_known(std::string_view text) const;

    std::unique_ptr<ports::Reader> reader_;
    std::shared_ptr<Playbooks> playbooks_;
};

}  // namespace baton::app
