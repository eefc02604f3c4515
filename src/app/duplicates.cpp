#include "app/duplicates.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "app/documents.h"
#include "codec/json_writer.h"
#include "codec/state.h"
#include "contact/address.h"
#include "contact/text.h"

namespace baton::app {
namespace {

struct Weight {
    Likeness likeness;
    int points;
    std::string_view word;
};
constexpr std::array<Weight, 10> weights{{
    {Likeness::same_email, 70, "same e-mail"},
    {Likeness::near_email, 45, "e-mail one letter off"},
    {Likeness::same_mailbox, 10, "same mailbox elsewhere"},
    {Likeness::same_phone, 40, "same phone"},
    {Likeness::same_name, 35, "same name"},
    {Likeness::near_name, 22, "name one letter off"},
    {Likeness::same_initial, 15, "same initial and family name"},
    {Likeness::same_company, 40, "same organisation"},
    {Likeness::other_name, -40, "another name"},
    {Likeness::other_user, -30, "another user id"},
}};

constexpr std::size_t shortest_mailbox = 6, shortest_word = 3, phone_digits = 9;
constexpr std::size_t window = 12;  ///< of a block, each is compared with so many that follow by name

/// A person ready for comparing.
struct Face {
    const Card* card = nullptr;
    std::vector<std::string> words;  ///< of the name, ascending
    std::vector<std::string> emails, mailboxes, phones;
    std::string company;
};

/// At most one letter wrong, missing, too much, or two neighbours changed about.
bool one_off(std::string_view a, std::string_view b) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > 1) return false;
    std::size_t i = 0;
    while (i < a.size() && a[i] == b[i]) ++i;
    if (a.size() < b.size()) return a.substr(i) == b.substr(i + 1);
    if (i == a.size()) return true;
    const bool changed_about =
        i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] && a.substr(i + 2) == b.substr(i + 2);
    return changed_about || a.substr(i + 1) == b.substr(i + 1);
}

/// Without a +tag and dots.
std::string plain_mailbox(std::string_view email) {
    std::string_view mailbox = contact::mailbox_of(email);
    mailbox = mailbox.substr(0, mailbox.find('+'));
    std::string plain;
    for (const char c : mailbox)
        if (c != '.') plain += c;
    return plain;
}

std::string digits_of(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c >= '0' && c <= '9') digits += c;
    return digits;
}

std::string last_digits(std::string_view phone) {
    const std::string digits = digits_of(phone);
    return digits.size() > phone_digits ? digits.substr(digits.size() - phone_digits) : digits;
}

std::string company_of(const Card& card) {
    for (const std::string& email : card.emails)
        if (std::string domain = contact::business_domain(email); !domain.empty()) return domain;
    if (std::string domain = contact::registrable_domain(card.account); !domain.empty()) return domain;
    return contact::folded_company(card.account);
}

Face face_of(const Card& card) {
    Face face;
    face.card = &card;
    const std::string folded = contact::folded(card.name);
    for (const std::string_view word : contact::words(folded)) face.words.emplace_back(word);
    std::ranges::sort(face.words);
    for (const std::string& email : card.emails) {
        const std::string mailbox = plain_mailbox(email);
        face.emails.push_back(mailbox + "@" + std::string(contact::domain_of(email)));
        if (mailbox.size() >= shortest_mailbox && !contact::is_role_address(email)) face.mailboxes.push_back(mailbox);
    }
    for (const std::string& phone : card.phones)
        if (std::string digits = last_digits(phone); digits.size() >= 6) face.phones.push_back(std::move(digits));
    face.company = company_of(card);
    return face;
}

template <class Same>
bool any_pair(const std::vector<std::string>& a, const std::vector<std::string>& b, Same same) {
    return std::ranges::any_of(a, [&](const std::string& x) {
        return std::ranges::any_of(b, [&](const std::string& y) { return same(x, y); });
    });
}

