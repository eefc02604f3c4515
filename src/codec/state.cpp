// Rows of state: kind, layout, fields.
#include "codec/state.h"

#include "codec/engine_fields.h"

namespace baton::codec {

template <>
inline constexpr ImportMade::Undone last_of<ImportMade::Undone> = ImportMade::Undone::done;

template <class A, either_const<ScrubHit> T>
void fields(A& a, T& x) {
    a(x.list, x.key, x.reason, x.since);
}
template <class A, either_const<RegisterEntry> T>
void fields(A& a, T& x) {
    a(x.key, x.list, x.reason, x.actor, x.since);
}
template <class A, either_const<PersonRow> T>
void fields(A& a, T& x) {
    a(x.state, x.visited, x.name, x.named_at, x.email, x.activations);
    if constexpr (A::reading) {
        x.hits.clear();
        x.merged_into = {};
        x.absorbed.clear();
        x.unverified = x.taken_apart = false;
        x.made_by = 0;
        x.empty = x.erased = false;
        if (!a.wire().ok() || a.wire().at_end()) return;
        a(x.hits);
        bool none = x.hits.empty();
        if (a.wire().ok() && !a.wire().at_end()) {
            a(x.merged_into, x.absorbed);
            none = x.merged_into.value == 0 && x.absorbed.empty();
        }
        if (a.wire().ok() && !a.wire().at_end()) {
            a(x.unverified, x.taken_apart);
            none = !x.unverified && !x.taken_apart;
        }
        if (a.wire().ok() && !a.wire().at_end()) {
            a(x.made_by, x.empty);
            none = x.made_by == 0 && !x.empty;
        }
        if (a.wire().ok() && !a.wire().at_end()) {
            a(x.erased);
            none = !x.erased;
        }
        if (none) a.wire().refuse();  // another spelling of none
    } else {
        const bool imported = x.made_by != 0 || x.empty || x.erased;
        const bool by_itself = imported || x.unverified || x.taken_apart;
        const bool joined = by_itself || x.merged_into.value != 0 || !x.absorbed.empty();
        if (joined || !x.hits.empty()) a(x.hits);
        if (joined) a(x.merged_into, x.absorbed);
        if (by_itself) a(x.unverified, x.taken_apart);
        if (imported) a(x.made_by, x.empty);
        if (x.erased) a(x.erased);
    }
}
template <class A, either_const<AccountRow> T>
void fields(A& a, T& x) {
    a(x.engine_at);
    a.base.time = x.engine_at;
    a(x.state);
}
template <class A, either_const<CompanyUser> T>
void fields(A& a, T& x) {
    a(x.id, x.name, x.roles);
}
template <class A, either_const<std::pair<std::string, std::string>> T>
void fields(A& a, T& x) {
    a(x.first, x.second);
}
template <class A, either_const<LaneActivation> T>
void fields(A& a, T& x) {
    a(x.version, x.at, x.seq, x.position, x.wait, x.spread_us, x.migrate);
}
template <class A, either_const<Member> T>
void fields(A& a, T& x) {
    a(x.id, x.name, x.email, x.roles, x.service, x.disabled, x.since);
}
template <class A, either_const<SourceEntry> T>
void fields(A& a, T& x) {
    a(x.name, x.kind, x.definition, x.actor, x.since);
}
template <class A, either_const<SavedView> T>
void fields(A& a, T& x) {
    a(x.name, x.label, x.filter, x.sort, x.owner, x.actor, x.since, x.revision);
}
template <class A, either_const<ImportMade> T>
void fields(A& a, T& x) {
    a(x.number, x.at, x.actor, x.files, x.mapping, x.mode, x.print, x.rows, x.facts, x.undone, x.undone_at,
      x.undone_by);
}
template <class A, either_const<AwaitedLead> T>
void fields(A& a, T& x) {
    a(x.key, x.source, x.lead, x.since, x.attempts, x.next_at, x.problem, x.detail);
}
template <class A, either_const<Erasure> T>
void fields(A& a, T& x) {
    a(x.subject, x.seq, x.at, x.all, x.keys);
}
void fields(FieldWriter& a, const CompanyRow& x) {
    a(x.users, x.activations, x.announced);
    // A row without them has the bytes it always had.
    const bool viewed = !x.views.empty(), erased = viewed || !x.erasures.empty(),
               tracked = erased || !x.tracking.empty(), awaited = tracked || !x.awaited.empty(),
               imported = awaited || !x.imports.empty(), sources = imported || !x.sources.empty(),
               listed = sources || !x.registers.empty(), region = listed || !x.phone_region.empty();
    if (region || !x.members.empty()) a(x.members);
    if (region) a(x.phone_region);
    if (listed) a(x.registers);
    if (sources) a(x.sources);
    if (imported) a(x.imports);
    if (awaited) a(x.awaited);
    if (tracked) a(x.tracking);
    if (erased) a(x.erasures);
    if (viewed) a(x.views);
}
void fields(FieldReader& a, CompanyRow& x) {
    a(x.users, x.activations, x.announced);
    if (!a.wire().ok() || a.wire().at_end()) return;
    a(x.members);
    bool none = x.members.empty();
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.phone_region);
        none = x.phone_region.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.registers);
        none = x.registers.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.sources);
        none = x.sources.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.imports);
        none = x.imports.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.awaited);
        none = x.awaited.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.tracking);
        none = x.tracking.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.erasures);
        none = x.erasures.empty();
    }
    if (a.wire().ok() && !a.wire().at_end()) {
        a(x.views);
        none = x.views.empty();
    }
    if (none) a.wire().refuse();  // another spelling of none
}

