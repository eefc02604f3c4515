#include "app/members.h"

#include <algorithm>

#include "app/batch.h"
#include "app/common_passwords.h"
#include "app/past.h"
#include "base/password.h"
#include "base/plain_line.h"
#include "codec/wire.h"

namespace baton::app {
namespace {

constexpr char of_password = 'p', of_key = 'k', of_session = 's';

// ---- secrets ----------------------------------------------------------------------------------------------------

/// What stands beside the hash of a key or session.
struct Grant {
    std::vector<std::string> roles;
    Scope scope = Scope::write;
    bool service = false;
    std::string label;
    Instant made_at;
};

Bytes encode(const Grant& grant) {
    Bytes bytes;
    codec::WireWriter out(bytes);
    out.byte(1);
    out.byte(static_cast<std::uint8_t>(grant.scope));
    out.byte(grant.service ? 1 : 0);
    out.instant(grant.made_at, Instant{});
    out.text(grant.label);
    out.number(grant.roles.size());
    for (const auto& role : grant.roles) out.text(role);
    return bytes;
}

std::optional<Grant> decode(std::string_view bytes) {
    codec::WireReader in(bytes);
    Grant grant;
    if (in.byte() != 1) return std::nullopt;
    const std::uint8_t scope = in.byte();
    if (scope > static_cast<std::uint8_t>(Scope::write)) return std::nullopt;
    grant.scope = static_cast<Scope>(scope);
    grant.service = in.flag();
    grant.made_at = in.instant(Instant{});
    grant.label = in.text();
    const std::size_t roles = in.count();
    for (std::size_t i = 0; i < roles && in.ok(); ++i) grant.roles.emplace_back(in.text());
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return grant;
}

std::string id_of(std::string_view shown) { return to_hex(blake2b(shown)).substr(0, 32); }
std::string short_id(const ports::Secret& secret) { return secret.id.substr(0, 16); }

ports::Secret removed(const ports::Secret& secret) {
    return {secret.kind, secret.id, secret.owner, "", secret.ends_at};
}

/// Keys and sessions of a member: what they may follows the member.
Result<std::vector<ports::Secret>> follow(const ports::Reader& store, const codec::Member& member) {
    const auto all = store.secrets();
    if (!all) return std::unexpected(all.error());
    std::vector<ports::Secret> changed;
    for (const auto& secret : *all) {
        if (secret.owner != member.id || secret.kind == of_password) continue;
        auto grant = decode(secret.value);
        if (!grant || member.disabled) {
            changed.push_back(removed(secret));
            continue;
        }
        grant->roles = member.roles;
        changed.push_back({secret.kind, secret.id, secret.owner, encode(*grant), secret.ends_at});
    }
    return changed;
}

// ---- members ----------------------------------------------------------------------------------------------------

const codec::Member* find(const codec::CompanyRow& company, std::string_view id) {
    const auto at = std::ranges::lower_bound(company.members, id, {}, &codec::Member::id);
    return at == company.members.end() || at->id != id ? nullptr : &*at;
}

Error unknown(std::string_view id) {
    return {"unknown_member", "there is no member '" + std::string(id) + "'; baton user list names them"};
}

Value list_of(const std::vector<std::string>& texts) {
    ValueList list;
    for (const auto& text : texts) list.emplace_back(text);
    return Value(std::move(list));
}

CompanyAct act_of(const codec::Member& member, std::string_view actor) {
    CompanyAct act;
    act.about = member.id;
    act.actor = actor;
    act.properties = {{"act", Value("member")},         {"disabled", Value(member.disabled)},
                      {"email", Value(member.email)},   {"name", Value(member.name)},
                      {"roles", list_of(member.roles)}, {"service", Value(member.service)}};
    return act;
}

CompanyAct note(std::string_view what, std::string_view about, std::string_view actor, Properties more = {}) {
    CompanyAct act;
    act.about = about;
    act.actor = actor;
    act.properties = std::move(more);
    act.properties.push_back({"act", Value(std::string(what))});
    std::ranges::sort(act.properties, {}, &NamedValue::name);
    return act;
}

Status check_id(std::string_view id) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._-@+").find(c) != std::string_view::npos;
    };
    if (!id.empty() && id.size() <= 100 && std::ranges::all_of(id, fine)) return {};
    return fail("bad_member",
                "a member's id is 1 to 100 letters, digits and . _ - @ +; '" + std::string(id) + "' is not");
}

