// The answer to one request: given once, by whoever has it, from any thread.
#pragma once

#include <functional>
#include <utility>

#include "http/message.h"

namespace baton::http {

/// What is dropped without an answer (an exception on the way) is answered 500: whoever asked is never left waiting.
class Answer {
   public:
    using Give = std::move_only_function<void(Response)>;

    explicit Answer(Give give) : give_(std::move(give)) {}
    Answer(Answer&& other) noexcept : give_(std::exchange(other.give_, nullptr)) {}
    Answer& operator=(Answer&& other) noexcept {
        std::swap(give_, other.give_);
        return *this;
    }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer() {
        if (give_) give_(problem(500, "internal_error", "The request failed inside Baton; the log says where."));
    }

    void operator()(Response response) { std::exchange(give_, nullptr)(std::move(response)); }

   private:
    Give give_;
};

}  // namespace baton::http
