// The audit trail in words, and members, keys and entries as JSON.
#include "app/members.h"
#include "codec/json_writer.h"

namespace baton::app {
namespace {

std::string joined(const Value* list) {
    std::string text;
    if (const auto* values = list == nullptr ? nullptr : list->as<ValueList>())
        for (const Value& value : *values) {
            if (!text.empty()) text += ", ";
            text += to_text(value);
        }
    return text;
}

std::string text_of(const Properties& properties, std::string_view name) {
    const Value* value = baton::find(properties, name);
    return value == nullptr ? std::string() : to_text(*value);
}

std::string words_of(const codec::JournalRecord& record) {
    const Properties& given = record.fact.properties;
    switch (record.fact.kind) {
        case FactKind::user: return "named as a user by " + std::string("an import or the API");
        case FactKind::activation:
            return std::string(baton::find(given, "announced") != nullptr ? "announced" : "put in force") +
                   ": playbook version " + text_of(given, "version");
        case FactKind::access: break;
        default: return record.fact.type;
    }
    const std::string act = text_of(given, "act");
    if (act == "member")
        return std::string(text_of(given, "disabled") == "true" ? "disabled" : "made or changed") + ": " +
               (text_of(given, "service") == "true" ? "service, " : "") + joined(baton::find(given, "roles"));
    if (act == "key made") return "key made: " + text_of(given, "key") + ", " + text_of(given, "scope");
    if (act == "key revoked") return "key revoked: " + text_of(given, "key");
    if (act == "source") return "source defined: " + text_of(given, "kind");
    if (act == "view") {
        const std::string owner = text_of(given, "owner");
        return "view of leads saved, " + (owner.empty() ? "for everybody: " : "for " + owner + ": ") +
               text_of(given, "filter");
    }
    if (act == "view removed") return "view of leads deleted";
    if (act == "registers") return "entries of registers added, changed or removed: " + text_of(given, "changed");
    if (act == "merged") return "person " + text_of(given, "from") + " merged into person " + text_of(given, "into");
    if (act == "unmerged") return "person " + text_of(given, "from") + " taken out of person " + text_of(given, "into");
    if (act == "personal data exported") return "all data of person " + text_of(given, "person") + " handed out";
    if (act == "tracking") return "tracking of visitors is " + text_of(given, "mode");
    if (act == "erased") return "data of person " + text_of(given, "person") + " erased";
    if (act == "phone region") {
        const std::string region = text_of(given, "region");
        return region.empty() ? "phone numbers are of no country by default"
                              : "phone numbers are of " + region + " by default";
    }
    const std::string import = "import " + text_of(given, "import");
    if (act == "import") return import + " begun: " + text_of(given, "files");
    if (act == "import took") return import + " took " + text_of(given, "facts") + " facts";
    if (act == "import undo") return import + ": undoing begun";
    if (act == "import undone") return import + " undone: " + text_of(given, "subjects") + " people and accounts";
    if (act == "password") return "password set";
    return act;
}

}  // namespace

Result<std::vector<AuditEntry>> Members::audit(const Reads& reads, ports::Position before, std::size_t limit) {
    std::vector<AuditEntry> entries;
    const auto row = reads.reader().state_of(SubjectId{0});
    if (!row) return std::unexpected(row.error());
    if (!*row) return entries;
    ports::Position at = before == ports::no_position ? (*row)->last : before;
    while (at != ports::no_position && entries.size() < limit) {
        const auto record = reads.reader().record(Lane{0}, at);
        if (!record) return std::unexpected(record.error());
        if (!*record || (*record)->subject != SubjectId{0} || (*record)->previous >= at)
            return fail("bad_parameter", "there is no entry " + std::to_string(at) + " in the audit trail");
        if (at != before) {
            const auto decoded =
                codec::decode_journal((*record)->payload, {Lane{0}, (*record)->seq}, (*record)->recorded_at);
            if (!decoded) return std::unexpected(decoded.error());
            entries.push_back({at, (*record)->recorded_at, decoded->fact.actor, decoded->home.key, words_of(*decoded)});
        }
        at = (*record)->previous;
    }
    return entries;
}

// ---- as JSON ----------------------------------------------------------------------------------------------------

std::string document(const std::vector<Member>& members) {
    codec::JsonWriter out;
    out.begin_object().key("members").begin_array();
    for (const auto& member : members) {
        out.begin_object().field("id", member.id).field("name", member.name).field("email", member.email);
        out.key("roles").begin_array();
        for (const auto& role : member.roles.names()) out.value(role);
        out.end_array().field("service", member.service).field("disabled", member.disabled);
        out.field("password", member.password).field("since", member.since).end_object();
    }
    return out.end_array().end_object().take();
}

std::string document(const std::vector<Key>& keys) {
    codec::JsonWriter out;
    out.begin_object().key("keys").begin_array();
    for (const auto& key : keys) {
        out.begin_object().field("id", key.id).field("owner", key.owner).field("scope", to_string(key.scope));
        out.field("label", key.label).field("made_at", key.made_at).end_object();
    }
    return out.end_array().end_object().take();
}

std::string document(const std::vector<AuditEntry>& entries) {
    codec::JsonWriter out;
    out.begin_object().key("entries").begin_array();
    for (const auto& entry : entries) {
        out.begin_object().field("number", entry.position).field("at", entry.at).field("actor", entry.actor);
        out.field("about", entry.about).field("what", entry.what).end_object();
    }
    return out.end_array().end_object().take();
}

}  // namespace baton::app
