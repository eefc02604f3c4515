// Zoom's report of several tables: one attendance for each person, whatever the number of joins.
#include "connectors/import/zoom.h"

#include "import/runs.h"

namespace baton::imports {
namespace {

const std::string columns =
    "Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Join Time,Leave "
    "Time,Time in Session (minutes),Is Guest,Country/Region Name\n";
const std::string preamble =
    "Attendee Report\nReport Generated:,\"03/29/2026 02:31:08 PM\"\n"
    "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered\n"
    "Forecasting,000 0000 0000,\"03/29/2026 10:45:00 AM\",60,3\n"
    "Host Details\nAttended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\n"
    "Yes,Olga,olga@ours.example,\"03/29/2026 10:40:00 AM\",\"03/29/2026 11:50:00 AM\",70\n"
    "Panelist Details\nAttended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)\n"
    "Yes,Pat,pat@ours.example,\"03/29/2026 10:40:00 AM\",\"03/29/2026 11:50:00 AM\",70\n";
const std::string attendees =
    "Attendee Details,,,,,,,,,,,\n" + columns +
    "Yes,Anna,Anna,Berg,Anna@acme.example,\"03/20/2026 09:00:00 PM\",approved,\"03/29/2026 11:20:00 AM\",\"03/29/2026 "
    "11:45:00 AM\",25,No,France\n"
    "Yes,Anna,Anna,Berg,anna@acme.example,\"03/20/2026 09:00:00 PM\",approved,\"03/29/2026 10:50:00 AM\",\"03/29/2026 "
    "11:10:00 AM\",20,No,France\n"
    "No,Ben,Ben,Koch,ben@acme.example,\"03/21/2026 12:00:00 AM\",approved,--,--,--,--,--\n";

Mapping shipped() {
    const Input file = *Input::open(BATON_SOURCE_DIR "/formats/zoom-webinar.yaml");
    const auto read = read_mapping(*file.part(0, file.size()), "zoom-webinar.yaml");
    EXPECT_TRUE(read.mapping);
    return read.mapping.value_or(Mapping{});
}

TEST(Zoom, one_attendance_for_each_person) {
    const Ran ran = run(shipped(), {preamble + attendees});
    EXPECT_EQ(ran.problems(), "");
    ASSERT_TRUE(ran.report);
    EXPECT_EQ(ran.report->types, (std::map<std::string, std::uint64_t>{
                                     {"Webinar Attended", 1}, {"Webinar Registered", 2}, {"profile", 2}}));
    for (const IncomingFact& fact : ran.book.facts)
        if (fact.type == "Webinar Attended") {
            EXPECT_EQ(to_string(*fact.occurred_at), "2026-03-29T10:50:00Z") << "the first join";
            EXPECT_EQ(to_text(*find(fact.properties, "minutes")), "45");
            EXPECT_EQ(to_text(*find(fact.properties, "joins")), "2");
            EXPECT_EQ(to_text(*find(fact.properties, "webinar")), "Forecasting");
        }
    EXPECT_EQ(ran.book.seen().find("ours.example"), std::string::npos) << "hosts and panelists are no leads";
    EXPECT_TRUE(run(shipped(), {preamble + attendees}, ran.book).report->accepted == 0);
}

/// As a spreadsheet saves it again: without seconds and halves of the day.
TEST(Zoom, reads_times_that_a_spreadsheet_wrote) {
    const Ran ran = run(shipped(), {preamble + "Attendee Details\n" + columns +
                                    "Yes,Anna,Anna,Berg,anna@acme.example,03/20/2026 21:00,approved,03/29/2026 11:20,"
                                    "03/29/2026 11:45,25,No,France\n"});
    EXPECT_EQ(ran.problems(), "");
    for (const IncomingFact& fact : ran.book.facts)
        if (fact.type == "Webinar Attended") {
            EXPECT_EQ(to_string(*fact.occurred_at), "2026-03-29T11:20:00Z");
            EXPECT_EQ(to_text(*find(fact.properties, "joins")), "1");
        }
}

TEST(Zoom, says_the_row_of_the_report_and_takes_its_error_file) {
    std::string broken = preamble + attendees;
    broken.replace(broken.find("ben@acme.example"), 16, "");
    const Ran ran = run(shipped(), {broken});
    EXPECT_EQ(ran.problems(), "f0:15/15:14 Email: nothing says who this is: 'Email' is empty\n");
    std::string mended = ran.errors;
    mended.replace(mended.find(",Ben,Koch,,"), 11, ",Ben,Koch,ben@acme.example,");
    const Ran again = run(shipped(), {mended}, ran.book);
    EXPECT_EQ(again.problems(), "");
    EXPECT_EQ(again.book.seen().substr(ran.book.seen().size()).find("Webinar Attended"), std::string::npos);
    EXPECT_EQ(again.report->accepted, 2U);
}

TEST(Zoom, refuses_a_report_without_attendees) {
    EXPECT_EQ(run(shipped(), {preamble}).problems(),
              "error not_csv: f0 is Zoom's attendee report, but has no table \"Attendee Details\"");
}

}  // namespace
}  // namespace baton::imports
