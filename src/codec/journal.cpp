// Layout, version 1: version · flags · kind · [type] · source · occurred − recorded · [engine] · [claimed] · message id ·
// home · linked keys · [actor] · [account] · [origin] · [import] · properties. Brackets: only where a flag says so.
// Version 2: version · salt · the rest as in 1. What an erasure leaves, 3 of a 2 and 4 of a 1: version · digest · source · has a
// message · [day · hash].
#include "codec/journal.h"

#include "codec/value_wire.h"

namespace baton::codec {
namespace {

constexpr std::uint8_t layout = 1, salted = 2, redacted = 3, redacted_link = 4;

enum Flag : std::uint16_t {
    historical = 1,
    time_unknown = 2,
    time_clamped = 4,
    derived_id = 8,
    no_time = 16,
    own_engine_time = 32,  // engine_at is not recorded_at
    has_claimed = 64,
    has_actor = 128,
    trust_low = 256,  // two bits of trust
    trust_high = 512,
    home_new = 1024,  // `home` stands among `linked`, first
    has_account = 2048,
    has_origin = 4096,
    is_settled = 8192,
    has_import = 16384,
    all_flags = 32767,
};

std::uint16_t flags_of(const JournalRecord& r, bool new_home) {
    const auto when = [](bool condition, Flag flag) { return condition ? static_cast<unsigned>(flag) : 0U; };
    const auto trust = static_cast<unsigned>(r.fact.trust);
    return static_cast<std::uint16_t>(
        when(r.fact.historical, historical) | when(!r.fact.time_known, time_unknown) |
        when(r.fact.time_clamped, time_clamped) | when(r.derived_id, derived_id) | when(r.no_time, no_time) |
        when(r.fact.engine_at != r.fact.recorded_at, own_engine_time) | when(r.claimed_at.has_value(), has_claimed) |
        when(!r.fact.actor.empty(), has_actor) | when((trust & 1) != 0, trust_low) |
        when((trust & 2) != 0, trust_high) | when(new_home, home_new) | when(r.fact.origin.value != 0, has_origin) |
        when(r.fact.settled, is_settled) | when(r.fact.import != 0, has_import) |
        when(!r.fact.account.empty(), has_account));
}

void write_key(WireWriter& out, const Key& key) {
    out.byte(static_cast<std::uint8_t>(key.kind));
    out.text(key.key);
}

void read_key(WireReader& in, Key& into) {
    into.kind = static_cast<char>(in.byte());
    into.key.assign(in.text());
}

void read_linked(WireReader& in, bool new_home, JournalRecord& r) {
    const std::size_t others = in.count(2);
    r.linked.resize(others + (new_home ? 1 : 0));
    std::size_t i = 0;
    if (new_home) r.linked[i++] = r.home;
    for (; i < r.linked.size() && in.ok(); ++i) {
        read_key(in, r.linked[i]);
        if (i == 0 && r.linked[i] == r.home) in.refuse();  // the flag says that shorter
    }
}

void read_times(WireReader& in, unsigned flags, JournalRecord& r) {
    Fact& fact = r.fact;
    fact.occurred_at = in.instant(fact.recorded_at);
    fact.engine_at = fact.recorded_at;
    if ((flags & own_engine_time) != 0) {
        fact.engine_at = in.instant(fact.recorded_at);
        if (fact.engine_at == fact.recorded_at) in.refuse();
    }
    r.claimed_at.reset();
    if ((flags & has_claimed) != 0) r.claimed_at = in.instant(fact.recorded_at);
}

void read_flags(WireReader& in, unsigned flags, JournalRecord& r) {
    if (flags > all_flags) in.refuse();
    r.fact.historical = (flags & historical) != 0;
    r.fact.time_known = (flags & time_unknown) == 0;
    r.fact.time_clamped = (flags & time_clamped) != 0;
    r.derived_id = (flags & derived_id) != 0;
    r.no_time = (flags & no_time) != 0;
    const unsigned trust = (flags & trust_low ? 1U : 0U) | (flags & trust_high ? 2U : 0U);
    if (trust > static_cast<unsigned>(Trust::baton)) in.refuse();
    r.fact.trust = static_cast<Trust>(trust);
}

void read_kind(WireReader& in, Fact& fact) {
    const std::uint8_t kind = in.byte();
    if (kind > static_cast<std::uint8_t>(FactKind::erased)) return in.refuse();
    fact.kind = static_cast<FactKind>(kind);
    if (fact.kind != FactKind::behaviour) {
        fact.type.assign(type_name(fact.kind));
        return;
    }
    fact.type.assign(in.text());
    if (kind_of(fact.type) != FactKind::behaviour) in.refuse();
}

void read_optional(WireReader& in, bool present, std::string& into) {
    into.clear();
    if (!present) return;
    into.assign(in.text());
    if (into.empty()) in.refuse();
}

Status no_record(FactRef ref) {
    return fail("bad_record", "lane " + std::to_string(ref.lane.value) + " seq " + std::to_string(ref.seq.value) +
                                  ": the bytes are no record; run `baton verify`");
}

Status read_redacted(WireReader& in, std::uint8_t version, FactRef ref, Instant recorded_at, JournalRecord& r) {
    r = {};
    Redacted& left = r.redacted.emplace();
    left.is_link = version == redacted_link;
    for (std::uint8_t& byte : left.digest) byte = in.byte();
    r.source = in.small<std::uint16_t>();
    if (in.flag()) {
        left.message.emplace();
        const std::int64_t day = in.signed_number();
        left.message->day = static_cast<std::int32_t>(day);
        if (left.message->day != day) in.refuse();
        left.message->hash = in.fixed();
    }
    r.fact.kind = FactKind::redacted;
    r.fact.type = type_name(FactKind::redacted);
    r.fact.ref = ref;
    r.fact.recorded_at = r.fact.occurred_at = r.fact.engine_at = recorded_at;
    r.fact.trust = Trust::baton;
    return in.ok() && in.at_end() ? Status() : no_record(ref);
}

}  // namespace

Bytes redact(const JournalRecord& record, const Redacted& left) {
    Bytes bytes;
    WireWriter out(bytes);
    out.byte(left.is_link ? redacted_link : redacted);
    for (const std::uint8_t byte : left.digest) out.byte(byte);
    out.number(record.source);
    out.byte(left.message ? 1 : 0);
    if (left.message) {
        out.signed_number(left.message->day);
        out.fixed(left.message->hash);
    }
    return bytes;
}

void encode(const JournalRecord& r, Bytes& bytes) {
    if (r.redacted) {
        bytes += redact(r, *r.redacted);
        return;
    }
    WireWriter out(bytes);
    const Fact& fact = r.fact;
    const bool new_home = !r.linked.empty() && r.linked.front() == r.home;
    const std::uint16_t flags = flags_of(r, new_home);
    out.byte(r.salt == 0 ? layout : salted);
    if (r.salt != 0) out.fixed(r.salt);
    out.number(flags);
    out.byte(static_cast<std::uint8_t>(fact.kind));
    if (fact.kind == FactKind::behaviour) out.text(fact.type);
    out.number(r.source);
    out.instant(fact.occurred_at, fact.recorded_at);
    if ((flags & own_engine_time) != 0) out.instant(fact.engine_at, fact.recorded_at);
    if (r.claimed_at) out.instant(*r.claimed_at, fact.recorded_at);
    out.text(r.message_id);
    write_key(out, r.home);
    out.number(r.linked.size() - (new_home ? 1 : 0));
    for (std::size_t i = new_home ? 1 : 0; i < r.linked.size(); ++i) write_key(out, r.linked[i]);
    if (!fact.actor.empty()) out.text(fact.actor);
    if (!fact.account.empty()) out.text(fact.account);
    if (fact.origin.value != 0) out.number(fact.origin.value);
    if (fact.import != 0) out.number(fact.import);
    write(out, fact.properties);
}

Bytes encode(const JournalRecord& record) {
    Bytes bytes;
    encode(record, bytes);
    return bytes;
}

Status decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at, JournalRecord& r) {
    WireReader in(bytes);
    const std::uint8_t version = in.byte();
    if (in.ok() && (version < layout || version > redacted_link))
        return fail("bad_record", "the record is of layout " + std::to_string(version) +
                                      ", this program reads layouts 1 to 4: use the newer release that wrote it");
    if (version >= redacted) return read_redacted(in, version, ref, recorded_at, r);
    r.redacted.reset();
    r.salt = version == salted ? in.fixed() : 0;
    if (version == salted && r.salt == 0) in.refuse();
    const auto flags = in.small<std::uint16_t>();
    r.fact.ref = ref;
    r.fact.recorded_at = recorded_at;
    read_flags(in, flags, r);
    read_kind(in, r.fact);
    r.source = in.small<std::uint16_t>();
    read_times(in, flags, r);
    r.message_id.assign(in.text());
    read_key(in, r.home);
    read_linked(in, (flags & home_new) != 0, r);
    read_optional(in, (flags & has_actor) != 0, r.fact.actor);
    read_optional(in, (flags & has_account) != 0, r.fact.account);
    r.fact.settled = (flags & is_settled) != 0;
    r.fact.origin = {(flags & has_origin) != 0 ? in.small<std::uint64_t>() : 0};
    if (r.fact.origin.value == 0 && (flags & (has_origin | is_settled)) != 0) in.refuse();
    r.fact.import = (flags & has_import) != 0 ? in.small<std::uint32_t>() : 0;
    if (r.fact.import == 0 && (flags & has_import) != 0) in.refuse();
    read_properties(in, r.fact.properties);
    return in.ok() && in.at_end() ? Status() : no_record(ref);
}

Result<JournalRecord> decode_journal(std::string_view bytes, FactRef ref, Instant recorded_at) {
    JournalRecord record;
    if (auto done = decode_journal(bytes, ref, recorded_at, record); !done) return std::unexpected(done.error());
    return record;
}

}  // namespace baton::codec
