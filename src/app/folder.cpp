#include "app/folder.h"

#include <algorithm>
#include <tuple>

#include "app/awaited.h"
#include "app/registers.h"
#include "codec/erasure.h"

namespace baton::app {
namespace {

std::string text_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

std::int64_t number_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    const auto* number = value == nullptr ? nullptr : value->as<std::int64_t>();
    return number == nullptr ? 0 : *number;
}

std::vector<std::string> roles_of(const Properties& properties) {
    std::vector<std::string> roles;
    const Value* value = find(properties, "roles");
    if (value == nullptr) value = find(properties, "role");
    if (value == nullptr) return roles;
    const auto take = [&](const Value& one) {
        const auto* text = one.as<std::string>();
        if (text != nullptr && !text->empty()) roles.push_back(*text);
    };
    take(*value);
    if (const auto* list = value->as<ValueList>()) std::ranges::for_each(*list, take);
    return roles;
}

/// A user's roles add up over all facts that name the user: two lists may each know one of them.
bool fold_user(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const std::string& id = record.home.key;
    auto at = std::ranges::lower_bound(row.users, id, {}, &codec::CompanyUser::id);
    if (at == row.users.end() || at->id != id) at = row.users.insert(at, {id, "", {}});
    if (std::string name = text_of(record.fact.properties, "name"); !name.empty()) at->name = std::move(name);
    for (std::string& role : roles_of(record.fact.properties)) {
        const auto place = std::ranges::lower_bound(at->roles, role);
        if (place == at->roles.end() || *place != role) at->roles.insert(place, std::move(role));
    }
    return true;
}

bool true_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    const auto* truth = value == nullptr ? nullptr : value->as<bool>();
    return truth != nullptr && *truth;
}

/// The definition as it stands from then on, or is no more.
void fold_source(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    const std::string& name = record.home.key;
    auto at = std::ranges::lower_bound(row.sources, name, {}, &codec::SourceEntry::name);
    const bool there = at != row.sources.end() && at->name == name;
    if (text_of(given, "act") == "source removed") {
        if (there) row.sources.erase(at);
        return;
    }
    if (!there) at = row.sources.insert(at, codec::SourceEntry{});
    *at = {name, text_of(given, "kind"), text_of(given, "definition"), record.fact.actor, record.fact.engine_at};
}

/// The view as it stands from then on, or is no more.
void fold_view(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    const std::string& name = record.home.key;
    auto at = std::ranges::lower_bound(row.views, name, {}, &codec::SavedView::name);
    const bool there = at != row.views.end() && at->name == name;
    if (text_of(given, "act") == "view removed") {
        if (there) row.views.erase(at);
        return;
    }
    if (!there) at = row.views.insert(at, codec::SavedView{});
    *at = {name,
           text_of(given, "label"),
           text_of(given, "filter"),
           text_of(given, "sort"),
           text_of(given, "owner"),
           record.fact.actor,
           record.fact.engine_at,
           record.fact.ref.seq};
}

/// Acts about imports: "import" begins one, "import took" adds what it took, "import undo" and "import undone" take it back.
bool fold_import(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    const std::string act = text_of(given, "act");
    if (!act.starts_with("import")) return false;
    const auto number = static_cast<std::uint32_t>(number_of(given, "import"));
    if (act == "import") {
        codec::ImportMade& made = row.imports.emplace_back();
        made.number = number;
        made.at = record.fact.engine_at;
        made.actor = record.fact.actor;
        made.files = text_of(given, "files");
        made.mapping = text_of(given, "mapping");
        made.mode = text_of(given, "mode");
        made.print = text_of(given, "print");
        return true;
    }
    const auto at = std::ranges::find(row.imports, number, &codec::ImportMade::number);
    if (at == row.imports.end()) return true;
    if (act == "import took") {
        at->rows = static_cast<std::uint64_t>(number_of(given, "rows"));
        at->facts += static_cast<std::uint64_t>(number_of(given, "facts"));
    } else {
        at->undone = act == "import undo" ? codec::ImportMade::Undone::begun : codec::ImportMade::Undone::done;
        at->undone_at = record.fact.engine_at;
        at->undone_by = record.fact.actor;
    }
    return true;
}

