// Rows that were not taken, or only in part, come back as a file: mended and imported again, they are what they should be.
#include <gtest/gtest.h>

#include "import/runs.h"

namespace baton::imports {
namespace {

const std::string seen = "rest: true\ntime: {column: t, format: \"%Y-%m-%d\"}\nfacts: [{type: Seen}]\n";

void check(const std::string& text, const std::string& errors, const std::string& mapping = seen) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{4096}}) {
        const Ran ran = run(mapping_of(mapping), {text}, {}, 1'000'000, batch);
        EXPECT_EQ(ran.errors, errors) << ran.problems();
        if (ran.report)
            EXPECT_EQ(static_cast<std::ptrdiff_t>(ran.report->error_rows), std::ranges::count(errors, '\n') - 1);
    }
}

TEST(Errors, keep_the_columns_and_say_why) {
    check("id,t\n7,2018-03-01\n,2018-03-01\n8,31.12.2018\n\n,x\n",
          "id,t,error\r\n"
          ",2018-03-01,\"row 3, column 1 'id': nothing says who this is: 'id' is empty\"\r\n"
          "8,31.12.2018,\"row 4, column 2 't': '31.12.2018' is no time written %Y-%m-%d\"\r\n"
          ",x,\"row 6, column 1 'id': nothing says who this is: 'id' is empty; row 6, column 2 't': 'x' is no time "
          "written %Y-%m-%d\"\r\n");
    check("id;t;s\n7;x;\"a;\"\"b\"\"\"\n",
          "id;t;s;error\r\n7;x;\"a;\"\"b\"\"\";row 2, column 2 't': 'x' is no time "
          "written %Y-%m-%d\r\n");
    check("id,t\n7,2018-03-01\n", "id,t,error\r\n");
    check("id\n7\n8\n",
          "id,error\r\n7,row 2: fact 'Refused' refused (too_long): shorten it\r\n"
          "8,row 3: fact 'Refused' refused (too_long): shorten it\r\n",
          "facts: [{type: Refused}]\n");
}

TEST(Errors, rows_without_the_right_cells_stay_wrong_until_mended) {
    const std::string text = "id,t\n7\n8,2018-03-01,x\n9,\"2018-03-01\"y\n10,\xFF\n";
    const Ran first = run(mapping_of(seen), {text});
    EXPECT_EQ(first.report->refused_rows, 4U);
    const Ran again = run(mapping_of(seen), {first.errors}, first.book);
    EXPECT_EQ(again.report->refused_rows, 4U) << first.errors;
    EXPECT_TRUE(again.book.facts.empty()) << again.book.seen();
}

TEST(Errors, mended_rows_go_in_and_what_was_taken_is_known) {
    const std::string mapping =
        "properties: {born: {column: b, format: \"%d.%m.%Y\"}}\nfacts: [{type: Seen}, {type: Won, when: {column: w}}]\n"
        "rest: true\n";
    const Ran first = run(mapping_of(mapping), {"id,b,w\n7,32.1.2000,x\n8,1.1.2000,y\n"});
    ASSERT_EQ(first.errors,
              "id,b,w,error\r\n7,32.1.2000,x,\"row 2, column 2 'b': '32.1.2000' is no time written %d.%m.%Y; taken as "
              "missing\"\r\n");
    std::string mended = first.errors;
    mended.replace(mended.find("32.1."), 5, "31.1.");
    const Ran again = run(mapping_of(mapping), {mended}, first.book);
    EXPECT_EQ(again.book.seen(), first.book.seen() + "profile 7 born=2000-01-31T00:00:00Z\n")
        << "the reason is no data";
    EXPECT_EQ(again.report->duplicates, 2U);
    EXPECT_EQ(again.errors, "id,b,w,error\r\n") << "one column of errors, however often";
}

TEST(Errors, a_column_of_that_name_is_data) {
    check("id,error,t\n7,E42,x\n",
          "id,error,t,baton.error\r\n7,E42,x,\"row 2, column 3 't': 'x' is no time written "
          "%Y-%m-%d\"\r\n");
    const Ran ran = run(mapping_of("rest: true\n"), {"id,error\n7,E42\n8,row by row\n9,\"row 9: old\"\n"});
    EXPECT_EQ(ran.book.seen(), "profile 7 error=E42\nprofile 8 error=row by row\nprofile 9\n");
}

TEST(Errors, stand_in_the_order_of_the_file_also_for_the_past) {
    check("id,t\n3,2018-03-03\n,2018-03-02\n1,2018-03-01\n2,x\n",
          "id,t,error\r\n"
          "3,2018-03-03,row 2: fact 'Refused' refused (too_long): shorten it\r\n"
          ",2018-03-02,\"row 3, column 1 'id': nothing says who this is: 'id' is empty\"\r\n"
          "1,2018-03-01,row 4: fact 'Refused' refused (too_long): shorten it\r\n"
          "2,x,\"row 5, column 2 't': 'x' is no time written 2026-01-31 or 2026-01-31T10:00:00Z\"\r\n",
          "historical: true\ntime: t\nfacts: [{type: Refused}]\n");
}

TEST(Errors, of_several_files_need_one_header) {
    const Ran same = run(mapping_of(seen), {"id,t\n7,x\n", "id,t\n8,y\n"});
    EXPECT_EQ(std::ranges::count(same.errors, '\n'), 3);
    const Ran other = run(mapping_of(seen), {"id,t\n7,x\n", "id,t,u\n8,y,\n"});
    EXPECT_EQ(
        other.problems(),
        "error mixed_headers: f1 has other columns than f0: an error file has one header, so import them one by one");
}

}  // namespace
}  // namespace baton::imports
