// Numbers for Prometheus (text format 0.0.4), collected by prometheus-cpp's core.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/ledger.h"

namespace baton::http {

class Metrics {
   public:
    Metrics();
    ~Metrics();
    /// `route` is the pattern, never the path as sent: a bounded set.
    void count_request(std::string_view route, int status, Duration took);
    std::string text(const app::Stats& stats);

   private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace baton::http
