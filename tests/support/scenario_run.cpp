// Runs scenarios and tells what differs; keeps account of what they showed.
#include <algorithm>

#include "support/scenario_check.h"
#include "support/scenario_words.h"

namespace baton::scenario {
namespace {

using engine::HistoryKind;
using engine::HistoryRecord;
using engine::Truth;
using playbook::Compiled;

// ---- what a scenario shows --------------------------------------------------------------------------------------

const playbook::CompiledArrow* arrow_called(const Compiled& book, const std::string& id) {
    const auto at = std::ranges::find(book.arrows, id, &playbook::CompiledArrow::id);
    return at == book.arrows.end() ? nullptr : &*at;
}

void note_move(const Compiled& book, const HistoryRecord& r, Covered& covered) {
    covered.insert("stage " + r.to);
    const auto* arrow = arrow_called(book, r.what);
    if (arrow == nullptr) return;
    covered.insert("arrow " + r.what);
    if (arrow->reasons >= 0 && !r.reason.empty())
        covered.insert("reason " + book.source.reasons[static_cast<std::size_t>(arrow->reasons)].id + "/" + r.reason);
}

void note(const Compiled& book, const HistoryRecord& r, Covered& covered) {
    if (r.kind == HistoryKind::stage_entered) note_move(book, r, covered);
    if (r.kind == HistoryKind::class_changed && !r.to.empty()) covered.insert("label " + r.what + " " + r.to);
    if (r.kind == HistoryKind::offer_ended) covered.insert("ending " + r.what + " " + r.detail);
}

void note_state(const World& world, const Person& person, Instant at, Covered& covered) {
    const engine::Why why = engine::why(world.playbook(), person.state, std::max(at, person.state.engine_at));
    const auto clauses = [&](const std::vector<engine::ClauseSeen>& list) {
        for (const auto& c : list)
            covered.insert("clause " + c.id + (c.truth == Truth::yes ? " holds" : " does not hold"));
    };
    for (const auto& arrow : why.arrows) clauses(arrow.clauses);
    for (const auto& score : why.scores)
        for (const auto& part : score.parts)
            if (part.points != Decimal{}) covered.insert("rule " + score.id + " " + part.rule);
}

void note_truths(const HistoryRecord& r, Covered& covered) {
    for (const auto& e : r.explanation)
        covered.insert("clause " + e.clause + (e.truth == Truth::yes ? " holds" : " does not hold"));
}

// ---- running ----------------------------------------------------------------------------------------------------

std::vector<std::string> actual_lines(const World& world, const std::vector<Happening>& history, const Event& event,
                                      Instant at) {
    std::vector<std::string> lines;
    for (const Happening& h : history) {
        std::string line = words_of(h.record, world.playbook());
        if (h.record.at != at) line = "at " + time_text(h.record.at) + " " + line;
        if (h.who != event.subject && world.people() > 1) line = h.who + ": " + line;
        lines.push_back(std::move(line));
    }
    return lines;
}

class Run {
   public:
    Run(const Compiled& book, const Scenario& scenario, Covered& covered)
        : world_(book), scenario_(scenario), covered_(covered) {}

    std::vector<std::string> run() {
        for (const Event& event : scenario_.events) {
            at_ = event.at ? *event.at : at_ + event.later;
            one(event);
        }
        return std::move(differences_);
    }

   private:
    void one(const Event& event) {
        if (event.kind != EventKind::passes && !event.subject.empty() && !event.of_account) subject_ = event.subject;
        const auto refusal = world_.happen(event, at_);
        const auto history = world_.take_history();
        for (const Happening& h : history) {
            note(world_.playbook(), h.record, covered_);
            note_truths(h.record, covered_);
        }
        auto lines = actual_lines(world_, history, event, at_);
        if (refusal) lines.push_back("refused " + std::string(to_string(*refusal)));
        compare(event, lines);
        checks(event);
        if (const Person* person = world_.person(subject_)) note_state(world_, *person, at_, covered_);
    }

    void compare(const Event& event, const std::vector<std::string>& actual) {
        if (!event.compared && event.expected.empty()) return;
        std::vector<std::string> expected;
        for (const Line& line : event.expected)
            if (line.text != "nothing") expected.push_back(line.text);
        if (expected == actual) return;
        differences_.push_back("line " + std::to_string(event.line.number) + ": " + event.line.text + "   (" +
                               time_text(at_) + ")\n" + diff(expected, actual));
    }

    void checks(const Event& event) {
        const Aftermath after{subject_, at_, world_.take_effects()};
        for (const Line& line : event.checks)
            if (const auto wrong = check(world_, after, line.text))
                differences_.push_back("line " + std::to_string(line.number) + ": check " + line.text + "\n    " +
                                       *wrong + "\n");
    }

    World world_;
    const Scenario& scenario_;
    Covered& covered_;
    Instant at_{};
    std::string subject_;
    std::vector<std::string> differences_;
};

// ---- what there is to show --------------------------------------------------------------------------------------

void endings(const Compiled& book, const playbook::CompiledHandOff& hand_off, Covered& all) {
    const auto need = [&](std::string_view end) { all.insert("ending " + hand_off.id + " " + std::string(end)); };
    need("accepted");
    need("withdrawn");
    for (const ArrowIndex a : book.stages[hand_off.at.value].leaving)
        if (book.arrows[a.value].on == "reject") need("rejected");
    if (hand_off.silence_after && hand_off.silence == playbook::SilenceEnd::accepted) need("accepted_by_default");
    if (hand_off.silence_after && hand_off.silence == playbook::SilenceEnd::expired) need("expired");
}

void clause_sides(const Compiled& book, const playbook::CompiledCriteria& criteria, Covered& all) {
    for (const auto* list : {&criteria.all, &criteria.any, &criteria.none})
        for (const ClauseIndex c : *list)
            for (const char* side : {" holds", " does not hold"})
                all.insert("clause " + book.clauses[c.value].id + side);
}

}  // namespace

Covered coverable(const Compiled& book) {
    Covered all;
    for (const auto& stage : book.stages) {
        all.insert("stage " + stage.id);
        clause_sides(book, stage.enter, all);
    }
    for (const auto& arrow : book.arrows) {
        all.insert("arrow " + arrow.id);
        clause_sides(book, arrow.when, all);
    }
    for (const auto& c : book.classes)
        for (const auto& label : c.labels)
            if (!label.empty()) all.insert("label " + c.id + " " + label);
    for (const auto& arrow : book.arrows)
        if (arrow.reasons >= 0)
            for (const auto& reason : book.source.reasons[static_cast<std::size_t>(arrow.reasons)].reasons)
                all.insert("reason " + book.source.reasons[static_cast<std::size_t>(arrow.reasons)].id + "/" +
                           reason.id);
    for (const auto& hand_off : book.hand_offs) endings(book, hand_off, all);
    for (const auto& rule : book.score_rules) all.insert("rule " + book.scores[rule.score.value].id + " " + rule.name);
    return all;
}

std::vector<std::string> run(const Compiled& book, const Scenario& scenario, Covered& covered) {
    return Run(book, scenario, covered).run();
}

std::string diff(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
    const std::size_t n = expected.size();
    const std::size_t m = actual.size();
    std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            common[i][j] =
                expected[i] == actual[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    std::string text;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < n || j < m) {
        if (i < n && j < m && expected[i] == actual[j]) {
            text += "      " + expected[i] + "\n";
            ++i, ++j;
        } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
            text += "    - " + expected[i++] + "\n";
        } else {
            text += "    + " + actual[j++] + "\n";
        }
    }
    return text;
}

}  // namespace baton::scenario
