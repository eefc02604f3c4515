// What a person allowed and withdrew: each word ever said, and where each purpose stands by them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/reads.h"
#include "codec/incoming.h"
#include "codec/json_writer.h"
#include "domain/engine/consent.h"

namespace baton::app {

/// One word of it. `source` and the rest as the fact says.
struct ConsentEntry {
    codec::JournalRecord record;
    std::string purpose, source;
    bool given = false;
    bool counts = true;   ///< false: it was taken out again, with an import or a merge
    bool stands = false;  ///< it decides where its purpose stands
};

struct ConsentLedger {
    std::vector<engine::Consent> stands;  ///< by purpose, ascending
    std::vector<ConsentEntry> entries;    ///< in the order they were recorded; of a merge what it took back
    std::shared_ptr<const playbook::Compiled> playbook;  ///< for the words; may be null
};

Result<ConsentLedger> consents(const Reads& reads, SubjectId person);
/// The same of a timeline that was read already.
Result<ConsentLedger> consents(const Reads& reads, const Timeline& timeline);

/// A word of somebody about a person that is known, by its strongest key. Code not_found.
Result<IncomingFact> consent_fact(const Reads& reads, SubjectId person);

/// "given", "withdrawn"
std::string_view in_words(const engine::Consent& consent);

/// {"consents":[{"purpose","label","state","since","unverified","fact"}],"entries":[…]}
void write(codec::JsonWriter& out, const ConsentLedger& ledger);
/// The consents alone, as a list.
void write_stands(codec::JsonWriter& out, const ConsentLedger& ledger);

}  // namespace baton::app
