#include "http/passers_by.h"

#include <utility>

namespace baton::http {

bool opts_out(const Request& request) { return request.header("sec-gpc") == "1"; }

void PassersBy::count(const std::vector<std::string>& events, std::size_t left_out, Instant now) {
    if (events.empty() && left_out == 0) return;
    const std::int64_t today = now.us / Duration::days(1).us;
    const std::scoped_lock lock(mutex_);
    if (days_.empty() || days_.front().number < today) {
        days_.push_front({.number = today, .events = {}});
        if (days_.size() > days_kept) days_.pop_back();
    }
    Day& day = days_.front();
    day.left_out += left_out;
    for (const std::string& event : events) {
        const bool room = day.events.size() < names_a_day || day.events.contains(event);
        ++day.events[room ? event.substr(0, 200) : "(others)"];
    }
}

std::vector<PassersBy::Day> PassersBy::look() const {
    const std::scoped_lock lock(mutex_);
    return {days_.begin(), days_.end()};
}

namespace {

std::string identity_of(const IncomingFact& fact) {
    std::string identity;
    for (const auto* part :
         {&fact.source, &fact.user_id, &fact.external_id, &fact.email, &fact.phone, &fact.anonymous_id})
        identity += std::to_string(part->size()) + ":" + *part;
    return identity;
}

}  // namespace

bool OptOuts::is_known(const IncomingFact& opt_out) const {
    const std::string identity = identity_of(opt_out);
    const std::scoped_lock lock(mutex_);
    return newer_.contains(identity) || older_.contains(identity);
}

void OptOuts::remember(const IncomingFact& opt_out) {
    const std::scoped_lock lock(mutex_);
    if (newer_.size() >= most / 2) older_ = std::exchange(newer_, {});
    newer_.insert(identity_of(opt_out));
}

}  // namespace baton::http
