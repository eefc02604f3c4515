// What became of facts that a caller sent: shared by the routes that take facts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "codec/fact_json.h"
#include "http/api.h"

namespace baton::http {

struct Api::Taken {
    std::size_t accepted = 0, duplicates = 0;
    std::vector<codec::FactRefusal> refused;  ///< whatever refused them, ascending by index
};

/// Whether the caller is a server or somebody signed in, no page that anybody can read the key of.
bool is_vouched_for(const Who& who);
/// Whether the path is of the tracking API, which pages of every site may call.
bool is_tracking(const Request& request);
/// The key that a tracking call shows elsewhere than in Authorization; "" = none.
std::string tracking_key_of(const Request& request);

}  // namespace baton::http
