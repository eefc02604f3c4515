#include "app/lookup.h"

#include <algorithm>

#include "app/documents.h"
#include "app/registers.h"
#include "codec/json_writer.h"
#include "contact/address.h"
#include "contact/text.h"

namespace baton::app {
namespace {

bool has_letter(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    });
}

std::string kind_name(char kind) {
    switch (kind) {
        case 'e': return "e-mail";
        case 'p': return "phone";
        case 'x': return "external id";
        case 'u': return "user id";
        case 'a': return "anonymous id";
        default: return "number";
    }
}

class Looking {
   public:
    Looking(const Reads& reads, std::size_t limit) : reads_(reads), limit_(limit), book_(reads.active()) {}

    Status by_key(std::string_view text) {
        const auto found = reads_.find_key(text);
        if (!found) return std::unexpected(found.error());
        if (!*found) return {};
        auto row = reads_.lead((*found)->subject);
        if (!row) return std::unexpected(row.error());
        return *row ? add(std::move(**row), kind_name((*found)->key.kind)) : Status{};
    }

    Status by_words(std::string_view text) {
        if (!has_letter(text)) return {};
        auto rows = search(text);
        if (!rows) return std::unexpected(rows.error());
        for (auto& row : *rows)
            if (auto done = add(std::move(row), "text"); !done) return done;
        return {};
    }

    Status colleagues(std::string_view text) {
        LookUp& found = found_;
        if (!found.people.empty()) found.account = found.people.front().row.account;
        const auto email = contact::normal_email(text);
        if (found.account.empty() && email) found.account = contact::business_domain(*email);
        if (found.account.empty()) return {};
        auto members = members_of(reads_, found.account, limit_);
        if (!members) return std::unexpected(members.error());
        found.more |= members->more;
        for (auto& row : members->people)
            if (auto done = add(std::move(row), "colleague"); !done) return done;
        return {};
    }

    LookUp take() { return std::move(found_); }

   private:
    Result<std::vector<ports::LeadRow>> search(std::string_view text) {
        ports::LeadQuery query;
        query.text = text;
        query.limit = limit_ + 1;
        auto rows = reads_.leads(query);
        if (rows && rows->size() > limit_) {
            rows->pop_back();
            found_.more = true;
        }
        return rows;
    }

    Status add(ports::LeadRow row, std::string by) {
        if (std::ranges::find(found_.people, row.person, [](const LookedUp& p) { return p.row.person; }) !=
            found_.people.end())
            return {};
        const auto standing = standing_of(row);
        if (!standing) return std::unexpected(standing.error());
        const auto person = reads_.person(row.person);
        if (!person) return std::unexpected(person.error());
        auto hits = *person ? (*person)->hits : std::vector<codec::ScrubHit>();
        found_.people.push_back({std::move(row), *standing, std::move(hits), std::move(by)});
        return {};
    }

    Result<Standing> standing_of(const ports::LeadRow& row) const {
        const auto index = book_ == nullptr ? std::nullopt : book_->stage(row.stage);
        if (index) {
            const auto& stage = book_->stages[index->value];
            if (stage.won || stage.kind == playbook::StageKind::customer) return Standing::customer;
            if (stage.lost) return Standing::disqualified;
        }
        if (row.open) return row.cycle > 1 || row.holder.starts_with("nurture") ? Standing::recycled : Standing::lead;
        if (!row.name.empty() || !row.email.empty()) return Standing::known;
        const auto keys = reads_.reader().identities_of(row.person);
        if (!keys) return std::unexpected(keys.error());
        const bool nameless = std::ranges::all_of(*keys, [](const ports::Identity& i) { return i.key.kind == 'a'; });
        return nameless ? Standing::anonymous : Standing::known;
    }

    const Reads& reads_;
    const std::size_t limit_;
    const std::shared_ptr<const playbook::Compiled> book_;
    LookUp found_;
};

}  // namespace

std::string_view to_string(Standing standing) {
    switch (standing) {
        case Standing::anonymous: return "anonymous";
        case Standing::known: return "known";
        case Standing::lead: return "lead";
        case Standing::recycled: return "recycled";
        case Standing::customer: return "customer";
        case Standing::disqualified: return "disqualified";
    }
    return "";
}

namespace {

/// Who belongs to it by the domain of the e-mail address alone, and says another account or none.
Status add_by_domain(const Reads& reads, const std::string& account, std::size_t limit, MembersOf& members) {
    ports::LeadQuery query;
    std::size_t taken = 0;
    for (const auto word : contact::words(account))
        if (taken++ < ports::most_search_words) (query.text += ' ') += word;
    if (query.text.empty()) return {};
    query.limit = limit + 1;
    auto rows = reads.leads(query);
    if (!rows) return std::unexpected(rows.error());
    members.more = rows->size() > limit;
    for (ports::LeadRow& row : *rows)
        if (row.account != account && contact::business_domain(row.email) == account)
            members.people.push_back(std::move(row));
    return {};
}

}  // namespace

Result<MembersOf> members_of(const Reads& reads, const std::string& account, std::size_t limit) {
    auto rows = reads.reader().people_of(account, limit + 1);
    if (!rows) return std::unexpected(rows.error());
    MembersOf members{std::move(*rows), false};
    if (members.people.size() <= limit && account.find('.') != std::string::npos) {
        if (auto done = add_by_domain(reads, account, limit, members); !done) return std::unexpected(done.error());
    }
    members.more |= members.people.size() > limit;
    if (members.people.size() > limit) members.people.resize(limit);
    return members;
}

Result<LookUp> look_up(const Reads& reads, std::string_view text, std::size_t limit) {
    const std::string wanted = contact::trimmed(text);
    Looking looking(reads, limit);
    if (wanted.empty()) return looking.take();
    if (auto done = looking.by_key(wanted); !done) return std::unexpected(done.error());
    if (auto done = looking.by_words(wanted); !done) return std::unexpected(done.error());
    if (auto done = looking.colleagues(wanted); !done) return std::unexpected(done.error());
    return looking.take();
}

std::string document(const LookUp& found) {
    codec::JsonWriter out;
    out.begin_object().key("people").begin_array();
    for (const LookedUp& person : found.people) {
        out.begin_object().field("standing", to_string(person.standing)).field("by", person.by).key("registers");
        write(out, person.hits);
        out.key("lead");
        write(out, person.row);
        out.end_object();
    }
    return out.end_array().field("account", found.account).field("more", found.more).end_object().take();
}

}  // namespace baton::app
