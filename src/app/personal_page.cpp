// One person's data as a page to read. Every text in it came from outside, and goes through `Text` alone.
#include <algorithm>
#include <initializer_list>

#include "app/personal_data.h"
#include "app/registers.h"
#include "app/sentences.h"

namespace baton::app {
namespace {

constexpr std::string_view style = R"(<style>
:root{color-scheme:light dark;--ink:#1c2430;--quiet:#4c5767;--line:#c9d0d9;--paper:#fff;--soft:#f3f5f8}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--quiet:#aeb8c6;--line:#3b4655;--paper:#141a22;--soft:#1d2530}}
body{margin:0 auto;max-width:70rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
p.quiet,td.quiet,small{color:var(--quiet)}
div.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
th{background:var(--soft)}th,td{min-width:6rem;overflow-wrap:break-word}td:nth-child(2){min-width:12rem}
@media print{body{max-width:none}}
</style>
)";

/// HTML with everything that came from outside made harmless.
class Html {
   public:
    Html& raw(std::string_view markup) {
        text_ += markup;
        return *this;
    }
    Html& text(std::string_view said) {
        for (const char c : said) {
            switch (c) {
                case '&': text_ += "&amp;"; break;
                case '<': text_ += "&lt;"; break;
                case '>': text_ += "&gt;"; break;
                case '"': text_ += "&quot;"; break;
                case '\'': text_ += "&#39;"; break;
                default: text_ += c;
            }
        }
        return *this;
    }
    Html& title(std::string_view words) { return raw("<h2>").text(words).raw("</h2>\n"); }
    Html& paragraph(std::string_view words) { return raw("<p class=\"quiet\">").text(words).raw("</p>\n"); }

    Html& table(std::string_view called, std::initializer_list<std::string_view> columns) {
        raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"")
            .text(called)
            .raw("\"><table><thead><tr>");
        for (const std::string_view column : columns) raw("<th scope=\"col\">").text(column).raw("</th>");
        return raw("</tr></thead><tbody>\n");
    }
    Html& row(std::initializer_list<std::string> cells) {
        raw("<tr>");
        for (const std::string& cell : cells) raw("<td>").text(cell).raw("</td>");
        return raw("</tr>\n");
    }
    Html& end_table() { return raw("</tbody></table></div>\n"); }
    std::string take() { return std::move(text_); }

   private:
    std::string text_;
};

/// "2026-01-31 10:00 UTC"; "" where there is none.
std::string moment(Instant t) {
    if (t == Instant::never() || t == Instant::beginning()) return "";
    std::string text = to_string(t);
    if (text.size() < 16) return text;
    text[10] = ' ';
    return text.substr(0, 16) + " UTC";
}

std::string source_of(const codec::JournalRecord& record, const std::vector<std::string>& sources) {
    return record.source < sources.size() ? sources[record.source] : std::string();
}

void put_keys(Html& out, const PersonView& person) {
    out.title("Known by").table("Known by", {"What", "Value"});
    for (const ports::IdentityKey& key : person.keys) out.row({std::string(key_in_words(key.kind)), key.key});
    if (!person.account.empty()) out.row({"organisation", person.account});
    out.end_table();
}

void put_attributes(Html& out, const PersonView& person) {
    out.title("What is known");
    if (person.playbook == nullptr || person.state.features.attributes.empty()) {
        out.paragraph("Nothing beside what was recorded, below.");
        return;
    }
    out.table("What is known", {"What", "Value", "Since", "Said by"});
    for (const engine::Attribute& a : person.state.features.attributes) {
        const auto& declared = person.playbook->names.person.at(a.property.value);
        out.row({declared.label.empty() ? declared.id : declared.label, to_text(a.value), moment(a.occurred_at),
                 a.unverified ? "a browser" : ""});
    }
    out.end_table();
}

void put_consents(Html& out, const PersonalData& data) {
    const playbook::Compiled* playbook = data.consents.playbook.get();
    out.title("What is allowed");
    if (data.consents.entries.empty()) {
        out.paragraph("Nothing was said about it.");
        return;
    }
    out.table("What is allowed", {"Purpose", "State", "Since"});
    for (const engine::Consent& consent : data.consents.stands)
        out.row({purpose_name(playbook, consent.purpose), std::string(in_words(consent)),
                 moment(consent.said.occurred_at)});
    out.end_table().table("Each word of it", {"When", "What", "Source"});
    for (const ConsentEntry& entry : data.consents.entries)
        out.row({moment(entry.record.fact.occurred_at), sentence(entry.record, playbook), entry.source});
    out.end_table();
}

void put_registers(Html& out, const PersonView& person) {
    if (person.hits.empty()) return;
    out.title("Registers").table("Registers", {"Register", "Reason", "Since"});
    for (const codec::ScrubHit& hit : person.hits)
        out.row({std::string(hit.list < registers().size() ? registers()[hit.list].name : ""), hit.reason,
                 moment(hit.since)});
    out.end_table();
}

void put_standing(Html& out, const PersonalData& data) {
    const PersonView& person = data.person;
    out.title("Where it stands, and why");
    out.paragraph("Stage: " + stage_name(person.playbook.get(), person.state.lead.stage) + ", since " +
                  moment(person.state.lead.stage_entered_at) + ".");
    if (!data.why) return;
    if (!data.why->scores.empty()) {
        out.table("Scores", {"Score", "Points", "Made of"});
        for (const engine::ScoreSeen& score : data.why->scores) {
            std::string parts;
            for (const engine::ScorePart& part : score.parts)
                parts += (parts.empty() ? "" : "; ") + part.rule + " " + to_string(part.points) +
                         (part.text.empty() ? "" : " (" + part.text + ")");
            out.row({score.name, to_string(score.value), parts});
        }
        out.end_table();
    }
    if (data.why->classes.empty()) return;
    out.table("Classes", {"Class", "Label", "Because"});
    for (const engine::ClassSeen& one : data.why->classes) {
        std::string because;
        for (const engine::ClauseSeen& clause : one.clauses)
            because += (because.empty() ? "" : "; ") + clause.name + ": " + clause.because;
        out.row({one.name, one.label, because});
    }
    out.end_table();
}

void put_timeline(Html& out, const Timeline& timeline, const PersonalData& data, const Reads& reads) {
    const auto active = reads.active();
    out.table("Everything that was recorded", {"When", "What", "Source", "Said by", "Recorded"});
    for (const TimelineEntry& entry : timeline.entries) {
        if (entry.fact) {
            const codec::JournalRecord& record = *entry.fact;
            out.row({moment(entry.at), sentence(record, active.get()), source_of(record, data.sources),
                     std::string(trust_in_words(record.fact.trust)), moment(record.fact.recorded_at)});
        } else {
            out.row({moment(entry.at), "→ " + sentence(*entry.history, reads.playbook(entry.history->version).get()),
                     "", "Baton", ""});
        }
    }
    out.end_table();
}

}  // namespace

std::string page(const PersonalData& data, const Reads& reads) {
    Html out;
    out.raw(
           "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
        .text("Data kept about " + called(data.person))
        .raw("</title>\n")
        .raw(style)
        .raw("</head><body><main>\n<h1>")
        .text("Data kept about " + called(data.person))
        .raw("</h1>\n");
    out.paragraph("As of " + moment(data.at) + ". All that is kept of this person, and nothing of anybody else.");
    put_keys(out, data.person);
    put_attributes(out, data.person);
    put_consents(out, data);
    put_registers(out, data.person);
    put_standing(out, data);
    out.title("Everything that was recorded");
    out.paragraph("Oldest first. Lines with an arrow are what followed from the fact above them.");
    put_timeline(out, data.timeline, data, reads);
    for (const Absorbed& other : data.absorbed) {
        out.title("Recorded before it became one: " + called(other.person));
        put_timeline(out, other.timeline, data, reads);
    }
    return out.raw("</main></body></html>\n").take();
}

}  // namespace baton::app
