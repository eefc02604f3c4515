// The process document in Markdown (GitHub's tables), and the short form for a terminal.
#include <algorithm>

#include "domain/playbook/draw.h"
#include "domain/playbook/words.h"

namespace baton::playbook {
namespace {

using Row = std::vector<std::string>;

// ---- Markdown -----------------------------------------------------------------------------------------------------

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool inside_word(std::string_view text, std::size_t i) {
    return i > 0 && i + 1 < text.size() && is_word_character(text[i - 1]) && is_word_character(text[i + 1]);
}

/// Text from the playbook can hold no markup of its own.
std::string md(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += ' ';
        } else {
            if (std::string_view("\\`*[]|#~").find(c) != std::string_view::npos || (c == '_' && !inside_word(text, i)))
                out += '\\';
            out += c;
        }
    }
    return out;
}

/// An expression as code; inside a table a bar must be escaped even there.
std::string code(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    std::string out;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
        if (c == '|') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    const std::string fence(longest + 1, '`');
    const std::string pad = longest > 0 ? " " : "";
    return fence + pad + out + pad + fence;
}

/// Cells are Markdown already.
std::string table(const Row& head, const std::vector<Row>& rows) {
    const auto line = [](const Row& row) {
        std::string text = "|";
        for (const std::string& cell : row) text += " " + (cell.empty() ? std::string("–") : cell) + " |";
        return text + "\n";
    };
    std::string out = line(head) + "|";
    for (std::size_t i = 0; i < head.size(); ++i) out += " --- |";
    out += "\n";
    for (const Row& row : rows) out += line(row);
    return out + "\n";
}

std::string section(std::string_view title, const Row& head, const std::vector<Row>& rows) {
    return rows.empty() ? std::string() : "## " + std::string(title) + "\n\n" + table(head, rows);
}

/// Words and the expression; the expression alone where there are no words for it.
std::string words_and_code(const std::string& words, const Text& expression) {
    return words == expression.text ? code(expression.text) : md(words) + " " + code(expression.text);
}

std::string named(const Compiled& book, const Clause& clause) {
    return md(clause.name.text) + ": " + words_and_code(in_words(book, clause.when), clause.when);
}

void add_list(const Compiled& book, std::string_view title, const std::vector<Clause>& clauses, std::string& out) {
    if (clauses.empty()) return;
    out += (out.empty() ? "" : "<br>") + ("**" + std::string(title) + "**");
    for (const Clause& clause : clauses) out += "<br>• " + named(book, clause);
}

std::string criteria_cell(const Compiled& book, const Criteria& criteria) {
    std::string out;
    add_list(book, "all of", criteria.all, out);
    add_list(book, "one of", criteria.any, out);
    add_list(book, "none of", criteria.none, out);
    return out;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
    return text;
}

std::string sla_cell(const Stage& stage) {
    std::vector<std::string> parts;
    if (stage.sla) {
        std::string text = stage.sla->act.empty() ? "" : spaced(stage.sla->act) + " ";
        if (stage.sla->within) text += "within " + in_words(*stage.sla->within);
        if (!stage.sla->calendar.empty()) text += " (" + spaced(stage.sla->calendar) + ")";
        if (!stage.sla->on_breach.empty()) text += ", else " + stage.sla->on_breach;
        parts.push_back(text);
    }
    if (stage.dwell_max) parts.push_back("at most " + in_words(*stage.dwell_max) + " here");
    return md(joined(parts));
}

std::string kind_cell(const Stage& stage) {
    std::string text(to_string(stage.kind));
    if (stage.won) text += ", won";
    if (stage.lost) text += ", lost";
    if (stage.before_lead) text += ", not a lead yet";
    if (!stage.hold.empty()) text += ", held by nurture";
    return text;
}

std::string observed_cell(const Playbook& book, const Stage& stage) {
    std::vector<std::string> labels;
    for (const Text& type : stage.observed_by) labels.push_back(fact_label(book, type.text));
    return labels.empty() ? "" : "<br>also reached whenever: " + md(listed(labels, "or"));
}

std::string count_cell(const Counts& counts, const std::string& id) {
    const auto at = counts.find(id);
    return at == counts.end() ? std::string() : std::to_string(at->second);
}

std::string stages_part(const Compiled& book, const Counts& counts) {
    Row head = {"Stage", "Definition", "Kind", "Owner", "Metric", "Promise", "Enters when"};
    if (!counts.empty()) head.emplace_back("Inside");
    std::vector<Row> rows;
    for (const Stage& s : book.source.stages) {
        std::string enters = criteria_cell(book, s.enter) + observed_cell(book.source, s);
        if (enters.starts_with("<br>")) enters.erase(0, 4);
        rows.push_back({md(s.name.text), md(s.definition), kind_cell(s), md(team_name(book.source, s.owner.text)),
                        md(s.metric), sla_cell(s), enters});
        if (!counts.empty()) rows.back().push_back(count_cell(counts, s.id));
    }
    return section("Stages", head, rows);
}

