// A fact on its way in: what a client said, before anything was normalised, identified or checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "domain/engine/fact.h"
#include "domain/value.h"

namespace baton {

/// On what condition a fact about a person is taken; asked where the person is found. One made by the same import counts as new,
/// one that an undone import left behind as unknown.
enum class Whom : std::uint8_t { anybody, nobody_known, somebody_known };

/// At least one identity key is needed, except for type "user" (the company's) and "account" (needs `account`).
struct IncomingFact {
    std::string type;        ///< "profile", "answer", "accept" … (domain/engine/fact.h) or any behaviour
    std::string message_id;  ///< unique per (source, home key) for ever; "" = a heuristic one is made from the content
    std::string source = "api";  ///< system it comes from: "api", "csv:olist-mql" …; at most 65,000 different ones

    std::string user_id;  ///< identity keys, highest precedence first; "" = not given
    std::string external_id;
    std::string email;
    std::string phone;
    std::string anonymous_id;
    std::string account;  ///< key of the person's organisation: domain or name; "" = not said

    std::optional<Instant> occurred_at;  ///< none = when it arrives
    Properties properties;               ///< any order; a name given twice is refused
    std::string actor;                   ///< user who did or entered it
    bool historical = false;             ///< engine time is occurred_at; the caller sorts
    bool time_known = true;              ///< false: occurred_at was invented by the import
    Trust trust = Trust::server;
    std::uint32_t import = 0;  ///< number of the import it is part of (app/imports.h); 0 = none
    Whom whom = Whom::anybody;
    std::vector<std::string>
        only_if;  ///< versions of the person (app/versions.h), one of which must stand; empty = no condition
};

}  // namespace baton
