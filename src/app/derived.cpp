#include "app/derived.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/folder.h"
#include "app/normalise.h"
#include "codec/history.h"
#include "domain/engine/step.h"

namespace baton::app {
namespace {

std::string holder_text(const engine::Holder& holder) {
    if (holder.kind == engine::HolderKind::none) return {};
    std::string text(engine::to_string(holder.kind));
    const std::string& name = holder.name.empty() ? holder.responsible : holder.name;
    return name.empty() ? text : text + " " + name;
}

std::string classes_text(const engine::Lead& lead, const playbook::Compiled& playbook) {
    std::string text;
    for (std::size_t i = 0; i < playbook.classes.size() && i < lead.labels.size(); ++i) {
        if (lead.labels[i].empty()) continue;
        if (!text.empty()) text += ' ';
        text += playbook.classes[i].id + "=" + lead.labels[i];
    }
    return text;
}

/// Who rests in another, or is left of an import that was undone, is in no list: in no stage, found by no word, after everybody else (app/reads leaves it out).
ports::LeadRow resting_row(SubjectId id) {
    ports::LeadRow out;
    out.person = id;
    out.score_micros = std::numeric_limits<std::int64_t>::min();
    out.stage_entered_at = out.updated_at = Instant::beginning();
    return out;
}

ports::LeadRow lead_row(SubjectId id, const codec::PersonRow& row, const playbook::Compiled* playbook) {
    if (row.merged_into.value != 0 || row.empty || row.erased) return resting_row(id);
    const engine::Lead& lead = row.state.lead;
    ports::LeadRow out;
    out.person = id;
    out.stage = lead.stage;
    out.open = lead.open;
    out.is_lead = lead.opened > 0;
    out.cycle = lead.cycle;
    out.holder = holder_text(lead.holder);
    if (playbook != nullptr) {
        out.classes = classes_text(lead, *playbook);
        if (playbook->total)
            out.score_micros = engine::score_at(*playbook, row.state, *playbook->total, row.state.engine_at).micros;
    }
    out.stage_entered_at = lead.stage_entered_at;
    out.updated_at = row.state.engine_at;
    out.name = row.name;
    out.email = row.email;
    out.account = row.state.account;
    return out;
}

}  // namespace

std::string counter_key(std::string_view what, std::string_view a, std::string_view b) {
    std::string key(what);
    key += '\t';
    key += a;
    if (!b.empty()) (key += '\t') += b;
    return key;
}

void Gathered::count_entry(codec::PersonRow& row, const std::string& from, const std::string& to) {
    count(counter_key(counted_entered, to), 1);
    if (!from.empty()) {
        count(counter_key(counted_left, from), 1);
        count(counter_key(counted_move, from, to), 1);
    }
    const std::uint64_t stage = stable_hash(to);
    const auto at = std::ranges::lower_bound(row.visited, stage);
    if (at != row.visited.end() && *at == stage) return;
    row.visited.insert(at, stage);
    count(counter_key(counted_leads, to), 1);
}

void Gathered::count_history(codec::PersonRow& row, const engine::HistoryRecord& r) {
    switch (r.kind) {
        case engine::HistoryKind::stage_entered:
        case engine::HistoryKind::migrated: return count_entry(row, r.from, r.to);
        case engine::HistoryKind::import_undone:
            if (!r.from.empty()) count(counter_key(counted_left, r.from), 1);
            return r.to.empty() ? void() : count(counter_key(counted_left, r.to), -1);
        case engine::HistoryKind::erased:
        case engine::HistoryKind::merged: return r.from.empty() ? void() : count(counter_key(counted_left, r.from), 1);
        case engine::HistoryKind::unmerged: return r.to.empty() ? void() : count(counter_key(counted_left, r.to), -1);
        case engine::HistoryKind::offered: return count(counter_key(counted_offer, r.what, "offered"), 1);
        case engine::HistoryKind::offer_ended: return count(counter_key(counted_offer, r.what, r.detail), 1);
        default: return;
    }
}

void Gathered::restate(Subject& subject, ports::Position position, codec::Restated left) {
    codec::PersonRow& row = *subject.person();
    const bool whole = row.state.version == 0;
    codec::PersonRow counted;
    for (codec::KeptRow& kept : left.before) {
        keep(subject, kept.position, kept.n, kept.record);
        if (whole) count_history(counted, kept.record);
    }
    std::uint16_t n = 0;
    for (const auto& record : left.now) {
        keep(subject, position, n++, record);
        count_history(whole ? counted : row, record);
    }
    row = std::move(left.row);
}

void Gathered::keep(const Subject& subject, ports::Position position, std::uint16_t n,
                    const engine::HistoryRecord& record) {
    auto& kept = history_.emplace_back();
    kept = {subject.id, position, n, record.at, static_cast<std::uint8_t>(record.kind), codec::encode(record)};
    bytes_ += sizeof kept + kept.record.size();
}

void Gathered::hear(Subject& subject, ports::Position position, const std::vector<engine::HistoryRecord>& history) {
    codec::PersonRow* row = subject.person();
    if (row == nullptr) return;
    std::uint16_t n = 0;
    for (const auto* list : {&std::as_const(subject.said), &history})
        for (const engine::HistoryRecord& r : *list) {
            keep(subject, position, n++, r);
            count_history(*row, r);
        }
    subject.said.clear();
}

void Gathered::clear() {
    history_.clear();
    counters_.clear();
    bytes_ = 0;
}

void Gathered::into(ports::Derived& batch) {
    batch.history = std::move(history_);
    batch.counters.reserve(counters_.size());
    for (const auto& [key, delta] : counters_) batch.counters.push_back({key, delta});
    std::ranges::sort(batch.counters, {}, &ports::CounterDelta::key);
}

ports::StateRow row_of(const Subject& subject, const Playbooks& playbooks,
                       std::span<const codec::LaneActivation> lane) {
    ports::StateRow row;
    row.subject = subject.id;
    row.last = subject.last;
    row.next_at = Instant::never();
    if (const auto* account = std::get_if<codec::AccountRow>(&subject.row)) {
        row.state = codec::encode(*account);
        row.of_account = true;
        return row;
    }
    const auto& person = std::get<codec::PersonRow>(subject.row);
    row.state = codec::encode(person);
    row.next_at = next_moment(subject.id, person, lane);
    row.lead = lead_row(subject.id, person, playbooks.of(person).get());
    return row;
}

ports::StateRow row_of(Lane lane, const codec::CompanyRow& company, ports::Position last) {
    ports::StateRow row;
    row.subject = SubjectId{lane.value};
    row.last = last;
    row.next_at = Instant::never();
    row.state = codec::encode(company);
    return row;
}

}  // namespace baton::app
