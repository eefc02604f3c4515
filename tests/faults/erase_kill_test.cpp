// kill -9 in the middle of an erasure, at every call that changes a file: opened again, either nothing of it has happened and
// a second one does it, or it comes to its end by itself. Then no file holds a word of the person, the store is sound, and all
// of it is as if nobody had killed anything.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "app/messages.h"
#include "app/reads.h"
#include "eraser/life.h"
#include "storage/open.h"
#include "support/dump.h"
#include "support/faults.h"
#include "support/measured.h"
#include "support/temp_folder.h"

namespace baton {
namespace {

namespace fs = std::filesystem;
using faults::Child;
using support::StreamTaker;
using support::TempFolder;

constexpr std::size_t facts = 300;

storage::OpenOptions how(storage::OpenOptions::Mode mode) {
    storage::OpenOptions options;
    options.mode = mode;
    return options;
}

std::vector<std::string> eraser(const std::string& path, const char* task, bool threads) {
    return {BATON_ERASER, path, std::to_string(facts), task, threads ? "threads" : "direct"};
}

/// Which words of the person the files of a folder hold, by file.
std::string words_in(const fs::path& folder) {
    std::string found;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(in), {});
        for (const std::string_view word : faults::words_of_person)
            if (bytes.find(word) != std::string::npos)
                found += entry.path().filename().string() + ": " + std::string(word) + "\n";
    }
    return found;
}

/// Everything a store holds, the state hash as `baton digest` says it, and who was erased.
struct Held {
    std::string journal, derived, digest, erased;
    bool operator==(const Held&) const = default;
};

Held held_by(const ports::Store& store, app::Ledger& ledger) {
    EXPECT_TRUE(ledger.flush().has_value());
    Held out{support::dump_journal(store), support::dump_derived(store), "", ""};
    const auto reads = ledger.reads();
    EXPECT_TRUE(reads.has_value());
    if (!reads) return out;
    const auto digests = (*reads)->digest();
    EXPECT_TRUE(digests.has_value()) << digests.error().detail;
    if (digests) out.digest = to_hex(digests->journal_head) + " " + to_hex(digests->state_hash);
    const auto all = app::erasures(**reads);
    EXPECT_TRUE(all.has_value());
    if (all) out.erased = app::list_of(store, *all).value_or("no list");
    return out;
}

class EraseKill : public testing::Test {
   protected:
    static void SetUpTestSuite() {
        before_ = new TempFolder(TempFolder::fast());
        const auto stream = faults::others(facts);
        const auto store = storage::open_store(before_->file("store.db"));
        ASSERT_TRUE(store.has_value()) << store.error().detail;
        StreamTaker taker(**store, stream, {});
        ASSERT_TRUE(taker.ready().has_value());
        const Status filled = faults::fill(taker, stream);
        ASSERT_TRUE(filled.has_value()) << filled.error().detail;
        ASSERT_TRUE(taker.ledger().close().has_value());
    }
    static void TearDownTestSuite() {
        delete before_;
        before_ = nullptr;
    }

    void SetUp() override {
        untouched_ = look(fs::path(before_->file("")), nullptr);
        const TempFolder folder(TempFolder::fast());
        refill(folder);
        Child child = Child::run(eraser(folder.file("store.db"), "erase", false));
        int status = 0;
        ASSERT_EQ(child.finish(status), "erased");
        ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
        undisturbed_ = look(folder.file(""), nullptr);
        EXPECT_NE(untouched_.digest, undisturbed_.digest);
        EXPECT_NE(untouched_.journal, undisturbed_.journal);
        ASSERT_EQ(words_in(folder.file("")), "");
        std::string all;
        for (const auto word : faults::words_of_person)
            if (words_in(before_->file("")).find(word) == std::string::npos) all += word;
        ASSERT_EQ(all, "") << "else the test looks in the wrong place";
    }

