#include "http/fetches.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include "codec/lead_answers.h"

namespace baton::http {
namespace {

constexpr std::size_t at_once = 20;

/// What the next lead of the same source would meet with, too.
bool is_of_the_provider(std::string_view code) {
    static constexpr std::array<std::string_view, 7> codes{
        "address_refused", "unreachable", "too_slow", "redirected", "not_allowed", "provider_busy", "bad_address"};
    return std::ranges::find(codes, code) != codes.end();
}

/// Whether asking again cannot help.
bool is_final(const Error& error) {
    return error.code == "lead_gone" || error.code == "test_lead" || is_of_the_sender(error);
}

Error refusal_of(const ports::Fetched& fetched) {
    const std::string status = "the provider answers " + std::to_string(fetched.status);
    if (fetched.status == 404 || fetched.status == 410) return {"lead_gone", status + ": it has no such lead any more"};
    if (fetched.status == 429 || fetched.status >= 500) return {"provider_busy", status};
    return {"not_allowed", status + ": look at the access token and what it may read"};
}

}  // namespace

bool Fetches::may_be_inside(const std::string& base_url) const {
    return std::ranges::find(options_.inside, base_url) != options_.inside.end();
}

Result<codec::Fill> Fetches::answer_of(const KnownSource& source, const std::string& lead) {
    const codec::Source& definition = source.listed.source;
    codec::LeadCall call = codec::call_for_lead(definition, lead, source.secrets.signing, source.secrets.token);
    ports::FetchWanted wanted;
    wanted.url = std::move(call.url);
    wanted.headers = std::move(call.headers);
    wanted.inside = may_be_inside(definition.base_url);
    const auto fetched = options_.fetcher->get(wanted);
    if (!fetched) return std::unexpected(fetched.error());
    if (fetched->status != 200) return std::unexpected(refusal_of(*fetched));
    auto fill = codec::parse_lead(definition, lead, fetched->body);
    // What is no answer at all may be one the next time: a provider's page that it is being mended.
    if (!fill && fill.error().code != "test_lead") return fail("bad_answer", fill.error().detail);
    return fill;
}

Result<Fetches::Came> Fetches::give_up(const KnownSource& source, const codec::AwaitedLead& lead, const Error& why) {
    fills_.drop(source, why.code, why.detail + "; lead " + lead.lead);
    if (auto done = awaited_.done(lead); !done) return std::unexpected(done.error());
    return Came::no;
}

Result<Fetches::Came> Fetches::fetch(const codec::AwaitedLead& lead) {
    const auto found = sources_.find([&](const KnownSource& one) {
        return one.listed.name == lead.source && codec::is_fetched(one.listed.source.kind);
    });
    if (!found) return std::unexpected(found.error());
    if (*found == nullptr) {
        KnownSource removed;
        removed.listed.name = lead.source;
        return give_up(removed, lead, {"unknown_source", "its source was removed before the answers came"});
    }
    const KnownSource& source = **found;
    const auto fill = answer_of(source, lead.lead);
    const Status taken = fill ? fills_.take(source, *fill, Fills::Trap::none) : Status(std::unexpected(fill.error()));
    if (taken) {
        if (auto done = awaited_.done(lead); !done) return std::unexpected(done.error());
        // It answers: what it did not answer before need not wait for its time.
        const auto unanswered = [](const codec::AwaitedLead& other) {
            return other.attempts > 0 && (other.problem.empty() || is_of_the_provider(other.problem));
        };
        if (auto woken = awaited_.wake(lead.source, unanswered); !woken) return std::unexpected(woken.error());
        return Came::yes;
    }
    const Error& why = taken.error();
    if (fill && !is_of_the_sender(why)) return std::unexpected(why);  // the store: it stays as it was
    if (is_final(why)) return give_up(source, lead, why);
    if (clock_.now() - lead.since > app::awaited_at_most)
        return give_up(source, lead, {"lead_lost", "tried for 90 days; at last: " + why.detail});
    if (auto written = awaited_.failed(lead, why); !written) return std::unexpected(written.error());
    return is_of_the_provider(why.code) ? Came::nobody_answers : Came::no;
}

Result<std::size_t> Fetches::run_once() {
    std::size_t came = 0;
    if (options_.fetcher == nullptr) return came;
    std::set<std::string> silent;
    for (;;) {
        const auto claimed = awaited_.claim(at_once);
        if (!claimed) return std::unexpected(claimed.error());
        if (claimed->empty()) return came;
        for (const codec::AwaitedLead& lead : *claimed) {
            if (silent.contains(lead.source)) continue;  // asked for again when its time comes
            const auto done = fetch(lead);
            if (!done) return std::unexpected(done.error());
            if (*done == Came::yes) ++came;
            if (*done == Came::nobody_answers) silent.insert(lead.source);
            const std::scoped_lock lock(mutex_);
            if (stopping_) return came;
        }
    }
}

// ---- in the background ------------------------------------------------------------------------------------------

void Fetches::start() {
    if (options_.fetcher == nullptr || thread_.joinable()) return;
    thread_ = std::thread([this] { run(); });
}

void Fetches::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void Fetches::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Fetches::run() {
    for (;;) {
        const auto next = ledger_.next_awaited();
        if (next && *next <= clock_.now()) static_cast<void>(run_once());  // a store that is away is asked again
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(1), [this] { return woken_ || stopping_; });
        woken_ = false;
        if (stopping_) return;
    }
}

}  // namespace baton::http
