// The part of verify that looks at one table after the other: every row's checksum, and what else a row must agree with.
#pragma once

#include <string>
#include <vector>

#include "ports/store.h"
#include "storage/sqlite/database.h"

namespace baton::storage::sqlite {

/// What was found, up to a number that a person can read.
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

/// All tables but the journal.
void check_tables(Database& db, Findings& findings);

}  // namespace baton::storage::sqlite
