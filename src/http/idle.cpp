#include "http/idle.h"

namespace baton::http {

bool Idle::used(const std::string& session, Duration now) {
    const std::scoped_lock lock(mutex_);
    if (last_.size() >= remembered) {  // whoever is forgotten begins anew; ended sessions are not asked for again
        std::erase_if(last_, [&](const auto& one) { return now - one.second > longest + longest; });
        if (last_.size() >= remembered) last_.clear();
    }
    const auto [at, first] = last_.try_emplace(session, now);
    if (!first && now - at->second > longest) {
        last_.erase(at);
        return false;
    }
    at->second = now;
    return true;
}

}  // namespace baton::http
