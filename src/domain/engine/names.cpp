// Words for the engine's enums, one spelling everywhere: code, JSON, screen.
#include "domain/engine/history.h"

namespace baton::engine {

std::string_view to_string(HistoryKind kind) {
    switch (kind) {
        case HistoryKind::stage_entered: return "stage_entered";
        case HistoryKind::lead_opened: return "lead_opened";
        case HistoryKind::lead_closed: return "lead_closed";
        case HistoryKind::class_changed: return "class_changed";
        case HistoryKind::offered: return "offered";
        case HistoryKind::offer_ended: return "offer_ended";
        case HistoryKind::holder_changed: return "holder_changed";
        case HistoryKind::cycle_started: return "cycle_started";
        case HistoryKind::held_back: return "held_back";
        case HistoryKind::hold_ended: return "hold_ended";
        case HistoryKind::square_peg: return "square_peg";
        case HistoryKind::ignored: return "ignored";
        case HistoryKind::decision_void: return "decision_void";
        case HistoryKind::version_changed: return "version_changed";
        case HistoryKind::migrated: return "migrated";
        case HistoryKind::merged: return "merged";
        case HistoryKind::unmerged: return "unmerged";
        case HistoryKind::import_undone: return "import_undone";
        case HistoryKind::erased: return "erased";
    }
    return "";
}

std::string_view to_string(MoveCause cause) {
    switch (cause) {
        case MoveCause::rule: return "rule";
        case MoveCause::fact: return "fact";
        case MoveCause::decision: return "decision";
        case MoveCause::time: return "time";
        case MoveCause::skip: return "skip";
        case MoveCause::hand: return "hand";
        case MoveCause::migration: return "migration";
        case MoveCause::start: return "start";
    }
    return "";
}

std::string_view to_string(OfferEnd end) {
    switch (end) {
        case OfferEnd::open: return "open";
        case OfferEnd::accepted: return "accepted";
        case OfferEnd::accepted_by_default: return "accepted_by_default";
        case OfferEnd::accepted_implied: return "accepted_implied";
        case OfferEnd::rejected: return "rejected";
        case OfferEnd::expired: return "expired";
        case OfferEnd::withdrawn: return "withdrawn";
        case OfferEnd::imported: return "imported";
    }
    return "";
}

std::string_view to_string(HolderKind kind) {
    switch (kind) {
        case HolderKind::none: return "";
        case HolderKind::owner: return "owner";
        case HolderKind::queue: return "queue";
        case HolderKind::nurture: return "nurture";
    }
    return "";
}

}  // namespace baton::engine
