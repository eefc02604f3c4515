#include "app/awaited.h"

#include <algorithm>
#include <array>

#include "app/batch.h"

namespace baton::app {
namespace {

using codec::AwaitedLead;
using All = std::span<const AwaitedLead* const>;

constexpr std::size_t longest_detail = 300;

/// Until it is asked for again, by how often it was.
Duration pause_after(std::uint32_t attempts) {
    constexpr std::array<std::int64_t, 6> minutes{1, 5, 30, 120, 360, 720};
    return Duration::minutes(minutes.at(std::min<std::size_t>(attempts, minutes.size()) - 1));
}

const AwaitedLead* find(All all, std::string_view key) {
    const auto at = std::ranges::find(all, key, [](const AwaitedLead* lead) -> std::string_view { return lead->key; });
    return at == all.end() ? nullptr : *at;
}

/// Never the company's own: what members did is told there, one by one.
Lane lane_of_awaited(const std::string& key) {
    const Lane lane = lane_of(ports::IdentityKey{'w', key});
    return lane.value == 0 ? Lane{1} : lane;
}

std::string text_of(const Properties& given, std::string_view name) {
    const Value* value = baton::find(given, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

std::int64_t number_of(const Properties& given, std::string_view name) {
    const Value* value = baton::find(given, name);
    const auto* number = value == nullptr ? nullptr : value->as<std::int64_t>();
    return number == nullptr ? 0 : *number;
}

}  // namespace

Properties properties_of(const AwaitedChange& change) {
    const AwaitedLead& lead = change.lead;
    return {{"act", Value("awaited")},        {"attempts", Value(static_cast<std::int64_t>(lead.attempts))},
            {"detail", Value(lead.detail)},   {"done", Value(change.done)},
            {"lead", Value(lead.lead)},       {"next_at", Value(lead.next_at.us)},
            {"problem", Value(lead.problem)}, {"since", Value(lead.since.us)},
            {"source", Value(lead.source)}};
}

AwaitedLead awaited_of(const Properties& given) {
    AwaitedLead lead;
    lead.source = text_of(given, "source");
    lead.lead = text_of(given, "lead");
    lead.key = lead.source + "/" + lead.lead;
    lead.since = Instant{number_of(given, "since")};
    lead.attempts = static_cast<std::uint32_t>(number_of(given, "attempts"));
    lead.next_at = Instant{number_of(given, "next_at")};
    lead.problem = text_of(given, "problem");
    lead.detail = text_of(given, "detail");
    return lead;
}

// ---- what happens to them ---------------------------------------------------------------------------------------

Status Awaited::tell(std::string_view source, std::span<const std::string> leads) {
    return ledger_.await([&](All all, Instant now) {
        std::vector<AwaitedChange> changes;
        for (const std::string& lead : leads) {
            std::string key = std::string(source) + "/" + lead;
            const bool told =
                std::ranges::any_of(changes, [&](const AwaitedChange& change) { return change.lead.key == key; });
            if (told || find(all, key) != nullptr) continue;
            changes.push_back({{std::move(key), std::string(source), lead, now, 0, now, {}, {}}, false});
        }
        return changes;
    });
}

Result<std::vector<AwaitedLead>> Awaited::claim(std::size_t limit) {
    std::vector<AwaitedLead> claimed;
    const auto done = ledger_.await([&](All all, Instant now) {
        claimed.clear();
        for (const AwaitedLead* lead : all)
            if (lead->next_at <= now) claimed.push_back(*lead);
        std::ranges::sort(claimed, {}, [](const AwaitedLead& lead) { return std::pair(lead.next_at, lead.key); });
        claimed.resize(std::min(limit, claimed.size()));
        std::vector<AwaitedChange> changes;
        for (AwaitedLead& lead : claimed) {
            lead.next_at = now + pause_after(++lead.attempts);
            changes.push_back({lead, false});
        }
        return changes;
    });
    if (!done) return std::unexpected(done.error());
    return claimed;
}

Status Awaited::done(const AwaitedLead& lead) {
    return ledger_.await([&](All all, Instant) {
        std::vector<AwaitedChange> changes;
        if (const AwaitedLead* held = find(all, lead.key)) changes.push_back({*held, true});
        return changes;
    });
}

Status Awaited::failed(const AwaitedLead& lead, const Error& why) {
    return ledger_.await([&](All all, Instant) {
        std::vector<AwaitedChange> changes;
        const AwaitedLead* held = find(all, lead.key);
        const std::string detail = why.detail.substr(0, longest_detail);
        if (held == nullptr || (held->problem == why.code && held->detail == detail)) return changes;
        changes.push_back({*held, false});
        changes.back().lead.problem = why.code;
        changes.back().lead.detail = sound_text(detail) ? detail : std::string("what it said is no text");
        return changes;
    });
}

Status Awaited::wake(std::string_view source, const std::function<bool(const AwaitedLead&)>& which) {
    return ledger_.await([&](All all, Instant now) {
        std::vector<AwaitedChange> changes;
        for (const AwaitedLead* lead : all) {
            if (lead->source != source || lead->next_at <= now || (which && !which(*lead))) continue;
            changes.push_back({*lead, false});
            changes.back().lead.next_at = now;
        }
        return changes;
    });
}

Result<std::vector<AwaitedLead>> Awaited::list(const Reads& reads) {
    std::vector<AwaitedLead> leads;
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) {
        const auto row = reads.lane(Lane{lane});
        if (!row) return std::unexpected(row.error());
        leads.insert(leads.end(), row->awaited.begin(), row->awaited.end());
    }
    std::ranges::sort(leads, {}, &AwaitedLead::key);
    return leads;
}

WaitingBySource by_source(std::span<const AwaitedLead> leads) {
    WaitingBySource all;
    for (const AwaitedLead& lead : leads) {
        Waiting& of = all[lead.source];
        ++of.leads;
        of.oldest = std::min(of.oldest, lead.since);
        of.next_at = std::min(of.next_at, lead.next_at);
        if (lead.problem.empty() || lead.attempts < of.attempts) continue;
        of.problem = lead.problem;
        of.detail = lead.detail;
        of.attempts = lead.attempts;
    }
    return all;
}

// ---- in the ledger ----------------------------------------------------------------------------------------------

Status Ledger::Core::await(const std::function<std::vector<AwaitedChange>(All, Instant)>& decide) {
    if (auto done = ready(); !done) return done;
    const Instant now = moment();
    std::vector<const AwaitedLead*> all;
    for (const codec::CompanyRow& row : lanes)
        for (const AwaitedLead& lead : row.awaited) all.push_back(&lead);
    const std::vector<AwaitedChange> changes = decide(all, now);
    if (changes.empty()) return {};
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    Batch batch(*this, now);
    Status done;
    for (const AwaitedChange& change : changes) {
        const Lane lane = lane_of_awaited(change.lead.key);
        codec::JournalRecord record = internal_record(FactKind::access, now, false, *number);
        record.fact.properties = properties_of(change);
        record.home = {'w', change.lead.key};
        record.message_id = "awaited:" + std::to_string(batch.heads()[lane.value].seq.value + 1);
        done = batch.emit_lane(lane, record, std::nullopt);
        if (!done) break;
    }
    if (done) done = journal(batch);
    if (!done) {
        static_cast<void>(recover());
        return done;
    }
    return write_derived();  // who asks next sees it
}

Status Ledger::await(const std::function<std::vector<AwaitedChange>(All, Instant)>& decide) {
    return core_->door([&] { return core_->await(decide); });
}

std::optional<Instant> Ledger::next_awaited() const {
    const std::lock_guard hold(core_->work);
    std::optional<Instant> first;
    for (const codec::CompanyRow& row : core_->lanes)
        for (const AwaitedLead& lead : row.awaited) first = std::min(first.value_or(Instant::never()), lead.next_at);
    return first;
}

}  // namespace baton::app
