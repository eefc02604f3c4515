#include "support/dump.h"

#include <set>
#include <sstream>

namespace baton::support {
namespace {

template <class T>
bool failed(std::ostringstream& out, const char* what, const std::expected<T, Error>& outcome) {
    if (!outcome) out << what << " failed: " << outcome.error().code << "\n";
    return !outcome;
}

void put(std::ostringstream& out, const ports::LeadRow& row) {
    out << "lead " << row.person.value << " " << row.stage << "|" << row.open << "|" << row.is_lead << "|" << row.cycle
        << "|" << row.holder << "|" << row.classes << "|" << row.score_micros << "|" << row.stage_entered_at.us << "|"
        << row.updated_at.us << "|" << row.name << "|" << row.email << "|" << row.account << "\n";
}

void put_leads(std::ostringstream& out, const ports::Reader& reader) {
    for (const auto sort :
         {ports::LeadQuery::Sort::updated, ports::LeadQuery::Sort::score, ports::LeadQuery::Sort::entered}) {
        ports::LeadQuery query;
        query.sort = sort;
        query.limit = 1'000'000;
        const auto rows = reader.leads(query);
        if (failed(out, "leads", rows)) return;
        for (const ports::LeadRow& row : *rows) put(out, row);
    }
}

void put_identities(std::ostringstream& out, const ports::Reader& reader, const std::set<SubjectId>& subjects) {
    for (const SubjectId subject : subjects) {
        const auto keys = reader.identities_of(subject);
        if (failed(out, "identities", keys)) continue;
        for (const ports::Identity& row : *keys) {
            const auto found = reader.subject_of(row.key);
            if (failed(out, "subject_of", found)) continue;
            out << "key " << row.key.kind << ":" << row.key.key << " of " << subject.value << " leads to "
                << (*found ? (*found)->value : 0) << "\n";
        }
    }
}

void put_library(std::ostringstream& out, const ports::Reader& reader) {
    if (const auto names = reader.sources(); !failed(out, "sources", names))
        for (const std::string& name : *names) out << "source " << name << "\n";
    if (const auto all = reader.playbooks(); !failed(out, "playbooks", all))
        for (const ports::StoredPlaybook& row : *all)
            out << "playbook " << row.version << " " << row.id << " " << to_hex(row.hash) << " " << row.file << " "
                << row.stored_at.us << " " << row.text << "\n";
    for (const char* name : {"zone", "name", "empty"}) {
        const auto value = reader.setting(name);
        if (!failed(out, "setting", value)) out << "setting " << name << "=" << value->value_or("(none)") << "\n";
    }
}

}  // namespace

std::string dump_journal(const ports::Reader& reader) {
    std::ostringstream out;
    std::set<SubjectId> subjects;
    const Status scanned = reader.scan(ports::no_position, [&](const ports::Record& row) {
        subjects.insert(row.subject);
        out << row.position << " lane " << row.lane.value << " seq " << row.seq.value << " subject "
            << row.subject.value << " after " << row.previous << " at " << row.recorded_at.us << ": " << row.payload
            << "\n";
        return true;
    });
    failed(out, "scan", scanned);
    if (const auto heads = reader.heads(); !failed(out, "heads", heads))
        for (const ports::LaneHead& head : *heads)
            out << "head " << head.lane.value << " " << head.seq.value << " " << to_hex(head.digest) << " "
                << head.subjects << "\n";
    if (const auto last = reader.last_position(); !failed(out, "last_position", last)) out << "last " << *last << "\n";
    put_identities(out, reader, subjects);
    put_library(out, reader);
    return std::move(out).str();
}

namespace {

/// Page by page, so that the pages are held against each other, too.
void put_accounts(std::ostringstream& out, const ports::Reader& reader) {
    ports::AccountQuery query;
    query.limit = 7;
    for (;;) {
        const auto page = reader.accounts(query);
        if (failed(out, "accounts", page)) return;
        for (const ports::AccountRow& row : *page)
            out << "account " << row.key << " " << row.account.value << " people " << row.people << " open "
                << row.open_leads << "\n";
        if (page->size() < query.limit) return;
        query.after = page->back().key;
    }
}

}  // namespace

std::string dump_derived(const ports::Reader& reader) {
    std::ostringstream out;
    const Status scanned = reader.scan_states([&](const ports::StateRow& row) {
        out << "state " << row.subject.value << " last " << row.last << " next " << row.next_at.us << ": " << row.state
            << "\n";
        return true;
    });
    failed(out, "states", scanned);
    if (const auto due = reader.due(Instant::never(), 1'000'000); !failed(out, "due", due))
        for (const auto& [at, subject] : *due) out << "due " << at.us << " " << subject.value << "\n";
    if (const auto rows = reader.latest_history(1'000'000, {}); !failed(out, "history", rows))
        for (const ports::HistoryRow& row : *rows)
            out << "history " << row.subject.value << " " << row.position << "/" << row.n << " " << row.at.us << " "
                << int{row.kind} << " " << row.record << "\n";
    if (const auto counters = reader.counters(); !failed(out, "counters", counters))
        for (const auto& [key, value] : *counters) out << "counter " << key << " " << value << "\n";
    if (const auto up_to = reader.derived_up_to(); !failed(out, "derived_up_to", up_to))
        out << "up to " << *up_to << "\n";
    put_leads(out, reader);
    put_accounts(out, reader);
    return std::move(out).str();
}

}  // namespace baton::support
