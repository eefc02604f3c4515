#include "http/api.h"

#include <algorithm>
#include <future>

#include "app/consent.h"
#include "app/normalise.h"
#include "codec/fact_json.h"
#include "codec/yaml_json.h"
#include "http/api_taken.h"
#include "http/asked.h"
#include "http/assets.h"
#include "http/crm.h"

namespace baton::http {

/// A route, and what answers it: at once, or later.
struct Api::Entry {
    Entry(Route at, Action at_once) : route(at), action(at_once) {}
    Entry(Route at, LaterAction answers_later) : route(at), later(answers_later) {}

    Route route;
    Action action = nullptr;
    LaterAction later = nullptr;

    /// Whether it heeds If-Match; the others refuse it rather than pass over it.
    bool takes_condition() const {
        return later == &Api::post_facts || action == &Api::put_view || action == &Api::delete_view ||
               action == &Api::delete_person;
    }
};

std::vector<Api::Entry> Api::crm_table() {
    return {
        {{"GET", "/crm/v3/objects/contacts", Access::read}, &Api::crm_list_contacts},
        {{"POST", "/crm/v3/objects/contacts", Access::change}, &Api::crm_write_contact},
        {{"POST", "/crm/v3/objects/contacts/search", Access::read}, &Api::crm_search_contacts},
        {{"GET", "/crm/v3/objects/contacts/{key}", Access::read}, &Api::crm_get_contact},
        {{"PATCH", "/crm/v3/objects/contacts/{key}", Access::change}, &Api::crm_write_contact},
        {{"POST", "/crm/v3/objects/contacts/batch/read", Access::read}, &Api::crm_batch_read},
        {{"POST", "/crm/v3/objects/contacts/batch/create", Access::change}, &Api::crm_batch_write},
        {{"POST", "/crm/v3/objects/contacts/batch/update", Access::change}, &Api::crm_batch_write},
        {{"POST", "/crm/v3/objects/contacts/batch/upsert", Access::change}, &Api::crm_batch_write},
        {{"GET", "/crm/v3/properties/contacts", Access::read}, &Api::crm_get_properties},
        {{"GET", "/crm/v3/properties/contacts/{key}", Access::read}, &Api::crm_get_properties},
        {{"GET", "/crm/v3/pipelines/deals", Access::read}, &Api::crm_get_pipelines},
        {{"GET", "/crm/v3/pipelines/deals/{key}", Access::read}, &Api::crm_get_pipelines},
        {{"GET", "/crm/v3/pipelines/deals/{key}/stages", Access::read}, &Api::crm_get_pipelines},
        {{"GET", "/crm/v3/owners", Access::read}, &Api::crm_get_owners},
        {{"GET", "/crm/v3/owners/", Access::read}, &Api::crm_get_owners},
        {{"GET", "/crm/v3/owners/{key}", Access::read}, &Api::crm_get_owners},
    };
}

std::vector<Api::Entry> Api::list_table() {
    return {
        {{"GET", "/api/v1/leads", Access::read}, &Api::get_leads},
        {{"GET", "/api/v1/accounts", Access::read}, &Api::get_accounts},
        {{"GET", "/api/v1/views", Access::read}, &Api::get_views},
        {{"POST", "/api/v1/views", Access::arrange}, &Api::post_view},
        {{"GET", "/api/v1/views/{key}", Access::read}, &Api::get_view},
        {{"PUT", "/api/v1/views/{key}", Access::arrange}, &Api::put_view},
        {{"DELETE", "/api/v1/views/{key}", Access::arrange}, &Api::delete_view},
    };
}

std::vector<Api::Entry> Api::imports_table() {
    return {
        {{"POST", "/api/v1/imports", Access::configure}, &Api::post_import},
        {{"GET", "/api/v1/imports", Access::configure}, &Api::get_imports},
        {{"GET", "/api/v1/imports/{key}", Access::configure}, &Api::get_import},
        {{"DELETE", "/api/v1/imports/{key}", Access::configure}, &Api::delete_import},
        {{"GET", "/api/v1/imports/{key}/errors", Access::configure}, &Api::get_import_errors},
        {{"POST", "/api/v1/imports/{key}/start", Access::configure}, &Api::start_import},
        {{"POST", "/api/v1/imports/{key}/cancel", Access::configure}, &Api::cancel_import},
        {{"POST", "/api/v1/imports/{key}/undo", Access::configure}, &Api::undo_import},
    };
}

std::vector<Api::Entry> Api::own_table() {
    return {
        {{"POST", "/api/v1/facts", Access::intake}, &Api::post_facts},
        {{"GET", "/api/v1/drops", Access::read}, &Api::get_drops},
        {{"GET", "/api/v1/tracking", Access::read}, &Api::get_tracking},
        {{"PUT", "/api/v1/tracking", Access::configure}, &Api::put_tracking},
        {{"POST", "/v1/{key}", Access::track}, &Api::post_tracking},
        {{"POST", "/api/s/{key}", Access::track}, &Api::post_tracking},
        {{"POST", "/api/s/s2s/{key}", Access::track}, &Api::post_tracking},
        {{"GET", "/v1/projects/{key}/settings", Access::probe}, &Api::get_tracking_settings},
        {{"GET", "/api/v1/leads/{key}", Access::read}, &Api::get_lead},
        {{"GET", "/api/v1/leads/{key}/why", Access::read}, &Api::get_why},
        {{"GET", "/api/v1/lookup", Access::read}, &Api::get_lookup},
        {{"GET", "/api/v1/people", Access::read}, &Api::get_people},
        {{"GET", "/api/v1/people/{key}", Access::read}, &Api::get_person},
        {{"GET", "/api/v1/people/{key}/touches", Access::read}, &Api::get_touches},
        {{"GET", "/api/v1/people/{key}/consent", Access::read}, &Api::get_consent},
        {{"POST", "/api/v1/people/{key}/consent", Access::change}, &Api::post_consent},
        {{"GET", "/api/v1/people/{key}/export", Access::disclose}, &Api::get_personal_data},
        {{"DELETE", "/api/v1/people/{key}", Access::disclose}, &Api::delete_person},
        {{"GET", "/api/v1/accounts/{key}", Access::read}, &Api::get_account},
        {{"GET", "/api/v1/duplicates", Access::read}, &Api::get_duplicates},
        {{"GET", "/api/v1/merges", Access::read}, &Api::get_merge},
        {{"POST", "/api/v1/merges", Access::curate}, &Api::post_merge},
        {{"DELETE", "/api/v1/merges/{key}", Access::curate}, &Api::delete_merge},
        {{"GET", "/api/v1/suppression", Access::read}, &Api::get_registers},
        {{"GET", "/api/v1/suppression/{key}", Access::read}, &Api::get_registers},
        {{"POST", "/api/v1/suppression/{key}", Access::change}, &Api::post_register},
        {{"DELETE", "/api/v1/suppression/{key}", Access::curate}, &Api::delete_register},
        {{"GET", "/api/v1/funnel", Access::read}, &Api::get_funnel},
        {{"GET", "/api/v1/playbook", Access::read}, &Api::get_playbook},
        {{"GET", "/api/v1/moves", Access::read}, &Api::get_moves},
        {{"GET", "/api/v1/users", Access::read}, &Api::get_users},
        {{"GET", "/api/v1/session", Access::self}, &Api::get_session},
        {{"POST", "/api/v1/session", Access::sign_in}, &Api::post_session},
        {{"DELETE", "/api/v1/session", Access::self}, &Api::delete_session},
        {{"GET", "/api/v1/sessions", Access::self}, &Api::get_sessions},
        {{"DELETE", "/api/v1/sessions/{key}", Access::self}, &Api::delete_one_session},
        {{"GET", "/api/v1/members", Access::manage}, &Api::get_members},
        {{"POST", "/api/v1/members", Access::manage}, &Api::post_member},
        {{"PATCH", "/api/v1/members/{key}", Access::manage}, &Api::patch_member},
        {{"PUT", "/api/v1/members/{key}/password", Access::manage}, &Api::put_password},
        {{"GET", "/api/v1/keys", Access::manage}, &Api::get_keys},
        {{"POST", "/api/v1/keys", Access::manage}, &Api::post_key},
        {{"DELETE", "/api/v1/keys/{key}", Access::manage}, &Api::delete_key},
        {{"GET", "/api/v1/audit", Access::audit}, &Api::get_audit},
        {{"GET", "/api/v1/sources", Access::read}, &Api::get_sources},
        {{"GET", "/api/v1/sources/{key}", Access::read}, &Api::get_source},
        {{"POST", "/api/v1/sources", Access::configure}, &Api::post_source},
        {{"DELETE", "/api/v1/sources/{key}", Access::configure}, &Api::delete_source},
        {{"POST", "/forms/{key}", Access::form}, &Api::post_form},
        {{"GET", "/forms/{key}", Access::form}, &Api::get_form_token},
        {{"POST", "/submissions/v3/integration/submit/{portal}/{key}", Access::form}, &Api::post_hubspot_form},
        {{"POST", "/servlet/servlet.WebToLead", Access::form}, &Api::post_web_to_lead},
        {{"POST", "/hooks/{key}", Access::form}, &Api::post_hook},
        {{"GET", "/hooks/{key}", Access::form}, &Api::get_hook},
        {{"GET", "/livez", Access::probe}, &Api::get_live},
        {{"GET", "/readyz", Access::probe}, &Api::get_ready},
        {{"GET", "/metrics", Access::read}, &Api::get_metrics},
        {{"GET", "/openapi.json", Access::page}, &Api::get_openapi},
        {{"GET", "/", Access::page}, &Api::get_page},
        {{"GET", "/leads", Access::page}, &Api::get_page},
        {{"GET", "/leads/{key}", Access::page}, &Api::get_page},
        {{"GET", "/assets/{key}", Access::page}, &Api::get_asset},
    };
}

const std::vector<Api::Entry>& Api::table() {
    static const std::vector<Entry> entries = [] {
        std::vector<Entry> all = own_table();
        for (const auto& more : {list_table(), imports_table(), crm_table()})
            for (const Entry& entry : more) all.push_back(entry);
        return all;
    }();
    return entries;
}

std::vector<Route> Api::routes() {
    std::vector<Route> all;
    for (const Entry& entry : table()) all.push_back(entry.route);
    return all;
}

namespace {

/// Whether `path` is of the shape `pattern`, segment by segment; `key` takes what stands for {key}.
bool matches(std::string_view pattern, std::string_view path, std::string& key) {
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = pattern.substr(0, pattern.find('/', 1));
        const std::string_view found = path.substr(0, path.find('/', 1));
        if (!wanted.starts_with("/{")) {
            if (wanted != found) return false;
        } else if (found.size() < 2) {
            return false;
        } else if (wanted == "/{key}") {
            key = found.substr(1);
        }
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(found.size());
    }
    return pattern.empty() && path.empty();
}

}  // namespace

