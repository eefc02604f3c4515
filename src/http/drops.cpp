#include "http/drops.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace baton::http {
namespace {

bool is_bot(const Drop& drop) { return drop.code == "bot"; }

}  // namespace

void Drops::add(Drop drop) {
    const std::scoped_lock lock(mutex_);
    ++counts_[drop.code];
    if (is_bot(drop)) {
        ++bots_[drop.detail];
        if (bots_remembered_ < remembered_bots)
            ++bots_remembered_;
        else
            drops_.erase(std::prev(std::find_if(drops_.rbegin(), drops_.rend(), is_bot).base()));
    }
    if (drops_.size() >= remembered) {
        if (is_bot(drops_.back())) --bots_remembered_;
        drops_.pop_back();
    }
    drops_.push_front(std::move(drop));
}

Drops::Seen Drops::look(std::size_t limit) const {
    const std::scoped_lock lock(mutex_);
    Seen seen{{}, counts_, bots_};
    for (const Drop& drop : drops_) {
        if (seen.newest.size() >= limit) break;
        seen.newest.push_back(drop);
    }
    return seen;
}

}  // namespace baton::http
