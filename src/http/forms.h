// Forms that anybody fills in: HTML forms, HubSpot's form submission, Salesforce's Web-to-Lead. What a fill becomes is the source's
// definition (app/sources.h). The answer depends on what was sent alone, never on whether the person is known.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/sources.h"
#include "codec/fill.h"
#include "http/drops.h"
#include "http/message.h"
#include "http/rates.h"
#include "ports/clock.h"

namespace baton::http {

/// Whether pages of every site may call this path.
bool is_form(const Request& request);

/// A source and what proves its calls.
struct KnownSource {
    app::ListedSource listed;
    app::SourceSecrets secrets;
};

/// The register as of the newest change, read again only then.
class KnownSources {
   public:
    using Look = std::function<Status(const std::function<Status(const app::Reads&)>&)>;
    explicit KnownSources(Look look) : look_(std::move(look)) {}

    using Match = std::function<bool(const KnownSource&)>;
    /// The first that fits; null when none does.
    Result<std::shared_ptr<const KnownSource>> find(const Match& match);
    void arrived(const std::string& name, Instant now);
    app::ArrivalsBySource arrivals() const;

   private:
    using All = std::vector<std::shared_ptr<const KnownSource>>;
    Status refresh(const app::Reads& reads);

    Look look_;
    mutable std::mutex mutex_;
    app::ArrivalsBySource arrivals_;
    ports::Position as_of_ = ports::no_position;
    All all_;
};

/// Fills become durable facts; what is left out of them is kept visible.
class Fills {
   public:
    Fills(app::Ledger& ledger, ports::Clock& clock, Drops& drops, KnownSources& sources)
        : ledger_(ledger), clock_(clock), drops_(drops), sources_(sources) {}

    enum class Trap : std::uint8_t { none, honeypot, too_fast, no_token, bot };
    /// Codes: nobody, refusals of app/ledger.h, those of the store. What fell into a trap is looked at alike, and not written.
    /// `agent`: what the caller calls itself, where it is whoever fills in.
    Status take(const KnownSource& source, const codec::Fill& fill, Trap trap, std::string_view agent = {});
    void drop(const KnownSource& source, std::string_view code, std::string detail);

   private:
    Result<app::Receipt> offer(const KnownSource& source, std::vector<IncomingFact>& facts, Trap trap);

    app::Ledger& ledger_;
    ports::Clock& clock_;
    Drops& drops_;
    KnownSources& sources_;
};

/// Whether what was sent is wrong, rather than the store not there.
bool is_of_the_sender(const Error& error);

class Forms {
   public:
    Forms(app::Ledger& ledger, ports::Clock& clock, Drops& drops, KnownSources& sources)
        : clock_(clock), fills_(ledger, clock, drops, sources), sources_(sources) {}

    Response post_form(const Request& request, std::string_view name);
    /// {"token": …}: what a page puts into its time trap.
    Response get_token(std::string_view name);
    Response post_hubspot(const Request& request, std::string_view form);
    Response post_web_to_lead(const Request& request);

   private:
    using Found = std::shared_ptr<const KnownSource>;
    std::optional<Response> over_the_rate(const Request& request, const KnownSource& source);
    Fills::Trap trap_of(const KnownSource& source, const codec::FormFields& fields) const;
    bool is_token(const KnownSource& source, std::string_view token, std::int64_t& made_at) const;
    /// Where the form asked to go, if the source lists it.
    std::string return_of(const KnownSource& source, const codec::FormFields& fields);

    ports::Clock& clock_;
    Fills fills_;
    KnownSources& sources_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::uint32_t>, std::unique_ptr<Rates>> rates_;  ///< by source and quota
};

}  // namespace baton::http