Api::Api(app::Ledger& ledger, ports::Clock& clock, Gate gate, ApiOptions options)
    : ledger_(ledger),
      members_(ledger),
      sources_(ledger),
      views_(ledger),
      clock_(clock),
      gate_(std::move(gate)),
      cors_(std::move(options.cors)),
      rates_(options.requests_per_minute),
      known_(looker()),
      forms_(ledger, clock, drops_, known_),
      fetches_(ledger, clock, drops_, known_, std::move(options.fetch)),
      hooks_(ledger, clock, drops_, known_, fetches_),
      imports_(ledger, clock, std::move(options.imports)) {
    directory_.caller_of = [this](std::string_view shown) { return caller_of(shown); };
    directory_.has_people = [this]() -> Result<bool> {
        if (people_) return true;  // a password is replaced, never taken away
        const auto people = looking(app::has_people);
        if (people && *people) people_ = true;
        return people;
    };
}

void Api::stop_taking() { taking_ = false; }

void Api::answer(const Request& request, const Entry& entry, std::string key, Answer answer) {
    auto who = gate_.admit(request, entry.route.access, directory_,
                           entry.route.access == Access::track ? tracking_key_of(request) : std::string());
    std::optional<Rates::Standing> standing;
    if (rates_.limited() && entry.route.access != Access::probe)
        standing = rates_.take(who && who->caller ? "caller " + who->caller->id : "address " + request.remote,
                               clock_.elapsed());
    if (standing) {
        answer = Answer([this, standing = *standing, answer = std::move(answer)](Response response) mutable {
            rates_.tell(standing, response);
            answer(std::move(response));
        });
        if (!standing->allowed) return answer(rates_.refusal(*standing));
    }
    if (!who) return answer(std::move(who.error()));
    run_once(entry, {request, std::move(key), std::move(*who)}, std::move(answer));
}

