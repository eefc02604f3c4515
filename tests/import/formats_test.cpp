// Files of other programs: by which header each is known, and what its rows become.
#include <filesystem>

#include "import/runs.h"

namespace baton::imports {
namespace {

std::vector<Mapping> shipped() {
    std::vector<Mapping> all;
    for (const auto& entry : std::filesystem::directory_iterator(BATON_SOURCE_DIR "/formats")) {
        const Input file = *Input::open(entry.path().string());
        const auto read = read_mapping(*file.part(0, file.size()), entry.path().filename().string());
        for (const auto& diagnostic : read.diagnostics) ADD_FAILURE() << to_string(diagnostic, entry.path().string());
        if (read.mapping) all.push_back(*read.mapping);
    }
    return all;
}

/// By all that ship, as a user's file is.
Ran imported(const std::string& text, const std::string& by) {
    for (const Mapping& mapping : shipped())
        if (mapping.id == by) {
            const Ran ran = run(mapping, {text});
            EXPECT_EQ(ran.problems(), "");
            return ran;
        }
    ADD_FAILURE() << "there is no format " << by;
    return {};
}

std::string known_as(const std::string& text) {
    const std::vector<Mapping> known = shipped();
    std::vector<Input> inputs;
    inputs.push_back(Input::of_text("f", text));
    const auto plan = Import::plan(std::move(inputs), nullptr, known);
    return plan ? plan->mappings().at(0) : plan.error().code;
}

void check(const std::string& text, const std::string& by, const std::string& facts) {
    EXPECT_EQ(known_as(text), by) << text;
    EXPECT_EQ(imported(text, by).book.seen(), facts) << text;
}

TEST(Formats, an_opt_out_in_sharpspring_is_one_here) {
    check("First Name,Last Name,Email,Is Unsubscribed\nAnna,Berg,anna@acme.example,0\nBen,Koch,ben@acme.example,1\n",
          "sharpspring",
          "profile anna@acme.example first_name=Anna last_name=Berg email=anna@acme.example Is Unsubscribed=0\n"
          "profile ben@acme.example first_name=Ben last_name=Koch email=ben@acme.example Is Unsubscribed=1\n"
          "Unsubscribed ben@acme.example\n"
          "consent ben@acme.example purpose=marketing_email given=false channel=email\n");
}

TEST(Formats, prospects_of_account_engagement) {
    check(
        "Prospect Id,First Name,Last Name,Email,Company,Score,Source,Do Not Email,Opted Out,Created Date,Owner\n"
        "7,Anna,Berg,anna@acme.example,Acme,120,Webinar,,,2026-01-31,olga@ours.example\n"
        "8,Ben,Koch,ben@acme.example,,3,,1,0,2026-01-30 09:15:00,\n"
        "9,Cy,Okoro,cy@acme.example,,3,,No,TRUE,,\n",
        "account-engagement",
        "user  ?2026-01-31 user=olga@ours.example\n"
        "profile pardot:prospect:7anna@acme.example 2026-01-31 first_name=Anna last_name=Berg email=anna@acme.example "
        "company=Acme origin=Webinar owner=olga@ours.example pardot_score=120 at Acme\n"
        "profile pardot:prospect:8ben@acme.example 2026-01-30 first_name=Ben last_name=Koch email=ben@acme.example "
        "pardot_score=3 Opted Out=0 Do Not Email=1\n"
        "Unsubscribed pardot:prospect:8ben@acme.example\n"
        "consent pardot:prospect:8ben@acme.example purpose=marketing_email given=false channel=email\n"
        "profile pardot:prospect:9cy@acme.example first_name=Cy last_name=Okoro email=cy@acme.example pardot_score=3 "
        "Opted Out=TRUE Do Not Email=No\n"
        "Unsubscribed pardot:prospect:9cy@acme.example\n"
        "consent pardot:prospect:9cy@acme.example purpose=marketing_email given=false channel=email\n");
    EXPECT_EQ(known_as("Prospect Id,First Name,Last Name,Email\n"), "no_mapping")
        << "nothing but the id is this vendor's";
    EXPECT_EQ(known_as("Prospect ID,First Name,Last Name,Email,Score\n"), "no_mapping");
}

TEST(Formats, prospects_of_account_engagements_export_api) {
    check(
        "id,first_name,last_name,email,password,crm_owner_fid,is_do_not_email,is_do_not_call,opted_out,created_at\n"
        "7,Anna,Berg,anna@acme.example,secret,005A,0,1,0,2026-01-31 10:15:00\n",
        "account-engagement-api",
        "user  ?2026-01-31 user=005A\n"
        "profile pardot:prospect:7anna@acme.example 2026-01-31 first_name=Anna last_name=Berg email=anna@acme.example "
        "owner=005A opted_out=0 is_do_not_email=0 is_do_not_call=1\n"
        "consent pardot:prospect:7anna@acme.example purpose=marketing_phone given=false channel=phone\n");
    EXPECT_EQ(known_as("id,first_name,last_name,email,created_at\n"), "no_mapping");
    EXPECT_EQ(known_as("id,first_name,last_name,email,created_time,ad_id,form_id,is_organic,platform\n"),
              "meta-lead-ads");
}

TEST(Formats, leads_of_marketos_bulk_extract) {
    EXPECT_EQ(known_as("firstName,lastName,email,cookies\n"), "marketo-leads") << "the vendor's example";
    check(
        "id,firstName,lastName,email,mobilePhone,leadSource,leadScore,unsubscribed,unsubscribedReason,doNotCall,"
        "createdAt\n"
        "7,Anna,Berg,anna@acme.example,+33612345678,Webinar,45,false,null,false,2010-05-07T15:41:32-05:00\n"
        "8,Ben,Koch,null,null,null,null,true,clicked,true,null\n",
        "marketo-leads",
        "profile marketo:lead:7anna@acme.example 2010-05-07 first_name=Anna last_name=Berg email=anna@acme.example "
        "mobile=+33612345678 origin=Webinar marketo_score=45 unsubscribed=false doNotCall=false\n"
        "profile marketo:lead:7anna@acme.example 2010-05-07\n"
        "profile marketo:lead:8 first_name=Ben last_name=Koch unsubscribed=true doNotCall=true "
        "unsubscribedReason=clicked\n"
        "Unsubscribed marketo:lead:8\n"
        "consent marketo:lead:8 purpose=marketing_email given=false channel=email\n"
        "consent marketo:lead:8 purpose=marketing_phone given=false channel=phone\n");
    EXPECT_EQ(known_as("id,firstName,lastName,email,createdAt\n"), "no_mapping") << "many programs name columns so";
    EXPECT_EQ(known_as("firstName,lastName,accountName,emailAddress,status\n"), "espocrm-leads");
}

TEST(Formats, people_of_marketo_by_their_labels) {
    check(
        "First Name,Last Name,Marketo Id,Email Address,Lead Source,Unsubscribed\n"
        "Anna,Berg,7,anna@acme.example,Webinar,Yes\n",
        "marketo-people",
        "profile marketo:lead:7anna@acme.example first_name=Anna last_name=Berg email=anna@acme.example origin=Webinar "
        "Unsubscribed=Yes\n"
        "Unsubscribed marketo:lead:7anna@acme.example\n"
        "consent marketo:lead:7anna@acme.example purpose=marketing_email given=false channel=email\n");
    EXPECT_EQ(known_as("Id,First Name,Last Name,Email Address\n"), "no_mapping");
    EXPECT_EQ(known_as("E-mail Address,First Name,Last Name\n"), "act-on");
}

TEST(Formats, contacts_of_mautic) {
    check(
        "id,title,firstname,lastname,position,email,mobile,points,attribution_date,stage\n"
        "7,Ms,Anna,Berg,CTO,anna@acme.example,+33612345678,12,,Interested\n",
        "mautic-contacts",
        "profile mautic:contact:7anna@acme.example salutation=Ms first_name=Anna last_name=Berg "
        "email=anna@acme.example "
        "mobile=+33612345678 title=CTO mautic_points=12 mautic_stage=Interested\n"
        "profile mautic:contact:7anna@acme.example\n");
    check(
        "points,title,firstname,lastname,email,preferred_locale,doNotEmail,dateAdded,ownerusername\n"
        "3,,Anna,Berg,anna@acme.example,fr,TRUE,2026-01-31 10:15:00,olga\n"
        "3,,Ben,Koch,ben@acme.example,de,0,,\n",
        "mautic-contacts",
        "user  ?2026-01-31 user=olga\n"
        "profile anna@acme.example 2026-01-31 first_name=Anna last_name=Berg email=anna@acme.example owner=olga "
        "mautic_points=3 doNotEmail=TRUE preferred_locale=fr\n"
        "Unsubscribed anna@acme.example\n"
        "consent anna@acme.example purpose=marketing_email given=false channel=email\n"
        "profile ben@acme.example first_name=Ben last_name=Koch email=ben@acme.example mautic_points=3 "
        "doNotEmail=0 preferred_locale=de\n");
    EXPECT_EQ(known_as("id,firstname,lastname,email,points\n"), "no_mapping") << "points alone are not Mautic's";
}

TEST(Formats, keep_owners_and_hear_opt_outs) {
    const auto about = [](const std::string& text) {
        std::string said;
        for (const IncomingFact& fact : imported(text, known_as(text)).book.facts) {
            if (const Value* owner = find(fact.properties, "owner")) said += "owner " + to_text(*owner) + " ";
            if (fact.type == "consent") said += "no " + to_text(*find(fact.properties, "channel")) + " ";
        }
        return said;
    };
    EXPECT_EQ(about("Record ID,First Name,Last Name,Email,Lifecycle Stage,Contact owner,Unsubscribed from all email\n"
                    "1,Anna,Berg,anna@acme.example,lead,Olga,true\n"),
              "owner Olga no email ");
    EXPECT_EQ(about("ID,LASTNAME,COMPANY,LEADSOURCE,STATUS,ISCONVERTED,OWNERID,HASOPTEDOUTOFEMAIL,DONOTCALL\n"
                    "00Q1,Berg,Acme,Web,Open,false,005A,false,true\n"),
              "owner 005A no phone ");
    EXPECT_EQ(about("LEADID,Last Name,Company,Lead Owner,Lead Source,Lead Status,Email Opt "
                    "Out\n1,Berg,Acme,Olga,Web,New,true\n"),
              "owner Olga no email ");
    EXPECT_EQ(
        about(
            "id,firstName,lastName,accountName,emailAddress,status,assignedUserName,emailAddressIsOptedOut,doNotCall\n"
            "1,Anna,Berg,Acme,anna@acme.example,New,Olga,1,0\n"),
        "owner Olga no email ");
}

TEST(Formats, reports_of_webinars_are_told_apart) {
    const std::string zoom = "Attendee Report\nTopic,Webinar ID\nForecasting,1\nAttendee Details,\nAttended,Email\n";
    EXPECT_EQ(known_as(zoom + "Yes,anna@acme.example\n"), "zoom-webinar");
    for (const char* start : {"Attendee Report,,,GoToWebinar,", "\xEF\xBB\xBF\"Attendee Report\",,,\"GoToWebinar\","})
        EXPECT_EQ(
            known_as(std::string(start) + "\r\nSession Details,,\r\nAttended,,Email\r\nYes,,anna@acme.example\r\n"),
            "gotowebinar");
    EXPECT_EQ(known_as("Attended,Email,Webinar ID\nYes,anna@acme.example,1\n"), "no_mapping");
}

// docs/IMPORT.md tells by which columns each is known.
TEST(Formats, are_documented) {
    const Input file = *Input::open(BATON_SOURCE_DIR "/docs/IMPORT.md");
    const std::string text = *file.part(0, file.size());
    for (const Mapping& mapping : shipped()) {
        const auto at = text.find("| `" + mapping.id + "` |");
        ASSERT_NE(at, std::string::npos) << mapping.id;
        if (mapping.id == "zoom-webinar" || mapping.id == "gotowebinar") continue;  // known by their first words
        const std::string row = text.substr(at, text.find('\n', at) - at);
        std::vector<std::string> columns = mapping.header;
        for (const auto& group : mapping.one_of) columns.insert(columns.end(), group.begin(), group.end());
        for (const std::string& column : columns) EXPECT_NE(row.find("`" + column + "`"), std::string::npos) << column;
    }
}

}  // namespace
}  // namespace baton::imports