    static void refill(const TempFolder& folder) {
        for (const auto& old : fs::directory_iterator(folder.file(""))) fs::remove(old.path());
        for (const auto& file : fs::directory_iterator(before_->file("")))
            fs::copy_file(file.path(), folder.file(file.path().filename().string()));
    }

    /// Opens the application, which brings to its end what was begun; `then` is asked before anything else is.
    static Held look(const fs::path& folder, const std::function<void(app::Ledger&)>& then) {
        const auto stream = faults::others(facts);
        const auto store =
            storage::open_store((folder / "store.db").string(), how(storage::OpenOptions::Mode::existing));
        EXPECT_TRUE(store.has_value()) << store.error().detail;
        if (!store) return {};
        StreamTaker taker(**store, stream, {});
        EXPECT_TRUE(taker.ready().has_value());
        if (!taker.ready()) return {};
        if (then) then(taker.ledger());
        Held held = held_by(**store, taker.ledger());
        EXPECT_TRUE(taker.ledger().close().has_value());
        return held;
    }

    /// As the kill left it, without bringing anything to its end.
    static void expect_sound(const std::string& path) {
        const auto damages = storage::check_store(path, how(storage::OpenOptions::Mode::inspect));
        ASSERT_TRUE(damages.has_value()) << damages.error().detail;
        for (const auto& damage : *damages) ADD_FAILURE() << damage.where << ": " << damage.what;
    }

    void expect_erased_in_the_end(const TempFolder& folder, bool acknowledged);
    bool kill_at(std::int64_t nth, const TempFolder& folder, const char* task, bool threads, bool& acknowledged);

    static TempFolder* before_;
    Held untouched_, undisturbed_;
    int not_begun_ = 0, went_on_ = 0;
};

TempFolder* EraseKill::before_ = nullptr;