namespace {

/// What pages of every site may call.
bool is_open(const Request& request) { return is_tracking(request) || is_form(request); }

}  // namespace

void Api::run(const Entry& entry, const Call& call, Answer answer) {
    if (entry.later != nullptr) return (this->*entry.later)(call, std::move(answer));
    answer((this->*entry.action)(call));
}

void Api::run_once(const Entry& entry, const Call& call, Answer answer) {
    const Access access = entry.route.access;
    const bool may_repeat =
        access == Access::intake || access == Access::change || access == Access::arrange || access == Access::curate;
    if (!may_repeat) return run(entry, call, std::move(answer));
    const auto given = idempotency_key_of(call.request);
    if (!given) return answer(failed(given.error()));
    if (given->empty()) return run(entry, call, std::move(answer));
    std::string key = call.who.actor() + " " + call.request.method + " " + call.request.path;
    for (const auto& [name, value] : call.request.query) key += "&" + name + "=" + value;
    key += " " + *given + " " + call.request.header("if-match");
    if (auto known = replays_.begin(key, call.request.body, clock_.elapsed())) return answer(std::move(*known));
    // However the call ends, it is no longer under way: an answer that is dropped comes here as a 500.
    run(entry, call, Answer([this, key = std::move(key), answer = std::move(answer)](Response response) mutable {
            replays_.done(key, response, clock_.elapsed());
            answer(std::move(response));
        }));
}

