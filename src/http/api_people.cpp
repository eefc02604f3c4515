// People and organisations: looked up, listed, shown with all that is known, merged and taken apart.
#include <algorithm>

#include "app/consent.h"
#include "app/documents.h"
#include "app/duplicates.h"
#include "app/lookup.h"
#include "app/merge.h"
#include "app/normalise.h"
#include "app/touches.h"
#include "contact/address.h"
#include "contact/text.h"
#include "http/api.h"
#include "http/asked.h"
#include "http/lead_pages.h"

namespace baton::http {
namespace {

using app::Reads;

Result<SubjectId> known(const Reads& reads, const std::string& key, Reads::Merged merged = Reads::Merged::survivor) {
    const auto found = reads.find_key(key, merged);
    if (!found) return std::unexpected(found.error());
    if (*found) return (*found)->subject;
    return fail("unknown_person",
                "Nobody is known by '" + key + "'. Give the number, e-mail, external id, phone or user id.");
}

}  // namespace

Response Api::get_lookup(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"q", "limit"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 100, 20);
    if (!limit) return failed(limit.error());
    const std::string text = call.request.parameter("q");
    if (contact::trimmed(text).empty())
        return bad_parameter("q", "what you have of a person: an e-mail, phone or name");
    return with_reads(true, [&](const Reads& reads) {
        const auto found = app::look_up(reads, text, static_cast<std::size_t>(*limit));
        return found ? json(app::document(*found)) : failed(found.error());
    });
}

Response Api::get_people(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"q", "sort", "limit", "cursor"})) return *refusal;
    ports::LeadQuery query;
    query.text = call.request.parameter("q");
    if (const auto read = read_page(call.request, query); !read) return failed(read.error());
    return with_reads(true, [&](const Reads& reads) {
        codec::JsonWriter out;
        out.begin_object();
        if (const auto written = write_page(out, "people", reads, query); !written) return failed(written.error());
        return json(out.end_object().take());
    });
}

Response Api::get_person(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_person(call, [&](const Reads& reads, SubjectId id) {
        const auto tag = tag_of(reads, id);
        if (!tag) return failed(tag.error());
        if (is_known(call.request, *tag)) return not_modified(*tag);
        const auto person = reads.person(id);
        if (!person) return failed(person.error());
        if (!*person) return problem(404, "unknown_person", "There is no such person.");
        const auto row = reads.lead(id);
        if (!row) return failed(row.error());
        const auto timeline = reads.timeline(id);
        if (!timeline) return failed(timeline.error());
        const auto consents = app::consents(reads, *timeline);
        if (!consents) return failed(consents.error());
        codec::JsonWriter out;
        out.begin_object().key("person");
        app::write_person(out, **person);
        out.key("leads").begin_array();
        if (*row) app::write(out, **row);
        out.end_array().key("consents");
        app::write_stands(out, *consents);
        out.key("timeline");
        app::write(out, *timeline, reads);
        out.end_object();
        return tagged(json(out.take()), *tag);
    });
}

Response Api::get_touches(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"at"})) return *refusal;
    const auto at = moment_asked(call.request, "at");
    if (!at) return failed(at.error());
    return with_person(call, [&](const Reads& reads, SubjectId id) {
        const auto timeline = reads.timeline(id, *at);
        if (!timeline) return failed(timeline.error());
        return json(app::document(app::touches_in(*timeline, reads)));
    });
}

Response Api::get_accounts(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"prefix", "limit", "cursor"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 500, 50);
    if (!limit) return failed(limit.error());
    ports::AccountQuery query;
    query.prefix = contact::lower(contact::trimmed(call.request.parameter("prefix")));
    query.after = call.request.parameter("cursor");
    if (query.prefix.size() > app::longest_key) return bad_parameter("prefix", "the beginning of a domain or name");
    if (query.after.size() > app::longest_key || !query.after.starts_with(query.after.empty() ? "" : query.prefix))
        return bad_parameter("cursor", "a next_cursor of an earlier answer with the same prefix");
    const auto rows = static_cast<std::size_t>(*limit);
    query.limit = rows + 1;
    return with_reads(true, [&](const Reads& reads) {
        auto accounts = reads.accounts(query);
        if (!accounts) return failed(accounts.error());
        const bool more = accounts->size() > rows;
        if (more) accounts->pop_back();
        codec::JsonWriter out;
        out.begin_object().key("accounts").begin_array();
        for (const auto& account : *accounts) app::write(out, account);
        out.end_array().key("next_cursor");
        more ? out.value(accounts->back().account.key) : out.null();
        return json(out.end_object().take());
    });
}

Response Api::get_account(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"limit"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 500, 50);
    if (!limit) return failed(limit.error());
    return with_reads(true, [&](const Reads& reads) {
        const auto account = reads.account(call.key);
        if (!account) return failed(account.error());
        const auto members = app::members_of(reads, account->key, static_cast<std::size_t>(*limit));
        if (!members) return failed(members.error());
        if (!account->id && members->people.empty())
            return problem(404, "unknown_account",
                           "No organisation is known by '" + call.key + "'. Give its domain, name or number.");
        codec::JsonWriter out;
        out.begin_object().key("account");
        app::write(out, *account);
        out.key("members").begin_array();
        for (const auto& row : members->people) app::write(out, row);
        out.end_array().field("more", members->more).end_object();
        return json(out.take());
    });
}

