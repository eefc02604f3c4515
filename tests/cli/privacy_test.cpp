// What people allow and may ask for, on the command line: consent, tracking, and all data of one person.
#include "whole_program.h"

namespace baton::cli {
namespace {

class PrivacyCommands : public Commands {
   protected:
    void SetUp() override {
        ASSERT_EQ(on_store({"playbook", "activate", "handoff-loop"}).code, done);
        const std::string facts =
            file("facts.jsonl",
                 R"({"type": "profile", "email": "anna@acme.example", "properties": {"name": "Anna <b>Berg"}})"
                 "\n"
                 R"({"type": "profile", "email": "ben@acme.example", "properties": {"name": "Ben Secret"}})"
                 "\n");
        ASSERT_EQ(on_store({"import", facts}).code, done);
    }
};

TEST_F(PrivacyCommands, consent_is_given_withdrawn_and_shown) {
    expect_in(on_store({"consent", "show", "anna@acme.example"}).out, "nobody has said anything");
    expect_in(on_store({"consent", "give", "anna@acme.example", "marketing_email", "--text", "Send me news",
                        "--text-version", "2026-03", "--at", "2026-01-05"})
                  .out,
              "marketing email  given  2026-01-05 00:00");
    const Answer withdrawn = on_store(
        {"consent", "withdraw", "anna@acme.example", "marketing_email", "--channel", "phone", "--at", "2026-01-06"});
    expect_in(withdrawn.out, "marketing email  withdrawn  2026-01-06 00:00");
    expect_in(withdrawn.out, "withdrew marketing email, channel phone; recorded by command line [command line]");
    expect_in(on_store({"consent", "show", "anna@acme.example", "--json"}).out, R"("text_version":"2026-03")");
    expect_in(on_store({"lead", "anna@acme.example"}).out, "marketing email: consent withdrawn since 2026-01-06");
    expect_in(on_store({"lead", "anna@acme.example"}).out, "allowed marketing email, text 2026-03");
    expect_in(on_store({"consent", "give", "anna@acme.example", "phone", "--basis", "because"}).err, "lawful basis");
    expect_in(on_store({"consent", "give", "nobody@x.example", "phone"}).err, "nobody is known");
    EXPECT_EQ(on_store({"rebuild"}).code, done);
}

TEST_F(PrivacyCommands, a_column_becomes_consent) {
    const std::string mapping = file("m.yaml",
                                     "mapping: 1\nid: news\nname: News\nheader: [Mail, News, Since]\n"
                                     "identity: {email: Mail}\n"
                                     "facts:\n  - type: consent\n    when: {column: News}\n    time: {column: Since}\n"
                                     "    properties: {purpose: {constant: marketing_email}, given: News}\n");
    const std::string rows =
        file("rows.csv",
             "Mail,News,Since\nanna@acme.example,yes,2026-01-05\nben@acme.example,0,2026-01-05\nc@d.example,,\n");
    const Answer taken = on_store({"import", rows, "--mapping", mapping});
    EXPECT_EQ(taken.code, done) << taken.out << taken.err;
    expect_in(on_store({"consent", "show", "anna@acme.example"}).out, "marketing email  given  2026-01-05");
    expect_in(on_store({"consent", "show", "ben@acme.example"}).out, "marketing email  withdrawn");
    const std::string wrong = file("wrong.csv", "Mail,News,Since\nanna@acme.example,perhaps,2026-01-07\n");
    expect_in(on_store({"import", wrong, "--mapping", mapping}).err, "true, or false for a withdrawal");
}

TEST_F(PrivacyCommands, all_data_of_one_person_as_json_and_as_a_page) {
    const Answer json = on_store({"person", "export", "anna@acme.example"});
    ASSERT_EQ(json.code, done) << json.err;
    expect_in(json.out, R"("email":"anna@acme.example")");
    EXPECT_EQ(json.out.find("Secret"), std::string::npos);
    const std::string page = folder_.file("anna.html");
    ASSERT_EQ(on_store({"person", "export", "anna@acme.example", "--format", "html", "--out", page}).code, done);
    std::stringstream written;
    written << std::ifstream(page).rdbuf();
    const std::string html = written.str();
    expect_in(html, "Data kept about Anna &lt;b&gt;Berg");
    EXPECT_EQ(html.find("Secret"), std::string::npos);
    expect_in(on_store({"audit"}).out, "handed out");
    EXPECT_EQ(on_store({"person", "export", "nobody@x.example"}).code, failed);
    EXPECT_EQ(on_store({"person", "export", "anna@acme.example", "--format", "pdf"}).code, misused);
}

TEST_F(PrivacyCommands, how_much_of_visitors_is_kept_is_a_setting) {
    expect_in(on_store({"settings"}).out, "tracking: full");
    expect_in(on_store({"settings", "--tracking", "cookieless"}).out, "tracking: cookieless");
    expect_in(on_store({"settings", "--json"}).out, R"("tracking":"cookieless")");
    expect_in(on_store({"audit"}).out, "tracking of visitors is cookieless");
    EXPECT_EQ(on_store({"settings", "--tracking", "some"}).code, misused);
    EXPECT_EQ(on_store({"rebuild"}).code, done);
}

}  // namespace
}  // namespace baton::cli
