// All that is kept of one person, for that person: each fact with its times, source and trust, what followed from it and why,
// what is allowed, where it stands. Nothing of anybody else: of the organisation its name, of registers the entries that are the
// person's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/consent.h"
#include "app/ledger.h"
#include "app/reads.h"

namespace baton::app {

/// A record that was merged into the person: its own past up to then.
struct Absorbed {
    PersonView person;
    Timeline timeline;
};

struct PersonalData {
    Instant at;
    PersonView person;
    Timeline timeline;
    ConsentLedger consents;
    std::optional<engine::Why> why;  ///< none: its playbook no longer compiles
    std::vector<Absorbed> absorbed;  ///< and who rests in these, too
    std::vector<std::string> sources;
};

/// Codes: not_found, those of the store.
Result<PersonalData> personal_data(const Reads& reads, SubjectId person, Instant now);

/// docs/openapi.yaml, PersonalData.
std::string document(const PersonalData& data, const Reads& reads);
/// The same to read: one page without scripts, pictures or anything from elsewhere.
std::string page(const PersonalData& data, const Reads& reads);

/// "Ada Byron", else what the person is known by.
std::string called(const PersonView& person);
/// "e-mail", "phone" …
std::string_view key_in_words(char kind);
std::string_view trust_in_words(Trust trust);

/// One entry of the audit trail: who was given whose data.
Status note_disclosure(Ledger& ledger, SubjectId person, std::string_view actor);

}  // namespace baton::app
