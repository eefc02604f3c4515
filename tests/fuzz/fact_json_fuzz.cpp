// Any text either is no document of facts, or every fact of it is read or refused by name.
#include <cstdint>

#include "base/result.h"
#include "codec/fact_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = baton::codec::parse_facts(text);
    if (!parsed) {
        BATON_CHECK(parsed.error().code == "bad_json");
        return 0;
    }
    BATON_CHECK(parsed->facts.size() + parsed->refused.size() == parsed->total);
    BATON_CHECK(parsed->facts.size() == parsed->indexes.size());
    return 0;
}
