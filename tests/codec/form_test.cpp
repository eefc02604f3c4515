// What forms send, in each shape, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>

#include "codec/fill.h"
#include "codec/form.h"
#include "codec/lead_answers.h"
#include "codec/source.h"

namespace baton::codec {
namespace {

/// name=value|value; files behind it.
std::string shown(const Result<FormFields>& fields) {
    if (!fields) return "! " + fields.error().code;
    std::string text;
    for (const FormField& field : fields->all()) {
        text += (text.empty() ? "" : " ") + field.name + "=";
        for (std::size_t i = 0; i < field.values.size(); ++i) text += (i == 0 ? "" : "|") + field.values[i];
    }
    for (const std::string& file : fields->files) text += " file:" + file;
    return text;
}

/// "purpose given basis text", a line each.
std::string consents(const FillFacts& made) {
    std::string out;
    for (const IncomingFact& fact : made.facts) {
        if (fact.type != "consent") continue;
        const auto text = [&](std::string_view name) {
            const auto at = std::ranges::find(fact.properties, name, &NamedValue::name);
            return at == fact.properties.end() ? std::string() : " " + to_text(at->value);
        };
        out += text("purpose").substr(1) + text("given") + text("basis") + text("text") + "\n";
    }
    return out;
}

TEST(Form, ReadsUrlencodedAsBrowsersDo) {
    const struct {
        const char *sent, *read;
    } table[] = {
        {"", ""},
        {"a=1&b=2", "a=1 b=2"},
        {"a=1&a=2&b=", "a=1|2 b="},
        {"name=Ada+Byron&x=%C3%A9%2B", "name=Ada Byron x=\xC3\xA9+"},
        {"&&a=1&", "a=1"},
        {"a", "a="},
        {"a=%zz&b=%4", "a=%zz b=%4"},
        {"a=1=2", "a=1=2"},
        {"=1", "! bad_form"},
    };
    for (const auto& row : table) EXPECT_EQ(shown(parse_urlencoded(row.sent)), row.read) << row.sent;
}

TEST(Form, ReadsMultipart) {
    const std::string type = "multipart/form-data; boundary=\"--x y\"";
    const auto part = [](const std::string& head, const std::string& value) {
        return "----x y\r\n" + head + "\r\n\r\n" + value + "\r\n";
    };
    const std::string end = "----x y--\r\n";
    const struct {
        std::string sent, read;
    } table[] = {
        {part("Content-Disposition: form-data; name=\"email\"", "ada@acme.example") + end, "email=ada@acme.example"},
        {"a preamble\r\n" + part("content-disposition: form-data; name=a", "1") +
             part("Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain", "2\r\n3") + end,
         "a=1|2\r\n3"},
        {part("Content-Disposition: form-data; name=\"a;\\\"b\"", "") + end, "a;\"b="},
        {part("Content-Disposition: form-data; name=\"cv\"; filename=\"cv.pdf\"", "%PDF") + end, " file:cv"},
        {part("X-Other: 1", "1") + end, "! bad_form"},
        {part("Content-Disposition: form-data; name=\"\"", "1") + end, "! bad_form"},
        {part("Content-Disposition: form-data; name=\"a\"", "1"), "! bad_form"},
        {"----x y\r\nno end of headers\r\n" + end, "! bad_form"},
        {"----x yz\r\n", "! bad_form"},
        {"nothing of it", "! bad_form"},
        {"", "! bad_form"},
    };
    for (const auto& row : table) EXPECT_EQ(shown(parse_multipart(type, row.sent)), row.read) << row.sent;
    EXPECT_EQ(shown(parse_multipart("multipart/form-data", end)), "! bad_form");
}

TEST(Form, ReadsJsonAndKnowsItsTypes) {
    EXPECT_EQ(shown(parse_form("application/json; charset=utf-8", R"({"a":"x","n":12,"l":["p","q"],"o":{"b":true}})")),
              "a=x n=12 l=p|q o.b=true");
    EXPECT_EQ(shown(parse_form("application/json", "[1]")), "! bad_form");
    EXPECT_EQ(shown(parse_form("application/json", "{")), "! bad_json");
    EXPECT_EQ(shown(parse_form("Application/X-WWW-Form-Urlencoded", "a=1")), "a=1");
    EXPECT_EQ(shown(parse_form("text/plain", "a=1")), "! unknown_form_type");
    EXPECT_EQ(shown(parse_form("", "a=1")), "! unknown_form_type");
}

TEST(Form, HoldsItsBounds) {
    std::string many;
    for (int i = 0; i <= 1'000; ++i) many += "a" + std::to_string(i) + "=1&";
    EXPECT_EQ(shown(parse_urlencoded(many)), "! too_many_fields");
    EXPECT_EQ(shown(parse_form("application/x-www-form-urlencoded", std::string(longest_form + 1, 'a'))),
              "! too_large");
}

constexpr const char* demo_form = R"(kind: form
event: Demo Requested
fields: {mail: email, tel: phone, first: first_name, last: last_name, firm: [account, company], topics: topics}
honeypot: website_url
time_trap: {seconds: 3}
)";

std::string shown(const Result<FillFacts>& made) {
    if (!made) return "! " + made.error().code;
    std::string text;
    for (const IncomingFact& fact : made->facts) {
        text += fact.type + " email=" + fact.email + " phone=" + fact.phone + " account=" + fact.account;
        for (const NamedValue& one : fact.properties) text += " " + one.name + ":" + to_text(one.value);
        text += "\n";
    }
    for (const std::string& name : made->undeclared) text += "undeclared " + name + "\n";
    return text;
}

TEST(Fill, BecomesAProfileAndAnEvent) {
    const auto source = read_source(demo_form);
    ASSERT_TRUE(source);
    const struct {
        const char *sent, *page, *read;
    } table[] = {
        {"mail=+ada@acme.example+&first=Ada&last=Byron&firm=Acme&topics=a&topics=b&website_url=&rendered_at=1", "",
         "profile email=ada@acme.example phone= account=Acme email: ada@acme.example  first_name:Ada last_name:Byron "
         "company:Acme topics:a, b name:Ada Byron\n"
         "Demo Requested email=ada@acme.example phone= account=Acme form:demo\n"},
        {"mail=a@b.example&role=admin&is_admin=1", "",
         "profile email=a@b.example phone= account= email:a@b.example\n"
         "Demo Requested email=a@b.example phone= account= form:demo\n"
         "undeclared role\nundeclared is_admin\n"},
        {"tel=123&utm_source=x&referrer=r", "https://a.example/p?utm_source=page&gclid=g%31&utm_medium=cpc#f",
         "profile email= phone=123 account= phone:123\n"
         "Demo Requested email= phone=123 account= form:demo utm_source:x referrer:r "
         "page_url:https://a.example/p?utm_source=page&gclid=g%31&utm_medium=cpc#f utm_medium:cpc gclid:g1\n"},
        {"tel=123",
         "https://a.example/?utm_source=caf%E9&utm_medium=%00&utm_campaign=caf%C3%A9",  // not all of it is text
         "profile email= phone=123 account= phone:123\n"
         "Demo Requested email= phone=123 account= form:demo "
         "page_url:https://a.example/?utm_source=caf%E9&utm_medium=%00&utm_campaign=caf%C3%A9 utm_campaign:café\n"},
        {"first=Ada&mail=+", "", "! nobody"},
    };
    for (const auto& row : table) {
        Fill fill;
        fill.fields = *parse_urlencoded(row.sent);
        fill.page = row.page;
        EXPECT_EQ(shown(facts_of(*source, "demo", fill, Instant{})), row.read) << row.sent;
    }
}

TEST(Fill, IsAddedByABrowserAndKnowsItsRepetition) {
    const auto source = read_source(std::string(demo_form) + "id_field: submission\n");
    ASSERT_TRUE(source);
    const auto id = [&](const char* sent, std::int64_t minutes) {
        Fill fill;
        fill.fields = *parse_urlencoded(sent);
        const auto made = facts_of(*source, "demo", fill, Instant{} + Duration::minutes(minutes));
        EXPECT_EQ(made->facts.back().trust, Trust::browser);
        EXPECT_EQ(made->facts.back().source, "form:demo");
        EXPECT_EQ(made->facts.front().message_id, made->facts.back().message_id + ":profile");
        return made->facts.back().message_id;
    };
    EXPECT_EQ(id("mail=a@b.example", 1), id("mail=a@b.example", 2));
    EXPECT_NE(id("mail=a@b.example", 1), id("mail=a@b.example", 60 * 24 * 30));
    EXPECT_NE(id("mail=a@b.example", 1), id("mail=c@b.example", 1));
    EXPECT_EQ(id("mail=a@b.example&submission=s-1", 1), "s-1");
}

TEST(Fill, ReadsHubSpots) {
    const auto source = read_source("kind: hubspot-form\nform: abc\nevent: Contact Requested\n");
    ASSERT_TRUE(source);
    const auto fill = parse_hubspot_fill(R"({"submittedAt":"1517927174000","fields":[
        {"objectTypeId":"0-1","name":"email","value":"ada@acme.example"},{"name":"jobtitle","value":"CTO"},{"name":"shoe","value":"9"}],
        "context":{"hutk":"h1","pageUri":"https://a.example/?utm_campaign=c","pageName":"Start"},
        "legalConsentOptions":{"consent":{"consentToProcess":true,"text":"I agree.",
            "communications":[{"value":true,"subscriptionTypeId":999,"text":"News"}]}}})");
    ASSERT_TRUE(fill) << fill.error().detail;
    const auto made = facts_of(*source, "site", *fill, Instant{});
    EXPECT_EQ(
        shown(made),
        "profile email=ada@acme.example phone= account= email:ada@acme.example title:CTO\n"
        "Contact Requested email=ada@acme.example phone= account= page_title:Start hutk:h1 consent_to_process:true "
        "consent_text:I agree. consent_communications:999: yes: News form:site "
        "page_url:https://a.example/?utm_campaign=c utm_campaign:c\n"
        "consent email=ada@acme.example phone= account= basis:consent field:consent_to_process given:true "
        "purpose:processing text:I agree.\n"
        "consent email=ada@acme.example phone= account= basis:consent field:999 given:true purpose:subscription_999 "
        "text:News\nundeclared shoe\n");
    EXPECT_EQ(to_string(*made->facts[0].occurred_at), "2018-02-06T14:26:14Z");
    EXPECT_EQ(consents(*made), "processing true consent I agree.\nsubscription_999 true consent News\n");
    for (const char* wrong : {"{}", "[]", R"({"fields":{}})", R"({"fields":[1]})", R"({"fields":[{"name":"a"}]})",
                              R"({"fields":[{"name":"a","value":[]}]})"})
        EXPECT_EQ(parse_hubspot_fill(wrong).error().code, "bad_form") << wrong;
}

