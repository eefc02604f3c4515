// The register of sources: forms and hooks that answers of people come in by. Each is configuration: a record in the company's lane, so
// with its entry in the audit trail. The secret stands beside the journal, where members' secrets are, and is never shown again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/awaited.h"
#include "app/ledger.h"
#include "app/reads.h"
#include "codec/source.h"

namespace baton::app {

struct ListedSource {
    std::string name;
    codec::Source source;
    std::string definition;  ///< as it was given
    std::string actor;       ///< who gave it
    Instant since;           ///< of this definition
    std::string problem;     ///< why it takes nothing: its definition cannot be read (any more); "" = none
};

/// What came through a source since the process began.
struct Arrivals {
    std::uint64_t taken = 0;  ///< fills, repetitions too
    std::optional<Instant> newest;
};
using ArrivalsBySource = std::map<std::string, Arrivals, std::less<>>;

/// What proves who calls, and what opens doors at the provider. "" = none, or the one there is.
struct SourceSecrets {
    std::string signing;  ///< what its calls are signed with
    std::string token;    ///< meta, linkedin: opens the account that the answers are fetched from
    std::string verify;   ///< meta: shown before the first call
};

class Sources {
   public:
    explicit Sources(Ledger& ledger) : ledger_(ledger) {}

    /// Adds it, or puts it in place of the one of that name. Hooks need a secret; a form is given one where there is none.
    /// A secret that is empty = the one it has. What waits to be fetched is asked for at once. Codes: bad_source (with line, column and how to mend it), secret_missing, source_exists (another
    /// source takes the same form), those of the store.
    Status add(std::string_view name, std::optional<codec::SourceKind> kind, std::string_view definition,
               std::string_view secret, std::string_view actor) {
        return add(name, kind, definition, SourceSecrets{std::string(secret), {}, {}}, actor);
    }
    Status add(std::string_view name, std::optional<codec::SourceKind> kind, std::string_view definition,
               const SourceSecrets& secrets, std::string_view actor);
    /// Code unknown_source.
    Status remove(std::string_view name, std::string_view actor);

    /// Ascending by name; one that cannot be read is among them, and says so.
    static Result<std::vector<ListedSource>> list(const Reads& reads);
    static Result<SourceSecrets> secrets(const Reads& reads, std::string_view name);

   private:
    Ledger& ledger_;
};

/// {"sources": […]}, without secrets.
std::string document(const std::vector<ListedSource>& sources, const ArrivalsBySource& arrivals,
                     const WaitingBySource& waiting);
std::string document(const ListedSource& source, const ArrivalsBySource& arrivals, const WaitingBySource& waiting);

}  // namespace baton::app
