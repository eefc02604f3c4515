// What HubSpot's API tells of the process and of us: properties, the pipeline, owners.
#include <algorithm>

#include "http/api.h"
#include "http/asked.h"
#include "http/crm.h"

namespace baton::http {
namespace {

using app::Reads;
using codec::JsonWriter;

struct Kind {
    std::string_view type, field;
};

Kind kind_of(const criteria::DeclaredProperty& property) {
    if (!property.values.empty()) return {"enumeration", "select"};
    switch (property.type) {
        case PropertyType::integer:
        case PropertyType::number: return {"number", "number"};
        case PropertyType::boolean: return {"bool", "booleancheckbox"};
        case PropertyType::timestamp: return {"datetime", "date"};
        case PropertyType::string:
        case PropertyType::strings: break;
    }
    return {"string", "text"};
}

void write_property(JsonWriter& out, const criteria::DeclaredProperty& property) {
    const Kind kind = kind_of(property);
    out.begin_object().field("name", crm::their_name(property.id)).field("label", property.label);
    out.field("type", kind.type).field("fieldType", kind.field).field("description", "");
    out.field("groupName", "contactinformation").key("options").begin_array();
    std::int64_t order = 0;
    for (const std::string& value : property.values) {
        out.begin_object().field("label", value).field("value", value).field("displayOrder", order++);
        out.field("hidden", false).end_object();
    }
    out.end_array().field("hasUniqueValue", property.id == "email").field("hidden", false).end_object();
}

void write_stages(JsonWriter& out, const playbook::Compiled& playbook, Instant since) {
    out.begin_array();
    std::int64_t order = 0;
    for (const auto& stage : playbook.stages) {
        out.begin_object().field("id", stage.id).field("label", stage.name).field("displayOrder", order++);
        out.key("metadata").begin_object().field("isClosed", stage.won || stage.lost ? "true" : "false");
        if (stage.won || stage.lost) out.field("probability", stage.won ? "1.0" : "0.0");
        out.end_object().field("createdAt", since).field("updatedAt", since).field("archived", false).end_object();
    }
    out.end_array();
}

void write_pipeline(JsonWriter& out, const playbook::Compiled& playbook, Instant since) {
    out.begin_object().field("id", playbook.source.id).field("label", playbook.source.name).field("displayOrder", 0);
    out.key("stages");
    write_stages(out, playbook, since);
    out.field("createdAt", since).field("updatedAt", since).field("archived", false).end_object();
}

Result<Instant> stored_at(const Reads& reads, const playbook::Compiled& playbook) {
    const auto all = reads.playbooks();
    if (!all) return std::unexpected(all.error());
    const auto at = std::ranges::find(*all, playbook.version, &ports::StoredPlaybook::version);
    return at == all->end() ? Instant{} : at->stored_at;
}

void write_owner(JsonWriter& out, const app::Member& member) {
    const std::size_t blank = member.name.rfind(' ');
    out.begin_object().field("id", member.id).field("email", member.email);
    out.field("firstName", blank == std::string::npos ? member.name : member.name.substr(0, blank));
    out.field("lastName", blank == std::string::npos ? std::string() : member.name.substr(blank + 1));
    out.field("createdAt", member.since).field("updatedAt", member.since).field("archived", member.disabled);
    out.end_object();
}

}  // namespace

Response Api::crm_get_properties(const Call& call) {
    const auto playbook = ledger_.active();
    if (playbook == nullptr) return failed({"no_playbook", "no playbook is active yet"});
    const auto& declared = playbook->names.person;
    JsonWriter out;
    if (call.key.empty()) {
        out.begin_object().key("results").begin_array();
        for (const auto& property : declared) write_property(out, property);
        return json(out.end_array().end_object().take());
    }
    const auto at = std::ranges::find(declared, crm::our_name(call.key), &criteria::DeclaredProperty::id);
    if (at == declared.end())
        return problem(404, "unknown_property", "The playbook declares no property '" + call.key + "'.");
    write_property(out, *at);
    return json(out.take());
}

/// All, one by its id, or its stages.
Response Api::crm_get_pipelines(const Call& call) {
    const auto playbook = ledger_.active();
    if (playbook == nullptr) return failed({"no_playbook", "no playbook is active yet"});
    if (!call.key.empty() && call.key != playbook->source.id)
        return problem(404, "unknown_pipeline", "There is no pipeline '" + call.key + "'.");
    return with_reads(false, [&](const Reads& reads) {
        const auto since = stored_at(reads, *playbook);
        if (!since) return failed(since.error());
        JsonWriter out;
        if (!call.key.empty() && !call.request.path.ends_with("/stages")) {
            write_pipeline(out, *playbook, *since);
            return json(out.take());
        }
        out.begin_object().key("results");
        if (call.key.empty()) {
            out.begin_array();
            write_pipeline(out, *playbook, *since);
            out.end_array();
        } else {
            write_stages(out, *playbook, *since);
        }
        return json(out.end_object().take());
    });
}

Response Api::crm_get_owners(const Call& call) {
    return with_reads(true, [&](const Reads& reads) {
        auto members = app::Members::list(reads);
        if (!members) return failed(members.error());
        const bool archived = call.request.parameter("archived") == "true";
        const std::string email = call.request.parameter("email");
        std::erase_if(*members, [&](const app::Member& m) {
            if (m.service || (!email.empty() && m.email != email)) return true;
            return call.key.empty() ? m.disabled != archived : m.id != call.key;
        });
        JsonWriter out;
        if (!call.key.empty()) {
            if (members->empty()) return problem(404, "unknown_member", "There is no owner '" + call.key + "'.");
            write_owner(out, members->front());
            return json(out.take());
        }
        out.begin_object().key("results").begin_array();
        for (const auto& member : *members) write_owner(out, member);
        return json(out.end_array().end_object().take());
    });
}

}  // namespace baton::http
