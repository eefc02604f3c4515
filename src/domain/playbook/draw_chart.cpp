// Flowcharts: stages grouped by the team that owns them, hand-offs as doubled boxes, kinds in colours.
#include <array>

#include "domain/playbook/draw.h"
#include "domain/playbook/words.h"

namespace baton::playbook {
namespace {

struct Colours {
    std::string_view fill, line;
};
/// Light fills on which black text reads well; the line tells the kinds apart without the fill.
constexpr std::array<Colours, 4> colours = {
    {{"#e3f2fd", "#1565c0"}, {"#fff3e0", "#e65100"}, {"#e8f5e9", "#2e7d32"}, {"#eceff1", "#455a64"}}};

const Colours& colours_of(const CompiledStage& stage) { return colours[static_cast<std::size_t>(stage.kind)]; }

std::string count_of(const Counts& counts, const std::string& id, std::string_view what) {
    const auto at = counts.find(id);
    return at == counts.end() ? std::string() : std::to_string(at->second) + std::string(what);
}

std::vector<std::string> names_of(const Compiled& book, const std::vector<ClauseIndex>& clauses) {
    std::vector<std::string> names;
    for (const ClauseIndex c : clauses) names.push_back(book.clauses[c.value].name);
    return names;
}

void add_criteria(const Compiled& book, const CompiledCriteria& criteria, std::vector<std::string>& lines) {
    for (std::string& name : names_of(book, criteria.all)) lines.push_back(std::move(name));
    if (!criteria.any.empty()) lines.push_back(listed(names_of(book, criteria.any), "or"));
    if (!criteria.none.empty()) lines.push_back("not " + listed(names_of(book, criteria.none), "or"));
}

/// Breaks at spaces so that no line is much longer than `width` characters.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t characters = 0;
    for (const char c : text) {
        if (c == ' ' && characters >= width) {
            lines.emplace_back();
            characters = 0;
            continue;
        }
        lines.back() += c;
        characters += (static_cast<unsigned char>(c) & 0xC0U) == 0x80U ? 0 : 1;
    }
    return lines;
}

/// Stages in document order under their team; teams in document order, stages without a team last.
std::vector<std::pair<int, std::vector<std::size_t>>> groups(const Compiled& book) {
    std::vector<std::pair<int, std::vector<std::size_t>>> all;
    for (int team = 0; team <= static_cast<int>(book.source.teams.size()); ++team) {
        const int wanted = team == static_cast<int>(book.source.teams.size()) ? -1 : team;
        std::vector<std::size_t> members;
        for (std::size_t i = 0; i < book.stages.size(); ++i)
            if (book.stages[i].team == wanted) members.push_back(i);
        if (!members.empty()) all.emplace_back(wanted, std::move(members));
    }
    return all;
}

std::string offered_to(const Compiled& book, const CompiledStage& stage) {
    if (!stage.hand_off) return {};
    const int team = book.hand_offs[stage.hand_off->value].to_team;
    return team < 0 ? "offered" : "offered to " + book.source.teams[static_cast<std::size_t>(team)].name;
}

// ---- Graphviz -----------------------------------------------------------------------------------------------------

/// Inside a quoted string. Graphviz reads \N and the like, and HTML entities: neither may come from the text.
std::string dot_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '&') {
            out += "&amp;";
        } else {
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string dot_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : "\\n") + dot_text(line);
    return out;
}

void dot_stage(const Compiled& book, std::size_t i, const Counts& counts, std::string& out) {
    const CompiledStage& stage = book.stages[i];
    std::vector<std::string> lines = wrapped(stage.name, 18);
    if (const std::string offer = offered_to(book, stage); !offer.empty()) lines.push_back("(" + offer + ")");
    if (const std::string inside = count_of(counts, stage.id, " inside"); !inside.empty()) lines.push_back(inside);
    out += "    s" + std::to_string(i) + " [id=\"stage-" + dot_text(stage.id) + "\", label=\"" + dot_lines(lines) +
           "\", fillcolor=\"" + std::string(colours_of(stage).fill) + "\", color=\"" +
           std::string(colours_of(stage).line) + "\"";
    if (stage.hand_off) out += ", peripheries=2";
    if (stage.kind == StageKind::closed) out += ", style=\"filled,rounded,bold\"";
    out += "];\n";
}

void dot_arrow(const Compiled& book, std::size_t i, const Counts& counts, std::string& out) {
    const CompiledArrow& arrow = book.arrows[i];
    std::vector<std::string> lines;
    for (const std::string& line : arrow_lines(book, arrow))
        for (std::string& part : wrapped(line, 26)) lines.push_back(std::move(part));
    if (const std::string moves = count_of(counts, arrow.id, " moves"); !moves.empty()) lines.push_back(moves);
    out += "  s" + std::to_string(arrow.from.value) + " -> s" + std::to_string(arrow.to.value) + " [id=\"arrow-" +
           std::to_string(i) + "\", label=\"" + dot_lines(lines) + "\"";
    if (arrow.trigger == Trigger::decision && arrow.on == "accept") out += ", penwidth=2.5";
    if (arrow.backward) out += ", style=dashed, constraint=false";
    out += "];\n";
}

// ---- Mermaid ------------------------------------------------------------------------------------------------------

