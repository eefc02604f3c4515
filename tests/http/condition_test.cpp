// If-Match: a change happens only to what its sender has seen (RFC 9110, 13.1.1).
#include "wire_api.h"

namespace baton::http {
namespace {

using app::Role;

class IfMatch : public ApiWorld {
    int notes_ = 0;  // said twice in the same words it would be the same message

   protected:
    std::string rep, marketer, admin;
    static constexpr const char* anna = "/api/v1/leads/anna@acme.example";

    void SetUp() override {
        rep = member("sam", Role::sales_rep);
        marketer = member("mara", Role::marketing);
        admin = member("ada", Role::admin);
        send(R"({"facts":[{"type":"Page Viewed","email":"anna@acme.example"}]})");
    }
    std::string tag() { return header_of(get(anna, rep), "etag"); }
    Response note(const std::string& if_match, const std::string& key, const std::string& who = "anna@acme.example") {
        return post("/api/v1/facts",
                    R"({"facts":[{"type":"note","email":")" + who + R"(","properties":{"text":"seen )" +
                        std::to_string(++notes_) + R"("}}]})",
                    key, {{"if-match", if_match}});
    }
};

TEST_F(IfMatch, TakesAFactAboutWhoIsAsSeen) {
    const std::string seen = tag();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(note("\"x\" ,, " + seen, rep).status, 200);
    EXPECT_NE(tag(), seen);
    const Response late = note(seen, rep);
    EXPECT_EQ(late.status, 412);
    EXPECT_TRUE(has(late, R"("code":"changed")")) << late.body;
    EXPECT_TRUE(has(late, "read it again")) << late.body;
    EXPECT_EQ(note("W/" + tag(), rep).status, 412);  // a weak one is never strongly equal
    EXPECT_EQ(note("*", rep).status, 200);
    EXPECT_EQ(note("*", rep, "nobody@acme.example").status, 412);
    EXPECT_EQ(get("/api/v1/leads/nobody@acme.example", rep).status, 404);
}

TEST_F(IfMatch, GoesWithOneFactOfSomebodyWhoMayRead) {
    const std::string seen = tag();
    const Response both = post("/api/v1/facts",
                               R"({"facts":[{"type":"Page Viewed","email":"anna@acme.example"},
                                            {"type":"Page Viewed","email":"ben@acme.example"}]})",
                               rep, {{"if-match", seen}});
    EXPECT_EQ(both.status, 400);
    EXPECT_TRUE(has(both, "bad_if_match")) << both.body;
    const Response web = note("*", key_of("web", app::Scope::intake));
    EXPECT_EQ(web.status, 403);
    EXPECT_EQ(web.body, note("*", key_of("web", app::Scope::intake), "nobody@acme.example").body);
    EXPECT_EQ(tag(), seen);
}

TEST_F(IfMatch, ThatIsNoneIsRefused) {
    for (const std::string bad : {"", " ", ",", "x", "\"x", "\"a\"\"b\"", "* , \"a\"", "W/x"}) {
        const Response refused = note(bad, rep);
        EXPECT_EQ(refused.status, 400) << bad;
        EXPECT_TRUE(has(refused, "bad_if_match")) << bad << refused.body;
    }
}

TEST_F(IfMatch, IsNotPassedOverWhereNothingHasAVersion) {
    const Response merge = post("/api/v1/merges", R"({"into":"anna@acme.example","from":"ben@acme.example"})", marketer,
                                {{"if-match", "\"1\""}});
    EXPECT_EQ(merge.status, 400);
    EXPECT_TRUE(has(merge, "bad_if_match")) << merge.body;
    EXPECT_EQ(get(anna, rep, {{"if-match", "\"1\""}}).status, 200);
}

TEST_F(IfMatch, AnEarlierAnswerUnderAnotherConditionIsNotGivenAgain) {
    const auto once = [&](const std::string& if_match) {
        return post("/api/v1/facts", R"({"facts":[{"type":"Page Viewed","email":"anna@acme.example"}]})", rep,
                    {{"if-match", if_match}, {"idempotency-key", "k-1"}});
    };
    EXPECT_EQ(once("\"0-0\"").status, 412);
    EXPECT_EQ(once(tag()).status, 200);
}

TEST_F(IfMatch, ChangesAViewThatIsAsSeen) {
    const std::string path = "/api/v1/views/mine";
    const std::string body = R"({"filter":"lead.open"})";
    ASSERT_EQ(post("/api/v1/views", R"({"name":"mine","filter":"lead.open"})", rep).status, 201);
    const std::string first = header_of(get(path, rep), "etag");
    ASSERT_FALSE(first.empty());
    EXPECT_EQ(get(path, rep, {{"if-none-match", first}}).status, 304);
    EXPECT_EQ(call("PUT", path, body, rep, {{"if-match", first}}).status, 204);
    const std::string second = header_of(get(path, rep), "etag");
    EXPECT_NE(first, second);
    EXPECT_EQ(call("PUT", path, body, rep, {{"if-match", first}}).status, 412);
    EXPECT_EQ(call("DELETE", path, "", rep, {{"if-match", first}}).status, 412);
    EXPECT_EQ(header_of(get(path, rep), "etag"), second);
    EXPECT_EQ(call("DELETE", path, "", rep, {{"if-match", second}}).status, 204);
    EXPECT_EQ(header_of(get("/api/v1/views/open", rep), "etag"), "");
}

TEST_F(IfMatch, ErasesWhoIsAsSeen) {
    const std::string seen = tag();
    EXPECT_EQ(note("*", rep).status, 200);
    const std::string path = "/api/v1/people/anna@acme.example";
    EXPECT_EQ(call("DELETE", path, "", admin, {{"if-match", seen}}).status, 412);
    EXPECT_EQ(get(path, rep).status, 200);
    EXPECT_EQ(call("DELETE", path, "", admin, {{"if-match", tag()}}).status, 200);
    EXPECT_EQ(get(path, rep).status, 404);
}

}  // namespace
}  // namespace baton::http
