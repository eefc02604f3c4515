// Sales look-up: somebody types what they have of a person before they write or call, and sees at once what Baton knows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/reads.h"

namespace baton::app {

/// What the person is to us, in one word.
enum class Standing : std::uint8_t {
    anonymous,     ///< a visitor without name or address
    known,         ///< no lead yet: a subscriber
    lead,          ///< an open lead in its first cycle
    recycled,      ///< an open lead that came back, or waits in nurture
    customer,      ///< in a stage of kind customer, or closed as won
    disqualified,  ///< closed as lost
};
std::string_view to_string(Standing standing);

struct LookedUp {
    ports::LeadRow row;
    Standing standing = Standing::known;
    std::vector<codec::ScrubHit> hits;  ///< registers the person stands in
    /// What fitted: "e-mail", "phone", "external id", "user id", "anonymous id", "number", "text", "colleague".
    std::string by;
};
struct LookUp {
    /// Whom a key names first, then whom the words fit, then their colleagues; open leads first among colleagues.
    std::vector<LookedUp> people;
    std::string
        account;  ///< whose colleagues are shown: of the first person, else of the e-mail's domain; "" = none known
    bool more = false;  ///< more fit than are shown
};

/// `text`: an e-mail address, a phone number, any other key, or words of name, e-mail and account, partly typed too. At most
/// `limit` by words and as many colleagues. Code `bad_search` as for a search.
Result<LookUp> look_up(const Reads& reads, std::string_view text, std::size_t limit = 20);

struct MembersOf {
    std::vector<ports::LeadRow>
        people;         ///< open leads first, then the newest; after them who is known by the e-mail's domain alone
    bool more = false;  ///< there may be more than these
};
/// Whose organisation it is, and whose business e-mail is of that domain. At most `limit` of them.
Result<MembersOf> members_of(const Reads& reads, const std::string& account, std::size_t limit);

/// {"people": [{"standing", "by", "registers": [..], "lead": a row of the list of leads}], "account", "more"}
std::string document(const LookUp& found);

}  // namespace baton::app
