// baton user, key, audit: who may do what, on a store that no server has open.
#include <fstream>
#include <iostream>

#include "app/members.h"
#include "base/password.h"
#include "cli/session.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

/// Opens the store, lets `change` change it, closes it.
template <class Change>
int changing(const Context& context, const MemberOptions& options, Access access, Change change) {
    auto session = Session::open(context, options.store, access);
    if (!session) return refuse(context, session.error());
    app::Members members(*session->ledger);
    const Status changed = change(members);
    const Status closed = session->close();
    if (!changed) return refuse(context, changed.error());
    return closed ? done : refuse(context, closed.error());
}

Result<std::optional<app::Roles>> roles_of(const MemberOptions& options) {
    if (options.roles.empty()) return std::optional<app::Roles>();
    app::Roles roles;
    for (const std::string& name : options.roles) {
        const auto role = app::role_of(name);
        if (!role)
            return fail("bad_role", "'" + name +
                                        "' is no role; there are admin, customer_success, inside_sales, leadership, "
                                        "marketing, sales_manager and sales_rep");
        roles.add(*role);
    }
    return std::optional(roles);
}

/// The first line of the file, or of standard input; without a file one that nobody can guess.
Result<std::string> password_of(const MemberOptions& options) {
    if (options.password_file.empty()) return random_token();
    std::string line;
    if (options.password_file == "-") {
        std::getline(std::cin, line);
    } else {
        std::ifstream file(options.password_file);
        if (!file) return fail("not_found", "cannot read " + options.password_file);
        std::getline(file, line);
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

app::MemberChange change_of(const MemberOptions& options) {
    app::MemberChange change;
    change.id = options.id;
    if (!options.name.empty()) change.name = options.name;
    if (!options.email.empty()) change.email = options.email;
    return change;
}

Status give_password(app::Members& members, const MemberOptions& options, std::string& shown) {
    const auto password = password_of(options);
    if (!password) return std::unexpected(password.error());
    if (auto set = members.set_password(options.id, *password, actor); !set) return set;
    if (options.password_file.empty()) shown = *password;
    return {};
}

void show_secret(const Context& context, const MemberOptions& options, std::string_view what,
                 const std::string& secret) {
    if (secret.empty()) return;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        context.screen.out << out.begin_object().field(what, secret).end_object().take() << '\n';
        return;
    }
    context.screen.out << "The " << what << ", shown this once:\n" << secret << '\n';
}

std::string text_of(app::Roles roles) {
    std::string text;
    for (const auto& role : roles.names()) text += (text.empty() ? "" : ", ") + role;
    return text;
}

}  // namespace

int user_add(const Context& context, const MemberOptions& options) {
    const auto roles = roles_of(options);
    if (!roles) return refuse(context, roles.error());
    std::string password;
    const int answer = changing(context, options, Access::create, [&](app::Members& members) -> Status {
        app::MemberChange change = change_of(options);
        change.roles = *roles;
        change.service = options.service;
        if (auto added = members.add(change, actor); !added) return added;
        return options.service ? Status{} : give_password(members, options, password);
    });
    if (answer == done) show_secret(context, options, "password", password);
    return answer;
}

int user_change(const Context& context, const MemberOptions& options) {
    const auto roles = roles_of(options);
    if (!roles) return refuse(context, roles.error());
    return changing(context, options, Access::existing, [&](app::Members& members) {
        app::MemberChange change = change_of(options);
        change.roles = *roles;
        return members.change(change, actor);
    });
}

int user_disable(const Context& context, const MemberOptions& options) {
    return changing(context, options, Access::existing, [&](app::Members& members) {
        app::MemberChange change = change_of(options);
        change.disabled = !options.enable;
        return members.change(change, actor);
    });
}

int user_enable(const Context& context, const MemberOptions& options) {
    MemberOptions enabling = options;
    enabling.enable = true;
    return user_disable(context, enabling);
}

int user_password(const Context& context, const MemberOptions& options) {
    std::string password;
    const int answer = changing(context, options, Access::existing,
                                [&](app::Members& members) { return give_password(members, options, password); });
    if (answer == done) show_secret(context, options, "password", password);
    return answer;
}

int user_list(const Context& context, const MemberOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto members = app::Members::list(*session->reads);
    if (!members) return refuse(context, members.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*members) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"member", "name", "e-mail", "roles", "kind", "since"}) table.column(title);
    for (const auto& member : *members) {
        std::string kind = member.service ? "service" : member.password ? "signs in" : "no password";
        if (member.disabled) kind = "disabled";
        table.row({member.id, member.name, member.email, text_of(member.roles), kind, short_time(member.since)});
    }
    table.print(context.screen);
    return done;
}

int key_create(const Context& context, const MemberOptions& options) {
    const auto scope = app::scope_of(options.scope);
    if (!scope) return refuse(context, {"bad_scope", "--scope must be intake, read or write"});
    std::string key;
    const int answer = changing(context, options, Access::create, [&](app::Members& members) -> Status {
        auto made = members.make_key(options.id, *scope, options.label, actor);
        if (!made) return std::unexpected(made.error());
        key = std::move(made->text);
        return {};
    });
    if (answer == done) show_secret(context, options, "key", key);
    return answer;
}

int key_revoke(const Context& context, const MemberOptions& options) {
    return changing(context, options, Access::existing,
                    [&](app::Members& members) { return members.revoke_key(options.id, actor); });
}

int key_list(const Context& context, const MemberOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto keys = app::Members::keys(*session->reads);
    if (!keys) return refuse(context, keys.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*keys) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"key", "owner", "scope", "label", "made"}) table.column(title);
    for (const auto& key : *keys)
        table.row({key.id, key.owner, std::string(app::to_string(key.scope)), key.label, short_time(key.made_at)});
    table.print(context.screen);
    return done;
}

int audit(const Context& context, const MemberOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto entries = app::Members::audit(*session->reads, ports::no_position, options.limit);
    if (!entries) return refuse(context, entries.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*entries) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"when", "who", "about", "what"}) table.column(title);
    for (const auto& entry : *entries)
        table.row({short_time(entry.at), entry.actor.empty() ? "Baton" : entry.actor, entry.about, entry.what});
    table.print(context.screen);
    return done;
}

int settings(const Context& context, const SettingsOptions& options) {
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    if (!options.phone_region.empty() || options.no_phone_region) {
        app::Members members(*session->ledger);
        if (auto set = members.set_phone_region(options.no_phone_region ? "" : options.phone_region, actor); !set)
            return refuse(context, set.error());
        if (auto looked = session->look(); !looked) return refuse(context, looked.error());
    }
    if (!options.tracking.empty()) {
        app::Members members(*session->ledger);
        const auto mode = codec::tracking_mode_of(options.tracking).value_or(codec::TrackingMode::none);
        if (auto set = members.set_tracking(mode, actor); !set) return refuse(context, set.error());
        if (auto looked = session->look(); !looked) return refuse(context, looked.error());
    }
    const auto company = session->reads->company();
    if (!company) return refuse(context, company.error());
    const std::string tracking = company->tracking.empty() ? "full" : company->tracking;
    const std::string& region = company->phone_region;
    if (options.format == Format::json) {
        codec::JsonWriter out;
        context.screen.out
            << out.begin_object().field("phone_region", region).field("tracking", tracking).end_object().take() << '\n';
    } else {
        context.screen.out << "phone region: " << (region.empty() ? "none" : region) << "\ntracking: " << tracking
                           << '\n';
    }
    const auto closed = session->close();
    return closed ? done : refuse(context, closed.error());
}

}  // namespace baton::cli
