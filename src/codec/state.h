// States of subjects as bytes, for the derived rows. Indexes inside mean the playbook version the state stands under.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "domain/engine/state.h"

namespace baton::codec {

/// A person's engine state and what else is kept per person: enough to write its row in the list of leads.
struct PersonRow {
    engine::PersonState state;
    std::vector<std::uint64_t> visited;  ///< stable_hash of each stage ever entered, ascending: `leads` of the funnel
    std::string name;                    ///< from the newest profile fact that had one
    Instant named_at = Instant::beginning();
    std::string email;                   ///< first e-mail key
};

struct AccountRow {
    engine::AccountState state;
    Instant engine_at = Instant::beginning();
};

/// The company's own lane: users and versions of the playbook in force (DESIGN §4).
struct CompanyUser {
    std::string id, name;
    std::vector<std::string> roles;      ///< ascending
    friend bool operator==(const CompanyUser&, const CompanyUser&) = default;
};
struct CompanyRow {
    std::vector<CompanyUser> users;      ///< ascending by id
    friend bool operator==(const CompanyRow&, const CompanyRow&) = default;
};

Bytes encode(const PersonRow& row);
Bytes encode(const AccountRow& row);
Bytes encode(const CompanyRow& row);

/// Code: bad_state. A row of another kind, cut short or longer than it says is refused.
Result<PersonRow> decode_person(std::string_view bytes);
Result<AccountRow> decode_account(std::string_view bytes);
Result<CompanyRow> decode_company(std::string_view bytes);

/// What a row says it is, by its first bytes; unknown for what no encode wrote.
enum class RowKind : std::uint8_t { unknown, person, account, company };
RowKind kind_of_row(std::string_view bytes);

/// Rough bytes of memory a decoded row takes, for bounding a cache.
std::size_t memory_of(const PersonRow& row);
std::size_t memory_of(const AccountRow& row);

}  // namespace baton::codec
