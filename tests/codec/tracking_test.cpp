// Calls of tracking clients, and the facts they are.
#include "codec/tracking_json.h"

#include <gtest/gtest.h>

#include "codec/json_writer.h"

namespace baton::codec {
namespace {

const Instant received = *parse_instant("2026-03-01T09:00:00Z");

/// "type | key=value … | property=value …", facts by lines; refusals as "index code".
std::string shown(std::string_view call, std::string_view text) {
    const auto parsed = parse_tracking(call, text, received);
    if (!parsed) return "error " + parsed.error().code;
    std::string out;
    for (const IncomingFact& fact : parsed->facts) {
        out += fact.type + " |";
        for (const auto& [name, value] : {std::pair("id", fact.message_id), std::pair("user", fact.user_id),
                                          std::pair("visitor", fact.anonymous_id), std::pair("email", fact.email),
                                          std::pair("account", fact.account)})
            if (!value.empty()) out += std::string(" ") + name + "=" + value;
        if (fact.occurred_at) out += " at=" + to_string(*fact.occurred_at);
        out += " |";
        for (const auto& property : fact.properties) {
            JsonWriter value;
            value.value(property.value);
            out += " " + property.name + "=" + value.take();
        }
        out += "\n";
    }
    for (const FactRefusal& refusal : parsed->refused) out += std::to_string(refusal.index) + " " + refusal.code + "\n";
    return out;
}

/// Facts as "type user visitor", then what was counted and left out.
std::string kept(std::string_view call, std::string_view text, const TrackingTerms& terms) {
    const auto parsed = parse_tracking(call, text, received, terms);
    if (!parsed) return "error " + parsed.error().code;
    std::string out;
    for (const IncomingFact& fact : parsed->facts) {
        out += fact.type;
        for (const NamedValue& p : fact.properties)
            if (p.name == "purpose" || p.name == "given") out += " " + to_text(p.value);
        out += " [" + fact.user_id + fact.email + "] [" + fact.anonymous_id + "] " + fact.message_id + "\n";
    }
    for (const std::string& name : parsed->counted) out += "counted " + name + "\n";
    if (parsed->left_out > 0) out += "left out " + std::to_string(parsed->left_out) + "\n";
    return out;
}

TEST(Tracking, KeepsWhatTheModeAllows) {
    const TrackingTerms full{}, cookieless{TrackingMode::cookieless, false, false},
        none{TrackingMode::none, false, false}, none_server{TrackingMode::none, true, false};
    const std::string_view visitor = R"({"anonymousId":"v","messageId":"m"})";
    const std::string_view both = R"({"anonymousId":"v","userId":"u","messageId":"m","event":"Demo Requested"})";
    const struct {
        std::string_view call, text;
        TrackingTerms terms;
        std::string_view expected;
    } table[] = {
        {"page", visitor, full, "Page Viewed [] [v] m\n"},
        {"page", visitor, cookieless, "counted Page Viewed\n"},
        {"page", visitor, none, "left out 1\n"},
        {"page", visitor, none_server, "left out 1\n"},
        {"track", both, full, "Demo Requested [u] [v] m\n"},
        {"track", both, cookieless, "Demo Requested [u] [] m\n"},
        {"track", both, none, "left out 1\n"},
        {"track", both, none_server, "Demo Requested [u] [] m\n"},
        {"alias", R"({"userId":"u","previousId":"v"})", cookieless, "profile [u] [] \n"},
        {"page", R"({"anonymousId":"v","context":{"tracking":"cookieless"}})", full, "counted Page Viewed\n"},
        {"page", R"({"anonymousId":"v","context":{"tracking":"none"}})", cookieless, "left out 1\n"},
        {"page", R"({"anonymousId":"v","context":{"tracking":"full"}})", none, "left out 1\n"},
        {"page", R"({"anonymousId":"v","context":{"tracking":"whatever"}})", full, "left out 1\n"},
        {"page", R"({"anonymousId":"v","context":{"consent":{"categoryPreferences":{"Analytics":false}}}})", full,
         "counted Page Viewed\n"},
        {"page", R"({"anonymousId":"v","context":{"consent":{"categoryPreferences":{"Analytics":true,"Ads":false}}}})",
         full, "Page Viewed [] [v] \n"},
        {"batch",
         R"({"context":{"tracking":"cookieless"},"batch":[{"type":"page","anonymousId":"v"},{"type":"identify","userId":"u","anonymousId":"v"}]})",
         full, "profile [u] [] \ncounted Page Viewed\n"},
        {"group", R"({"anonymousId":"v","groupId":"g","traits":{"size":1}})", none, "left out 1\n"},
    };
    for (const auto& row : table) EXPECT_EQ(kept(row.call, row.text, row.terms), row.expected) << row.text;
}

TEST(Tracking, GlobalPrivacyControlIsAnOptOutOnce) {
    const TrackingTerms header{TrackingMode::full, false, true};
    const std::string opt_out = "consent false sale_or_sharing [] [v] gpc\n";
    EXPECT_EQ(kept("page", R"({"anonymousId":"v","messageId":"m"})", header), "Page Viewed [] [v] m\n" + opt_out);
    for (const char* said : {R"("gpc":true)", R"("globalPrivacyControl":true)"})
        EXPECT_EQ(kept("page", R"({"anonymousId":"v","context":{)" + std::string(said) + "}}", {}),
                  "Page Viewed [] [v] \n" + opt_out);
    for (const char* said : {R"("gpc":false)", R"("gpc":"1")", R"("gpc":1)"})
        EXPECT_EQ(kept("page", R"({"anonymousId":"v","context":{)" + std::string(said) + "}}", {}),
                  "Page Viewed [] [v] \n");
    EXPECT_EQ(kept("identify", R"({"userId":"u","anonymousId":"v"})", {TrackingMode::cookieless, false, true}),
              "profile [u] [] \nconsent false sale_or_sharing [u] [] gpc\n")
        << "of the known person";
}

TEST(Tracking, AConsentBannersAnswersAreConsents) {
    const std::string preferences =
        R"("context":{"consent":{"categoryPreferences":{"Advertising":false,"Analytics":true,"odd":"yes"}}})";
    EXPECT_EQ(kept("identify", R"({"userId":"u","messageId":"m",)" + preferences + "}", {}),
              "profile [u] [] m\n"
              "consent false Advertising [u] [] 20513:no:consent:Advertising\n"
              "consent true Analytics [u] [] 20513:yes:consent:Analytics\n");
    EXPECT_EQ(
        kept("track",
             R"({"userId":"u","messageId":"m","event":"Segment Consent Preference Updated",)" + preferences + "}", {}),
        "Segment Consent Preference Updated [u] [] m\n"
        "consent false Advertising [u] [] m:consent:Advertising\n"
        "consent true Analytics [u] [] m:consent:Analytics\n");
    EXPECT_EQ(kept("page", R"({"userId":"u","messageId":"m",)" + preferences + "}", {}), "Page Viewed [u] [] m\n")
        << "it stands in every call";
}

struct Case {
    std::string_view call, text, expected;
};

TEST(Tracking, CallsAreFacts) {
    const Case cases[] = {
        {"identify",
         R"({"messageId":"m","userId":7,"traits":{"email":"a@b.example","firstName":"Ada","lastName":"Li","company":{"name":"B","employee_count":9},"address":{"city":"Ulm"}}})",
         "profile | id=m user=7 email=a@b.example account=B | address.city=\"Ulm\" employees=9 company=\"B\" "
         "email=\"a@b.example\" first_name=\"Ada\" last_name=\"Li\" name=\"Ada Li\"\n"},
        {"i", R"({"anonymousId":"v","traits":{"email":"not an address"}})",
         "profile | visitor=v | email=\"not an address\"\n"},
        {"track",
         R"({"userId":"u","event":"Demo Requested","properties":{"product":"suite"},"context":{"groupId":"acme.example","campaign":{"name":"spring","source":"news"},"page":{"path":"/p","referrer":"r"},"traits":{"email":"a@b.example"}}})",
         "Demo Requested | user=u email=a@b.example account=acme.example | product=\"suite\" utm_source=\"news\" "
         "utm_campaign=\"spring\" page_path=\"/p\" referrer=\"r\"\n"},
        {"p",
         R"({"anonymousId":"v","name":"Home","properties":{"path":"/own"},"context":{"page":{"path":"/","title":"T"}}})",
         "Page Viewed | visitor=v | path=\"/own\" name=\"Home\" title=\"T\"\n"},
        {"screen", R"({"userId":"u","name":"Main"})", "Screen Viewed | user=u | name=\"Main\"\n"},
        {"group", R"({"messageId":"g","userId":"u","groupId":"acme.example","traits":{"industry":"steel"}})",
         "profile | id=g user=u account=acme.example |\naccount | id=g account=acme.example | industry=\"steel\"\n"},
        {"a", R"({"userId":"u","previousId":"v"})", "profile | user=u visitor=v |\n"},
    };
    for (const Case& c : cases) EXPECT_EQ(shown(c.call, c.text), c.expected) << c.text;
}

TEST(Tracking, ListsOfObjectsAreKeptAsText) {
    const auto parsed = parse_tracking(
        "t",
        R"({"userId":"u","event":"Bought","properties":{"products":[{"sku":"a","n":1}],"tags":["x"],"huge":1e300,"n":1,"n":2}})",
        received);
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->facts.size(), 1U);
    const auto& properties = parsed->facts.front().properties;
    const auto value = [&](std::string_view name) {
        const auto at = std::ranges::find(properties, name, &NamedValue::name);
        JsonWriter out;
        if (at != properties.end()) out.value(at->value);
        return out.take();
    };
    EXPECT_EQ(value("products"), R"("[{\"sku\":\"a\",\"n\":1}]")");
    EXPECT_EQ(value("tags"), R"(["x"])");
    EXPECT_EQ(value("huge"), R"("1e300")");
    EXPECT_EQ(value("n"), "2") << "the last of two, as in JavaScript";
}

TEST(Tracking, ClocksArePutRight) {
    const Case cases[] = {
        // The client's clock is an hour slow, and it waited ten seconds.
        {"t", R"({"userId":"u","event":"E","timestamp":"2026-03-01T07:59:50Z","sentAt":"2026-03-01T08:00:00Z"})",
         "2026-03-01T08:59:50Z"},
        {"t",
         R"({"userId":"u","event":"E","originalTimestamp":"2026-03-01T07:59:50Z","timestamp":"1999-01-01T00:00:00Z","sentAt":"2026-03-01T08:00:00Z"})",
         "2026-03-01T08:59:50Z"},
        {"t", R"({"userId":"u","event":"E","timestamp":"2026-02-01T00:00:00Z"})", "2026-02-01T00:00:00Z"},
        {"t", R"({"userId":"u","event":"E","sentAt":"2026-03-01T08:00:00Z"})", ""},
        {"t", R"({"userId":"u","event":"E","timestamp":"yesterday"})", ""},
        {"batch",
         R"({"sentAt":"2026-03-01T08:00:00Z","batch":[{"type":"track","userId":"u","event":"E","timestamp":"2026-03-01T07:00:00Z"}]})",
         "2026-03-01T08:00:00Z"},
    };
    for (const Case& c : cases) {
        const auto parsed = parse_tracking(c.call, c.text, received);
        ASSERT_TRUE(parsed) << c.text;
        ASSERT_EQ(parsed->facts.size(), 1U) << c.text;
        const auto at = parsed->facts.front().occurred_at;
        EXPECT_EQ(at, c.expected.empty() ? std::nullopt : parse_instant(c.expected)) << c.text;
    }
}

TEST(Tracking, EachEventOfABatchStandsForItself) {
    EXPECT_EQ(shown("batch", R"({"context":{"groupId":"g","campaign":{"source":"s"}},"batch":[
                  {"type":"track","userId":"u","event":"E","context":{"campaign":{"source":"own"}}},
                  {"type":"track","userId":"u"}, {"type":"nothing","userId":"u"}, {"type":"track","event":"E"}, 7,
                  {"type":"track","userId":"u","event":"accept"}, {"type":"alias","userId":"u"},
                  {"type":"group","userId":"u"}, {"type":"page","userId":"u"}]})"),
              "E | user=u account=g | utm_source=\"own\"\nPage Viewed | user=u account=g | utm_source=\"s\"\n"
              "1 event_missing\n2 type_unknown\n3 id_missing\n4 not_an_object\n5 reserved_name\n6 id_missing\n7 "
              "id_missing\n");
    EXPECT_EQ(shown("import", R"({"batch":[]})"), "");
}

TEST(Tracking, WordsOfTheProcessAreNotForClients) {
    for (const std::string name : {"accept", "reject", "return", "withdraw", "disqualify", "move", "assign", "user",
                                   "profile", "answer", "note", "call", "account", "timer", "activation", "access"})
        EXPECT_EQ(shown("t", R"({"userId":"u","event":")" + name + "\"}"), "0 reserved_name\n") << name;
}

