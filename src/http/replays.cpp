#include "http/replays.h"

#include <algorithm>

#include "base/digest.h"

namespace baton::http {

Result<std::string> idempotency_key_of(const Request& request) {
    std::string key = request.header("idempotency-key");
    if (key.empty()) return key;
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') key = key.substr(1, key.size() - 2);
    const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; };
    if (!key.empty() && key.size() <= 200 && std::ranges::all_of(key, plain)) return key;
    return fail("bad_idempotency_key",
                "Idempotency-Key must be 1 to 200 visible ASCII characters, a UUID for example.");
}

std::optional<Response> Replays::begin(const std::string& key, const std::string& body, Duration now) {
    const std::string hash = to_hex(blake2b(body));
    const std::scoped_lock lock(mutex_);
    make_room(now);
    const auto [at, fresh] = answers_.try_emplace(key, Answer{hash, std::nullopt, now, key.size() + hash.size()});
    if (fresh) {
        bytes_ += at->second.bytes;
        return std::nullopt;
    }
    if (at->second.body_hash != hash)
        return problem(422, "idempotency_key_reused",
                       "This Idempotency-Key came before with another body; a new call needs a new one.");
    if (!at->second.response)
        return problem(409, "under_way", "The call with this Idempotency-Key is still under way.");
    Response again = *at->second.response;
    again.headers.emplace_back("idempotency-replayed", "true");
    return again;
}

void Replays::done(const std::string& key, const Response& response, Duration now) {
    const std::scoped_lock lock(mutex_);
    const auto at = answers_.find(key);
    if (at == answers_.end()) return;
    bytes_ -= at->second.bytes;
    if (response.status >= 500 || response.status == 429) {
        answers_.erase(at);
        return;
    }
    at->second.response = response;
    at->second.bytes += response.body.size();
    bytes_ += at->second.bytes;
    order_.emplace_back(now, key);
}

void Replays::make_room(Duration now) {
    while (!order_.empty()) {
        const bool old = now - order_.front().first >= kept_for;
        if (!old && answers_.size() < most && bytes_ < most_bytes) return;
        const auto at = answers_.find(order_.front().second);
        if (at != answers_.end()) {
            bytes_ -= at->second.bytes;
            answers_.erase(at);
        }
        order_.pop_front();
    }
}

}  // namespace baton::http
