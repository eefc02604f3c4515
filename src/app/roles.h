// Who somebody is in the loop between marketing and sales, and what an API key may be used for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace baton::app {

enum class Role : std::uint8_t {
    marketing,
    inside_sales,
    sales_rep,
    sales_manager,
    leadership,
    customer_success,
    admin
};
inline constexpr std::size_t role_count = 7;

std::string_view to_string(Role role);  ///< "sales_manager"
std::optional<Role> role_of(std::string_view name);

class Roles {
   public:
    constexpr Roles() = default;
    constexpr Roles(std::initializer_list<Role> roles) {
        for (const Role role : roles) add(role);
    }
    static constexpr Roles all() {
        Roles roles;
        roles.bits_ = (1U << role_count) - 1;
        return roles;
    }
    constexpr void add(Role role) { bits_ |= 1U << static_cast<unsigned>(role); }
    constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1U) != 0; }
    constexpr bool any_of(Roles others) const { return (bits_ & others.bits_) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    std::vector<std::string> names() const;  ///< ascending
    /// Unknown names are left out.
    static Roles of(std::span<const std::string> names);
    friend constexpr bool operator==(Roles, Roles) = default;

   private:
    unsigned bits_ = 0;
};

/// What a key may be used for, each more than the one before.
enum class Scope : std::uint8_t {
    intake,  ///< observations in, nothing out: safe in a page or a form
    read,    ///< everything out, nothing in
    write,   ///< both
};
std::string_view to_string(Scope scope);
std::optional<Scope> scope_of(std::string_view name);

}  // namespace baton::app
