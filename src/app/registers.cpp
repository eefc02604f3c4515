#include "app/registers.h"

#include <algorithm>
#include <array>

#include "app/batch.h"
#include "contact/address.h"
#include "contact/phone.h"
#include "contact/text.h"
#include "domain/engine/features.h"

namespace baton::app {
namespace {

constexpr std::array<Register, 5> all{{{"suppressed", "scrub_suppressed", "suppressed"},
                                       {"do_not_call", "scrub_do_not_call", "do not call"},
                                       {"customer", "scrub_customer", "customers"},
                                       {"competitor", "scrub_competitor", "competitors"},
                                       {"disqualified", "scrub_disqualified", "formerly disqualified"}}};

Properties properties_of(const ListChange& change) {
    return {{"entry", Value(change.key)},
            {"reason", Value(change.reason)},
            {"register", Value(std::string(all.at(change.list).id))},
            {"removed", Value(change.remove)}};
}

}  // namespace

std::span<const Register> registers() { return all; }

std::optional<std::uint8_t> register_of(std::string_view id) {
    const auto at = std::ranges::find(all, id, &Register::id);
    return at == all.end() ? std::nullopt : std::optional(static_cast<std::uint8_t>(at - all.begin()));
}

// ---- keys -------------------------------------------------------------------------------------------------------

std::string near_key(std::string_view name, std::string_view company) {
    std::string domain = contact::registrable_domain(contact::lower(contact::trimmed(company)));
    const std::string folded = contact::folded_company(domain.empty() ? company : domain.substr(0, domain.find('.')));
    const std::string who = contact::folded(name);
    return who.empty() || folded.empty() ? std::string() : "n:" + who + "|" + folded;
}

std::optional<std::string> register_key(std::string_view text, std::string_view phone_region) {
    if (const auto bar = text.find('|'); bar != std::string_view::npos) {
        std::string key = near_key(text.substr(0, bar), text.substr(bar + 1));
        return key.empty() ? std::nullopt : std::optional(std::move(key));
    }
    if (text.find('@') != std::string_view::npos) {
        const std::string trimmed = contact::trimmed(text);
        if (trimmed.starts_with('@')) return register_key(trimmed.substr(1), phone_region);
        const auto email = contact::normal_email(text);
        return email ? std::optional("e:" + *email) : std::nullopt;
    }
    if (std::string domain = contact::registrable_domain(contact::lower(contact::trimmed(text))); !domain.empty())
        return "d:" + contact::lower(contact::trimmed(text));
    const auto phone = contact::normal_phone(text, phone_region);
    return phone ? std::optional("p:" + *phone) : std::nullopt;
}

Result<std::uint8_t> register_named(const std::string& id) {
    if (const auto list = register_of(id)) return *list;
    return fail("unknown_register", "'" + id +
                                        "' is no register; there are suppressed, do_not_call, customer, competitor and "
                                        "disqualified");
}

Result<std::string> entry_named(const std::string& text, std::string_view phone_region) {
    if (auto key = register_key(text, phone_region)) return *key;
    return fail("bad_parameter", "'" + text + "' is no e-mail, phone, domain or \"name | company\"");
}

std::string words_of_key(std::string_view key) {
    const std::string value(key.substr(std::min<std::size_t>(2, key.size())));
    switch (key.empty() ? ' ' : key.front()) {
        case 'e': return "e-mail " + value;
        case 'p': return "phone " + value;
        case 'd': return "domain " + value;
        case 'n': {
            const auto bar = value.find('|');
            return "name " + value.substr(0, bar) + " at " + (bar == std::string::npos ? "" : value.substr(bar + 1));
        }
        case 'h': return "somebody erased, " + value;
        default: return value;
    }
}

std::vector<std::string> scrub_keys(std::span<const ports::IdentityKey> keys, std::span<const std::string> companies,
                                    std::string_view name) {
    std::vector<std::string> found;
    const auto domain = [&](const std::string& host) {
        found.push_back("d:" + host);
        if (std::string registered = contact::registrable_domain(host); !registered.empty() && registered != host)
            found.push_back("d:" + registered);
    };
    for (const auto& key : keys) {
        if (key.kind == 'p') found.push_back("p:" + key.key);
        if (key.kind != 'e') continue;
        found.push_back("e:" + key.key);
        domain(std::string(contact::domain_of(key.key)));
    }
    for (const std::string& company : companies) {
        if (company.empty()) continue;
        domain(contact::normal_account(company));
        if (std::string near = near_key(name, company); !near.empty()) found.push_back(std::move(near));
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

// ---- a scrubbed fact ---------------------------------------------------------------------------------------------

Properties properties_of(std::span<const codec::ScrubHit> hits, std::span<const codec::ScrubHit> before) {
    Properties properties;
    for (std::uint8_t list = 0; list < all.size(); ++list) {
        const auto is = [&](const codec::ScrubHit& hit) { return hit.list == list; };
        const bool now = std::ranges::any_of(hits, is);
        if (now || std::ranges::any_of(before, is)) properties.push_back({std::string(all[list].property), Value(now)});
    }
    for (std::size_t i = 0; i < hits.size(); ++i) {
        ValueList parts;
        for (const std::string& part :
             {std::string(all[hits[i].list].id), hits[i].key, hits[i].reason, to_string(hits[i].since)})
            parts.emplace_back(part);
        std::string number = std::to_string(i);
        properties.push_back(
            {"hit." + std::string(3 - std::min<std::size_t>(3, number.size()), '0') + number, Value(std::move(parts))});
    }
    std::ranges::sort(properties, {}, &NamedValue::name);
    return properties;
}

std::vector<codec::ScrubHit> hits_of(const Properties& properties) {
    std::vector<codec::ScrubHit> hits;
    for (const NamedValue& given : properties) {
        const auto* parts = given.value.as<ValueList>();
        if (!given.name.starts_with("hit.") || parts == nullptr || parts->size() != 4) continue;
        std::array<std::string, 4> texts;
        for (std::size_t i = 0; i < texts.size(); ++i)
            if (const auto* text = (*parts)[i].as<std::string>()) texts[i] = *text;
        const auto list = register_of(texts[0]);
        if (list) hits.push_back({*list, texts[1], texts[2], parse_instant(texts[3]).value_or(Instant{})});
    }
    return hits;
}

// ---- the registers -----------------------------------------------------------------------------------------------

Result<Listed> Registers::change(std::span<const ListChange> changes, std::string_view actor) {
    for (const ListChange& change : changes)
        if (change.list >= all.size() || change.key.size() < 3 || change.key.size() > longest_key ||
            !sound_text(change.key) || change.reason.size() > 1'000 || !sound_text(change.reason))
            return fail("bad_parameter", "an entry names an e-mail, phone, domain or name and company, of at most " +
                                             std::to_string(longest_key) + " bytes of UTF-8");
    return ledger_.list(changes, actor);
}

Result<std::vector<codec::RegisterEntry>> Registers::list(const Reads& reads, std::optional<std::uint8_t> list) {
    std::vector<codec::RegisterEntry> entries;
    for (std::uint16_t lane = 0; lane < lane_count; ++lane) {
        const auto row = reads.lane(Lane{lane});
        if (!row) return std::unexpected(row.error());
        for (const auto& entry : row->registers)
            if (!list || entry.list == *list) entries.push_back(entry);
    }
    std::ranges::sort(entries, {}, [](const codec::RegisterEntry& e) { return std::tie(e.key, e.list); });
    return entries;
}

Result<std::string> Registers::phone_region(const Reads& reads) {
    const auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    return company->phone_region;
}

void write(codec::JsonWriter& out, std::span<const codec::ScrubHit> hits) {
    out.begin_array();
    for (const auto& hit : hits) {
        out.begin_object().field("register", all.at(hit.list).id).field("entry", words_of_key(hit.key));
        out.field("reason", hit.reason).field("since", hit.since).end_object();
    }
    out.end_array();
}

void write(codec::JsonWriter& out, std::span<const codec::RegisterEntry> entries) {
    out.begin_array();
    for (const auto& entry : entries) {
        out.begin_object().field("register", all.at(entry.list).id).field("entry", words_of_key(entry.key));
        out.field("reason", entry.reason).field("actor", entry.actor).field("since", entry.since).end_object();
    }
    out.end_array();
}

std::string document(std::span<const codec::RegisterEntry> entries) {
    codec::JsonWriter out;
    out.begin_object().key("entries");
    write(out, entries);
    return out.end_object().take();
}

// ---- in the ledger -----------------------------------------------------------------------------------------------

bool Ledger::Core::holds_registers() const {
    return std::ranges::any_of(lanes, [](const codec::CompanyRow& row) { return !row.registers.empty(); });
}

std::vector<codec::ScrubHit> Ledger::Core::hits(std::span<const std::string> keys) const {
    std::vector<codec::ScrubHit> found;
    std::vector<std::string> wanted(keys.begin(), keys.end());
    if (!erased_keys.empty())
        for (const std::string& key : keys) wanted.push_back(hashed_entry(hash_key, key));
    for (const std::string& key : wanted) {
        const auto& entries = lanes[lane_of(ports::IdentityKey{'r', key}).value].registers;
        for (auto at = std::ranges::lower_bound(entries, key, {}, &codec::RegisterEntry::key);
             at != entries.end() && at->key == key; ++at)
            found.push_back({at->list, at->key, at->reason, at->since});
    }
    std::ranges::sort(found);
    return found;
}

Status Batch::scrub(Subject& person, const ScrubOf& fact) {
    codec::PersonRow& row = *person.person();
    if (!registers_ && row.hits.empty()) return {};
    auto keys = keys_of(person.id);
    if (!keys) return std::unexpected(keys.error());
    const std::vector<ports::IdentityKey> own = *keys;
    for (const auto& key : fact.keys) {
        const auto whose = find(key);
        if (!whose) return std::unexpected(whose.error());
        if (!*whose && may_give(fact.trust, key, own)) keys->push_back(key);  // it will be the person's
    }
    for (std::vector<SubjectId> absorbed = row.absorbed; !absorbed.empty();) {  // the strictest of all counts
        const SubjectId id = absorbed.back();
        absorbed.pop_back();
        const auto more = keys_of(id);
        if (!more) return std::unexpected(more.error());
        keys->insert(keys->end(), more->begin(), more->end());
        const auto other = load(id);
        if (!other) return std::unexpected(other.error());
        const auto& further = (*other)->person()->absorbed;
        absorbed.insert(absorbed.end(), further.begin(), further.end());
    }
    const bool overwrites = fact.trust != Trust::browser;
    const bool joins = !fact.account.empty() && (overwrites || row.state.account.empty());
    std::vector<std::string> companies{joins ? fact.account : row.state.account};
    if (overwrites || companies.front().empty()) companies.push_back(fact.company);
    if (const auto playbook = core_.playbooks->of(row); playbook != nullptr)
        if (const auto property = playbook->property("company"))
            if (const auto* known = engine::find(row.state.features.attributes, *property))
                if (const auto* text = known->value.as<std::string>()) companies.push_back(*text);
    const bool named = !fact.name.empty() && (overwrites || row.name.empty());
    const auto found = core_.hits(scrub_keys(*keys, companies, named ? fact.name : row.name));
    if (found == row.hits) return {};
    const auto source = core_.source("baton");
    if (!source) return std::unexpected(source.error());
    codec::JournalRecord record = internal_record(FactKind::scrubbed, fact.at, fact.historical, *source);
    record.fact.engine_at = std::max(fact.at, row.state.engine_at);
    record.message_id = "scrub:" + std::to_string(next_seq(baton::lane_of(person.id)).value);
    record.fact.properties = properties_of(found, row.hits);
    return emit(person, record, std::nullopt);
}

bool Ledger::Core::stands(const std::string& key, std::uint8_t list) const {
    return std::ranges::any_of(
        lanes[lane_of(ports::IdentityKey{'r', key}).value].registers,
        [&](const codec::RegisterEntry& entry) { return entry.key == key && entry.list == list; });
}

Result<Listed> Ledger::Core::list(std::span<const ListChange> changes, std::string_view actor) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    const Instant now = moment();
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    Listed listed;
    Batch batch(*this, now);
    const auto all_of_it = [&]() -> Status {
        for (const ListChange& wanted : changes) {
            ListChange change = wanted;
            if (change.remove && !stands(change.key, change.list)) change.key = hashed_entry(hash_key, change.key);
            const Lane lane = lane_of(ports::IdentityKey{'r', change.key});
            const auto& entries = lanes[lane.value].registers;
            const auto at = std::ranges::find_if(
                entries, [&](const codec::RegisterEntry& e) { return e.key == change.key && e.list == change.list; });
            if (change.remove ? at == entries.end() : at != entries.end() && at->reason == change.reason) continue;
            codec::JournalRecord record;
            record.fact.kind = FactKind::listed;
            record.fact.type = type_name(FactKind::listed);
            record.fact.occurred_at = record.fact.engine_at = now;
            record.fact.actor = actor;
            record.fact.properties = properties_of(change);
            record.source = *number;
            record.fact.trust = Trust::baton;
            record.home = {'r', change.key};
            record.message_id = "listed:" + std::to_string(batch.heads()[lane.value].seq.value + 1);
            if (auto done = batch.emit_lane(lane, record, std::nullopt); !done) return done;
            ++listed.changed;
        }
        if (listed.changed > 0) {  // in the audit trail
            codec::JournalRecord record = internal_record(FactKind::access, now, false, *number);
            record.fact.actor = actor;
            record.fact.properties = {{"act", Value("registers")},
                                      {"changed", Value(static_cast<std::int64_t>(listed.changed))}};
            record.message_id = "access:" + std::to_string(batch.heads()[0].seq.value + 1);
            if (auto done = batch.emit_lane(Lane{0}, record, std::nullopt); !done) return done;
        }
        if (playbooks->active() == nullptr) return {};
        for (const ListChange& change : changes) {
            const char kind = change.key.front();
            if (kind != 'e' && kind != 'p') continue;
            const auto found = batch.find(ports::IdentityKey{kind, change.key.substr(2)});
            if (!found) return std::unexpected(found.error());
            if (!*found) continue;
            const auto person = batch.load(**found);
            if (!person) return std::unexpected(person.error());
            if ((*person)->person() == nullptr) continue;
            const auto lives = batch.survivor_of(**person);
            if (!lives) return std::unexpected(lives.error());
            const std::size_t before = batch.records();
            const Instant t = std::max(now, (*lives)->person()->state.engine_at);
            if (auto done = batch.advance(**lives, t, false); !done) return done;
            if (auto done = batch.scrub(**lives, {.at = t}); !done) return done;
            if (auto done = batch.drain(); !done) return done;
            if (batch.records() > before) ++listed.people;
        }
        return {};
    };
    auto done = all_of_it();
    if (done) done = journal(batch);
    if (!done) {
        static_cast<void>(recover());
        return std::unexpected(done.error());
    }
    if (auto written = write_derived(); !written) return std::unexpected(written.error());
    return listed;
}

Result<Listed> Ledger::list(std::span<const ListChange> changes, std::string_view actor) {
    Listed whole;
    while (!changes.empty()) {
        const auto some = changes.first(std::min<std::size_t>(changes.size(), core_->options.batch_facts));
        changes = changes.subspan(some.size());
        const auto part = core_->door([&] { return core_->list(some, actor); });
        if (!part) return part;
        whole.changed += part->changed;
        whole.people += part->people;
    }
    return whole;
}

}  // namespace baton::app