std::string aftermath_cell(const Playbook& book, const Arrow& arrow) {
    std::vector<std::string> parts;
    if (!arrow.reasons.text.empty())
        parts.push_back("a reason from the list \"" + arrow.reasons.text + "\" is asked for");
    if (arrow.new_cycle) parts.emplace_back("a new cycle begins");
    if (!arrow.hold.empty()) parts.emplace_back("held by nurture");
    if (arrow.wake_after_days) parts.push_back("not offered again for " + days_in_words(*arrow.wake_after_days));
    for (const Action& a : arrow.actions) parts.push_back(action_in_words(book, a));
    return md(capitalised(joined(parts)));
}

std::string transitions_part(const Compiled& book, const Counts& counts) {
    Row head = {"From", "To", "Label", "Who", "When", "Then"};
    if (!counts.empty()) head.emplace_back("Moves");
    std::vector<Row> rows;
    for (const CompiledArrow& a : book.arrows) {
        const Arrow& source = book.source.arrows[static_cast<std::size_t>(a.source)];
        std::string when = md(capitalised(trigger_in_words(book.source, source)));
        const std::string own = criteria_cell(book, source.when);
        if (!own.empty()) when += (when.empty() ? "" : "<br>") + own;
        if (a.uses_enter && !book.stages[a.to.value].enter.empty())
            when += (when.empty() ? "" : "<br>and ") + ("the criteria of " + md(book.stages[a.to.value].name));
        rows.push_back({md(book.stages[a.from.value].name), md(book.stages[a.to.value].name), md(a.label),
                        md(team_name(book.source, a.by)), when, aftermath_cell(book.source, source)});
        if (!counts.empty()) rows.back().push_back(count_cell(counts, a.id));
    }
    return section("Transitions", head, rows);
}

std::string hand_offs_part(const Playbook& book) {
    std::vector<Row> rows;
    for (const HandOff& h : book.hand_offs) {
        std::string silence = "stays open";
        if (h.silence_after && h.silence != SilenceEnd::stays_open)
            silence = std::string(h.silence == SilenceEnd::accepted ? "counts as accepted" : "expires") + " after " +
                      in_words(*h.silence_after);
        rows.push_back({md(h.name.text), md(stage_name(book, h.at.text)), md(team_name(book, h.from.text)),
                        md(team_name(book, h.to.text)), silence});
    }
    return section("Hand-offs", {"Hand-off", "At stage", "From", "To", "Without an answer"}, rows);
}

std::string rule_cell(const Compiled& book, const Score& score, const ScoreRule& r) {
    if (r.when) return words_and_code(in_words(book, *r.when, criteria::Scope::fit), *r.when);
    std::string text = md(r.on ? fact_label(book.source, r.on->text) : "");
    if (r.where)
        text += ", where " + words_and_code(in_words(book, *r.where, criteria::Scope::event, r.on->text), *r.where);
    if (!r.once_per.empty()) text += ", once per " + md(r.once_per);
    if (score.kind == ScoreKind::behaviour) text += ", " + decay_in_words(r.decay);
    return text;
}

std::string score_limits(const Score& s) {
    std::vector<std::string> parts;
    if (s.cap) parts.push_back("at most " + to_string(*s.cap));
    if (s.floor) parts.push_back("at least " + to_string(*s.floor));
    if (s.inactivity) {
        std::string text = to_string(s.inactivity->points) + " after " + days_in_words(s.inactivity->after_days) +
                           " without any of these";
        if (s.inactivity->every_days > 0) text += " and again every " + days_in_words(s.inactivity->every_days);
        parts.push_back(text);
    }
    return listed(parts);
}

std::string scores_part(const Compiled& book) {
    std::string out;
    for (const Score& s : book.source.scores) {
        out += "### " + md(s.name.text) + "\n\n";
        std::string words = s.kind == ScoreKind::total ? "The sum of all other scores." : "";
        if (const std::string limits = score_limits(s); !limits.empty())
            words += (words.empty() ? "" : " ") + md(capitalised(limits)) + ".";
        if (!words.empty()) out += words + "\n\n";
        std::vector<Row> rows;
        for (const ScoreGroup& g : s.groups)
            for (const ScoreRule& r : g.rules)
                rows.push_back({md(g.name.text) + (g.cap ? " (at most " + to_string(*g.cap) + ")" : ""),
                                md(r.name.text), rule_cell(book, s, r),
                                to_string(r.points) + (r.cap ? " (at most " + to_string(*r.cap) + ")" : "")});
        if (!rows.empty()) out += table({"Group", "Rule", "When", "Points"}, rows);
    }
    return out.empty() ? out : "## Scores\n\n" + out;
}