TEST(Consents, OfAFormAreNamedByItsDefinition) {
    const auto source = read_source(
        "kind: form\nevent: Demo Requested\nfields: {email: email}\n"
        "consents:\n  news: {purpose: marketing_email, text_version: '2026-03', text: Send me news, channel: email}\n"
        "  calls: phone\n");
    ASSERT_TRUE(source) << playbook::to_string(source.error().front(), "definition");
    const struct {
        const char *sent, *said;
    } table[] = {
        {"email=a@b.example", ""},
        {"email=a@b.example&news=on", "marketing_email true consent Send me news\n"},
        {"email=a@b.example&news=no", "marketing_email false consent Send me news\n"},
        {"email=a@b.example&news=no&news=yes", "marketing_email true consent Send me news\n"},
        {"email=a@b.example&news=+&calls=0", "phone false\n"},
        {"email=a@b.example&news=1&calls=Off", "marketing_email true consent Send me news\nphone false\n"},
    };
    for (const auto& row : table) {
        Fill fill;
        fill.fields = *parse_urlencoded(row.sent);
        const auto made = facts_of(*source, "demo", fill, Instant{});
        ASSERT_TRUE(made) << row.sent;
        EXPECT_EQ(consents(*made), row.said) << row.sent;
        EXPECT_TRUE(made->undeclared.empty());
        for (const IncomingFact& fact : made->facts) EXPECT_EQ(fact.trust, Trust::browser);
    }
}