Response Api::handle(const Request& request) {
    const auto given = std::make_shared<std::promise<Response>>();
    handle(request, Answer([given](Response response) { given->set_value(std::move(response)); }));
    return given->get_future().get();
}

const Api::Entry* Api::route_of(const Request& request, std::string& key, std::string& methods) {
    const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
    const Entry* found = nullptr;
    for (const Entry& entry : table()) {
        std::string part;
        if (!matches(entry.route.path, request.path, part)) continue;
        methods += (methods.empty() ? "" : ", ") + std::string(entry.route.method);
        if (entry.route.method != method || found != nullptr) continue;
        found = &entry;
        key = std::move(part);
    }
    return found;
}

void Api::handle(const Request& request, Answer answer) {
    std::string key, methods;
    const Entry* found = route_of(request, key, methods);
    Answer whole(
        [this, &request, found, began = clock_.elapsed(), answer = std::move(answer)](Response response) mutable {
            if (response.content_type == "application/problem+json" && crm::is_crm(request))
                response = crm::error_of(response);
            cors_.tell(request, is_open(request), response);
            metrics_.count_request(found != nullptr ? found->route.path : "none", response.status,
                                   clock_.elapsed() - began);
            answer(std::move(response));
        });
    if (found != nullptr) {
        const bool condition =
            request.method != "GET" && request.method != "HEAD" && request.headers.contains("if-match");
        if (!condition || found->takes_condition())
            return this->answer(request, *found, std::move(key), std::move(whole));
        return whole(
            problem(400, "bad_if_match", "Nothing here has a version to match; send the request without If-Match."));
    }
    if (methods.empty())
        return whole(
            problem(404, "no_such_route", "There is nothing at this path; /openapi.json lists what there is."));
    if (request.method == "OPTIONS") return whole(cors_.preflight(request, methods, is_open(request)));
    Response response = problem(405, "method_not_allowed", "This path does not take " + request.method + ".");
    response.headers.emplace_back("allow", methods + ", OPTIONS");
    whole(std::move(response));
}

Result<std::unique_ptr<app::Reads>> Api::take_reads() {
    {
        const std::scoped_lock lock(spare_mutex_);
        if (!spare_.empty()) {
            auto reads = std::move(spare_.back());
            spare_.pop_back();
            return reads;
        }
    }
    return ledger_.reads();
}

void Api::give_back(std::unique_ptr<app::Reads> reads) {
    const std::scoped_lock lock(spare_mutex_);
    spare_.push_back(std::move(reads));
}

Response Api::with_reads(bool fresh, const std::function<Response(const app::Reads&)>& ask) {
    if (fresh) {
        if (const auto waited = ledger_.wait_for(ledger_.position()); !waited) return failed(waited.error());
    }
    auto reads = take_reads();
    if (!reads) return failed(reads.error());
    Response response = ask(**reads);
    give_back(std::move(*reads));
    return response;
}

Result<std::string> Api::tag_of(const app::Reads& reads, SubjectId id) const {
    const auto version = reads.version(id);
    if (!version) return std::unexpected(version.error());
    const auto playbook = reads.active();
    return quoted(app::version_of(*version, playbook == nullptr ? 0 : playbook->version));
}

Response Api::with_person(const Call& call, const std::function<Response(const app::Reads&, SubjectId)>& ask) {
    return with_reads(true, [&](const app::Reads& reads) {
        const auto found = reads.find(call.key);
        if (!found) return failed(found.error());
        if (!*found)
            return problem(
                404, "unknown_person",
                "Nobody is known by '" + call.key + "'. Give the number, e-mail, external id, phone or user id.");
        return ask(reads, **found);
    });
}