TEST(Tracking, WhatIsNoCallIsAnError) {
    const Case cases[] = {{"identify", "", "error bad_json"},
                          {"identify", "[]", "error bad_json"},
                          {"identify", "{", "error bad_json"},
                          {"batch", "{}", "error bad_json"},
                          {"batch", R"({"batch":1})", "error bad_json"},
                          {"merge", "{}", "error unknown_call"},
                          {"", "{}", "error unknown_call"}};
    for (const Case& c : cases) EXPECT_EQ(shown(c.call, c.text), c.expected) << c.call << " " << c.text;
    const std::string large(33'000, 'x');
    EXPECT_EQ(shown("t", R"({"userId":"u","event":"E","properties":{"x":")" + large + "\"}}"), "error too_large");
    EXPECT_EQ(
        shown("b", R"({"batch":[{"type":"track","userId":"u","event":"E","properties":{"x":")" + large + "\"}}]}"),
        "0 too_large\n");
    std::string batch = R"({"batch":[)";
    while (batch.size() < 513'000) batch += R"({"type":"track"},)";
    EXPECT_EQ(shown("b", batch + "{}]}"), "error too_large");
}

TEST(Tracking, TheKeyMayStandInTheBody) {
    EXPECT_EQ(write_key_of(R"({"writeKey":"k"})"), "k");
    EXPECT_EQ(write_key_of(R"({"batch":[{"writeKey":"k"}]})"), "k");
    for (const std::string_view text : {"", "{", "[]", R"({"batch":[]})", R"({"batch":7})", R"({"writeKey":{}})"})
        EXPECT_EQ(write_key_of(text), "") << text;
}

}  // namespace
}  // namespace baton::codec
