// Any bytes either are no record, or are exactly what encoding the record makes again.
#include <cstdint>

#include "codec/history.h"
#include "codec/journal.h"
#include "codec/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto record = baton::codec::decode_journal(bytes, {}, baton::Instant{1'790'000'000'000'000});
    if (record) BATON_CHECK(baton::codec::encode(*record) == bytes);
    const auto history = baton::codec::decode_history(bytes);
    if (history) BATON_CHECK(baton::codec::encode(*history) == bytes);
    const auto person = baton::codec::decode_person(bytes);
    if (person) BATON_CHECK(baton::codec::decode_person(baton::codec::encode(*person)).has_value());
    const auto account = baton::codec::decode_account(bytes);
    if (account) BATON_CHECK(baton::codec::encode(*account) == bytes);
    const auto company = baton::codec::decode_company(bytes);
    if (company) BATON_CHECK(baton::codec::encode(*company) == bytes);
    return 0;
}
