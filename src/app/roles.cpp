#include "app/roles.h"

#include <algorithm>
#include <array>

namespace baton::app {
namespace {

constexpr std::array<std::string_view, role_count> role_names{
    "marketing", "inside_sales", "sales_rep", "sales_manager", "leadership", "customer_success", "admin"};
constexpr std::array<std::string_view, 3> scope_names{"intake", "read", "write"};

}  // namespace

std::string_view to_string(Role role) { return role_names[static_cast<std::size_t>(role)]; }
std::string_view to_string(Scope scope) { return scope_names[static_cast<std::size_t>(scope)]; }

std::optional<Role> role_of(std::string_view name) {
    const auto at = std::ranges::find(role_names, name);
    if (at == role_names.end()) return std::nullopt;
    return static_cast<Role>(at - role_names.begin());
}

std::optional<Scope> scope_of(std::string_view name) {
    const auto at = std::ranges::find(scope_names, name);
    if (at == scope_names.end()) return std::nullopt;
    return static_cast<Scope>(at - scope_names.begin());
}

std::vector<std::string> Roles::names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < role_count; ++i)
        if (has(static_cast<Role>(i))) names.emplace_back(role_names[i]);
    std::ranges::sort(names);
    return names;
}

Roles Roles::of(std::span<const std::string> names) {
    Roles roles;
    for (const auto& name : names)
        if (const auto role = role_of(name)) roles.add(*role);
    return roles;
}

}  // namespace baton::app
