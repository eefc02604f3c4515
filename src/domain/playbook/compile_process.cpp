// Stages, transitions, hand-offs and the sections that only refer to them.
#include <algorithm>

#include "domain/playbook/compiler.h"
#include "domain/playbook/suggest.h"

namespace baton::playbook {
namespace {

/// Types Baton writes or that decide without an arrow; facts of these never trigger a transition.
bool is_closed_type(std::string_view on) {
    for (const std::string_view type :
         {"move", "assign", "user", "timer", "activation", "account_changed", "member_changed", "account", "go_live"})
        if (on == type) return true;
    return false;
}

bool has_arrow(const Compiled& book, StageIndex stage, std::string_view verb) {
    return std::any_of(book.stages[stage.value].leaving.begin(), book.stages[stage.value].leaving.end(),
                       [&](ArrowIndex a) {
                           return book.arrows[a.value].trigger == Trigger::decision && book.arrows[a.value].on == verb;
                       });
}

}  // namespace

bool is_arrow_verb(std::string_view on) {
    return on == "accept" || on == "reject" || on == "return" || on == "withdraw" || on == "disqualify";
}

void Compiler::team(const std::string& id, Place place, std::string_view what) {
    if (id.empty() || std::find(team_ids_.begin(), team_ids_.end(), id) != team_ids_.end()) return;
    error(place, std::string(what) + " names the unknown team '" + id + "'",
          team_ids_.empty() ? "declare it under 'teams'" : did_you_mean(id, team_ids_));
}

// ---- stages -------------------------------------------------------------------------------------------------------

void Compiler::check_stage(const Stage& stage, std::size_t position) {
    const std::string name = "the stage '" + stage.id + "'";
    if (stage.kind == StageKind::closed && !stage.won && !stage.lost)
        error(stage.place, name + " is closed but has no outcome", "add 'outcome: won' or 'outcome: lost'");
    if (stage.kind != StageKind::closed && stage.lost)
        error(stage.place, name + " has the outcome lost but is not closed", "write 'kind: closed'");
    if (stage.kind != StageKind::closed && stage.kind != StageKind::customer && stage.won)
        error(stage.place, name + " has the outcome won but is neither closed nor customer",
              "write 'kind: closed' or 'kind: customer'");
    if (position == 0 && stage.kind == StageKind::closed)
        error(stage.place, "people start in the first stage, and '" + stage.id + "' is closed",
              "put the stage where people start first");
    if (stage.before_lead && stage.kind != StageKind::marketing)
        error(stage.place, name + " is before_lead but of a later kind", "write 'kind: marketing'");
    actions(stage.on_enter);
    actions(stage.on_leave);
}

void Compiler::stages() {
    if (source_.stages.empty()) error({1, 1}, "the playbook has no stages", "declare at least one under 'stages'");
    for (std::size_t i = 0; i < source_.stages.size(); ++i) {
        const Stage& s = source_.stages[i];
        check_stage(s, i);
        out_.stages.push_back({.id = s.id,
                               .name = s.name.text,
                               .kind = s.kind,
                               .before_lead = s.before_lead,
                               .won = s.won,
                               .lost = s.lost,
                               .team = find(s.owner, team_ids_, "team"),
                               .hold = s.hold,
                               .enter = criteria(s.enter),
                               .leaving = {},
                               .thresholds = {},
                               .timed = {},
                               .hand_off = {}});
    }
}

// ---- transitions --------------------------------------------------------------------------------------------------

std::string Compiler::arrow_id(const Arrow& arrow, const std::string& from) const {
    const std::string base = arrow.id.empty()         ? from + "→" + arrow.to.text
                             : arrow.from.size() == 1 ? arrow.id
                                                      : arrow.id + "@" + from;
    const auto taken = [&](const std::string& id) {
        return std::any_of(out_.arrows.begin(), out_.arrows.end(), [&](const CompiledArrow& a) { return a.id == id; });
    };
    if (!taken(base)) return std::string(base);
    const std::string with_trigger = arrow.on ? base + " on " + arrow.on->text : base;
    std::string id = with_trigger;
    for (int n = 2; taken(id); ++n) id = with_trigger + " " + std::to_string(n);
    return id;
}

void Compiler::check_arrow(const Arrow& arrow) {
    if (arrow.from.empty()) error(arrow.place, "this transition starts nowhere", "add 'from: …'");
    if (arrow.on && arrow.after)
        error(arrow.on->place, "a transition cannot have both 'on' and 'after'",
              "'after' moves by itself: make it a transition of its own");
    if (arrow.on && is_closed_type(arrow.on->text))
        error(arrow.on->place, "'" + arrow.on->text + "' cannot trigger a transition",
              "use accept, reject, return, withdraw, disqualify or a fact of your own");
    const bool decided = arrow.on && is_arrow_verb(arrow.on->text);
    if (!arrow.reasons.text.empty() && (!decided || arrow.on->text == "accept"))
        error(arrow.reasons.place, "a reason is only asked for on reject, return, withdraw and disqualify",
              "take 'reasons' out");
    if (arrow.wake_after_days && !(decided && (arrow.on->text == "reject" || arrow.on->text == "return")))
        error(arrow.place, "'wake_after' acts only after reject and return",
              "take it out, or use 'after' on a transition leaving the target");
    team(arrow.by, arrow.place, "this transition");
    actions(arrow.actions);
}

void Compiler::check_automatic(const Arrow& arrow, const CompiledArrow& compiled) {
    if (compiled.trigger != Trigger::automatic || arrow.after) return;
    if (!compiled.when.empty() || !out_.stages[compiled.to.value].enter.empty()) return;
    error(arrow.place,
          "the transition from '" + out_.stages[compiled.from.value].id + "' to '" + arrow.to.text +
              "' has no condition, so it would always be taken",
          "add 'when', 'after' or 'on', or give '" + arrow.to.text + "' criteria under 'enter'");
}

void Compiler::arrow(const Arrow& source, int index) {
    check_arrow(source);
    const int to = find(source.to, stage_ids_, "stage");
    const int reasons = find(source.reasons, reason_ids_, "reason list");
    const CompiledCriteria when = criteria(source.when);
    std::vector<int> seen;
    for (const Text& from_text : source.from) {
        const int from = find(from_text, stage_ids_, "stage");
        if (from < 0 || to < 0) continue;
        if (from == to)
            error(from_text.place, "this transition leads from '" + from_text.text + "' back to itself",
                  "name another target");
        if (std::find(seen.begin(), seen.end(), from) != seen.end())
            error(from_text.place, "'" + from_text.text + "' stands twice in 'from'", "keep one of the two");
        seen.push_back(from);
        CompiledArrow a{.id = arrow_id(source, from_text.text),
                        .label = source.label.text,
                        .by = source.by,
                        .from = {static_cast<std::uint16_t>(from)},
                        .to = {static_cast<std::uint16_t>(to)},
                        .trigger = !source.on                       ? Trigger::automatic
                                   : is_arrow_verb(source.on->text) ? Trigger::decision
                                                                    : Trigger::fact,
                        .on = source.on ? source.on->text : std::string(),
                        .when = when,
                        .uses_enter = !source.on,
                        .after = source.after,
                        .reasons = reasons,
                        .new_cycle = source.new_cycle,
                        .backward = to < from,
                        .hold = source.hold,
                        .wake_after_days = source.wake_after_days,
                        .source = index};
        check_automatic(source, a);
        out_.stages[a.from.value].leaving.push_back({static_cast<std::uint16_t>(out_.arrows.size())});
        out_.arrows.push_back(std::move(a));
    }
}

void Compiler::arrows() {
    for (std::size_t i = 0; i < source_.arrows.size(); ++i) arrow(source_.arrows[i], static_cast<int>(i));
}

// ---- hand-offs ----------------------------------------------------------------------------------------------------

void Compiler::hand_offs() {
    for (const HandOff& h : source_.hand_offs) {
        const int at = find(h.at, stage_ids_, "stage");
        const HandOffIndex index{static_cast<std::uint16_t>(out_.hand_offs.size())};
        out_.hand_offs.push_back({h.id,
                                  h.name.text,
                                  {static_cast<std::uint16_t>(std::max(at, 0))},
                                  find(h.from, team_ids_, "team"),
                                  find(h.to, team_ids_, "team"),
                                  h.silence_after,
                                  h.silence});
        if (at < 0) continue;
        CompiledStage& stage = out_.stages[static_cast<std::size_t>(at)];
        if (stage.hand_off) {
            error(h.at.place,
                  "the stage '" + stage.id + "' has a hand-off already, '" + out_.hand_offs[stage.hand_off->value].id +
                      "'",
                  "keep one hand-off a stage");
            continue;
        }
        stage.hand_off = index;
        if (!has_arrow(out_, {static_cast<std::uint16_t>(at)}, "accept"))
            error(
                h.at.place,
                "the hand-off '" + h.id + "' cannot be accepted: no transition 'on: accept' leaves '" + stage.id + "'",
                "add {from: " + stage.id + ", to: …, on: accept} to 'transitions'");
    }
    check_decision_arrows();
}

void Compiler::check_decision_arrows() {
    for (const CompiledArrow& a : out_.arrows) {
        const bool needs_offer =
            a.trigger == Trigger::decision && (a.on == "accept" || a.on == "reject" || a.on == "withdraw");
        const CompiledStage& from = out_.stages[a.from.value];
        if (!needs_offer || from.hand_off) continue;
        const Arrow& source = source_.arrows[static_cast<std::size_t>(a.source)];
        error(source.on->place, "nobody can " + a.on + " in the stage '" + from.id + "': nothing is offered there",
              "add a hand-off 'at: " + from.id + "'" + (a.on == "reject" ? ", or use 'on: return'" : ""));
    }
}

void Compiler::reasons() {
    for (const ReasonList& list : source_.reasons)
        for (const Reason& reason : list.reasons) find(reason.to, stage_ids_, "stage");
}

// ---- sections that do not act yet, but must be right --------------------------------------------------------------

void Compiler::actions(const std::vector<Action>& actions) {
    std::vector<std::string> properties;
    for (const auto& p : out_.names.person) properties.push_back(p.id);
    for (const Action& a : actions) {
        if (a.kind == ActionKind::notify) team(a.target, a.place, "this action");
        if (a.kind == ActionKind::enrol) find({a.target, a.place}, program_ids_, "program");
        if (a.kind == ActionKind::set_field) find({a.target, a.place}, properties, "property");
    }
}

void Compiler::later_sections() {
    for (const Route& r : source_.routing)
        if (r.when) expression(*r.when, criteria::Scope::person);
    for (const Program& p : source_.programs) {
        find({p.goal, p.place}, stage_ids_, "stage");
        if (p.entry) expression(*p.entry, criteria::Scope::person);
        if (p.exit) expression(*p.exit, criteria::Scope::person);
    }
    for (const Commitment& c : source_.commitments) {
        team(c.team, c.place, "this commitment");
        if (c.number <= 0) error(c.place, "a commitment must be a number above 0", "write number: 120");
    }
}

}  // namespace baton::playbook
