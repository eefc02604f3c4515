// The network as it is: a provider that fails, redirects, says too much or too slowly, and names that lead inside.
#include "connectors/fetch/fetcher.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/server.h"

namespace baton::fetch {
namespace {

class FetcherTest : public testing::Test {
   protected:
    void SetUp() override {
        auto made =
            http::Server::listen("127.0.0.1:0", [this](const http::Request& request) { return answer(request); });
        ASSERT_TRUE(made);
        server_ = std::move(*made);
        thread_ = std::thread([this] { server_->run(); });
    }
    void TearDown() override {
        {
            const std::scoped_lock lock(mutex_);
            over_ = true;
            changed_.notify_all();
        }
        server_->stop();
        thread_.join();
    }
    std::string outcome(const std::string& path, bool inside = true, Patience patience = {}) {
        const auto fetcher = make_fetcher(patience);
        return outcome_of(*fetcher, "http://127.0.0.1:" + std::to_string(server_->port()) + path, inside);
    }
    static std::string outcome_of(ports::Fetcher& fetcher, const std::string& url, bool inside) {
        ports::FetchWanted wanted;
        wanted.url = url;
        wanted.headers = {{"Authorization", "Bearer secret"}};
        wanted.inside = inside;
        wanted.most_bytes = 1'000;
        const auto fetched = fetcher.get(wanted);
        return fetched ? std::to_string(fetched->status) + " " + fetched->body : "! " + fetched.error().code;
    }
    int calls() {
        const std::scoped_lock lock(mutex_);
        return calls_;
    }
    std::uint16_t port() const { return server_->port(); }

   private:
    http::Response answer(const http::Request& request) {
        std::unique_lock lock(mutex_);
        ++calls_;
        if (request.path == "/slow") changed_.wait(lock, [this] { return over_; });
        if (request.path == "/moved") return {302, "text/plain", "elsewhere", {{"location", "/plain"}}};
        if (request.path == "/much") return {200, "text/plain", std::string(1'001, 'x'), {}};
        if (request.path == "/full") return {200, "text/plain", std::string(1'000, 'x'), {}};
        if (request.path == "/broken") return {500, "text/plain", "oh", {}};
        return {200, "text/plain", request.header("authorization"), {}};
    }

    std::unique_ptr<http::Server> server_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool over_ = false;
    int calls_ = 0;
};

TEST_F(FetcherTest, BringsWhatIsThere) {
    EXPECT_EQ(outcome("/plain"), "200 Bearer secret");
    EXPECT_EQ(outcome("/broken"), "500 oh");
    EXPECT_EQ(outcome("/full"), "200 " + std::string(1'000, 'x'));
}

TEST_F(FetcherTest, FollowsNowhereAndBringsNoMoreThanAskedFor) {
    EXPECT_EQ(outcome("/moved"), "! redirected");
    EXPECT_EQ(outcome("/much"), "! too_much");
    EXPECT_EQ(calls(), 2);
}

TEST_F(FetcherTest, WaitsForABoundedTime) {
    using std::chrono::milliseconds;
    EXPECT_EQ(outcome("/slow", true, {milliseconds(1'000), milliseconds(150)}), "! too_slow");
}

TEST_F(FetcherTest, RefusesAddressesInsideAndPlainText) {
    const auto fetcher = make_fetcher();
    const std::string port = ":" + std::to_string(this->port());
    for (const char* host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
                             "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"}) {
        EXPECT_EQ(outcome_of(*fetcher, "https://" + std::string(host) + port + "/plain", false), "! address_refused")
            << host;
        EXPECT_EQ(outcome_of(*fetcher, "http://" + std::string(host) + port + "/plain", false), "! bad_address")
            << host;
    }
    for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x", "", "127.0.0.1"})
        EXPECT_TRUE(outcome_of(*fetcher, url, false).starts_with("! ")) << url;
    EXPECT_EQ(outcome_of(*fetcher, "file:///etc/passwd", true), "! bad_address");
    EXPECT_EQ(calls(), 0);
}

}  // namespace
}  // namespace baton::fetch
