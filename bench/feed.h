// What the benchmarks of the whole path share: the facts to send, a clock, and a meter of wall and processor time.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/incoming.h"
#include "ports/clock.h"
#include "stream.h"

namespace baton::bench {

constexpr std::size_t batch_size = 1000;

/// Of this process, in user and system mode: what other programs on the machine do counts little in it.
inline double processor_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class StreamClock : public ports::Clock {
   public:
    Instant time = *parse_instant("2025-01-01T00:00:00Z");
    Instant now() override { return time; }
    Duration elapsed() override { return time - Instant{}; }
};

template <class T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s: %s\n", result.error().code.c_str(), result.error().detail.c_str());
        std::exit(1);
    }
    return std::move(*result);
}
inline void must(const Status& status) {
    if (!status) std::fprintf(stderr, "%s: %s\n", status.error().code.c_str(), status.error().detail.c_str());
    if (!status) std::exit(1);
}

class Feed {
   public:
    explicit Feed(std::uint64_t people) : people_(people) {}

    /// The next batch; `everybody` walks through all people once, else they are drawn.
    const std::vector<IncomingFact>& next(bool everybody, Instant now) {
        batch_.resize(batch_size);
        for (IncomingFact& fact : batch_) {
            const Fact& drawn = draw(all_, everybody ? 935 : next_random(seed_));  // 935: a profile
            const std::uint64_t person = everybody ? made_++ : next_random(seed_) % people_;
            fact.type = drawn.type;
            fact.occurred_at = now - Duration{static_cast<std::int64_t>(next_random(seed_) % 60'000'000)};
            fact.properties = drawn.properties;
            fact.email = "person" + std::to_string(person) + "@example.com";
            fact.message_id = "0190c1e0-7000-7000-8000-" + std::to_string(100'000'000'000 + ++number_);
        }
        return batch_;
    }

   private:
    std::uint64_t people_;
    std::uint64_t seed_ = 1;
    std::uint64_t made_ = 0;
    std::uint64_t number_ = 0;
    std::vector<Kind> all_ = kinds();
    std::vector<IncomingFact> batch_;
};

/// Wall and processor time spent between resume() and pause().
class Meter {
   public:
    void resume() {
        wall_start_ = std::chrono::steady_clock::now();
        processor_start_ = processor_seconds();
    }
    void pause() {
        wall_ += seconds_since(wall_start_);
        processor_ += processor_seconds() - processor_start_;
    }
    double wall() const { return wall_; }
    double processor() const { return processor_; }

   private:
    std::chrono::steady_clock::time_point wall_start_;
    double processor_start_ = 0;
    double wall_ = 0;
    double processor_ = 0;
};

inline void print(const char* what, double facts, const Meter& meter) {
    std::printf("%-20s%9.0f facts/s, %5.2f us of processor a fact", what, facts / meter.wall(),
                meter.processor() / facts * 1e6);
}

}  // namespace baton::bench
