// Fetching the answers of leads that hooks named by id alone: in the background, again and again, and after a restart. What waits stands
// in the journal (app/awaited.h).
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/awaited.h"
#include "http/forms.h"
#include "ports/fetcher.h"

namespace baton::http {

/// Where answers come from. Without a fetcher nothing is fetched: what was told waits for a server that has one.
struct FetchOptions {
    ports::Fetcher* fetcher = nullptr;
    std::vector<std::string> inside;  ///< base addresses that may be private, and without TLS: an operator's list
};

class Fetches {
   public:
    Fetches(app::Ledger& ledger, ports::Clock& clock, Drops& drops, KnownSources& sources, FetchOptions options)
        : ledger_(ledger),
          clock_(clock),
          awaited_(ledger),
          fills_(ledger, clock, drops, sources),
          sources_(sources),
          options_(std::move(options)) {}
    ~Fetches() { stop(); }
    Fetches(const Fetches&) = delete;
    Fetches& operator=(const Fetches&) = delete;

    /// Asks for all that is due, each once. Answers how many came.
    Result<std::size_t> run_once();

    /// From then on a thread does so. wake(): something is due now, perhaps.
    void start();
    void wake();
    void stop();

   private:
    enum class Came : std::uint8_t { yes, no, nobody_answers };
    Result<Came> fetch(const codec::AwaitedLead& lead);
    Result<codec::Fill> answer_of(const KnownSource& source, const std::string& lead);
    Result<Came> give_up(const KnownSource& source, const codec::AwaitedLead& lead, const Error& why);
    bool may_be_inside(const std::string& base_url) const;
    void run();

    app::Ledger& ledger_;
    ports::Clock& clock_;
    app::Awaited awaited_;
    Fills fills_;
    KnownSources& sources_;
    FetchOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace baton::http
