// The names of the kinds of fact that the engine treats in a way of its own.
#include "domain/engine/fact.h"

#include <algorithm>
#include <array>

namespace baton {
namespace {

struct Named {
    std::string_view type;
    FactKind kind;
};

/// Two names of one kind are one thing said two ways; `type_name` knows which is written.
constexpr std::array<Named, 30> by_name{{
    {"accept", FactKind::accept},
    {"access", FactKind::access},
    {"account", FactKind::account_profile},
    {"account_changed", FactKind::account_changed},
    {"activation", FactKind::activation},
    {"answer", FactKind::answer},
    {"assign", FactKind::assign},
    {"call", FactKind::call},
    {"consent", FactKind::consent},
    {"disqualify", FactKind::disqualify},
    {"erased", FactKind::erased},
    {"go_live", FactKind::go_live},
    {"identify", FactKind::profile},  // Segment clients say identify
    {"import_undone", FactKind::import_undone},
    {"listed", FactKind::listed},
    {"member_changed", FactKind::member_changed},
    {"merge", FactKind::merge},
    {"merged", FactKind::merged},
    {"move", FactKind::move},
    {"note", FactKind::note},
    {"profile", FactKind::profile},
    {"redacted", FactKind::redacted},
    {"reject", FactKind::reject},
    {"return", FactKind::return_lead},
    {"scrubbed", FactKind::scrubbed},
    {"timer", FactKind::timer},
    {"unmerge", FactKind::unmerge},
    {"unmerged", FactKind::unmerged},
    {"user", FactKind::user},
    {"withdraw", FactKind::withdraw},
}};

}  // namespace

FactKind kind_of(std::string_view type) {
    const auto at = std::ranges::find(by_name, type, &Named::type);
    return at != by_name.end() ? at->kind : FactKind::behaviour;
}

std::string_view type_name(FactKind kind) {
    if (kind == FactKind::behaviour) return "";
    if (kind == FactKind::profile) return "profile";
    return std::ranges::find(by_name, kind, &Named::kind)->type;
}

bool is_decision(FactKind kind) { return kind >= FactKind::accept && kind <= FactKind::assign; }

bool is_internal(FactKind kind) {
    switch (kind) {
        case FactKind::timer:
        case FactKind::activation:
        case FactKind::account_changed:
        case FactKind::member_changed:
        case FactKind::access:
        case FactKind::listed:
        case FactKind::scrubbed:
        case FactKind::merge:
        case FactKind::merged:
        case FactKind::unmerge:
        case FactKind::unmerged:
        case FactKind::import_undone:
        case FactKind::erased:
        case FactKind::redacted:
        case FactKind::go_live: return true;
        default: return false;
    }
}

}  // namespace baton
