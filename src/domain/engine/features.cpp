#include "domain/engine/features.h"

#include <algorithm>
#include <tuple>

#include "base/digest.h"

#include "domain/engine/consent.h"
#include "domain/engine/scoring.h"
#include "domain/engine/view.h"
#include "domain/playbook/decay.h"

namespace baton::engine {
namespace {

using playbook::Compiled;

/// The place of `key` in the list kept ascending by `member`; inserts an empty row when absent. Holds until the next insert.
template <class Row, class Key>
Row& row_for(Features& features, Key Row::* member, Key key) {
    const std::span<Row> rows = features.rows.all<Row>();
    const auto at = std::ranges::lower_bound(rows, key, {}, member);
    if (at != rows.end() && (*at).*member == key) return *at;
    Row row{};
    row.*member = key;
    return features.rows.insert(static_cast<std::size_t>(at - rows.begin()), row);
}

template <class Rows, class Row, class Key>
const Row* find_row(const Rows& rows, Key Row::* member, Key key) {
    const auto at = std::ranges::lower_bound(rows, key, {}, member);
    return at == rows.end() || (*at).*member != key ? nullptr : &*at;
}

/// True when the value read from outside differs from before.
bool set_attribute(std::vector<Attribute>& attributes, Attribute next) {
    auto at = std::ranges::lower_bound(attributes, next.property, {}, &Attribute::property);
    if (at == attributes.end() || at->property != next.property) {
        attributes.insert(at, std::move(next));
        return true;
    }
    if (!outranks(next, *at)) return false;
    const bool changed = !(next.value == at->value);
    *at = std::move(next);
    return changed;
}

template <class T>
void note(std::vector<T>& list, T item) {
    if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

/// What the fact gives for a property: converted, and nothing where it is blank or not the fact's to fill.
std::optional<Value> given_for(const criteria::DeclaredProperty& declared, const Fact& fact, const Value& given) {
    if (fact.trust == Trust::browser && !declared.public_fills) return std::nullopt;
    auto value = convert(given, declared.type);
    return value && !value->is_null() ? std::move(value) : std::nullopt;
}

void set_person(const Compiled& playbook, PersonState& state, const Fact& fact, std::string_view name,
                const Value& given, Touched& touched) {
    const auto property = playbook.property(name);
    if (!property) return;
    auto value = given_for(playbook.names.person[property->value], fact, given);
    if (value && set_attribute(state.features.attributes, attribute_from(fact, *property, std::move(*value), false)))
        note(touched.attributes, *property);
}

void fold_profile(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    auto& attributes = state.features.attributes;
    if (attributes.empty()) attributes.reserve(fact.properties.size());
    for (const NamedValue& given : fact.properties)
        if (given.name.starts_with(scrub_prefix) == (fact.kind == FactKind::scrubbed) &&
            !given.name.starts_with(consent_prefix))
            set_person(playbook, state, fact, given.name, given.value, touched);
}

void fold_consents(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    for (const ConsentSaid& said : consents_in(fact)) {
        const auto property = playbook.property(std::string(consent_prefix).append(said.purpose));
        if (property && set_attribute(state.features.attributes, attribute_of(said, fact, *property)))
            note(touched.attributes, *property);
    }
}

/// What survives of two people's fields, where somebody chose.
void fold_merge(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    constexpr std::string_view chosen = "field.";
    for (const NamedValue& given : fact.properties) {
        if (!given.name.starts_with(chosen)) continue;
        const std::string_view name = std::string_view(given.name).substr(chosen.size());
        if (name.starts_with(scrub_prefix) || name.starts_with(consent_prefix)) continue;
        set_person(playbook, state, fact, name, given.value, touched);
    }
    fold_consents(playbook, state, fact, touched);
}

void fold_answer(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    const Value* question = find(fact.properties, "question");
    const Value* given = find(fact.properties, "value");
    if (question == nullptr || given == nullptr || question->as<std::string>() == nullptr) return;
    const std::string& id = *question->as<std::string>();
    if (id.starts_with(consent_prefix)) return;
    if (std::ranges::find(playbook.names.questions, id) == playbook.names.questions.end()) return;
    const auto property = playbook.property(id);
    if (!property) return;
    auto value = given_for(playbook.names.person[property->value], fact, *given);
    if (!value) return;
    const bool answer = set_attribute(state.features.answers, attribute_from(fact, *property, *value, true));
    const bool data =
        set_attribute(state.features.attributes, attribute_from(fact, *property, std::move(*value), true));
    if (answer) note(touched.answers, *property);
    if (data) note(touched.attributes, *property);
}

template <class Row>
void name_last(Row& row, const Fact& fact) {
    row.last = fact.occurred_at;
    row.last_lane = fact.ref.lane;
    row.last_seq = fact.ref.seq;
}

bool in_cycle(const Lead& lead, Instant occurred_at) { return lead.cycle <= 1 || occurred_at >= lead.cycle_started_at; }

/// Notes the fact, and drops those of its type that no window can reach any more.
void note_recent(Features& features, RecentFact fact, Instant oldest) {
    const auto position = [&](const RecentFact& bound) {
        return static_cast<std::size_t>(std::ranges::upper_bound(features.recent(), bound) - features.recent().begin());
    };
    features.rows.insert(position(fact), fact);
    features.rows.erase<RecentFact>(position({fact.type, Instant::beginning()}), position({fact.type, oldest}));
}

void count_type(const Compiled& playbook, PersonState& state, const Fact& fact, TypeIndex type, Touched& touched) {
    TypeCount& row = row_for(state.features, &TypeCount::type, type);
    const Instant t = fact.occurred_at;
    if (row.total == 0) {
        row.first = t;
        name_last(row, fact);
    }
    row.first = std::min(row.first, t);
    if (t > row.last) row.at_last = 0;
    if (t >= row.last) name_last(row, fact);
    ++row.total;
    if (in_cycle(state.lead, t)) {
        ++row.this_cycle;
        if (t == row.last) ++row.at_last;
    }
    const Duration window = playbook.longest_window[type.value];
    if (window.us > 0) note_recent(state.features, {type, t}, fact.engine_at - window);
    note(touched.types, type);
}

/// Entries older than this many days give nothing any more; 0 = they never end.
std::int64_t lifetime_days(const playbook::Decay& decay) {
    switch (decay.kind) {
        case playbook::DecayKind::none: return 0;
        case playbook::DecayKind::linear:
        case playbook::DecayKind::window: return decay.days;
        case playbook::DecayKind::half_life: return decay.days * playbook::half_life_limit;
    }
    return 0;
}

bool entry_before(const ScoreEntry& a, const ScoreEntry& b) {
    if (a.rule != b.rule) return a.rule < b.rule;
    return a.occurred_at != b.occurred_at ? a.occurred_at < b.occurred_at : a.from() < b.from();
}

/// Whether the value is of the declared type as it stands, and answered.
bool is_as_declared(const Value& value, PropertyType type) {
    switch (type) {
        case PropertyType::string: {
            const auto* text = value.as<std::string>();
            return text != nullptr && text->find_first_not_of(" \t\r\n") != std::string::npos;
        }
        case PropertyType::integer: return value.as<std::int64_t>() != nullptr;
        case PropertyType::number: return value.as<Decimal>() != nullptr;
        case PropertyType::boolean: return value.as<bool>() != nullptr;
        case PropertyType::timestamp: return value.as<Instant>() != nullptr;
        case PropertyType::strings: return false;
    }
    return false;
}

/// The fact's properties read as declared; those that cannot be are missing. Points to the fact's own when nothing
/// changes, else into `room`.
const Properties* read_event(const std::vector<criteria::DeclaredProperty>& declared, const Properties& given,
                             Properties& room) {
    const auto declaration = [&](const NamedValue& p) {
        return std::ranges::find(declared, p.name, &criteria::DeclaredProperty::id);
    };
    const auto fits = [&](const NamedValue& p) {
        const auto at = declaration(p);
        return is_as_declared(p.value, at == declared.end() ? PropertyType::string : at->type);
    };
    if (std::ranges::all_of(given, fits)) return &given;
    for (const NamedValue& p : given) {
        const auto at = declaration(p);
        auto value = at == declared.end() ? std::optional(p.value) : convert(p.value, at->type);
        if (value && !value->is_null()) room.push_back({p.name, std::move(*value)});
    }
    return &room;
}

std::uint64_t asset_of(const playbook::CompiledScoreRule& rule, const Properties& event) {
    const Value* asset = find(event, rule.once_per);
    return asset == nullptr || asset->is_null() ? 0 : stable_hash("=" + to_text(*asset));
}

/// False when an entry of the same asset is newer.
bool drop_older_of_asset(Features& features, const ScoreEntry& entry) {
    const auto own = entries_of(features, entry.rule);
    const auto same = std::ranges::find(own, entry.asset, &ScoreEntry::asset);
    if (same == own.end()) return true;
    if (entry_before(entry, *same)) return false;
    const auto at = static_cast<std::size_t>(&*same - features.entries().data());
    features.rows.erase<ScoreEntry>(at, at + 1);
    return true;
}

void keep_entry(const playbook::CompiledScoreRule& rule, Features& features, const ScoreEntry& entry, Instant now) {
    if (rule.once_per.empty() || drop_older_of_asset(features, entry)) {
        const auto after = std::ranges::upper_bound(features.entries(), entry, entry_before);
        features.rows.insert(static_cast<std::size_t>(after - features.entries().begin()), entry);
    }
    const std::int64_t days = lifetime_days(rule.decay);
    if (days == 0) return;
    const auto own = entries_of(features, entry.rule);
    const auto kept = std::ranges::upper_bound(own, now - Duration::days(days), {}, &ScoreEntry::occurred_at);
    const auto begin = static_cast<std::size_t>(own.data() - features.entries().data());
    features.rows.erase<ScoreEntry>(begin, begin + static_cast<std::size_t>(kept - own.begin()));
}

void add_entry(const playbook::CompiledScoreRule& rule, ScoreRuleIndex index, Features& features, const Fact& fact,
               const Properties& event) {
    RuleEntries& row = row_for(features, &RuleEntries::rule, index);
    const Instant t = fact.occurred_at;
    if (row.count == 0 || t > row.last) row.at_last = 0;
    if (row.count == 0 || t >= row.last) name_last(row, fact);
    ++row.count;
    if (t == row.last) ++row.at_last;
    if (rule.decay.kind == playbook::DecayKind::none && rule.once_per.empty()) return;
    const std::uint64_t asset = rule.once_per.empty() ? 0 : asset_of(rule, event);
    keep_entry(rule, features, {index, fact.ref.lane, fact.ref.seq, t, asset}, fact.engine_at);
}

void feed_scores(const Compiled& playbook, PersonState& state, const Fact& fact, TypeIndex type, Touched& touched) {
    if (!in_cycle(state.lead, fact.occurred_at)) return;
    if (playbook.rules_of_type[type.value].empty()) return;
    Properties room;
    const Properties& event = *read_event(playbook.event_properties[type.value], fact.properties, room);
    const View view(playbook, state, &event);
    for (const ScoreRuleIndex index : playbook.rules_of_type[type.value]) {
        const auto& rule = playbook.score_rules[index.value];
        if (rule.where.valid() && criteria::judge(rule.where, view, fact.engine_at).truth != Truth::yes) continue;
        add_entry(rule, index, state.features, fact, event);
        note(touched.scores, rule.score);
    }
}

void fold_behaviour(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    const auto type = playbook.type(fact.type);
    if (!type) return;
    count_type(playbook, state, fact, *type, touched);
    feed_scores(playbook, state, fact, *type, touched);
}

void fold_account_changed(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    state.features.aggregates.resize(playbook.aggregates.size());
    for (const NamedValue& given : fact.properties) {
        if (given.name.starts_with("count.")) {
            const auto id = std::ranges::find(playbook.names.aggregates, given.name.substr(6));
            const auto* number = given.value.as<std::int64_t>();
            if (id == playbook.names.aggregates.end() || number == nullptr) continue;
            const auto index = static_cast<std::uint16_t>(id - playbook.names.aggregates.begin());
            if (state.features.aggregates[index] == *number) continue;
            state.features.aggregates[index] = *number;
            note(touched.aggregates, AggregateIndex{index});
        } else if (given.name.starts_with("property.")) {
            const auto property = playbook.account_property(std::string_view(given.name).substr(9));
            if (!property) continue;
            if (given.value.is_null()) {  // it is known no more
                if (std::erase_if(state.features.account_attributes,
                                  [&](const Attribute& a) { return a.property == *property; }) > 0)
                    note(touched.account_attributes, *property);
                continue;
            }
            auto value = convert(given.value, playbook.names.account[property->value].type);
            if (!value || value->is_null()) continue;
            if (set_attribute(state.features.account_attributes,
                              attribute_from(fact, *property, std::move(*value), false)))
                note(touched.account_attributes, *property);
        }
    }
}

bool reads_touched(const Compiled& playbook, const Touched& touched, ScoreRuleIndex rule) {
    const auto has = [&](const std::vector<Compiled::Readers>& readers, std::uint16_t index) {
        return index < readers.size() &&
               std::ranges::find(readers[index].fit_rules, rule) != readers[index].fit_rules.end();
    };
    return std::ranges::any_of(touched.attributes,
                               [&](auto i) { return has(playbook.readers_of_property, i.value); }) ||
           std::ranges::any_of(touched.answers, [&](auto i) { return has(playbook.readers_of_answer, i.value); }) ||
           std::ranges::any_of(touched.account_attributes,
                               [&](auto i) { return has(playbook.readers_of_account_property, i.value); }) ||
           std::ranges::any_of(touched.aggregates, [&](auto i) { return has(playbook.readers_of_aggregate, i.value); });
}

bool any_rule_touched(const Compiled& playbook, const Touched& touched, const playbook::CompiledScore& score) {
    for (const auto& group : score.groups)
        for (const ScoreRuleIndex rule : group.rules)
            if (reads_touched(playbook, touched, rule)) return true;
    return false;
}

}  // namespace

/// Of what servers and people say the greatest by (occurred_at, answer before data, recorded_at, seq) wins. What a browser says
/// stands only where nobody else said anything, and of several the one that Baton heard first: a browser chooses its own times.
bool outranks(const Attribute& a, const Attribute& b) {
    if (a.unverified != b.unverified) return b.unverified;
    if (a.unverified) return std::tie(a.recorded_at, a.from.seq) < std::tie(b.recorded_at, b.from.seq);
    if (a.occurred_at != b.occurred_at) return a.occurred_at > b.occurred_at;
    if (a.answered != b.answered) return a.answered;
    return std::tie(a.recorded_at, a.from.seq) > std::tie(b.recorded_at, b.from.seq);
}

Attribute attribute_from(const Fact& fact, PropertyIndex property, Value value, bool answered) {
    return {property,
            std::move(value),
            fact.occurred_at,
            fact.recorded_at,
            fact.ref,
            answered,
            fact.trust == Trust::browser};
}

bool names_account(const Fact& fact, std::string_view current) {
    if (fact.account.empty() || fact.account == current) return false;
    return fact.trust != Trust::browser || current.empty();
}

const Attribute* find(const std::vector<Attribute>& attributes, PropertyIndex property) {
    return find_row(attributes, &Attribute::property, property);
}
const TypeCount* find(std::span<const TypeCount> types, TypeIndex type) {
    return find_row(types, &TypeCount::type, type);
}
const RuleEntries* find(std::span<const RuleEntries> rules, ScoreRuleIndex rule) {
    return find_row(rules, &RuleEntries::rule, rule);
}

std::span<const ScoreEntry> entries_of(const Features& features, ScoreRuleIndex rule) {
    return std::ranges::equal_range(features.entries(), rule, {}, &ScoreEntry::rule);
}
std::span<const RecentFact> recent_of(const Features& features, TypeIndex type) {
    return std::ranges::equal_range(features.recent(), type, {}, &RecentFact::type);
}

void fold(const Compiled& playbook, PersonState& state, const Fact& fact, Touched& touched) {
    ++state.features.facts;
    switch (fact.kind) {
        case FactKind::scrubbed:
        case FactKind::profile: fold_profile(playbook, state, fact, touched); break;
        case FactKind::merge: fold_merge(playbook, state, fact, touched); break;
        case FactKind::answer: fold_answer(playbook, state, fact, touched); break;
        case FactKind::consent: fold_consents(playbook, state, fact, touched); break;
        case FactKind::behaviour:
        case FactKind::call:
        case FactKind::note: fold_behaviour(playbook, state, fact, touched); break;
        case FactKind::account_changed: fold_account_changed(playbook, state, fact, touched); break;
        default: break;
    }
    refresh_fit(playbook, state, touched, state.features.fit().size() != playbook.scores.size());
}

void restart_cycle(Features& features, Instant start) {
    for (TypeCount& row : features.rows.all<TypeCount>()) {
        const bool keeps = row.total > 0 && row.last >= start;
        row.this_cycle = keeps ? row.at_last : 0;
        row.at_last = keeps ? row.at_last : 0;
    }
    features.rows.erase_if<RuleEntries>([&](const RuleEntries& row) { return row.last < start; });
    for (RuleEntries& row : features.rows.all<RuleEntries>()) row.count = row.at_last;
    features.rows.erase_if<ScoreEntry>([&](const ScoreEntry& e) { return e.occurred_at < start; });
}

void refresh_fit(const Compiled& playbook, PersonState& state, Touched& touched, bool all) {
    auto& rows = state.features.rows;
    rows.resize<Decimal>(playbook.scores.size());
    if (!all && !touched.person() && touched.account_attributes.empty() && touched.aggregates.empty()) return;
    const View view(playbook, state, nullptr);
    for (std::uint16_t i = 0; i < playbook.scores.size(); ++i) {
        const auto& score = playbook.scores[i];
        if (score.kind != playbook::ScoreKind::fit) continue;
        if (!all && !any_rule_touched(playbook, touched, score)) continue;
        const Decimal value = fit_score(playbook, score, view, state.engine_at);
        Decimal& known = rows.all<Decimal>()[i];
        if (value == known) continue;
        known = value;
        note(touched.scores, ScoreIndex{i});
    }
}

}  // namespace baton::engine