bool near_words(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.size() != b.size() || a.size() < 2) return false;
    return std::ranges::equal(a, b, [](const std::string& x, const std::string& y) {
        return x == y || (x.size() >= shortest_word && y.size() >= shortest_word && one_off(x, y));
    });
}

/// "a berg" and "anna berg".
bool same_initial(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    if (a.size() != 2 || b.size() != 2) return false;
    const auto fits = [](const std::string& x, const std::string& y) {
        return x.front() == y.front() && (x.size() == 1 || y.size() == 1);
    };
    for (const std::size_t i : {0U, 1U})
        for (const std::size_t k : {0U, 1U})
            if (a[i] == b[k] && a[i].size() > 1 && fits(a[1 - i], b[1 - k])) return true;
    return false;
}

void compare_names(const Face& a, const Face& b, std::vector<Likeness>& because) {
    if (a.words.empty() || b.words.empty()) return;
    if (a.words == b.words)
        because.push_back(a.words.size() > 1 ? Likeness::same_name : Likeness::same_initial);
    else if (near_words(a.words, b.words))
        because.push_back(Likeness::near_name);
    else if (same_initial(a.words, b.words))
        because.push_back(Likeness::same_initial);
    else
        because.push_back(Likeness::other_name);
}

std::vector<Likeness> compare(const Face& a, const Face& b) {
    std::vector<Likeness> because;
    const auto equal = [](const std::string& x, const std::string& y) { return x == y; };
    const auto near = [](const std::string& x, const std::string& y) {
        const bool long_enough = x.size() >= 2 * shortest_mailbox && y.size() >= 2 * shortest_mailbox;
        return long_enough && one_off(x, y) && digits_of(x) == digits_of(y);  // anna12 is not anna13
    };
    if (any_pair(a.emails, b.emails, equal))
        because.push_back(Likeness::same_email);
    else if (any_pair(a.emails, b.emails, near))
        because.push_back(Likeness::near_email);
    else if (any_pair(a.mailboxes, b.mailboxes, equal))
        because.push_back(Likeness::same_mailbox);
    if (any_pair(a.phones, b.phones, equal)) because.push_back(Likeness::same_phone);
    compare_names(a, b, because);
    if (!a.company.empty() && a.company == b.company) because.push_back(Likeness::same_company);
    if (!a.card->user_id.empty() && !b.card->user_id.empty()) because.push_back(Likeness::other_user);
    return because;
}

int points_of(const std::vector<Likeness>& because) {
    int points = 0;
    for (const Likeness one : because) points += weights[static_cast<std::size_t>(one)].points;
    return points;
}

/// Consonants without doubles, the first letter whatever it is: "anderson", "andersen" → "andrsn".
std::string skeleton(std::string_view word) {
    std::string found;
    for (const char c : word)
        if (found.empty() || (found.back() != c && std::string_view("aeiouyh").find(c) == std::string_view::npos))
            found += c;
    return found;
}

std::vector<std::string> blocks_of(const Face& face) {
    std::vector<std::string> blocks;
    for (const auto& email : face.emails) blocks.push_back("e" + email);
    for (const auto& mailbox : face.mailboxes) blocks.push_back("m" + mailbox);
    for (const auto& phone : face.phones) blocks.push_back("p" + phone);
    std::string whole = "n", bones = "s", initials;
    for (const auto& word : face.words) {
        whole += " " + word;
        bones += " " + skeleton(word);
        initials += word.front();
    }
    if (face.words.size() > 1) blocks.insert(blocks.end(), {whole, bones});
    if (face.company.empty()) return blocks;
    for (const auto& word : face.words) blocks.push_back("w" + face.company + " " + word);
    if (!initials.empty()) blocks.push_back("i" + face.company + " " + initials);
    for (const auto& mailbox : face.mailboxes) blocks.push_back("b" + face.company + " " + mailbox.substr(0, 3));
    return blocks;
}

}  // namespace

std::string_view to_string(Likeness likeness) { return weights[static_cast<std::size_t>(likeness)].word; }

