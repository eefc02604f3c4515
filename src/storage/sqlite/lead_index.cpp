#include "storage/sqlite/lead_index.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "storage/search_text.h"
#include "storage/sqlite/rows.h"

namespace baton::storage::sqlite {
namespace {

constexpr std::size_t most_grams =
    4;  // of a word: more narrow the answer little, and the last ones of an address are everybody's
constexpr const char* every_lead = "SELECT person, name, email, account FROM lead ORDER BY person";

/// A gram as FTS5 takes it: a string, whatever its characters.
std::string quoted(std::string_view gram) {
    std::string text = "\"";
    for (const char c : gram) {
        if (c == '"') text += '"';
        text += c;
    }
    return text += '"';
}

ports::LeadRow searched_part(const Query& query) {
    ports::LeadRow row;
    row.person = {bits(query.integer(0))};
    row.name = query.text(1);
    row.email = query.text(2);
    row.account = query.text(3);
    return row;
}

Status add(Database& db, SubjectId person, const std::string& text) {
    Query query = db.query("INSERT INTO lead_index (rowid, text) VALUES (?1, ?2)");
    query.bind(integer(person.value), text);
    return query.run();
}

Status remove(Database& db, SubjectId person, const std::string& text) {
    Query query = db.query("INSERT INTO lead_index (lead_index, rowid, text) VALUES ('delete', ?1, ?2)");
    query.bind(integer(person.value), text);
    return query.run();
}

Status each_match(Database& db, const std::string& match, const std::function<Status(SubjectId)>& each) {
    Walk walk(db, "SELECT rowid FROM lead_index WHERE lead_index MATCH ?1");
    walk.query().bind(match);
    while (walk.query().row())
        if (Status status = each({bits(walk.query().integer(0))}); !status) return status;
    return walk.query().status();
}

/// Who has a gram, as one number: the same for the same people in any order.
struct Holders {
    std::uint64_t count = 0;
    std::uint64_t sum = 0;

    void add(SubjectId person) {
        ++count;
        sum += bits(RowCheck(0).add(integer(person.value)).value());
    }
    friend bool operator==(const Holders&, const Holders&) = default;
};
using Grams = std::map<std::string, Holders, std::less<>>;

Status each_lead(Database& db, const std::function<void(const ports::LeadRow&, std::string_view text)>& each) {
    Walk walk(db, every_lead);
    while (walk.query().row()) {
        const ports::LeadRow row = searched_part(walk.query());
        each(row, search_text(row));
    }
    return walk.query().status();
}

/// Names those whom a search for the gram would miss, or find without reason.
Status tell_apart(Database& db, const std::string& gram, Findings& findings) {
    std::vector<SubjectId> found;
    Status status = each_match(db, quoted(gram), [&](SubjectId person) -> Status {
        found.push_back(person);
        return {};
    });
    if (!status) return status;
    std::ranges::sort(found);
    std::vector<SubjectId> owners;
    status = each_lead(db, [&](const ports::LeadRow& row, std::string_view text) {
        if (text.find(gram) == std::string_view::npos) return;
        owners.push_back(row.person);
        if (!std::ranges::binary_search(found, row.person))
            findings.add("search index",
                         "a search for '" + gram + "' would miss person " + std::to_string(row.person.value));
    });
    if (!status) return status;
    for (const SubjectId person : found)
        if (!std::ranges::binary_search(owners, person))
            findings.add("search index",
                         "'" + gram + "' leads to person " + std::to_string(person.value) + ", who does not have it");
    return {};
}

Status compare(Database& db, const Grams& grams, Findings& findings) {
    std::size_t wrong = 0;
    for (const auto& [gram, owners] : grams) {
        Holders found;
        Status status = each_match(db, quoted(gram), [&](SubjectId person) -> Status {
            found.add(person);
            return {};
        });
        if (!status) return status;
        if (found == owners) continue;
        if (++wrong > 3) continue;  // a few say where to look; all would take as many walks
        if (status = tell_apart(db, gram, findings); !status) return status;
    }
    if (wrong > 3)
        findings.add("search index", std::to_string(wrong) +
                                         " runs of characters do not lead to those who have them; "
                                         "run `baton rebuild`");
    return {};
}

}  // namespace

Status index_lead(Database& db, const ports::LeadRow* before, const ports::LeadRow& after) {
    if (before != nullptr) {
        const auto searched = [](const ports::LeadRow& row) { return std::tie(row.name, row.email, row.account); };
        if (searched(*before) == searched(after)) return {};
        if (Status status = remove(db, before->person, search_text(*before)); !status) return status;
    }
    return add(db, after.person, search_text(after));
}

Status fill_lead_index(Database& db) {
    Walk walk(db, every_lead);
    while (walk.query().row())
        if (Status status = index_lead(db, nullptr, searched_part(walk.query())); !status) return status;
    return walk.query().status();
}

Status clear_lead_index(Database& db) {
    return db.query("INSERT INTO lead_index (lead_index) VALUES ('delete-all')").run();
}

Status each_candidate(Database& db, std::span<const std::string> pieces, const std::function<Status(SubjectId)>& each) {
    std::string match;
    for (const std::string& gram : sample_trigrams(pieces, most_grams))
        (match += match.empty() ? "" : " AND ") += quoted(gram);
    return each_match(db, match, each);
}

void check_lead_index(Database& db, Findings& findings) {
    Grams grams;
    Status status = each_lead(db, [&](const ports::LeadRow& row, std::string_view text) {
        for (const std::string_view gram : trigrams(text)) {
            const auto at = grams.find(gram);
            (at != grams.end() ? at : grams.emplace(gram, Holders{}).first)->second.add(row.person);
        }
    });
    if (status) status = compare(db, grams, findings);
    findings.note("search index", status);
}

}  // namespace baton::storage::sqlite
