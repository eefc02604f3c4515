// Requests that are answered later, by another thread than the one that took them.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/server.h"
#include "http/wire.h"

namespace baton::http {
namespace {

/// Keeps what is asked until somebody answers all of it.
class LaterTest : public testing::Test {
   protected:
    void SetUp() override {
        ListenOptions options;
        options.limits.workers = 2;
        options.limits.to_stop = std::chrono::milliseconds(50);
        auto made = Server::listen("127.0.0.1:0", LaterHandler([this](const Request& request, Answer answer) {
                                       if (request.path == "/dropped") return;
                                       if (request.path == "/throws") throw std::runtime_error("secret detail");
                                       const std::lock_guard lock(mutex_);
                                       asked_.emplace_back(request.path, std::move(answer));
                                       came_.notify_all();
                                   }),
                                   options);
        ASSERT_TRUE(made) << made.error().detail;
        server_ = std::move(*made);
        thread_ = std::thread([this] { server_->run(); });
    }
    void TearDown() override {
        if (!thread_.joinable()) return;
        server_->stop();
        thread_.join();
    }
    void wait_until_asked(std::size_t times) {
        std::unique_lock lock(mutex_);
        came_.wait(lock, [&] { return asked_.size() >= times; });
    }
    void answer_all() {
        std::vector<std::pair<std::string, Answer>> all;
        {
            const std::lock_guard lock(mutex_);
            all.swap(asked_);
        }
        for (auto& [path, answer] : all) answer({200, "text/plain", "late " + path, {}});
    }
    static std::string asking(const std::string& path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::pair<std::string, Answer>> asked_;
    std::unique_ptr<Server> server_;
    std::thread thread_;
};

TEST_F(LaterTest, MoreWaitThanThereAreThreads) {
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 40; ++i) {
        wires.push_back(std::make_unique<Wire>(server_->port()));
        ASSERT_TRUE(wires.back()->send(asking("/" + std::to_string(i) + ".")));
    }
    wait_until_asked(40);
    answer_all();
    for (int i = 0; i < 40; ++i) {
        const std::string text = "late /" + std::to_string(i) + ".";
        EXPECT_NE(wires[static_cast<std::size_t>(i)]->receive(text).find(text), std::string::npos) << i;
    }
}

TEST_F(LaterTest, AnAnswerThatIsDroppedIsA500) {
    for (const std::string path : {"/dropped", "/throws"}) {
        Wire wire(server_->port());
        wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        const std::string reply = wire.receive();
        EXPECT_TRUE(reply.starts_with("HTTP/1.1 500")) << reply;
        EXPECT_EQ(reply.find("secret"), std::string::npos) << reply;
    }
}

TEST_F(LaterTest, AClientThatWentAwayIsAnsweredInVain) {
    {
        Wire wire(server_->port());
        wire.send(asking("/gone"));
        wait_until_asked(1);
    }
    answer_all();
    Wire wire(server_->port());
    wire.send(asking("/next"));
    wait_until_asked(1);
    answer_all();
    EXPECT_NE(wire.receive("late /next").find("late /next"), std::string::npos);
}

TEST_F(LaterTest, TheServerOutlivesTheAnswersItIsOwed) {
    Wire wire(server_->port());
    wire.send(asking("/late"));
    wait_until_asked(1);
    server_->stop();
    thread_.join();
    std::atomic<bool> answered = false;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        answered = true;
        answer_all();
    });
    server_.reset();
    EXPECT_TRUE(answered);
    later.join();
}

}  // namespace
}  // namespace baton::http
