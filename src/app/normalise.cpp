#include "app/normalise.h"

#include <algorithm>
#include <array>
#include <utility>

#include "codec/value_wire.h"

namespace baton::app {
namespace {

using Drafting = std::expected<void, Error>;

Drafting check(std::string_view text, std::string_view name, std::size_t longest) {
    if (text.size() > longest)
        return fail("too_long", "'" + std::string(name) + "' has " + std::to_string(text.size()) + " bytes; at most " +
                                    std::to_string(longest) + " are taken");
    const std::size_t at = unsound_at(text);
    if (at == std::string_view::npos) return {};
    return fail("bad_text", "'" + std::string(name) + "' is not valid UTF-8 without NUL at byte " + std::to_string(at) +
                                ": send it as UTF-8");
}

Drafting check_value(const Value& value, std::string_view name) {
    if (const auto* text = value.as<std::string>()) return check(*text, name, longest_text);
    const auto* list = value.as<ValueList>();
    if (list == nullptr) return {};
    if (list->size() > most_properties) return fail("too_long", "'" + std::string(name) + "': the list is too long");
    for (const Value& item : *list) {
        if (item.as<ValueList>() != nullptr)
            return fail("bad_value", "'" + std::string(name) + "' holds a list in a list");
        if (auto fine = check_value(item, name); !fine) return fine;
    }
    return {};
}

std::size_t size_of(const Value& value) {
    if (const auto* text = value.as<std::string>()) return text->size() + 2;
    const auto* list = value.as<ValueList>();
    std::size_t bytes = 10;
    if (list != nullptr)
        for (const Value& item : *list) bytes += size_of(item);
    return bytes;
}

Drafting take_properties(const IncomingFact&, Draft& out) {
    Properties& properties = out.record.fact.properties;
    if (properties.size() > most_properties)
        return fail("too_many_properties", std::to_string(properties.size()) + " properties; at most " +
                                               std::to_string(most_properties) + " are taken");
    std::size_t bytes = 0;
    for (const NamedValue& p : properties) {
        if (auto fine = check(p.name, "a property's name", longest_type); !fine) return fine;
        if (auto fine = check_value(p.value, p.name); !fine) return fine;
        bytes += p.name.size() + size_of(p.value);
    }
    if (bytes > largest_fact)
        return fail("too_long", "the properties have more than " + std::to_string(largest_fact) + " bytes");
    if (!std::ranges::is_sorted(properties, {}, &NamedValue::name))
        std::ranges::sort(properties, {}, &NamedValue::name);
    const auto twice = std::ranges::adjacent_find(properties, {}, &NamedValue::name);
    if (twice == properties.end()) return {};
    return fail("duplicate_property", "'" + twice->name + "' is given twice: give it once");
}

Drafting take_email(const IncomingFact& in, Draft& out) {
    if (trimmed(in.email).empty()) return {};
    auto email = normal_email(in.email);
    if (!email) return fail("bad_email", "'" + in.email + "' is no e-mail address: name@domain");
    out.keys.push_back({'e', std::move(*email)});
    return {};
}

/// The country whose numbers need no code in front.
std::string region_of(const Draft& draft, std::string_view phone_region) {
    const Value* given = find(draft.record.fact.properties, "country");
    const auto* text = given == nullptr ? nullptr : given->as<std::string>();
    if (text == nullptr || text->size() != 2) return std::string(phone_region);
    std::string region = lower(*text);
    for (char& c : region)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return contact::is_phone_region(region) ? region : std::string(phone_region);
}

Drafting take_phone(const IncomingFact& in, std::string_view phone_region, Draft& out) {
    if (trimmed(in.phone).empty()) return {};
    auto phone = normal_phone(in.phone, region_of(out, phone_region));
    if (!phone)
        return fail("bad_phone", "'" + in.phone + "' is no phone number: 4 to 15 digits, + in front of the country's");
    out.keys.push_back({'p', std::move(*phone)});
    return {};
}

void take_id(std::string_view given, char kind, Draft& out) {
    std::string id = trimmed(given);
    if (!id.empty()) out.keys.push_back({kind, std::move(id)});
}

Drafting check_keys(const IncomingFact& in) {
    const std::array<std::pair<std::string_view, std::string_view>, 8> texts{{{in.user_id, "user_id"},
                                                                              {in.external_id, "external_id"},
                                                                              {in.email, "email"},
                                                                              {in.phone, "phone"},
                                                                              {in.anonymous_id, "anonymous_id"},
                                                                              {in.account, "account"},
                                                                              {in.actor, "actor"},
                                                                              {in.source, "source"}}};
    for (const auto& [text, name] : texts)
        if (auto fine = check(text, name, longest_key); !fine) return fine;
    return check(in.message_id, "message_id", longest_message_id);
}

Drafting take_person_keys(const IncomingFact& in, std::string_view phone_region, Draft& out) {
    take_id(in.user_id, 'u', out);
    take_id(in.external_id, 'x', out);
    if (auto done = take_email(in, out); !done) return done;
    if (auto done = take_phone(in, phone_region, out); !done) return done;
    take_id(in.anonymous_id, 'a', out);
    if (!out.keys.empty()) return {};
    return fail("key_missing", "the fact names nobody: give user_id, external_id, email, phone or anonymous_id");
}

Drafting take_keys(const IncomingFact& in, std::string_view phone_region, Draft& out) {
    Fact& fact = out.record.fact;
    fact.account = normal_account(in.account);
    if (fact.kind == FactKind::account_profile) {
        if (fact.account.empty())
            return fail("account_missing", "a fact of type account needs the field 'account': its domain or name");
        out.keys.push_back({'o', std::exchange(fact.account, {})});
        return {};
    }
    if (fact.kind != FactKind::user) return take_person_keys(in, phone_region, out);
    fact.account.clear();
    const Value* user = find(fact.properties, "user");
    const auto* id = user == nullptr ? nullptr : user->as<std::string>();
    take_id(id != nullptr ? *id : in.user_id, 's', out);
    if (!out.keys.empty()) return {};
    return fail("user_missing", "a fact of type user needs the property 'user': the user's id");
}

Drafting take_type(const IncomingFact& in, Draft& out) {
    if (auto fine = check(in.type, "type", longest_type); !fine) return fine;
    Fact& fact = out.record.fact;
    fact.type = trimmed(in.type);
    if (fact.type.empty())
        return fail("type_missing",
                    "the fact has no type: profile, answer, accept … or what happened, \"Page Viewed\"");
    fact.kind = kind_of(fact.type);
    if (is_internal(fact.kind))
        return fail("type_internal",
                    "'" + fact.type + "' is written by Baton itself: choose another name for the type");
    if (fact.kind != FactKind::behaviour) fact.type.assign(type_name(fact.kind));
    return {};
}

constexpr std::size_t longest_purpose = 60;

/// "Marketing e-mail" → marketing_e_mail; "" where nothing is left.
std::string purpose_of(std::string_view text) {
    std::string purpose;
    for (const char c : lower(trimmed(text))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain)
            purpose += c;
        else if (!purpose.empty() && purpose.back() != '_')
            purpose += '_';
    }
    if (!purpose.empty() && purpose.back() == '_') purpose.pop_back();
    return purpose;
}

constexpr std::array<std::string_view, 6> lawful_bases{"consent",        "legitimate_interest",
                                                       "contract",       "legal_obligation",
                                                       "vital_interest", "public_task"};  // GDPR Art. 6(1)

void put(Properties& into, std::string_view name, Value value) {
    const auto at = std::ranges::lower_bound(into, name, {}, &NamedValue::name);
    if (at != into.end() && at->name == name)
        at->value = std::move(value);
    else
        into.insert(at, {std::string(name), std::move(value)});
}

/// A consent says which purpose and yes or no; the hash of the words it was given to is kept beside them.
Drafting take_consent(const IncomingFact& in, Draft& out) {
    if (out.record.fact.kind != FactKind::consent) return {};
    if (in.message_id.empty() && !in.occurred_at)
        return fail("bad_consent",
                    "a consent needs occurred_at or a message_id: else a second withdrawal looks like the first");
    Properties& properties = out.record.fact.properties;
    const auto text = [&](std::string_view name) {
        const Value* value = find(properties, name);
        return value == nullptr ? std::string() : to_text(*value);
    };
    std::string purpose = purpose_of(text("purpose"));
    if (purpose.empty() || purpose.size() > longest_purpose)
        return fail("bad_consent",
                    "a consent needs the property 'purpose', such as marketing_email, at most 60 characters");
    const Value* said = find(properties, "given");
    const auto given = said == nullptr ? std::nullopt : convert(*said, PropertyType::boolean);
    if (!given || given->is_null())
        return fail("bad_consent", "a consent needs the property 'given': true, or false for a withdrawal");
    const std::string basis = text("basis");
    if (!basis.empty() && std::ranges::find(lawful_bases, basis) == lawful_bases.end())
        return fail("bad_consent",
                    "'" + basis +
                        "' is no lawful basis: consent, legitimate_interest, contract, legal_obligation, "
                        "vital_interest or public_task");
    const std::string words = text("text");
    put(properties, "purpose", Value(std::move(purpose)));
    put(properties, "given", *given);
    if (!words.empty()) put(properties, "text_hash", Value(to_hex(blake2b(words))));
    return {};
}

constexpr Instant earliest{-2'208'988'800'000'000};  // 1900-01-01

Drafting take_time(const IncomingFact& in, Draft& out) {
    if (in.occurred_at && *in.occurred_at < earliest)
        return fail("time_out_of_range", "occurred_at lies before 1900: " + to_string(*in.occurred_at));
    out.sent_at = in.occurred_at;
    out.record.no_time = !in.occurred_at.has_value();
    out.record.fact.historical = in.historical;
    out.record.fact.time_known = in.time_known;
    return {};
}

/// Two facts alike in everything the source said are one, as far as anybody can tell: hence "heuristic".
std::string content_id(const IncomingFact& in, const Draft& out) {
    Bytes bytes;
    codec::WireWriter wire(bytes);
    wire.text(out.record.fact.type);
    wire.instant(in.occurred_at.value_or(Instant::never()), Instant{});
    for (const auto& key : out.keys) wire.text(key.kind + key.key);
    wire.text(out.record.fact.account);
    wire.text(in.actor);
    codec::write(wire, out.record.fact.properties);
    return "~" + to_hex(blake2b(bytes)).substr(0, 32);
}

void take_message(const IncomingFact& in, Draft& out) {
    out.record.derived_id = in.message_id.empty();
    out.record.message_id = in.message_id.empty() ? content_id(in, out) : in.message_id;
    out.record.fact.actor = in.actor;
    out.record.fact.trust = in.trust;
    out.record.fact.import = in.import;
    out.whom = in.whom;
    out.only_if = in.only_if;
    out.source = in.source.empty() ? "api" : in.source;
    out.record.home = {out.keys.front().kind, out.keys.front().key};
}

std::expected<Draft, Error> draft(const IncomingFact& in, Properties properties, std::string_view phone_region) {
    Draft out;
    out.record.fact.properties = std::move(properties);
    for (const auto part : {take_type, take_time, take_properties, take_consent})
        if (auto done = part(in, out); !done) return std::unexpected(std::move(done.error()));
    if (auto done = check_keys(in); !done) return std::unexpected(std::move(done.error()));
    if (auto done = take_keys(in, phone_region, out); !done) return std::unexpected(std::move(done.error()));
    take_message(in, out);
    return out;
}

}  // namespace

std::expected<Draft, Error> draft(const IncomingFact& in, std::string_view phone_region) {
    return draft(in, in.properties, phone_region);
}

void make_draft(Prepared& prepared, std::string_view phone_region) {
    if (prepared.draft) return;
    Properties properties = std::move(prepared.fact.properties);
    prepared.draft = draft(prepared.fact, std::move(properties), phone_region);
}

bool is_plain_name(std::string_view name) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 60 && std::ranges::all_of(name, fine) && name.front() != '-' &&
           name.front() != '_';
}

Lane lane_of(const ports::IdentityKey& key) {
    std::string text(1, key.kind);
    text += key.key;
    return {static_cast<std::uint16_t>(stable_hash(text) % lane_count)};
}

}  // namespace baton::app
