// Hooks: what Google's lead forms, Typeform, Calendly and any other that signs its calls tell. A call that is not proved is refused;
// what is proved and cannot become a fact is answered as taken, since no provider mends it, and kept visible.
#pragma once

#include <string_view>

#include "http/forms.h"

namespace baton::http {

class Hooks {
   public:
    Hooks(app::Ledger& ledger, ports::Clock& clock, Drops& drops, KnownSources& sources)
        : clock_(clock), fills_(ledger, clock, drops, sources), sources_(sources) {}

    Response post(const Request& request, std::string_view name);

   private:
    ports::Clock& clock_;
    Fills fills_;
    KnownSources& sources_;
};

}  // namespace baton::http
