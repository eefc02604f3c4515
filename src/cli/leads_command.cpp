// baton leads, lead, users: who there is and what happened to them.
#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "app/consent.h"
#include "app/documents.h"
#include "app/duplicates.h"
#include "app/lead_filter.h"
#include "app/lookup.h"
#include "app/sentences.h"
#include "app/touches.h"
#include "app/views.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

constexpr std::size_t rows_in_table = 50;
constexpr std::size_t page = 500;

using Sort = ports::LeadQuery::Sort;

Result<Sort> sort_of(const std::string& name, const std::string& otherwise) {
    if (const auto sort = app::sort_named(name.empty() ? otherwise : name)) return *sort;
    return fail("bad_sort", "--sort '" + name + "'; sort by updated, score or entered");
}

/// All rows of a query that the filter fits, page by page; `limit` 0 = all, `filter` null = any.
Result<std::vector<ports::LeadRow>> read_rows(const app::Reads& reads, ports::LeadQuery query, std::size_t limit,
                                              app::LeadFilter* filter, Instant now) {
    if (filter != nullptr) {
        constexpr std::size_t no_end = std::numeric_limits<std::size_t>::max();
        query.limit = limit == 0 ? no_end : limit;
        auto found = app::filtered_leads(reads, query, *filter, now, {no_end, [] { return true; }});
        if (!found) return std::unexpected(found.error());
        return std::move(found->rows);
    }
    std::vector<ports::LeadRow> all;
    for (;;) {
        query.limit = limit == 0 ? page : std::min(page, limit - all.size());
        auto rows = reads.leads(query);
        if (!rows) return rows;
        all.insert(all.end(), rows->begin(), rows->end());
        if (rows->size() < query.limit || all.size() == limit) return all;
        query.after_key = app::sort_value(all.back(), query.sort);
        query.after_person = all.back().person;
    }
}

std::string called(const ports::LeadRow& row) {
    if (!row.name.empty()) return row.name;
    return row.email.empty() ? "person " + std::to_string(row.person.value) : row.email;
}

void print_rows(const Screen& screen, const std::vector<ports::LeadRow>& rows, const playbook::Compiled* playbook) {
    Table table;
    table.column("id", Table::Align::right);
    table.column("who", Table::Align::left, 32);
    table.column("account", Table::Align::left, 24);
    table.column("stage");
    table.column("since");
    table.column("score", Table::Align::right);
    table.column("classes", Table::Align::left, 40);
    table.column("holder", Table::Align::left, 28);
    for (const ports::LeadRow& row : rows)
        table.row({std::to_string(row.person.value), called(row), row.account, app::stage_name(playbook, row.stage),
                   short_time(row.stage_entered_at), to_string(Decimal{row.score_micros / 100'000 * 100'000}),
                   row.classes, row.holder});
    table.print(screen);
}

void print_keys(const Screen& screen, const app::PersonView& person) {
    static const std::map<char, std::string> kinds{{'u', "user id"},      {'e', "e-mail"},      {'p', "phone"},
                                                   {'a', "anonymous id"}, {'x', "external id"}, {'o', "account"},
                                                   {'s', "user"}};
    for (const ports::IdentityKey& key : person.keys) {
        const auto kind = kinds.find(key.kind);
        screen.out << "  " << (kind == kinds.end() ? "key" : kind->second) << ": " << key.key << '\n';
    }
}

void print_attributes(const Screen& screen, const app::PersonView& person) {
    if (person.playbook == nullptr) return;
    Table table;
    table.column("property");
    table.column("value");
    table.column("since");
    for (const engine::Attribute& attribute : person.state.features.attributes) {
        const auto& declared = person.playbook->names.person.at(attribute.property.value);
        table.row({declared.label.empty() ? declared.id : declared.label, to_text(attribute.value),
                   short_time(attribute.occurred_at) +
                       (attribute.answered && !declared.id.starts_with(consent_prefix) ? " (answered)" : "") +
                       (attribute.unverified ? " (said in a browser)" : "")});
    }
    if (table.empty()) return;
    screen.out << '\n';
    table.print(screen, "  ");
}