TEST(Consents, OfHubSpotsFormMayBeNamed) {
    const auto source = read_source(
        "kind: hubspot-form\nform: abc\nevent: A\nconsents: {'999': marketing_email, consent_to_process: terms}\n");
    ASSERT_TRUE(source);
    const std::string fields = R"("fields":[{"name":"email","value":"a@b.example"}],"legalConsentOptions":)";
    const auto both = parse_hubspot_fill("{" + fields +
                                         R"({"consent":{"consentToProcess":false,"text":"Ok.","communications":[
        {"value":true,"subscriptionTypeId":999,"text":"News"},{"value":false,"subscriptionTypeId":7,"text":"Calls"}]}}})");
    ASSERT_TRUE(both);
    EXPECT_EQ(consents(*facts_of(*source, "s", *both, Instant{})),
              "terms false consent Ok.\nmarketing_email true consent News\nsubscription_7 false consent Calls\n");
    const auto interest = parse_hubspot_fill(
        "{" + fields +
        R"({"legitimateInterest":{"value":true,"subscriptionTypeId":999,"legalBasis":"LEAD","text":"We write."}}})");
    ASSERT_TRUE(interest);
    EXPECT_EQ(consents(*facts_of(*source, "s", *interest, Instant{})),
              "marketing_email true legitimate_interest We write.\n");
}

TEST(Consents, OfLinkedInsFormsMayBeNamed) {
    const auto source = read_source("kind: linkedin\nevent: A\nconsents: {consent_4: marketing_email}\n");
    ASSERT_TRUE(source) << playbook::to_string(source.error().front(), "definition");
    auto fill = parse_lead(*source, "r-1", R"({"id":"r-1","formResponse":{"answers":[],"consentResponses":[
        {"consentId":4,"accepted":true},{"consentId":5,"accepted":false},{"consentId":6}]}})");
    ASSERT_TRUE(fill) << fill.error().detail;
    fill->fields.add("EMAIL", "a@b.example");
    EXPECT_EQ(consents(*facts_of(*source, "ads", *fill, Instant{})),
              "marketing_email true consent\nconsent_5 false consent\n");
}

