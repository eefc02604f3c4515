#include "http/attempts.h"

namespace baton::http {

std::optional<Duration> Attempts::wait(const std::string& what, Instant now) {
    const std::scoped_lock lock(mutex_);
    const auto at = counts_.find(what);
    if (at == counts_.end()) return std::nullopt;
    if (now - at->second.since >= window) {
        counts_.erase(at);
        return std::nullopt;
    }
    if (at->second.failures < most) return std::nullopt;
    return window - (now - at->second.since);
}

void Attempts::failed(const std::string& what, Instant now) {
    const std::scoped_lock lock(mutex_);
    if (counts_.size() >= remembered)
        std::erase_if(counts_, [&](const auto& c) { return now - c.second.since >= window; });
    if (counts_.size() >= remembered) counts_.erase(counts_.begin());
    Count& count = counts_.try_emplace(what, Count{now, 0}).first->second;
    ++count.failures;
}

void Attempts::succeeded(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    counts_.erase(what);
}

}  // namespace baton::http
