// A call that is repeated, and an answer that is known already: Idempotency-Key, ETag.
#include "wire_api.h"

namespace baton::http {
namespace {

class Repeated : public ApiWorld {
   protected:
    std::string key;
    void SetUp() override { key = key_of("crm", app::Scope::write); }
    Response send_with(const std::string& idempotency, const std::string& body,
                       const std::string& path = "/api/v1/facts") {
        return post(path, body, key, {{"idempotency-key", idempotency}});
    }
};

const std::string visit = R"({"type":"Page Viewed","email":"anna@acme.example"})";
const std::string demo = R"({"type":"Demo Requested","email":"anna@acme.example"})";

TEST_F(Repeated, IsAnsweredAsTheFirstTime) {
    const Response first = send_with("\"a-1\"", visit);
    EXPECT_EQ(first.body, R"({"accepted":1,"duplicates":0,"refused":[]})");
    EXPECT_EQ(header_of(first, "idempotency-replayed"), "");
    const Response again = send_with("a-1", visit);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(header_of(again, "idempotency-replayed"), "true");
    EXPECT_EQ(send_with("a-2", visit).body, first.body);  // said twice by its sender
    EXPECT_EQ(world.person("anna@acme.example").state.features.facts, 2);
}

TEST_F(Repeated, WithAnotherBodyIsRefused) {
    send_with("a-1", visit);
    const Response other = send_with("a-1", demo);
    EXPECT_EQ(other.status, 422);
    EXPECT_TRUE(has(other, "idempotency_key_reused"));
    EXPECT_EQ(world.person("anna@acme.example").state.features.facts, 1);
    EXPECT_EQ(send_with("a-1", R"({"entries":["a@a.example"]})", "/api/v1/suppression/customer").status, 200);
}

TEST_F(Repeated, ByAnotherIsAnotherCall) {
    send_with("a-1", visit);
    const std::string other = key_of("shop", app::Scope::write);
    EXPECT_EQ(post("/api/v1/facts", visit, other, {{"idempotency-key", "a-1"}}).body,
              R"({"accepted":1,"duplicates":0,"refused":[]})");
}

TEST_F(Repeated, AfterARestartWritesNothingTwice) {
    send_with("a-1", "[" + visit + "," + visit + "," + demo + "]");
    Api restarted(*world.ledger, world.clock, Gate{});
    Request request;
    request.method = "POST";
    request.path = "/api/v1/facts";
    request.headers = {{"host", "baton.example"},
                       {"authorization", "Bearer " + key},
                       {"content-type", "application/json"},
                       {"idempotency-key", "a-1"}};
    request.body = "[" + visit + "," + visit + "," + demo + "]";
    EXPECT_EQ(restarted.handle(request).body, R"({"accepted":0,"duplicates":3,"refused":[]})");
    EXPECT_EQ(world.person("anna@acme.example").state.features.facts, 3);
}

TEST_F(Repeated, KeysThatAreNoneAreRefused) {
    for (const std::string& bad : {std::string("a b"), std::string("\"\""), std::string(201, 'a'), std::string("ä")})
        EXPECT_TRUE(has(send_with(bad, visit), "bad_idempotency_key")) << bad;
}

TEST(Replays, UnderWayIsAConflictAndOurFailureIsForgotten) {
    Replays replays;
    const Duration now{};
    EXPECT_FALSE(replays.begin("k", "body", now));
    EXPECT_EQ(replays.begin("k", "body", now)->status, 409);
    EXPECT_EQ(replays.begin("k", "other", now)->status, 422);
    replays.done("k", problem(503, "unavailable", "no"), now);
    EXPECT_FALSE(replays.begin("k", "body", now));
    replays.done("k", json("{}"), now);
    EXPECT_EQ(replays.begin("k", "body", now)->status, 200);
    EXPECT_FALSE(replays.begin("k", "other", now + Replays::kept_for));
}

TEST(Replays, KeepWithinABound) {
    Replays replays;
    const Response large = json(std::string(std::size_t{1} << 20, ' '));
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(replays.begin(std::to_string(i), "", Duration{i}));
        replays.done(std::to_string(i), large, Duration{i});
    }
    EXPECT_FALSE(replays.begin("0", "", Duration{100}));
    EXPECT_TRUE(replays.begin("99", "", Duration{100}));
}

TEST_F(Repeated, AnAnswerThatIsKnownIsNotSentAgain) {
    send_with("a-1", visit);
    for (const std::string path : {"/api/v1/people/anna@acme.example", "/api/v1/leads/anna@acme.example"}) {
        const std::string tag = header_of(get(path, key), "etag");
        ASSERT_FALSE(tag.empty());
        const Response known = get(path, key, {{"if-none-match", "\"x\", W/" + tag}});
        EXPECT_EQ(known.status, 304);
        EXPECT_EQ(known.body, "");
        EXPECT_EQ(header_of(known, "etag"), tag);
        EXPECT_EQ(get(path, key, {{"if-none-match", "\"x\""}}).status, 200);
    }
    const std::string before = header_of(get("/api/v1/people/anna@acme.example", key), "etag");
    post("/api/v1/facts", demo, key);
    EXPECT_NE(header_of(get("/api/v1/people/anna@acme.example", key), "etag"), before);
    post("/api/v1/suppression/customer", R"({"entries":["@acme.example"]})", key);
    EXPECT_EQ(header_of(get("/api/v1/leads/anna@acme.example?at=2026-03-02T00:00:00Z", key), "etag"), "");
}

}  // namespace
}  // namespace baton::http