/// The lead as it waits from then on, or waits no more.
bool fold_awaited(codec::CompanyRow& row, const Properties& given) {
    auto lead = awaited_of(given);
    auto at = std::ranges::lower_bound(row.awaited, lead.key, {}, &codec::AwaitedLead::key);
    const bool there = at != row.awaited.end() && at->key == lead.key;
    if (true_of(given, "done")) {
        if (there) row.awaited.erase(at);
    } else if (there) {
        *at = std::move(lead);
    } else {
        row.awaited.insert(at, std::move(lead));
    }
    return false;
}

/// The record holds the member whole, as it stands from then on.
bool fold_member(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    if (text_of(given, "act") == "phone region") {
        row.phone_region = text_of(given, "region");
        return true;
    }
    if (text_of(given, "act") == "awaited") return fold_awaited(row, given);
    if (text_of(given, "act") == "tracking") {
        const std::string mode = text_of(given, "mode");
        row.tracking = mode == "full" ? std::string() : mode;
        return true;
    }
    if (text_of(given, "act").starts_with("source")) {
        fold_source(row, record);
        return true;
    }
    if (text_of(given, "act").starts_with("view")) {
        fold_view(row, record);
        return true;
    }
    if (fold_import(row, record)) return true;
    if (text_of(given, "act") != "member") return false;
    const std::string& id = record.home.key;
    auto at = std::ranges::lower_bound(row.members, id, {}, &codec::Member::id);
    if (at == row.members.end() || at->id != id) {
        at = row.members.insert(at, codec::Member{});
        at->id = id;
        at->since = record.fact.engine_at;
    }
    at->name = text_of(given, "name");
    at->email = text_of(given, "email");
    at->roles = roles_of(given);
    std::ranges::sort(at->roles);
    at->service = true_of(given, "service");
    at->disabled = true_of(given, "disabled");
    return true;
}

/// The entry as it stands from then on, or is no more.
bool fold_listed(codec::CompanyRow& row, const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    const auto list = register_of(text_of(given, "register"));
    if (!list) return false;
    codec::RegisterEntry entry{text_of(given, "entry"), *list, text_of(given, "reason"), record.fact.actor,
                               record.fact.engine_at};
    const auto place = [](const codec::RegisterEntry& e) { return std::tie(e.key, e.list); };
    const auto at = std::ranges::lower_bound(row.registers, place(entry), {}, place);
    const bool there = at != row.registers.end() && place(*at) == place(entry);
    if (true_of(given, "removed")) {
        if (there) row.registers.erase(at);
    } else if (there) {
        at->reason = std::move(entry.reason);  // since it was made, by whom it was
    } else {
        row.registers.insert(at, std::move(entry));
    }
    return false;
}

codec::LaneActivation activation_of(const codec::JournalRecord& record, ports::Position position) {
    const Properties& given = record.fact.properties;
    codec::LaneActivation activation;
    activation.version = static_cast<std::uint32_t>(number_of(given, "version"));
    activation.at = Instant{number_of(given, "at")};
    activation.seq = record.fact.ref.seq;
    activation.position = position;
    activation.wait = text_of(given, "open_leads") == "wait";
    activation.spread_us = number_of(given, "spread_us");
    for (const NamedValue& p : given)
        if (p.name.starts_with("migrate."))
            if (const auto* to = p.value.as<std::string>()) activation.migrate.emplace_back(p.name.substr(8), *to);
    return activation;
}

