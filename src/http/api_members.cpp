// Signing in, members, keys and the audit trail.
#include <limits>

#include "http/api.h"
#include "http/asked.h"

namespace baton::http {
namespace {

using app::Members;

Status read_roles(const codec::JsonNode& body, std::optional<app::Roles>& into) {
    const auto* node = body.find("roles");
    if (node == nullptr || node->kind == codec::JsonKind::null) return {};
    if (node->kind != codec::JsonKind::array) return fail("bad_body", "'roles' must be a list of texts");
    app::Roles roles;
    for (const auto& item : node->items) {
        const auto role = app::role_of(item.text);
        if (item.kind != codec::JsonKind::string || !role)
            return fail("bad_role", "'" + item.text +
                                        "' is no role; there are admin, customer_success, inside_sales, " +
                                        "leadership, marketing, sales_manager and sales_rep");
        roles.add(*role);
    }
    into = roles;
    return {};
}

Result<app::MemberChange> change_of(const Request& request, std::string_view id) {
    auto body = body_of(request, {"id", "name", "email", "roles", "service", "disabled"});
    if (!body) return std::unexpected(body.error());
    app::MemberChange change;
    std::optional<std::string> given;
    for (auto read : {read_text(*body, "id", given), read_text(*body, "name", change.name),
                      read_text(*body, "email", change.email), read_roles(*body, change.roles),
                      read_truth(*body, "service", change.service), read_truth(*body, "disabled", change.disabled)})
        if (!read) return std::unexpected(read.error());
    if (!id.empty() && given && *given != id) return fail("bad_body", "a member's id cannot be changed");
    change.id = id.empty() ? given.value_or("") : std::string(id);
    return change;
}

std::string cookie_of(const Request& request, std::string_view token, std::int64_t seconds) {
    return std::string(session_cookie) + "=" + std::string(token) + "; Path=/; HttpOnly; SameSite=Strict" +
           (request.secure ? "; Secure" : "") + "; Max-Age=" + std::to_string(seconds);
}

}  // namespace

// ---- session ----------------------------------------------------------------------------------------------------

Response Api::get_session(const Call& call) {
    codec::JsonWriter out;
    out.begin_object();
    const auto& caller = call.who.caller;
    if (!caller) {
        out.field("by", gate_.token.empty() ? "open" : "token").key("member").null();
    } else {
        const bool key = caller->by == app::Caller::By::key;
        out.field("by", key ? "key" : "session").field("member", caller->id).key("roles").begin_array();
        for (const auto& role : caller->roles.names()) out.value(role);
        out.end_array();
        if (key) out.field("scope", app::to_string(caller->scope));
    }
    out.end_object();
    return json(out.take());
}

Response Api::post_session(const Call& call) {
    const auto body = body_of(call.request, {"who", "password"});
    if (!body) return failed(body.error());
    std::optional<std::string> who, password;
    if (auto read = read_text(*body, "who", who); !read) return failed(read.error());
    if (auto read = read_text(*body, "password", password); !read) return failed(read.error());
    const Instant now = clock_.now();
    const std::string by_name = "name " + who.value_or(""), by_address = "address " + call.request.remote;
    for (const auto* what : {&by_name, &by_address})
        if (const auto wait = attempts_.wait(*what, now)) {
            Response response = problem(429, "too_many_attempts", "Too many failed sign-ins; wait a while.");
            response.headers.emplace_back("retry-after", std::to_string(wait->us / 1'000'000 + 1));
            return response;
        }
    const auto session = members_.sign_in(who.value_or(""), password.value_or(""));
    if (!session && session.error().code == "sign_in_failed") {
        attempts_.failed(by_name, now);
        attempts_.failed(by_address, now);
        return problem(401, session.error().code, "Nobody signs in with this name and password.");
    }
    if (!session) return failed(session.error());
    attempts_.succeeded(by_name);
    codec::JsonWriter out;
    out.begin_object().field("member", session->id).field("ends_at", session->ends_at).end_object();
    Response response = json(out.take());
    response.headers.emplace_back("set-cookie",
                                  cookie_of(call.request, session->token, app::session_length.us / 1'000'000));
    return response;
}

Response Api::delete_session(const Call& call) {
    const auto& caller = call.who.caller;
    if (!caller || caller->by != app::Caller::By::session)
        return problem(409, "no_session",
                       "There is no session to end: the caller came with a key, a token or nothing.");
    if (const auto out = members_.sign_out(*caller); !out) return failed(out.error());
    Response response = done();
    response.headers.emplace_back("set-cookie", cookie_of(call.request, "", 0));
    return response;
}

Result<std::optional<app::Caller>> Api::caller_of(std::string_view shown) {
    auto caller = looking([&](const app::Reads& reads) { return Members::caller_of(reads, shown, clock_.now()); });
    if (!caller || !*caller || (*caller)->by != app::Caller::By::session) return caller;
    if (idle_.used((*caller)->secret, clock_.elapsed())) return caller;
    if (const auto ended = members_.sign_out(**caller); !ended) return std::unexpected(ended.error());
    return std::nullopt;
}

Response Api::get_sessions(const Call& call) {
    const auto& caller = call.who.caller;
    const auto sessions = looking([&](const app::Reads& reads) -> Result<std::vector<app::Session>> {
        if (!caller) return std::vector<app::Session>();
        return Members::sessions(reads, caller->id, clock_.now());
    });
    if (!sessions) return failed(sessions.error());
    codec::JsonWriter out;
    out.begin_object().key("sessions").begin_array();
    for (const auto& session : *sessions) {
        out.begin_object().field("id", session.id).field("made_at", session.made_at).field("ends_at", session.ends_at);
        out.field("current", caller->secret.starts_with(session.id)).end_object();
    }
    out.end_array().end_object();
    return json(out.take());
}

Response Api::delete_one_session(const Call& call) {
    const auto ended = members_.end_session(call.key, call.who.actor());
    return ended ? done() : failed(ended.error());
}

// ---- members ----------------------------------------------------------------------------------------------------

Response Api::get_members(const Call&) {
    return with_reads(true, [](const app::Reads& reads) {
        const auto members = Members::list(reads);
        if (!members) return failed(members.error());
        return json(app::document(*members));
    });
}

Response Api::post_member(const Call& call) {
    const auto change = change_of(call.request, "");
    if (!change) return failed(change.error());
    if (const auto made = members_.add(*change, call.who.actor()); !made) return failed(made.error());
    Response response = done();
    response.status = 201;
    response.headers.emplace_back("location", "/api/v1/members/" + change->id);
    return response;
}

Response Api::patch_member(const Call& call) {
    const auto change = change_of(call.request, call.key);
    if (!change) return failed(change.error());
    const auto changed = members_.change(*change, call.who.actor());
    return changed ? done() : failed(changed.error());
}

Response Api::put_password(const Call& call) {
    const auto body = body_of(call.request, {"password"});
    if (!body) return failed(body.error());
    std::optional<std::string> password;
    if (auto read = read_text(*body, "password", password); !read) return failed(read.error());
    const auto set = members_.set_password(call.key, password.value_or(""), call.who.actor());
    return set ? done() : failed(set.error());
}

// ---- keys -------------------------------------------------------------------------------------------------------

Response Api::get_keys(const Call&) {
    return with_reads(false, [](const app::Reads& reads) {
        const auto keys = Members::keys(reads);
        if (!keys) return failed(keys.error());
        return json(app::document(*keys));
    });
}

Response Api::post_key(const Call& call) {
    const auto body = body_of(call.request, {"owner", "scope", "label"});
    if (!body) return failed(body.error());
    std::optional<std::string> owner, scope, label;
    for (auto read :
         {read_text(*body, "owner", owner), read_text(*body, "scope", scope), read_text(*body, "label", label)})
        if (!read) return failed(read.error());
    const auto wanted = app::scope_of(scope.value_or(""));
    if (!wanted) return failed({"bad_scope", "'scope' must be intake, read or write"});
    const auto key = members_.make_key(owner.value_or(call.who.actor()), *wanted, label.value_or(""), call.who.actor());
    if (!key) return failed(key.error());
    codec::JsonWriter out;
    out.begin_object().field("id", key->id).field("key", key->text).end_object();
    return json(out.take(), 201);
}

Response Api::delete_key(const Call& call) {
    const auto revoked = members_.revoke_key(call.key, call.who.actor());
    return revoked ? done() : failed(revoked.error());
}

// ---- audit ------------------------------------------------------------------------------------------------------

Response Api::get_audit(const Call& call) {
    const auto limit = number_asked(call.request, "limit", 1, 500, 50);
    const auto before = number_asked(call.request, "before", 0, std::numeric_limits<std::int64_t>::max(), 0);
    if (!limit) return failed(limit.error());
    if (!before) return failed(before.error());
    return with_reads(true, [&](const app::Reads& reads) {
        const auto entries = Members::audit(reads, *before, static_cast<std::size_t>(*limit));
        if (!entries) return failed(entries.error());
        return json(app::document(*entries));
    });
}

}  // namespace baton::http
