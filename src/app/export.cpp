#include "app/export.h"

#include <algorithm>
#include <map>

#include "codec/state.h"

namespace baton::app {
namespace {

/// The values of facts, the newest of each name; what came over a public form fills only what is empty.
class Known {
   public:
    void hear(const codec::JournalRecord& record) {
        const Fact& fact = record.fact;
        if (fact.kind == FactKind::profile)
            for (const NamedValue& p : fact.properties) set(p.name, p.value, record);
        if (fact.kind != FactKind::answer) return;
        const Value* question = find(fact.properties, "question");
        const Value* value = find(fact.properties, "value");
        const auto* name = question == nullptr ? nullptr : question->as<std::string>();
        if (name != nullptr && value != nullptr) set(*name, *value, record);
    }
    /// What the engine goes by.
    void declared(const std::string& name, const Value& value) { values_[name].value = value; }

    Properties take() {
        Properties all;
        for (auto& [name, kept] : values_)
            if (!kept.value.is_null()) all.push_back({name, std::move(kept.value)});
        return all;
    }

   private:
    struct Kept {
        Value value;
        Instant at = Instant::beginning();
    };
    void set(const std::string& name, const Value& value, const codec::JournalRecord& record) {
        Kept& kept = values_[name];
        const bool unverified = record.fact.trust == Trust::browser;
        if (unverified && !kept.value.is_null()) return;
        if (record.fact.occurred_at < kept.at) return;
        kept = {value, unverified ? Instant::beginning() : record.fact.occurred_at};
    }
    std::map<std::string, Kept> values_;
};

}  // namespace

Result<std::optional<ExportedPerson>> exported(const Reads& reads, SubjectId person) {
    const auto listed = reads.lead(person);
    if (!listed) return std::unexpected(listed.error());
    if (!*listed) return std::optional<ExportedPerson>();
    const auto view = reads.person(person);
    if (!view) return std::unexpected(view.error());
    const auto timeline = reads.timeline(person);
    if (!timeline) return std::unexpected(timeline.error());
    Known known;
    Instant since = Instant::never();
    for (const TimelineEntry& entry : timeline->entries) {
        if (!entry.fact) continue;
        known.hear(*entry.fact);
        since = std::min(since, entry.fact->fact.recorded_at);
    }
    if (*view && (*view)->playbook != nullptr)
        for (const auto& attribute : (*view)->state.features.attributes)
            known.declared((*view)->playbook->names.person[attribute.property.value].id, attribute.value);
    return std::optional(ExportedPerson{**listed, *view ? (*view)->keys : std::vector<ports::IdentityKey>(),
                                        known.take(), since, touches_in(*timeline, reads)});
}

Status export_people(const Reads& reads, ports::Position up_to, bool leads_only,
                     const std::function<Status(const ExportedPerson&)>& take) {
    Status taken;
    const auto one = [&](const ports::StateRow& row) -> Status {
        const auto listed = reads.lead(row.subject);
        if (!listed) return std::unexpected(listed.error());
        if (!*listed || (leads_only && !(*listed)->is_lead)) return {};
        const auto person = exported(reads, row.subject);
        if (!person) return std::unexpected(person.error());
        return *person ? take(**person) : Status{};
    };
    const Status scanned = reads.reader().scan_states([&](const ports::StateRow& row) {
        if (row.last > up_to || codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        taken = one(row);
        return taken.has_value();
    });
    return scanned ? taken : scanned;
}

}  // namespace baton::app
