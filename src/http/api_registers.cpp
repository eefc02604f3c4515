// Registers of people and companies that arrivals are held against: read, added to, taken out of.
#include <algorithm>

#include "app/registers.h"
#include "http/api.h"
#include "http/asked.h"

namespace baton::http {
namespace {

using app::Registers;

constexpr std::int64_t most_entries = 10'000;

/// "list key" as the last entry of the page before.
std::pair<std::string, std::uint8_t> place_of(const codec::RegisterEntry& entry) { return {entry.key, entry.list}; }

Result<std::pair<std::string, std::uint8_t>> parse_cursor(const std::string& text) {
    if (text.empty()) return std::pair<std::string, std::uint8_t>();
    if (text.size() < 3 || text[0] < '0' || text[0] > '9' || text[1] != ' ')
        return fail("bad_parameter", "'cursor' must be a next_cursor of an earlier answer.");
    return std::pair(text.substr(2), static_cast<std::uint8_t>(text[0] - '0'));
}

}  // namespace

Response Api::get_registers(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"limit", "cursor"})) return *refusal;
    std::optional<std::uint8_t> list;
    if (!call.key.empty()) {
        const auto named = app::register_named(call.key);
        if (!named) return failed(named.error());
        list = *named;
    }
    const auto limit = number_asked(call.request, "limit", 1, most_entries, 1'000);
    if (!limit) return failed(limit.error());
    const auto after = parse_cursor(call.request.parameter("cursor"));
    if (!after) return failed(after.error());
    return with_reads(true, [&](const app::Reads& reads) {
        const auto entries = Registers::list(reads, list);
        if (!entries) return failed(entries.error());
        const auto from = std::ranges::upper_bound(*entries, *after, {}, place_of);
        const auto here = std::min<std::ptrdiff_t>(entries->end() - from, *limit);
        const std::span page(from, from + here);
        codec::JsonWriter out;
        out.begin_object().key("entries");
        app::write(out, page);
        out.key("next_cursor");
        if (from + here == entries->end())
            out.null();
        else
            out.value(std::to_string(page.back().list) + " " + page.back().key);
        return json(out.end_object().take());
    });
}

Response Api::change_register(const Call& call, const std::vector<std::string>& entries, const std::string& reason,
                              bool remove) {
    const auto list = app::register_named(call.key);
    if (!list) return failed(list.error());
    const auto region = looking(Registers::phone_region);
    if (!region) return failed(region.error());
    std::vector<app::ListChange> changes;
    for (const std::string& entry : entries) {
        auto key = app::entry_named(entry, *region);
        if (!key) return failed(key.error());
        changes.push_back({*list, std::move(*key), reason, remove});
    }
    const auto listed = Registers(ledger_).change(changes, call.who.actor());
    if (!listed) return failed(listed.error());
    codec::JsonWriter out;
    out.begin_object().field("changed", listed->changed).field("people", listed->people).end_object();
    return json(out.take());
}

Response Api::post_register(const Call& call) {
    const auto body = body_of(call.request, {"entries", "reason"}, {.depth = 4, .nodes = most_entries + 10});
    if (!body) return failed(body.error());
    std::optional<std::vector<std::string>> entries;
    std::optional<std::string> reason;
    for (auto read : {read_texts(*body, "entries", entries), read_text(*body, "reason", reason)})
        if (!read) return failed(read.error());
    if (!entries || entries->empty()) return failed({"bad_body", "'entries' must be a list of at least one text"});
    return change_register(call, *entries, reason.value_or(""), false);
}

Response Api::delete_register(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"entry"})) return *refusal;
    const std::string entry = call.request.parameter("entry");
    if (entry.empty()) return bad_parameter("entry", "the e-mail, phone, domain or \"name | company\" to take out");
    return change_register(call, {entry}, "", true);
}

}  // namespace baton::http
