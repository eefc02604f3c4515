#include "http/access.h"

#include <algorithm>

#include "app/normalise.h"
#include "base/mac.h"

namespace baton::http {
namespace {

/// What the caller shows, and whether a page of another site could have made the browser show it.
struct Shown {
    std::string secret;
    bool by_cookie = false;
};

std::string cookie(const Request& request, std::string_view name) {
    const std::string all = request.header("cookie");
    std::string_view rest = all;
    while (!rest.empty()) {
        std::string_view one = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.starts_with(name) && one.size() > name.size() && one[name.size()] == '=')
            return std::string(one.substr(name.size() + 1));
    }
    return "";
}

/// A bearer token, user name or password of HTTP Basic (tracking clients send a key as the name), or the session's cookie.
Shown shown_by(const Request& request) {
    const std::string given = request.header("authorization");
    if (given.starts_with("Bearer ")) return {given.substr(7), false};
    if (!given.starts_with("Basic ")) return {cookie(request, session_cookie), true};
    const std::string pair = from_base64(std::string_view(given).substr(6)).value_or("");
    const std::size_t colon = pair.find(':');
    if (colon == std::string::npos) return {};
    return {colon + 1 < pair.size() ? pair.substr(colon + 1) : pair.substr(0, colon), false};
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

/// A browser names the site of the page that sends; only our own pages may change anything.
bool from_another_site(const Request& request) {
    const std::string origin = request.header("origin");
    if (!origin.empty()) {
        const std::string host = request.header("host");
        return origin != "http://" + host && origin != "https://" + host;
    }
    return request.header("sec-fetch-site") == "cross-site";
}

}  // namespace

std::string_view to_string(Access access) {
    switch (access) {
        case Access::probe: return "probe";
        case Access::page: return "page";
        case Access::sign_in: return "sign_in";
        case Access::self: return "self";
        case Access::intake: return "intake";
        case Access::track: return "track";
        case Access::read: return "read";
        case Access::change: return "change";
        case Access::arrange: return "arrange";
        case Access::curate: return "curate";
        case Access::disclose: return "disclose";
        case Access::audit: return "audit";
        case Access::form: return "form";
        case Access::configure: return "configure";
        case Access::manage: return "manage";
    }
    return "";
}

bool is_loopback_host(std::string_view host) {
    const std::string_view name = without_port(host);
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

bool is_loopback_address(std::string_view address) { return is_loopback_host(address); }

namespace {

using app::Caller;
using app::Role;
using app::Roles;
using app::Scope;

constexpr Roles all_but_leadership{Role::marketing,     Role::inside_sales,     Role::sales_rep,
                                   Role::sales_manager, Role::customer_success, Role::admin};
constexpr Roles curators{Role::marketing, Role::sales_manager, Role::admin};
constexpr Roles selling{Role::inside_sales, Role::sales_rep, Role::sales_manager, Role::admin};

Roles roles_for(Access access) {
    switch (access) {
        case Access::intake:
        case Access::track:
        case Access::change: return all_but_leadership;
        case Access::curate: return curators;
        case Access::audit: return {Role::leadership, Role::admin};
        case Access::disclose:
        case Access::configure: return {Role::marketing, Role::admin};
        case Access::manage: return {Role::admin};
        default: return Roles::all();
    }
}

bool scope_allows(const Caller& caller, Access access) {
    if (caller.by == Caller::By::session || caller.scope == Scope::write || access == Access::self) return true;
    if (caller.scope == Scope::intake) return access == Access::intake || access == Access::track;
    return access == Access::read;
}

std::string names_of(Roles roles) {
    std::string text;
    for (const auto& name : roles.names()) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

std::optional<Response> not_allowed(const Caller& caller, Access access) {
    if (!scope_allows(caller, access))
        return problem(403, "not_allowed",
                       "A key of scope " + std::string(app::to_string(caller.scope)) + " is not enough for this.");
    const Roles needed = roles_for(access);
    if (caller.roles.any_of(needed)) return std::nullopt;
    return problem(403, "not_allowed", "This needs one of the roles " + names_of(needed) + ".");
}

Response not_known(bool people) {
    Response response = problem(401, "sign_in_needed",
                                "Sign in, or send an API key or the server's token as 'Authorization: Bearer …'.");
    // A browser asks by itself only where there is no page to sign in on.
    response.headers.emplace_back("www-authenticate", people ? "Bearer" : "Basic realm=\"Baton\", charset=\"UTF-8\"");
    return response;
}

bool changes(const Request& request) { return request.method != "GET" && request.method != "HEAD"; }

}  // namespace

std::expected<Who, Response> Gate::admit(const Request& request, Access access, const Directory& directory,
                                         const std::string& key) const {
    if (access == Access::probe || access == Access::form) return Who{};
    const Shown shown = key.empty() ? shown_by(request) : Shown{key, false};
    if (changes(request) && from_another_site(request) && (shown.by_cookie || shown.secret.empty()))
        return std::unexpected(problem(403, "cross_origin", "Pages of other sites may not write here."));
    if (!token.empty() && same_bytes(shown.secret, token)) return Who{};
    if (!shown.secret.empty()) {
        auto caller = directory.caller_of(shown.secret);
        if (!caller) return std::unexpected(unavailable(caller.error()));
        if (*caller && access != Access::page && access != Access::sign_in)
            if (auto refusal = not_allowed(**caller, access)) return std::unexpected(std::move(*refusal));
        if (*caller) return Who{std::move(*caller)};
    }
    const auto people = directory.has_people();
    if (!people) return std::unexpected(unavailable(people.error()));
    if (*people && (access == Access::page || access == Access::sign_in)) return Who{};
    const bool wrong_key = !shown.secret.empty() && !shown.by_cookie;
    if (*people || !token.empty() || wrong_key) return std::unexpected(not_known(*people));
    if (is_loopback_host(request.header("host"))) return Who{};
    return std::unexpected(problem(421, "unknown_host",
                                   "As long as nobody has a password Baton answers only to localhost, 127.0.0.1 and "
                                   "[::1]: make a member (baton user add), or set a token with --token or in "
                                   "BATON_TOKEN."));
}

app::Viewer viewer_of(const Who& who) {
    if (!who.caller) return {};
    return {who.caller->id, who.caller->roles.any_of(curators), who.caller->roles.has(Role::admin)};
}

std::optional<Roles> roles_of(const Who& who) {
    if (!who.caller || who.caller->service) return std::nullopt;
    return who.caller->roles;
}

std::optional<Error> refusal_of(const std::optional<Roles>& roles, std::string_view type) {
    if (!roles) return std::nullopt;
    Roles needed = all_but_leadership;
    switch (kind_of(app::trimmed(type))) {
        case FactKind::accept:
        case FactKind::reject:
        case FactKind::return_lead: needed = selling; break;
        case FactKind::withdraw: needed = {Role::marketing, Role::admin}; break;
        case FactKind::assign: needed = {Role::inside_sales, Role::sales_manager, Role::admin}; break;
        case FactKind::user: needed = {Role::admin}; break;
        default: break;
    }
    if (roles->any_of(needed)) return std::nullopt;
    return Error{"not_allowed", "'" + std::string(type) + "' needs one of the roles " + names_of(needed)};
}

std::optional<Error> refusal_of(const Who& who, const IncomingFact& fact) {
    if (!who.caller) return std::nullopt;
    const Caller& caller = *who.caller;
    if (!fact.actor.empty() && fact.actor != caller.id)
        return Error{"actor_not_allowed", "who did it is who calls: '" + caller.id + "', not '" + fact.actor + "'"};
    const FactKind kind = kind_of(app::trimmed(fact.type));
    const bool observation = kind == FactKind::behaviour || kind == FactKind::profile || kind == FactKind::answer ||
                             kind == FactKind::consent;
    if (caller.by == Caller::By::key && caller.scope == Scope::intake && !observation)
        return Error{"not_allowed", "a key of scope intake takes observations only, not '" + fact.type + "'"};
    return refusal_of(roles_of(who), fact.type);
}

}  // namespace baton::http
