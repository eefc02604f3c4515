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

}  // namespace
}  // namespace baton::cli
