// Identity keys, message ids, source names, playbooks and settings.
#include <map>
#include <random>

#include "storage/contract.h"

namespace baton {
namespace {

using ports::IdentityKey;
using ports::Position;
using support::JournalWriter;
using support::subject_in;

class Keys : public StoreContract {};

TEST_P(Keys, a_key_leads_to_its_subject) {
    JournalWriter writer(*store_);
    writer.identify(subject_in(1, 1), 'e', "anna@example.com");
    writer.identify(subject_in(1, 1), 'p', "+4930123");
    writer.identify(subject_in(2, 1), 'u', "anna@example.com");
    ASSERT_TRUE(writer.flush());
    reopen();
    EXPECT_EQ(store_->subject_of({'e', "anna@example.com"})->value(), subject_in(1, 1));
    EXPECT_EQ(store_->subject_of({'p', "+4930123"})->value(), subject_in(1, 1));
    EXPECT_EQ(store_->subject_of({'u', "anna@example.com"})->value(), subject_in(2, 1));
    EXPECT_FALSE(store_->subject_of({'e', "Anna@example.com"})->has_value());
    EXPECT_FALSE(store_->subject_of({'x', "anna@example.com"})->has_value());
    EXPECT_FALSE(store_->subject_of({'e', ""})->has_value());
}

TEST_P(Keys, keys_of_a_subject_are_ordered) {
    JournalWriter writer(*store_);
    writer.identify(subject_in(1, 1), 'u', "7");
    writer.identify(subject_in(1, 1), 'e', "b@example.com");
    writer.identify(subject_in(1, 1), 'e', "a@example.com");
    writer.identify(subject_in(1, 2), 'e', "c@example.com");
    ASSERT_TRUE(writer.flush());
    std::vector<IdentityKey> keys;
    const auto identities = store_->identities_of(subject_in(1, 1)).value();
    for (const ports::Identity& identity : identities) {
        EXPECT_EQ(identity.subject, subject_in(1, 1));
        keys.push_back(identity.key);
    }
    EXPECT_EQ(keys, (std::vector<IdentityKey>{{'e', "a@example.com"}, {'e', "b@example.com"}, {'u', "7"}}));
    EXPECT_TRUE(store_->identities_of(subject_in(9, 9))->empty());
}

TEST_P(Keys, the_same_key_for_the_same_subject_adds_nothing) {
    JournalWriter writer(*store_);
    for (int i = 0; i < 2; ++i) {
        writer.identify(subject_in(1, 1), 'e', "anna@example.com");
        writer.identify(subject_in(1, 1), 'e', "anna@example.com");
        ASSERT_TRUE(writer.flush());
    }
    EXPECT_EQ(store_->identities_of(subject_in(1, 1))->size(), 1U);
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Keys, messages_answer_in_the_order_asked) {
    JournalWriter writer(*store_);
    for (std::uint64_t hash : {~std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0}}) {
        writer.add(subject_in(1, 1), "x");
        writer.message(hash, -3, 9);
    }
    ASSERT_TRUE(writer.flush());
    reopen();
    const std::vector<ports::MessageKey> asked = {{-3, {1}, 9, 0}, {-3, {1}, 9, 5}, {-3, {1}, 9, ~std::uint64_t{0}},
                                                  {-3, {1}, 9, 1}, {-2, {1}, 9, 1}, {-3, {2}, 9, 1},
                                                  {-3, {1}, 8, 1}};
    EXPECT_EQ(store_->positions_of(asked).value(), (std::vector<Position>{3, 0, 1, 2, 0, 0, 0}));
    EXPECT_TRUE(store_->positions_of({})->empty());
}

TEST_P(Keys, sources_are_numbered_on_first_use_and_kept_with_the_next_append) {
    EXPECT_EQ(store_->source_number("web").value(), 0);
    EXPECT_EQ(store_->source_number("crm").value(), 1);
    EXPECT_EQ(store_->source_number("web").value(), 0);
    JournalWriter writer(*store_);
    writer.add(subject_in(1, 1), "x");
    ASSERT_TRUE(writer.flush());
    reopen();
    EXPECT_EQ(store_->sources().value(), (std::vector<std::string>{"web", "crm"}));
    EXPECT_EQ(store_->source_number("crm").value(), 1);
    EXPECT_EQ(store_->source_number("list").value(), 2);
}

TEST_P(Keys, the_hash_key_stays) {
    const HashKey key = store_->hash_key();
    EXPECT_NE(key, HashKey{});
    reopen();
    EXPECT_EQ(store_->hash_key(), key);
}

ports::StoredPlaybook playbook(const std::string& text) {
    ports::StoredPlaybook out;
    out.id = "loop";
    out.hash = blake2b(text);
    out.text = text;
    out.file = "loop.yaml";
    out.stored_at = {123};
    return out;
}

TEST_P(Keys, playbooks_are_numbered_and_the_same_text_is_the_same_version) {
    EXPECT_EQ(store_->store_playbook(playbook("one")).value(), 1U);
    EXPECT_EQ(store_->store_playbook(playbook("two")).value(), 2U);
    EXPECT_EQ(store_->store_playbook(playbook("one")).value(), 1U);
    reopen();
    const auto all = store_->playbooks().value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].version, 2U);
    EXPECT_EQ(all[1].id, "loop");
    EXPECT_EQ(all[1].text, "two");
    EXPECT_EQ(all[1].hash, blake2b("two"));
    EXPECT_EQ(all[1].file, "loop.yaml");
    EXPECT_EQ(all[1].stored_at, Instant{123});
}

