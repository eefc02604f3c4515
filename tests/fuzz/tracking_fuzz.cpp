// Any text either is no tracking call, or every event of it becomes facts or is refused by name; and nothing of it is a decision.
#include <array>
#include <cstdint>

#include "base/result.h"
#include "codec/tracking_json.h"
#include "domain/engine/fact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace baton;
    constexpr std::array<std::string_view, 8> calls{"batch",  "identify", "track", "page",
                                                    "screen", "group",    "alias", "x"};
    if (size == 0) return 0;
    const std::string_view call = calls[data[0] % calls.size()];
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    static_cast<void>(codec::write_key_of(text));
    const auto parsed = codec::parse_tracking(call, text, Instant{1'700'000'000'000'000});
    if (!parsed) return 0;
    BATON_CHECK(parsed->facts.size() == parsed->indexes.size());
    BATON_CHECK(parsed->facts.size() + parsed->refused.size() >= parsed->total);
    for (const std::size_t index : parsed->indexes) BATON_CHECK(index < parsed->total);
    for (const IncomingFact& fact : parsed->facts) {
        const FactKind kind = kind_of(fact.type);
        BATON_CHECK(kind == FactKind::behaviour || kind == FactKind::profile || kind == FactKind::account_profile);
    }
    return 0;
}
