// Who may be one human twice: by keys that are nearly the same and by likeness of names, never merged but by a person's decision.
//
// Records are compared that share a block: a key without tags and dots, a phone's last digits, a name, or an organisation with a
// name or initials. What speaks for and against one human is added up (record linkage after Fellegi and Sunter, with fixed
// weights); each piece is named, so that whoever decides sees why.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/reads.h"

namespace baton::app {

/// What is compared of a person; all in the spelling of keys, the name as given.
struct Card {
    SubjectId id;
    std::string name, account;
    std::vector<std::string> emails, phones;
    std::string user_id;
};

enum class Likeness : std::uint8_t {
    same_email,    ///< but for dots and a +tag in the mailbox
    near_email,    ///< one letter wrong, missing, too much, or two changed about
    same_mailbox,  ///< elsewhere; little, for it is often made of the name
    same_phone,
    same_name,     ///< in whatever order
    near_name,     ///< every word the same or one letter off, none with fewer than three letters
    same_initial,  ///< "A. Berg"
    same_company,
    other_name,  ///< speaks against it, as does what follows
    other_user,  ///< two user ids
};
std::string_view to_string(Likeness likeness);

struct Likely {
    SubjectId first, second;  ///< first: the older number
    int points = 0;           ///< 60 and more is worth a look, 100 and more nearly certain
    std::vector<Likeness> because;
};

inline constexpr int worth_a_look = 60;

/// Pairs worth a look, the likeliest first.
std::vector<Likely> likely_duplicates(std::span<const Card> cards);

/// All people who have a name, an address or a phone, without those who rest in another. Code too_many_people: there are more than
/// `most`.
Result<std::vector<Card>> cards_of(const Reads& reads, std::size_t most = SIZE_MAX);

/// {"duplicates": [{"people": [a row of the list of leads, another], "points", "because": [..]}], "more"}; at most `limit`. A pair of
/// which one rests in another by now is left out.
Result<std::string> duplicates_document(const Reads& reads, std::span<const Likely> pairs, std::size_t limit);

}  // namespace baton::app
