// Registers of people and companies that an arrival is held against: whoever stands in one is marked, kept, and never dropped.
//
// An entry names an e-mail address, a phone number, a web domain, or a name with a company ("near": both folded, without legal
// forms). Adding and removing are records in the lane of the entry's key, with who did it. Every fact of a person is held
// against the registers before it is taken in; where what fits is not what is known, a `scrubbed` fact says so first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/json_writer.h"

namespace baton::app {

struct Register {
    std::string_view id;        ///< as in commands: "do_not_call"
    std::string_view property;  ///< what criteria read: person.scrub_do_not_call
    std::string_view name;
};
/// In the order of codec::RegisterEntry::list.
std::span<const Register> registers();
std::optional<std::uint8_t> register_of(std::string_view id);

/// The key of an entry: kind 'e', 'p', 'd' (domain) or 'n' (name and company), a colon, the one spelling. From "ada@acme.example",
/// "+49 30 901820", "acme.example", "Ada Berg | Acme GmbH". Nothing when it is none of these.
std::optional<std::string> register_key(std::string_view text, std::string_view phone_region);
std::string near_key(std::string_view name, std::string_view company);  ///< "" unless both say something
/// The same, saying what would do. Codes unknown_register, bad_parameter.
Result<std::uint8_t> register_named(const std::string& id);
Result<std::string> entry_named(const std::string& text, std::string_view phone_region);
/// "e-mail ada@acme.example"
std::string words_of_key(std::string_view key);

struct ListChange {
    std::uint8_t list = 0;
    std::string key;  ///< of register_key
    std::string reason;
    bool remove = false;
};
struct Listed {
    std::size_t changed = 0;  ///< the others were as wanted already
    std::size_t people = 0;   ///< known people of these addresses and numbers, marked or freed at once
};

class Registers {
   public:
    explicit Registers(Ledger& ledger) : ledger_(ledger) {}

    /// All of it, each change one record; the people of the addresses and numbers are scrubbed in the same transaction.
    Result<Listed> change(std::span<const ListChange> changes, std::string_view actor);
    /// Ascending by key, then register. `list` none = all.
    static Result<std::vector<codec::RegisterEntry>> list(const Reads& reads, std::optional<std::uint8_t> list = {});
    static Result<std::string> phone_region(const Reads& reads);

   private:
    Ledger& ledger_;
};

/// What a person is held against: its keys in the spelling of entries.
std::vector<std::string> scrub_keys(std::span<const ports::IdentityKey> keys, std::span<const std::string> companies,
                                    std::string_view name);

/// The properties of a `scrubbed` fact, there and back. `before`: what is no longer hit is said too.
Properties properties_of(std::span<const codec::ScrubHit> hits, std::span<const codec::ScrubHit> before);
std::vector<codec::ScrubHit> hits_of(const Properties& properties);

/// [{"register", "entry", "reason", "since"}]
void write(codec::JsonWriter& out, std::span<const codec::ScrubHit> hits);
/// [{"register", "entry", "reason", "actor", "since"}]
void write(codec::JsonWriter& out, std::span<const codec::RegisterEntry> entries);
/// {"entries": […]}
std::string document(std::span<const codec::RegisterEntry> entries);

}  // namespace baton::app
