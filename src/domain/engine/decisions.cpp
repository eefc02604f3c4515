// Decisions by people: when they are refused, and what they do (PLAYBOOK §13–16, 19).
#include <algorithm>

#include "domain/engine/stepper.h"

namespace baton::engine {

using playbook::Compiled;
using playbook::CompiledArrow;
using playbook::Trigger;

namespace {

bool guard_holds(const Compiled& playbook, const PersonState& state, const CompiledArrow& arrow) {
    const View view(playbook, state, nullptr);
    const auto is = [&](ClauseIndex c) {
        return criteria::judge(playbook.clauses[c.value].when, view, state.engine_at).truth == Truth::yes;
    };
    return std::ranges::all_of(arrow.when.all, is) &&
           (arrow.when.any.empty() || std::ranges::any_of(arrow.when.any, is)) &&
           std::ranges::none_of(arrow.when.none, is);
}

/// The arrow of a verb from where the lead stands; `any` is set when one exists whatever its guard says.
const CompiledArrow* find_arrow(const Compiled& playbook, const PersonState& state, std::string_view verb, bool& any) {
    any = false;
    const auto stage = playbook.stage(state.lead.stage);
    if (!stage) return nullptr;
    for (const ArrowIndex index : playbook.stages[stage->value].leaving) {
        const CompiledArrow& arrow = playbook.arrows[index.value];
        if (arrow.trigger != Trigger::decision || arrow.on != verb) continue;
        any = true;
        if (guard_holds(playbook, state, arrow)) return &arrow;
    }
    return nullptr;
}

std::optional<Refusal> reason_refusal(const Compiled& playbook, const CompiledArrow& arrow, const Fact& fact) {
    if (arrow.reasons < 0) return std::nullopt;
    const std::string reason = text_of(fact.properties, "reason");
    if (reason.empty()) return Refusal::reason_missing;
    if (reason_in(playbook, arrow.reasons, reason) == nullptr) return Refusal::reason_not_listed;
    return std::nullopt;
}

std::optional<Refusal> clauses_refusal(const Compiled& playbook, const Lead& lead, const Fact& fact) {
    const auto definition = deniable(playbook, lead);
    for (const std::string& id : texts_of(fact.properties, "clauses")) {
        const bool known =
            std::ranges::any_of(definition, [&](ClauseIndex c) { return playbook.clauses[c.value].id == id; });
        if (!known) return Refusal::clause_unknown;
    }
    return std::nullopt;
}

std::optional<Refusal> arrow_refusal(const Compiled& playbook, const PersonState& state, const Fact& fact,
                                     std::string_view verb, Refusal none) {
    bool any = false;
    const CompiledArrow* arrow = find_arrow(playbook, state, verb, any);
    if (arrow == nullptr) return any ? Refusal::criteria_not_met : none;
    if (const auto refusal = reason_refusal(playbook, *arrow, fact)) return refusal;
    return clauses_refusal(playbook, state.lead, fact);
}

std::optional<Refusal> offer_refusal(const Compiled& playbook, const PersonState& state, const Fact& fact,
                                     std::string_view verb) {
    if (!state.lead.offer.open()) return Refusal::no_open_offer;
    bool any = false;
    if (find_arrow(playbook, state, verb, any) == nullptr && !any) return std::nullopt;
    return arrow_refusal(playbook, state, fact, verb, Refusal::no_open_offer);
}

std::optional<Refusal> move_refusal(const Compiled& playbook, const PersonState& state, const Fact& fact) {
    const std::string to = text_of(fact.properties, "to");
    if (!playbook.stage(to)) return Refusal::stage_unknown;
    if (to == state.lead.stage) return Refusal::already_there;
    if (text_of(fact.properties, "reason").empty()) return Refusal::reason_missing;
    return std::nullopt;
}

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string listed_reasons(const Compiled& playbook, const PersonState& state, const Fact& fact) {
    bool any = false;
    const CompiledArrow* arrow = find_arrow(playbook, state, type_name(fact.kind), any);
    if (arrow == nullptr || arrow->reasons < 0) return "";
    std::vector<std::string> ids;
    for (const auto& reason : playbook.source.reasons[static_cast<std::size_t>(arrow->reasons)].reasons)
        ids.push_back(reason.id);
    return join(ids);
}

std::string listed_clauses(const Compiled& playbook, const Lead& lead) {
    std::vector<std::string> ids;
    for (const ClauseIndex c : deniable(playbook, lead)) ids.push_back(playbook.clauses[c.value].id);
    return join(ids);
}

std::string listed_stages(const Compiled& playbook) {
    std::vector<std::string> ids;
    for (const auto& stage : playbook.stages) ids.push_back(stage.id);
    return join(ids);
}

}  // namespace

// ---- refusals -------------------------------------------------------------------------------------------------

std::string_view to_string(Refusal refusal) {
    switch (refusal) {
        case Refusal::no_open_offer: return "no_open_offer";
        case Refusal::stage_cannot_return: return "stage_cannot_return";
        case Refusal::reason_missing: return "reason_missing";
        case Refusal::reason_not_listed: return "reason_not_listed";
        case Refusal::clause_unknown: return "clause_unknown";
        case Refusal::stage_unknown: return "stage_unknown";
        case Refusal::already_there: return "already_there";
        case Refusal::no_open_lead: return "no_open_lead";
        case Refusal::cannot_disqualify: return "cannot_disqualify";
        case Refusal::owner_missing: return "owner_missing";
        case Refusal::criteria_not_met: return "criteria_not_met";
    }
    return "";
}

std::optional<Refusal> refusal_of(const Compiled& playbook, const PersonState& state, const Fact& fact) {
    switch (fact.kind) {
        case FactKind::accept: return offer_refusal(playbook, state, fact, "accept");
        case FactKind::reject: return offer_refusal(playbook, state, fact, "reject");
        case FactKind::withdraw: return offer_refusal(playbook, state, fact, "withdraw");
        case FactKind::return_lead: return arrow_refusal(playbook, state, fact, "return", Refusal::stage_cannot_return);
        case FactKind::disqualify:
            return arrow_refusal(playbook, state, fact, "disqualify", Refusal::cannot_disqualify);
        case FactKind::move: return move_refusal(playbook, state, fact);
        case FactKind::assign:
            if (!state.lead.open) return Refusal::no_open_lead;
            return text_of(fact.properties, "to").empty() ? std::optional(Refusal::owner_missing) : std::nullopt;
        default: return std::nullopt;
    }
}

std::string explain(Refusal refusal, const Compiled& playbook, const PersonState& state, const Fact& fact) {
    const std::string here =
        state.lead.stage.empty() ? "unknown to the process" : "in stage '" + state.lead.stage + "'";
    switch (refusal) {
        case Refusal::no_open_offer:
            return "No hand-off of this lead is open (it is " + here + "), so there is nothing to " +
                   std::string(type_name(fact.kind)) + ".";
        case Refusal::stage_cannot_return:
            return "A lead " + here + " cannot be returned: no return arrow leaves this stage.";
        case Refusal::reason_missing:
            return "A reason is needed. Choose one of: " + listed_reasons(playbook, state, fact) + ".";
        case Refusal::reason_not_listed:
            return "'" + text_of(fact.properties, "reason") +
                   "' is not a listed reason. Choose one of: " + listed_reasons(playbook, state, fact) + ".";
        case Refusal::clause_unknown:
            return "A denied clause is not part of the definition. Its clauses are: " +
                   listed_clauses(playbook, state.lead) + ".";
        case Refusal::stage_unknown:
            return "There is no stage '" + text_of(fact.properties, "to") +
                   "'. Stages are: " + listed_stages(playbook) + ".";
        case Refusal::already_there: return "The lead is already " + here + ".";
        case Refusal::no_open_lead: return "There is no open lead to assign; the person is " + here + ".";
        case Refusal::cannot_disqualify:
            return "A lead " + here + " cannot be disqualified: no disqualify arrow leaves this stage.";
        case Refusal::owner_missing: return "Name the new owner in 'to'.";
        case Refusal::criteria_not_met: return "The criteria of this step are not met by the lead " + here + ".";
    }
    return "";
}

// ---- what they do ---------------------------------------------------------------------------------------------

void Stepper::decide_by_person() {
    if (fact_.kind == FactKind::go_live) return go_live();
    if (!is_decision(fact_.kind)) return;
    if (const auto refusal = refusal_of(playbook_, state_, fact_)) {
        auto& r = record(HistoryKind::decision_void);
        r.what = type_name(fact_.kind);
        r.detail = to_string(*refusal);
        return;
    }
    switch (fact_.kind) {
        case FactKind::accept: accept(); break;
        case FactKind::reject: reject_or_return(OfferEnd::rejected); break;
        case FactKind::return_lead: reject_or_return(std::nullopt); break;
        case FactKind::withdraw: withdraw(); break;
        case FactKind::disqualify: disqualify(); break;
        case FactKind::move: move_by_hand(); break;
        case FactKind::assign: assign(); break;
        default: break;
    }
}

const CompiledArrow* Stepper::arrow_for(std::string_view verb) const {
    bool any = false;
    return find_arrow(playbook_, state_, verb, any);
}

MoveOrder Stepper::order_for(const CompiledArrow& arrow, MoveCause cause) const {
    MoveOrder order;
    order.to = arrow.to;
    order.cause = cause;
    order.arrow = &arrow;
    order.new_cycle = arrow.new_cycle;
    if (cause != MoveCause::decision) return order;
    order.reason = text_of(fact_.properties, "reason");
    order.denied = texts_of(fact_.properties, "clauses");
    order.ends_hold = arrow.on != "accept";
    const playbook::Reason* reason = reason_in(playbook_, arrow.reasons, order.reason);
    if (reason != nullptr && !reason->to.text.empty()) order.to = playbook_.stage(reason->to.text).value_or(arrow.to);
    if (playbook_.stages[order.to.value].kind == playbook::StageKind::closed) order.new_cycle = false;
    return order;
}

void Stepper::accept() {
    const CompiledArrow* arrow = arrow_for("accept");
    if (arrow == nullptr) {
        end_offer(OfferEnd::accepted, "");
        if (!fact_.actor.empty()) set_holder({HolderKind::owner, fact_.actor, responsible_of(stage().team)});
        return mark_all_dirty();
    }
    MoveOrder order = order_for(*arrow, MoveCause::decision);
    order.offer_end = OfferEnd::accepted;
    order.accepted = true;
    order.owner = fact_.actor;
    move(order);
    mark_all_dirty();
}

void Stepper::reject_or_return(std::optional<OfferEnd> end) {
    const CompiledArrow* arrow = arrow_for(type_name(fact_.kind));
    if (arrow == nullptr) {  // an offer may be rejected without an arrow of its own: the lead stays
        end_offer(OfferEnd::rejected, text_of(fact_.properties, "reason"));
        return mark_all_dirty();
    }
    MoveOrder order = order_for(*arrow, MoveCause::decision);
    order.offer_end = end;
    const playbook::Reason* reason = reason_in(playbook_, arrow->reasons, order.reason);
    Instant wake_at = Instant::never();
    if (const Value* given = find(fact_.properties, "wake_at"); given != nullptr && !given->is_null()) {
        const auto value = convert(*given, PropertyType::timestamp);
        if (value && value->as<Instant>() != nullptr) wake_at = *value->as<Instant>();
    } else if (reason != nullptr && reason->wake_after_days) {
        wake_at = now() + Duration::days(*reason->wake_after_days);
    } else if (arrow->wake_after_days) {
        wake_at = now() + Duration::days(*arrow->wake_after_days);
    }
    if (playbook_.stages[order.to.value].kind != playbook::StageKind::closed) order.wake_at = wake_at;
    move(order);
    mark_all_dirty();
}

void Stepper::withdraw() {
    const CompiledArrow* arrow = arrow_for("withdraw");
    if (arrow != nullptr) {
        MoveOrder order = order_for(*arrow, MoveCause::decision);
        order.offer_end = OfferEnd::withdrawn;
        move(order);
    } else {
        end_offer(OfferEnd::withdrawn, text_of(fact_.properties, "reason"));
        set_holder(back_to_giver());
    }
    mark_all_dirty();
}

void Stepper::disqualify() {
    move(order_for(*arrow_for("disqualify"), MoveCause::decision));
    mark_all_dirty();
}

void Stepper::move_by_hand() {
    MoveOrder order;
    order.to = *playbook_.stage(text_of(fact_.properties, "to"));
    order.cause = MoveCause::hand;
    order.reason = text_of(fact_.properties, "reason");
    order.new_cycle = stage().kind == playbook::StageKind::closed;
    order.ends_hold = true;
    move(order);
    mark_all_dirty();
}

void Stepper::assign() {
    set_holder({HolderKind::owner, text_of(fact_.properties, "to"), responsible_of(stage().team)});
    mark_all_dirty();
}

/// Serving begins: what was offered in imported history ends as imported.
void Stepper::go_live() {
    if (!state_.lead.offer.open() || !state_.lead.offer.historical) return;
    end_offer(OfferEnd::imported, "history_ended");
    if (state_.lead.open) set_holder(back_to_giver());
}

// ---- helpers --------------------------------------------------------------------------------------------------

std::vector<ClauseIndex> definition_of(const Compiled& playbook, const playbook::CompiledHandOff& hand_off) {
    std::vector<ClauseIndex> clauses;
    const auto add = [&](const playbook::CompiledCriteria& criteria) {
        clauses.insert(clauses.end(), criteria.all.begin(), criteria.all.end());
        clauses.insert(clauses.end(), criteria.any.begin(), criteria.any.end());
        clauses.insert(clauses.end(), criteria.none.begin(), criteria.none.end());
    };
    add(playbook.stages[hand_off.at.value].enter);
    for (const CompiledArrow& arrow : playbook.arrows)
        if (arrow.to == hand_off.at) add(arrow.when);
    return clauses;
}

std::vector<ClauseIndex> deniable(const Compiled& playbook, const Lead& lead) {
    const auto last = std::ranges::find(playbook.hand_offs, lead.offer.hand_off, &playbook::CompiledHandOff::id);
    if (last != playbook.hand_offs.end()) return definition_of(playbook, *last);
    std::vector<ClauseIndex> clauses;
    for (const auto& hand_off : playbook.hand_offs) {
        const auto more = definition_of(playbook, hand_off);
        clauses.insert(clauses.end(), more.begin(), more.end());
    }
    return clauses;
}

std::string text_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    return value == nullptr ? std::string() : to_text(*value);
}

std::vector<std::string> texts_of(const Properties& properties, std::string_view name) {
    const Value* value = find(properties, name);
    if (value == nullptr || value->is_null()) return {};
    std::vector<std::string> texts;
    if (const auto* list = value->as<ValueList>())
        for (const Value& item : *list) texts.push_back(to_text(item));
    else
        texts.push_back(to_text(*value));
    return texts;
}

const playbook::Reason* reason_in(const Compiled& playbook, int list, std::string_view id) {
    if (list < 0) return nullptr;
    const auto& reasons = playbook.source.reasons[static_cast<std::size_t>(list)].reasons;
    const auto at = std::ranges::find(reasons, id, &playbook::Reason::id);
    return at == reasons.end() ? nullptr : &*at;
}

}  // namespace baton::engine
