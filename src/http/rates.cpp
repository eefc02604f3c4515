#include "http/rates.h"

namespace baton::http {

std::optional<Rates::Standing> Rates::take(const std::string& who, Duration now) {
    if (quota_ == 0) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    if (windows_.size() >= remembered && !windows_.contains(who)) {
        std::erase_if(windows_, [&](const auto& w) { return now - w.second.since >= length; });
        if (windows_.size() >= remembered) windows_.erase(windows_.begin());
    }
    Window& window = windows_.try_emplace(who, Window{now, 0}).first->second;
    if (now - window.since >= length) window = {now, 0};
    Standing standing;
    standing.allowed = window.used < quota_;
    if (standing.allowed) ++window.used;
    standing.left = quota_ - window.used;
    standing.seconds = (length - (now - window.since)).us / 1'000'000 + 1;
    return standing;
}

void Rates::tell(const Standing& standing, Response& response) const {
    response.headers.emplace_back(
        "ratelimit-policy", "\"caller\";q=" + std::to_string(quota_) + ";w=" + std::to_string(length.us / 1'000'000));
    response.headers.emplace_back(
        "ratelimit", "\"caller\";r=" + std::to_string(standing.left) + ";t=" + std::to_string(standing.seconds));
}

Response Rates::refusal(const Standing& standing) const {
    Response response =
        problem(429, "too_many_requests",
                "More than " + std::to_string(quota_) + " requests in a minute; wait, and send batches.");
    response.headers.emplace_back("retry-after", std::to_string(standing.seconds));
    return response;
}

}  // namespace baton::http