std::string class_table(const Compiled& book, const Class& c) {
    std::vector<Row> rows;
    if (c.kind == ClassKind::bands) {
        for (const Band& b : c.bands)
            rows.push_back({md(b.label), b.at_least ? md(score_name(book.source, c.score.text)) + " at least " +
                                                          to_string(*b.at_least)
                                                    : "otherwise"});
        return table({"Label", "When"}, rows);
    }
    if (c.kind == ClassKind::rules) {
        for (const ClassRule& r : c.rules)
            rows.push_back({md(r.label), r.criteria.empty() ? "otherwise" : criteria_cell(book, r.criteria)});
        return table({"Label", "When (first that holds)"}, rows);
    }
    const auto find_class = [&](const std::string& id) {
        return std::find_if(book.source.classes.begin(), book.source.classes.end(),
                            [&](const Class& other) { return other.id == id; });
    };
    const Class& columns = *find_class(c.columns.text);
    const Class& row_class = *find_class(c.rows.text);
    Row head = {md(row_class.name.text) + " / " + md(columns.name.text)};
    for (const std::string& column : columns.labels) head.push_back(md(column));
    for (const std::string& label : row_class.labels) {
        Row row = {md(label)};
        for (const std::string& column : columns.labels) row.push_back(md(c.cells.at(label).at(column)));
        rows.push_back(std::move(row));
    }
    return table(head, rows);
}

std::string classes_part(const Compiled& book) {
    std::string out;
    for (const Class& c : book.source.classes) out += "### " + md(c.name.text) + "\n\n" + class_table(book, c);
    return out.empty() ? out : "## Classes\n\n" + out;
}

std::string questions_part(const Playbook& book) {
    std::vector<Row> rows;
    for (const Question& q : book.questions)
        rows.push_back(
            {md(answer_name(book, q)), md(q.ask), q.values.empty() ? in_words(q.type) : md(listed(q.values, "or"))});
    return section("Questions", {"Answer", "Question", "May be"}, rows);
}

std::string reasons_part(const Playbook& book) {
    std::vector<Row> rows;
    for (const ReasonList& list : book.reasons)
        for (const Reason& r : list.reasons)
            rows.push_back({md(list.id), md(r.label), r.to.text.empty() ? "" : md(stage_name(book, r.to.text)),
                            r.wake_after_days ? days_in_words(*r.wake_after_days) : ""});
    return section("Reasons", {"List", "Reason", "Leads to", "Not offered again for"}, rows);
}

// ---- who answers for what -----------------------------------------------------------------------------------------------

class Matrix {
   public:
    explicit Matrix(const Playbook& book) : book_(book) {}
    void add(const std::string& what, std::string_view owner, std::string_view mark) {
        Row row = {what};
        bool found = false;
        for (const Team& t : book_.teams) {
            found = found || t.id == owner;
            row.push_back(t.id == owner ? std::string(mark) : std::string(" "));
        }
        row.push_back(found || owner.empty() ? std::string(" ") : md(owner));
        if (!owner.empty()) rows_.push_back(std::move(row));
    }
    void add_actions(const std::string& when, const std::vector<Action>& actions, std::string_view owner) {
        for (const Action& a : actions)
            add(when + ": " + md(action_in_words(book_, a)),
                a.responsible.empty() ? owner : std::string_view(a.responsible), "sees to it");
    }
    std::string text() const {
        Row head = {"What"};
        for (const Team& t : book_.teams) head.push_back(md(t.name));
        head.emplace_back("Somebody else");
        return section("Who answers for what", head, rows_);
    }

   private:
    const Playbook& book_;
    std::vector<Row> rows_;
};

std::string responsibility_part(const Playbook& book) {
    Matrix matrix(book);
    for (const Stage& s : book.stages) {
        matrix.add("Stage " + md(s.name.text), s.owner.text, "owns");
        matrix.add_actions("Entering " + md(s.name.text), s.on_enter, s.owner.text);
        matrix.add_actions("Leaving " + md(s.name.text), s.on_leave, s.owner.text);
    }
    for (const Arrow& a : book.arrows) {
        std::vector<std::string> from;
        for (const Text& f : a.from) from.push_back(md(stage_name(book, f.text)));
        const std::string move = "Move from " + listed(from, "or") + " to " + md(stage_name(book, a.to.text));
        matrix.add(move, a.by, a.on ? "decides" : "answers");
        matrix.add_actions(move, a.actions, a.by);
    }
    for (const HandOff& h : book.hand_offs)
        matrix.add("Answering the hand-off " + md(h.name.text), h.to.text, "answers");
    for (const Commitment& c : book.commitments)
        matrix.add("Promise: " + std::to_string(c.number) + " " + md(c.what) + " a " + c.per +
                       (c.segment.empty() ? "" : " (" + md(c.segment) + ")"),
                   c.team, "promises");
    for (const Program& p : book.programs) matrix.add("Program " + md(p.name), p.responsible, "sees to it");
    return matrix.text();
}

