// Facts: what happened. The journal holds nothing else, and the engine reads nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "domain/value.h"

namespace baton {

/// Where a fact stands in the journal: its subject's lane (from the subject) and its number in that lane.
struct FactRef {
    Lane lane;
    Seq seq;
    friend constexpr auto operator<=>(FactRef, FactRef) = default;
};

/// What the engine does with a fact is decided by its kind; the kind follows from the type's name (`kind_of`).
/// Observations (behaviour, profile, answer, note, call) are never refused. Decisions can be, at intake only.
/// Internal kinds are written by Baton itself and refused from outside.
enum class FactKind : std::uint8_t {
    behaviour,        ///< any other type: "Page Viewed", "Demo Requested", "Deal Won" …
    profile,          ///< "profile": properties become attributes
    answer,           ///< "answer": {question, value, words?}: a qualification answer
    note,             ///< "note": {text}
    call,             ///< "call": {disposition?, text?}; also counted as behaviour of type "call"
    accept,           ///< "accept": sales takes the open offer
    reject,           ///< "reject": {reason, clauses?: [clause id], details?, wake_at?}
    return_lead,      ///< "return": {reason, clauses?, details?, wake_at?}: from a sales-owned stage
    withdraw,         ///< "withdraw": {reason}: marketing takes the open offer back
    disqualify,       ///< "disqualify": {reason, details?}
    move,             ///< "move": {to: stage id, reason}: a person's hand on the process, also for square pegs
    assign,           ///< "assign": {to: user}: names the owner
    user,             ///< company: "user": {user, name?, roles: [..]}
    timer,            ///< internal: a due moment came
    activation,       ///< internal: a playbook version takes effect here; {version, open_leads, migrate}
    account_changed,  ///< internal: an account tells its member; {"count.<aggregate>": number, "property.<id>": value}
    member_changed,  ///< internal: a person tells its account; {"member": subject number, "count.<aggregate>": bool, "left": true?}
    account_profile,  ///< "account": properties of the organisation
    go_live,          ///< internal: history import ended, serving begins: open offers of history close as `imported`
    access,           ///< internal, company: a member, key, password or session changed; {"act": what, …}
    listed,           ///< internal, a lane's own: an entry of a register; {"register", "entry", "reason", "removed"}
    scrubbed,         ///< internal: what registers hold of the person; {"scrub_<register>": bool, "hit.<n>": [..]}
    merge,            ///< internal: `origin` was merged into this person; {"field.<property>": what survives}
    merged,           ///< internal: this person was merged into `origin`; it rests
    unmerge,          ///< internal: what came from `origin` is taken out again
    unmerged,         ///< internal: this person was taken out of `origin` again
    import_undone,    ///< internal: the facts of `import` count no more; without one, what is left of it wakes
    consent,  ///< "consent": {purpose, given, channel?, text?, text_version?, basis?}: may the person's data serve it
    erased,  ///< internal: some or all facts of this person are gone for good; what stays is said here (codec/erasure.h)
    redacted,  ///< internal: what an erasure left of a fact: no word of it
};

FactKind kind_of(std::string_view type);
std::string_view type_name(FactKind kind);  ///< "" for behaviour
bool is_decision(FactKind kind);            ///< accept … assign
bool is_internal(FactKind kind);

/// Properties that begin so are set by `scrubbed` facts alone: what anybody else says of them is not heard.
inline constexpr std::string_view scrub_prefix = "scrub_";
/// Properties that begin so hold whether the purpose named behind it is allowed; `consent` facts alone set them (consent.h).
inline constexpr std::string_view consent_prefix = "consent_";

/// Who vouches for a fact. Kept in the journal with every fact. What a browser says adds and fills empty fields, and never
/// overwrites (PLAYBOOK §2): anybody can send it about anybody.
enum class Trust : std::uint8_t {
    server,   ///< a server key, an import, a person signed in
    browser,  ///< a browser key or public form
    baton,    ///< written by Baton itself: timers, activations, messages between lanes
};

/// A fact as `step` sees it. Times: `occurred_at` rules decay, windows and touches; `engine_at` rules decisions and
/// timers (recorded_at live, occurred_at in an import marked historical; never falls within a subject).
struct Fact {
    FactRef ref;
    FactKind kind = FactKind::behaviour;
    std::string type;
    Instant occurred_at;
    Instant engine_at;
    Instant recorded_at;
    Properties properties;
    std::string account;       ///< key of the account the fact names for the person; "" = none named
    std::string actor;         ///< user who did or entered it; "" = the person or a system
    std::uint32_t import = 0;  ///< number of the import it came in with; 0 = none
    SubjectId origin;  ///< whose fact it was, forwarded from a merged person; of a merge the other one; 0 = none
    Trust trust = Trust::server;
    bool settled = false;       ///< forwarded from before the merge: features only
    bool historical = false;    ///< effects suppressed, offers close as imported
    bool time_known = true;     ///< false: the source had no time for it; kept out of speed reports
    bool time_clamped = false;  ///< the source's time lay in the future and was brought back to recorded_at
};

}  // namespace baton
