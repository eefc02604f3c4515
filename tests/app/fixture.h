// A small company: one playbook, one clock, one store of each kind in turn, and facts in one line each.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/ledger.h"
#include "app/reads.h"
#include "forgetful.h"
#include "storage/open.h"
#include "support/postgres.h"
#include "support/temp_folder.h"

namespace baton::app {

class HandClock : public ports::Clock {
   public:
    Instant time = *parse_instant("2026-03-01T09:00:00Z");
    Instant now() override { return time; }
    Duration elapsed() override { return time - Instant{}; }
    void advance(Duration d) { time = time + d; }
};

inline const std::string first_playbook = R"(playbook: 1
id: loop
name: Loop
teams:
  - {id: marketing, name: Marketing, responsible: mara}
  - {id: sales, name: Sales, responsible: sam}
properties:
  - {id: employees, label: Employees, type: integer, filled_by: [form]}
  - {id: role, label: Role, type: string, filled_by: [form]}
  - {id: origin, label: Origin, type: string, filled_by: [form]}
  - {id: industry, label: Industry, type: string, of: account, filled_by: [form]}
facts:
  - {id: Page Viewed, label: viewed a page, properties: [{id: path, type: string}]}
  - {id: Demo Requested, label: asked for a demo}
  - {id: Deal Won, label: bought}
account_counts:
  - {id: deciders, label: decision makers known, when: 'person.role == "decision maker"'}
scores:
  - id: behaviour
    name: Behaviour
    kind: behaviour
    cap: 100
    floor: 0
    groups:
      - name: Web
        rules:
          - {name: Pages, on: Page Viewed, points: 20, decay: {window: 10d}}
classes:
  - id: heat
    name: Heat
    score: behaviour
    bands: [{label: hot, at_least: 60}, {label: cool}]
  - id: abc
    name: Lead class
    rules:
      - label: A
        all:
          - {name: Two deciders, when: 'account.deciders >= 2'}
      - {label: C}
reasons:
  rejection:
    - {id: wrong_fit, label: Does not fit, wake_after: 30d}
stages:
  - {id: prospect, name: Prospect, definition: known, kind: marketing, before_lead: true, owner: marketing, metric: a}
  - {id: lead, name: Lead, definition: interested, kind: marketing, owner: marketing, metric: b,
     enter: {any: [{name: Looked around, when: 'count("Page Viewed") >= 1'}]}}
  - id: qualified
    name: Qualified
    definition: agreed
    kind: marketing
    owner: marketing
    metric: c
    enter:
      all: [{name: Big enough, when: 'person.employees >= 200'}]
      any:
        - {name: Asked for a demo, when: 'count("Demo Requested", days(14)) > 0'}
        - {name: Hot, when: 'score.behaviour >= 60'}
  - {id: accepted, name: Accepted, definition: taken, kind: sales, owner: sales, metric: d}
  - {id: won, name: Customer, definition: bought, kind: closed, outcome: won, owner: sales, observed_by: [Deal Won], metric: e}
transitions:
  - {from: prospect, to: lead}
  - {from: lead, to: qualified}
  - {from: qualified, to: accepted, on: accept, by: sales}
  - {from: qualified, to: lead, on: reject, by: sales, reasons: rejection, hold: nurture, wake_after: 30d}
  - {from: accepted, to: won, on: Deal Won}
hand_offs:
  - {id: to_sales, name: Marketing to sales, at: qualified, from: marketing, to: sales, silence: {after: 2d, then: accepted}}
)";

/// Stage `lead` is gone; leads go to `interested`. Qualified needs less.
inline std::string second_playbook() {
    std::string text = first_playbook;
    const auto replace = [&](std::string_view from, std::string_view to) {
        for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    };
    replace("id: lead, name: Lead,", "id: interested, name: Interested,");
    replace("to: lead", "to: interested");
    replace("from: lead", "from: interested");
    replace("employees >= 200", "employees >= 50");
    return text;
}

inline IncomingFact fact(std::string type, std::string email, std::string id = {}, Properties properties = {}) {
    IncomingFact f;
    f.type = std::move(type);
    f.email = std::move(email);
    f.message_id = std::move(id);
    f.properties = std::move(properties);
    return f;
}

/// Each test of a suite runs once a kind of store; `World`s made in it stand on that kind.
class OnEveryStore : public testing::TestWithParam<const char*> {
   public:
    static inline std::string kind = "memory";  ///< of the test at hand

   protected:
    void SetUp() override { kind = GetParam(); }
};
#define ON_STORES(suite, stores)                                       \
    class suite : public OnEveryStore {};                              \
    INSTANTIATE_TEST_SUITE_P(Stores, suite, testing::ValuesIn(stores), \
                             [](const auto& each) { return std::string(each.param); })
#define ON_EVERY_STORE(suite) ON_STORES(suite, support::every_store())

