// Rows become facts: what goes in, in which order, with which message ids, and what is said about rows that cannot.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "connectors/jsonl/jsonl.h"
#include "import/runs.h"

namespace baton::imports {
namespace {

void check(const std::string& mapping, const std::string& text, const std::string& facts,
           const std::string& problems = "") {
    const Ran ran = run(mapping_of(mapping), {text});
    EXPECT_EQ(ran.book.seen(), facts) << text;
    EXPECT_EQ(ran.problems(), problems) << text;
}

TEST(Import, makes_facts_of_rows) {
    check("properties: {origin: o}\n", "id,o\n7,web\n8,\n", "profile 7 origin=web\nprofile 8\n");
    check("properties: {origin: o}\n", "id;o\n7;\"a;b\"\n", "profile 7 origin=a;b\n");
    check("empty: [Select, unknown]\nproperties: {origin: o}\nfacts: [{type: Seen}]\n",
          "id,o\n7,Select\n8, unknown \n9,Unknown\n", "Seen 7\nSeen 8\nprofile 9 origin=Unknown\nSeen 9\n");
    check("properties: {origin: {constant: fair}}\n", "id\n7\n", "profile 7 origin=fair\n");
    check("properties: {yes: {column: y, values: {J: true, N: false}}}\n", "id,y\n7,J\n8,N\n9,?\n",
          "profile 7 yes=true\nprofile 8 yes=false\nprofile 9 yes=?\n");
    check("properties: {sum: {column: s, decimal: comma}}\n", "id;s\n7;1.234,5\n", "profile 7 sum=1234.5\n");
    check("properties: {tags: {column: t, list: true}}\n", "id,t\n7,a; b;\n", "profile 7 tags=a, b\n");
    check("properties: {born: {column: b, format: \"%d.%m.%Y\"}}\n", "id,b\n7,1.2.2000\n",
          "profile 7 born=2000-02-01T00:00:00Z\n");
    check("account: {column: c, properties: {size: s}}\nfacts: [{type: Seen}]\n", "id,c,s\n7,Acme,5\n8,Acme,5\n",
          "account  size=5 at Acme\nprofile 7 at Acme\nSeen 7 at Acme\nprofile 8 at Acme\nSeen 8 at Acme\n");
    check("answers: [{question: budget, column: b, words: w, actor: a}]\n", "id,b,w,a\n7,yes,sure,anna\n8,,x,\n",
          "answer 7 question=budget value=yes words=sure by anna\n");
    check("facts: [{type: Seen, actor: r}]\nusers: [{column: r, role: rep, name: n}]\n",
          "id,r,n\n7,u1,Ann\n8,u1,Ann\n9,,\n",
          "user  user=u1 name=Ann roles=rep\nSeen 7 by u1\nSeen 8 by u1\nSeen 9\n");
    check("facts: [{type: Won, when: {column: w, is: \"1\"}}, {type: Any, when: {column: w}}]\n",
          "id,w\n7,1\n8,0\n9,\n", "Won 7\nAny 7\nAny 8\n");
    check("facts: [{type: Left, when: {column: w, is_not: [\"0\", \"No\"]}}]\n", "id,w\n6,yes\n7,?\n8,0\n9,\n10,No\n",
          "Left 6\nLeft 7\n");
    check("time: t\nfacts: [{type: Seen}, {type: Left, undated: true}]\n", "id,t\n7,2025-03-01\n",
          "Seen 7 2025-03-01\nLeft 7\n");
}

TEST(Import, reads_what_other_programs_write) {
    check("properties: {sum: {column: s, decimal: point}}\n", "id,s\n7,\"$1,117.10K\"\n8,12 apples\n",
          "profile 7 sum=1117100\nprofile 8 sum=12 apples\n");
    check("properties: {zip: {column: z, strip: \"z:\", prefix: \"US-\"}}\n", "id,z\n7,z:01960\n8,01961\n9,\n",
          "profile 7 zip=US-01960\nprofile 8 zip=US-01961\nprofile 9\n");
    check("partial: true\nproperties: {o: o, gone: gone}\ntime: t\nfacts: [{type: Won, when: {column: w, is: x}}]\n",
          "id,o\n7,web\n", "profile 7 o=web\n");
    check("rest: true\nignore: [c]\nproperties: {o: a}\n", "id,a,b,c,\n7,1,2,3,4\n", "profile 7 o=1 b=2\n");
    check("rest: true\nskip: [{column: s, contains: test}]\n", "id,s\n7,a test lead\n8,b\n", "profile 8 s=b\n",
          "f0:2/2:2 s: left out: 'a test lead' marks a row that is no data\n");
    check("guarded: true\nproperties: {o: o}\n", "id,o\n7,'=1+1\n8,''x\n", "profile 7 o==1+1\nprofile 8 o='x\n");
}

TEST(Import, a_row_about_several_people_is_a_fact_of_each) {
    const std::string mapping =
        "mapping: 1\nid: m\nheader: [who]\nidentity: {external_id: {column: who, each: \";\", prefix: \"crm:\"}, "
        "email: mail}\nfacts: [{type: Met}]\n";
    const ReadMapping read = read_mapping(mapping, "m.yaml");
    ASSERT_TRUE(read.mapping);
    const Ran ran = run(*read.mapping, {"who,mail\n1; 2,a@b.example\n3,c@b.example\n;,\n"});
    EXPECT_EQ(ran.book.seen(), "Met crm:1\nMet crm:2\nMet crm:3c@b.example\n") << "whose the mail is nobody knows";
    EXPECT_EQ(ran.problems(), "f0:4/4:1 who: nothing says who this is: 'who', 'mail' are all empty\n");
}

TEST(Import, further_mails_and_phones_belong_to_the_id) {
    const std::string mapping =
        "mapping: 1\nid: m\nheader: [id]\nrest: true\nidentity: {external_id: id, email: mail, more_emails: {column: "
        "more, "
        "each: \";\"}}\n";
    const ReadMapping read = read_mapping(mapping, "m.yaml");
    ASSERT_TRUE(read.mapping);
    const Ran ran =
        run(*read.mapping, {"id,mail,more\n7,a@b.example,c@b.example;a@b.example\n,d@b.example,e@b.example\n"});
    EXPECT_EQ(ran.book.seen(), "profile 7a@b.example\nprofile 7c@b.example\nprofile d@b.example\n");
    EXPECT_EQ(ran.problems(), "f0:3/3:3 more: 'e@b.example' is left out: a further one needs an id to belong to\n");
}

TEST(Import, knows_times) {
    check("time: t\nproperties: {o: o}\n", "id,t,o\n7,2018-03-01,x\n8,,y\n",
          "profile 7 2018-03-01 o=x\nprofile 8 o=y\n");
    check("historical: true\ntime: t\nfacts: [{type: Seen}]\n", "id,t\n7,2018-03-01\n8,\n9,2017-01-01\n",
          "Seen 9 2017-01-01\nSeen 7 2018-03-01\nSeen 8 ?2026-01-01\n");
    check("time: t\nfacts: [{type: Won, time: w}]\n", "id,t,w\n7,2018-03-01,2018-04-01\n8,2018-03-01,\n",
          "Won 7 2018-04-01\n");
}

TEST(Import, says_which_row_and_column_is_wrong) {
    const std::string mapping = "time: {column: t, format: \"%Y-%m-%d\"}\nfacts: [{type: Seen}]\n";
    check(mapping, "id,t\n7,2018-03-01\n,2018-03-01\n8,31.12.2018\n9\n9,2018-03-01,9\n10,2018-03-02\n",
          "Seen 7 2018-03-01\nSeen 10 2018-03-02\n",
          "f0:3/3:1 id: nothing says who this is: 'id' is empty\n"
          "f0:4/4:2 t: '31.12.2018' is no time written %Y-%m-%d\n"
          "f0:5/5:0 : the row has 1 columns, the header 2; leave unknown ones empty, not out\n"
          "f0:6/6:0 : the row has 3 columns, the header 2; put values that hold a delimiter in quotes\n");
    check(mapping, "id,t\n\"7\n8\",2018-03-01\n9,\"2018-03-01\"x\n", "Seen 7\n8 2018-03-01\n",
          "f0:3/4:2 t: text follows the closing quote; a quote inside a quoted field is written twice (\"\")\n");
    check("facts: [{type: Refused}, {type: Seen}]\n", "id\n7\n", "Seen 7\n",
          "f0:2/2:0 : fact 'Refused' refused (too_long): shorten it\n");
}

TEST(Import, refuses_files_it_cannot_read) {
    const auto refused = [](const std::string& text) {
        return run(mapping_of("facts: [{type: Seen, actor: who}]\n"), {text}).problems();
    };
    EXPECT_EQ(refused(""), "error no_header: f0 is empty; its first row must name the columns");
    EXPECT_EQ(refused("id,id\n"), "error no_header: f0:1: column 'id' stands twice in the header; rename one");
    EXPECT_EQ(refused("a,b\n1,2\n"),
              "error no_mapping: f0: no mapping knows a header with the columns a, b, and no column is called e-mail "
              "or phone; "
              "write one (docs/IMPORT.md) and name it with --mapping");
    EXPECT_EQ(refused("id\n1\n"),
              "error missing_columns: f0: mapping 'm' reads 'who', which the header does not have; choose another "
              "mapping or mend the header");
    EXPECT_TRUE(refused("\"id\n").starts_with(
        "error no_header: f0:1: column 1 of the header: the quote opened on line 1 is never closed: "));
}

TEST(Import, counts) {
    const Ran ran = run(mapping_of("time: t\nproperties: {o: o}\nfacts: [{type: Seen}]\n"),
                        {"id,t,o\n7,2018-03-01,x\n,2018-03-01,y\n\n8,2018-05-01,\n"});
    ASSERT_TRUE(ran.report);
    EXPECT_EQ(ran.report->rows, 3U);
    EXPECT_EQ(ran.report->refused_rows, 1U);
    EXPECT_EQ(ran.report->facts, 3U);
    EXPECT_EQ(ran.report->accepted, 3U);
    EXPECT_EQ(ran.report->types, (std::map<std::string, std::uint64_t>{{"Seen", 2}, {"profile", 1}}));
    EXPECT_EQ(to_string(*ran.report->first), "2018-03-01T00:00:00Z");
    EXPECT_EQ(to_string(*ran.report->last), "2018-05-01T00:00:00Z");
}

const std::string twice_mapping =
    "time: t\nproperties: {o: o}\nfacts: [{type: Seen}]\nusers: [{column: r, role: rep}]\n";

TEST(Import, doubles_nothing_when_run_twice) {
    const std::string text = "id,t,o,r\n7,2018-03-01,x,u1\n8,,y,u1\n9,2018-05-01,,u2\n";
    const Ran once = run(mapping_of(twice_mapping), {text});
    const Ran again = run(mapping_of(twice_mapping), {text}, once.book);
    EXPECT_EQ(again.book.seen(), once.book.seen());
    EXPECT_EQ(again.report->accepted, 0U);
    EXPECT_EQ(again.report->duplicates, once.report->accepted);
}

TEST(Import, a_changed_row_updates_what_changed) {
    const Ran once = run(mapping_of(twice_mapping), {"id,t,o,r\n7,2018-03-01,x,u1\n8,2018-03-01,y,u1\n"});
    const Ran again = run(mapping_of(twice_mapping), {"id,t,o,r\n7,2018-03-01,x,u1\n8,2018-03-01,z,u1\n"}, once.book);
    EXPECT_EQ(again.report->accepted, 1U);
    EXPECT_EQ(again.book.seen(), once.book.seen() + "profile 8 2018-03-01 o=z\n");
}

TEST(Import, goes_on_after_an_interruption_at_any_row) {
    std::string text = "id,t,o,r\n";
    for (int i = 1; i <= 40; ++i)
        text += std::to_string(i) + ",2018-03-" + (i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + ",x" +
                std::to_string(i % 3) + ",u" + std::to_string(i % 5) + "\n";
    for (const std::string& mode : {std::string("historical: true\n"), std::string()}) {
        const Mapping mapping = mapping_of(mode + twice_mapping);
        const Ran whole = run(mapping, {text});
        ASSERT_EQ(whole.report->accepted, 85U);
        for (std::size_t stop = 1; stop <= 50; ++stop) {
            const Ran cut = run(mapping, {text}, {}, stop, 1);
            const Ran rest = run(mapping, {text}, cut.book);
            EXPECT_TRUE(cut.report->stopped);
            EXPECT_FALSE(rest.report->stopped);
            EXPECT_EQ(rest.book.seen(), whole.book.seen()) << "stopped after " << stop;
        }
    }
}

TEST(Import, sorts_the_past_across_files) {
    const Mapping mapping = mapping_of("historical: true\ntime: t\nfacts: [{type: Seen, properties: {n: n}}]\n");
    const Ran ran =
        run(mapping, {"id,t,n\n7,2018-03-03,1\n8,2018-03-01,2\n", "id,t,n\n7,2018-03-02,3\n9,2018-03-01,4\n"});
    EXPECT_EQ(ran.book.seen(),
              "Seen 8 2018-03-01 n=2\nSeen 9 2018-03-01 n=4\nSeen 7 2018-03-02 n=3\nSeen 7 2018-03-03 n=1\n");
    for (const IncomingFact& fact : ran.book.facts) EXPECT_TRUE(fact.historical);
}

TEST(Import, two_equal_facts_of_a_row_stay_two) {
    const Ran ran = run(mapping_of("facts: [{type: Seen}, {type: Seen}]\n"), {"id\n7\n"});
    EXPECT_EQ(ran.report->accepted, 2U);
}

// ---- two threads --------------------------------------------------------------------------------------------------

/// Rows that are read in many pieces, every tenth of them with a wrong time; a batch is small, and so is what is read ahead.
std::string many_rows() {
    std::string text = "id,t\n";
    for (int i = 0; i < 5'000; ++i) text += std::to_string(i) + (i % 10 == 9 ? ",soon\n" : ",2020-01-01\n");
    return text;
}

struct Threaded {
    Mapping mapping = mapping_of("time: t\nfacts: [{type: Seen}]\n");
    Result<Import> plan = Import::plan(inputs(), nullptr, std::span(&mapping, 1));
    Book book;
    RunOptions options;
    int told = 0;  ///< how often progress was

    Threaded() {
        options.times = {*parse_instant("2026-01-01"), {}};
        options.batch = 64;
        options.take = [this](std::span<app::Prepared> facts) { return book.take(facts); };
        options.progress = [this](std::uint64_t, std::uint64_t) { ++told; };
    }
    static std::vector<Input> inputs() {
        std::vector<Input> all;
        all.push_back(Input::of_text("f", many_rows()));
        return all;
    }
};

/// Told as the share of all work: files in order are read once, past ones twice.
void expect_even_progress(bool historical) {
    Threaded many;
    many.mapping.historical = historical;
    std::vector<Input> two = Threaded::inputs();
    two.push_back(Input::of_text("g", many_rows()));
    auto plan = Import::plan(std::move(two), nullptr, std::span(&many.mapping, 1));
    ASSERT_TRUE(plan);
    std::vector<double> told;
    many.options.progress = [&](std::uint64_t done, std::uint64_t of) {
        told.push_back(static_cast<double>(done) / static_cast<double>(of));
    };
    ASSERT_TRUE(plan->run(many.options));
    ASSERT_GE(told.size(), 8U);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_LT(told.front(), 0.2);
    EXPECT_GT(told.back(), 0.8);
    EXPECT_LE(told.back(), 1.0);
    double longest = 0;
    for (std::size_t i = 1; i < told.size(); ++i) longest = std::max(longest, told[i] - told[i - 1]);
    EXPECT_LT(longest, 0.3) << "it does not jump";
}
TEST(ImportProgress, is_of_all_files) { expect_even_progress(false); }
TEST(ImportProgress, counts_what_is_read_twice) { expect_even_progress(true); }

TEST(ImportThreads, what_is_read_ahead_is_not_counted) {
    Threaded many;
    int batches = 0;
    many.options.stop = [&] { return ++batches == 20; };
    const auto report = many.plan->run(many.options);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->stopped);
    EXPECT_EQ(report->accepted, 20U * 64U);
    EXPECT_EQ(report->facts, 20U * 64U);
    EXPECT_EQ(report->rows, 1'422U);  // the 1,280th sound row
    EXPECT_EQ(report->refused_rows, 142U);
    EXPECT_EQ(report->problem_count, 142U);
    EXPECT_EQ(many.told, 1);  // after 1,024 rows
}

TEST(ImportThreads, facts_are_made_ready_beside_the_thread_that_takes_them) {
    Threaded many;
    const auto caller = std::this_thread::get_id();
    std::set<std::thread::id> readers;
    many.options.prepare = [&](app::Prepared& fact) {
        readers.insert(std::this_thread::get_id());
        fact.fact.actor = "ready";
    };
    many.options.take = [&](std::span<app::Prepared> facts) {
        EXPECT_EQ(std::this_thread::get_id(), caller);
        return many.book.take(facts);
    };
    ASSERT_TRUE(many.plan->run(many.options));
    EXPECT_EQ(readers.size(), 1U);
    EXPECT_FALSE(readers.contains(caller));
    ASSERT_EQ(many.book.facts.size(), 4'500U);
    for (std::size_t i = 0; i < 4'500; ++i) {
        EXPECT_EQ(many.book.facts[i].external_id, std::to_string(i / 9 * 10 + i % 9));
        EXPECT_EQ(many.book.facts[i].actor, "ready");
    }
}

TEST(ImportThreads, an_error_of_the_taker_ends_both) {
    Threaded many;
    int batches = 0;
    many.options.take = [&](std::span<app::Prepared> facts) -> Result<app::Receipt> {
        if (++batches == 3) return fail("disk_full", "no room");
        return many.book.take(facts);
    };
    const auto report = many.plan->run(many.options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, "disk_full");
    EXPECT_EQ(many.book.facts.size(), 128U);
}

TEST(ImportThreads, an_exception_of_either_comes_out) {
    for (const bool reads : {false, true}) {
        Threaded many;
        if (reads)
            many.options.prepare = [n = 0](app::Prepared&) mutable {
                if (++n == 3'000) throw std::runtime_error("reader");
            };
        else
            many.options.take = [](std::span<app::Prepared>) -> Result<app::Receipt> {
                throw std::runtime_error("taker");
            };
        try {
            static_cast<void>(many.plan->run(many.options));
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::runtime_error& e) {
            EXPECT_STREQ(e.what(), reads ? "reader" : "taker");
        }
        EXPECT_EQ(many.book.facts.empty(), !reads);
    }
}

// ---- JSON lines ---------------------------------------------------------------------------------------------------

Ran run_lines(const std::string& text) {
    Ran ran;
    RunOptions options;
    options.take = [&](std::span<app::Prepared> facts) { return ran.book.take(facts); };
    ran.report = jsonl::run(Input::of_text("f", text), "lines", options);
    return ran;
}

TEST(JsonLines, takes_a_fact_a_line) {
    const Ran ran = run_lines(
        "{\"type\":\"Seen\",\"email\":\"a@b.example\",\"message_id\":\"1\",\"occurred_at\":\"2020-01-01T00:00:00Z\"}"
        "\n\n"
        "  \r\n{\"type\":\"Seen\",\"email\":\"c@b.example\",\"message_id\":\"2\",\"properties\":{\"x\":1}}");
    EXPECT_EQ(ran.book.seen(), "Seen a@b.example 2020-01-01\nSeen c@b.example x=1\n");
    EXPECT_EQ(ran.report->rows, 2U);
    EXPECT_EQ(ran.book.facts[0].source, "lines");
}

TEST(JsonLines, says_which_line_is_wrong) {
    const Ran ran = run_lines(
        "{\"type\":\"Seen\",\"email\":\"a@b.example\"}\n{\"type\":\n{\"typ\":\"x\"}\n{\"type\":\"Refused\",\"email\":"
        "\"a@b.example\"}\n");
    EXPECT_EQ(ran.book.facts.size(), 1U);
    ASSERT_EQ(ran.report->problems.size(), 3U);
    EXPECT_EQ(ran.report->problems[0].line, 2);
    EXPECT_EQ(ran.report->problems[0].problem.what.substr(0, 8), "bad_json");
    EXPECT_EQ(ran.report->problems[1].line, 3);
    EXPECT_EQ(ran.report->problems[2].line, 4);
    EXPECT_EQ(ran.report->refused_rows, 2U);
}

}  // namespace
}  // namespace baton::imports
