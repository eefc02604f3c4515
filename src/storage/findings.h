// What verify found, up to a number that a person can read.
#pragma once

#include <string>
#include <vector>

#include "ports/store.h"

namespace baton::storage {

class Findings {
   public:
    void add(std::string where, std::string what);
    /// A failed read is a finding.
    void note(const std::string& where, const Status& status);
    std::vector<ports::Damage> take() &&;

   private:
    static constexpr std::size_t most = 1000;
    std::vector<ports::Damage> found_;
    std::size_t more_ = 0;
};

}  // namespace baton::storage
