// What time alone has done since the last fact where nobody served: labels as they are by now, moves that are due.
#include <algorithm>

#include "domain/engine/stepper.h"

namespace baton::engine {
namespace {

constexpr int moments_limit = 1'000;  ///< then the rest is taken in one leap

std::string name_of(const playbook::Compiled& playbook, std::string_view class_id) {
    const auto index = playbook.class_(class_id);
    return index ? playbook.classes[index->value].name : std::string(class_id);
}

std::string hand_off_name(const playbook::Compiled& playbook, std::string_view id) {
    for (const auto& hand_off : playbook.source.hand_offs)
        if (hand_off.id == id) return hand_off.name.text.empty() ? hand_off.id : hand_off.name.text;
    return std::string(id);
}

std::string or_none(const std::string& label) { return label.empty() ? "none" : label; }

PassedSeen in_words(const playbook::Compiled& playbook, const HistoryRecord& record) {
    PassedSeen seen{record.at, PassedKind::hold_ended, "", record.from, record.to, "may be offered again"};
    if (record.kind == HistoryKind::hold_ended) return seen;
    seen.kind = PassedKind::class_changed;
    seen.id = record.what;
    seen.text = name_of(playbook, record.what) + " is " + or_none(record.to) + ", was " + or_none(record.from);
    return seen;
}

/// Notes what is due once, at the first moment it is.
class Due {
   public:
    Due(const playbook::Compiled& playbook, const PersonState& state) : playbook_(playbook), state_(state) {}

    void look(const playbook::CompiledArrow* arrow, std::vector<PassedSeen>& into) {
        const Offer& offer = state_.lead.offer;
        if (offer.open() && offer.silence_at <= state_.engine_at && !silence_) {
            silence_ = true;
            into.push_back({offer.silence_at, PassedKind::silence_due, offer.hand_off, "", "",
                            "the time to answer \"" + hand_off_name(playbook_, offer.hand_off) + "\" is over"});
        }
        if (arrow == nullptr || move_) return;
        move_ = true;
        const auto& to = playbook_.stages[arrow->to.value];
        into.push_back(
            {state_.engine_at, PassedKind::move_due, arrow->id, state_.lead.stage, to.id,
             "the move to " + to.name + " is due" + (arrow->label.empty() ? "" : " (" + arrow->label + ")")});
    }

   private:
    const playbook::Compiled& playbook_;
    const PersonState& state_;
    bool silence_ = false, move_ = false;
};

}  // namespace

std::string_view to_string(PassedKind kind) {
    switch (kind) {
        case PassedKind::class_changed: return "class_changed";
        case PassedKind::hold_ended: return "hold_ended";
        case PassedKind::silence_due: return "silence_due";
        case PassedKind::move_due: return "move_due";
    }
    return "";
}

/// A due moment without its moves, which only a fact in the journal can make.
const playbook::CompiledArrow* Stepper::only_let_pass() {
    state_.engine_at = fact_.engine_at;
    mark_time_dirty();
    if (state_.lead.hold.active && now() >= state_.lead.hold.wake_at) end_hold("woke_up");
    decide_classes();
    set_next_moment();
    for (const ArrowIndex index : stage().leaving) {
        const auto& arrow = playbook_.arrows[index.value];
        if (arrow.trigger == playbook::Trigger::automatic && takes(arrow)) return &arrow;
    }
    return nullptr;
}

std::vector<PassedSeen> let_pass(const playbook::Compiled& playbook, PersonState& state, Instant until) {
    std::vector<PassedSeen> passed;
    if (state.lead.stage.empty()) return passed;
    Due due(playbook, state);
    for (int moments = 0; state.next_at <= until; ++moments) {
        Fact timer;
        timer.kind = FactKind::timer;
        timer.engine_at = timer.occurred_at =
            moments < moments_limit ? std::max(state.next_at, state.engine_at) : until;
        StepOutput out;
        const auto* arrow = Stepper(playbook, state, timer, out, nullptr).only_let_pass();
        for (const HistoryRecord& record : out.history) passed.push_back(in_words(playbook, record));
        due.look(arrow, passed);
    }
    return passed;
}

}  // namespace baton::engine
