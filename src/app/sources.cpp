#include "app/sources.h"

#include <algorithm>

#include "app/normalise.h"
#include "base/mac.h"
#include "base/password.h"
#include "codec/json_writer.h"

namespace baton::app {
namespace {

constexpr char of_source = 'h';
constexpr std::size_t longest_secret = 500;

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

Status check_secret(const codec::Source& source, std::string_view secret) {
    if (secret.size() > longest_secret || !sound_text(secret))
        return fail("bad_source", "a secret is at most 500 bytes of text");
    if (!source.signature.secret_is_base64 || secret.empty()) return {};
    const auto key = from_base64(secret.starts_with("whsec_") ? secret.substr(6) : secret);
    if (key && key->size() >= 16) return {};
    return fail("bad_source", "a secret of Standard Webhooks is whsec_ and at least 16 bytes as base64");
}

CompanyAct act_of(std::string_view what, std::string_view name, std::string_view actor) {
    CompanyAct act;
    act.about = name;
    act.actor = actor;
    act.properties = {{"act", Value(what)}};
    return act;
}

}  // namespace

bool is_source_name(std::string_view name) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 60 && std::ranges::all_of(name, fine) && name.front() != '-' &&
           name.front() != '_';
}

Status Sources::add(std::string_view name, std::optional<codec::SourceKind> kind, std::string_view definition,
                    std::string_view secret, std::string_view actor) {
    if (!is_source_name(name))
        return fail("bad_source", "a source's name is 1 to 60 letters, digits, - and _, a letter or digit first; '" +
                                      std::string(name) + "' is not");
    const auto source = read(definition, kind);
    if (!source) return std::unexpected(source.error());
    if (auto fine = check_secret(*source, secret); !fine) return fine;
    return ledger_.act(
        [&](const codec::CompanyRow& company, const ports::Reader& store, Instant) -> Result<CompanyAct> {
            if (auto fine = alone(company, name, *source); !fine) return std::unexpected(fine.error());
            const auto held = store.secret(of_source, name);
            if (!held) return std::unexpected(held.error());
            const bool another = find(company, name) != nullptr && find(company, name)->kind != to_string(source->kind);
            const bool keeps = secret.empty() && held->has_value() && !another;
            if (codec::is_hook(source->kind) && secret.empty() && !keeps)
                return fail("secret_missing", "a source of kind " + std::string(to_string(source->kind)) +
                                                  " needs the secret that its calls are signed with");
            CompanyAct act = act_of("source", name, actor);
            act.properties.push_back({"definition", Value(definition)});
            act.properties.push_back({"kind", Value(to_string(source->kind))});
            if (!keeps)
                act.secrets.push_back({of_source, std::string(name), owner_of(name),
                                       secret.empty() ? random_token() : std::string(secret), Instant::never()});
            return act;
        });
}

Status Sources::remove(std::string_view name, std::string_view actor) {
    return ledger_.act([&](const codec::CompanyRow& company, const ports::Reader&, Instant) -> Result<CompanyAct> {
        if (find(company, name) == nullptr)
            return fail("unknown_source",
                        "there is no source '" + std::string(name) + "'; baton source list names them");
        CompanyAct act = act_of("source removed", name, actor);
        act.secrets.push_back({of_source, std::string(name), owner_of(name), "", Instant::never()});
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

Result<std::string> Sources::secret(const Reads& reads, std::string_view name) {
    const auto held = reads.reader().secret(of_source, name);
    if (!held) return std::unexpected(held.error());
    if (!*held) return fail("secret_missing", "the source '" + std::string(name) + "' has no secret");
    return (*held)->value;
}

// ---- as JSON ----------------------------------------------------------------------------------------------------

namespace {

void write(codec::JsonWriter& out, const ListedSource& listed, const ArrivalsBySource& arrivals) {
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
    out.end_object();
}

}  // namespace

std::string document(const std::vector<ListedSource>& sources, const ArrivalsBySource& arrivals) {
    codec::JsonWriter out;
    out.begin_object().key("sources").begin_array();
    for (const auto& source : sources) write(out, source, arrivals);
    return out.end_array().end_object().take();
}

std::string document(const ListedSource& source, const ArrivalsBySource& arrivals) {
    codec::JsonWriter out;
    write(out, source, arrivals);
    return out.take();
}

}  // namespace baton::app