/// Display only: the name of the newest profile that had one. A browser names who has no name, until somebody else does.
void note_name(codec::PersonRow& row, const Fact& fact) {
    if (fact.kind != FactKind::profile || fact.occurred_at < row.named_at) return;
    const bool unverified = fact.trust == Trust::browser;
    if (unverified && !row.name.empty()) return;
    std::string name = text_of(fact.properties, "name");
    if (name.empty()) {
        name = text_of(fact.properties, "first_name");
        const std::string last = text_of(fact.properties, "last_name");
        if (!name.empty() && !last.empty()) name += ' ';
        name += last;
    }
    if (name.empty()) return;
    row.name = std::move(name);
    row.named_at = unverified ? Instant::beginning() : fact.occurred_at;
}

void note_person(codec::PersonRow& row, const codec::JournalRecord& record) {
    if (row.email.empty() && record.fact.origin.value == 0) {
        if (record.home.kind == 'e') row.email = record.home.key;
        for (const codec::Key& key : record.linked)
            if (key.kind == 'e' && row.email.empty()) row.email = key.key;
    }
    if (record.fact.kind == FactKind::scrubbed) row.hits = hits_of(record.fact.properties);
    note_name(row, record.fact);
}

/// Who brought the person: an import, where nothing was known before it.
void note_import(codec::PersonRow& row, const Fact& fact) {
    const bool first = row.state.version == 0 || row.state.features.facts == 0;
    if (first && !is_internal(fact.kind) && fact.origin.value == 0) row.made_by = fact.import;
}

Fact cause_of(const codec::LaneActivation& activation, Lane lane, Instant person_at) {
    Fact cause;
    cause.kind = FactKind::activation;
    cause.type = type_name(FactKind::activation);
    cause.ref = {lane, activation.seq};
    cause.engine_at = cause.occurred_at = cause.recorded_at = std::max(activation.at, person_at);
    return cause;
}

/// The newest activation standing before `seq`; null = none.
const codec::LaneActivation* newest(std::span<const codec::LaneActivation> lane, Seq seq) {
    while (!lane.empty() && !(lane.back().seq < seq)) lane = lane.first(lane.size() - 1);
    return lane.empty() ? nullptr : &lane.back();
}

}  // namespace

bool of_account(const codec::JournalRecord& record) {
    return record.fact.kind == FactKind::account_profile || record.fact.kind == FactKind::member_changed;
}

Properties properties_of(const codec::LaneActivation& activation, bool announced) {
    Properties properties;
    if (announced) properties.push_back({"announced", Value(true)});
    properties.push_back({"at", Value(activation.at.us)});
    for (const auto& [from, to] : activation.migrate) properties.push_back({"migrate." + from, Value(to)});
    properties.push_back({"open_leads", Value(activation.wait ? "wait" : "re-evaluate")});
    properties.push_back({"spread_us", Value(activation.spread_us)});
    properties.push_back({"version", Value(static_cast<std::int64_t>(activation.version))});
    return properties;
}

const codec::LaneActivation* Folder::pending(const codec::PersonRow& row, std::span<const codec::LaneActivation> lane,
                                             Seq seq) {
    if (row.state.version == 0 || row.activations >= lane.size() || row.merged_into.value != 0) return nullptr;
    const codec::LaneActivation& next = lane[row.activations];
    return next.seq < seq ? &next : nullptr;
}

void Folder::name_anew(codec::PersonRow& row, std::span<const Fact> facts) {
    row.name.clear();
    row.named_at = Instant::beginning();
    for (const Fact& kept : facts) note_name(row, kept);
}

Result<std::shared_ptr<const playbook::Compiled>> Folder::version(std::uint32_t number) const {
    auto playbook = playbooks_->get(number);
    if (playbook == nullptr)
        return fail("playbook_missing",
                    "version " + std::to_string(number) + " of the playbook is not in the store or no longer compiles");
    return playbook;
}

