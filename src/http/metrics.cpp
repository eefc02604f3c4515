#include "http/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <string>

namespace baton::http {

struct Metrics::State {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("baton_http_requests_total").Help("Requests answered.").Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds = prometheus::BuildHistogram()
                                                             .Name("baton_http_request_seconds")
                                                             .Help("Time from the whole request to its answer.")
                                                             .Register(registry);
    prometheus::Family<prometheus::Gauge>& ledger =
        prometheus::BuildGauge()
            .Name("baton_ledger")
            .Help("Counts of the ledger since it was opened, and positions.")
            .Register(registry);

    /// What is counted of a route. A registry makes a new histogram to find an old one: that is done once here.
    struct OfRoute {
        prometheus::Histogram* seconds = nullptr;
        std::map<int, prometheus::Counter*> by_status;
    };
    std::mutex mutex;
    std::map<std::string, OfRoute, std::less<>> routes;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view route, int status, Duration took) {
    static const prometheus::Histogram::BucketBoundaries bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                0.1,   0.25,   0.5,   1,    2.5};
    const std::lock_guard lock(state_->mutex);
    auto at = state_->routes.find(route);
    if (at == state_->routes.end()) at = state_->routes.emplace(route, State::OfRoute{}).first;
    auto& [seconds, by_status] = at->second;
    if (seconds == nullptr) seconds = &state_->seconds.Add({{"route", at->first}}, bounds);
    auto& counter = by_status[status];
    if (counter == nullptr) counter = &state_->requests.Add({{"route", at->first}, {"status", std::to_string(status)}});
    counter->Increment();
    seconds->Observe(static_cast<double>(took.us) / 1e6);
}

std::string Metrics::text(const app::Stats& stats) {
    const auto set = [&](const char* what, auto value) {
        state_->ledger.Add({{"what", what}}).Set(static_cast<double>(value));
    };
    set("accepted", stats.accepted);
    set("duplicates", stats.duplicates);
    set("refused", stats.refused);
    set("records", stats.records);
    set("timers", stats.timers);
    set("transactions", stats.transactions);
    set("evaluations", stats.evaluations);
    set("clauses", stats.clauses);
    set("cached_subjects", stats.cached_subjects);
    set("cached_bytes", stats.cached_bytes);
    set("replayed", stats.replayed);
    set("position", stats.position);
    set("derived", stats.derived);
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace baton::http