std::vector<Likely> likely_duplicates(std::span<const Card> cards) {
    std::vector<Face> faces;
    faces.reserve(cards.size());
    for (const Card& card : cards) faces.push_back(face_of(card));
    std::ranges::sort(faces, {}, [](const Face& f) { return std::tie(f.words, f.card->id); });
    std::unordered_map<std::string, std::vector<std::uint32_t>> blocks;  // ascending by name
    for (std::uint32_t i = 0; i < faces.size(); ++i)
        for (std::string& block : blocks_of(faces[i]))
            if (auto& in = blocks[std::move(block)]; in.empty() || in.back() != i) in.push_back(i);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (const auto& [block, in] : blocks)
        for (std::size_t i = 0; i < in.size(); ++i)
            for (std::size_t k = i + 1; k < std::min(in.size(), i + 1 + window); ++k) pairs.emplace_back(in[i], in[k]);
    std::ranges::sort(pairs);
    const auto twice = std::ranges::unique(pairs);
    pairs.erase(twice.begin(), twice.end());
    std::vector<Likely> found;
    for (const auto& [a, b] : pairs) {
        std::vector<Likeness> because = compare(faces[a], faces[b]);
        const int points = points_of(because);
        if (points < worth_a_look) continue;
        const auto [first, second] = std::minmax(faces[a].card->id, faces[b].card->id);
        found.push_back({first, second, points, std::move(because)});
    }
    std::ranges::sort(found, [](const Likely& a, const Likely& b) {
        return std::tie(b.points, a.first, a.second) < std::tie(a.points, b.first, b.second);
    });
    return found;
}

Result<std::vector<Card>> cards_of(const Reads& reads, std::size_t most) {
    std::vector<Card> cards;
    Status taken;
    const auto one = [&](const ports::StateRow& row) -> Status {
        auto person = codec::decode_person(row.state);
        if (!person) return std::unexpected(person.error());
        if (person->merged_into.value != 0) return {};
        const auto identities = reads.reader().identities_of(row.subject);
        if (!identities) return std::unexpected(identities.error());
        Card card{row.subject, std::move(person->name), std::move(person->state.account), {}, {}, {}};
        for (const auto& identity : *identities) {
            if (identity.key.kind == 'e') card.emails.push_back(identity.key.key);
            if (identity.key.kind == 'p') card.phones.push_back(identity.key.key);
            if (identity.key.kind == 'u') card.user_id = identity.key.key;
        }
        if (!card.name.empty() || !card.emails.empty() || !card.phones.empty()) cards.push_back(std::move(card));
        if (cards.size() > most)
            return fail("too_many_people", "there are more than " + std::to_string(most) +
                                               " people to compare; baton duplicates does it on the command line");
        return {};
    };
    const Status scanned = reads.reader().scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        taken = one(row);
        return taken.has_value();
    });
    if (!scanned) return std::unexpected(scanned.error());
    if (!taken) return std::unexpected(taken.error());
    return cards;
}

Result<std::string> duplicates_document(const Reads& reads, std::span<const Likely> pairs, std::size_t limit) {
    codec::JsonWriter out;
    out.begin_object().key("duplicates").begin_array();
    std::size_t written = 0;
    bool more = false;
    for (const Likely& pair : pairs) {
        const auto first = reads.lead(pair.first), second = reads.lead(pair.second);
        if (!first) return std::unexpected(first.error());
        if (!second) return std::unexpected(second.error());
        if (!*first || !*second) continue;
        more = written == limit;
        if (more) break;
        ++written;
        out.begin_object().key("people").begin_array();
        write(out, **first);
        write(out, **second);
        out.end_array().field("points", pair.points).key("because").begin_array();
        for (const Likeness one : pair.because) out.value(to_string(one));
        out.end_array().end_object();
    }
    out.end_array().field("more", more).end_object();
    return out.take();
}

}  // namespace baton::app
