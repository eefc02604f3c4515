// The funnel: from counters as it stands, or by a property's value at entry, folded from the journal.
#include <algorithm>

#include "app/derived.h"
#include "app/past.h"
#include "app/reads.h"

namespace baton::app {
namespace {

std::vector<std::string_view> parts_of(std::string_view key) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t tab = key.find('\t');
        parts.push_back(key.substr(0, tab));
        if (tab == std::string_view::npos) return parts;
        key.remove_prefix(tab + 1);
    }
}

FunnelStage& stage_of(Funnel& funnel, std::string_view id) {
    const auto at = std::ranges::find(funnel.stages, id, &FunnelStage::id);
    if (at != funnel.stages.end()) return *at;
    FunnelStage stage;
    stage.id = stage.name = id;
    funnel.stages.push_back(std::move(stage));
    return funnel.stages.back();
}

void add_offer(Funnel& funnel, std::string_view hand_off, std::string_view end, std::int64_t n) {
    auto at = std::ranges::find(funnel.offers, hand_off, &FunnelOffer::hand_off);
    if (at == funnel.offers.end()) at = funnel.offers.insert(at, FunnelOffer{std::string(hand_off), {}});
    at->ends[std::string(end)] = n;
}

void add_counter(Funnel& funnel, std::string_view key, std::int64_t n) {
    const auto parts = parts_of(key);
    if (parts.size() < 2) return;
    if (parts[0] == counted_entered) stage_of(funnel, parts[1]).in.entered = n;
    if (parts[0] == counted_leads) stage_of(funnel, parts[1]).in.leads = n;
    if (parts[0] == counted_left) stage_of(funnel, parts[1]).left = n;
    if (parts.size() < 3) return;
    if (parts[0] == counted_move) funnel.arrows.push_back({std::string(parts[1]), std::string(parts[2]), n});
    if (parts[0] == counted_offer) add_offer(funnel, parts[1], parts[2], n);
}

Funnel empty_funnel(const playbook::Compiled* active) {
    Funnel funnel;
    if (active == nullptr) return funnel;
    funnel.playbook = active->source.id;
    funnel.version = active->version;
    for (const auto& stage : active->stages) stage_of(funnel, stage.id).name = stage.name;
    for (const auto& hand_off : active->hand_offs) funnel.offers.push_back({hand_off.id, {}});
    return funnel;
}

/// The property's value as a person had it, in words; "" = missing.
std::string value_of(const playbook::Compiled& playbook, const engine::PersonState& state, std::string_view property) {
    const auto in = [](const std::vector<engine::Attribute>& attributes, PropertyIndex index) {
        const auto at = std::ranges::find(attributes, index, &engine::Attribute::property);
        return at == attributes.end() ? std::string() : to_text(at->value);
    };
    if (const auto index = playbook.property(property)) return in(state.features.attributes, *index);
    if (const auto index = playbook.account_property(property)) return in(state.features.account_attributes, *index);
    return {};
}

}  // namespace

Result<Funnel> Reads::funnel() const {
    const auto counters = reader_->counters();
    if (!counters) return std::unexpected(counters.error());
    Funnel funnel = empty_funnel(playbooks_->active().get());
    for (const auto& [key, n] : *counters) add_counter(funnel, key, n);
    for (FunnelStage& stage : funnel.stages) stage.inside = stage.in.entered - stage.left;
    std::ranges::sort(funnel.arrows, {}, [](const FunnelArrow& a) { return std::tie(a.from, a.to); });
    return funnel;
}

Result<Funnel> Reads::funnel_by(std::string_view property) const {
    if (auto loaded = playbooks_->load(*reader_); !loaded) return std::unexpected(loaded.error());
    const auto active = playbooks_->active();
    if (active == nullptr || (!active->property(property) && !active->account_property(property)))
        return fail("unknown_property", "the playbook in force declares no property '" + std::string(property) + "'");
    auto funnel = Reads::funnel();
    if (!funnel) return funnel;
    std::vector<std::pair<SubjectId, ports::Position>> people;
    auto scanned = reader_->scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) == codec::RowKind::person) people.emplace_back(row.subject, row.last);
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    Past past(*reader_, *playbooks_);
    std::vector<std::string> visited;
    PastHooks hooks;
    hooks.after = [&](const codec::PersonRow& row, const codec::JournalRecord*,
                      std::span<const engine::HistoryRecord> history) {
        const auto playbook = playbooks_->get(row.state.version);
        for (const auto& r : history) {
            if (r.kind != engine::HistoryKind::stage_entered && r.kind != engine::HistoryKind::migrated) continue;
            FunnelCell& cell =
                funnel->by[playbook == nullptr ? std::string() : value_of(*playbook, row.state, property)][r.to];
            ++cell.entered;
            if (std::ranges::find(visited, r.to) != visited.end()) continue;
            visited.push_back(r.to);
            ++cell.leads;
        }
    };
    for (const auto& [id, last] : people) {
        visited.clear();
        if (const auto row = past.fold(id, last, {}, hooks); !row) return std::unexpected(row.error());
    }
    return funnel;
}

}  // namespace baton::app
