#include "support/scenario_words.h"

namespace baton::scenario {
namespace {

using engine::HistoryKind;
using engine::HistoryRecord;
using engine::MoveCause;

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string with_reason(std::string text, const HistoryRecord& r) {
    if (!r.reason.empty()) text += " because " + r.reason;
    if (!r.denied.empty()) text += " denying " + joined(r.denied);
    return text;
}

std::string move_text(const HistoryRecord& r) {
    std::string text = r.backward ? "goes back to " : r.skip ? "skips to " : "enters ";
    text += r.to;
    if (!r.what.empty()) text += " by " + r.what;
    if (r.cause != MoveCause::skip) text += " (" + std::string(to_string(r.cause)) + ")";
    if (!r.skipped.empty()) text += " past " + joined(r.skipped);
    return with_reason(text, r);
}

std::string holder_text(const HistoryRecord& r) {
    if (r.what.empty()) return "held by nobody";
    return "held by " + r.what + " " + r.to + (r.detail.empty() ? "" : ", " + r.detail + " answers");
}

std::string label(const std::string& text) { return text.empty() ? "none" : text; }

}  // namespace

std::optional<Instant> time_in(std::string text) {
    if (text.size() == 17 && text.back() == 'Z') text.insert(16, ":00");
    return parse_instant(text);
}

std::string time_text(Instant t) {
    std::string text = to_string(t);
    if (text.size() == 20 && text.ends_with(":00Z")) text.erase(16, 3);
    return text;
}

std::string words_of(const HistoryRecord& r, const playbook::Compiled&) {
    switch (r.kind) {
        case HistoryKind::stage_entered: return move_text(r);
        case HistoryKind::lead_opened: return "lead opened";
        case HistoryKind::lead_closed: return "lead closed " + r.detail;
        case HistoryKind::class_changed: return "class " + r.what + " " + label(r.from) + " -> " + label(r.to);
        case HistoryKind::offered: return "offered " + r.what + " number " + std::to_string(r.number);
        case HistoryKind::offer_ended:
            return "offer " + std::to_string(r.number) + " " + r.detail +
                   (r.reason.empty() ? "" : " because " + r.reason);
        case HistoryKind::holder_changed: return holder_text(r);
        case HistoryKind::cycle_started: return "cycle " + std::to_string(r.number);
        case HistoryKind::held_back:
            return with_reason(
                r.number == 0 ? "held back until evidence" : "held back until " + time_text(Instant{r.number}), r);
        case HistoryKind::hold_ended: return "hold ended " + r.detail;
        case HistoryKind::square_peg: return "square peg " + r.detail;
        case HistoryKind::ignored: return "ignored \"" + r.what + "\": " + r.detail;
        case HistoryKind::decision_void: return "void " + r.what + " " + r.detail;
        case HistoryKind::version_changed: return "version " + std::to_string(r.number);
        case HistoryKind::migrated: return "migrated from " + r.from + " to " + r.to;
        case HistoryKind::merged: return "merged " + r.detail + " " + std::to_string(r.number);
        case HistoryKind::unmerged: return "unmerged " + r.detail + " " + std::to_string(r.number);
        case HistoryKind::import_undone: return "import_undone " + r.detail + " " + std::to_string(r.number);
        case HistoryKind::erased: return "erased " + r.detail;
    }
    return "";
}

std::string words_of(const engine::Effect& e) {
    using engine::EffectKind;
    std::string text;
    switch (e.kind) {
        case EffectKind::notify: text = "notify " + e.target; break;
        case EffectKind::task: text = "task \"" + (e.text.empty() ? e.target : e.text) + "\""; break;
        case EffectKind::enrol: text = "enrol in " + e.target; break;
        case EffectKind::webhook: text = "webhook " + e.target; break;
        case EffectKind::set_field: text = "set " + e.target + (e.text.empty() ? "" : " = " + e.text); break;
        case EffectKind::start_clock: text = "start clock " + e.target; break;
        case EffectKind::tell_account: return "tell account " + e.target;
        case EffectKind::tell_member: return "tell member";
    }
    if (!e.responsible.empty()) text += " by " + e.responsible;
    if (e.within_us != 0) text += " within " + to_string(Duration{e.within_us});
    return text;
}

}  // namespace baton::scenario
