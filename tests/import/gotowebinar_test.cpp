// GoToWebinar's report of several tables: one attendance for each person, times with a zone, and who wants no more mail.
#include "connectors/import/gotowebinar.h"

#include "import/runs.h"

namespace baton::imports {
namespace {

const std::string preamble =
    "Attendee Report,,,GoToWebinar,,,,,,,,,,,\nGenerated,,,,,,,,,,,,,,\n\"Mar 30, 2026 01:36 PM PDT\",,,,,,,,,,,,,,\n"
    "General Information,,,,,,,,,,,,,,\nWebinar Name,,Webinar ID,,,,,,,,,,,,\n\"Forecasting, in "
    "short\",,000000001,,,,,,,,,,,,\n"
    "Actual Start Date/Time,,Actual Duration (minutes) ,,,,,,,,,,,,\n\"Mar 29, 2026 10:45 AM EDT\",,60,,,,,,,,,,,,\n"
    "Clicked Registration Link,,Opened Invitation,,,,,,,,,,,,\n22,,3,,,,,,,,,,,,\nTotal "
    "Attended,,,,,,,,,,,,,,\n2,,,,,,,,,,,,,,\n";
const std::string columns =
    "Session Details,,,,,,,,,,,,,,\nAttended,,Interest Rating,First Name,Last Name,Email,Registration Date,Join "
    "Time,Leave Time,In "
    "Session Duration* (minutes) ,Country,Industry,Organization,Unsubscribed,Questions Asked by Attendee\n";
const std::string attendees =
    "Yes,,75,Anna,Berg,Anna@acme.example,\"Mar 20, 2026 08:19 AM EDT\",\"Mar 29, 2026 11:20 AM EDT\",\"Mar 29, 2026 "
    "11:45 AM "
    "EDT\",25.5,FR,Retail,Acme,No,Q: How?\n"
    "Yes,,75,Anna,Berg,anna@acme.example,\"Mar 20, 2026 08:19 AM EDT\",\"Mar 29, 2026 10:50 AM EDT\",\"Mar 29, 2026 "
    "11:10 AM "
    "EDT\",20.03,FR,Retail,Acme,No,\n"
    "No,,--,Ben,Koch,ben@sample.example,\"Mar 21, 2026 12:00 AM EST\",--,--,--,DE,Media,Sample,Yes,\n";

Mapping shipped() {
    const Input file = *Input::open(BATON_SOURCE_DIR "/formats/gotowebinar.yaml");
    const auto read = read_mapping(*file.part(0, file.size()), "gotowebinar.yaml");
    EXPECT_TRUE(read.mapping);
    return read.mapping.value_or(Mapping{});
}

TEST(GoToWebinar, one_attendance_for_each_person) {
    const Ran ran = run(shipped(), {preamble + columns + attendees});
    EXPECT_EQ(ran.problems(), "");
    EXPECT_EQ(
        ran.book.seen(),
        "profile Anna@acme.example 2026-03-20 first_name=Anna last_name=Berg email=Anna@acme.example company=Acme "
        "country=FR industry=Retail origin=Webinar Unsubscribed=No\n"
        "Webinar Registered Anna@acme.example 2026-03-20 webinar=Forecasting, in short webinar_id=000000001 "
        "attended=Yes\n"
        "Webinar Attended Anna@acme.example 2026-03-29 webinar=Forecasting, in short webinar_id=000000001 "
        "minutes=45.53 "
        "joins=2 joined=2026-03-29T14:50:00Z left=2026-03-29T15:45:00Z interest=75 questions=Q: How?\n"
        "profile ben@sample.example 2026-03-21 first_name=Ben last_name=Koch email=ben@sample.example company=Sample "
        "country=DE industry=Media origin=Webinar Unsubscribed=Yes\n"
        "Webinar Registered ben@sample.example 2026-03-21 webinar=Forecasting, in short webinar_id=000000001 "
        "attended=No\n"
        "Unsubscribed ben@sample.example\n"
        "consent ben@sample.example purpose=marketing_email given=false channel=email\n");
    EXPECT_EQ(to_string(*ran.book.facts.at(1).occurred_at), "2026-03-20T12:19:00Z") << "in New York it was 8:19";
    EXPECT_EQ(to_string(*ran.book.facts.at(4).occurred_at), "2026-03-21T05:00:00Z");
    EXPECT_TRUE(run(shipped(), {preamble + columns + attendees}, ran.book).report->accepted == 0);
}

TEST(GoToWebinar, tells_a_zone_it_does_not_know) {
    const Ran ran =
        run(shipped(), {preamble + columns +
                        "Yes,,75,Anna,Berg,anna@acme.example,\"Mar 20, 2026 08:19 AM IST\",\"Mar 29, 2026 11:20 AM "
                        "IST\",\"Mar 29, 2026 11:45 AM IST\",25,IN,,,No,\n"});
    EXPECT_EQ(ran.problems(), "f0:15/15:0 : the zone 'IST' is not known; its times are taken as UTC\n");
    EXPECT_EQ(to_string(*ran.book.facts.at(2).occurred_at), "2026-03-29T11:20:00Z");
}

TEST(GoToWebinar, refuses_a_time_that_is_none_and_takes_its_error_file) {
    std::string broken = preamble + columns + attendees;
    broken.replace(broken.find("Mar 21, 2026"), 12, "Smarch 21 26");
    const Ran ran = run(shipped(), {broken});
    EXPECT_NE(ran.problems().find("Registered At: 'Smarch 21 26 12:00 AM EST' is no time"), std::string::npos)
        << ran.problems();
    std::string mended = ran.errors;
    const std::string wrong = "Smarch 21 26 12:00 AM EST";
    mended.replace(mended.find(wrong), wrong.size(), "2026-03-21T05:00:00Z");
    const Ran again = run(shipped(), {mended}, ran.book);
    EXPECT_EQ(again.problems(), "");
    EXPECT_EQ(again.report->accepted, 4U);
}

TEST(GoToWebinar, adds_up_minutes_that_can_be) {
    const auto minutes_of = [](const std::string& first, const std::string& second) {
        const std::string row = "Yes,,75,Anna,Berg,anna@acme.example,,\"Mar 29, 2026 11:20 AM EDT\",,";
        const Ran ran = run(shipped(), {preamble + columns + row + first + ",,,,,\n" + row + second + ",,,,,\n"});
        return to_text(*find(ran.book.facts.back().properties, "minutes"));
    };
    EXPECT_EQ(minutes_of("25", "20"), "45");
    EXPECT_EQ(minutes_of("25.5", "0.05"), "25.55");
    EXPECT_EQ(minutes_of("0.7", "0.3"), "1");
    EXPECT_EQ(minutes_of("9223372036854775807", "20.129"), "20.12");
    EXPECT_EQ(minutes_of("-5", "soon"), "0");
}

TEST(GoToWebinar, refuses_a_report_without_attendees) {
    EXPECT_EQ(run(shipped(), {preamble}).problems(),
              "error not_csv: f0 is GoToWebinar's attendee report, but has no table \"Session Details\"");
    EXPECT_FALSE(is_gotowebinar_report("Attendee Report\nReport Generated:,\"03/29/2026 02:31:08 PM\"\n")) << "Zoom's";
    EXPECT_FALSE(is_gotowebinar_report("Attendee Report\nGoToWebinar,"));
}

}  // namespace
}  // namespace baton::imports
