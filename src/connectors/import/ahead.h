// What one thread makes and another takes, in order: the maker is a few pieces ahead at most.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace baton::imports {

/// `make` runs on a thread of this object's own, from its beginning until it answers nothing, throws, or nobody is left to take.
template <class Piece>
class Ahead {
   public:
    Ahead(std::function<std::optional<Piece>()> make, std::size_t most)
        : make_(std::move(make)), most_(most), maker_([this] { run(); }) {}

    /// Waits for the piece in the making, no longer.
    ~Ahead() {
        {
            const std::lock_guard lock(mutex_);
            left_ = true;
        }
        taken_.notify_one();
        maker_.join();
    }
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;

    /// The next one; nothing after the last. What `make` threw is thrown here, after all that came before it.
    std::optional<Piece> next() {
        std::unique_lock lock(mutex_);
        made_.wait(lock, [this] { return ended_ || !pieces_.empty(); });
        if (pieces_.empty()) {
            if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
            return std::nullopt;
        }
        std::optional<Piece> piece(std::move(pieces_.front()));
        pieces_.pop_front();
        lock.unlock();
        taken_.notify_one();
        return piece;
    }

   private:
    void run() {
        std::exception_ptr thrown;
        try {
            while (give(make_())) {
            }
        } catch (...) {
            thrown = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        thrown_ = thrown;
        ended_ = true;
        made_.notify_one();
    }

    /// Waits for room; answers whether another piece is wanted.
    bool give(std::optional<Piece> piece) {
        if (!piece) return false;
        std::unique_lock lock(mutex_);
        taken_.wait(lock, [this] { return left_ || pieces_.size() < most_; });
        if (left_) return false;
        pieces_.push_back(std::move(*piece));
        lock.unlock();
        made_.notify_one();
        return true;
    }

    const std::function<std::optional<Piece>()> make_;
    const std::size_t most_;  ///< pieces made and not taken
    std::mutex mutex_;
    std::condition_variable made_, taken_;
    std::deque<Piece> pieces_;
    std::exception_ptr thrown_;
    bool ended_ = false, left_ = false;
    std::thread maker_;  ///< last: it uses all of the above
};

}  // namespace baton::imports
