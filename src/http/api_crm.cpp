// HubSpot's CRM API v3, thin: contacts are people, a pipeline is the process, owners are members.
#include <algorithm>

#include "app/lead_filter.h"
#include "domain/playbook/model.h"
#include "http/api.h"
#include "http/api_taken.h"
#include "http/asked.h"
#include "http/crm.h"
#include "http/lead_pages.h"

namespace baton::http {
namespace {

using app::Reads;
using codec::JsonKind;
using codec::JsonNode;
using codec::JsonWriter;

constexpr codec::JsonLimits body_limits{.depth = 12, .bytes = 4'000'000, .nodes = 100'000};

Result<JsonNode> any_body_of(const Request& request) {
    if (!is_json(request)) return fail("bad_body", "send the body as Content-Type: application/json");
    auto body = codec::parse_json(request.body, body_limits);
    if (body && body->kind != JsonKind::object) return fail("bad_body", "the body must be a JSON object");
    return body;
}

Result<std::vector<const JsonNode*>> inputs_of(const JsonNode& body) {
    const auto* inputs = body.find("inputs");
    const bool objects = inputs != nullptr && inputs->kind == JsonKind::array &&
                         std::ranges::all_of(inputs->items, [](const auto& i) { return i.kind == JsonKind::object; });
    if (!objects || inputs->items.empty() || inputs->items.size() > crm::most_in_a_batch)
        return fail("bad_body", "'inputs' must be a list of 1 to 100 objects");
    std::vector<const JsonNode*> all;
    for (const auto& item : inputs->items) all.push_back(&item);
    return all;
}

std::string text_of(const JsonNode& node, std::string_view name) {
    const auto* found = node.find(name);
    return found == nullptr ? std::string() : found->text;
}

/// By Baton's number, or by e-mail where `property` says so.
Result<std::optional<app::ExportedPerson>> find(const Reads& reads, const std::string& id,
                                                const std::string& property) {
    const bool by_email = property == "email";
    if (!by_email && !property.empty() && property != "hs_object_id")
        return fail("bad_parameter", "'idProperty' must be email or hs_object_id");
    const auto found = reads.find_key(id);
    if (!found) return std::unexpected(found.error());
    if (!*found || (*found)->key.kind != (by_email ? 'e' : '#')) return std::optional<app::ExportedPerson>();
    return app::exported(reads, (*found)->subject);
}

Error nobody(const std::string& id) { return {"unknown_person", "no contact has the id '" + id + "'"}; }

Error exists(SubjectId id) {
    return {"contact_exists", "Contact already exists. Existing ID: " + std::to_string(id.value)};
}

/// One input of a batch on its way.
struct Job {
    std::size_t index = 0;
    std::optional<app::ExportedPerson> before;  ///< as it was known
    IncomingFact fact;
    std::optional<Error> error;
};

void write_status(JsonWriter& out, const std::vector<Job>& jobs, Instant began, Instant ended) {
    out.field("status", "COMPLETE").field("startedAt", began).field("completedAt", ended);
    const auto failures = std::ranges::count_if(jobs, [](const Job& job) { return job.error.has_value(); });
    if (failures == 0) return;
    out.field("numErrors", failures).key("errors").begin_array();
    for (const Job& job : jobs) {
        if (!job.error) continue;
        out.begin_object().field("status", "error").field("category", "VALIDATION_ERROR");
        out.field("message", job.error->detail).key("context").begin_object().key("index").begin_array();
        out.value(std::to_string(job.index)).end_array().end_object().end_object();
    }
    out.end_array();
}

}  // namespace

// ---- one contact ------------------------------------------------------------------------------------------------

Result<std::optional<app::ExportedPerson>> Api::contact_after(const IncomingFact& fact,
                                                              const std::optional<app::ExportedPerson>& before) {
    if (const auto waited = ledger_.wait_for(ledger_.position()); !waited) return std::unexpected(waited.error());
    return looking([&](const Reads& reads) -> Result<std::optional<app::ExportedPerson>> {
        if (before) return app::exported(reads, before->row.person);
        const auto id = reads.find(fact.email.empty() ? fact.phone : fact.email);
        if (!id) return std::unexpected(id.error());
        return *id ? app::exported(reads, **id) : Result<std::optional<app::ExportedPerson>>();
    });
}

Response Api::crm_get_contact(const Call& call) {
    return with_reads(true, [&](const Reads& reads) {
        const auto person = find(reads, call.key, call.request.parameter("idProperty"));
        if (!person) return failed(person.error());
        if (!*person) return failed(nobody(call.key));
        JsonWriter out;
        crm::write(out, **person, crm::wanted_of(call.request));
        return json(out.take());
    });
}

Response Api::crm_write_contact(const Call& call) {
    const bool create = call.key.empty();
    const auto body = any_body_of(call.request);
    if (!body) return failed(body.error());
    std::optional<app::ExportedPerson> before;
    if (!create) {
        auto found =
            looking([&](const Reads& reads) { return find(reads, call.key, call.request.parameter("idProperty")); });
        if (!found) return failed(found.error());
        if (!*found) return failed(nobody(call.key));
        before = std::move(*found);
    }
    auto fact = crm::fact_of(*body, before ? &*before : nullptr);
    if (!fact) return failed(fact.error());
    if (create) {
        const auto known = contact_after(*fact, std::nullopt);
        if (!known) return failed(known.error());
        if (*known) return failed(exists((*known)->row.person));
    }
    codec::ParsedFacts one;
    one.facts = {*fact};
    one.indexes = {0};
    const auto taken = take(call.who, std::move(one));
    if (!taken) return failed(taken.error());
    if (!taken->refused.empty()) return problem(400, taken->refused[0].code, taken->refused[0].detail);
    const auto after = contact_after(*fact, before);
    if (!after) return failed(after.error());
    if (!*after) return failed(nobody(call.key));
    JsonWriter out;
    crm::write(out, **after, crm::wanted_of(*body));
    return json(out.take(), create ? 201 : 200);
}

// ---- many -------------------------------------------------------------------------------------------------------

Response Api::crm_batch_read(const Call& call) {
    const auto body = any_body_of(call.request);
    if (!body) return failed(body.error());
    const auto inputs = inputs_of(*body);
    if (!inputs) return failed(inputs.error());
    const Instant began = clock_.now();
    return with_reads(true, [&](const Reads& reads) {
        std::vector<Job> jobs;
        JsonWriter out;
        out.begin_object().key("results").begin_array();
        for (std::size_t i = 0; i < inputs->size(); ++i) {
            const std::string id = text_of(*(*inputs)[i], "id");
            const auto person = find(reads, id, text_of(*body, "idProperty"));
            if (!person) return failed(person.error());
            if (*person)
                crm::write(out, **person, crm::wanted_of(*body));
            else
                jobs.push_back({i, std::nullopt, {}, nobody(id)});
        }
        out.end_array();
        write_status(out, jobs, began, clock_.now());
        return json(out.end_object().take(), jobs.empty() ? 200 : 207);
    });
}

namespace {

enum class Way : unsigned char { create, update, upsert };

/// What is to be said about whom. An error of its own stays with the input; one of the store ends it.
Result<Job> job_of(const Reads& reads, const JsonNode& input, std::size_t index, Way way) {
    Job job;
    job.index = index;
    const std::string id = text_of(input, "id"), property = text_of(input, "idProperty");
    if (way != Way::create) {
        auto found = find(reads, id, property);
        if (!found && found.error().code != "bad_parameter") return std::unexpected(found.error());
        if (!found) job.error = found.error();
        if (found && way == Way::update && !*found) job.error = nobody(id);
        if (job.error) return job;
        job.before = std::move(*found);
    }
    auto fact = crm::fact_of(input, job.before ? &*job.before : nullptr, property == "email" ? id : "");
    if (!fact) {
        job.error = fact.error();
        return job;
    }
    job.fact = std::move(*fact);
    if (way != Way::create) return job;
    const auto there = reads.find(job.fact.email.empty() ? job.fact.phone : job.fact.email);
    if (!there) return std::unexpected(there.error());
    if (*there) job.error = exists(**there);
    return job;
}

}  // namespace

/// The last part of the path says what is done: create, update or upsert.
Response Api::crm_batch_write(const Call& call) {
    const std::string& path = call.request.path;
    const Way way = path.ends_with("/create") ? Way::create : path.ends_with("/update") ? Way::update : Way::upsert;
    const auto body = any_body_of(call.request);
    if (!body) return failed(body.error());
    const auto inputs = inputs_of(*body);
    if (!inputs) return failed(inputs.error());
    const Instant began = clock_.now();
    if (const auto waited = ledger_.wait_for(ledger_.position()); !waited) return failed(waited.error());
    auto jobs = looking([&](const Reads& reads) -> Result<std::vector<Job>> {
        std::vector<Job> all;
        for (std::size_t i = 0; i < inputs->size(); ++i) {
            auto job = job_of(reads, *(*inputs)[i], i, way);
            if (!job) return std::unexpected(job.error());
            all.push_back(std::move(*job));
        }
        return all;
    });
    if (!jobs) return failed(jobs.error());
    codec::ParsedFacts facts;
    for (const Job& job : *jobs) {
        if (job.error) continue;
        facts.facts.push_back(job.fact);
        facts.indexes.push_back(job.index);
    }
    const auto taken = take(call.who, std::move(facts));
    if (!taken) return failed(taken.error());
    for (const auto& refused : taken->refused) (*jobs)[refused.index].error = Error{refused.code, refused.detail};
    JsonWriter out;
    out.begin_object().key("results").begin_array();
    for (const Job& job : *jobs) {
        if (job.error) continue;
        const auto after = contact_after(job.fact, job.before);
        if (!after) return failed(after.error());
        const auto known = job.before ? crm::Fresh::known : crm::Fresh::made;
        if (*after) crm::write(out, **after, crm::wanted_of(*body), way == Way::upsert ? known : crm::Fresh::unsaid);
    }
    out.end_array();
    write_status(out, *jobs, began, clock_.now());
    const bool whole = std::ranges::none_of(*jobs, [](const Job& job) { return job.error.has_value(); });
    return json(out.end_object().take(), !whole ? 207 : way == Way::create ? 201 : 200);
}

// ---- lists ------------------------------------------------------------------------------------------------------

namespace {

Status write_contacts(JsonWriter& out, const Reads& reads, const std::vector<ports::LeadRow>& rows,
                      const crm::Wanted& wanted) {
    out.key("results").begin_array();
    for (const auto& row : rows) {
        const auto person = app::exported(reads, row.person);
        if (!person) return std::unexpected(person.error());
        if (*person) crm::write(out, **person, wanted);
    }
    out.end_array();
    return {};
}

void write_paging(JsonWriter& out, const std::optional<ports::LeadRow>& go_on_after) {
    if (!go_on_after) return;
    out.key("paging").begin_object().key("next").begin_object();
    out.field("after", cursor_after(*go_on_after, ports::LeadQuery::Sort::updated)).end_object().end_object();
}

Result<app::FilteredLeads> page_of(const Reads& reads, ports::LeadQuery query) {
    app::FilteredLeads found;
    const std::size_t limit = query.limit++;
    auto rows = reads.leads(query);
    if (!rows) return std::unexpected(rows.error());
    found.rows = std::move(*rows);
    if (found.rows.size() <= limit) return found;
    found.rows.pop_back();
    found.go_on_after = found.rows.back();
    return found;
}

struct Found {
    app::FilteredLeads page;
    std::size_t total = 0;  ///< 10,000 at most
};

Result<Found> looked_up(const Reads& reads, const std::vector<std::string>& keys) {
    Found found;
    for (const std::string& key : keys) {
        const auto known = reads.find_key(key);
        if (!known) return std::unexpected(known.error());
        if (!*known || ((*known)->key.kind != 'e' && (*known)->key.kind != '#')) continue;
        const auto row = reads.lead((*known)->subject);
        if (!row) return std::unexpected(row.error());
        if (*row) found.page.rows.push_back(**row);
    }
    found.total = found.page.rows.size();
    return found;
}

Result<Found> searched(const Reads& reads, const crm::Search& search, const ports::LeadQuery& query,
                       ports::Clock& clock) {
    std::optional<app::LeadFilter> filter;
    if (!search.filter.empty()) {
        auto compiled = app::LeadFilter::compile(search.filter, reads);
        if (!compiled) return std::unexpected(compiled.error());
        filter = std::move(*compiled);
    }
    auto page =
        filter ? app::filtered_leads(reads, query, *filter, clock.now(), walk_of(clock)) : page_of(reads, query);
    if (!page) return std::unexpected(page.error());
    const auto counted = app::count_leads(reads, query, filter ? &*filter : nullptr, clock.now(), walk_of(clock));
    if (!counted) return std::unexpected(counted.error());
    return Found{std::move(*page), counted->count};
}

}  // namespace

Response Api::crm_list_contacts(const Call& call) {
    Request asked = call.request;
    asked.query["cursor"] = call.request.parameter("after");
    ports::LeadQuery query;
    if (const auto read = read_page(asked, query); !read) return failed(read.error());
    if (asked.parameter("limit").empty()) query.limit = 10;
    query.limit = std::min(query.limit, crm::most_in_a_batch);
    return with_reads(true, [&](const Reads& reads) {
        const auto page = page_of(reads, query);
        if (!page) return failed(page.error());
        JsonWriter out;
        out.begin_object();
        if (auto written = write_contacts(out, reads, page->rows, crm::wanted_of(asked)); !written)
            return failed(written.error());
        write_paging(out, page->go_on_after);
        return json(out.end_object().take());
    });
}

Response Api::crm_search_contacts(const Call& call) {
    const auto body = any_body_of(call.request);
    if (!body) return failed(body.error());
    const auto playbook = ledger_.active();
    if (playbook == nullptr) return failed({"no_playbook", "no playbook is active yet"});
    const auto search = crm::search_of(*body, *playbook);
    if (!search) return failed(search.error());
    Request asked;
    asked.query["cursor"] = search->after;
    ports::LeadQuery query;
    if (const auto read = read_page(asked, query); !read) return failed(read.error());
    query.limit = search->limit;
    query.text = search->text;
    return with_reads(true, [&](const Reads& reads) {
        const auto found =
            search->keys.empty() ? searched(reads, *search, query, clock_) : looked_up(reads, search->keys);
        if (!found) return failed(found.error());
        JsonWriter out;
        out.begin_object().field("total", found->total);
        if (auto written = write_contacts(out, reads, found->page.rows, search->wanted); !written)
            return failed(written.error());
        write_paging(out, found->page.go_on_after);
        return json(out.end_object().take());
    });
}

}  // namespace baton::http