Status Folder::refold(codec::PersonRow& row, const codec::LaneActivation& activation, Lane lane, const Earlier& earlier,
                      const Heard& heard) {
    const auto to = version(activation.version);
    if (!to) return std::unexpected(to.error());
    const auto from = playbooks_->get(row.state.version);
    auto facts = earlier();
    if (!facts) return std::unexpected(facts.error());
    engine::drop_taken_out(*facts);
    const Fact cause = cause_of(activation, lane, row.state.engine_at);
    const std::map<std::string, std::string> migrate(activation.migrate.begin(), activation.migrate.end());
    output_.clear();
    const bool evaluate = !(activation.wait && row.state.lead.open);
    engine::refold(from.get(), **to, row.state, *facts, migrate, cause, evaluate, output_, &counters);
    ++row.activations;
    heard(output_);
    return {};
}

Status Folder::settle(codec::PersonRow& row, std::span<const codec::LaneActivation> lane, FactRef ref, Instant t,
                      const Earlier& earlier, const Heard& heard) {
    for (;;) {
        const auto* next = pending(row, lane, ref.seq);
        if (next == nullptr || t < next->at) return {};
        if (auto done = refold(row, *next, ref.lane, earlier, heard); !done) return done;
    }
}

Status Folder::fold(codec::PersonRow& row, std::span<const codec::LaneActivation> lane,
                    const codec::JournalRecord& record, const Earlier& earlier, const Heard& heard) {
    std::uint32_t number = row.state.version;
    if (number == 0) {
        const auto* now = newest(lane, record.fact.ref.seq);
        if (now == nullptr) return fail("no_playbook", "no playbook is in force: activate one first");
        number = now->version;
        row.activations = static_cast<std::uint32_t>(now - lane.data() + 1);
    }
    const auto playbook = version(number);
    if (!playbook) return std::unexpected(playbook.error());
    note_person(row, record);
    note_import(row, record.fact);
    output_.clear();
    if (auto done = fold_joining(row, **playbook, record, earlier); !done) return done;
    heard(output_);
    return {};
}

/// Merging and what follows from it is beside the step: a person that rests in another does not move.
Status Folder::fold_joining(codec::PersonRow& row, const playbook::Compiled& playbook,
                            const codec::JournalRecord& record, const Earlier& earlier) {
    const Fact& fact = record.fact;
    switch (fact.kind) {
        case FactKind::merged:
            row.merged_into = fact.origin;
            row.unverified = true_of(fact.properties, "unverified");
            engine::rest(playbook, row.state, fact, output_);
            return {};
        case FactKind::unmerge:
        case FactKind::unmerged: break;
        case FactKind::import_undone:
            if (row.merged_into.value == 0) return fold_undone(row, playbook, record, earlier);
            [[fallthrough]];
        default:
            if (row.merged_into.value != 0) {
                row.state.engine_at = std::max(row.state.engine_at, fact.engine_at);
                row.state.last = fact.ref;
                return {};
            }
            if (fact.kind == FactKind::merge)
                row.absorbed.insert(std::ranges::upper_bound(row.absorbed, fact.origin), fact.origin);
            engine::step(playbook, row.state, fact, output_, &counters);
            return {};
    }
    auto facts = earlier();
    if (!facts) return std::unexpected(facts.error());
    facts->push_back(fact);
    engine::drop_taken_out(*facts);
    if (fact.kind == FactKind::unmerged) {
        row.merged_into = {};
        row.unverified = false;
        row.taken_apart = true;
    } else
        std::erase(row.absorbed, fact.origin);
    name_anew(row, *facts);
    engine::take_apart(playbook, row.state, *facts, fact, output_, &counters);
    return {};
}

/// What an undone import brought is out of the person's features; one of whom nothing else is known rests.
Status Folder::fold_undone(codec::PersonRow& row, const playbook::Compiled& playbook,
                           const codec::JournalRecord& record, const Earlier& earlier) {
    const Fact& fact = record.fact;
    if (fact.import == 0) {
        row.empty = false;
        engine::take_back(playbook, row.state, {}, fact, engine::Undone::wakes, output_, &counters);
        return {};
    }
    if (row.empty) {  // it was taken out of this one already
        row.state.engine_at = std::max(row.state.engine_at, fact.engine_at);
        row.state.last = fact.ref;
        return {};
    }
    auto facts = earlier();
    if (!facts) return std::unexpected(facts.error());
    facts->push_back(fact);
    engine::drop_taken_out(*facts);
    name_anew(row, *facts);
    row.empty =
        row.absorbed.empty() && std::ranges::all_of(*facts, [](const Fact& kept) { return is_internal(kept.kind); });
    if (row.empty) row.made_by = 0;
    const auto what = row.empty ? engine::Undone::rests : engine::Undone::lives;
    engine::take_back(playbook, row.state, *facts, fact, what, output_, &counters);
    return {};
}

