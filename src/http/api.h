// The routes: plain functions from Request to Response over one ledger. docs/openapi.yaml is the contract; tests hold both
// against each other.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "app/documents.h"
#include "app/duplicates.h"
#include "app/export.h"
#include "app/ledger.h"
#include "app/members.h"
#include "app/reads.h"
#include "codec/fact_json.h"
#include "http/access.h"
#include "http/answer.h"
#include "http/attempts.h"
#include "http/cors.h"
#include "http/drops.h"
#include "http/fetches.h"
#include "http/forms.h"
#include "http/hooks.h"
#include "http/idle.h"
#include "http/imports.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/passers_by.h"
#include "http/rates.h"
#include "http/replays.h"
#include "ports/clock.h"

namespace baton::http {

/// A segment in braces matches anything; that of {key} is handed over: "/api/v1/leads/{key}".
struct Route {
    std::string_view method, path;
    Access access;
};

struct ApiOptions {
    Cors cors;
    std::uint32_t requests_per_minute = 0;  ///< of one caller, or of one address that shows nothing; 0 = no limit
    FetchOptions fetch;
    ImportOptions imports;
};

class Api {
   public:
    Api(app::Ledger& ledger, ports::Clock& clock, Gate gate, ApiOptions options = {});

    /// Answers one request, facts once they are durable; from any thread. The request lives until it is answered.
    void handle(const Request& request, Answer answer);
    /// The same, waiting for the answer.
    Response handle(const Request& request);
    /// All routes there are.
    static std::vector<Route> routes();
    /// Answers of leads that hooks name by id alone.
    Fetches& fetches() { return fetches_; }
    /// Files that are taken in.
    Imports& imports() { return imports_; }
    /// Whether the body of a request, by its header, is a file; and where it goes, or why not.
    static bool is_upload(const Request& request);
    std::expected<std::shared_ptr<Spooled>, Response> begin_upload(const Request& request);
    /// From now on /readyz says no: traffic is to go elsewhere.
    void stop_taking();

   private:
    struct Entry;
    struct Call {
        const Request& request;
        std::string key;  ///< what stood for {key}
        Who who;
    };
    using Action = Response (Api::*)(const Call&);
    using LaterAction = void (Api::*)(const Call&, Answer);
    static std::vector<Entry> own_table();
    static std::vector<Entry> list_table();
    static std::vector<Entry> imports_table();
    static std::vector<Entry> crm_table();  ///< HubSpot's
    static const std::vector<Entry>& table();
    /// The entry of this path and method, or null; `methods` are those that the path has.
    static const Entry* route_of(const Request& request, std::string& key, std::string& methods);

