// baton export people|leads: everybody with all that is known of them, as a file that baton import takes again.
#include <array>
#include <fstream>
#include <set>

#include "app/export.h"
#include "cli/session.h"
#include "codec/csv_writer.h"
#include "codec/json_writer.h"

namespace baton::cli {
namespace {

using app::ExportedPerson;

struct KeyColumn {
    char kind;
    const char *column, *more, *json;
};
constexpr std::array<KeyColumn, 5> key_columns = {
    {{'e', "baton.email", "baton.more_emails", "emails"},
     {'p', "baton.phone", "baton.more_phones", "phones"},
     {'x', "baton.external_id", "baton.more_external_ids", "external_ids"},
     {'u', "baton.user_id", "baton.more_user_ids", "user_ids"},
     {'a', "baton.anonymous_id", "baton.more_anonymous_ids", "anonymous_ids"}}};

std::vector<std::string> keys_of(const ExportedPerson& person, char kind) {
    std::vector<std::string> all;
    for (const auto& key : person.keys)
        if (key.kind == kind) all.push_back(key.key);
    return all;
}

std::string joined(std::span<const std::string> all) {
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "" : ";") + one;
    return text;
}

struct TouchColumns {
    const char *source, *medium, *campaign;
    const app::Touch* (*touch)(const app::Touches&);
};
/// Of the newest cycle what made the lead; direct only where nothing else is known.
constexpr std::array<TouchColumns, 3> touch_columns = {
    {{"baton.first_source", "baton.first_medium", "baton.first_campaign",
      [](const app::Touches& touches) { return touches.first(); }},
     {"baton.lead_source", "baton.lead_medium", "baton.lead_campaign",
      [](const app::Touches& touches) {
          return touches.leads.empty() ? nullptr : app::source_of(touches.leads.back());
      }},
     {"baton.last_source", "baton.last_medium", "baton.last_campaign", [](const app::Touches& touches) {
          return touches.last_known() != nullptr ? touches.last_known() : touches.last();
      }}}};

std::string cell_of(const Value& value) {
    const auto* list = value.as<ValueList>();
    if (list == nullptr) return to_text(value);
    std::string text;
    for (const Value& item : *list) text += (text.empty() ? "" : "; ") + to_text(item);
    return text;
}

/// One table for all: a property is a column whoever has it.
class Csv {
   public:
    explicit Csv(std::set<std::string> names) : names_(std::move(names)) {}

    std::string head() {
        out_.cell("baton.id");
        for (const KeyColumn& key : key_columns) out_.cell(key.column).cell(key.more);
        for (const char* column : {"baton.account", "baton.stage", "baton.stage_since", "baton.is_lead", "baton.open",
                                   "baton.cycle", "baton.holder", "baton.score", "baton.classes", "baton.updated_at"})
            out_.cell(column);
        for (const TouchColumns& touch : touch_columns) out_.cell(touch.source).cell(touch.medium).cell(touch.campaign);
        for (const std::string& name : names_) out_.cell(name);
        return out_.end_row().take();
    }
    std::string row(const ExportedPerson& person) {
        const ports::LeadRow& r = person.row;
        out_.cell(std::to_string(r.person.value));
        for (const KeyColumn& key : key_columns) {
            const auto keys = keys_of(person, key.kind);
            out_.cell(keys.empty() ? "" : keys.front());
            out_.cell(keys.empty() ? "" : joined(std::span(keys).subspan(1)));
        }
        out_.cell(r.account).cell(r.stage).cell(to_string(r.stage_entered_at)).cell(r.is_lead ? "true" : "false");
        out_.cell(r.open ? "true" : "false").cell(std::to_string(r.cycle)).cell(r.holder);
        out_.cell(to_string(Decimal{r.score_micros})).cell(r.classes).cell(to_string(r.updated_at));
        for (const TouchColumns& columns : touch_columns) {
            const app::Touch* touch = columns.touch(person.touches);
            for (const auto& part : {&app::Touch::source, &app::Touch::medium, &app::Touch::campaign})
                out_.cell(touch == nullptr ? "" : touch->*part);
        }
        for (const std::string& name : names_) {
            const Value* value = find(person.properties, name);
            out_.cell(value == nullptr ? "" : cell_of(*value));
        }
        return out_.end_row().take();
    }

   private:
    std::set<std::string> names_;
    codec::CsvWriter out_;
};

std::string json_of(const ExportedPerson& person) {
    const ports::LeadRow& r = person.row;
    codec::JsonWriter out;
    out.begin_object().field("id", r.person.value).field("name", r.name);
    for (const KeyColumn& key : key_columns) {
        out.key(key.json).begin_array();
        for (const std::string& one : keys_of(person, key.kind)) out.value(one);
        out.end_array();
    }
    out.field("account", r.account).field("stage", r.stage).field("stage_since", r.stage_entered_at);
    out.field("is_lead", r.is_lead).field("open", r.open).field("cycle", r.cycle).field("holder", r.holder);
    out.field("score", Decimal{r.score_micros}).field("classes", r.classes).field("updated_at", r.updated_at);
    out.key("properties").begin_object();
    for (const NamedValue& p : person.properties) out.field(p.name, p.value);
    out.end_object().key("touches");
    app::write(out, person.touches);
    return out.end_object().take();
}

Status write_csv(const app::Reads& reads, ports::Position up_to, bool leads_only, std::ostream& to) {
    std::set<std::string> names;
    const Status looked = app::export_people(reads, up_to, leads_only, [&](const ExportedPerson& person) {
        for (const NamedValue& p : person.properties) names.insert(p.name);
        return Status();
    });
    if (!looked) return looked;
    Csv csv(std::move(names));
    to << csv.head();
    return app::export_people(reads, up_to, leads_only, [&](const ExportedPerson& person) -> Status {
        to << csv.row(person);
        return to ? Status() : fail("cannot_write", "the file could not be written: is the disk full?");
    });
}

/// One person a line within an array.
Status write_json(const app::Reads& reads, ports::Position up_to, bool leads_only, std::ostream& to) {
    const char* before = "[\n";
    const Status written = app::export_people(reads, up_to, leads_only, [&](const ExportedPerson& person) -> Status {
        to << before << json_of(person);
        before = ",\n";
        return to ? Status() : fail("cannot_write", "the file could not be written: is the disk full?");
    });
    to << (before[0] == '[' ? "[]\n" : "\n]\n");
    return written;
}

}  // namespace

int export_people(const Context& context, const ExportOptions& options) {
    const auto session = open_for_reading(context, options);
    if (!session) return failed;
    const auto up_to = session->reads->derived_up_to();
    if (!up_to) return refuse(context, up_to.error());
    std::ofstream file;
    if (!options.out.empty()) {
        file.open(options.out, std::ios::binary);
        if (!file)
            return refuse(context, {"cannot_write", "cannot write " + options.out + "; is there such a folder?"});
    }
    std::ostream& to = options.out.empty() ? context.screen.out : file;
    const bool leads_only = options.what == "leads";
    const Status written = options.as == "json" ? write_json(*session->reads, *up_to, leads_only, to)
                                                : write_csv(*session->reads, *up_to, leads_only, to);
    if (!written) return refuse(context, written.error());
    to.flush();
    return to ? done : refuse(context, {"cannot_write", "the file could not be written: is the disk full?"});
}

}  // namespace baton::cli
