#include "app/sources.h"

#include <algorithm>
#include <array>

#include "app/normalise.h"
#include "base/mac.h"
#include "base/password.h"
#include "codec/json_writer.h"
#include "codec/lead_answers.h"

namespace baton::app {
namespace {

constexpr char of_source = 'h', of_token = 't', of_verify = 'v';
constexpr std::size_t longest_secret = 2'000;

/// No member's id: members' secrets follow the member, this one does not.
std::string owner_of(std::string_view name) { return "source:" + std::string(name); }

Result<codec::Source> read(std::string_view definition, std::optional<codec::SourceKind> kind) {
    auto source = codec::read_source(definition, kind);
    if (source) return std::move(*source);
    std::string detail;
    for (const auto& diagnostic : source.error())
        detail += (detail.empty() ? "" : "\n") + playbook::to_string(diagnostic, "definition");
    return fail("bad_source", std::move(detail));
}

const codec::SourceEntry* find(const codec::CompanyRow& company, std::string_view name) {
    const auto at = std::ranges::find(company.sources, name, &codec::SourceEntry::name);
    return at == company.sources.end() ? nullptr : &*at;
}

std::optional<codec::SourceKind> kind_of_entry(const codec::SourceEntry& entry) {
    return codec::source_kind_of(entry.kind);
}

/// A form of HubSpot or Salesforce is told apart by its own id, not by our name.
Status alone(const codec::CompanyRow& company, std::string_view name, const codec::Source& source) {
    if (source.form.empty()) return {};
    for (const codec::SourceEntry& other : company.sources) {
        if (other.name == name || other.kind != to_string(source.kind)) continue;
        const auto theirs = codec::read_source(other.definition, kind_of_entry(other));
        if (theirs && lower(theirs->form) == lower(source.form))
            return fail("source_exists",
                        "the source '" + other.name + "' takes the form '" + source.form + "' already");
    }
    return {};
}

Status check_secrets(const codec::Source& source, const SourceSecrets& given) {
    for (const std::string* secret : {&given.signing, &given.token, &given.verify})
        if (secret->size() > longest_secret || !sound_text(*secret) ||
            secret->find_first_of("\r\n") != std::string::npos)
            return fail("bad_source", "a secret is at most 2000 bytes of text in one line");
    if (!codec::is_fetched(source.kind) && !given.token.empty())
        return fail("bad_source", "nothing is fetched for this kind of source: it needs no access token");
    if (source.kind != codec::SourceKind::meta && !given.verify.empty())
        return fail("bad_source", "only Meta shows a verify token");
    if (!source.signature.secret_is_base64 || given.signing.empty()) return {};
    const std::string_view secret = given.signing;
    const auto key = from_base64(secret.starts_with("whsec_") ? secret.substr(6) : secret);
    if (key && key->size() >= 16) return {};
    return fail("bad_source", "a secret of Standard Webhooks is whsec_ and at least 16 bytes as base64");
}

/// What of a source stays, and what it lacks.
struct SecretRule {
    char kind;
    const std::string& given;
    bool needed;
    const char* what;
};

CompanyAct act_of(std::string_view what, std::string_view name, std::string_view actor) {
    CompanyAct act;
    act.about = name;
    act.actor = actor;
    act.properties = {{"act", Value(what)}};
    return act;
}

}  // namespace

Status Sources::add(std::string_view name, std::optional<codec::SourceKind> kind, std::string_view definition,
                    const SourceSecrets& secrets, std::string_view actor) {
    if (!is_plain_name(name))
        return fail("bad_source", "a source's name is 1 to 60 letters, digits, - and _, a letter or digit first; '" +
                                      std::string(name) + "' is not");
    const auto source = read(definition, kind);
    if (!source) return std::unexpected(source.error());
    if (auto fine = check_secrets(*source, secrets); !fine) return fine;
    const bool fetched = codec::is_fetched(source->kind), meta = source->kind == codec::SourceKind::meta;
    const std::array<SecretRule, 3> rules{
        {{of_source, secrets.signing, codec::is_hook(source->kind), "the secret that its calls are signed with"},
         {of_token, secrets.token, fetched, "an access token, with which the answers are fetched"},
         {of_verify, secrets.verify, meta, "the verify token that Meta shows before it calls"}}};
    const auto added = ledger_.act([&](const codec::CompanyRow& company, const ports::Reader& store,
                                       Instant) -> Result<CompanyAct> {
        if (auto fine = alone(company, name, *source); !fine) return std::unexpected(fine.error());
        const auto* before = find(company, name);
        const bool another = before != nullptr && before->kind != to_string(source->kind);
        CompanyAct act = act_of("source", name, actor);
        act.properties.push_back({"definition", Value(definition)});
        act.properties.push_back({"kind", Value(to_string(source->kind))});
        for (const SecretRule& rule : rules) {
            const auto held = store.secret(rule.kind, name);
            if (!held) return std::unexpected(held.error());
            if (rule.given.empty() && held->has_value() && !another) continue;
            if (rule.given.empty() && rule.needed)
                return fail("secret_missing",
                            "a source of kind " + std::string(to_string(source->kind)) + " needs " + rule.what);
            std::string value = rule.given;
            if (value.empty() && rule.kind == of_source) value = random_token();
            if (value.empty() && !held->has_value()) continue;
            act.secrets.push_back({rule.kind, std::string(name), owner_of(name), std::move(value), Instant::never()});
        }
        return act;
    });
    if (!added || !fetched) return added;
    return Awaited(ledger_).wake(name);
}

Status Sources::remove(std::string_view name, std::string_view actor) {
    return ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        if (find(company, name) == nullptr)
            return fail("unknown_source",
                        "there is no source '" + std::string(name) + "'; baton source list names them");
        CompanyAct act = act_of("source removed", name, actor);
        for (const char kind : {of_source, of_token, of_verify})
            act.secrets.push_back({kind, std::string(name), owner_of(name), "", Instant::never()});
        return act;
    });
}

