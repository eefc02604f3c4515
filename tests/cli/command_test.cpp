// Whole commands over a store in a folder of its own: what they print and answer.
#include "whole_program.h"

namespace baton::cli {
namespace {

const std::string mql_header = "mql_id,first_contact_date,landing_page_id,origin\n";
const std::string deal_header = "mql_id,seller_id,sdr_id,sr_id,won_date,business_segment,lead_type,business_type\n";
const std::string mql =
    mql_header + "m1,2018-01-01,p,social\nm2,2018-01-02,p,\nm3,2018-01-03,p,unknown\nm4,2018-01-05,p,social\n";

TEST_F(Commands, imports_by_header_and_counts_by_origin) {
    import("mql.csv", mql);
    import("deals.csv",
           deal_header + "m1,s,u1,u2,2018-01-11 00:00:00,pet,a,b\nm3,s,u2,u2,2018-02-02 12:00:00,pet,a,b\n");
    const Answer funnel = on_store({"funnel", "--by", "origin", "--json"});
    expect_in(funnel.out, R"("id":"qualified","name":"Qualified lead","entered":4,"leads":4,"inside":2,"left":2)");
    expect_in(funnel.out, R"("id":"won","name":"Closed won","entered":2,"leads":2,"inside":2,"left":0)");
    expect_in(funnel.out, R"("id":"sales_accepted","name":"Sales-accepted lead","entered":0,"leads":0)");
    expect_in(funnel.out, R"("unknown":{)");
    expect_in(funnel.out, R"("by":{"":{)");
    expect_in(on_store({"time", "--from", "qualified", "--to", "won", "--json"}).out, R"("median_days":20.25)");
    const Answer users = on_store({"users", "--json"});
    expect_in(users.out, R"("id":"u1")");
    expect_in(users.out, R"("roles":["inside_sales","sales_rep"])");
}

TEST_F(Commands, keeps_and_flags_a_deal_won_before_its_first_contact) {
    import("mql.csv", mql);
    import("deals.csv", deal_header + "m1,s,u1,u2,2017-12-24 00:00:00,pet,a,b\n");
    expect_in(on_store({"funnel", "--json"}).out, R"("id":"won","name":"Closed won","entered":1,"leads":1)");
    const Answer time = on_store({"time", "--from", "qualified", "--to", "won", "--json"});
    expect_in(time.out, R"("out_of_order":1)");
    expect_in(time.out, R"("median_days":-8)");
}

TEST_F(Commands, importing_twice_changes_nothing) {
    import("mql.csv", mql);
    const std::string digest = on_store({"digest"}).out;
    const Answer again = on_store({"import", folder_.file("mql.csv"), "--json"});
    expect_in(again.out, R"("accepted":0,"duplicates":12)");
    EXPECT_EQ(on_store({"digest"}).out, digest);
    EXPECT_EQ(std::count(digest.begin(), digest.end(), '\n'), 2);
}

TEST_F(Commands, an_interrupted_import_goes_on_to_the_same_state) {
    std::string text = mql_header;
    for (int i = 0; i < 3'000; ++i)
        text += "m" + std::to_string(i) + ",2018-01-" + (i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + ",p,o" +
                std::to_string(i % 3) + "\n";
    const std::string path = file("mql.csv", text);
    const std::string other = folder_.file("whole.db");
    ASSERT_EQ(run({"import", path, "--store", other}).code, done);
    int asked = 0;
    const Answer cut =
        run({"import", path, "--store", store_, "--json"}, [&] { return ++asked > 3'000 && asked % 2 == 0; });
    expect_in(cut.out, R"("stopped":true)");
    expect_in(on_store({"import", path, "--json"}).out, R"("stopped":false)");
    const auto state = [](const std::string& digest) { return digest.substr(digest.find('\n')); };
    EXPECT_EQ(state(run({"digest", "--store", other}).out), state(on_store({"digest"}).out));
}

TEST_F(Commands, a_dry_run_writes_nothing) {
    const Answer dry = on_store({"import", file("mql.csv", mql), "--dry-run", "--json"});
    EXPECT_EQ(dry.code, done) << dry.err;
    expect_in(dry.out, R"("dry_run":true,"rows":4,"refused_rows":0,"facts":12,"accepted":12)");
    EXPECT_FALSE(std::filesystem::exists(store_));
    import("mql.csv", mql);
    const std::string digest = on_store({"digest"}).out;
    expect_in(on_store({"import", file("more.csv", mql + "m9,2018-01-09,p,social\n"), "--dry-run", "--json"}).out,
              R"("accepted":3,"duplicates":12)");
    EXPECT_EQ(on_store({"digest"}).out, digest);
}

TEST_F(Commands, tells_broken_rows_with_their_place) {
    const Answer answer = on_store(
        {"import",
         file("mql.csv", mql_header + "m1,2018-01-01,p,social\nm2,yesterday,p,x\n,2018-01-01,p,x\nm3,2018-01-03\n")});
    EXPECT_EQ(answer.code, partly_done);
    expect_in(answer.err, "row 3, column 2 'first_contact_date': error: 'yesterday' is no time written %Y-%m-%d");
    expect_in(answer.err, "row 4, column 1 'mql_id': error: nothing says who this is: 'mql_id' is empty");
    expect_in(answer.err, "row 5: error: the row has 2 columns, the header 4");
    expect_in(answer.out, "took 3 facts");
}

TEST_F(Commands, tells_broken_lines_of_json_by_row_and_column) {
    const Answer answer = on_store({"import", file("facts.jsonl",
                                                   "{\"type\":\"Seen\",\"email\":\"a@x.example\"}\n{\"type\":\n[1]\n"
                                                   "{\"email\":\"b@x.example\"}\n")});
    EXPECT_EQ(answer.code, partly_done);
    expect_in(answer.err, "row 2: error: bad_json: column 9: incomplete JSON\n");
    expect_in(answer.err, "row 3: error: not_an_object: ");
    expect_in(answer.out, "facts.jsonl: 4 rows by mapping jsonl, 2 refused\n");
    expect_in(answer.out, "(no type)");
    expect_in(answer.out, "took 1 fact, 0 were known already, 1 refused\n");
}

TEST_F(Commands, no_store_is_made_for_a_playbook_with_errors) {
    const std::string broken = file("p.yaml", "playbook: 1\nid: p\nname: P\nstages: [{id: a}]\n");
    for (const char* command : {"import", "serve"}) {
        std::vector<std::string> arguments{command, "--playbook", broken};
        if (command == std::string("import")) arguments.push_back(file("mql.csv", mql));
        const Answer answer = on_store(arguments);
        EXPECT_EQ(answer.code, failed) << command;
        expect_in(answer.err, "error: the playbook has errors:\n" + broken + ":4:10: error: ");
        EXPECT_TRUE(answer.err.ends_with(" [bad_playbook]\n")) << answer.err;
        EXPECT_EQ(answer.err.find("\n ["), std::string::npos) << answer.err;
        EXPECT_FALSE(std::filesystem::exists(store_)) << command;
    }
}

TEST_F(Commands, rows_without_a_time_double_nothing_at_another_time) {
    const std::string mapping =
        file("m.yaml", "mapping: 1\nid: m\nheader: [Mail]\nidentity: {email: Mail}\nproperties: {industry: Branch}\n");
    const std::string rows = file("list.csv", "Mail;Branch\nanna@firm.example;retail\n");
    for (const char* at : {"2026-01-01", "2026-02-01"}) {
        const Answer answer = on_store({"import", rows, "--mapping", mapping, "--at", at, "--json"});
        expect_in(answer.out, std::string(at) == "2026-01-01" ? R"("accepted":1,"duplicates":0)"
                                                              : R"("accepted":0,"duplicates":1)");
    }
    expect_in(on_store({"import", rows, "--mapping", mapping, "--json"}).out, R"("accepted":0,"duplicates":1)");
}

TEST_F(Commands, takes_json_lines) {
    const std::string lines = file(
        "facts.jsonl",
        "{\"type\":\"profile\",\"email\":\"anna@firm.example\",\"message_id\":\"1\",\"properties\":{\"name\":\"Anna "
        "Berg\",\"employees\":20}}\n"
        "{\"type\":\"Demo "
        "Requested\",\"email\":\"anna@firm.example\",\"message_id\":\"2\",\"occurred_at\":\"2026-05-31T10:00:00Z\"}\n");
    EXPECT_EQ(on_store({"import", lines}).code, done);
    const Answer why = on_store({"why", "anna@firm.example"});
    EXPECT_EQ(why.code, done);
    expect_in(why.out, "Anna Berg stands in Lead");
    expect_in(why.out, "Qualified lead (Meets the definition): not yet");
    expect_in(why.out, "Employees");
}

/// The example that begins with `first`, without its indent, up to the first line that is not part of it.
std::string example_in(const std::string& path, const std::string& first) {
    std::ifstream file(path);
    std::string line, text;
    while (std::getline(file, line)) {
        const bool inside = line.starts_with("    ");
        if (text.empty() ? !(inside && line.substr(4).starts_with(first)) : !inside && !line.empty()) {
            if (!text.empty()) break;
            continue;
        }
        text += (line.empty() ? "" : line.substr(4)) + "\n";
    }
    while (text.ends_with("\n\n")) text.pop_back();
    return text;
}

TEST_F(Commands, what_the_readme_shows_is_what_is_printed) {
    const std::string root = BATON_SOURCE_DIR;
    clock_.time = *parse_instant("2026-09-01T00:00:00Z");
    const Answer imported = on_store({"import", root + "/examples/first-list/people.csv"});
    ASSERT_EQ(imported.code, done) << imported.err;
    const std::string shown = example_in(root + "/README.md", "Anna Novak stands in");
    EXPECT_NE(shown, "");
    expect_in(on_store({"why", "anna@acme.example", "--at", "2026-08-12"}).out, shown);
}

TEST_F(Commands, the_funnel_speaks_in_names) {
    import("mql.csv", mql);
    import("deals.csv", deal_header + "m1,s,u1,u2,2018-01-11 00:00:00,pet,a,b\n");
    const std::string funnel = on_store({"funnel"}).out;
    expect_in(funnel, "Qualified lead  Closed won");
    expect_in(funnel, "hand-off Marketing to sales: 4 offered\n");
    expect_in(funnel, "accepted, as what followed shows\n");
    const std::size_t lost = funnel.find("Closed lost");
    ASSERT_NE(lost, std::string::npos);
    EXPECT_EQ(funnel.substr(lost, funnel.find('\n', lost) - lost).find('%'), std::string::npos) << funnel;
    expect_in(on_store({"leads"}).out, "Closed won");
    expect_in(on_store({"why", "m2"}).out, "waits for sales to accept it");
}

TEST_F(Commands, says_what_is_wrong_in_one_line) {
    const auto check = [&](std::vector<std::string> arguments, int code, const std::string& said) {
        const Answer answer = on_store(std::move(arguments));
        EXPECT_EQ(answer.code, code) << answer.err;
        EXPECT_EQ(answer.out, "");
        expect_in(answer.err, "error: " + said);
        EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
    };
    check({"funnel"}, failed, "");
    check({"import", folder_.file("none.csv")}, failed, "cannot read");
    check({"import", file("x.csv", "a,b\n1,2\n")}, failed,
          folder_.file("x.csv") + ": no mapping knows a header with the columns a, b");
    check({"import", file("m.csv", mql), "--mapping", "nope"}, failed,
          "no mapping 'nope'; there are account-engagement, account-engagement-api, act-on, baton, ");
    check({"import", file("m.csv", mql), "--at", "soon"}, failed, "--at 'soon' is no time");
    check({"import", file("m.csv", mql), "--playbook", "nope"}, failed, "no playbook 'nope'; there are abc, ");
    check({"funnel", "--bye", "origin"}, misused, "");
    check({"nothing"}, misused, "");
    import("m.csv", mql);
    check({"lead", "nobody"}, failed, "nobody is known as 'nobody'");
    check({"why", "m1", "--at", "x"}, failed, "--at 'x' is no time");
    check({"funnel", "--by", "shoe_size"}, failed, "");
    check({"score", "evaluate", "--score", "nope", "--outcome", "won"}, failed,
          "--score 'nope' is neither a score (fit, behaviour, total) nor a property");
    check({"score", "evaluate", "--score", "total", "--outcome", "nope"}, failed,
          "--outcome 'nope' is neither a property nor a stage");
    check({"time", "--from", "x", "--to", "won"}, failed, "no stage 'x'; there are prospect, lead");
    check({"import", file("m.csv", mql), "--playbook", "abc"}, failed,
          "the store runs under the playbook 'handoff-loop'");
    check({"demo"}, failed, store_ + " holds facts already");
    check({"leads", "--sort", "size"}, failed, "--sort 'size'");
    check({"leads", "--text", std::string(300, 'x')}, failed, "a search has at most 256 bytes, this 300: shorten it");
}

TEST_F(Commands, backs_up_restores_and_verifies) {
    import("mql.csv", mql);
    const std::string copy = folder_.file("copy.db"), back = folder_.file("back.db");
    ASSERT_EQ(on_store({"backup", copy}).code, done);
    EXPECT_EQ(on_store({"backup", copy}).code, failed);
    ASSERT_EQ(run({"restore", copy, "--store", back, "--verify"}).code, done);
    EXPECT_EQ(run({"digest", "--store", back}).out, on_store({"digest"}).out);
    EXPECT_EQ(run({"verify", "--store", back}).code, done);
    EXPECT_EQ(run({"rebuild", "--store", back}).code, done);
    std::fstream damaged(back, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(damaged)), std::istreambuf_iterator<char>());
    ASSERT_NE(bytes.find("social"), std::string::npos);
    damaged.seekp(static_cast<std::streamoff>(bytes.find("social")));
    damaged.write("damage!!", 8);
    damaged.close();
    const Answer verified = run({"verify", "--store", back});
    EXPECT_EQ(verified.code, failed);
    EXPECT_NE(verified.out, "");
}

TEST_F(Commands, a_database_is_backed_up_to_a_file_and_restored) {
    if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
    const support::PostgresSchema schema, other;
    store_ = schema.url();
    import("mql.csv", mql);
    const std::string copy = folder_.file("copy.db");
    const Answer made = on_store({"backup", copy});
    ASSERT_EQ(made.code, done) << made.err;
    EXPECT_EQ(run({"digest", "--store", copy}).out, on_store({"digest"}).out);
    EXPECT_EQ(run({"verify", "--store", copy}).code, done);
    const Answer again = on_store({"backup", copy});
    EXPECT_EQ(again.code, failed);
    expect_in(again.err, "there is a store already, and it is not overwritten");
    const Answer restored = run({"restore", copy, "--store", other.url(), "--verify"});
    ASSERT_EQ(restored.code, done) << restored.err;
    expect_in(restored.out, "it is sound");
    EXPECT_EQ(run({"digest", "--store", other.url()}).out, on_store({"digest"}).out);
    EXPECT_EQ(run({"restore", copy, "--store", other.url()}).code, failed);
    EXPECT_EQ(run({"restore", copy, "--store", schema.url()}).code, failed);
    EXPECT_EQ(run({"digest", "--store", other.url()}).out, on_store({"digest"}).out);
}

TEST_F(Commands, a_database_is_backed_up_while_facts_come_in) {
    if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
    const support::PostgresSchema schema;
    store_ = schema.url();
    import("mql.csv", mql);
    std::atomic<bool> stop = false;
    std::atomic<int> taken = 0;
    std::thread writer([&] {
        FixedClock clock;
        const auto store = storage::open_store(store_).value();
        const auto ledger = app::Ledger::open(*store, clock).value();
        while (!stop) {
            IncomingFact fact;
            fact.type = "Page Viewed";
            fact.email = "p" + std::to_string(taken % 9) + "@example.com";
            fact.message_id = "m" + std::to_string(taken);
            fact.occurred_at = clock.time;
            EXPECT_EQ(ledger->intake(std::span(&fact, 1))->accepted, 1U);
            ++taken;
        }
        EXPECT_TRUE(ledger->close());
    });
    while (taken < 5) std::this_thread::yield();
    const int before = taken;
    const std::string copy = folder_.file("copy.db");
    const Answer made = on_store({"backup", copy});
    stop = true;
    writer.join();
    ASSERT_EQ(made.code, done) << made.err;
    EXPECT_EQ(run({"verify", "--store", copy}).code, done);
    const auto held = storage::open_store(copy).value();
    const auto all = storage::open_store(store_).value();
    EXPECT_GE(held->last_position().value(), before + 4);
    EXPECT_LE(held->last_position().value(), all->last_position().value());
}

TEST_F(Commands, checks_draws_and_compares_playbooks) {
    EXPECT_EQ(run({"playbook", "check", "handoff-loop"}).code, done);
    const Answer wrong =
        run({"playbook", "check", file("p.yaml", "playbook: 1\nid: p\nname: P\nstages:\n  - {id: a, nam: A}\n")});
    EXPECT_EQ(wrong.code, failed);
    expect_in(wrong.err, "p.yaml:5:");
    expect_in(wrong.err, ": error: ");
    for (const char* format : {"dot", "mermaid", "markdown", "table"})
        expect_in(run({"playbook", "draw", "abc", "--format", format}).out, "Opportunity");
    EXPECT_EQ(run({"playbook", "draw", "abc", "--format", "oil"}).code, failed);
    expect_in(run({"playbook", "diff", "abc", "abc"}).out, "both say the same");
    EXPECT_NE(run({"playbook", "diff", "abc", "journey", "--json"}).out.find("\"same\":false"), std::string::npos);
}

TEST_F(Commands, activates_and_lists_playbooks) {
    EXPECT_EQ(on_store({"playbook", "activate", "lifecycle"}).code, done);
    expect_in(on_store({"playbook", "activate", "lifecycle"}).out, "in force already");
    expect_in(on_store({"playbook", "list"}).out, "in force, unsigned");
    expect_in(on_store({"playbook", "show"}).out, "id: lifecycle");
}

TEST_F(Commands, looks_up_before_a_call) {
    ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
    const std::string facts =
        file("facts.jsonl", R"({"type": "profile", "email": "anna@acme.example", "phone": "030 901820", )"
                            R"("account": "acme.example", "properties": {"name": "Anna Berg"}})"
                            "\n");
    expect_in(on_store({"settings", "--phone-region", "DE"}).out, "phone region: DE");
    ASSERT_EQ(on_store({"import", facts}).code, done);
    expect_in(on_store({"lookup", "+49 30 901820"}).out, "phone");
    expect_in(on_store({"lookup", "ben@acme.example", "--json"}).out, R"("by":"colleague")");
    const Answer nobody = on_store({"lookup", "nobody@nowhere.example"});
    EXPECT_EQ(nobody.code, failed);
    expect_in(nobody.out, "nobody known");
    expect_in(on_store({"audit"}).out, "phone numbers are of DE by default");
}

TEST_F(Commands, keeps_registers_that_arrivals_are_held_against) {
    ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
    expect_in(on_store({"suppress", "add", "Ada@Acme.example", "--reason", "asked for it"}).out, "1 added, 0 known");
    const std::string list = file("list.csv",
                                  "E-Mail,Name,Company,Register,Reason\n"
                                  "ben@acme.example,,,do_not_call,called twice\n"
                                  ",Cleo Dahl,Acme GmbH,,\n"
                                  "nobody,,,,\n");
    const Answer imported = on_store({"suppress", "import", list});
    EXPECT_EQ(imported.code, partly_done);
    expect_in(imported.out, "2 added, 0 were there, 1 rows refused");
    expect_in(imported.err, "row 4: 'nobody' is no e-mail");
    const std::string facts = file("facts.jsonl", R"({"type": "Page Viewed", "email": "ada@acme.example"})"
                                                  "\n"
                                                  R"({"type": "Page Viewed", "email": "ben@acme.example"})"
                                                  "\n");
    ASSERT_EQ(on_store({"import", facts}).code, done);
    expect_in(on_store({"lookup", "ada@acme.example", "--json"}).out,
              R"("registers":[{"register":"suppressed","entry":"e-mail ada@acme.example","reason":"asked for it")");
    expect_in(on_store({"suppress", "list"}).out, "name cleo dahl at acme");
    expect_in(on_store({"suppress", "list", "--register", "do_not_call", "--json"}).out, R"("actor":"command line")");
    expect_in(on_store({"suppress", "remove", "ada@acme.example"}).out, "1 removed, 1 known people freed");
}

TEST_F(Commands, makes_one_of_two_and_two_again) {
    ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
    const std::string facts =
        file("facts.jsonl",
             R"({"type": "profile", "email": "anna@acme.example", "properties": {"title": "CEO"}})"
             "\n"
             R"({"type": "profile", "email": "anna@home.example", "properties": {"title": "Chief", "name": "Anna"}})"
             "\n");
    ASSERT_EQ(on_store({"import", facts}).code, done);
    expect_in(on_store({"merge", "anna@acme.example", "anna@home.example", "--dry-run"}).out, "CEO");
    expect_in(on_store({"merge", "anna@acme.example", "anna@home.example", "--keep", "title=C"}).err, "property=A");
    expect_in(on_store({"merge", "anna@acme.example", "anna@home.example", "--keep", "title=A"}).out, "baton unmerge");
    expect_in(on_store({"lead", "anna@home.example"}).out, "CEO");
    expect_in(on_store({"lead", "anna@home.example"}).out, "took in person");
    EXPECT_EQ(on_store({"rebuild"}).code, done);
    expect_in(on_store({"unmerge", "anna@home.example"}).out, "unmerged");
    expect_in(on_store({"lead", "anna@home.example"}).out, "Chief");
    expect_in(on_store({"audit"}).out, "taken out of person");
}

TEST_F(Commands, the_demonstration_company_is_the_same_every_time) {
    const std::string other = folder_.file("other.db");
    const std::vector<std::string> company{"demo", "--people", "60", "--until", "2026-05-01", "--seed", "7", "--json"};
    const auto make = [&](const std::string& store, std::vector<std::string> arguments) {
        arguments.insert(arguments.end(), {"--store", store});
        const Answer answer = run(std::move(arguments));
        EXPECT_EQ(answer.code, done) << answer.err;
        const std::string digest = run({"digest", "--store", store}).out;
        return digest.substr(digest.find("state"));  // journals have salts of their own
    };
    const std::string digest = make(store_, company);
    EXPECT_EQ(make(other, company), digest);
    std::vector<std::string> another = company;
    another[6] = "8";
    EXPECT_NE(make(folder_.file("third.db"), another), digest);
    EXPECT_EQ(on_store({"verify"}).code, done);
    expect_in(on_store({"leads", "--json"}).out, "@");
    expect_in(on_store({"export", "people"}).out, ",google,organic,,");  // they came from somewhere
}

TEST(Shown, a_store_is_named_without_its_password) {
    const std::pair<const char*, const char*> cases[] = {
        {"my.db", "my.db"},
        {"C:/a@b.db", "C:/a@b.db"},
        {"postgres://host/db", "postgres://host/db"},
        {"postgres://anna@host:5432/db", "postgres://anna@host:5432/db"},
        {"postgres://anna:s3:cret@host:5432/db", "postgres://anna@host:5432/db"},
        {"postgres://host/db?user=anna&password=secret&port=1", "postgres://host/db?user=anna&password=…&port=1"},
        {"postgres://host/db?password=secret", "postgres://host/db?password=…"}};
    for (const auto& [given, expected] : cases) EXPECT_EQ(shown(given), expected);
}

}  // namespace
}  // namespace baton::cli