// ---- terminal -------------------------------------------------------------------------------------------------------

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// Control characters could move the cursor or change colours.
std::string plain(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
    return out;
}

std::string aligned(const Row& head, const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(head.size());
    const auto measure = [&](const Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    };
    measure(head);
    for (const Row& row : rows) measure(row);
    const auto line = [&](const Row& row) {
        std::string text;
        for (std::size_t i = 0; i < row.size(); ++i)
            text += row[i] + std::string(widths[i] - columns_of(row[i]) + 2, ' ');
        text.erase(text.find_last_not_of(' ') + 1);
        return text + "\n";
    };
    Row rule;
    for (std::size_t i = 0; i < head.size(); ++i) rule.emplace_back(widths[i], '-');
    std::string out = line(head) + line(rule);
    for (const Row& row : rows) out += line(row);
    return out;
}

std::string criteria_names(const Compiled& book, const CompiledCriteria& criteria) {
    std::vector<std::string> parts;
    const auto names = [&](const std::vector<ClauseIndex>& list) {
        std::vector<std::string> all;
        for (const ClauseIndex c : list) all.push_back(plain(book.clauses[c.value].name));
        return all;
    };
    if (!criteria.all.empty()) parts.push_back(listed(names(criteria.all), "and"));
    if (!criteria.any.empty()) parts.push_back("one of: " + listed(names(criteria.any), "or"));
    if (!criteria.none.empty()) parts.push_back("not: " + listed(names(criteria.none), "or"));
    return joined(parts);
}

}  // namespace

std::string draw_markdown(const Compiled& book, const Counts& counts) {
    const Playbook& source = book.source;
    std::string out = "# " + md(source.name) + "\n\n";
    if (!source.description.empty()) out += md(source.description) + "\n\n";
    std::vector<std::string> signers;
    for (const Signer& s : source.signers) signers.push_back(s.role.empty() ? s.name : s.name + " (" + s.role + ")");
    out += source.signers.empty() ? "Nobody has to sign this process: it goes live unsigned.\n\n"
                                  : "Signed by " + md(listed(signers)) + ".\n\n";
    std::vector<std::string> sites;
    for (const Text& site : source.own_sites) sites.push_back(site.text);
    if (!sites.empty()) out += "Own web sites: " + md(listed(sites)) + ".\n\n";
    out += stages_part(book, counts) + transitions_part(book, counts) + hand_offs_part(source) + scores_part(book) +
           classes_part(book) + questions_part(source) + reasons_part(source) + responsibility_part(source);
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
}

std::string draw_table(const Compiled& book, const Counts& counts) {
    Row head = {"STAGE", "KIND", "OWNER", "ENTERS WHEN"};
    Row arrow_head = {"FROM", "TO", "WHO", "WHEN"};
    if (!counts.empty()) {
        head.insert(head.begin() + 1, "INSIDE");
        arrow_head.insert(arrow_head.begin() + 2, "MOVES");
    }
    std::vector<Row> stages;
    for (std::size_t i = 0; i < book.stages.size(); ++i) {
        const CompiledStage& s = book.stages[i];
        Row row = {plain(s.name), std::string(to_string(s.kind)),
                   plain(team_name(book.source, book.source.stages[i].owner.text)), criteria_names(book, s.enter)};
        if (!counts.empty()) row.insert(row.begin() + 1, count_cell(counts, s.id));
        stages.push_back(std::move(row));
    }
    std::vector<Row> arrows;
    for (const CompiledArrow& a : book.arrows) {
        const Arrow& source = book.source.arrows[static_cast<std::size_t>(a.source)];
        std::string when = plain(trigger_in_words(book.source, source));
        const std::string own = criteria_names(book, a.when);
        if (!own.empty()) when += (when.empty() ? "" : "; ") + own;
        if (when.empty()) when = "criteria of the stage hold";
        Row row = {plain(book.stages[a.from.value].name), plain(book.stages[a.to.value].name),
                   plain(team_name(book.source, a.by)), when};
        if (!counts.empty()) row.insert(row.begin() + 2, count_cell(counts, a.id));
        arrows.push_back(std::move(row));
    }
    return plain(book.source.name) + "\n\n" + aligned(head, stages) +
           (arrows.empty() ? "" : "\n" + aligned(arrow_head, arrows));
}

}  // namespace baton::playbook
