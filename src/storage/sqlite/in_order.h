// What is to be looked up, in the order in which it stands: neighbours share pages.
#pragma once

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace baton::storage::sqlite {

/// (place(key), index of the key), ascending by place.
template <class Key, class Place>
auto in_order(std::span<const Key> keys, Place place) {
    using At = std::remove_cvref_t<decltype(place(keys.front()))>;
    std::vector<std::pair<At, std::size_t>> order;
    order.reserve(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) order.emplace_back(place(keys[i]), i);
    std::ranges::sort(order);
    return order;
}

}  // namespace baton::storage::sqlite
