// Erasing what is known of a person, or some of it: asked for by the person, or by whoever the data came from.
//
// Payloads of the journal, keys, rows and the search index lose every word. What stays has no words: that something happened and
// when, moves between stages and their counts, who of us decided. Message ids keep their places as hashes, so what was sent before is
// still a duplicate; whoever comes back is somebody new; entries of registers about the person hold on, as hashes. One `erased`
// fact of the person says what is left, and a rebuild takes it instead of the facts that are gone; one of its lane says who, for
// the list of erasures that a restored backup is held against.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/state.h"

namespace baton::app {

struct Erased {
    std::size_t people = 0;   ///< the person, and those merged into one with it
    std::size_t records = 0;  ///< of the journal
    std::size_t entries = 0;  ///< of registers, hashes from now on
};

/// Which facts stand in the journal for display only: what is left of those before is said by an `erased` fact.
class Erasures {
   public:
    void add(const codec::Erasure& erasure);
    void clear() { newest_.clear(); }
    /// Whether the subject's record there is not folded: an `erased` one after it says what came of it.
    bool covers(SubjectId subject, Seq seq) const {
        if (newest_.empty()) return false;
        const auto at = newest_.find(subject.value);
        return at != newest_.end() && seq < at->second;
    }

   private:
    std::unordered_map<std::uint64_t, Seq> newest_;
};

/// Of a whole journal, whatever derived rows say.
Result<Erasures> erasures_in(const ports::Reader& store);

/// Under which hash the list of erasures knows a key.
std::uint64_t erased_hash(const HashKey& secret, const ports::IdentityKey& key);
/// The key of a register's entry that stands in place of `entry`.
std::string hashed_entry(const HashKey& secret, std::string_view entry);

/// All there were, oldest first.
Result<std::vector<codec::Erasure>> erasures(const Reads& reads);

/// Under which hash the list knows a record, by what an erasure leaves of it (ports/record_digest.h).
std::uint64_t erased_hash(const HashKey& secret, const Digest& left);

/// Where a record stands in its lane.
using Place = std::pair<Lane, Seq>;
/// The chain as it stood before each of these records: what `ports::left_of` asks of a record without salt.
Result<std::map<Place, Digest>> links_before(const ports::Reader& store, std::set<Place> places);

/// {"subject": "000000000000004d", "at": "…", "keys": ["9f…", …]} and an end of line: no word of anybody's. For somebody who lives on,
/// "records" in place of the keys: a reader that does not know them refuses the line instead of erasing everything.
std::string line_of(const codec::Erasure& erasure, std::span<const std::uint64_t> records);
/// One a line.
Result<std::string> list_of(const ports::Store& store, const std::vector<codec::Erasure>& erasures);
/// Erases everybody of the list whom this store still knows: the same subject, with a key of the same hash; and of whom the list says
/// so, the records of the same hashes. Answers how many people lost something.
/// Code bad_list, with the line.
Result<std::size_t> apply_list(Ledger& ledger, const ports::Store& store, std::string_view lines,
                               std::string_view actor);

}  // namespace baton::app
