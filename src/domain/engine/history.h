// What followed from a fact. History is derived: a fold of the journal makes the same records again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/engine/state.h"

namespace baton::engine {

enum class HistoryKind : std::uint8_t {
    stage_entered,  ///< from, to, cause
    lead_opened,
    lead_closed,      ///< detail: won | lost
    class_changed,    ///< what: class id, from, to: labels
    offered,          ///< what: hand-off id, number
    offer_ended,      ///< what: hand-off id, number, detail: OfferEnd as text, reason
    holder_changed,   ///< what: kind of holder, from, to: names, detail: responsible
    cycle_started,    ///< number
    held_back,        ///< hold after reject or return; reason, denied; number: wake_at in µs or 0
    hold_ended,       ///< detail: woke_up | new_evidence | moved
    square_peg,       ///< 16 moves, or no rule fits
    ignored,          ///< observation that fitted nothing; detail: why
    decision_void,    ///< a decision in the journal that the rules of its moment do not allow; detail: refusal code
    version_changed,  ///< number: version; features were refolded
    migrated,         ///< removed stage: from, to
    merged,    ///< two people became one; number: the other; detail: took_in | into; from: stage of the one that rests
    unmerged,  ///< two again; number: the other; detail: gave_back | came_back; to: its stage
    import_undone,  ///< facts of an import count no more; number: which; detail: gave_back | rests | woke; from, to: its stage
    erased,         ///< its data were erased; from: stage, when it stood in one; detail: all | some
};

enum class MoveCause : std::uint8_t { rule, fact, decision, time, skip, hand, migration, start };

/// Clause by clause at the moment of the record; words are made on read.
struct Explained {
    std::string clause;  ///< id in the version
    Truth truth = Truth::unknown;
    std::vector<FactRef> facts;  ///< the newest fact behind each input that has one
};

struct HistoryRecord {
    HistoryKind kind = HistoryKind::stage_entered;
    Instant at;           ///< engine time
    FactRef by;           ///< the fact that caused it
    std::uint16_t n = 0;  ///< 0, 1 … among the records of one fact
    std::uint32_t version = 0;
    MoveCause cause = MoveCause::rule;
    std::string what, from, to, detail, reason, actor;
    std::int64_t number = 0;
    std::uint32_t cycle = 1;
    bool skip = false;
    bool backward = false;
    bool historical = false;
    bool time_known = true;
    std::vector<std::string> skipped;  ///< stages passed over by a skip
    std::vector<std::string> denied;   ///< reject, return: clauses denied
    std::vector<Explained> explanation;
};

std::string_view to_string(HistoryKind kind);
std::string_view to_string(MoveCause cause);
std::string_view to_string(OfferEnd end);
std::string_view to_string(HolderKind kind);

/// Intentions for the outside or for other subjects. Effect id = (lane, seq of the fact, n).
enum class EffectKind : std::uint8_t {
    notify,
    task,
    enrol,
    webhook,
    set_field,
    start_clock,
    tell_account,
    tell_member
};
struct Effect {
    EffectKind kind = EffectKind::notify;
    std::uint16_t n = 0;
    std::string target, text, responsible;
    std::int64_t within_us = 0;
    // tell_account: `target` is the account key; tell_member: `member`
    SubjectId member;
    Properties payload;  ///< of the member_changed or account_changed fact to be journaled there
};

}  // namespace baton::engine
