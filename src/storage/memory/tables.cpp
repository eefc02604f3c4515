#include "storage/memory/tables.h"

#include <algorithm>
#include <array>

#include "ports/record_digest.h"
#include "storage/lead_list.h"
#include "storage/search_text.h"

namespace baton::storage::memory {
namespace {

Status conflict(std::string detail) { return fail("conflict", std::move(detail)); }

std::uint64_t seq_of(const Tables& tables, Lane lane) {
    const auto head = tables.heads.find(lane);
    return head == tables.heads.end() ? 0 : head->second.seq.value;
}

Status check_order(const Tables& tables, const ports::Append& batch) {
    std::array<std::uint64_t, lane_count> seqs{};
    std::array<std::uint64_t, lane_count> said{};
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) said[lane] = seqs[lane] = seq_of(tables, {lane});
    Position position = tables.last_position();
    for (const ports::Record& row : batch.records) {
        if (row.lane.value >= lane_count || row.position != ++position || row.seq.value != ++seqs[row.lane.value]) {
            return conflict("record at position " + std::to_string(row.position) +
                            " does not follow the journal's head");
        }
    }
    for (const ports::LaneHead& head : batch.heads) {
        if (head.lane.value >= lane_count) return conflict("there is no lane " + std::to_string(head.lane.value));
        said[head.lane.value] = head.seq.value;
    }
    if (said != seqs) return conflict("the head of a lane is not that of its last record");
    return {};
}

Status check_identities(const Tables& tables, const ports::Append& batch) {
    std::map<ports::IdentityKey, SubjectId> fresh;
    for (const ports::Identity& row : batch.identities) {
        const auto known = tables.identities.find(row.key);
        const SubjectId owner =
            known != tables.identities.end() ? known->second : fresh.emplace(row.key, row.subject).first->second;
        if (owner != row.subject) return conflict("identity key " + row.key.key + " belongs to another subject");
    }
    return {};
}

Status check_messages(const Tables& tables, const ports::Append& batch) {
    std::set<ports::MessageKey> fresh;
    for (const ports::Message& row : batch.messages) {
        if (tables.messages.contains(row.key) || !fresh.insert(row.key).second) return conflict("a message id exists");
    }
    return {};
}

void put_state(Tables& tables, const ports::StateRow& row) {
    ports::StateRow& stored = tables.states[row.subject];
    if (stored.subject == row.subject) tables.due.erase({stored.next_at, row.subject});
    stored = row;
    stored.lead.reset();
    if (row.next_at != Instant::never()) tables.due.insert({row.next_at, row.subject});
    if (row.lead) tables.leads[row.lead->person] = *row.lead;
}

}  // namespace

Status append(Tables& tables, const ports::Append& batch) {
    for (const auto check : {check_order, check_identities, check_messages}) {
        if (Status status = check(tables, batch); !status) return status;
    }
    tables.journal.insert(tables.journal.end(), batch.records.begin(), batch.records.end());
    for (const ports::Identity& row : batch.identities) {
        tables.identities.emplace(row.key, row.subject);
        tables.keys_of.emplace(row.subject, row.key);
    }
    for (const ports::Message& row : batch.messages) tables.messages.emplace(row.key, row.position);
    for (const ports::LaneHead& head : batch.heads) tables.heads[head.lane] = head;
    for (const ports::Redaction& row : batch.redactions)
        tables.journal[static_cast<std::size_t>(row.record.position - 1)] = row.record;
    for (const ports::Identity& row : batch.forgotten) {
        tables.identities.erase(row.key);
        tables.keys_of.erase({row.subject, row.key});
    }
    for (const ports::Secret& row : batch.secrets) {
        tables.secrets.erase({row.kind, row.id});
        if (!row.value.empty()) tables.secrets.emplace(std::pair(row.kind, row.id), row);
    }
    return {};
}

Status write_derived(Tables& tables, const ports::Derived& batch) {
    for (const ports::HistoryRow& row : batch.history) {
        const auto known = tables.history.find({row.position, row.n});
        if (known != tables.history.end() && known->second.subject != row.subject) {
            return conflict("history " + std::to_string(row.position) + "/" + std::to_string(row.n) +
                            " is of another subject");
        }
    }
    for (const ports::StateRow& row : batch.states) put_state(tables, row);
    for (const ports::HistoryRow& row : batch.history) tables.history[{row.position, row.n}] = row;
    for (const ports::CounterDelta& delta : batch.counters) tables.counters[delta.key] += delta.delta;
    tables.derived_up_to = std::max(tables.derived_up_to, batch.up_to);
    return {};
}

void clear_derived(Tables& tables) {
    tables.states.clear();
    tables.due.clear();
    tables.leads.clear();
    tables.history.clear();
    tables.counters.clear();
    tables.derived_up_to = ports::no_position;
}

Result<std::vector<ports::LeadRow>> leads(const Tables& tables, const ports::LeadQuery& query) {
    const Result<std::vector<std::string>> pieces = search_pieces(query.text);
    if (!pieces) return std::unexpected(pieces.error());
    std::vector<ports::LeadRow> all;
    for (const auto& [person, row] : tables.leads)
        if (belongs(row, query, *pieces)) all.push_back(row);
    return page_of(std::move(all), query, {});
}

std::vector<ports::LeadRow> people_of(const Tables& tables, const std::string& account, std::size_t limit) {
    std::vector<ports::LeadRow> found;
    for (const auto& [person, row] : tables.leads)
        if (!account.empty() && row.account == account) found.push_back(row);
    std::ranges::sort(found, std::ranges::greater(),
                      [](const ports::LeadRow& row) { return std::pair(row.open, row.person); });
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::vector<ports::AccountRow> accounts(const Tables& tables, const ports::AccountQuery& query) {
    std::map<std::string, ports::AccountRow> all;
    const auto row_of = [&](const std::string& key) -> ports::AccountRow* {
        if (key.empty() || key <= query.after || !key.starts_with(query.prefix)) return nullptr;
        ports::AccountRow& row = all[key];
        row.key = key;
        return &row;
    };
    for (const auto& [key, subject] : tables.identities)
        if (key.kind == 'o')
            if (ports::AccountRow* row = row_of(key.key)) row->account = subject;
    for (const auto& [person, lead] : tables.leads) {
        ports::AccountRow* row = row_of(lead.account);
        if (row == nullptr || row->people == ports::AccountRow::most_people) continue;
        ++row->people;
        if (lead.open) ++row->open_leads;
    }
    std::vector<ports::AccountRow> page;
    for (auto& [key, row] : all) {
        if (page.size() == query.limit) break;
        page.push_back(std::move(row));
    }
    return page;
}

std::vector<ports::Damage> verify(const Tables& tables) {
    std::map<Lane, Digest> chains;
    for (const ports::Record& row : tables.journal) {
        Digest& digest = chains[row.lane];
        digest = ports::next_digest(digest, row);
    }
    std::vector<ports::Damage> found;
    for (const auto& [lane, head] : tables.heads) {
        if (chains[lane] == head.digest) continue;
        found.push_back({"lane " + std::to_string(lane.value), "its chain does not end in the head's digest"});
    }
    return found;
}

}  // namespace baton::storage::memory
