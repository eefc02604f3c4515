#include "storage/postgres/errands.h"

#include <utility>

namespace baton::storage::postgres {

Errands::~Errands() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard hold(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Status Errands::add(Work work, std::size_t bytes) {
    constexpr std::size_t much = std::size_t{16} << 20;
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    changed_.wait(lock, [&] { return bytes_ < much; });
    if (!status_) {
        changed_.wait(lock, [&] { return waiting_.empty(); });
        return std::exchange(status_, Status());
    }
    waiting_.push_back({std::move(work), bytes});
    bytes_ += bytes;
    changed_.notify_all();
    return {};
}

void Errands::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.empty(); });
}

Status Errands::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.empty(); });
    return std::exchange(status_, Status());
}

void Errands::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        Errand& next = waiting_.front();  // others are only ever put behind it
        if (status_) {
            lock.unlock();
            Status done = next.work();
            lock.lock();
            status_ = std::move(done);
        }
        bytes_ -= next.bytes;
        waiting_.pop_front();
        changed_.notify_all();
    }
}

}  // namespace baton::storage::postgres