struct World {
    HandClock clock;
    std::unique_ptr<support::TempFolder> folder;
    std::optional<support::PostgresSchema> schema;
    std::string shared_url;  ///< of the world whose store this one uses too
    std::unique_ptr<ports::Store> store;
    std::unique_ptr<Forgetful> front;  ///< what the ledger sees of the store
    std::unique_ptr<Ledger> ledger;
    Options options;

    explicit World(bool activated = true, Options wanted = {}, std::string_view kind = OnEveryStore::kind)
        : options(std::move(wanted)) {
        if (kind == "sqlite") folder = std::make_unique<support::TempFolder>(support::TempFolder::fast());
        using Way = support::PostgresSchema::Way;
        if (kind == "postgres" || kind == "pgbouncer") schema.emplace(kind == "pgbouncer" ? Way::pooled : Way::direct);
        open();
        if (activated) activate(first_playbook);
    }
    /// Another process on the store of `first`.
    World(const World& first, Options wanted) : options(std::move(wanted)) {
        clock.time = first.clock.time;
        shared_url = first.url();
        open();
    }
    std::string url() const {
        if (!shared_url.empty()) return shared_url;
        if (schema) return schema->url();
        return folder == nullptr ? "memory:" : folder->file("store.db");
    }
    /// As after an orderly end.
    void open() {
        options.patience = Duration::seconds(1);
        options.salt = 1;  // journals of worlds are compared
        ledger.reset();
        front.reset();
        if (url() != "memory:" || store == nullptr) {
            store.reset();
            storage::OpenOptions how;
            how.hash_key = HashKey{1, 2, 3};
            auto found = storage::open_store(url(), how);
            EXPECT_TRUE(found) << (found ? "" : found.error().detail);
            store = std::move(*found);
        }
        front = std::make_unique<Forgetful>(*store);
        auto opened = Ledger::open(*front, clock, options);
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
        ledger = std::move(*opened);
    }
    /// As after kill -9: what was not derived yet is lost.
    void crash() {
        front->crashed = true;
        open();
    }
    std::uint32_t keep(std::string_view text) {
        const auto version = ledger->store_playbook(text, "loop.yaml");
        EXPECT_TRUE(version) << (version ? "" : version.error().detail);
        return version.value_or(0);
    }
    Activated activate(std::string_view text, OpenLeads open_leads = OpenLeads::re_evaluate,
                       std::map<std::string, std::string> migrate = {}, std::optional<Instant> at = {}) {
        const auto done = ledger->activate({keep(text), at, open_leads, std::move(migrate), "olga"});
        EXPECT_TRUE(done) << (done ? "" : done.error().detail);
        return done.value_or(Activated{});
    }
    Receipt take(std::vector<IncomingFact> facts) {
        const auto receipt = ledger->intake(facts);
        EXPECT_TRUE(receipt) << (receipt ? "" : receipt.error().code + ": " + receipt.error().detail);
        return receipt.value_or(Receipt{});
    }
    Outcome take(IncomingFact f) {
        const auto receipt = take(std::vector{std::move(f)});
        return receipt.outcomes.empty() ? Outcome{} : receipt.outcomes.front();
    }
    std::unique_ptr<Reads> reads() {
        EXPECT_TRUE(ledger->flush());
        auto reads = ledger->reads();
        EXPECT_TRUE(reads);
        return std::move(*reads);
    }
    PersonView person(std::string_view key, std::optional<Instant> at = {}) {
        const auto looking = reads();
        const auto id = looking->find(key);
        EXPECT_TRUE(id && *id) << key;
        if (!id || !*id) return {};
        auto view = looking->person(**id, at);
        EXPECT_TRUE(view && *view) << key;
        return view && *view ? std::move(**view) : PersonView{};
    }
    std::size_t fire(Instant until = Instant::never()) {
        const auto fired = ledger->run_due(until);
        EXPECT_TRUE(fired) << (fired ? "" : fired.error().code + ": " + fired.error().detail);
        return fired.value_or(0);
    }
    std::string stage(std::string_view key, std::optional<Instant> at = {}) { return person(key, at).state.lead.stage; }
    std::string state_hash() { return to_hex(reads()->digest()->state_hash); }
    /// "2026-03-01T09:00:00Z stage_entered lead" … one line a record of history.
    std::string history(std::string_view key) {
        const auto looking = reads();
        const auto id = looking->find(key);
        if (!id || !*id) return {};
        const auto timeline = looking->timeline(**id);
        std::string text;
        for (const auto& entry : timeline->entries) {
            if (!entry.history) continue;
            const auto& h = *entry.history;
            text += to_string(h.at) + " " + std::string(engine::to_string(h.kind));
            for (const auto& part : {h.what, h.to, h.detail, h.reason})
                if (!part.empty()) text += " " + part;
            text += "\n";
        }
        return text;
    }
};

/// Who is known by the key; somebody must be.
inline SubjectId id_of(World& world, std::string_view key, Reads::Merged merged = Reads::Merged::itself) {
    const auto found = world.reads()->find_key(key, merged);
    EXPECT_TRUE(found && *found) << key;
    return found && *found ? (*found)->subject : SubjectId{};
}

}  // namespace baton::app
