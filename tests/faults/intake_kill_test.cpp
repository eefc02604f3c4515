// kill -9 through the whole application: one long intake, ended again and again wherever it stood, sent again from the last
// acknowledgement. What was acknowledged is in the journal once, and in the end the store is, byte for byte, that of an
// intake nobody disturbed.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <random>

#include "app/reads.h"
#include "codec/journal.h"
#include "ports/record_digest.h"
#include "storage/open.h"
#include "support/dump.h"
#include "support/faults.h"
#include "support/intake_stream.h"
#include "support/measured.h"
#include "support/postgres.h"
#include "support/temp_folder.h"

namespace baton {
namespace {

using faults::Child;
using support::IntakeStream;
using support::StreamTaker;

constexpr std::size_t seed = 2024;

/// The side that sends: what it was told, and what it therefore expects of the journal.
class Client {
   public:
    explicit Client(const IntakeStream& stream)
        : stream_(stream), told_(stream.facts(), nothing), there_(stream.facts(), 0) {}

    std::size_t next() const { return next_; }  ///< first batch without an acknowledgement
    bool finished() const { return next_ == stream_.batches(); }
    std::size_t told_in() const { return static_cast<std::size_t>(std::ranges::count(told_, in)); }
    void sends_until(std::size_t batch) { sent_ = std::max(sent_, stream_.first(batch)); }

    void hear(const std::string& line) {
        const std::size_t blank = line.find(' ');
        const std::size_t batch = std::stoull(line.substr(0, blank));
        const auto facts = stream_.batch(batch);
        ASSERT_EQ(line.size() - blank - 1, facts.size());
        ASSERT_LE(batch, next_) << "answered before its turn";
        next_ = std::max(next_, batch + 1);
        for (std::size_t i = 0; i < facts.size(); ++i) {
            char& told = told_[IntakeStream::number_in(facts[i].message_id)];
            const bool refused = line[blank + 1 + i] == 'r';
            ASSERT_TRUE(!refused || is_decision(kind_of(facts[i].type))) << facts[i].type;
            ASSERT_TRUE(told == nothing || (told == out) == refused)
                << "told otherwise before: " << i << " of " << line;
            told = refused ? out : in;
        }
    }

    /// Follows the journal from where the last look ended: chains, numbers, and each message against what was told.
    void look_at(const ports::Store& store) {
        codec::JournalRecord decoded;
        const Status scanned = store.scan(position_, [&](const ports::Record& record) {
            follow(record);
            const auto sound =
                codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, decoded);
            EXPECT_TRUE(sound.has_value());
            if (sound && decoded.fact.trust != Trust::baton) ++there_[IntakeStream::number_in(decoded.message_id)];
            return !testing::Test::HasFailure();
        });
        ASSERT_TRUE(scanned.has_value()) << scanned.error().detail;
        const auto heads = store.heads();
        ASSERT_TRUE(heads.has_value());
        for (const auto& head : *heads) {
            EXPECT_EQ(head.seq, heads_[head.lane.value].seq);
            EXPECT_EQ(head.digest, heads_[head.lane.value].digest);
        }
        for (std::size_t id = 0; id < there_.size(); ++id) {
            if (told_[id] == in) EXPECT_EQ(there_[id], 1) << "message " << id << " was acknowledged";
            if (told_[id] == out) EXPECT_EQ(there_[id], 0) << "message " << id << " was refused";
            if (told_[id] == nothing) EXPECT_LE(there_[id], id < sent_ ? 1 : 0) << "message " << id;
        }
    }

   private:
    static constexpr char nothing = 0, in = 1, out = 2;

    void follow(const ports::Record& record) {
        EXPECT_EQ(record.position, position_ + 1);
        position_ = record.position;
        ports::LaneHead& head = heads_[record.lane.value];
        EXPECT_EQ(record.seq.value, head.seq.value + 1);
        head.seq = record.seq;
        head.digest = ports::next_digest(head.digest, record);
    }