Status apply(const MemberChange& change, codec::Member& member) {
    for (const auto* text : {&change.name, &change.email})
        if (*text && ((*text)->size() > 200 || !plain_line(**text)))
            return fail("bad_member", "name and e-mail are at most 200 bytes of UTF-8 without control characters");
    if (change.name) member.name = *change.name;
    if (change.email && !change.email->empty()) {
        const auto email = normal_email(*change.email);
        if (!email) return fail("bad_member", "'" + *change.email + "' is no e-mail address");
        member.email = *email;
    } else if (change.email) {
        member.email.clear();
    }
    if (change.roles) member.roles = change.roles->names();
    if (change.service) member.service = *change.service;
    if (change.disabled) member.disabled = *change.disabled;
    if (member.roles.empty()) return fail("bad_role", "a member needs at least one role");
    return {};
}

/// Somebody must be left who can let others in.
Status keep_an_admin(const codec::CompanyRow& company, const codec::Member& after) {
    const auto rules = [](const codec::Member& m) {
        return !m.disabled && !m.service && Roles::of(m.roles).has(Role::admin);
    };
    const codec::Member* before = find(company, after.id);
    if (before == nullptr || !rules(*before) || rules(after)) return {};
    for (const auto& other : company.members)
        if (other.id != after.id && rules(other)) return {};
    return fail("last_admin", "'" + after.id + "' is the last admin: make another one first");
}

Status check_email(const codec::CompanyRow& company, const codec::Member& member) {
    if (member.email.empty()) return {};
    for (const auto& other : company.members)
        if (other.id != member.id && other.email == member.email)
            return fail("member_exists", "'" + member.email + "' is the e-mail of member '" + other.id + "'");
    return {};
}

Status check_password(std::string_view member, std::string_view password) {
    if (password.size() < shortest_password || password.size() > longest_password)
        return fail("weak_password", "a password has 12 to 256 bytes; several words make a good one");
    if (lower(password).find(lower(member)) != std::string::npos)
        return fail("weak_password", "a password must not hold the member's id");
    if (std::ranges::all_of(password, [&](char c) { return c == password.front(); }))
        return fail("weak_password", "a password of one character repeated is guessed at once");
    if (is_common_password(lower(password)))
        return fail("weak_password",
                    "this is one of the passwords that are tried first; several words make a good one");
    return {};
}

}  // namespace

// ---- one act ----------------------------------------------------------------------------------------------------

Status Ledger::Core::act(
    const std::function<Result<CompanyAct>(const codec::CompanyRow&, const ports::Reader&, Instant)>& decide) {
    if (auto done = ready(); !done) return done;
    const Instant now = moment();
    auto wanted = decide(lanes[0], store, now);
    if (!wanted) return std::unexpected(wanted.error());
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    Batch batch(*this, now);
    codec::JournalRecord record;
    record.fact.kind = FactKind::access;
    record.fact.type = type_name(FactKind::access);
    record.fact.occurred_at = record.fact.engine_at = now;
    record.fact.actor = std::move(wanted->actor);
    record.fact.properties = std::move(wanted->properties);
    record.source = *number;
    record.fact.trust = Trust::baton;
    record.home = {'s', wanted->about};
    record.message_id = "access:" + std::to_string(heads[0].seq.value + 1);
    batch.put(std::move(wanted->secrets));
    auto done = batch.emit_lane(Lane{0}, record, std::nullopt);
    if (done) done = journal(batch);
    if (!done) {
        static_cast<void>(recover());
        return done;
    }
    return write_derived();  // who asks next sees it
}

// ---- what members' people do ------------------------------------------------------------------------------------

Status Members::add(const MemberChange& member, std::string_view actor) {
    if (auto fine = check_id(member.id); !fine) return fine;
    return ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        if (find(company, member.id) != nullptr)
            return fail("member_exists", "there is a member '" + member.id + "' already");
        codec::Member made;
        made.id = member.id;
        if (auto fine = apply(member, made); !fine) return std::unexpected(fine.error());
        if (auto fine = check_email(company, made); !fine) return std::unexpected(fine.error());
        return act_of(made, actor);
    });
}

Status Members::change(const MemberChange& change, std::string_view actor) {
    return ledger_.act(
        [&](const codec::CompanyRow& company, const ports::Reader& store, Instant) -> Result<CompanyAct> {
            const auto* known = find(company, change.id);
            if (known == nullptr) return std::unexpected(unknown(change.id));
            codec::Member after = *known;
            if (auto fine = apply(change, after); !fine) return std::unexpected(fine.error());
            if (auto fine = check_email(company, after); !fine) return std::unexpected(fine.error());
            if (auto fine = keep_an_admin(company, after); !fine) return std::unexpected(fine.error());
            auto secrets = follow(store, after);
            if (!secrets) return std::unexpected(secrets.error());
            CompanyAct act = act_of(after, actor);
            act.secrets = std::move(*secrets);
            return act;
        });
}