/// Inside a quoted label; Mermaid knows #name; entities. Everything that could open markup becomes one.
std::string mermaid_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '"': out += "#quot;"; break;
            case '#': out += "#35;"; break;
            case '&': out += "#amp;"; break;
            case '<': out += "#lt;"; break;
            case '>': out += "#gt;"; break;
            case '`': out += "#96;"; break;
            case '\\': out += "#92;"; break;
            case '*': out += "#42;"; break;
            case '_': out += "#95;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string mermaid_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) out += (out.empty() ? "" : "<br/>") + mermaid_text(line);
    return out;
}

void mermaid_stage(const Compiled& book, std::size_t i, const Counts& counts, std::string& out) {
    const CompiledStage& stage = book.stages[i];
    std::vector<std::string> lines = {stage.name};
    if (const std::string offer = offered_to(book, stage); !offer.empty()) lines.push_back("(" + offer + ")");
    if (const std::string inside = count_of(counts, stage.id, " inside"); !inside.empty()) lines.push_back(inside);
    const auto [open, close] = stage.hand_off                    ? std::pair("[[", "]]")
                               : stage.kind == StageKind::closed ? std::pair("([", "])")
                                                                 : std::pair("[", "]");
    out += "    s" + std::to_string(i) + open + "\"" + mermaid_lines(lines) + "\"" + close +
           ":::" + std::string(to_string(stage.kind)) + "\n";
}

void mermaid_arrow(const Compiled& book, const CompiledArrow& arrow, const Counts& counts, std::string& out) {
    std::vector<std::string> lines = arrow_lines(book, arrow);
    if (const std::string moves = count_of(counts, arrow.id, " moves"); !moves.empty()) lines.push_back(moves);
    const bool accept = arrow.trigger == Trigger::decision && arrow.on == "accept";
    out += "  s" + std::to_string(arrow.from.value) + (accept ? " ==>" : arrow.backward ? " -.->" : " -->");
    if (!lines.empty()) out += "|\"" + mermaid_lines(lines) + "\"|";
    out += " s" + std::to_string(arrow.to.value) + "\n";
}

}  // namespace

std::vector<std::string> arrow_lines(const Compiled& book, const CompiledArrow& arrow) {
    const Arrow& source = book.source.arrows[static_cast<std::size_t>(arrow.source)];
    if (!arrow.label.empty()) return {arrow.label};
    std::vector<std::string> lines;
    if (const std::string trigger = trigger_in_words(book.source, source); !trigger.empty()) lines.push_back(trigger);
    add_criteria(book, arrow.when, lines);
    if (arrow.uses_enter && lines.empty()) add_criteria(book, book.stages[arrow.to.value].enter, lines);
    return lines;
}

std::string draw_dot(const Compiled& book, const Counts& counts) {
    std::string out =
        "digraph playbook {\n  rankdir=TB; newrank=true; nodesep=0.5; ranksep=0.7; fontname=\"Helvetica\"; "
        "fontsize=14;\n"
        "  label=\"" +
        dot_text(book.source.name) +
        "\"; labelloc=t;\n"
        "  node [shape=box, style=\"filled,rounded\", fontname=\"Helvetica\", fontsize=12, margin=\"0.2,0.1\", "
        "penwidth=1.5];\n"
        "  edge [fontname=\"Helvetica\", fontsize=10, color=\"#555555\", arrowsize=0.8];\n";
    for (const auto& [team, members] : groups(book)) {
        out += "  subgraph cluster_" + std::to_string(team + 1) + " {\n    label=\"" +
               dot_text(team < 0 ? "No owner" : book.source.teams[static_cast<std::size_t>(team)].name) +
               "\"; style=\"rounded\"; color=\"#bdbdbd\"; fontsize=13; labeljust=l;\n";
        for (const std::size_t i : members) dot_stage(book, i, counts, out);
        out += "  }\n";
    }
    for (std::size_t i = 0; i < book.arrows.size(); ++i) dot_arrow(book, i, counts, out);
    return out + "}\n";
}

std::string draw_mermaid(const Compiled& book, const Counts& counts) {
    std::string out = "flowchart TD\n";
    for (const auto& [team, members] : groups(book)) {
        out += "  subgraph t" + std::to_string(team + 1) + "[\"" +
               mermaid_text(team < 0 ? "No owner" : book.source.teams[static_cast<std::size_t>(team)].name) + "\"]\n";
        for (const std::size_t i : members) mermaid_stage(book, i, counts, out);
        out += "  end\n";
    }
    for (const CompiledArrow& arrow : book.arrows) mermaid_arrow(book, arrow, counts, out);
    for (const StageKind kind : {StageKind::marketing, StageKind::sales, StageKind::customer, StageKind::closed}) {
        const Colours& c = colours[static_cast<std::size_t>(kind)];
        out += "  classDef " + std::string(to_string(kind)) + " fill:" + std::string(c.fill) +
               ",stroke:" + std::string(c.line) + ",color:#000000\n";
    }
    return out;
}

std::string draw(const Compiled& book, Format format, const Counts& counts) {
    switch (format) {
        case Format::dot: return draw_dot(book, counts);
        case Format::mermaid: return draw_mermaid(book, counts);
        case Format::markdown: return draw_markdown(book, counts);
        case Format::table: return draw_table(book, counts);
    }
    return {};
}

}  // namespace baton::playbook
