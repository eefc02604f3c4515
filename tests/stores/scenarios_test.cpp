// Every scenario of every playbook we ship, through the whole ledger on every store: what `step` alone says follows, follows,
// on each store with the same state hash; and folded anew from the journal nothing differs.
#include <map>

#include "app/fixture.h"
#include "support/scenario_books.h"
#include "support/scenario_words.h"
#include "support/scenario_world.h"

namespace baton::scenario {
namespace {

std::string line_of(const engine::HistoryRecord& record, const playbook::Compiled& book) {
    return time_text(record.at) + " " + words_of(record, book) + "\n";
}

/// One scenario lived twice: by step alone, and as facts that reach a ledger from outside.
class Twice {
   public:
    Twice(const Book& book, std::string_view kind)
        : book_(*book.playbook), alone_(book_), ledger_(false, {}, kind), text_(read_text(book.path)) {}

    void live(const Scenario& scenario) {
        for (const Event& event : scenario.events) {
            now_ = event.at ? *event.at : now_ + event.later;
            ledger_.clock.time = now_;
            if (&event == &scenario.events.front()) ledger_.activate(text_);
            one(event);
            for (const Happening& h : alone_.take_history()) expected_[h.who] += line_of(h.record, book_);
        }
        compare();
    }
    std::string state_hash() { return ledger_.state_hash(); }

   private:
    void one(const Event& event) {
        const auto refused = alone_.happen(event, now_);
        const std::string wanted = refused ? std::string(to_string(*refused)) : "";
        if (event.kind == EventKind::go_live) EXPECT_TRUE(ledger_.ledger->go_live().has_value());
        ledger_.fire();
        std::string got;
        for (const Properties& properties : event.facts) {
            const auto outcome = ledger_.take(incoming(event, properties));
            if (got.empty()) got = outcome.code;
            if (!got.empty()) break;
        }
        EXPECT_EQ(got, wanted) << "line " << event.line.number << ": " << event.line.text;
    }

    IncomingFact incoming(const Event& event, const Properties& properties) {
        IncomingFact fact;
        fact.type = event.type;
        fact.message_id = std::to_string(++messages_);
        (event.of_account ? fact.account : fact.user_id) = event.subject;
        if (!event.of_account) fact.account = event.account;
        fact.occurred_at = event.occurred_at.value_or(now_);
        fact.properties = properties;
        fact.actor = event.actor;
        fact.historical = event.historical;
        fact.trust = event.trust;
        return fact;
    }

    void compare() {
        const auto looking = ledger_.reads();
        for (const auto& [who, lines] : expected_) {
            const auto id = looking->find(who);
            ASSERT_TRUE(id && *id) << who;
            std::string found;
            const auto timeline = looking->timeline(**id);
            for (const auto& entry : timeline->entries)
                if (entry.history) found += line_of(*entry.history, book_);
            EXPECT_EQ(found, lines) << who;
            compare_states(who, looking->person(**id)->value().state, alone_.person(who)->state);
        }
        const auto rebuilt = ledger_.ledger->rebuild();
        ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().detail;
        for (const auto& difference : rebuilt->differences) ADD_FAILURE() << difference.where << difference.what;
        EXPECT_TRUE(ledger_.store->verify()->empty());
    }

    void compare_states(const std::string& who, const engine::PersonState& found, const engine::PersonState& wanted) {
        EXPECT_EQ(found.lead.stage, wanted.lead.stage) << who;
        EXPECT_EQ(found.lead.holder.name, wanted.lead.holder.name) << who;
        EXPECT_EQ(found.lead.cycle, wanted.lead.cycle) << who;
        EXPECT_EQ(time_text(found.next_at), time_text(wanted.next_at)) << who;
        for (std::uint16_t i = 0; i < book_.scores.size(); ++i)
            EXPECT_EQ(to_string(engine::score_at(book_, found, {i}, now_)),
                      to_string(engine::score_at(book_, wanted, {i}, now_)))
                << who << ": " << book_.scores[i].id;
    }

    const playbook::Compiled& book_;
    World alone_;
    app::World ledger_;
    const std::string text_;
    std::map<std::string, std::string> expected_;  ///< who → lines
    Instant now_{};
    int messages_ = 0;
};

class OnStores : public testing::TestWithParam<const char*> {};

TEST_P(OnStores, EveryScenarioHolds) {
    static std::map<std::string, std::string> hashes;  // of the store that came first
    int lived = 0;
    for (const Book& book : books())
        for (const auto& [file, scenario] : book.scenarios) {
            SCOPED_TRACE(file + ":" + std::to_string(scenario.line) + ": " + scenario.name);
            Twice twice(book, GetParam());
            twice.live(scenario);
            const std::string hash = twice.state_hash();
            EXPECT_EQ(hashes.try_emplace(scenario.name, hash).first->second, hash);
            ++lived;
        }
    EXPECT_GT(lived, 150);
}

INSTANTIATE_TEST_SUITE_P(Stores, OnStores, testing::ValuesIn(support::every_store()),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace baton::scenario
