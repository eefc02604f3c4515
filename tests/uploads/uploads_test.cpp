// Files over HTTP: looked at, taken in, taken back; who may; what is no file of rows; and the same facts as by baton import.
#include "connectors/import/job.h"
#include "door.h"

namespace baton::http {
namespace {

using app::Role;

class UploadsTest : public testing::Test {
   protected:
    Door door;
    std::size_t files_waiting() const {
        std::size_t n = 0;
        for (const auto& entry : std::filesystem::directory_iterator(door.place()))
            n += entry.path().filename() != "lock" ? 1 : 0;
        return n;
    }
};

TEST_F(UploadsTest, AFileIsLookedAtTakenInAndTakenBack) {
    const Response sent = door.call("POST", "/api/v1/imports?file=C%3A%5Clists%5Cpeople.csv", contacts(3));
    ASSERT_EQ(sent.status, 201) << sent.body;
    EXPECT_TRUE(has(sent, R"("file":"people.csv")")) << sent.body;
    EXPECT_TRUE(has(sent, R"("state":"uploaded")") && has(sent, R"("mapping":"hubspot-contacts")"));
    EXPECT_TRUE(has(sent, R"("who":"id hubspot:contact:1, e-mail ann1@acme.example, account Acme")")) << sent.body;
    const std::string id = Door::text_of(sent.body, R"("upload":{"id":)");
    EXPECT_TRUE(has(door.call("GET", "/api/v1/imports"), R"({"imports":[{"import":null,"upload":{"id":")" + id));

    const Response looked = door.import(id, R"({"dry_run":true})");
    EXPECT_TRUE(has(looked, R"("state":"looked")") && has(looked, R"("accepted":3)")) << looked.body;
    EXPECT_EQ(door.call("GET", "/api/v1/people/ann1@acme.example").status, 404);

    const Response taken = door.import(id);
    EXPECT_TRUE(has(taken, R"("import":{"import":1)") && has(taken, R"("files":"people.csv")")) << taken.body;
    EXPECT_TRUE(has(taken, R"("state":"done")") && has(taken, R"("rows":3,"accepted":3,"duplicates":0)"));
    EXPECT_EQ(door.call("GET", "/api/v1/people/ann1@acme.example").status, 200);
    EXPECT_FALSE(std::filesystem::exists(door.place() + "/" + id + ".data"));
    EXPECT_EQ(door.call("POST", "/api/v1/imports/" + id + "/start").status, 409);
    const Response errors = door.call("GET", "/api/v1/imports/1/errors");
    EXPECT_EQ(errors.status, 200);
    EXPECT_TRUE(whole_file(errors.file).ends_with("Company Name,error\r\n")) << whole_file(errors.file);

    const Response undone = door.call("POST", "/api/v1/imports/1/undo");
    EXPECT_EQ(undone.status, 202) << undone.body;
    EXPECT_EQ(door.call("POST", "/api/v1/imports/1/undo").status, 409);
    door.run();
    EXPECT_TRUE(has(door.call("GET", "/api/v1/imports/1"), R"("state":"undone")"));
    EXPECT_TRUE(has(door.call("GET", "/api/v1/people/ann1@acme.example"), R"("properties":{})"));
    EXPECT_TRUE(has(door.call("POST", "/api/v1/imports/1/undo"), "undone_already"));
    EXPECT_EQ(door.call("DELETE", "/api/v1/imports/" + id).status, 204);
    EXPECT_EQ(files_waiting(), 0U);
}

TEST_F(UploadsTest, WhoMayAndWhoDidIt) {
    const std::string mia = door.key("mia", Role::marketing), rep = door.key("rep", Role::sales_rep);
    const auto refused = door.api->begin_upload(Door::request("POST", "/api/v1/imports?file=a.csv", contacts(1), rep));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().status, 403);
    EXPECT_EQ(files_waiting(), 0U) << "not a byte of it is written";
    const std::string id = door.upload("people.csv", contacts(2), mia);
    for (const auto& [method, path] : {std::pair{"GET", ""},
                                       {"GET", "/errors"},
                                       {"POST", "/start"},
                                       {"POST", "/cancel"},
                                       {"POST", "/undo"},
                                       {"DELETE", ""}})
        EXPECT_EQ(door.call(method, "/api/v1/imports/" + id + path, "", rep).status, 403) << method << path;
    door.import(id, "", mia);
    EXPECT_EQ(door.call("POST", "/api/v1/imports/1/undo", "", mia).status, 202);
    door.run();
    const std::string boss = door.key("boss", Role::leadership);
    const Response audit = door.call("GET", "/api/v1/audit?limit=20", "", boss);
    for (const char* what :
         {"import 1 begun: people.csv", "import 1 took 2 facts", "import 1: undoing begun", "import 1 undone"})
        EXPECT_TRUE(has(audit, what)) << what << "\n" << audit.body;
    EXPECT_TRUE(has(audit, R"("actor":"mia","about":"import 1")")) << audit.body;
}

TEST_F(UploadsTest, NobodyBringsInWhatTheyMayNotDoByHand) {
    const std::string mia = door.key("mia", Role::marketing), ann = door.key("ann", Role::admin);
    const std::string deals =
        "Record ID,Deal Name,Deal Stage,Pipeline,Create Date,Deal owner,Associated Contact IDs\n"
        "7001,New,qualified,default,2025-01-01,Sam Sales,101\n";
    const Response taken = door.import(door.upload("deals.csv", deals, mia), "", mia);
    EXPECT_TRUE(has(taken, R"("accepted":1,"duplicates":0,"refused":1)")) << taken.body;
    EXPECT_TRUE(has(taken, "fact 'user' refused (not_allowed): 'user' needs one of the roles admin")) << taken.body;
    const Response whole = door.import(door.upload("deals.csv", deals, ann), "", ann);
    EXPECT_TRUE(has(whole, R"("accepted":1,"duplicates":1,"refused":0)")) << whole.body;
}

TEST_F(UploadsTest, WhatCannotBeTakenIsSaid) {
    struct Case {
        std::string target, body;
        int status;
        std::string code;
    };
    const std::string id = door.upload("people.csv", contacts(1));
    const std::string start = "/api/v1/imports/" + id + "/start";
    const Case cases[] = {
        {"/api/v1/imports", contacts(1), 400, "bad_parameter"},
        {"/api/v1/imports?file=..%2F", contacts(1), 400, "bad_parameter"},
        {"/api/v1/imports?file=a%C2%9B2J.csv", contacts(1), 400, "bad_parameter"},
        {"/api/v1/imports?file=a%E2%80%AEvsc.exe", contacts(1), 400, "bad_parameter"},
        {"/api/v1/imports?file=a.csv&x=1", contacts(1), 400, "unknown_parameter"},
        {"/api/v1/imports?file=a.csv", "", 422, "no_header"},
        {"/api/v1/imports?file=a.csv", "a,b\xff\n1,2\n", 422, "no_header"},
        {"/api/v1/imports?file=a.csv",
         "\xff\xfe"
         "a",
         422, "not_utf8"},
        {"/api/v1/imports?file=a.xlsx", "\xD0\xCF\x11\xE0 old", 422, "not_xlsx"},
        {"/api/v1/imports?file=a.xlsx", "PK\x03\x04 broken", 422, "not_xlsx"},
        {start, R"({"mapping":"none"})", 422, "unknown_mapping"},
        {start,
         R"({"mapping":{"mapping":1,"id":"m","header":["x"],"identity":{"email":"Nothing"},"properties":{"city":"Town"}}})",
         422, "missing_columns"},
        {start, R"({"mapping":{"id":"m"}})", 422, "bad_mapping"},
        {start, R"({"mapping":"{}"})", 400, "bad_body"},
        {start, R"({"mapping":7})", 400, "bad_body"},
        {start, R"({"mode":"all"})", 400, "bad_body"},
        {start, R"({"at":"soon"})", 400, "bad_body"},
        {start, R"({"sheet":"One"})", 400, "bad_parameter"},
        {start, R"({"historical":"yes"})", 400, "bad_body"},
        {start, R"({"what":1})", 400, "bad_body"},
        {"/api/v1/imports/" + id + "/cancel", "", 409, "import_over"},
        {"/api/v1/imports/" + id + "/undo", "", 409, "nothing_to_undo"},
        {"/api/v1/imports/77/undo", "", 404, "unknown_import"},
        {"/api/v1/imports/none/start", "", 404, "unknown_import"},
    };
    for (const Case& one : cases) {
        const Response answer = door.call("POST", one.target, one.body);
        EXPECT_EQ(answer.status, one.status) << one.target << " " << one.body << "\n" << answer.body;
        EXPECT_TRUE(has(answer, R"("code":")" + one.code + '"')) << one.target << one.body << "\n" << answer.body;
    }
    Request form = Door::request("POST", "/api/v1/imports?file=a.csv", contacts(1));
    form.headers["content-type"] = "multipart/form-data; boundary=x";
    EXPECT_EQ(door.api->handle(form).status, 415);
    form.headers["content-type"] = "text/csv";
    form.headers["content-encoding"] = "gzip";
    EXPECT_EQ(door.api->handle(form).status, 415);
    EXPECT_EQ(files_waiting(), 2U) << "of all of them only the first is kept";

    // One that no mapping knows is kept: whoever sent it may say how it is to be read.
    const Response unknown = door.call("POST", "/api/v1/imports?file=b.csv", "Mail,Town\nx@acme.example,Bonn\n");
    EXPECT_EQ(unknown.status, 201);
    EXPECT_TRUE(has(unknown, R"("problem":{"code":"no_mapping")")) << unknown.body;
    const std::string other = Door::text_of(unknown.body, R"("upload":{"id":)");
    EXPECT_EQ(door.call("POST", "/api/v1/imports/" + other + "/start").status, 422);
    const Response taken = door.import(
        other,
        R"({"mapping":{"mapping":1,"id":"own","header":["Mail"],"identity":{"email":"Mail"},"properties":{"city":"Town"}}})");
    EXPECT_TRUE(has(taken, R"("state":"done")") && has(taken, R"("mapping":"own")")) << taken.body;
    EXPECT_TRUE(has(door.call("GET", "/api/v1/people/x@acme.example"), "Bonn"));
    const Response by_guess =
        door.import(door.upload("c.csv", "Mail,Town\ny@acme.example,Ulm\n"), R"({"mapping":"guess"})");
    EXPECT_TRUE(has(by_guess, R"("state":"done")") && has(by_guess, R"("mapping":"guess")")) << by_guess.body;
    EXPECT_TRUE(has(door.call("GET", "/api/v1/people/y@acme.example"), "Ulm"));
}

TEST_F(UploadsTest, NoMoreFilesWaitThanFiftyAndNoneForLongerThanAWeek) {
    for (std::size_t i = 0; i < Uploads::most; ++i) door.upload("a.csv", contacts(1));
    EXPECT_EQ(door.call("POST", "/api/v1/imports?file=a.csv", contacts(1)).status, 409);
    door.world.clock.advance(Uploads::kept_for + Duration::seconds(1));
    const std::string id = door.upload("a.csv", contacts(1));
    EXPECT_EQ(files_waiting(), 2U);
    door.open();
    EXPECT_EQ(door.call("GET", "/api/v1/imports/" + id).status, 200) << "a restart forgets nothing";
    std::ofstream(door.place() + "/u1.part") << "half";
    std::ofstream(door.place() + "/u2.data") << "never noted";
    door.open();
    EXPECT_EQ(files_waiting(), 2U) << "what was being sent when the end came is gone";
    Imports second(*door.world.ledger, door.world.clock, {&door.importer, door.place()});
    EXPECT_EQ(second.begin().error().code, "in_use") << "a folder is one server's";
}

TEST_F(UploadsTest, AServerWithoutAFolderSaysSo) {
    Api plain(*door.world.ledger, door.world.clock, Gate{});
    const Response refused = plain.handle(Door::request("POST", "/api/v1/imports?file=a.csv", contacts(1)));
    EXPECT_EQ(refused.status, 501);
    EXPECT_TRUE(has(refused, "--import-folder"));
    EXPECT_EQ(plain.handle(Door::request("GET", "/api/v1/imports")).status, 200);
}

TEST_F(UploadsTest, ModesAndThePastAreAsInTheFileMapping) {
    door.import(door.upload("a.csv", contacts(2)));
    std::string changed = contacts(3);
    for (auto at = changed.find("NEW"); at != std::string::npos; at = changed.find("NEW", at))
        changed.replace(at, 3, "OPEN");
    const Response created = door.import(door.upload("b.csv", changed), R"({"mode":"create"})");
    EXPECT_TRUE(has(created, R"("left_out_rows":2)") && has(created, R"("mode":"create")")) << created.body;
    const Response past =
        door.import(door.upload("c.csv", contacts(4)), R"({"historical":true,"at":"2020-01-02T00:00:00Z"})");
    EXPECT_TRUE(has(past, R"("historical":true)") && has(past, R"("state":"done")")) << past.body;
    EXPECT_TRUE(has(door.call("GET", "/api/v1/leads/ann4@acme.example"), "2020-01-02")) << "lived through then";
}

TEST_F(UploadsTest, TheListGoesOnWhereItEnded) {
    for (int i = 1; i <= 5; ++i) door.import(door.upload("a.csv", contacts(i)));
    const std::string waits = door.upload("waits.csv", contacts(9));
    const Response first = door.call("GET", "/api/v1/imports?limit=2");
    EXPECT_TRUE(has(first, waits) && has(first, R"("import":5)") && has(first, R"("import":4)"));
    EXPECT_TRUE(first.body.ends_with(R"("next_before":4})")) << first.body;
    const Response second = door.call("GET", "/api/v1/imports?limit=3&before=4");
    EXPECT_FALSE(has(second, waits));
    EXPECT_TRUE(has(second, R"("import":1)") && second.body.ends_with(R"("next_before":null})")) << second.body;
}

// ---- as by baton import -----------------------------------------------------------------------------------------------

/// As the command does it, in one go.
void import_directly(Door& door, const std::string& path, const std::string& name) {
    const auto known = shipped_mappings();
    std::vector<imports::Input> inputs;
    auto input = imports::Input::open(path, name);
    ASSERT_TRUE(input);
    inputs.push_back(std::move(*input));
    auto plan = imports::Import::plan(std::move(inputs), nullptr, known);
    ASSERT_TRUE(plan) << plan.error().detail;
    const auto wanted = imports::wanted_of(plan->inputs(), plan->mappings(), "both", "");
    ASSERT_TRUE(wanted);
    app::Ledger& ledger = *door.world.ledger;
    const auto number = imports::number_of(ledger, *door.world.reads(), *wanted, false, "");
    ASSERT_TRUE(number);
    const auto playbook = ledger.active();
    imports::RunOptions run;
    imports::take_into(ledger, false, run);
    run.times.now = door.world.clock.now();
    run.playbook = playbook.get();
    run.import = *number;
    const auto report = plan->run(run);
    ASSERT_TRUE(report);
    ASSERT_TRUE(app::import_took(ledger, *number, report->rows, report->accepted, ""));
}

TEST_F(UploadsTest, EveryShippedKindOfFileMakesTheSameJournalAsTheCommand) {
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"/headers", "/odoo"}) {
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator(std::string(BATON_SHARED_DATA) + folder, failed))
            if (entry.path().extension() == ".csv") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    std::ofstream(door.folder.file("made.csv")) << contacts(1500);  // more than one handful
    files.emplace_back(door.folder.file("made.csv"));
    for (const auto& path : files) {
        Door command, http;
        import_directly(command, path.string(), path.filename().string());
        const Response taken = http.import(http.upload(path.filename().string(), whole_file(path)));
        EXPECT_TRUE(has(taken, R"("state":"done")")) << path << taken.body;
        EXPECT_GT(command.journal().size(), 1000U);
        EXPECT_EQ(http.journal(), command.journal()) << path;
    }
    if (files.size() < 2) GTEST_SKIP() << BATON_SHARED_DATA << " is not there; only a list made here was compared";
}

/// The timeline without where its facts stand: a record more before them says how many the first run took.
std::string facts_of(const Response& lead) {
    std::string body = lead.body.substr(lead.body.find("\"timeline\""));
    for (auto at = body.find("\"fact\":\""); at != std::string::npos; at = body.find("\"fact\":\"", at + 1))
        body.erase(at + 8, body.find('"', at + 8) - at - 8);
    return body;
}

using app::OnEveryStore;
ON_EVERY_STORE(UploadsOnStoresTest);

TEST_P(UploadsOnStoresTest, StoppedAnywhereAndGoneOnWithNothingIsLostOrTwice) {
    support::TempFolder folder{support::TempFolder::fast()};
    std::ofstream(folder.file("made.csv")) << contacts(1500);
    Door once;
    import_directly(once, folder.file("made.csv"), "made.csv");
    for (const bool cancelled : {false, true})
        for (int stop_at = 1; stop_at <= 5; ++stop_at) {
            Door stopped;
            const std::string id = stopped.upload("made.csv", contacts(1500));
            int asked = 0;
            stopped.importer.between = [&](const ports::ImportCounts&) {
                if (++asked != stop_at) return;
                if (cancelled) {
                    EXPECT_EQ(stopped.call("POST", "/api/v1/imports/" + id + "/cancel").status, 202);
                    EXPECT_EQ(stopped.call("POST", "/api/v1/imports/" + id + "/start").status, 409)
                        << "it is not over yet";
                } else {
                    stopped.api->imports().stop();
                }
            };
            EXPECT_EQ(stopped.call("POST", "/api/v1/imports/" + id + "/start").status, 202);
            stopped.run();
            stopped.importer.between = nullptr;
            const Response then = stopped.call("GET", "/api/v1/imports/" + id);
            EXPECT_TRUE(has(then, cancelled ? R"("state":"cancelled")" : R"("state":"running")")) << then.body;
            stopped.open();
            if (cancelled) EXPECT_EQ(stopped.call("POST", "/api/v1/imports/" + id + "/start").status, 202);
            stopped.run();
            const Response over = stopped.call("GET", "/api/v1/imports/" + id);
            EXPECT_TRUE(has(over, R"("state":"done")")) << over.body;
            const auto all = app::imports(*stopped.world.reads());
            ASSERT_TRUE(all);
            EXPECT_EQ(all->size(), 1U);
            EXPECT_EQ(all->front().facts, 1500U) << "what the runs took adds up";
            for (const int n : {1, 63, 64, 65, 127, 128, 129, 192, 256, 320, 321, 1500}) {
                const std::string lead = "/api/v1/leads/ann" + std::to_string(n) + "@acme.example";
                EXPECT_EQ(facts_of(stopped.call("GET", lead)), facts_of(once.call("GET", lead))) << lead;
            }
            EXPECT_EQ(stopped.call("GET", "/api/v1/funnel").body, once.call("GET", "/api/v1/funnel").body);
        }
}

}  // namespace
}  // namespace baton::http