void print_touches(const Screen& screen, const app::Touches& touches) {
    if (const app::Touch* first = touches.first())
        screen.out << "  first touch: " << app::in_words(*first) << ", " << short_time(first->at) << '\n';
    for (const app::LeadTouch& lead : touches.leads)
        if (const app::Touch* touch = app::source_of(lead))
            screen.out << "  became a lead" << (lead.cycle > 1 ? " again" : "") << " by: " << app::in_words(*touch)
                       << ", " << short_time(touch->at) << '\n';
    if (const app::Touch* last = touches.last(); touches.all.size() > 1)
        screen.out << "  last touch: " << app::in_words(*last) << ", " << short_time(last->at) << '\n';
}

void print_consents(const Screen& screen, const app::ConsentLedger& ledger) {
    for (const engine::Consent& consent : ledger.stands)
        screen.out << "  " << app::purpose_name(ledger.playbook.get(), consent.purpose) << ": consent "
                   << app::in_words(consent) << " since " << short_time(consent.said.occurred_at)
                   << (consent.said.unverified ? " (said in a browser)" : "") << '\n';
}

void print_timeline(const Screen& screen, const app::Timeline& timeline, const playbook::Compiled* playbook,
                    const app::Touches& touches) {
    screen.out << '\n';
    for (const app::TimelineEntry& entry : timeline.entries) {
        screen.out << "  " << screen.dim(short_time(entry.at)) << "  ";
        if (entry.fact) screen.out << app::sentence(*entry.fact, playbook);
        const app::Touch* touch = entry.fact ? touches.of(entry.fact->fact.ref) : nullptr;
        if (touch != nullptr) screen.out << screen.dim("  [" + app::in_words(*touch) + "]");
        if (entry.history) screen.out << screen.bold("→ ") << app::sentence(*entry.history, playbook);
        screen.out << '\n';
    }
}

std::string stage_name(const app::PersonView& person) {
    const std::string& id = person.state.lead.stage;
    if (person.playbook == nullptr) return id;
    const auto stage = person.playbook->stage(id);
    return stage ? person.playbook->stages[stage->value].name : id;
}

}  // namespace

int leads(const Context& context, const LeadsOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    std::optional<app::LeadFilter> filter;
    std::string by = "updated";
    if (!options.view.empty()) {
        const auto view = app::Views::find(*session->reads, options.view, {});
        if (!view) return refuse(context, view.error());
        auto compiled = app::LeadFilter::compile(view->view.filter, *session->reads);
        if (!compiled) return refuse(context, compiled.error());
        filter = std::move(*compiled);
        by = view->view.sort;
    }
    const auto sort = sort_of(options.sort, by);
    if (!sort) return refuse(context, sort.error());
    ports::LeadQuery query;
    query.stage = options.stage;
    query.text = options.text;
    query.sort = *sort;
    if (options.open_only) query.open = true;
    if (options.leads_only) query.is_lead = true;
    const bool json = options.format == Format::json;
    const std::size_t limit = options.limit > 0 || json ? options.limit : rows_in_table + 1;
    auto rows = read_rows(*session->reads, query, limit, filter ? &*filter : nullptr, context.wiring.clock->now());
    if (!rows) return refuse(context, rows.error());
    if (json) {
        codec::JsonWriter out;
        out.begin_object().key("leads").begin_array();
        for (const ports::LeadRow& row : *rows) app::write(out, row);
        context.screen.out << out.end_array().end_object().take() << '\n';
        return done;
    }
    const bool more = options.limit == 0 && rows->size() > rows_in_table;
    if (more) rows->resize(rows_in_table);
    print_rows(context.screen, *rows, session->reads->active().get());
    if (more) context.screen.out << "… and more; --limit N shows N, --json all\n";
    return done;
}