/// An account holds little: under a new version it is simply folded again from its records. What it told before, it does
/// not tell again; members tell it their part in new counts when they are refolded themselves.
Status Folder::fold(codec::AccountRow& row, std::span<const codec::LaneActivation> lane,
                    const codec::JournalRecord& record, const Earlier& earlier, const Heard& heard) {
    const auto* now = newest(lane, record.fact.ref.seq);
    if (now == nullptr) return fail("no_playbook", "no playbook is in force: activate one first");
    const auto playbook = version(now->version);
    if (!playbook) return std::unexpected(playbook.error());
    if (row.state.version != 0 && row.state.version != now->version) {
        auto facts = earlier();
        if (!facts) return std::unexpected(facts.error());
        engine::drop_taken_out(*facts);
        row.state = {};
        for (const Fact& fact : *facts) engine::step_account(**playbook, row.state, fact, output_);
    }
    output_.clear();
    row.engine_at = std::max(row.engine_at, record.fact.engine_at);
    if (record.fact.kind == FactKind::import_undone) {
        auto facts = earlier();
        if (!facts) return std::unexpected(facts.error());
        facts->push_back(record.fact);
        engine::drop_taken_out(*facts);
        engine::take_back_account(**playbook, row.state, *facts, output_);
        heard(output_);
        return {};
    }
    engine::step_account(**playbook, row.state, record.fact, output_);
    heard(output_);
    return {};
}

bool Folder::fold(codec::CompanyRow& row, const codec::JournalRecord& record, ports::Position position) {
    if (record.fact.kind == FactKind::user) return fold_user(row, record);
    if (record.fact.kind == FactKind::access) return fold_member(row, record);
    if (record.fact.kind == FactKind::listed) return fold_listed(row, record);
    if (record.fact.kind == FactKind::erased)
        if (auto erasure = codec::erasure_of(record.fact.properties, record.fact.engine_at)) {
            row.erasures.push_back(std::move(*erasure));
            return false;
        }
    if (record.fact.kind != FactKind::activation) return false;
    codec::LaneActivation activation = activation_of(record, position);
    if (find(record.fact.properties, "announced") != nullptr) {
        row.announced.push_back(std::move(activation));
        return true;
    }
    std::erase_if(row.announced, [&](const codec::LaneActivation& a) {
        return a.version == activation.version && a.at == activation.at;
    });
    row.activations.push_back(std::move(activation));
    return true;
}

Instant next_moment(SubjectId id, const codec::PersonRow& row, std::span<const codec::LaneActivation> lane) {
    if (row.merged_into.value != 0 || row.empty || row.erased) return Instant::never();
    const auto* next = Folder::pending(row, lane, Seq{~std::uint64_t{0}});
    Instant at = row.state.next_at;
    if (next == nullptr) return at;
    const auto& lead = row.state.lead;
    if (std::ranges::find(next->migrate, lead.stage, &std::pair<std::string, std::string>::first) !=
        next->migrate.end())
        return std::min(at, std::max(next->at, row.state.engine_at));
    if (!lead.open || next->wait) return at;
    const auto share = static_cast<std::uint64_t>(next->spread_us) + 1;
    const Duration later{static_cast<std::int64_t>((id.value * 0x9e3779b97f4a7c15U >> 11) % share)};
    return std::min(at, std::max(next->at + later, row.state.engine_at));
}

}  // namespace baton::app
