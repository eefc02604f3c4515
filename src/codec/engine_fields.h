// The fields of the engine's types, once, in writing order. A field added there is added here.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>

#include "codec/fields.h"
#include "domain/engine/history.h"
#include "domain/engine/state.h"

namespace baton::codec {

template <class T, class U>
concept either_const = std::same_as<std::remove_const_t<T>, U>;

template <>
inline constexpr engine::Truth last_of<engine::Truth> = engine::Truth::unknown;
template <>
inline constexpr engine::HolderKind last_of<engine::HolderKind> = engine::HolderKind::nurture;
template <>
inline constexpr engine::OfferEnd last_of<engine::OfferEnd> = engine::OfferEnd::imported;
template <>
inline constexpr engine::HistoryKind last_of<engine::HistoryKind> = engine::HistoryKind::erased;
template <>
inline constexpr engine::MoveCause last_of<engine::MoveCause> = engine::MoveCause::start;

template <class A, either_const<engine::Attribute> T>
void fields(A& a, T& x) {
    a(x.property, x.value, x.occurred_at, x.recorded_at, x.from);
    auto how = static_cast<std::uint8_t>((x.answered ? 1 : 0) | (x.unverified ? 2 : 0));
    if constexpr (A::reading) {
        how = a.wire().byte();
        if (how > 3) a.wire().refuse();
        x.answered = (how & 1) != 0;
        x.unverified = (how & 2) != 0;
    } else {
        a.wire().byte(how);
    }
}
/// Counts are written as the signed numbers they once were.
template <class A, either_const<std::uint32_t> T>
void counted(A& a, T& count) {
    std::int64_t number = count;
    a(number);
    if constexpr (A::reading) {
        count = static_cast<std::uint32_t>(number);
        if (number != count) a.wire().refuse();
    }
}
template <class A, class T>
void newest_fact(A& a, T& x) {
    FactRef from = x.last_from();
    a(x.last, from);
    if constexpr (A::reading) {
        x.last_lane = from.lane;
        x.last_seq = from.seq;
    }
}
template <class A, either_const<engine::TypeCount> T>
void fields(A& a, T& x) {
    a(x.type);
    counted(a, x.total);
    counted(a, x.this_cycle);
    counted(a, x.at_last);
    a(x.first);
    newest_fact(a, x);
}
template <class A, either_const<engine::RuleEntries> T>
void fields(A& a, T& x) {
    a(x.rule);
    counted(a, x.count);
    counted(a, x.at_last);
    newest_fact(a, x);
}
template <class A, either_const<engine::RecentFact> T>
void fields(A& a, T& x) {
    a(x.occurred_at);
}
template <class A, either_const<engine::ScoreEntry> T>
void fields(A& a, T& x) {
    FactRef from = x.from();
    a(x.occurred_at, x.asset, from);
    if constexpr (A::reading) {
        x.lane = from.lane;
        x.seq = from.seq;
    }
}

/// Rows of one list, each followed by those of another that are its own.
template <class Row, class Item, class Key>
void rows_with_items(FieldWriter& a, const engine::Features& x, Key Row::* row_key, Key Item::* item_key) {
    const std::span<const Row> rows = x.rows.all<Row>();
    a.wire().number(rows.size());
    for (const Row& row : rows) {
        const auto own = std::ranges::equal_range(x.rows.all<Item>(), row.*row_key, {}, item_key);
        a(row);
        a.wire().number(own.size());
        for (const Item& item : own) a(item);
    }
}
template <class Row, class Item, class Key>
void rows_with_items(FieldReader& a, engine::Features& x, Key Row::* row_key, Key Item::* item_key) {
    const std::size_t size = a.wire().count();
    for (std::size_t i = 0; i < size && a.wire().ok(); ++i) {
        Row row;
        a(row);
        x.rows.push_back(row);
        const std::size_t own = a.wire().count();
        for (std::size_t k = 0; k < own && a.wire().ok(); ++k) {
            Item item;
            item.*item_key = row.*row_key;
            a(item);
            x.rows.push_back(item);
        }
    }
}

template <class A, either_const<engine::Features> T>
void fields(A& a, T& x) {
    a(x.attributes, x.answers, x.account_attributes, x.aggregates);
    rows_with_items(a, x, &engine::TypeCount::type, &engine::RecentFact::type);
    rows_with_items(a, x, &engine::RuleEntries::rule, &engine::ScoreEntry::rule);
    if constexpr (A::reading) {
        const std::size_t scores = a.wire().count();
        for (std::size_t i = 0; i < scores && a.wire().ok(); ++i) {
            Decimal fit;
            a(fit);
            x.rows.push_back(fit);
        }
    } else {
        a.wire().number(x.fit().size());
        for (const Decimal fit : x.fit()) a(fit);
    }
    a(x.facts);
}
template <class A, either_const<engine::Holder> T>
void fields(A& a, T& x) {
    a(x.kind, x.name, x.responsible);
}
template <class A, either_const<engine::ClauseTruth> T>
void fields(A& a, T& x) {
    a(x.clause, x.truth);
}
template <class A, either_const<engine::Offer> T>
void fields(A& a, T& x) {
    a(x.number);
    if (x.number == 0) return;  // most people never were offered
    a(x.hand_off, x.offered_at, x.offered_by, x.silence_at, x.end, x.historical, x.snapshot);
}
template <class A, either_const<engine::Hold> T>
void fields(A& a, T& x) {
    bool ever = x.active || !x.reason.empty() || x.since != Instant{} || !x.denied.empty();
    a(ever);
    if (ever) a(x.active, x.since, x.by, x.wake_at, x.reason, x.denied);
}
template <class A, either_const<engine::Lead> T>
void fields(A& a, T& x) {
    a(x.stage, x.stage_entered_at, x.stage_entered_by, x.furthest, x.open, x.cycle, x.opened, x.cycle_started_at,
      x.holder, x.offer, x.hold, x.square_peg, x.labels, x.time_known);
}
template <class A, either_const<engine::PersonState> T>
void fields(A& a, T& x) {
    a(x.version, x.engine_at, x.last.lane, x.last.seq);
    a.base = {x.engine_at, x.last};
    a(x.next_at, x.features, x.lead, x.member_of, x.account);
}
template <class A, either_const<engine::AccountMember> T>
void fields(A& a, T& x) {
    a(x.person, x.counts);
}
template <class A, either_const<engine::AccountState> T>
void fields(A& a, T& x) {
    a(x.version, x.attributes, x.members, x.told);
}
template <class A, either_const<engine::Explained> T>
void fields(A& a, T& x) {
    a(x.clause, x.truth, x.facts);
}

}  // namespace baton::codec
