// What an import leaves aside, and how it comes in after all.
#include "whole_program.h"

namespace baton::cli {
namespace {

class Imports : public Commands {
   protected:
    std::string mapping_ = file("m.yaml",
                                "mapping: 1\nid: m\nheader: [id, t]\nidentity: {external_id: id}\n"
                                "time: {column: t, format: \"%Y-%m-%d\"}\nfacts: [{type: Seen}]\n");
    Answer import_file(const std::string& path, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"import", path, "--mapping", mapping_});
        return on_store(std::move(more));
    }
    static std::string text_of(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
};

TEST_F(Imports, write_what_was_not_taken_to_be_mended_and_taken) {
    const std::string errors = folder_.file("errors.csv");
    const std::string list = file("list.csv", "id,t\n7,2018-03-01\n8,1.3.2018\n");
    const Answer silent = import_file(list);
    expect_in(silent.err, "1 row not taken, or only in part: --errors FILE writes them with the reason");
    const Answer told = import_file(list, {"--errors", errors});
    EXPECT_EQ(told.code, partly_done);
    expect_in(told.out,
              "took 0 facts, 1 were known already, 0 refused\n" + errors + ": 1 row not taken, or only in part");
    std::string mended = text_of(errors);
    EXPECT_EQ(mended, "id,t,error\r\n8,1.3.2018,\"row 3, column 2 't': '1.3.2018' is no time written %Y-%m-%d\"\r\n");
    mended.replace(mended.find("1.3.2018"), 8, "2018-03-01");
    const Answer again = import_file(file("mended.csv", mended), {"--errors", errors});
    EXPECT_EQ(again.code, done) << again.err;
    expect_in(again.out, "took 1 fact, 0 were known already, 0 refused\n" + errors + ": no rows, each was taken whole");
    EXPECT_EQ(text_of(errors), "id,t,error\r\n");
}

TEST_F(Imports, refuse_a_place_for_errors_that_cannot_be) {
    const std::string list = file("list.csv", "id,t\n7,2018-03-01\n");
    expect_in(import_file(list, {"--errors", list}).err, "list.csv is the file to import; name another one");
    EXPECT_EQ(text_of(list), "id,t\n7,2018-03-01\n");
    expect_in(import_file(list, {"--errors", folder_.file("none/e.csv")}).err, "is there such a folder");
    expect_in(import_file(file("f.jsonl", "{}"), {"--errors", folder_.file("e.csv")}).err, "--errors is for rows");
}

TEST_F(Imports, create_or_update_and_say_what_was_left_out) {
    const std::string first = file("first.csv", "id,t\n7,2018-03-01\n8,2018-03-01\n");
    ASSERT_EQ(import_file(first).code, done);
    const std::string second = file("second.csv", "id,t\n8,2018-03-02\n9,2018-03-02\n9,2018-03-03\n");
    const std::string errors = folder_.file("errors.csv");
    const Answer dry = import_file(second, {"--mode", "create", "--dry-run", "--json"});
    expect_in(dry.out, R"("accepted":2,"duplicates":0,"refused":0,"left_out":1,"left_out_rows":1)");
    const Answer created = import_file(second, {"--mode", "create", "--errors", errors});
    EXPECT_EQ(created.code, done) << "left out by one's own wish";
    expect_in(created.out, "took 2 facts, 0 were known already, 0 refused");
    expect_in(created.out, "left out 1 row about people who are known already (--mode create)");
    expect_in(text_of(errors), "8,2018-03-02,\"row 2: left out: is known already, as person ");
    expect_in(import_file(second, {"--mode", "create", "--json"}).out, R"("accepted":0,"duplicates":2)");
    const Answer updated = import_file(file("third.csv", "id,t\n8,2018-03-05\n10,2018-03-05\n"), {"--mode", "update"});
    expect_in(updated.out, "took 1 fact, 0 were known already, 0 refused");
    expect_in(updated.out, "left out 1 row about people nobody knows yet (--mode update)");
    EXPECT_EQ(import_file(second, {"--mode", "sometimes"}).code, misused);
}

TEST_F(Imports, are_shown_before_anything_is_taken) {
    const std::string list = file("list.csv", "id,t\n7,2018-03-01\n8,1.3.2018\n9,2018-03-02\n");
    const Answer shown = import_file(list, {"--preview", "2"});
    EXPECT_EQ(shown.code, done) << shown.err;
    EXPECT_EQ(shown.out,
              list +
                  ": by mapping m\nrow 2\n  Seen  id 7  at 2018-03-01 00:00\nrow 3\n  not taken, column 2 't': "
                  "'1.3.2018' is no time written %Y-%m-%d\n");
    expect_in(import_file(list, {"--json", "--preview"}).out, R"("row":4,"facts":[{"type":"Seen","who":"id 9")");
    EXPECT_EQ(import_file(list, {"--preview", "many"}).code, failed);
    EXPECT_FALSE(std::filesystem::exists(store_));
}

TEST_F(Imports, are_listed_and_undone) {
    expect_in(run({"import"}).err, "name a file to import");
    const std::string list = file("list.csv", "id,t\n7,2018-03-01\n8,2018-03-01\n");
    ASSERT_EQ(import_file(list).code, done);
    ASSERT_EQ(import_file(list).code, done);
    expect_in(on_store({"import", "list", "--json"}).out,
              R"([{"import":1,"at":"2026-06-01T12:00:00Z","actor":"command line","files":"list.csv","mapping":"m",)"
              R"("mode":"both","rows":2,"facts":2,"undone":false,)");
    expect_in(on_store({"import", "undo", "1"}).out, "import 1 is undone: 2 people and accounts");
    expect_in(on_store({"leads", "--json"}).out, R"("leads":[])");
    expect_in(on_store({"import", "list"}).out, "undone 2026-06-01 12:00 by command line");
    const Answer again = on_store({"import", "undo", "1"});
    EXPECT_EQ(again.code, failed);
    expect_in(again.err, "import 1 was undone already, 2026-06-01T12:00:00Z, by command line");
    expect_in(on_store({"import", "undo", "2"}).err, "there is no import 2; baton import list shows them");
    expect_in(import_file(list).out, "took 2 facts, 0 were known already");
    expect_in(on_store({"verify"}).out, "is sound");
    expect_in(on_store({"rebuild"}).out, "all as it stood");
}

}  // namespace
}  // namespace baton::cli