int lead(const Context& context, const PersonOptions& options) {
    const auto at = moment(options.at, "--at");
    if (!at) return refuse(context, at.error());
    const auto found = find_person(context, options);
    if (!found) return failed;
    const auto person = found->session.reads->person(found->id, *at);
    const auto timeline = found->session.reads->timeline(found->id, *at);
    if (!person) return refuse(context, person.error());
    if (!timeline) return refuse(context, timeline.error());
    if (!*person) return refuse(context, {"not_found", "nothing was known of '" + options.key + "' then"});
    const auto consents = app::consents(*found->session.reads, *timeline);
    if (!consents) return refuse(context, consents.error());
    const Screen& screen = context.screen;
    const app::Touches touches = app::touches_in(*timeline, *found->session.reads);
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().key("lead");
        app::write(out, **person);
        out.key("consents");
        app::write_stands(out, *consents);
        out.key("timeline");
        app::write(out, *timeline, *found->session.reads);
        out.key("touches");
        app::write(out, touches);
        screen.out << out.end_object().take() << '\n';
        return done;
    }
    const app::PersonView& view = **person;
    const std::string name = view.name.empty() ? options.key : view.name;
    screen.out << screen.bold(name) << "  (person " << view.id.value << ")"
               << (view.account.empty() ? "" : "  at " + view.account) << '\n';
    const engine::Lead& state = view.state.lead;
    screen.out << "  in stage " << screen.bold(stage_name(view)) << " since " << short_time(state.stage_entered_at)
               << ", cycle " << state.cycle << (state.open ? ", open" : "")
               << (state.square_peg ? ", fits no rule (square peg)" : "") << '\n';
    if (state.holder.kind != engine::HolderKind::none)
        screen.out << "  held by " << engine::to_string(state.holder.kind) << ' ' << state.holder.name
                   << (state.holder.responsible.empty() ? "" : ", responsible: " + state.holder.responsible) << '\n';
    print_keys(screen, view);
    print_touches(screen, touches);
    print_consents(screen, *consents);
    print_attributes(screen, view);
    print_timeline(screen, *timeline, view.playbook.get(), touches);
    return done;
}

int lookup(const Context& context, const LookupOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto found = app::look_up(*session->reads, options.text, options.limit);
    if (!found) return refuse(context, found.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*found) << '\n';
        return done;
    }
    if (found->people.empty()) {
        context.screen.out << "nobody known\n";
        return failed;
    }
    const auto playbook = session->reads->active();
    Table table;
    table.column("id", Table::Align::right);
    for (const char* title : {"who", "account", "is", "stage", "since", "holder", "found by"}) table.column(title);
    for (const auto& person : found->people)
        table.row({std::to_string(person.row.person.value), called(person.row), person.row.account,
                   std::string(app::to_string(person.standing)), app::stage_name(playbook.get(), person.row.stage),
                   short_time(person.row.stage_entered_at), person.row.holder, person.by});
    table.print(context.screen);
    if (found->more) context.screen.out << "… and more: type more of it\n";
    return done;
}

int duplicates(const Context& context, const DuplicatesOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto cards = app::cards_of(*session->reads);
    if (!cards) return refuse(context, cards.error());
    const auto pairs = app::likely_duplicates(*cards);
    if (options.format == Format::json) {
        const auto document = app::duplicates_document(*session->reads, pairs, options.limit);
        if (!document) return refuse(context, document.error());
        context.screen.out << *document << '\n';
        return done;
    }
    Table table;
    table.column("A", Table::Align::right);
    table.column("who");
    table.column("B", Table::Align::right);
    for (const char* title : {"who", "points", "because"}) table.column(title);
    for (const app::Likely& pair : std::span(pairs).first(std::min(options.limit, pairs.size()))) {
        std::vector<std::string> row;
        for (const SubjectId id : {pair.first, pair.second}) {
            const auto lead = session->reads->lead(id);
            if (!lead) return refuse(context, lead.error());
            row.push_back(std::to_string(id.value));
            row.push_back(*lead ? called(**lead) + ", " + (*lead)->email : "");
        }
        std::string because;
        for (const app::Likeness one : pair.because)
            because += (because.empty() ? "" : ", ") + std::string(app::to_string(one));
        row.push_back(std::to_string(pair.points));
        row.push_back(std::move(because));
        table.row(std::move(row));
    }
    table.print(context.screen);
    context.screen.out << pairs.size() << " pairs among " << cards->size()
                       << " people; baton merge A B --dry-run shows one side by side\n";
    return done;
}

int users(const Context& context, const Common& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto users = session->reads->users();
    if (!users) return refuse(context, users.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().key("users").begin_array();
        for (const app::User& user : *users) app::write(out, user);
        context.screen.out << out.end_array().end_object().take() << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"user", "name", "roles"}) table.column(title);
    for (const app::User& user : *users) {
        std::string roles;
        for (const std::string& role : user.roles) roles += (roles.empty() ? "" : ", ") + role;
        table.row({user.id, user.name, roles});
    }
    table.print(context.screen);
    return done;
}

}  // namespace baton::cli