// ---- leads ----------------------------------------------------------------------------------------------------

Response Api::get_lead(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"at"})) return *refusal;
    const auto at = moment_asked(call.request, "at");
    if (!at) return failed(at.error());
    return with_person(call, [&](const app::Reads& reads, SubjectId id) {
        const auto tag = *at ? Result<std::string>() : tag_of(reads, id);
        if (!tag) return failed(tag.error());
        if (is_known(call.request, *tag)) return not_modified(*tag);
        const auto person = reads.person(id, *at);
        if (!person) return failed(person.error());
        if (!*person) return problem(404, "unknown_person", "Nothing was known of this person then.");
        const auto timeline = reads.timeline(id, *at);
        if (!timeline) return failed(timeline.error());
        const auto consents = app::consents(reads, *timeline);
        if (!consents) return failed(consents.error());
        codec::JsonWriter out;
        out.begin_object().key("lead");
        app::write(out, **person);
        out.key("consents");
        app::write_stands(out, *consents);
        out.key("timeline");
        app::write(out, *timeline, reads);
        out.end_object();
        return tagged(json(out.take()), *tag);
    });
}

Response Api::get_why(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"at", "expressions"})) return *refusal;
    const auto at = moment_asked(call.request, "at");
    if (!at) return failed(at.error());
    return with_person(call, [&](const app::Reads& reads, SubjectId id) {
        const auto person = reads.person(id, *at);
        if (!person) return failed(person.error());
        if (!*person || (*person)->playbook == nullptr)
            return problem(404, "unknown_person", "Nothing was known of this person then.");
        const auto why = reads.why(id, clock_.now(), *at);
        if (!why) return failed(why.error());
        return json(app::document(*why, **person, call.request.parameter("expressions") == "true"));
    });
}

// ---- overviews ------------------------------------------------------------------------------------------------

Response Api::get_funnel(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"by"})) return *refusal;
    const std::string by = call.request.parameter("by");
    return with_reads(true, [&](const app::Reads& reads) {
        const auto funnel = by.empty() ? reads.funnel() : reads.funnel_by(by);
        return funnel ? json(app::document(*funnel)) : failed(funnel.error());
    });
}

Response Api::get_moves(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {"limit"})) return *refusal;
    const auto limit = number_asked(call.request, "limit", 1, 200, 20);
    if (!limit) return failed(limit.error());
    return with_reads(false, [&](const app::Reads& reads) {
        const auto moves = reads.latest_moves(static_cast<std::size_t>(*limit));
        if (!moves) return failed(moves.error());
        codec::JsonWriter out;
        out.begin_object().key("moves").begin_array();
        for (const app::Move& move : *moves) {
            const auto row = reads.lead(move.person);
            if (!row) return failed(row.error());
            out.begin_object().field("person", move.person.value).field("name", *row ? (*row)->name : "");
            out.field("email", *row ? (*row)->email : "").key("move");
            app::write(out, move.record, reads.playbook(move.record.version).get());
            out.end_object();
        }
        out.end_array().end_object();
        return json(out.take());
    });
}

Response Api::get_users(const Call& call) {
    if (auto refusal = unknown_parameter(call.request, {})) return *refusal;
    return with_reads(true, [&](const app::Reads& reads) {
        const auto users = reads.users();
        if (!users) return failed(users.error());
        codec::JsonWriter out;
        out.begin_object().key("users").begin_array();
        for (const app::User& user : *users) app::write(out, user);
        out.end_array().end_object();
        return json(out.take());
    });
}

// ---- operation ------------------------------------------------------------------------------------------------

Response Api::get_live(const Call&) { return json("{\"live\":true}"); }

Response Api::get_ready(const Call&) {
    if (!taking_) return problem(503, "stopping", "The server is stopping.");
    if (!ledger_.available()) return problem(503, "unavailable", "The database does not answer.");
    if (ledger_.active() == nullptr) return problem(503, "no_playbook", "No playbook is active yet.");
    return json("{\"ready\":true}");
}

Response Api::get_metrics(const Call&) {
    return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(ledger_.stats()), {}};
}

Response Api::get_openapi(const Call&) {
    static const Result<std::string> document = codec::yaml_to_json(asset("docs/openapi.yaml"));
    return document ? json(*document) : problem(500, document.error().code, document.error().detail);
}

}  // namespace baton::http