    /// What the route of this path and method answers.
    void answer(const Request& request, const Entry& entry, std::string key, Answer answer);
    /// The same call with the same Idempotency-Key is run once.
    void run_once(const Entry& entry, const Call& call, Answer answer);
    void run(const Entry& entry, const Call& call, Answer answer);
    void post_facts(const Call&, Answer);
    /// The facts of the body, with what header fields say of them.
    static std::expected<codec::ParsedFacts, Response> asked_facts(const Call& call);
    void post_tracking(const Call&, Answer);
    /// The user agent, where a browser makes the call itself; a server says in the context whose event it is.
    static std::string browser_of(const Call&);
    Response get_tracking_settings(const Call&);
    Response get_drops(const Call&);
    /// Takes what the caller may send.
    struct Taken;
    Result<Taken> take(const Who& who, codec::ParsedFacts parsed);
    /// The same without waiting: `then` is called once, maybe from another thread, which waits for it.
    void take(const Who& who, codec::ParsedFacts parsed, std::move_only_function<void(Result<Taken>)> then);
    Taken taken_of(codec::ParsedFacts parsed, const app::Receipt& receipt);
    void respect_privacy(const Call& call, codec::ParsedFacts& parsed);
    Response get_tracking(const Call&);
    Response put_tracking(const Call&);
    Response get_leads(const Call&);
    Response get_lead(const Call&);
    Response get_views(const Call&);
    Response get_view(const Call&);
    Response post_view(const Call&);
    Response put_view(const Call&);
    Response delete_view(const Call&);
    Response get_why(const Call&);
    Response get_lookup(const Call&);
    Response get_people(const Call&);
    Response get_person(const Call&);
    Response get_touches(const Call&);
    Response get_consent(const Call&);
    Response post_consent(const Call&);
    Response get_personal_data(const Call&);
    Response delete_person(const Call&);
    Response get_accounts(const Call&);
    Response get_account(const Call&);
    Response get_duplicates(const Call&);
    Response get_merge(const Call&);
    Response post_merge(const Call&);
    Response delete_merge(const Call&);
    Response get_registers(const Call&);
    Response post_register(const Call&);
    Response delete_register(const Call&);
    /// Puts what the request names into the register, or takes it out.
    Response change_register(const Call& call, const std::vector<std::string>& entries, const std::string& reason,
                             bool remove);
    // HubSpot's CRM API: http/crm.h
    Response crm_get_contact(const Call&);
    Response crm_write_contact(const Call&);
    Response crm_list_contacts(const Call&);
    Response crm_search_contacts(const Call&);
    Response crm_batch_read(const Call&);
    Response crm_batch_write(const Call&);
    Response crm_get_properties(const Call&);
    Response crm_get_pipelines(const Call&);
    Response crm_get_owners(const Call&);
    /// The contact as it stands after the fact about it.
    Result<std::optional<app::ExportedPerson>> contact_after(const IncomingFact& fact,
                                                             const std::optional<app::ExportedPerson>& before);
    Response get_funnel(const Call&);
    Response get_playbook(const Call&);
    Response get_moves(const Call&);
    Response get_users(const Call&);
    Response get_session(const Call&);
    Response post_session(const Call&);
    Response delete_session(const Call&);
    Response get_sessions(const Call&);
    Response delete_one_session(const Call&);
    Response get_members(const Call&);
    Response post_member(const Call&);
    Response patch_member(const Call&);
    Response put_password(const Call&);
    Response get_keys(const Call&);
    Response post_key(const Call&);
    Response delete_key(const Call&);
    Response get_audit(const Call&);
    Response get_sources(const Call&);
    Response get_source(const Call&);
    Response post_source(const Call&);
    Response delete_source(const Call&);
    Response post_import(const Call&);
    Response get_imports(const Call&);
    Response get_import(const Call&);
    Response get_import_errors(const Call&);
    Response start_import(const Call&);
    Response cancel_import(const Call&);
    Response undo_import(const Call&);
    Response delete_import(const Call&);
    Response post_form(const Call&);
    Response get_form_token(const Call&);
    Response post_hubspot_form(const Call&);
    Response post_web_to_lead(const Call&);
    Response post_hook(const Call&);
    Response get_hook(const Call&);
    Response get_live(const Call&);
    Response get_ready(const Call&);
    Response get_metrics(const Call&);
    Response get_openapi(const Call&);
    Response get_page(const Call&);
    Response get_asset(const Call&);
    Response svg_of(const std::string& dot);

    /// Runs `ask` with a Reads of its own, as new as the newest durable write if `fresh`.
    Response with_reads(bool fresh, const std::function<Response(const app::Reads&)>& ask);
    Result<std::unique_ptr<app::Reads>> take_reads();
    void give_back(std::unique_ptr<app::Reads> reads);
    /// The same for what is no response.
    template <class Ask>
    auto looking(const Ask& ask) -> decltype(ask(std::declval<const app::Reads&>())) {
        auto reads = take_reads();
        if (!reads) return std::unexpected(reads.error());
        auto answer = ask(**reads);
        give_back(std::move(*reads));
        return answer;
    }
    KnownSources::Look looker();
    /// Whose key or session it is; a session that was not used for too long ends here.
    Result<std::optional<app::Caller>> caller_of(std::string_view shown);
    /// What shows that somebody is as before; "" = nothing does. Sent as ETag, compared with If-None-Match.
    Result<std::string> tag_of(const app::Reads& reads, SubjectId id) const;
    Response with_person(const Call& call, const std::function<Response(const app::Reads&, SubjectId)>& ask);

    app::Ledger& ledger_;
    app::Members members_;
    app::Sources sources_;
    app::Views views_;
    ports::Clock& clock_;
    Gate gate_;
    Directory directory_;
    Cors cors_;
    Rates rates_;
    Attempts attempts_;
    Drops drops_;
    PassersBy passers_by_;
    OptOuts opt_outs_;
    KnownSources known_;
    Forms forms_;
    Fetches fetches_;
    Hooks hooks_;
    Imports imports_;
    Idle idle_;
    Metrics metrics_;
    Replays replays_;
    std::mutex spare_mutex_;
    std::vector<std::unique_ptr<app::Reads>> spare_;
    /// Who may be one human twice, as of a moment: everybody is compared for it, so one caller at a time, and not for each call anew.
    struct Twice {
        std::mutex mutex;
        ports::Position as_of = -1;
        Duration at;
        std::vector<app::Likely> pairs;
    };
    Status find_twice(const app::Reads& reads);
    Twice twice_;
    std::mutex drawing_mutex_;
    std::string drawing_;     ///< the SVG last drawn
    std::string drawing_of_;  ///< the DOT it was made from
    std::atomic<bool> taking_{true};
    std::atomic<bool> people_{false};  ///< somebody has a password
};

}  // namespace baton::http
