// From what a client said to what can be journaled: keys in one spelling, texts sound, sizes within bounds.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/versions.h"
#include "base/result.h"
#include "base/utf8.h"
#include "codec/incoming.h"
#include "codec/journal.h"
#include "contact/address.h"
#include "contact/phone.h"
#include "contact/text.h"
#include "ports/store.h"

namespace baton::app {

// Bounds of one fact. A fact beyond them is refused, never cut.
inline constexpr std::size_t longest_type = 200;
inline constexpr std::size_t longest_key = 320;  ///< an e-mail address has at most 254 bytes (RFC 5321 §4.5.3.1.3)
inline constexpr std::size_t longest_message_id = 512;
inline constexpr std::size_t longest_text = 65'536;
inline constexpr std::size_t most_properties = 1'000;
inline constexpr std::size_t largest_fact = std::size_t{1} << 20;

using contact::lower;
using contact::normal_account;
using contact::normal_email;
using contact::normal_phone;
using contact::trimmed;

using baton::sound_text;

/// What of a fact does not depend on anything stored.
struct Draft {
    codec::JournalRecord record;           ///< ref, recorded_at, engine_at and `linked` still to come
    std::vector<ports::IdentityKey> keys;  ///< highest precedence first; keys[0] is the home
    std::string source;                    ///< name
    std::optional<Instant> sent_at;        ///< time the source gave
    Whom whom = Whom::anybody;
    OnlyIf only_if;
};

/// A draft, or the refusal (codes: app/ledger.h, Outcome). A phone number without a country is one of the fact's property
/// `country`, where that is an ISO 3166-1 alpha-2 code, else of `phone_region` ("" = none is assumed).
std::expected<Draft, Error> draft(const IncomingFact& fact, std::string_view phone_region = {});

/// A fact on its way in. Where the draft is made, it has taken the fact's properties over.
struct Prepared {
    IncomingFact fact;
    std::optional<std::expected<Draft, Error>> draft;  ///< none = still to be made
};

/// Makes the draft unless there is one.
void make_draft(Prepared& prepared, std::string_view phone_region);

/// 1 to 60 letters, digits, _ and -, a letter or digit first: names that stand in addresses.
bool is_plain_name(std::string_view name);

/// The lane a key's subject gets when it is the first one: for ever, on every store.
Lane lane_of(const ports::IdentityKey& key);

}  // namespace baton::app
