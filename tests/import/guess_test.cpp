// Files that no format knows, by what their columns are called.
#include "connectors/import/guess.h"

#include "import/runs.h"

namespace baton::imports {
namespace {

void check(const std::string& text, const std::string& facts) {
    const Ran ran = run(guess(), {text});
    EXPECT_EQ(ran.problems(), "") << text;
    EXPECT_EQ(ran.book.seen(), facts) << text;
}

// LinkedIn documents no header of its lead forms' download; this is one as people post it.
TEST(Guess, lead_forms_of_linkedin) {
    check(
        "First Name,Last Name,Email Address,Phone number,Company Name,Job Title,Country/Region,Lead ID,Campaign "
        "Name,Form Name\n"
        "Anna,Berg,anna@acme.example,+33142685300,Acme,CTO,France,L-1,Spring,Demo\n",
        "profile anna@acme.example email=anna@acme.example phone=+33142685300 company=Acme first_name=Anna "
        "last_name=Berg "
        "title=CTO country=France Lead ID=L-1 Campaign Name=Spring Form Name=Demo at Acme\n");
}

TEST(Guess, whoever_opted_out_has_opted_out) {
    check(
        "Id;E-Mail;Unsubscribed;Do Not "
        "Call;Created\n7;anna@acme.example;TRUE;;01.02.2026\n8;ben@acme.example;No;2026-01-31;\n",
        "profile anna@acme.example email=anna@acme.example Unsubscribed=TRUE Id=7 Created=01.02.2026\n"
        "Unsubscribed anna@acme.example\n"
        "consent anna@acme.example purpose=marketing_email given=false channel=email\n"
        "profile ben@acme.example email=ben@acme.example Unsubscribed=No Do Not Call=2026-01-31 Id=8\n"
        "consent ben@acme.example purpose=marketing_phone given=false channel=phone\n");
    check("email,doNotEmail\nanna@acme.example,1\nben@acme.example,0\n",
          "profile anna@acme.example email=anna@acme.example doNotEmail=1\n"
          "Unsubscribed anna@acme.example\n"
          "consent anna@acme.example purpose=marketing_email given=false channel=email\n"
          "profile ben@acme.example email=ben@acme.example doNotEmail=0\n");
}

// Version 5 of Account Engagement's Export API, and a list as Marketo's pages show it.
TEST(Guess, other_lists_of_vendors) {
    check(
        "id,email,firstName,lastName,company,isDoNotEmail,createdAt\n7,anna@acme.example,Anna,Berg,Acme,true,2026-01-"
        "31T10:15:00+01:00\n",
        "profile anna@acme.example email=anna@acme.example company=Acme first_name=Anna last_name=Berg "
        "isDoNotEmail=true id=7 "
        "createdAt=2026-01-31T10:15:00+01:00 at Acme\n"
        "Unsubscribed anna@acme.example at Acme\n"
        "consent anna@acme.example purpose=marketing_email given=false channel=email at Acme\n");
    check("Id,First Name,Last Name,Email Address,Num Employees,Unsubscribed\n7,Anna,Berg,anna@acme.example,250,Yes\n",
          "profile anna@acme.example email=anna@acme.example employees=250 first_name=Anna last_name=Berg "
          "Unsubscribed=Yes Id=7\n"
          "Unsubscribed anna@acme.example\n"
          "consent anna@acme.example purpose=marketing_email given=false channel=email\n");
}

TEST(Guess, takes_each_column_once_and_the_likelier_first) {
    check(
        "Mail,Work Email,Mobile,Title,Job "
        "Title,Nachname,Employees\na@x.example,anna@acme.example,+33612345678,Ms,CTO,Berg,\"1,200\"\n",
        "profile anna@acme.example email=anna@acme.example phone=+33612345678 employees=1200 last_name=Berg title=CTO "
        "Mail=a@x.example Title=Ms\n");
}

TEST(Guess, is_none_where_nothing_says_who) {
    EXPECT_FALSE(guessed(std::vector<std::string>{"Id", "Name", "Company"}));
    EXPECT_EQ(run(guess(), {"Id,Name\n1,Anna\n"}).problems(),
              "error no_mapping: f0: no mapping knows a header with the columns Id, Name, and no column is called "
              "e-mail or phone; "
              "write one (docs/IMPORT.md) and name it with --mapping");
}

TEST(Guess, is_told_and_never_taken_unasked) {
    const auto made = guessed(std::vector<std::string>{"E-Mail", "Vorname", "Opt out"});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->remark,
              "guessed: 'E-Mail' is e-mail, 'Vorname' is first_name, whom 'Opt out' marks wants no mail; all else is "
              "kept as it is");
    const Ran told = run(guess(), {"E-Mail\na@b.example\n"});
    ASSERT_TRUE(told.report);
    EXPECT_EQ(told.report->remarks,
              (std::vector<std::string>{"guessed: 'E-Mail' is e-mail; all else is kept as it is"}));
    EXPECT_EQ(run(mapping_of("rest: true\n"), {"E-Mail\na@b.example\n"}).problems(),
              "error no_mapping: f0: no mapping knows a header with the columns E-Mail; look at what --mapping guess "
              "makes of it "
              "with --preview, or write one (docs/IMPORT.md) and name it with --mapping");
}

}  // namespace
}  // namespace baton::imports