TEST_P(Keys, settings_are_replaced) {
    EXPECT_FALSE(store_->setting("zone")->has_value());
    ASSERT_TRUE(store_->set_setting("zone", "Europe/Berlin"));
    ASSERT_TRUE(store_->set_setting("zone", std::string_view("a\0b", 3)));
    ASSERT_TRUE(store_->set_setting("empty", ""));
    reopen();
    EXPECT_EQ(store_->setting("zone")->value(), std::string("a\0b", 3));
    EXPECT_EQ(store_->setting("empty")->value(), "");
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Keys, secrets_come_with_a_record_are_replaced_and_go) {
    JournalWriter writer(*store_);
    const auto put = [&](std::vector<ports::Secret> secrets) {
        writer.add(subject_in(3, 1), "said");
        ports::Append batch = writer.take();
        batch.secrets = std::move(secrets);
        return store_->append(batch);
    };
    EXPECT_TRUE(store_->secrets()->empty());
    ASSERT_TRUE(put(
        {{'k', "bb", "anna", std::string("v\0w", 3), Instant::never()}, {'p', "anna", "anna", "hash", Instant{7}}}));
    ASSERT_TRUE(put({{'k', "aa", "bo", "second", Instant{9}}, {'p', "anna", "anna", "hash 2", Instant{8}}}));
    const auto key = store_->secret('k', "bb");
    ASSERT_TRUE(key && *key);
    EXPECT_EQ((*key)->value, std::string("v\0w", 3));
    EXPECT_EQ((*key)->owner, "anna");
    EXPECT_EQ((*key)->ends_at, Instant::never());
    EXPECT_FALSE(store_->secret('p', "bb")->has_value());
    EXPECT_EQ((*store_->secret('p', "anna"))->value, "hash 2");
    ASSERT_TRUE(put({{'k', "bb", "anna", "", Instant{}}}));
    EXPECT_FALSE(store_->secret('k', "bb")->has_value());
    reopen();
    std::string all;
    const auto kept = store_->secrets();
    for (const ports::Secret& row : *kept) all += std::string(1, row.kind) + row.id + " ";
    EXPECT_EQ(all, "kaa panna ");
    EXPECT_EQ(damages(*store_), "");
}

TEST_P(Keys, many_random_keys_agree_with_a_map) {
    std::mt19937_64 random(7);
    std::map<IdentityKey, SubjectId> model;
    JournalWriter writer(*store_);
    for (int batch = 0; batch < 20; ++batch) {
        for (int i = 0; i < 50; ++i) {
            const IdentityKey key{"uepx"[random() % 4], std::to_string(random() % 700)};
            const SubjectId subject =
                model.emplace(key, subject_in(static_cast<std::uint16_t>(random() % 64), 1 + random() % 9))
                    .first->second;
            writer.identify(subject, key.kind, key.key);
        }
        ASSERT_TRUE(writer.flush());
    }
    reopen();
    for (const auto& [key, subject] : model) EXPECT_EQ(store_->subject_of(key)->value(), subject);
    EXPECT_EQ(damages(*store_), "");
}

INSTANTIATE_TEST_SUITE_P(stores, Keys, testing::ValuesIn(support::every_way_to_a_store()));

}  // namespace
}  // namespace baton