Result<std::vector<ListedSource>> Sources::list(const Reads& reads) {
    const auto company = reads.company();
    if (!company) return std::unexpected(company.error());
    std::vector<ListedSource> all;
    for (const codec::SourceEntry& entry : company->sources) {
        auto source = read(entry.definition, kind_of_entry(entry));
        ListedSource listed{entry.name, {}, entry.definition, entry.actor, entry.since, {}};
        if (source)
            listed.source = std::move(*source);
        else
            listed.problem = source.error().detail;
        all.push_back(std::move(listed));
    }
    return all;
}

Result<SourceSecrets> Sources::secrets(const Reads& reads, std::string_view name) {
    SourceSecrets all;
    for (const auto& [kind, into] :
         {std::pair{of_source, &all.signing}, std::pair{of_token, &all.token}, std::pair{of_verify, &all.verify}}) {
        const auto held = reads.reader().secret(kind, name);
        if (!held) return std::unexpected(held.error());
        if (*held) *into = (*held)->value;
    }
    if (all.signing.empty()) return fail("secret_missing", "the source '" + std::string(name) + "' has no secret");
    return all;
}

// ---- as JSON ----------------------------------------------------------------------------------------------------

namespace {

/// What came as ids alone and is still to be fetched; null where nothing is.
void write(codec::JsonWriter& out, const WaitingBySource& waiting, const std::string& name) {
    const auto at = waiting.find(name);
    if (at == waiting.end()) {
        out.null();
        return;
    }
    const Waiting& of = at->second;
    out.begin_object().field("leads", of.leads).field("oldest_at", of.oldest).field("next_at", of.next_at);
    out.field("attempts", of.attempts).field("problem", of.problem).field("detail", of.detail).end_object();
}

void write(codec::JsonWriter& out, const ListedSource& listed, const ArrivalsBySource& arrivals,
           const WaitingBySource& waiting) {
    const codec::Source& source = listed.source;
    out.begin_object().field("name", listed.name).field("kind", to_string(source.kind)).field("event", source.event);
    out.field("about", source.about).field("owner", source.owner).key("fields").begin_object();
    for (const auto& field : source.fields) {
        out.key(field.name).begin_array();
        for (const auto& target : field.targets) out.value(target);
        out.end_array();
    }
    out.end_object().field("definition", listed.definition);
    out.field("actor", listed.actor).field("since", listed.since).field("problem", listed.problem);
    const auto at = arrivals.find(listed.name);
    out.field("taken", at == arrivals.end() ? 0 : at->second.taken).key("newest_at");
    if (at == arrivals.end() || !at->second.newest)
        out.null();
    else
        out.value(*at->second.newest);
    out.key("waiting");
    write(out, waiting, listed.name);
    out.end_object();
}

}  // namespace

std::string document(const std::vector<ListedSource>& sources, const ArrivalsBySource& arrivals,
                     const WaitingBySource& waiting) {
    codec::JsonWriter out;
    out.begin_object().key("sources").begin_array();
    for (const auto& source : sources) write(out, source, arrivals, waiting);
    return out.end_array().end_object().take();
}

std::string document(const ListedSource& source, const ArrivalsBySource& arrivals, const WaitingBySource& waiting) {
    codec::JsonWriter out;
    write(out, source, arrivals, waiting);
    return out.take();
}

}  // namespace baton::app
