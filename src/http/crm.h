// HubSpot's CRM API v3 (as its published client 13.5 speaks it) in terms of Baton: names of properties, the shape of a contact,
// filters as a filter of the list of leads, errors. Every value is a text there, and a missing one null.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/export.h"
#include "codec/incoming.h"
#include "codec/json_tree.h"
#include "codec/json_writer.h"
#include "domain/playbook/compiled.h"
#include "http/message.h"

namespace baton::http::crm {

inline constexpr std::size_t most_in_a_batch = 100;

/// Whether the path is of this API.
bool is_crm(const Request& request);
/// {"status":"error","message","correlationId","category",…} of a problem document.
Response error_of(const Response& problem);

/// firstname → first_name; the name of everything else is the same.
std::string our_name(std::string_view theirs);
std::string their_name(std::string_view ours);

/// {"properties": {"email": "…"}} as a fact about `known`, or about whom e-mail and phone name; `email` where none is among them.
/// Codes bad_body, bad_properties.
Result<IncomingFact> fact_of(const codec::JsonNode& input, const app::ExportedPerson* known,
                             const std::string& email = {});

/// What callers ask to see of each contact; empty = what the client shows by itself.
using Wanted = std::vector<std::string>;
Wanted wanted_of(const Request& request);       ///< ?properties=a,b
Wanted wanted_of(const codec::JsonNode& body);  ///< {"properties": ["a", "b"]}
enum class Fresh : unsigned char { unsaid, made, known };
/// {"id","properties","createdAt","updatedAt","archived"}, and "new" where that is said.
void write(codec::JsonWriter& out, const app::ExportedPerson& person, const Wanted& wanted,
           Fresh fresh = Fresh::unsaid);

/// What a search asks for.
struct Search {
    std::vector<std::string> keys;  ///< e-mails or numbers: those people alone
    std::string filter;             ///< app/lead_filter.h; "" = all
    std::string text;               ///< words, as in the list of leads
    std::size_t limit = 10;
    std::string after;
    Wanted wanted;
};
/// Code bad_search says what this layer does not search by.
Result<Search> search_of(const codec::JsonNode& body, const playbook::Compiled& playbook);

}  // namespace baton::http::crm