Status Members::set_password(std::string_view member, std::string_view password, std::string_view actor) {
    if (auto fine = check_password(member, password); !fine) return fine;
    const auto hash = hash_password(password);
    if (!hash) return std::unexpected(hash.error());
    return ledger_.act(
        [&](const codec::CompanyRow& company, const ports::Reader& store, Instant) -> Result<CompanyAct> {
            const auto* known = find(company, member);
            if (known == nullptr) return std::unexpected(unknown(member));
            if (known->service)
                return fail("bad_member", "'" + known->id + "' is a service: it holds keys, not a password");
            CompanyAct act = note("password", member, actor);
            act.secrets.push_back({of_password, known->id, known->id, *hash, Instant::never()});
            // Whoever knew the old one is out.
            const auto all = store.secrets();
            if (!all) return std::unexpected(all.error());
            for (const auto& secret : *all)
                if (secret.kind == of_session && secret.owner == known->id) act.secrets.push_back(removed(secret));
            return act;
        });
}

Result<MadeKey> Members::make_key(std::string_view owner, Scope scope, std::string_view label, std::string_view actor) {
    if (auto fine = check_id(owner); !fine) return std::unexpected(fine.error());
    if (label.size() > 100 || !plain_line(label))
        return fail("bad_member", "a key's label is at most 100 bytes of UTF-8 without control characters");
    if (const auto reads = ledger_.reads(); reads) {
        const auto members = list(**reads);
        if (!members) return std::unexpected(members.error());
        if (std::ranges::find(*members, owner, &Member::id) == members->end()) {
            MemberChange service;
            service.id = owner;
            service.service = true;
            service.roles = Roles{Role::marketing};
            auto made = add(service, actor);
            if (!made && made.error().code != "member_exists") return std::unexpected(made.error());
        }
    }
    MadeKey key;
    key.text = "baton_" + std::string(to_string(scope)) + "_" + random_token();
    const std::string id = id_of(key.text);
    key.id = id.substr(0, 16);
    auto done =
        ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant now) -> Result<CompanyAct> {
            const auto* member = find(company, owner);
            if (member == nullptr) return std::unexpected(unknown(owner));
            if (member->disabled) return fail("bad_member", "'" + member->id + "' is disabled");
            const Grant grant{member->roles, scope, member->service, std::string(label), now};
            CompanyAct act = note("key made", member->id, actor,
                                  {{"key", Value(key.id)},
                                   {"label", Value(std::string(label))},
                                   {"scope", Value(std::string(to_string(scope)))}});
            act.secrets.push_back({of_key, id, member->id, encode(grant), Instant::never()});
            return act;
        });
    if (!done) return std::unexpected(done.error());
    return key;
}

Status Members::revoke_key(std::string_view id, std::string_view actor) {
    return ledger_.act([&](const codec::CompanyRow&, const ports::Reader& store, Instant) -> Result<CompanyAct> {
        const auto all = store.secrets();
        if (!all) return std::unexpected(all.error());
        for (const auto& secret : *all) {
            if (secret.kind != of_key || id.size() < 8 || !secret.id.starts_with(id.substr(0, 16))) continue;
            CompanyAct act = note("key revoked", secret.owner, actor, {{"key", Value(short_id(secret))}});
            act.secrets.push_back(removed(secret));
            return act;
        }
        return fail("unknown_key", "there is no key '" + std::string(id) + "'; baton key list names them");
    });
}

Result<SignedIn> Members::sign_in(std::string_view who, std::string_view password) {
    const Error failed{"sign_in_failed", "no member signs in with this name and password"};
    // Of nobody, so that an unknown name takes as long as a wrong password.
    static const std::string nobody = hash_password(random_token()).value_or("");
    const auto reads = ledger_.reads();
    if (!reads) return std::unexpected(reads.error());
    const auto members = list(**reads);
    if (!members) return std::unexpected(members.error());
    const std::string email = lower(who);
    const auto member = std::ranges::find_if(
        *members, [&](const Member& m) { return m.id == who || (!m.email.empty() && m.email == email); });
    const bool may = member != members->end() && !member->service && !member->disabled;
    std::string hash = nobody;
    if (may) {
        const auto secret = (*reads)->reader().secret(of_password, member->id);
        if (!secret) return std::unexpected(secret.error());
        if (*secret) hash = (*secret)->value;
    }
    const bool right = password.size() <= longest_password && is_password(hash, password);
    if (!may || !right) return std::unexpected(failed);
    SignedIn session;
    session.token = random_token();
    session.id = member->id;
    auto done = ledger_.act(
        [&](const codec::CompanyRow& company, const ports::Reader& store, Instant now) -> Result<CompanyAct> {
            const auto* known = find(company, session.id);
            if (known == nullptr || known->disabled) return std::unexpected(failed);
            CompanyAct act = note("signed in", known->id, known->id);
            const auto all = store.secrets();
            if (!all) return std::unexpected(all.error());
            for (const auto& secret : *all)
                if (secret.kind == of_session && secret.ends_at <= now) act.secrets.push_back(removed(secret));
            session.ends_at = now + session_length;
            const Grant grant{known->roles, Scope::write, false, "", now};
            act.secrets.push_back({of_session, id_of(session.token), known->id, encode(grant), session.ends_at});
            return act;
        });
    if (!done) return std::unexpected(done.error());
    return session;
}

