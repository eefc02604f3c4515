// A store in a file, and what is done to it behind its back.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "storage/contract.h"
#include "support/workload.h"

namespace baton {

namespace sqlite = storage::sqlite;
using storage::OpenOptions;

inline std::string read_file(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(out).str();
}

inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Behind the store's back.
inline void tamper(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << sql << ": " << message;
    sqlite3_close(db);
}

inline OpenOptions with(OpenOptions::Mode mode) {
    OpenOptions options;
    options.mode = mode;
    return options;
}

class SqliteFile : public testing::Test {
   protected:
    std::unique_ptr<ports::Store> open() {
        auto opened = storage::open_store(path_);
        EXPECT_TRUE(opened.has_value()) << opened.error().detail;
        return opened ? std::move(*opened) : nullptr;
    }
    /// A closed store of `batches`, derived up to the last but one.
    void make(int batches = 4) {
        const auto store = open();
        support::Workload work(*store);
        for (int i = 0; i < batches; ++i) {
            ASSERT_TRUE(work.derive());
            ASSERT_TRUE(work.append_next());
        }
        ASSERT_TRUE(store->set_setting("zone", "UTC"));
        ports::StoredPlaybook playbook;
        playbook.id = "loop";
        ASSERT_TRUE(store->store_playbook(playbook));
    }
    std::string refusal(const OpenOptions& options = {}) { return code_of(storage::open_store(path_, options)); }

    /// The first finding after a change made behind the store's back; "sound" when there is none.
    std::string finding(const std::string& sql) {
        const std::string copy = folder_.file("copy.db");
        for (const char* end : {"", ".heads"}) write_file(copy + end, read_file(path_ + end));
        tamper(copy, sql);
        const auto damages = storage::check_store(copy);
        if (!damages) return damages.error().detail;
        return damages->empty() ? "sound" : damages->front().where + ": " + damages->front().what;
    }

    support::TempFolder folder_;
    std::string path_ = folder_.file("store.db");
};

}  // namespace baton
