#include "http/drops.h"

#include <utility>

namespace baton::http {

void Drops::add(Drop drop) {
    const std::scoped_lock lock(mutex_);
    ++counts_[drop.code];
    if (drops_.size() >= remembered) drops_.pop_back();
    drops_.push_front(std::move(drop));
}

Drops::Seen Drops::look(std::size_t limit) const {
    const std::scoped_lock lock(mutex_);
    Seen seen{{}, counts_};
    for (const Drop& drop : drops_) {
        if (seen.newest.size() >= limit) break;
        seen.newest.push_back(drop);
    }
    return seen;
}

}  // namespace baton::http
