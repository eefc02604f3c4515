// From what a client said to what can be journaled: keys in one spelling, texts sound, sizes within bounds.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/incoming.h"
#include "codec/journal.h"
#include "ports/store.h"

namespace baton::app {

// Bounds of one fact. A fact beyond them is refused, never cut.
inline constexpr std::size_t longest_type = 200;
inline constexpr std::size_t longest_key = 320;  ///< an e-mail address has at most 254 bytes (RFC 5321 §4.5.3.1.3)
inline constexpr std::size_t longest_message_id = 512;
inline constexpr std::size_t longest_text = 65'536;
inline constexpr std::size_t most_properties = 1'000;
inline constexpr std::size_t largest_fact = std::size_t{1} << 20;

/// Trimmed and lower-cased (ASCII; a mailbox name beyond ASCII keeps its letters). Nothing without exactly one @ with
/// something on both sides, or with a blank inside.
std::optional<std::string> normal_email(std::string_view given);
/// The digits, with the leading + where there is one; 00 in front means +. Nothing with fewer than 4 or more than 15 digits
/// (E.164) or with letters.
std::optional<std::string> normal_phone(std::string_view given);
/// Trimmed and lower-cased; "https://www.acme.example/x" stays as it is said (deeper normalisation comes later).
std::string normal_account(std::string_view given);
std::string trimmed(std::string_view given);
std::string lower(std::string_view given);

/// Valid UTF-8 without NUL. RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool sound_text(std::string_view text);

/// What of a fact does not depend on anything stored.
struct Draft {
    codec::JournalRecord record;           ///< ref, recorded_at, engine_at and `linked` still to come
    std::vector<ports::IdentityKey> keys;  ///< highest precedence first; keys[0] is the home
    std::string source;                    ///< name
    std::optional<Instant> sent_at;        ///< time the source gave
};

/// A draft, or the refusal (codes: app/ledger.h, Outcome).
std::expected<Draft, Error> draft(const IncomingFact& fact);

/// The lane a key's subject gets when it is the first one: for ever, on every store.
Lane lane_of(const ports::IdentityKey& key);

}  // namespace baton::app