// ---- two records of one human -----------------------------------------------------------------------------------

namespace {

constexpr std::size_t most_compared = 100'000;
constexpr Duration good_for = Duration::minutes(1);

}  // namespace

Status Api::find_twice(const Reads& reads) {
    const auto newest = reads.reader().last_position();
    if (!newest) return std::unexpected(newest.error());
    const Duration now = clock_.elapsed();
    const bool fresh = twice_.as_of == *newest || (twice_.as_of >= 0 && now - twice_.at < good_for);
    if (fresh) return {};
    const auto cards = app::cards_of(reads, most_compared);
    if (!cards) return std::unexpected(cards.error());
    twice_.pairs = app::likely_duplicates(*cards);
    twice_.as_of = *newest;
    twice_.at = now;
    return {};
}

Response Api::get_duplicates(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"limit"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 500, 50);
    if (!limit) return failed(limit.error());
    const std::unique_lock alone(twice_.mutex, std::try_to_lock);
    if (!alone.owns_lock()) {
        Response busy = problem(503, "busy", "Somebody else's call is comparing everybody; ask again in a moment.");
        busy.headers.emplace_back("retry-after", "5");
        return busy;
    }
    return with_reads(true, [&](const Reads& reads) {
        if (const auto found = find_twice(reads); !found)
            return found.error().code == "too_many_people" ? problem(422, found.error().code, found.error().detail)
                                                           : failed(found.error());
        auto document = app::duplicates_document(reads, twice_.pairs, static_cast<std::size_t>(*limit));
        if (!document) return failed(document.error());
        Response response = json(std::move(*document));
        response.headers.emplace_back("age", std::to_string((clock_.elapsed() - twice_.at).us / 1'000'000));
        return response;
    });
}

Response Api::get_merge(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"into", "from"})) return *refusal;
    return with_reads(true, [&](const Reads& reads) {
        const auto into = known(reads, call.request.parameter("into"));
        if (!into) return failed(into.error());
        const auto from = known(reads, call.request.parameter("from"));
        if (!from) return failed(from.error());
        const auto fields = app::side_by_side(reads, *into, *from);
        return fields ? json(app::document(*fields)) : failed(fields.error());
    });
}

namespace {

/// {"employees": "merged"}: the value that survives, where it is not to be the newer one.
Result<Properties> chosen(const codec::JsonNode* keep, const std::vector<app::SideBySide>& fields) {
    Properties properties;
    if (keep == nullptr || keep->kind == codec::JsonKind::null) return properties;
    if (keep->kind != codec::JsonKind::object) return fail("bad_body", "'keep' must be an object of property and side");
    for (std::size_t i = 0; i < keep->keys.size(); ++i) {
        const std::string &property = keep->keys[i], &side = keep->items[i].text;
        if (side != "survivor" && side != "merged")
            return fail("bad_body", "'keep." + property + "' must be survivor or merged");
        const auto* value = app::value_of(fields, property, side == "merged" ? app::Side::merged : app::Side::survivor);
        if (value == nullptr) return fail("bad_body", "the " + side + " one has no '" + property + "'");
        properties.push_back({property, *value});
    }
    return properties;
}

struct Wanted {
    SubjectId into, from;
    Properties fields;
};

Result<Wanted> wanted(const Reads& reads, const std::string& into, const std::string& from,
                      const codec::JsonNode* keep) {
    const auto survivor = known(reads, into), merged = known(reads, from);
    if (!survivor) return std::unexpected(survivor.error());
    if (!merged) return std::unexpected(merged.error());
    const auto fields = app::side_by_side(reads, *survivor, *merged);
    if (!fields) return std::unexpected(fields.error());
    auto properties = chosen(keep, *fields);
    if (!properties) return std::unexpected(properties.error());
    return Wanted{*survivor, *merged, std::move(*properties)};
}

}  // namespace

Response Api::post_merge(const Call& call) {
    const auto body = body_of(call.request, {"into", "from", "keep"});
    if (!body) return failed(body.error());
    std::optional<std::string> into, from;
    for (auto read : {read_text(*body, "into", into), read_text(*body, "from", from)})
        if (!read) return failed(read.error());
    if (!into || !from) return failed({"bad_body", "'into' and 'from' must both name a person"});
    if (const auto waited = ledger_.wait_for(ledger_.position()); !waited) return failed(waited.error());
    const auto merge = looking([&](const Reads& reads) { return wanted(reads, *into, *from, body->find("keep")); });
    if (!merge) return failed(merge.error());
    const auto merged = ledger_.merge(merge->into, merge->from, merge->fields, call.who.actor());
    if (!merged) return failed(merged.error());
    codec::JsonWriter out;
    out.begin_object().field("into", merge->into.value).field("merged", merge->from.value).end_object();
    Response response = json(out.take(), 201);
    response.headers.emplace_back("location", "/api/v1/people/" + std::to_string(merge->into.value));
    return response;
}

Response Api::delete_merge(const Call& call) {
    const auto from = looking([&](const Reads& reads) { return known(reads, call.key, Reads::Merged::itself); });
    if (!from) return failed(from.error());
    const auto apart = ledger_.unmerge(*from, call.who.actor());
    return apart ? done() : failed(apart.error());
}

}  // namespace baton::http