Status Members::sign_out(const Caller& caller) {
    return ledger_.act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        CompanyAct act = note("signed out", caller.id, caller.id);
        act.secrets.push_back({of_session, caller.secret, caller.id, "", Instant::never()});
        return act;
    });
}

Status Members::end_session(std::string_view id, std::string_view member) {
    return ledger_.act([&](const codec::CompanyRow&, const ports::Reader& store, Instant) -> Result<CompanyAct> {
        const auto all = store.secrets();
        if (!all) return std::unexpected(all.error());
        for (const auto& secret : *all) {
            if (secret.kind != of_session || secret.owner != member || short_id(secret) != id) continue;
            CompanyAct act = note("signed out", member, member);
            act.secrets.push_back(removed(secret));
            return act;
        }
        return fail("unknown_session", "you have no session '" + std::string(id) + "'");
    });
}

Status Members::set_phone_region(std::string_view region, std::string_view actor) {
    if (!region.empty() && !contact::is_phone_region(region))
        return fail("bad_parameter",
                    "'" + std::string(region) + "' is no country with phone numbers: give its two letters, DE or US");
    return ledger_.act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        return note("phone region", "", actor, {{"region", Value(std::string(region))}});
    });
}

Status Members::set_tracking(codec::TrackingMode mode, std::string_view actor) {
    return ledger_.act([&](const codec::CompanyRow&, const ports::Reader&, Instant) -> Result<CompanyAct> {
        return note("tracking", "", actor, {{"mode", Value(codec::to_string(mode))}});
    });
}

// ---- reading ----------------------------------------------------------------------------------------------------

Result<std::optional<Caller>> Members::caller_of(const Reads& reads, std::string_view shown, Instant now) {
    const std::string id = id_of(shown);
    for (const char kind : {of_key, of_session}) {
        const auto secret = reads.reader().secret(kind, id);
        if (!secret) return std::unexpected(secret.error());
        if (!*secret) continue;
        const auto grant = decode((*secret)->value);
        if (!grant || (*secret)->ends_at <= now) return std::optional<Caller>();
        Caller caller;
        caller.id = (*secret)->owner;
        caller.by = kind == of_key ? Caller::By::key : Caller::By::session;
        caller.roles = Roles::of(grant->roles);
        caller.scope = grant->scope;
        caller.service = grant->service;
        caller.secret = id;
        return std::optional(std::move(caller));
    }
    return std::optional<Caller>();
}

Result<std::vector<Member>> Members::list(const Reads& reads) {
    const auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    std::vector<Member> members;
    for (const auto& member : company->members) {
        const auto password = reads.reader().secret(of_password, member.id);
        if (!password) return std::unexpected(password.error());
        members.push_back({member.id, member.name, member.email, Roles::of(member.roles), member.service,
                           member.disabled, member.since, password->has_value()});
    }
    return members;
}

Result<std::vector<Key>> Members::keys(const Reads& reads) {
    const auto all = reads.reader().secrets();
    if (!all) return std::unexpected(all.error());
    std::vector<Key> keys;
    for (const auto& secret : *all) {
        if (secret.kind != of_key) continue;
        const auto grant = decode(secret.value);
        if (!grant) continue;
        keys.push_back({short_id(secret), secret.owner, grant->label, grant->scope, grant->made_at});
    }
    std::ranges::sort(keys, {}, [](const Key& key) { return std::pair(key.made_at, key.id); });
    return keys;
}

Result<std::vector<Session>> Members::sessions(const Reads& reads, std::string_view member, Instant now) {
    const auto all = reads.reader().secrets();
    if (!all) return std::unexpected(all.error());
    std::vector<Session> sessions;
    for (const auto& secret : *all) {
        if (secret.kind != of_session || secret.owner != member || secret.ends_at <= now) continue;
        if (const auto grant = decode(secret.value))
            sessions.push_back({short_id(secret), grant->made_at, secret.ends_at});
    }
    std::ranges::sort(sessions, {}, [](const Session& session) { return std::pair(session.made_at, session.id); });
    return sessions;
}

Result<bool> has_people(const Reads& reads) {
    const auto all = reads.reader().secrets();
    if (!all) return std::unexpected(all.error());
    return std::ranges::any_of(*all, [](const ports::Secret& s) { return s.kind == of_password; });
}

}  // namespace baton::app