    const IntakeStream& stream_;
    std::size_t next_ = 0, sent_ = 0;
    std::vector<char> told_, there_;
    std::array<ports::LaneHead, lane_count> heads_{};
    ports::Position position_ = ports::no_position;
};

std::vector<std::string> writer(const IntakeStream& stream, const std::string& path, std::size_t from, std::size_t to,
                                bool threads) {
    std::vector<std::string> command = {BATON_INTAKE_WRITER, path};
    for (const std::size_t number : {seed, stream.facts(), stream.largest(), from, to})
        command.push_back(std::to_string(number));
    command.emplace_back(threads ? "threads" : "direct");
    return command;
}

struct Digested {
    std::string heads, states, derived;
};

/// Brings the derived rows up to the journal and checks that a fold of all of it makes the same rows, to the byte.
Digested fold_anew(ports::Store& store, const IntakeStream& stream) {
    StreamTaker taker(store, stream, {});
    EXPECT_TRUE(taker.ready().has_value());
    EXPECT_TRUE(taker.ledger().flush().has_value());
    Digested out;
    out.derived = support::dump_derived(store);
    const auto rebuilt = taker.ledger().rebuild();
    EXPECT_TRUE(rebuilt.has_value());
    if (rebuilt)
        for (const auto& difference : rebuilt->differences) ADD_FAILURE() << difference.where << " " << difference.what;
    EXPECT_TRUE(out.derived == support::dump_derived(store)) << "a fold of the journal makes other rows";
    const auto reads = taker.ledger().reads();
    const auto digests = (*reads)->digest();
    EXPECT_TRUE(digests.has_value());
    if (digests) out.heads = to_hex(digests->journal_head), out.states = to_hex(digests->state_hash);
    return out;
}

void expect_sound(const ports::Store& store) {
    const auto damages = store.verify();
    ASSERT_TRUE(damages.has_value()) << damages.error().detail;
    for (const auto& damage : *damages) ADD_FAILURE() << damage.where << ": " << damage.what;
}

/// Everything there is to say about a store; folds a copy anew and leaves the store as it is.
void look_closely(const std::string& path, const IntakeStream& stream) {
    const support::TempFolder folder;
    const std::string copy = folder.file("copy.db");
    {
        const auto store = storage::open_store(path);
        ASSERT_TRUE(store.has_value()) << store.error().detail;
        expect_sound(**store);
        ASSERT_TRUE((*store)->backup(copy).has_value());
    }
    const auto store = storage::open_store(copy);
    ASSERT_TRUE(store.has_value()) << store.error().detail;
    fold_anew(**store, stream);
    expect_sound(**store);
}

void look_over(const std::string& path, Client& client, storage::OpenOptions::Mode mode) {
    storage::OpenOptions how;
    how.mode = mode;
    const auto store = storage::open_store(path, how);
    const bool half_made = !store && (store.error().code == "not_found" || store.error().code == "older_schema");
    if (half_made && client.told_in() == 0) return;  // killed while it was made
    ASSERT_TRUE(store.has_value()) << store.error().detail;
    client.look_at(**store);
}

/// Sends the rest undisturbed; then the store must be the one of an undisturbed intake into memory.
void finish(const std::string& path, const IntakeStream& stream, Client& client) {
    Child last = Child::run(writer(stream, path, client.next(), stream.batches(), false));
    client.sends_until(stream.batches());
    while (const auto line = last.line()) client.hear(*line);
    int status = 0;
    last.finish(status);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    ASSERT_TRUE(client.finished());
    look_over(path, client, storage::OpenOptions::Mode::existing);

    const auto undisturbed = storage::open_store("memory:");
    {
        StreamTaker taker(**undisturbed, stream, {});
        for (std::size_t batch = 0; batch < stream.batches(); ++batch)
            ASSERT_TRUE(taker.take(batch).has_value()) << batch;
    }
    const auto store = storage::open_store(path);
    ASSERT_TRUE(store.has_value());
    expect_sound(**store);
    const Digested a = fold_anew(**store, stream), b = fold_anew(**undisturbed, stream);
    EXPECT_EQ(a.heads, b.heads);
    EXPECT_EQ(a.states, b.states);
    EXPECT_TRUE(a.derived == b.derived);
    // The stream is worth something: leads went all the way, and back.
    if (stream.facts() < 10'000) return;
    for (const char* reached :
         {"entered\twon", "entered\tdisqualified", "move\topportunity\tlead", "move\tqualified\tlead"})
        EXPECT_NE(a.derived.find(std::string("counter ") + reached), std::string::npos) << reached;
}

/// Hears so many answers, lets the writer go on for a while, kills it, and hears what it had still said.
void kill_after(Child& child, Client& client, std::uint64_t lines, std::uint64_t turns) {
    for (; lines > 0; --lines)
        if (const auto line = child.line()) client.hear(*line);
    volatile std::uint64_t spin = turns;
    while (spin > 0) spin = spin - 1;
    child.kill();
    while (const auto line = child.line()) client.hear(*line);
    int status = 0;
    child.finish(status);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
}

/// Takes the stream in over as many kills; `acknowledged` grows by the facts that were by the last one.
void kill_during(const IntakeStream& stream, std::size_t kills, std::mt19937_64& random, std::uint64_t& acknowledged) {
    const support::TempFolder folder;
    const std::string path = folder.file("store.db");
    Client client(stream);
    for (std::size_t done = 0; done < kills && !testing::Test::HasFailure(); ++done) {
        const std::size_t share = (stream.batches() - client.next()) / (kills - done);
        const std::size_t to = client.next() + 1 + random() % (2 * share + 1);
        const std::size_t until = std::min(to, stream.batches() - 1);
        Child child = Child::run(writer(stream, path, client.next(), until, random() % 2 == 0));
        client.sends_until(until);
        // A fifth dies before its first answer: while opening, folding the tail, firing what is due.
        const auto lines = random() % 5 == 0 ? 0 : random() % (until - client.next() + 2);
        kill_after(child, client, lines, random() % 20'000'000);
        if (testing::Test::HasFatalFailure()) return;
        // Mostly the next writer finds the store just as the kill left it.
        if (random() % 3 != 0) look_over(path, client, storage::OpenOptions::Mode::inspect);
        if (random() % 5 == 0) look_over(path, client, storage::OpenOptions::Mode::existing);
        if (done % 25 == 24) look_closely(path, stream);
        EXPECT_FALSE(testing::Test::HasFailure()) << "kill " << done;
    }
    if (testing::Test::HasFailure()) return;
    acknowledged += client.told_in();
    finish(path, stream, client);
}

/// A longer run takes more streams in, each as long.
TEST(IntakeKill, at_random_a_hundred_thousand_facts) {
    constexpr std::int64_t kills_a_stream = 200;
    const std::int64_t kills = faults::scaled(kills_a_stream);
    const auto facts = static_cast<std::size_t>(std::min<std::int64_t>(faults::scaled(100'000), 100'000));
    std::mt19937_64 random(7);
    std::uint64_t acknowledged = 0;
    for (std::int64_t done = 0; done < kills && !HasFailure(); done += kills_a_stream) {
        const IntakeStream stream(seed + static_cast<std::size_t>(done), facts);
        kill_during(stream, static_cast<std::size_t>(std::min(kills_a_stream, kills - done)), random, acknowledged);
    }
    faults::measured("kills_of_the_application_at_random", static_cast<std::uint64_t>(kills));
    faults::measured("facts_acknowledged", acknowledged);
}

/// A connection and its transaction end with the process; the next one waits for neither.
TEST(IntakeKill, at_random_on_postgres) {
    if (support::postgres_server().empty()) GTEST_SKIP() << support::no_postgres;
    const IntakeStream stream(seed, static_cast<std::size_t>(faults::scaled(4'000)), 40);
    const auto kills = static_cast<std::size_t>(faults::scaled(25));
    const support::PostgresSchema schema;
    const std::string url = schema.url();
    Client client(stream);
    std::mt19937_64 random(11);
    for (std::size_t done = 0; done < kills && !HasFailure(); ++done) {
        const std::size_t share = (stream.batches() - client.next()) / (kills - done);
        const std::size_t until = std::min(client.next() + 1 + random() % (2 * share + 1), stream.batches() - 1);
        Child child = Child::run(writer(stream, url, client.next(), until, random() % 2 == 0));
        client.sends_until(until);
        const auto lines = random() % (until - client.next() + 2);
        kill_after(child, client, lines, random() % 5'000'000);
        if (HasFatalFailure()) return;
        if (random() % 3 != 0) look_over(url, client, storage::OpenOptions::Mode::inspect);
        EXPECT_FALSE(HasFailure()) << "kill " << done;
    }
    if (HasFailure()) return;
    std::printf("%zu kills, %zu of %zu facts acknowledged by then\n", kills, client.told_in(), stream.facts());
    finish(url, stream, client);
}

TEST(IntakeKill, at_the_nth_system_call) {
    const IntakeStream stream(seed, static_cast<std::size_t>(faults::scaled(10'000)), 12);
    const std::int64_t most = faults::scaled(500);
    const support::TempFolder folder;
    const std::string path = folder.file("store.db");
    Client client(stream);
    for (std::int64_t nth = 1; nth <= most && !HasFailure(); ++nth) {
        const std::size_t until = stream.batches() - 1;
        Child child = Child::run_until_call(writer(stream, path, client.next(), until, nth % 2 == 0), nth,
                                            Child::Calls::changing);
        client.sends_until(until);
        while (const auto line = child.line()) client.hear(*line);
        int status = 0;
        child.finish(status);
        ASSERT_TRUE(faults::was_killed(status)) << "call " << nth << " status " << status;
        if (nth % 3 != 0) look_over(path, client, storage::OpenOptions::Mode::inspect);
        if (nth % 100 == 0) look_closely(path, stream);
        EXPECT_FALSE(HasFailure()) << "killed at call " << nth;
    }
    if (HasFailure()) return;
    faults::measured("kills_of_the_application_at_a_call", static_cast<std::uint64_t>(most));
    faults::measured("facts_acknowledged", client.told_in());
    finish(path, stream, client);
}

}  // namespace
}  // namespace baton
