// The whole program as one calls it, on a store of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "app/ledger.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "storage/open.h"
#include "support/postgres.h"
#include "support/temp_folder.h"

namespace baton::cli {

class FixedClock : public ports::Clock {
   public:
    Instant time = *parse_instant("2026-06-01T12:00:00Z");
    Instant now() override { return time; }
    Duration passed;
    Duration elapsed() override { return passed; }
};

struct Answer {
    int code = 0;
    std::string out, err;
};

class Commands : public ::testing::Test {
   protected:
    Answer run(std::vector<std::string> arguments, const std::function<bool()>& interrupted = {}) {
        Wiring wiring;
        wiring.clock = &clock_;
        wiring.open = [this](std::string_view url, Access access) -> Result<std::unique_ptr<ports::Store>> {
            if (clock_.passed < there_after_) return fail("unavailable", "the database is starting up");
            storage::OpenOptions options;
            options.hash_key = HashKey{};
            options.mode =
                access == Access::create ? storage::OpenOptions::Mode::create : storage::OpenOptions::Mode::existing;
            return storage::open_store(url, options);
        };
        wiring.open_copy = [](std::string_view url, const HashKey& key) {
            storage::OpenOptions options;
            options.hash_key = key;
            return storage::open_store(url, options);
        };
        wiring.check = [](std::string_view url) { return storage::check_store(url); };
        wiring.restore = [](const std::string& from, const std::string& to) {
            return storage::restore_store(from, to);
        };
        wiring.interrupted = interrupted;
        wiring.pause = [this](Duration d) { clock_.passed = clock_.passed + d; };
        wiring.serve = [this](app::Ledger&, const ServeRequest& request) {
            listens_ = request.listen;
            return Status();
        };
        std::ostringstream out, err;
        const int code = cli::run(std::move(arguments), wiring, Screen{out, err});
        return {code, out.str(), err.str()};
    }
    /// A command on the store of this test.
    Answer on_store(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--store", store_});
        return run(std::move(arguments));
    }
    std::string file(const std::string& name, const std::string& text) {
        const std::string path = folder_.file(name);
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    void import(const std::string& name, const std::string& text) {
        const Answer answer = on_store({"import", file(name, text)});
        ASSERT_EQ(answer.code, done) << answer.out << answer.err;
    }
    static void expect_in(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
    }

    FixedClock clock_;
    std::string listens_;   ///< where a server did
    Duration there_after_;  ///< only then does the store answer
    support::TempFolder folder_;
    std::string store_ = folder_.file("store.db");
};

}  // namespace baton::cli
