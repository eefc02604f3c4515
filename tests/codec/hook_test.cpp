// Signatures by vectors that the vendors' own libraries made, and the bodies of their calls.
#include "codec/hook.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace baton::codec {
namespace {

Source source_of(const std::string& text) {
    const auto source = read_source(text);
    EXPECT_TRUE(source) << playbook::to_string(source.error().front(), "definition");
    return *source;
}

Source signed_by(const std::string& signature) {
    return source_of("kind: signed\nevent: A\nfields: {email: email}\nsignature: " + signature + "\n");
}

std::string outcome(const Source& source, const std::string& secret, const std::string& value, const std::string& body,
                    std::int64_t now, Headers more = {}) {
    more[source.signature.header] = value;
    const auto proved = check_signature(source.signature, secret, more, body, Instant{now * 1'000'000});
    return proved ? "right " + *proved : proved.error().code;
}

const std::string body = R"({"a":1})";

TEST(Signature, HoldsForEachProvider) {
    const std::string calendly_mac = "49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
    const struct {
        const char* name;
        Source source;
        std::string right;
    } table[] = {
        {"Typeform", source_of("kind: typeform\nevent: A\nfields: {email: email}\n"),
         "sha256=qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ="},
        {"Calendly", source_of("kind: calendly\nevent: A\n"), "t=1700000000,v1=" + calendly_mac},
        {"Meta", source_of("kind: meta\nevent: A\n"),
         "sha256=aa9e2e3575f5d7098b6caccd790888c36d5fdb63342a73bada2d6a51747a8494"},
        {"LinkedIn", source_of("kind: linkedin\nevent: A\n"),
         "f2d9a5026c4b83880f40f6453d1467f17be0e906ea8841d7ba8a4560f8220fd6"},
        {"a list",
         signed_by("{header: S, separator: ',', prefix: v1=, timestamp_prefix: t=, text: '{timestamp}.{body}'}"),
         "v0=00,t=1700000000, v1=00 ,v1=" + calendly_mac},
    };
    for (const auto& row : table) {
        EXPECT_EQ(outcome(row.source, "secret", row.right, body, 1'700'000'000), "right ") << row.name;
        EXPECT_EQ(outcome(row.source, "secret", row.right, body + " ", 1'700'000'000), "signature_wrong") << row.name;
        EXPECT_EQ(outcome(row.source, "Secret", row.right, body, 1'700'000'000), "signature_wrong") << row.name;
        std::string other = row.right;
        other[other.size() - 3] = other[other.size() - 3] == '0' ? '1' : '0';
        for (const std::string& wrong : {other, row.right.substr(0, row.right.size() - 2), row.right + "00",
                                         std::string("sha256="), std::string("="), std::string("v1=")})
            EXPECT_EQ(outcome(row.source, "secret", wrong, body, 1'700'000'000), "signature_wrong")
                << row.name << " " << wrong;
        EXPECT_EQ(outcome(row.source, "secret", "", body, 1'700'000'000), "signature_missing") << row.name;
    }
}

TEST(Signature, IsGoodForThreeMinutesAtCalendly) {
    const Source source = source_of("kind: calendly\nevent: A\n");
    const std::string mac = "v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
    const struct {
        std::int64_t later;
        const char* outcome;
    } table[] = {{0, "right "}, {180, "right "}, {-180, "right "}, {181, "too_old"}, {-181, "too_old"}};
    for (const auto& row : table)
        EXPECT_EQ(outcome(source, "secret", "t=1700000000," + mac, body, 1'700'000'000 + row.later), row.outcome)
            << row.later;
    for (const char* wrong : {"t=1700000001,", "t=,", "", "t=x,"})
        EXPECT_EQ(outcome(source, "secret", wrong + mac, body, 1'700'000'000), "signature_wrong") << wrong;
}

TEST(Signature, HoldsForStandardWebhooks) {
    const Source source = signed_by("standard-webhooks");
    const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", text = R"({"test": 2432232314})";
    const Headers headers{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"}, {"webhook-timestamp", "1614265330"}};
    const std::string right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    EXPECT_EQ(outcome(source, secret, right, text, 1'614'265'330, headers), "right msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(outcome(source, secret, "v1a,xyz v1,AAAA " + right, text, 1'614'265'330, headers),
              "right msg_p5jXN8AQM9LWM0D4loKWxJek");
    EXPECT_EQ(outcome(source, secret, right, text, 1'614'265'631, headers), "too_old");
    EXPECT_EQ(outcome(source, secret, right, text + "x", 1'614'265'330, headers), "signature_wrong");
    Headers other = headers;
    other["webhook-id"] = "msg_other";
    EXPECT_EQ(outcome(source, secret, right, text, 1'614'265'330, other), "signature_wrong");
    other.erase("webhook-id");
    EXPECT_EQ(outcome(source, secret, right, text, 1'614'265'330, other), "signature_missing");
}

/// "email=ada@… | context form_id:7 | repeats x", and what is left out.
std::string shown(const Result<HookCall>& call) {
    if (!call) return "! " + call.error().code;
    std::string text;
    for (const Fill& fill : call->fills) {
        for (const FormField& field : fill.fields.all()) {
            text += field.name + "=";
            for (const std::string& value : field.values) text += (text.ends_with('=') ? "" : "|") + value;
            text += " ";
        }
        for (const NamedValue& one : fill.context) text += one.name + ":" + to_text(one.value) + " ";
        text += "id " + fill.repeats;
        if (!fill.event.empty()) text += " event " + fill.event;
        if (fill.occurred_at) text += " at " + to_string(*fill.occurred_at);
    }
    for (const auto& [code, detail] : call->left_out) text += (text.empty() ? "" : " ") + code;
    return text;
}

TEST(Hook, ReadsGoogles) {
    const Source source = source_of("kind: google\nevent: A\n");
    EXPECT_EQ(shown(parse_hook(
                  source, R"({"lead_id":"L1","form_id":7,"campaign_id":9007199254740993,"gcl_id":"g","is_test":false,
        "google_key":"k","lead_submit_time":"2026-05-01T10:00:00Z",
        "user_column_data":[{"column_id":"EMAIL","string_value":"ada@acme.example"},{"column_id":"FULL_NAME","string_value":"Ada"}]})")),
              "EMAIL=ada@acme.example FULL_NAME=Ada gclid:g campaign_id:9007199254740993 form_id:7 id L1 at "
              "2026-05-01T10:00:00Z");
    EXPECT_EQ(shown(parse_hook(source, R"({"lead_id":"L1","is_test":true})")), "test_lead");
    for (const char* wrong : {"{}", "[]", R"({"user_column_data":[1]})"})
        EXPECT_EQ(shown(parse_hook(source, wrong)), "! bad_hook") << wrong;
    EXPECT_EQ(shown(parse_hook(source, "{")), "! bad_json");
}

TEST(Hook, ReadsTypeforms) {
    const Source source = source_of("kind: typeform\nevent: A\nfields: {mail: email}\n");
    EXPECT_EQ(shown(parse_hook(
                  source, R"({"event_id":"e","event_type":"form_response","form_response":{"form_id":"f","token":"t1",
        "submitted_at":"2026-05-01T10:00:00Z","hidden":{"utm_source":"x"},"answers":[
        {"type":"email","email":"ada@acme.example","field":{"id":"1","type":"email","ref":"mail"}},
        {"type":"choices","choices":{"labels":["a","b"]},"field":{"id":"2","type":"multiple_choice","ref":"topics"}},
        {"type":"choice","choice":{"label":"CTO"},"field":{"id":"3","ref":"role"}},
        {"type":"boolean","boolean":true,"field":{"id":"4"}},{"type":"number","number":12,"field":{"ref":"n"}}]}})")),
              "mail=ada@acme.example topics=a|b role=CTO 4=true n=12 utm_source=x form_id:f id t1 at "
              "2026-05-01T10:00:00Z");
    EXPECT_EQ(shown(parse_hook(source, R"({"event_type":"form_abandoned"})")), "not_for_us");
    EXPECT_EQ(shown(parse_hook(source, R"({"event_type":"form_response"})")), "! bad_hook");
}

TEST(Hook, ReadsCalendlysAndWhatWasMoved) {
    const Source source = source_of("kind: calendly\nevent: Meeting Booked\ncancelled: Gone\n");
    const auto call = [](const std::string& event, const std::string& more) {
        return R"({"event":"invitee.)" + event +
               R"(","created_at":"2026-05-01T10:00:00Z","payload":{"uri":"u/1","email":"a@b.example",
            "questions_and_answers":[{"question":"Team size?","answer":"12"}],"tracking":{"utm_source":"x","utm_medium":null},
            "scheduled_event":{"name":"Demo","start_time":"2026-05-03T10:00:00Z"})" +
               more + "}}";
    };
    const std::string rest =
        "email=a@b.example Team size?=12 utm_source:x meeting:Demo meeting_at:2026-05-03T10:00:00Z id ";
    const std::string at = " at 2026-05-01T10:00:00Z";
    const struct {
        std::string sent, read;
    } table[] = {
        {call("created", ""), rest + "invitee.created u/1 event Meeting Booked" + at},
        {call("created", R"(,"old_invitee":null,"rescheduled":false)"),
         rest + "invitee.created u/1 event Meeting Booked" + at},
        {call("created", R"(,"old_invitee":"u/0")"), rest + "invitee.created u/1 event Meeting Rescheduled" + at},
        {call("canceled", R"(,"new_invitee":null)"), rest + "invitee.canceled u/1 event Gone" + at},
        {call("canceled", R"(,"rescheduled":true,"new_invitee":"u/2")"), "rescheduled"},
        {call("no_show", ""), "not_for_us"},
        {R"({"event":"invitee.created"})", "! bad_hook"},
    };
    for (const auto& row : table) EXPECT_EQ(shown(parse_hook(source, row.sent)), row.read) << row.sent;
}

TEST(Hook, ReadsAnyByPaths) {
    const Source source = source_of(
        "kind: signed\nevent: A\nfields: {data.email: email}\nsignature: standard-webhooks\nid_field: data.id\n"
        "time_field: at\nonly: {type: lead.created}\n");
    EXPECT_EQ(shown(parse_hook(source, R"({"type":"lead.created","at":1700000000,"data":{"id":7,"email":"a@b.example",
        "tags":["x","y"],"list":[{"n":1},{"n":null}]}})")),
              "type=lead.created at=1700000000 data.id=7 data.email=a@b.example data.tags=x|y data.list.0.n=1 id 7 at "
              "2023-11-14T22:13:20Z");
    EXPECT_EQ(shown(parse_hook(source, R"({"type":"lead.deleted"})")), "not_for_us");
    std::string deep(20, '[');
    EXPECT_EQ(shown(parse_hook(source, deep)), "! bad_json");
}

/// The vendor's own example, where the folder of examples is there.
TEST(Hook, ReadsGooglesOwnExample) {
    std::ifstream file(BATON_VENDOR_EXAMPLES "/google_ads_lead_form_webhook.json");
    if (!file) GTEST_SKIP() << "no examples of vendors at " BATON_VENDOR_EXAMPLES;
    std::stringstream text;
    text << file.rdbuf();
    const auto call = parse_hook(source_of("kind: google\nevent: A\n"), text.str());
    EXPECT_EQ(call->shown_key, "shared-secret");
    EXPECT_EQ(shown(call), "test_lead");
    std::string real = text.str();
    real.replace(real.find("\"is_test\": true"), 15, "\"is_test\":false");
    const auto fill = parse_hook(source_of("kind: google\nevent: A\n"), real);
    ASSERT_EQ(fill->fills.size(), 1U);
    const auto made = facts_of(source_of("kind: google\nevent: A\n"), "g", fill->fills[0], Instant{});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->facts[0].email + " " + made->facts[0].phone + " " + made->facts[0].account,
              "ada.byron@example.com +14155550101 Example Ltd");
    EXPECT_EQ(made->undeclared, std::vector<std::string>{"when_do_you_plan_to_buy?"});
}

}  // namespace
}  // namespace baton::codec
