// Everything a store holds, as text, read through the port: equal dumps mean equal stores.
#pragma once

#include <string>

#include "ports/store.h"

namespace baton::support {

/// An error of a read is part of the text.
std::string dump_journal(
    const ports::Reader& reader);  ///< journal, heads, identities, message-id look-ups, playbooks, settings
std::string dump_derived(
    const ports::Reader& reader);  ///< states, due moments, leads, accounts, history, counters, watermark

}  // namespace baton::support
