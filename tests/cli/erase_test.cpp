// baton person erase, as somebody at a terminal uses it: gone, gone again after a restore, and said so.
#include <fstream>
#include <iterator>

#include "app/erasure.h"
#include "app/ledger.h"
#include "app/reads.h"
#include "storage/open.h"
#include "whole_program.h"

namespace baton::cli {
namespace {

class EraseCommands : public Commands {
   protected:
    void SetUp() override {
        ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
        facts_ = file(
            "facts.jsonl",
            R"({"type": "profile", "email": "canary@acme.example", "message_id": "1", "properties": {"name": "Canary Berg"}})"
            "\n"
            R"({"type": "profile", "email": "ben@acme.example", "message_id": "2", "properties": {"name": "Ben Dahl"}})"
            "\n");
        ASSERT_EQ(on_store({"import", facts_}).code, done);
    }
    std::string facts_;
};

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(EraseCommands, nothing_is_left_and_the_same_file_brings_nobody_back) {
    ASSERT_EQ(on_store({"suppress", "add", "canary@acme.example", "--reason", "asked"}).code, done);
    const Answer erased = on_store({"person", "erase", "canary@acme.example"});
    EXPECT_EQ(erased.code, done) << erased.err;
    expect_in(erased.out, "of the journal; 1 entry of a register holds on without the name");
    expect_in(on_store({"person", "erase", "canary@acme.example"}).err, "nobody is known as 'canary@acme.example'");
    expect_in(on_store({"lookup", "canary"}).out, "nobody");
    EXPECT_EQ(on_store({"import", facts_}).code, done);
    expect_in(on_store({"person", "erase", "canary@acme.example"}).err, "nobody is known");
    expect_in(on_store({"audit"}).out, "erased");
    EXPECT_EQ(on_store({"verify"}).code, done);
    EXPECT_EQ(on_store({"rebuild"}).code, done);
    expect_in(on_store({"lead", "ben@acme.example"}).out, "Ben Dahl");
    for (const char* end : {"", "-wal", ".heads", ".erased"}) {
        EXPECT_EQ(bytes_of(store_ + end).find("canary"), std::string::npos) << end;
        EXPECT_EQ(bytes_of(store_ + end).find("Canary"), std::string::npos) << end;
    }
}

TEST_F(EraseCommands, a_restored_backup_forgets_once_more) {
    const std::string backup = folder_.file("before.db"), list = folder_.file("list.jsonl"),
                      fresh = folder_.file("fresh.db");
    ASSERT_EQ(on_store({"backup", backup}).code, done);
    ASSERT_EQ(on_store({"person", "erase", "canary@acme.example"}).code, done);
    file("list.jsonl", on_store({"person", "erased"}).out);
    const Answer restored = run({"restore", backup, "--store", fresh, "--erased", list});
    EXPECT_EQ(restored.code, done) << restored.err;
    expect_in(restored.out, "1 erased since the backup, and erased again");
    EXPECT_EQ(bytes_of(fresh).find("Canary"), std::string::npos);
    expect_in(run({"lead", "ben@acme.example", "--store", fresh}).out, "Ben Dahl");
    EXPECT_EQ(run({"verify", "--store", fresh}).code, done);
    for (const char* end : {"", "-wal", "-shm", ".heads", ".lock"}) std::filesystem::remove(store_ + end);
    expect_in(on_store({"restore", backup}).out, "1 erased since the backup, and erased again");
    file("list.jsonl", "{\"subject\": \"somebody\"}\n");
    expect_in(run({"restore", backup, "--store", folder_.file("third.db"), "--erased", list}).err,
              "line 1 is not one of a list");
}

/// As LinkedIn's DELETED does it.
TEST_F(EraseCommands, a_restored_backup_forgets_an_answer_once_more) {
    const std::string backup = folder_.file("before.db"), fresh = folder_.file("fresh.db");
    ASSERT_EQ(on_store({"import", file("answer.jsonl",
                                       R"({"type": "profile", "email": "ben@acme.example", "phone": "+49 30 777777",)"
                                       R"( "message_id": "lead-7", "properties": {"name": "Secret Name"}})"
                                       "\n")})
                  .code,
              done);
    ASSERT_EQ(on_store({"backup", backup}).code, done);
    ASSERT_NE(bytes_of(backup).find("Secret Name"), std::string::npos);
    {
        storage::OpenOptions existing;
        existing.mode = storage::OpenOptions::Mode::existing;
        const auto store = storage::open_store(store_, existing);
        ASSERT_TRUE(store) << store.error().detail;
        auto ledger = app::Ledger::open(**store, clock_, {});
        ASSERT_TRUE(ledger) << ledger.error().detail;
        const auto ben = (*ledger)->reads().value()->find("ben@acme.example");
        ASSERT_TRUE(ben && *ben);
        const auto erased = (*ledger)->erase(**ben, "test", [](const auto& one) { return one.message_id == "lead-7"; });
        ASSERT_TRUE(erased && erased->records == 1) << "and he lives on";
        ASSERT_TRUE((*ledger)->close());
    }
    const std::string list = file("list.jsonl", on_store({"person", "erased"}).out);
    EXPECT_EQ(bytes_of(list), bytes_of(store_ + ".erased")) << "the same as beside the store";
    expect_in(bytes_of(list), "\"records\":[");
    const Answer restored = run({"restore", backup, "--store", fresh, "--erased", list});
    EXPECT_EQ(restored.code, done) << restored.err;
    expect_in(restored.out, "1 erased since the backup, and erased again");
    for (const char* end : {"", "-wal", ".heads", ".erased"})
        for (const char* word : {"Secret", "30777777", "lead-7"})
            EXPECT_EQ(bytes_of(fresh + end).find(word), std::string::npos) << end << ": " << word;
    expect_in(run({"lead", "ben@acme.example", "--store", fresh}).out, "Ben Dahl");
    EXPECT_EQ(run({"verify", "--store", fresh}).code, done);
    for (const char* end : {"", "-wal", "-shm", ".heads", ".lock"}) std::filesystem::remove(store_ + end);
    expect_in(on_store({"restore", backup}).out, "1 erased since the backup, and erased again");
}

}  // namespace
}  // namespace baton::cli
