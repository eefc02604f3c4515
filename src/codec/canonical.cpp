#include "codec/canonical.h"

#include <algorithm>
#include <span>

#include "codec/value_wire.h"

namespace baton::codec {
namespace {

using playbook::Compiled;

struct Out {
    Out(Bytes& bytes, const Compiled& compiled, const CanonicalNames& given)
        : wire(bytes), playbook(compiled), names(given) {}
    WireWriter wire;
    const Compiled& playbook;
    const CanonicalNames& names;

    void time(Instant t) { wire.instant(t, Instant{}); }
    void ref(FactRef r) { wire.number(r.seq.value == 0 ? 0 : names.message(r)); }
    void texts(const std::vector<std::string>& list) {
        wire.number(list.size());
        for (const auto& text : list) wire.text(text);
    }
    void bits(const std::vector<bool>& list) {
        wire.number(list.size());
        for (const bool b : list) wire.byte(b ? 1 : 0);
    }
};

void attributes(Out& out, const std::vector<engine::Attribute>& list,
                const std::vector<criteria::DeclaredProperty>& names) {
    out.wire.number(list.size());
    for (const auto& a : list) {
        out.wire.text(names[a.property.value].id);
        write(out.wire, a.value);
        out.time(a.occurred_at);
        out.ref(a.from);
        out.wire.byte(static_cast<std::uint8_t>((a.answered ? 1 : 0) | (a.unverified ? 2 : 0)));
    }
}

void types(Out& out, const engine::Features& features) {
    out.wire.number(features.types().size());
    for (const auto& type : features.types()) {
        out.wire.text(out.playbook.names.types[type.type.value]);
        for (const std::uint32_t n : {type.total, type.this_cycle, type.at_last}) out.wire.signed_number(n);
        out.time(type.first);
        out.time(type.last);
        out.ref(type.last_from());
        const auto recent = engine::recent_of(features, type.type);
        out.wire.number(recent.size());
        for (const auto& fact : recent) out.time(fact.occurred_at);
    }
}

/// Entries of one moment stand in seq order inside a state: here in the order of their names.
void entries(Out& out, std::span<const engine::ScoreEntry> list) {
    struct Named {
        Instant at;
        std::uint64_t asset, name;
        auto operator<=>(const Named&) const = default;
    };
    std::vector<Named> named;
    named.reserve(list.size());
    for (const auto& e : list) named.push_back({e.occurred_at, e.asset, out.names.message(e.from())});
    std::ranges::sort(named);
    out.wire.number(named.size());
    for (const Named& e : named) {
        out.time(e.at);
        out.wire.number(e.asset);
        out.wire.number(e.name);
    }
}

void rules(Out& out, const engine::Features& features) {
    out.wire.number(features.rules().size());
    for (const auto& rule : features.rules()) {
        const auto& compiled = out.playbook.score_rules[rule.rule.value];
        out.wire.text(out.playbook.scores[compiled.score.value].id);
        out.wire.number(compiled.group);
        out.wire.text(compiled.id);
        out.wire.signed_number(rule.count);
        out.wire.signed_number(rule.at_last);
        out.time(rule.last);
        out.ref(rule.last_from());
        entries(out, engine::entries_of(features, rule.rule));
    }
}

void features(Out& out, const engine::Features& f) {
    attributes(out, f.attributes, out.playbook.names.person);
    attributes(out, f.answers, out.playbook.names.person);
    attributes(out, f.account_attributes, out.playbook.names.account);
    out.wire.number(f.aggregates.size());
    for (const std::int64_t n : f.aggregates) out.wire.signed_number(n);
    types(out, f);
    rules(out, f);
    for (const Decimal d : f.fit()) out.wire.signed_number(d.micros);
    out.wire.signed_number(f.facts);
}

void offer(Out& out, const engine::Offer& o) {
    out.wire.number(o.number);
    out.wire.text(o.hand_off);
    out.time(o.offered_at);
    out.ref(o.offered_by);
    out.time(o.silence_at);
    out.wire.byte(static_cast<std::uint8_t>(o.end));
    out.wire.byte(o.historical ? 1 : 0);
    out.wire.number(o.snapshot.size());
    for (const auto& clause : o.snapshot) {
        out.wire.text(clause.clause);
        out.wire.byte(static_cast<std::uint8_t>(clause.truth));
    }
}

void hold(Out& out, const engine::Hold& h) {
    out.wire.byte(h.active ? 1 : 0);
    out.time(h.since);
    out.ref(h.by);
    out.time(h.wake_at);
    out.wire.text(h.reason);
    out.texts(h.denied);
}

void lead(Out& out, const engine::Lead& l) {
    out.wire.text(l.stage);
    out.time(l.stage_entered_at);
    out.ref(l.stage_entered_by);
    out.wire.text(l.furthest);
    out.wire.byte(l.open ? 1 : 0);
    out.wire.number(l.cycle);
    out.wire.number(l.opened);
    out.time(l.cycle_started_at);
    out.wire.byte(static_cast<std::uint8_t>(l.holder.kind));
    out.wire.text(l.holder.name);
    out.wire.text(l.holder.responsible);
    offer(out, l.offer);
    hold(out, l.hold);
    out.wire.byte(l.square_peg ? 1 : 0);
    out.texts(l.labels);
    out.wire.byte(l.time_known ? 1 : 0);
}

}  // namespace

std::uint64_t message_name(const JournalRecord& record, std::string_view source) {
    Bytes bytes;
    WireWriter out(bytes);
    out.text(source);
    out.text(record.message_id);
    out.byte(static_cast<std::uint8_t>(record.home.kind));
    out.text(record.home.key);
    const Digest digest = blake2b(bytes);
    std::uint64_t name = 0;
    for (std::size_t i = 0; i < 8; ++i) name = name << 8 | digest[i];
    return name;
}

Bytes canonical(const PersonRow& row, const playbook::Compiled& playbook, const CanonicalNames& names) {
    Bytes bytes;
    Out out(bytes, playbook, names);
    out.wire.byte('p');
    out.wire.text(playbook.source.id);
    out.wire.number(row.state.version);
    out.time(row.state.engine_at);
    out.time(row.state.next_at);
    out.ref(row.state.last);
    features(out, row.state.features);
    lead(out, row.state.lead);
    out.bits(row.state.member_of);
    out.wire.text(row.state.account);
    out.wire.text(row.name);
    out.wire.text(row.email);
    out.wire.number(row.activations);
    for (const ScrubHit& hit : row.hits) {
        out.wire.byte(hit.list);
        out.wire.text(hit.key);
        out.wire.text(hit.reason);
    }
    if (row.merged_into.value != 0) out.wire.byte('m');
    if (!row.absorbed.empty()) out.wire.number(row.absorbed.size());
    if (row.unverified) out.wire.byte('u');
    if (row.taken_apart) out.wire.byte('t');
    if (row.empty) out.wire.byte('e');
    if (row.erased) out.wire.byte('x');
    return bytes;
}

Bytes canonical_of_erased(const PersonRow& row) {
    Bytes bytes;
    WireWriter out(bytes);
    out.byte('x');
    out.instant(row.state.engine_at, Instant{});
    out.number(row.activations);
    return bytes;
}

Bytes canonical(const AccountRow& row, const playbook::Compiled& playbook, const CanonicalNames& names) {
    Bytes bytes;
    Out out(bytes, playbook, names);
    out.wire.byte('o');
    out.wire.number(row.state.version);
    attributes(out, row.state.attributes, playbook.names.account);
    std::vector<std::pair<std::string, std::vector<bool>>> members;
    for (const auto& member : row.state.members) members.emplace_back(names.subject(member.person), member.counts);
    std::ranges::sort(members);
    out.wire.number(members.size());
    for (const auto& [name, counts] : members) {
        out.wire.text(name);
        out.bits(counts);
    }
    out.wire.number(row.state.told.size());
    for (const std::int64_t n : row.state.told) out.wire.signed_number(n);
    return bytes;
}

Bytes canonical(const CompanyRow& row) {
    Bytes bytes;
    WireWriter out(bytes);
    out.byte('s');
    out.number(row.users.size());
    for (const auto& user : row.users) {
        out.text(user.id);
        out.text(user.name);
        out.number(user.roles.size());
        for (const auto& role : user.roles) out.text(role);
    }
    for (const auto* list : {&row.activations, &row.announced}) {
        out.number(list->size());
        for (const LaneActivation& a : *list) {
            out.number(a.version);
            out.instant(a.at, Instant{});
            out.byte(a.wait ? 1 : 0);
            for (const auto& [from, to] : a.migrate) {
                out.text(from);
                out.text(to);
            }
        }
    }
    for (const ImportMade& import : row.imports) {
        for (const auto* text : {&import.mapping, &import.mode, &import.print}) out.text(*text);
        out.number(import.facts);
        out.byte(static_cast<std::uint8_t>(import.undone));
    }
    if (!row.phone_region.empty()) out.text(row.phone_region);
    if (!row.tracking.empty()) out.text("tracking " + row.tracking);
    for (const RegisterEntry& entry : row.registers) {
        out.byte(entry.list);
        for (const auto* text : {&entry.key, &entry.reason, &entry.actor}) out.text(*text);
    }
    for (const Member& member : row.members) {
        for (const auto* text : {&member.id, &member.name, &member.email}) out.text(*text);
        out.number(member.roles.size());
        for (const auto& role : member.roles) out.text(role);
        out.byte(static_cast<std::uint8_t>((member.service ? 1 : 0) + (member.disabled ? 2 : 0)));
    }
    return bytes;
}

}  // namespace baton::codec
