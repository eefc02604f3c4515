// Sessions: the end by idleness, one's own list, passwords that everybody tries.
#include <gtest/gtest.h>

#include "app/fixture.h"
#include "http/api.h"

namespace baton::http {
namespace {

using app::Role;
using app::Roles;
using app::World;

constexpr const char* password = "correct horse battery staple";

class SessionsTest : public testing::Test {
   protected:
    World world;
    app::Members members{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{}};

    void SetUp() override {
        for (const std::string id : {"anna", "bo"}) {
            app::MemberChange member;
            member.id = id;
            member.roles = Roles{Role::admin};
            ASSERT_TRUE(members.add(member, "test"));
            ASSERT_TRUE(members.set_password(id, password, "test"));
        }
    }
    Response call(std::string method, std::string path, const std::string& cookie, bool secure = false) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(path, request)) << path;
        request.headers["host"] = "baton.example";
        request.headers["cookie"] = "baton_session=" + cookie;
        request.secure = secure;
        return api.handle(request);
    }
    std::string sign_in(const std::string& who) { return members.sign_in(who, password)->token; }
    static std::size_t count(const Response& response, std::string_view part) {
        std::size_t found = 0;
        for (auto at = response.body.find(part); at != std::string::npos; at = response.body.find(part, at + 1))
            ++found;
        return found;
    }
};

TEST_F(SessionsTest, EndWithoutUseAndLiveWithIt) {
    const std::string used = sign_in("anna"), left = sign_in("anna");
    EXPECT_EQ(call("GET", "/api/v1/leads", left).status, 200);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(call("GET", "/api/v1/leads", used).status, 200) << i;
        world.clock.advance(Idle::longest - Duration::seconds(60));
    }
    EXPECT_EQ(call("GET", "/api/v1/leads", used).status, 200);
    EXPECT_EQ(call("GET", "/api/v1/leads", left).status, 401);
    EXPECT_EQ(count(call("GET", "/api/v1/sessions", used), "made_at"), 1U) << "it is gone from the store";
    world.clock.advance(app::session_length);
    EXPECT_EQ(call("GET", "/api/v1/leads", used).status, 401) << "the longest life";
}

TEST_F(SessionsTest, AreSeenAndEndedByTheirOwner) {
    const std::string here = sign_in("anna"), there = sign_in("anna"), other = sign_in("bo");
    const Response list = call("GET", "/api/v1/sessions", here);
    EXPECT_EQ(count(list, "made_at"), 2U) << list.body;
    EXPECT_EQ(count(list, R"("current":true)"), 1U);
    const auto id_of = [&](const Response& answer, std::string_view mark) {
        const auto end = answer.body.find(mark);
        return answer.body.substr(answer.body.rfind(R"("id":")", end) + 6, 16);
    };
    const std::string id = id_of(list, R"("current":false)");
    const std::string strange = id_of(call("GET", "/api/v1/sessions", other), R"("current":true)");
    EXPECT_EQ(call("DELETE", "/api/v1/sessions/" + strange, here).status, 404) << "of somebody else";
    EXPECT_EQ(call("DELETE", "/api/v1/sessions/x", here).status, 404);
    EXPECT_EQ(call("DELETE", "/api/v1/sessions/" + id, here).status, 204);
    EXPECT_EQ(call("GET", "/api/v1/leads", there).status, 401);
    EXPECT_EQ(call("GET", "/api/v1/leads", here).status, 200);
    EXPECT_EQ(call("GET", "/api/v1/leads", other).status, 200);
}

TEST_F(SessionsTest, TheCookieIsSecureOverTls) {
    for (const bool secure : {false, true}) {
        const Response out = call("DELETE", "/api/v1/session", sign_in("anna"), secure);
        ASSERT_EQ(out.status, 204);
        for (const auto& [name, value] : out.headers) {
            if (name != "set-cookie") continue;
            EXPECT_EQ(value.find("; Secure") != std::string::npos, secure) << value;
        }
    }
}

TEST_F(SessionsTest, PasswordsThatEverybodyTriesAreRefused) {
    for (const std::string common :
         {"qwerty123456", "QWERTY123456", "1qaz2wsx3edc4rfv", "password1234", "annaannaanna"})
        EXPECT_EQ(members.set_password("anna", common, "test").error().code, "weak_password") << common;
    EXPECT_TRUE(members.set_password("anna", "qwerty123456 and more", "test"));
}

}  // namespace
}  // namespace baton::http