namespace {

constexpr std::uint8_t layout = 1;

template <class Row>
Bytes encode_row(RowKind kind, const Row& row) {
    Bytes bytes;
    bytes.reserve(512);  // most fit
    FieldWriter out(bytes);
    out.wire().byte(static_cast<std::uint8_t>(kind));
    out.wire().byte(layout);
    fields(out, row);
    return bytes;
}

template <class Row>
Result<Row> decode_row(RowKind kind, std::string_view bytes, const char* what) {
    FieldReader in(bytes);
    if (in.wire().byte() != static_cast<std::uint8_t>(kind) || in.wire().byte() != layout) in.wire().refuse();
    Row row;
    if (in.wire().ok()) fields(in, row);
    if (!in.wire().ok() || !in.wire().at_end())
        return fail("bad_state",
                    std::string("the bytes are no state of ") + what + "; run `baton verify`, then rebuild");
    return row;
}

template <class T>
std::size_t room(const std::vector<T>& v) {
    return v.capacity() * sizeof(T);
}

std::size_t room(const std::vector<engine::Attribute>& attributes) {
    std::size_t bytes = attributes.capacity() * sizeof(engine::Attribute);
    for (const auto& attribute : attributes)
        if (const auto* text = attribute.value.as<std::string>()) bytes += text->size();
    return bytes;
}

}  // namespace

Bytes encode(const PersonRow& row) { return encode_row(RowKind::person, row); }
Bytes encode(const AccountRow& row) { return encode_row(RowKind::account, row); }
Bytes encode(const CompanyRow& row) { return encode_row(RowKind::company, row); }

Result<PersonRow> decode_person(std::string_view bytes) {
    return decode_row<PersonRow>(RowKind::person, bytes, "a person");
}
Result<AccountRow> decode_account(std::string_view bytes) {
    return decode_row<AccountRow>(RowKind::account, bytes, "an account");
}
Result<CompanyRow> decode_company(std::string_view bytes) {
    return decode_row<CompanyRow>(RowKind::company, bytes, "the company");
}

RowKind kind_of_row(std::string_view bytes) {
    if (bytes.empty()) return RowKind::unknown;
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    return first <= static_cast<std::uint8_t>(RowKind::company) ? static_cast<RowKind>(first) : RowKind::unknown;
}

std::size_t memory_of(const PersonRow& row) {
    const auto& f = row.state.features;
    const std::size_t bytes = sizeof row + room(f.attributes) + room(f.answers) + room(f.account_attributes) +
                              room(f.aggregates) + f.rows.room() + room(row.visited);
    return bytes + room(row.hits) + room(row.state.lead.labels) + room(row.state.lead.offer.snapshot) +
           room(row.state.lead.hold.denied);
}

std::size_t memory_of(const AccountRow& row) {
    return sizeof row + room(row.state.attributes) +
           row.state.members.capacity() * (sizeof(engine::AccountMember) + 16);
}

}  // namespace baton::codec
