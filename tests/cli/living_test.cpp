// What goes out and comes in again, and what waits.
#include "whole_program.h"

namespace baton::cli {
namespace {

TEST_F(Commands, serve_waits_a_minute_for_the_database) {
    there_after_ = Duration::seconds(59);
    const Answer late = on_store({"serve"});
    EXPECT_EQ(late.code, done) << late.err;
    expect_in(late.err, "waiting for " + store_ + ": the database is starting up\n");
    EXPECT_EQ(late.err.find("waiting"), late.err.rfind("waiting")) << "said once";
    there_after_ = Duration::seconds(1'000);
    const Answer never = on_store({"serve"});
    EXPECT_EQ(never.code, failed);
    expect_in(never.err, "error: the database is starting up [unavailable]\n");
    EXPECT_LT(clock_.passed, Duration::seconds(121));
    EXPECT_EQ(run({"serve", "--store", store_}, [] { return true; }).code, failed) << "Ctrl-C ends the waiting";
    EXPECT_LT(clock_.passed, Duration::seconds(121));
    EXPECT_EQ(on_store({"funnel"}).code, failed) << "who looks is told at once";
    EXPECT_LT(clock_.passed, Duration::seconds(121));
}

TEST_F(Commands, what_script_server_is_told_holds) {
    const Answer answer = run({"serve", "--store", folder_.file("no.db"), "--listen", "127.0.0.1:8080", "--playbook",
                               "handoff-loop", "--listen", "127.0.0.1:9000", "--store", store_, "--playbook", "abc"});
    EXPECT_EQ(answer.code, done) << answer.err;
    EXPECT_EQ(listens_, "127.0.0.1:9000");
    EXPECT_FALSE(std::filesystem::exists(folder_.file("no.db")));
    expect_in(on_store({"playbook", "list"}).out, "abc");
}

TEST_F(Commands, an_import_tells_what_no_rule_reads_of_the_columns_that_are_there) {
    const auto warned = [&](const std::string& more, const std::string& cell) {
        const std::string list =
            "Record ID,First Name,Last Name,Email,Lifecycle Stage" + more + "\n1,Ada,Byron,ada@example.com,lead" + cell;
        return run({"import", file("list.csv", list + "\n"), "--preview"}).err;
    };
    EXPECT_EQ(warned("", "").find("'owner'"), std::string::npos) << "the file has no owners";
    expect_in(warned(",Contact owner", ",Olga"), "the playbook declares no property 'owner'; it is kept");
}

TEST_F(Commands, what_is_exported_is_imported_again_without_loss) {
    import("contacts.csv",
           "Record ID,First Name,Last Name,Email,Phone Number,Company Name,Lifecycle Stage,Notes of ours\n"
           "101,Ada,Byron,ada@example.com,+14155550101,\"Ejemplo, S.A.\",lead,=1+1\n"
           "102,Grace,Murray,grace@example.org,,,customer,'quoted\n");
    const Answer first = on_store({"export", "people"});
    ASSERT_EQ(first.code, done) << first.err;
    expect_in(first.out, "\"'=1+1\"");
    expect_in(first.out, "hubspot:contact:101");
    const std::string json = on_store({"export", "people", "--format", "json"}).out;
    expect_in(json, R"("Notes of ours":"=1+1")");
    expect_in(json, R"("phones":["+14155550101"])");
    expect_in(json, R"("first_name":"Grace")");
    EXPECT_EQ(on_store({"export", "leads", "--format", "json"}).out, "[]\n") << "none of them is a lead yet";
    const std::string exported = file("export.csv", first.out);
    store_ = folder_.file("second.db");
    const Answer again = on_store({"import", exported});
    ASSERT_EQ(again.code, done) << again.err;
    expect_in(again.out, "2 rows by mapping baton");
    const auto without_times = [](std::string text) {
        for (std::size_t at = text.find("_at\":\"20"); at != std::string::npos; at = text.find("_at\":\"20", at + 1))
            text.replace(at + 6, 19, "");
        return text;
    };
    EXPECT_EQ(without_times(on_store({"export", "people", "--format", "json"}).out), without_times(json));
    EXPECT_EQ(on_store({"export", "people", "--out", folder_.file("none/x.csv")}).code, failed);
    EXPECT_EQ(on_store({"export", "accounts"}).code, misused);
}

TEST_F(Commands, where_people_came_from_is_shown_and_exported) {
    const std::string facts = file(
        "facts.jsonl",
        R"({"type":"Page Viewed","email":"ada@example.com","occurred_at":"2026-01-05T09:00:00Z","properties":{"url":"https://a.example/?utm_source=news&utm_medium=email&utm_campaign=spring"}})"
        "\n"
        R"({"type":"Demo Requested","email":"ada@example.com","occurred_at":"2026-01-07T09:00:00Z","properties":{"page_path":"/demo"}})"
        "\n"
        R"({"type":"profile","email":"ben@example.com","occurred_at":"2026-01-07T09:00:00Z","properties":{"name":"Ben"}})"
        "\n");
    ASSERT_EQ(on_store({"import", facts}).code, done);
    const Answer ada = on_store({"lead", "ada@example.com"});
    expect_in(ada.out, "  first touch: news (email), campaign spring, 2026-01-05 09:00\n");
    expect_in(ada.out, "  became a lead by: news (email), campaign spring, 2026-01-05 09:00\n");
    expect_in(ada.out, "  last touch: direct, 2026-01-07 09:00\n");
    expect_in(on_store({"lead", "ada@example.com", "--json"}).out,
              R"("touches":{"first":{"at":"2026-01-05T09:00:00Z")");
    EXPECT_EQ(on_store({"lead", "ben@example.com"}).out.find("touch"), std::string::npos);
    const std::string csv = on_store({"export", "people"}).out;
    expect_in(csv,
              "baton.first_source,baton.first_medium,baton.first_campaign,baton.lead_source,baton.lead_medium,"
              "baton.lead_campaign,baton.last_source,baton.last_medium,baton.last_campaign");
    expect_in(csv, ",news,email,spring,news,email,spring,news,email,spring");
    expect_in(csv, ",,,,,,,,,");
    const std::string exported = file("export.csv", csv);
    store_ = folder_.file("second.db");
    const Answer again = on_store({"import", exported});
    ASSERT_EQ(again.code, done) << again.err;
    EXPECT_EQ(on_store({"lead", "ada@example.com"}).out.find("first_source"), std::string::npos);
}

}  // namespace
}  // namespace baton::cli
