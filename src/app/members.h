// Members: people who sign in and programs that hold keys. Every change is one record in the company's lane, which is the audit
// trail; what proves who somebody is stands beside the journal as a hash and goes when it is taken away.
//
// Passwords: argon2id (libsodium, interactive limits: 64 MiB, about 0.1 s). Keys and sessions: 256 random bits, kept as BLAKE2b.
// Being disabled takes sessions and keys away in the same transaction, so it works at once, in every process on the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "app/roles.h"

namespace baton::app {

/// Who calls, proven.
struct Caller {
    enum class By : std::uint8_t { key, session };
    std::string id;  ///< member
    By by = By::key;
    Roles roles;
    Scope scope = Scope::write;  ///< of a key; sessions may what their roles may
    bool service = false;
    std::string secret;  ///< id of the key or session
};

struct Member {
    std::string id, name, email;
    Roles roles;
    bool service = false;
    bool disabled = false;
    Instant since;
    bool password = false;  ///< has one
};

struct Key {
    std::string id;  ///< 16 hex digits of its hash: names it without giving it away
    std::string owner, label;
    Scope scope = Scope::intake;
    Instant made_at;
};

struct MemberChange {
    std::string id;
    std::optional<std::string> name, email;
    std::optional<Roles> roles;
    std::optional<bool> service, disabled;
};

struct MadeKey {
    std::string text;  ///< shown once
    std::string id;
};
struct SignedIn {
    std::string token;  ///< for the cookie; shown once
    std::string id;
    Instant ends_at;
};

struct Session {
    std::string id;  ///< 16 hex digits of its hash
    Instant made_at, ends_at;
};

struct AuditEntry {
    ports::Position position = ports::no_position;
    Instant at;
    std::string actor;  ///< "" = Baton itself
    std::string about;  ///< member or user; "" = the company
    std::string what;   ///< in words: "key made (intake, web form)"
};

inline constexpr std::size_t shortest_password = 12, longest_password = 256;
inline constexpr Duration session_length = Duration::hours(12);

class Members {
   public:
    explicit Members(Ledger& ledger) : ledger_(ledger) {}

    // Codes: bad_member, unknown_member, member_exists, last_admin, bad_role, weak_password, those of the store.
    Status add(const MemberChange& member, std::string_view actor);
    Status change(const MemberChange& change, std::string_view actor);
    Status set_password(std::string_view member, std::string_view password, std::string_view actor);
    /// The owner is made, as a service with the role marketing, when there is no such member.
    Result<MadeKey> make_key(std::string_view owner, Scope scope, std::string_view label, std::string_view actor);
    /// Code unknown_key.
    Status revoke_key(std::string_view id, std::string_view actor);
    /// By member id or e-mail. Code sign_in_failed whatever is wrong, after the same time.
    Result<SignedIn> sign_in(std::string_view who, std::string_view password);
    Status sign_out(const Caller& caller);
    /// One of the member's own, by its id as `sessions` shows it. Code unknown_session.
    Status end_session(std::string_view id, std::string_view member);
    /// Whose phone numbers need no code of the country in front: an ISO 3166-1 alpha-2 code, "" = nobody's. Facts from then on.
    Status set_phone_region(std::string_view region, std::string_view actor);
    /// How much of visitors is kept, from then on.
    Status set_tracking(codec::TrackingMode mode, std::string_view actor);

    /// Whose key or session it is; nothing when it is nobody's (any more).
    static Result<std::optional<Caller>> caller_of(const Reads& reads, std::string_view shown, Instant now);
    static Result<std::vector<Member>> list(const Reads& reads);
    static Result<std::vector<Key>> keys(const Reads& reads);
    /// Of one member, those that have not ended, oldest first.
    static Result<std::vector<Session>> sessions(const Reads& reads, std::string_view member, Instant now);
    /// Newest first, before a position (none = from the newest).
    static Result<std::vector<AuditEntry>> audit(const Reads& reads, ports::Position before, std::size_t limit);

   private:
    Ledger& ledger_;
};

/// The same as JSON, for the API and the command line: {"members": […]}, {"keys": […]}, {"entries": […]}.
std::string document(const std::vector<Member>& members);
std::string document(const std::vector<Key>& keys);
std::string document(const std::vector<AuditEntry>& entries);

/// Whether there is a person who may sign in: from then on everything asks who calls.
Result<bool> has_people(const Reads& reads);

}  // namespace baton::app