/// Answers whether it was killed before its end.
bool EraseKill::kill_at(std::int64_t nth, const TempFolder& folder, const char* task, bool threads,
                        bool& acknowledged) {
    Child child = Child::run_until_call(eraser(folder.file("store.db"), task, threads), nth, Child::Calls::changing);
    int status = 0;
    acknowledged = child.finish(status) == "erased" || acknowledged;
    const bool killed = faults::was_killed(status);
    EXPECT_TRUE(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << "status " << status;
    return killed;
}

void EraseKill::expect_erased_in_the_end(const TempFolder& folder, bool acknowledged) {
    const std::string path = folder.file("store.db");
    if (acknowledged) EXPECT_EQ(words_in(folder.file("")), "") << "although it was said to be erased";
    bool happened = false;
    const Held opened = look(folder.file(""), [&](app::Ledger& ledger) {
        const auto reads = ledger.reads();
        ASSERT_TRUE(reads.has_value());
        const auto all = app::erasures(**reads);
        ASSERT_TRUE(all.has_value());
        happened = !all->empty();
    });
    EXPECT_TRUE(happened || !acknowledged);
    ++(happened ? went_on_ : not_begun_);
    EXPECT_TRUE(opened == (happened ? undisturbed_ : untouched_)) << "half of it happened";
    expect_sound(path);
    if (happened) EXPECT_EQ(words_in(folder.file("")), "") << "although it went on to its end";
    const Held again = look(folder.file(""), [&](app::Ledger& ledger) {
        const auto erased = faults::erase_person(ledger);
        ASSERT_TRUE(erased.has_value()) << erased.error().code << ": " << erased.error().detail;
        EXPECT_EQ(erased->has_value(), !happened);
        const auto rebuilt = ledger.rebuild();
        ASSERT_TRUE(rebuilt.has_value());
        for (const auto& difference : rebuilt->differences)
            ADD_FAILURE() << difference.where << ": " << difference.what;
    });
    EXPECT_EQ(again.digest, undisturbed_.digest);
    EXPECT_EQ(again.erased, undisturbed_.erased);
    EXPECT_TRUE(again == undisturbed_);
    EXPECT_EQ(words_in(folder.file("")), "");
    expect_sound(path);
}

/// Pages that the store holds in memory from before the erasure are written again after it.
TEST_F(EraseKill, what_is_written_later_brings_nothing_back) {
    const TempFolder folder(TempFolder::fast());
    refill(folder);
    const auto stream = faults::others(facts);
    look(folder.file(""), [&](app::Ledger& ledger) {
        const auto erased = faults::erase_person(ledger);
        ASSERT_TRUE(erased.has_value() && erased->has_value());
        for (std::size_t batch = 0; batch < stream.batches(); ++batch) {
            auto again = stream.batch(batch);
            std::erase_if(again, [](const IncomingFact& fact) { return is_decision(kind_of(fact.type)); });
            for (auto& fact : again) fact.message_id = "again " + fact.message_id;
            ASSERT_TRUE(ledger.intake(again).has_value());
            ASSERT_TRUE(ledger.flush().has_value());
        }
    });
    EXPECT_EQ(words_in(folder.file("")), "");
    expect_sound(folder.file("store.db"));
}

TEST_F(EraseKill, a_store_that_an_earlier_version_purged_is_purged_once_more) {
    const TempFolder folder(TempFolder::fast());
    refill(folder);
    const auto setting = [&] {
        const auto store = storage::open_store(folder.file("store.db"), how(storage::OpenOptions::Mode::inspect));
        return (*store)->setting("erasures").value().value_or("none");
    };
    ASSERT_EQ(setting(), "none");
    ASSERT_TRUE((*storage::open_store(folder.file("store.db")))->set_setting("erasures", "purged").has_value());
    look(folder.file(""), nullptr);
    EXPECT_EQ(setting(), "purged throughout");
}

TEST_F(EraseKill, at_the_nth_system_call) {
    const std::int64_t most = faults::scaled(250);
    const TempFolder folder(TempFolder::fast());
    std::int64_t nth = 0;
    for (bool killed = true; killed && nth < most && !HasFailure();) {
        refill(folder);
        bool acknowledged = false;
        ++nth;
        killed = kill_at(nth, folder, "erase", nth % 2 == 0, acknowledged);
        if (nth % 3 == 0) expect_sound(folder.file("store.db"));
        expect_erased_in_the_end(folder, acknowledged);
        EXPECT_FALSE(HasFailure()) << "killed at call " << nth;
    }
    faults::measured("kills_of_an_erasure_at_a_call", static_cast<std::uint64_t>(nth));
    std::printf("%d times nothing had happened yet, %d times it went on\n", not_begun_, went_on_);
    if (nth < 60) return;  // so far it only opens the store
    EXPECT_GT(not_begun_, 10);
    EXPECT_GT(went_on_, 10);
}

/// Whoever is to bring it to its end is killed, too.
TEST_F(EraseKill, and_again_while_it_goes_on) {
    const std::int64_t times = faults::scaled(30);
    const TempFolder folder(TempFolder::fast());
    std::mt19937_64 random(5);
    std::uint64_t kills = 0;
    for (std::int64_t n = 0; n < times && !HasFailure(); ++n) {
        refill(folder);
        bool acknowledged = false, ignored = false;
        const auto first = static_cast<std::int64_t>(30 + random() % 80);
        kills += kill_at(first, folder, "erase", n % 2 == 0, acknowledged);
        std::string where = std::to_string(first);
        for (auto more = 1 + random() % 3; more > 0; --more) {
            const auto next = static_cast<std::int64_t>(1 + random() % 60);
            kills += kill_at(next, folder, "open", random() % 2 == 0, ignored);
            where += ", " + std::to_string(next);
        }
        expect_erased_in_the_end(folder, acknowledged);
        EXPECT_FALSE(HasFailure()) << "killed at calls " << where;
    }
    faults::measured("kills_of_an_erasure_that_went_on", kills);
}

}  // namespace
}  // namespace baton