TEST(Consents, GlobalPrivacyControlIsAnOptOut) {
    const auto source = read_source("kind: form\nevent: A\nfields: {email: email}\n");
    Fill fill;
    fill.fields = *parse_urlencoded("email=a@b.example");
    fill.opts_out = true;
    const auto made = facts_of(*source, "demo", fill, Instant{});
    EXPECT_EQ(consents(*made), "sale_or_sharing false\n");
    EXPECT_EQ(made->facts.back().message_id, opt_out_id);
}

TEST(SourceDefinition, SaysWhatIsWrongAndWhere) {
    const struct {
        const char *text, *said;
    } table[] = {
        {"event: A\n", "definition:1:1: error: nothing says which kind of source this is"},
        {"kind: forms\n", "definition:1:7: error: there is no kind 'forms'; did you mean 'form'?"},
        {"kind: form\nevent: A\nfields: {a: email}\nhoneypt: x\n",
         "definition:4:1: error: unknown key 'honeypt' in a source; did you mean 'honeypot'?"},
        {"kind: form\nevent: accept\nfields: {a: email}\n",
         "definition:2:8: error: 'accept' is a word of the process and no event"},
        {"kind: form\nevent: A\nfields: {a: name}\n", "definition:3:9: error: no field says who the person is"},
        {"kind: form\nevent: A\nfields: [a]\n", "definition:3:9: error: 'fields' must be a map"},
        {"kind: form\nevent: A\nfields: {a: email}\nreturns: [www.acme.example]\n",
         "definition:4:11: error: 'www.acme.example' is no address to return to"},
        {"kind: form\nevent: A\nfields: {a: email}\ntime_trap: {seconds: 0}\n",
         "definition:4:12: error: 'seconds' must be from 1 to 60"},
        {"kind: form\nevent: A\nfields: {a: email, b: 'x y'}\n",
         "definition:3:24: error: 'x y' cannot be the name of a property"},
        {"kind: form\nevent: A\nfields: {a: email, w: w}\nhoneypot: w\n",
         "definition:1:1: error: 'w' is a trap and stands among the fields"},
        {"kind: hubspot-form\nevent: A\n", "definition:1:1: error: this source has no 'form'"},
        {"kind: form\nevent: A\nfields: {a: email}\nconsents: [b]\n",
         "definition:4:11: error: 'consents' must be a map"},
        {"kind: form\nevent: A\nfields: {a: email}\nconsents: {b: marketing e-mail}\n",
         "definition:4:15: error: 'marketing e-mail' cannot be the name of a purpose"},
        {"kind: form\nevent: A\nfields: {a: email}\nconsents: {b: {text: x}}\n",
         "definition:4:15: error: this consent has no 'purpose'"},
        {"kind: signed\nevent: A\nfields: {a: email}\nsignature: {header: X, text: '{id}'}\n",
         "definition:4:12: error: what is signed must hold {body}"},
        {"kind: signed\nevent: A\nfields: {a: email}\nsignature: {header: X, timestamp_header: T}\n",
         "definition:4:12: error: the timestamp is not among what is signed"},
    };
    for (const auto& row : table) {
        const auto read = read_source(row.text);
        ASSERT_FALSE(read) << row.text;
        const std::string said = playbook::to_string(read.error().front(), "definition");
        EXPECT_TRUE(said.starts_with(row.said)) << said << "\nfor " << row.text;
    }
}

TEST(SourceDefinition, LeadsOnlyToListedAddresses) {
    const auto source = read_source(std::string(demo_form) +
                                    "returns: ['https://www.acme.example/thanks', 'https://www.acme.example/land/']\n");
    ASSERT_TRUE(source);
    const struct {
        const char* address;
        bool may;
    } table[] = {
        {"https://www.acme.example/thanks", true},
        {"https://www.acme.example/thanks?x=1", true},
        {"https://www.acme.example/thanks#a", true},
        {"https://www.acme.example/land/a/b?c", true},
        {"https://www.acme.example/thanks.evil", false},
        {"https://www.acme.example/thanks/../admin", false},
        {"https://www.acme.example/land/../admin", false},
        {"https://www.acme.example.evil.example/thanks", false},
        {"https://www.acme.example@evil.example/thanks", false},
        {"https://www.acme.example\\@evil.example/thanks", false},
        {"//www.acme.example/thanks", false},
        {"javascript:alert(1)", false},
        {"https://www.acme.example/land/a\r\nset-cookie: a=b", false},
        {"", false},
    };
    for (const auto& row : table) EXPECT_EQ(source->may_return_to(row.address), row.may) << row.address;
}

}  // namespace
}  // namespace baton::codec
