// Routes over a small company in memory where everybody shows a key.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "app/fixture.h"
#include "http/api.h"

namespace baton::http {

class ApiWorld : public testing::Test {
   protected:
    app::World world;
    app::Members members{*world.ledger};
    Api api{*world.ledger, world.clock, Gate{}};

    /// A key of scope write of a member made with that role.
    std::string member(const std::string& id, app::Role role) {
        app::MemberChange change;
        change.id = id;
        change.roles = app::Roles{role};
        EXPECT_TRUE(members.add(change, "test"));
        return key_of(id, app::Scope::write);
    }
    std::string key_of(const std::string& id, app::Scope scope) {
        const auto made = members.make_key(id, scope, "", "test");
        EXPECT_TRUE(made);
        return made ? made->text : "";
    }
    using Headers = std::map<std::string, std::string>;
    Response call(std::string method, const std::string& target, std::string body, const std::string& key,
                  const Headers& more = {}) {
        Request request;
        request.method = std::move(method);
        EXPECT_TRUE(parse_target(target, request)) << target;
        request.headers = more;
        request.headers["host"] = "baton.example";
        request.headers["authorization"] = "Bearer " + key;
        if (!body.empty()) request.headers["content-type"] = "application/json";
        request.body = std::move(body);
        return api.handle(request);
    }
    Response get(const std::string& target, const std::string& key, const Headers& more = {}) {
        return call("GET", target, "", key, more);
    }
    Response post(const std::string& target, std::string body, const std::string& key, const Headers& more = {}) {
        return call("POST", target, std::move(body), key, more);
    }
    /// Facts by a server that nobody's name is written on.
    void send(const std::string& facts) {
        const Response taken = post("/api/v1/facts", facts, key_of("feed", app::Scope::write));
        ASSERT_EQ(taken.status, 200) << taken.body;
        ASSERT_TRUE(has(taken, R"("refused":[])")) << taken.body;
    }
    static bool has(const Response& response, std::string_view text) {
        return response.body.find(text) != std::string::npos;
    }
    /// What stands behind `name` in the body, without quotes: a number, a text, null.
    static std::string text_of(const Response& response, const std::string& name) {
        const auto at = response.body.find(name);
        if (at == std::string::npos) return "";
        auto from = at + name.size();
        const bool quoted = response.body[from] == '"';
        from += quoted ? 1 : 0;
        return response.body.substr(from, response.body.find_first_of(quoted ? "\"" : ",}]", from) - from);
    }
    static std::string header_of(const Response& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return "";
    }
    /// For a query: what is neither letter nor digit percent-encoded.
    static std::string encoded(std::string_view text) {
        std::string out;
        for (const char c : text) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            static constexpr std::string_view digits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
        }
        return out;
    }
};

}  // namespace baton::http
