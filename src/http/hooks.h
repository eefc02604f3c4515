// Hooks: what Google's, Meta's and LinkedIn's lead forms, Typeform, Calendly and any other that signs its calls tell. A call that is not proved is refused;
// what is proved and cannot become a fact is answered as taken, since no provider mends it, and kept visible.
#pragma once

#include <string_view>

#include "app/awaited.h"
#include "codec/hook.h"
#include "http/fetches.h"
#include "http/forms.h"

namespace baton::http {

class Hooks {
   public:
    Hooks(app::Ledger& ledger, ports::Clock& clock, Drops& drops, KnownSources& sources, Fetches& fetches)
        : ledger_(ledger), clock_(clock), fills_(ledger, clock, drops, sources), sources_(sources), fetches_(fetches) {}

    Response post(const Request& request, std::string_view name);
    /// What Meta and LinkedIn ask before they call.
    Response get(const Request& request, std::string_view name);

   private:
    using Found = Result<std::shared_ptr<const KnownSource>>;
    Found find(std::string_view name);
    Status take(const KnownSource& known, codec::HookCall& call, const std::string& id);
    /// Ids alone: durable before the provider is answered; what they stand for comes later.
    Status take_ids(const KnownSource& known, const codec::HookCall& call);
    Status forget(const KnownSource& known, const std::string& lead);

    app::Ledger& ledger_;
    ports::Clock& clock_;
    Fills fills_;
    KnownSources& sources_;
    Fetches& fetches_;
};

}  // namespace baton::http
