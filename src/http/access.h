// Who may call what. Every route states one of these; a route without one does not compile.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "app/members.h"
#include "app/views.h"
#include "http/message.h"

namespace baton::http {

enum class Access : std::uint8_t {
    probe,     ///< anybody who reaches the port: liveness, readiness
    page,      ///< the page itself: text without anything of the store; anybody once people sign in
    sign_in,   ///< anybody, from our own pages only
    self,      ///< whoever has proved who they are
    intake,    ///< facts in: every role but leadership alone, keys of scope intake and write
    track,     ///< as intake, from pages of any site; the key may stand in the body
    form,      ///< anybody, from pages of any site: what may come in is the definition of its source
    read,      ///< every role, keys of scope read and write
    change,    ///< of data by hand: every role but leadership alone, keys of scope write
    arrange,   ///< lists as one wants to see them: every role, keys of scope write
    curate,    ///< who is who, and who may be written to again: marketing, sales_manager and admin, keys of scope write
    disclose,  ///< all of one person's data, out or erased: marketing and admin, signed in or with a key of scope write
    audit,     ///< leadership and admin
    configure,  ///< marketing and admin: what comes in from where
    manage,     ///< admin
};
std::string_view to_string(Access access);

/// Who was let in.
struct Who {
    /// None: the server's own token, or nobody has a password yet and the caller is on this machine. Such a caller may everything.
    std::optional<app::Caller> caller;
    /// What the journal and the audit trail name.
    std::string actor() const { return caller ? caller->id : std::string(); }
};

/// What the store knows about callers.
struct Directory {
    std::function<Result<std::optional<app::Caller>>(std::string_view shown)> caller_of;
    std::function<Result<bool>()> has_people;  ///< somebody has a password: from then on everybody must sign in
};

struct Gate {
    std::string token;  ///< the server's own; "" = none

    /// Who calls, or what to answer instead of the route. `key`: shown elsewhere than in the header; "" = none.
    std::expected<Who, Response> admit(const Request& request, Access access, const Directory& directory,
                                       const std::string& key = {}) const;
};

/// What of views this caller sees and may change.
app::Viewer viewer_of(const Who& who);

/// The roles by which a caller's facts are looked at; none = it may send any: the server's own token, a service.
std::optional<app::Roles> roles_of(const Who& who);
/// Why people of these roles may not send facts of this type; nothing when they may.
std::optional<Error> refusal_of(const std::optional<app::Roles>& roles, std::string_view type);
/// Why this caller may not send this fact; nothing when it may.
std::optional<Error> refusal_of(const Who& who, const IncomingFact& fact);

inline constexpr std::string_view session_cookie = "baton_session";

/// "localhost:8080", "127.0.0.1", "[::1]:80": names only this machine has.
bool is_loopback_host(std::string_view host);
/// Whether "HOST:PORT" to listen on is reachable from this machine only.
bool is_loopback_address(std::string_view address);

}  // namespace baton::http
