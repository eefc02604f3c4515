// The state of a person: features (a function of live facts and the version) and decisions (made once). DESIGN §1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/time.h"
#include "domain/criteria/criteria.h"
#include "domain/engine/fact.h"
#include "domain/engine/packed_lists.h"
#include "domain/value.h"

namespace baton::engine {

using criteria::Truth;

// ---- features -------------------------------------------------------------------------------------------------

struct Attribute {
    PropertyIndex property;
    Value value;
    Instant occurred_at;
    Instant recorded_at;
    FactRef from;
    bool answered = false;    ///< set by an answer, not by data; of consent: a withdrawal
    bool unverified = false;  ///< filled in by a browser: anything that a server says counts before it
};

// Rows are many and read together, so they are kept narrow: a fact is named by lane and seq apart, a person's facts are
// counted in 32 bits.

/// Facts of one type.
struct TypeCount {
    TypeIndex type;
    Lane last_lane;
    std::uint32_t total = 0;
    std::uint32_t this_cycle = 0;
    std::uint32_t at_last = 0;  ///< facts that occurred exactly at `last`
    Instant first;
    Instant last;
    Seq last_seq;

    FactRef last_from() const { return {last_lane, last_seq}; }
};

/// When a fact occurred whose type some criterion counts within a window.
struct RecentFact {
    TypeIndex type;
    Instant occurred_at;
    friend auto operator<=>(const RecentFact&, const RecentFact&) = default;
};

/// Entries of one rule in this cycle. A rule without decay and once_per keeps no entries, only their number.
struct RuleEntries {
    ScoreRuleIndex rule;
    Lane last_lane;
    std::uint32_t count = 0;
    std::uint32_t at_last = 0;  ///< of them, exactly at `last`
    Instant last;
    Seq last_seq;

    FactRef last_from() const { return {last_lane, last_seq}; }
};
/// One scoring fact. `asset` is a hash of the once_per value (0 without).
struct ScoreEntry {
    ScoreRuleIndex rule;
    Lane lane;
    Seq seq;
    Instant occurred_at;
    std::uint64_t asset = 0;

    FactRef from() const { return {lane, seq}; }
};

struct Features {
    std::int64_t facts = 0;  ///< live facts folded
    /// Types ascending by type; rules by rule; entries by rule, occurred_at, ref: those that still can count; recent facts
    /// within the longest window any criterion asks for, ascending.
    /// Decimals by ScoreIndex: fit scores as last computed (0 for other kinds).
    PackedLists<Decimal, TypeCount, RuleEntries, ScoreEntry, RecentFact> rows;
    std::vector<Attribute> attributes;          ///< ascending by property
    std::vector<Attribute> answers;             ///< newest answer of each question
    std::vector<Attribute> account_attributes;  ///< as last told by the account
    std::vector<std::int64_t> aggregates;       ///< by AggregateIndex, as last told by the account

    std::span<const Decimal> fit() const { return rows.all<Decimal>(); }
    std::span<const TypeCount> types() const { return rows.all<TypeCount>(); }
    std::span<const RuleEntries> rules() const { return rows.all<RuleEntries>(); }
    std::span<const ScoreEntry> entries() const { return rows.all<ScoreEntry>(); }
    std::span<const RecentFact> recent() const { return rows.all<RecentFact>(); }
};

/// Those of one rule, of one type.
std::span<const ScoreEntry> entries_of(const Features& features, ScoreRuleIndex rule);
std::span<const RecentFact> recent_of(const Features& features, TypeIndex type);

// ---- decisions ------------------------------------------------------------------------------------------------

enum class HolderKind : std::uint8_t { none, owner, queue, nurture };
struct Holder {
    HolderKind kind = HolderKind::none;
    std::string name;  ///< user, team or program
    std::string responsible;
    friend bool operator==(const Holder&, const Holder&) = default;
};

enum class OfferEnd : std::uint8_t {
    open,
    accepted,
    accepted_by_default,
    accepted_implied,
    rejected,
    expired,
    withdrawn,
    imported
};

struct ClauseTruth {
    std::string clause;  ///< id
    Truth truth = Truth::unknown;
    friend bool operator==(const ClauseTruth&, const ClauseTruth&) = default;
};

/// The open (or last) hand-off of the lead.
struct Offer {
    std::uint32_t number = 0;  ///< 1, 2 … within the lead; 0 = none yet
    OfferEnd end = OfferEnd::open;
    bool historical = false;
    Instant silence_at = Instant::never();
    std::string hand_off;  ///< id
    Instant offered_at;
    FactRef offered_by;
    std::vector<ClauseTruth> snapshot;
    bool open() const { return number != 0 && end == OfferEnd::open; }
};

/// After a rejection or return: not offered again until wake_at or until a denied clause changed (PLAYBOOK §14).
struct Hold {
    bool active = false;
    Instant since;
    FactRef by;
    Instant wake_at = Instant::never();
    std::string reason;
    std::vector<std::string> denied;  ///< clause ids
};

/// What every step reads stands first.
struct Lead {
    std::string stage;  ///< id; "" before the first fact
    Instant stage_entered_at;
    Instant cycle_started_at;
    std::uint32_t cycle = 1;
    std::uint32_t opened = 0;  ///< how many times a lead was opened
    bool open = false;
    bool square_peg = false;
    bool time_known = true;           ///< of the last stage move
    std::vector<std::string> labels;  ///< by ClassIndex
    Hold hold;
    Offer offer;
    Holder holder;
    std::string furthest;
    FactRef stage_entered_by;
};

// ---- the whole -------------------------------------------------------------------------------------------------

struct PersonState {
    Instant next_at = Instant::never();        ///< PLAYBOOK §17
    Instant engine_at = Instant::beginning();  ///< engine time of the last step; never falls
    FactRef last;                              ///< last fact folded
    std::uint32_t version = 0;  ///< number of the playbook version features and decisions stand under; 0 = none yet
    Features features;
    Lead lead;
    std::vector<bool> member_of;  ///< last told to the account, by AggregateIndex
    std::string account;          ///< key of the person's account, "" = none
};

struct AccountMember {
    SubjectId person;
    std::vector<bool> counts;  ///< by AggregateIndex
};
struct AccountState {
    std::uint32_t version = 0;
    std::vector<Attribute> attributes;
    std::vector<AccountMember> members;  ///< ascending by person
    std::vector<std::int64_t> told;      ///< by AggregateIndex
};

}  // namespace baton::engine
