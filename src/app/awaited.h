// Leads that a provider told of by id alone. That one is awaited stands in the journal before the provider is answered; its answers
// are fetched afterwards, as often as it takes, by whichever process comes to it.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/state.h"

namespace baton::app {

struct AwaitedChange {
    codec::AwaitedLead lead;  ///< as it waits from then on
    bool done = false;        ///< it waits no more
};

/// Providers keep answers so long; what could not be fetched by then is given up.
inline constexpr Duration awaited_at_most = Duration::hours(24LL * 90);

class Awaited {
   public:
    explicit Awaited(Ledger& ledger) : ledger_(ledger) {}

    /// Each waits from now on; one that waits already does so as before. Durable when this answers.
    Status tell(std::string_view source, std::span<const std::string> leads);
    /// Those that are due, at most `limit`, the earliest first. They are due again only after a while that grows with the attempts, so
    /// that no other process asks for them at the same time, and nothing is lost when this one ends.
    Result<std::vector<codec::AwaitedLead>> claim(std::size_t limit);
    /// Has come, or will not come.
    Status done(const codec::AwaitedLead& lead);
    /// Did not come this time, and why. Written when the reason is another than before.
    Status failed(const codec::AwaitedLead& lead, const Error& why);
    /// What waits of this source, and `which` if told, is asked for at once: it may have another token now, or answer again.
    Status wake(std::string_view source, const std::function<bool(const codec::AwaitedLead&)>& which = {});

    /// All that wait, ascending by key.
    static Result<std::vector<codec::AwaitedLead>> list(const Reads& reads);

   private:
    Ledger& ledger_;
};

/// Of one source.
struct Waiting {
    std::uint64_t leads = 0;
    Instant oldest = Instant::never();
    std::string problem, detail;  ///< of the one that failed most often; "" = none did
    std::uint32_t attempts = 0;   ///< of that one
    Instant next_at = Instant::never();
};
using WaitingBySource = std::map<std::string, Waiting, std::less<>>;
WaitingBySource by_source(std::span<const codec::AwaitedLead> leads);

/// The properties of its record, there and back.
Properties properties_of(const AwaitedChange& change);
codec::AwaitedLead awaited_of(const Properties& given);

}  // namespace baton::app
