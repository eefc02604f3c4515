// baton suppress: the registers that arrivals are held against.
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/registers.h"
#include "cli/session.h"
#include "connectors/csv/scanner.h"
#include "contact/text.h"

namespace baton::cli {
namespace {

constexpr std::string_view actor = "command line";

int change(const Context& context, const SuppressOptions& options, bool remove) {
    const auto list = app::register_named(options.list);
    if (!list) return refuse(context, list.error());
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto region = app::Registers::phone_region(*session->reads);
    if (!region) return refuse(context, region.error());
    std::vector<app::ListChange> changes;
    for (const std::string& entry : options.entries) {
        const auto key = app::entry_named(entry, *region);
        if (!key) return refuse(context, key.error());
        changes.push_back({*list, *key, options.reason, remove});
    }
    const auto listed = app::Registers(*session->ledger).change(changes, actor);
    const auto closed = session->close();
    if (!listed) return refuse(context, listed.error());
    if (!closed) return refuse(context, closed.error());
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("changed", static_cast<std::int64_t>(listed->changed));
        out.field("people", static_cast<std::int64_t>(listed->people)).end_object();
        context.screen.out << out.take() << '\n';
    } else {
        context.screen.out << listed->changed << (remove ? " removed" : " added") << ", " << listed->people
                           << " known people " << (remove ? "freed" : "marked") << '\n';
    }
    return done;
}

// ---- a file of entries -------------------------------------------------------------------------------------------

struct Columns {
    int email = -1, phone = -1, domain = -1, name = -1, company = -1, reason = -1, list = -1;
};

Result<Columns> columns_of(const csv::Row& header) {
    Columns columns;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const std::string title = contact::lower(contact::trimmed(header.fields[i]));
        const int at = static_cast<int>(i);
        if (title == "email" || title == "e-mail") columns.email = at;
        if (title == "phone") columns.phone = at;
        if (title == "domain") columns.domain = at;
        if (title == "name") columns.name = at;
        if (title == "company") columns.company = at;
        if (title == "reason") columns.reason = at;
        if (title == "register") columns.list = at;
    }
    const bool near = columns.name >= 0 && columns.company >= 0;
    if (columns.email < 0 && columns.phone < 0 && columns.domain < 0 && !near)
        return fail("bad_header", "no column is called email, phone or domain, nor two name and company");
    return columns;
}

std::string field(const csv::Row& row, int column) {
    const auto at = static_cast<std::size_t>(column);
    return column < 0 || at >= row.fields.size() ? std::string() : contact::trimmed(row.fields[at]);
}

struct Entries {
    std::vector<app::ListChange> changes;
    std::vector<std::string> problems;  ///< "row 3: …"
};

Status take_row(const csv::Row& row, const Columns& columns, const SuppressOptions& options, const std::string& region,
                Entries& into) {
    const std::string named = field(row, columns.list);
    const auto list = app::register_named(named.empty() ? options.list : named);
    if (!list) return std::unexpected(list.error());
    const std::string reason = field(row, columns.reason);
    std::vector<std::string> texts;
    for (const int column : {columns.email, columns.phone, columns.domain})
        if (std::string text = field(row, column); !text.empty()) texts.push_back(std::move(text));
    const std::string name = field(row, columns.name), company = field(row, columns.company);
    if (!name.empty() && !company.empty()) texts.push_back(name + " | " + company);
    if (texts.empty()) return fail("bad_row", "names nobody");
    for (const std::string& text : texts) {
        const auto key = app::entry_named(text, region);
        if (!key) return std::unexpected(key.error());
        into.changes.push_back({*list, *key, reason.empty() ? options.reason : reason, false});
    }
    return {};
}

Result<Entries> entries_in(const std::string& text, const SuppressOptions& options, const std::string& region) {
    csv::Scanner scanner(csv::read_from(text));
    csv::Row row;
    const auto first = scanner.next(row);
    if (!first) return std::unexpected(first.error());
    if (!*first) return fail("bad_header", "the file is empty");
    const auto columns = columns_of(row);
    if (!columns) return std::unexpected(columns.error());
    Entries entries;
    for (;;) {
        const auto more = scanner.next(row);
        if (!more) return std::unexpected(more.error());
        if (!*more) return entries;
        const Status taken = row.problems.empty() ? take_row(row, *columns, options, region, entries)
                                                  : fail("bad_row", row.problems.front().what);
        if (!taken) entries.problems.push_back("row " + std::to_string(row.number) + ": " + taken.error().detail);
    }
}

Result<std::string> read_file(const std::string& name) {
    std::ostringstream text;
    if (name == "-") {
        text << std::cin.rdbuf();
        return text.str();
    }
    std::ifstream file(name, std::ios::binary);
    if (!file) return fail("not_found", "cannot read " + name);
    text << file.rdbuf();
    return text.str();
}

}  // namespace

int suppress_add(const Context& context, const SuppressOptions& options) { return change(context, options, false); }
int suppress_remove(const Context& context, const SuppressOptions& options) { return change(context, options, true); }

int suppress_import(const Context& context, const SuppressOptions& options) {
    if (const auto list = app::register_named(options.list); !list) return refuse(context, list.error());
    const auto text = read_file(options.file);
    if (!text) return refuse(context, text.error());
    auto session = Session::open(context, options.store, Access::existing);
    if (!session) return refuse(context, session.error());
    const auto region = app::Registers::phone_region(*session->reads);
    if (!region) return refuse(context, region.error());
    const auto entries = entries_in(*text, options, *region);
    if (!entries) return refuse(context, entries.error());
    const auto listed = app::Registers(*session->ledger).change(entries->changes, actor);
    const auto closed = session->close();
    if (!listed) return refuse(context, listed.error());
    if (!closed) return refuse(context, closed.error());
    for (const std::string& problem : entries->problems) context.screen.err << problem << '\n';
    if (options.format == Format::json) {
        codec::JsonWriter out;
        out.begin_object().field("changed", static_cast<std::int64_t>(listed->changed));
        out.field("people", static_cast<std::int64_t>(listed->people));
        out.field("refused", static_cast<std::int64_t>(entries->problems.size())).end_object();
        context.screen.out << out.take() << '\n';
    } else {
        context.screen.out << listed->changed << " added, " << entries->changes.size() - listed->changed
                           << " were there, " << entries->problems.size() << " rows refused, " << listed->people
                           << " known people marked\n";
    }
    return entries->problems.empty() ? done : partly_done;
}

int suppress_list(const Context& context, const SuppressOptions& options) {
    std::optional<std::uint8_t> list;
    if (!options.list.empty()) {
        const auto named = app::register_named(options.list);
        if (!named) return refuse(context, named.error());
        list = *named;
    }
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto entries = app::Registers::list(*session->reads, list);
    if (!entries) return refuse(context, entries.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*entries) << '\n';
        return done;
    }
    Table table;
    for (const char* title : {"register", "entry", "reason", "since", "by"}) table.column(title);
    for (const auto& entry : *entries)
        table.row({std::string(app::registers()[entry.list].name), app::words_of_key(entry.key), entry.reason,
                   short_time(entry.since), entry.actor});
    table.print(context.screen);
    return done;
}

}  // namespace baton::cli
