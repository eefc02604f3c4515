// One suite for all stores: every test of StoreContract runs against each adapter.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/open.h"
#include "support/journal_writer.h"
#include "support/postgres.h"
#include "support/temp_folder.h"

namespace baton {

class StoreContract : public testing::TestWithParam<const char*> {
   protected:
    void SetUp() override {
        using Way = support::PostgresSchema::Way;
        if (is_postgres()) schema_.emplace(kind() == "pgbouncer" ? Way::pooled : Way::direct);
        open();
    }

    std::string_view kind() const { return GetParam(); }
    bool is_postgres() const { return kind() == "postgres" || kind() == "pgbouncer"; }
    bool durable() const { return kind() != "memory"; }
    std::string url() const {
        if (schema_) return schema_->url();
        return durable() ? folder_.file("store.db") : "memory:";
    }

    void open() {
        store_.reset();
        auto opened = storage::open_store(url());
        ASSERT_TRUE(opened.has_value()) << opened.error().detail;
        store_ = std::move(*opened);
    }
    /// Closes and opens again where that makes sense.
    void reopen() {
        if (durable()) open();
    }

    support::TempFolder folder_;
    std::optional<support::PostgresSchema> schema_;
    std::unique_ptr<ports::Store> store_;
};

/// What verify says, a line a finding.
inline std::string damages(const ports::Store& store) {
    const auto found = store.verify();
    if (!found) return found.error().detail;
    std::string text;
    for (const ports::Damage& damage : *found) text += damage.where + ": " + damage.what + "\n";
    return text;
}

template <class T>
std::string code_of(const std::expected<T, Error>& outcome) {
    return outcome.has_value() ? "ok" : outcome.error().code;
}

}  // namespace baton
