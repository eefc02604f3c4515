#include "app/versions.h"

#include <algorithm>

#include "app/core.h"

namespace baton::app {

std::string version_of(ports::Position last, std::uint32_t playbook) {
    return std::to_string(last) + "-" + std::to_string(playbook);
}

Status fits(const OnlyIf& only_if, std::string_view what, std::string_view version) {
    if (only_if.empty()) return {};
    const std::string subject(what);
    if (version.empty()) return fail("changed", subject + " is not there, or not any more");
    if (std::ranges::any_of(only_if, [&](std::string_view one) { return one == "*" || one == version; })) return {};
    return fail("changed",
                subject + " is at version \"" + std::string(version) + "\" now; read it again, and decide anew");
}

Status Ledger::Core::person_fits(SubjectId person, ports::Position last, const OnlyIf& only_if) const {
    if (only_if.empty()) return {};
    const auto playbook = playbooks->active();
    const bool there = last != ports::no_position;
    return fits(only_if, "person " + std::to_string(person.value),
                there ? version_of(last, playbook == nullptr ? 0 : playbook->version) : std::string());
}

Status Ledger::Core::person_fits(SubjectId person, const OnlyIf& only_if) const {
    if (only_if.empty()) return {};
    const auto row = store.state_of(person);
    if (!row) return std::unexpected(row.error());
    return person_fits(person, *row ? (*row)->last : ports::no_position, only_if);
}

}  // namespace baton::app
