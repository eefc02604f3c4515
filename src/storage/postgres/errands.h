// Statements that nobody waits for, run one after the other by a thread of their own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "base/result.h"

namespace baton::storage::postgres {

class Errands {
   public:
    using Work = std::move_only_function<Status()>;

    Errands() = default;
    ~Errands();
    Errands(const Errands&) = delete;
    Errands& operator=(const Errands&) = delete;

    /// `bytes`: about what it holds in memory; waits while much is waiting already. After one that failed nothing more is run until
    /// that is told, here or by finish().
    Status add(Work work, std::size_t bytes);
    /// Waits for all of them; the first failure, told once.
    Status finish();
    /// Waits for all of them.
    void wait();

   private:
    struct Errand {
        Work work;
        std::size_t bytes;
    };
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Errand> waiting_;  ///< the first one is under way
    std::size_t bytes_ = 0;
    Status status_;
    bool stopping_ = false;
    std::thread thread_;  ///< from the first errand on
};

}  // namespace baton::storage::postgres
