#include "app/copy.h"

#include <algorithm>
#include <array>
#include <set>

#include "app/ledger.h"
#include "app/messages.h"
#include "ports/record_digest.h"

namespace baton::app {
namespace {

constexpr std::string_view half_a_copy = "half_a_copy";  ///< the setting: "" or absent when whole

Status not_a_copy(const std::string& what) {
    return fail("not_a_copy", what + ": copy to a new store, or to one that an earlier copy of this store left");
}

/// The heads as they stand after the records seen so far.
class Heads {
   public:
    Heads() {
        for (std::uint16_t i = 0; i < lane_count; ++i) all_[i].lane = Lane{i};
    }
    void follow(const ports::Record& record) {
        ports::LaneHead& head = all_[record.lane.value];
        head.seq = record.seq;
        head.digest = ports::next_digest(head.digest, record);
        head.subjects = std::max(head.subjects, record.subject.value / lane_count);
        moved_.insert(record.lane);
    }
    Digest digest() const { return ports::digest_of_heads(all_); }
    /// Those that moved since the last call.
    std::vector<ports::LaneHead> moved() {
        std::vector<ports::LaneHead> heads;
        for (const Lane lane : moved_) heads.push_back(all_[lane.value]);
        moved_.clear();
        return heads;
    }

   private:
    std::array<ports::LaneHead, lane_count> all_{};
    std::set<Lane> moved_;
};

class Copy {
   public:
    Copy(ports::Store& from, ports::Store& to) : from_(from), to_(to) {}

    Status run(Copied& copied, const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
        if (from_.hash_key() != to_.hash_key()) return not_a_copy("the other store has a hash key of its own");
        // The end first: whatever its records need is there by then. Nothing is written to a store that is no copy.
        const auto last = from_.last_position();
        if (!last) return std::unexpected(last.error());
        last_ = *last;
        for (const auto step :
             {&Copy::find_place, &Copy::compare_playbooks, &Copy::mark, &Copy::copy_playbooks, &Copy::copy_sources})
            if (Status done = (this->*step)(); !done) return done;
        copied.already = static_cast<std::uint64_t>(place_);
        while (place_ < last_) {
            if (Status done = read(); !done) return done;
            if (Status done = to_.append(batch_); !done) return done;
            copied.records += batch_.records.size();
            if (progress) progress(static_cast<std::uint64_t>(place_), static_cast<std::uint64_t>(last_));
        }
        const auto history = from_.setting("history");
        if (!history) return std::unexpected(history.error());
        if (*history)
            if (Status done = to_.set_setting("history", **history); !done) return done;
        const auto written = to_.heads();
        if (!written) return std::unexpected(written.error());
        if (ports::digest_of_heads(*written) != heads_.digest())
            return fail("copy_differs", "the journal written is not the one that was read: copy to a new store");
        return to_.set_setting(half_a_copy, "");
    }

   private:
    static constexpr std::size_t at_once = 4'096;

    Status mark() { return to_.set_setting(half_a_copy, "yes"); }

    Status compare_playbooks() {
        const auto ours = from_.playbooks();
        if (!ours) return std::unexpected(ours.error());
        const auto theirs = to_.playbooks();
        if (!theirs) return std::unexpected(theirs.error());
        const auto same = [](const ports::StoredPlaybook& a, const ports::StoredPlaybook& b) {
            return a.hash == b.hash;
        };
        const auto [their, our] = std::ranges::mismatch(*theirs, *ours, same);
        return their == theirs->end() ? Status{} : not_a_copy("the other store has playbooks of its own");
    }

    Status copy_playbooks() {
        const auto ours = from_.playbooks();
        if (!ours) return std::unexpected(ours.error());
        for (const ports::StoredPlaybook& playbook : *ours) {
            const auto version = to_.store_playbook(playbook);
            if (!version) return std::unexpected(version.error());
            if (*version != playbook.version) return not_a_copy("the other store has playbooks of its own");
        }
        return {};
    }

    Status copy_sources() {
        auto names = from_.sources();
        if (!names) return std::unexpected(names.error());
        sources_ = std::move(*names);
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            const auto number = to_.source_number(sources_[i]);
            if (!number) return std::unexpected(number.error());
            if (*number != i) return not_a_copy("the other store has sources of its own");
        }
        return {};
    }

    /// What the other store holds must be the beginning of this one's journal.
    Status find_place() {
        const auto there = to_.last_position();
        if (!there) return std::unexpected(there.error());
        if (*there != ports::no_position) {
            Status scanned = from_.scan(ports::no_position, [&](const ports::Record& record) {
                if (record.position > *there) return false;
                heads_.follow(record);
                place_ = record.position;
                return true;
            });
            if (!scanned) return scanned;
        }
        const auto theirs = to_.heads();
        if (!theirs) return std::unexpected(theirs.error());
        static_cast<void>(heads_.moved());
        if (place_ == *there && heads_.digest() == ports::digest_of_heads(*theirs)) return {};
        return not_a_copy("the other store's journal is not the beginning of this one's");
    }

    /// The next batch.
    Status read() {
        batch_ = {};
        Status trouble;
        Status scanned = from_.scan(place_, [&](const ports::Record& record) {
            if (record.position > last_) return false;
            trouble = take(record);
            return trouble.has_value() && batch_.records.size() < at_once;
        });
        if (!trouble) return trouble;
        if (!scanned) return scanned;
        batch_.heads = heads_.moved();
        if (!batch_.records.empty() && batch_.records.size() < at_once) {  // the last: what goes with the whole journal
            auto secrets = from_.secrets();
            if (!secrets) return std::unexpected(secrets.error());
            batch_.secrets = std::move(*secrets);
        }
        return place_messages();
    }

    Status take(const ports::Record& record) {
        Status decoded = codec::decode_journal(record.payload, {record.lane, record.seq}, record.recorded_at, decoded_);
        if (!decoded) return decoded;
        if (record.position != to_.position_of_next(record.lane, record.seq, batch_.records.size()))
            return not_a_copy("the other store counts positions otherwise");
        for (const codec::Key& key : decoded_.linked)
            batch_.identities.push_back({{key.kind, key.key}, record.subject});
        if (const auto key = journaled_key(siphash, from_.hash_key(), sources_, decoded_, record.lane))
            batch_.messages.push_back({*key, record.position});
        heads_.follow(record);
        place_ = record.position;
        batch_.records.push_back(record);
        return {};
    }

    /// A message whose place is taken has the next free one, as when it came in: in the same order, so the same one.
    Status place_messages() {
        std::vector<ports::MessageKey> keys;
        for (const ports::Message& message : batch_.messages) keys.push_back(message.key);
        const auto taken = to_.positions_of(keys);
        if (!taken) return std::unexpected(taken.error());
        std::set<ports::MessageKey> given;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            ports::MessageKey& key = batch_.messages[i].key;
            bool free = (*taken)[i] == ports::no_position;
            while (!free || given.contains(key)) {
                ++key.hash;
                const auto next = to_.positions_of(std::span(&key, 1));
                if (!next) return std::unexpected(next.error());
                free = next->front() == ports::no_position;
            }
            given.insert(key);
        }
        return {};
    }

    ports::Store& from_;
    ports::Store& to_;
    std::vector<std::string> sources_;
    Heads heads_;
    ports::Position place_ = ports::no_position;  ///< copied up to and including
    ports::Position last_ = ports::no_position;   ///< copied up to, in the end
    ports::Append batch_;
    codec::JournalRecord decoded_;
};

/// Folds what is not folded yet, and hashes all of it.
Result<Digests> digests_of(ports::Store& store, ports::Clock& clock) {
    auto ledger = Ledger::open(store, clock);
    if (!ledger) return std::unexpected(ledger.error());
    if (Status done = (*ledger)->flush(); !done) return std::unexpected(done.error());
    Result<Digests> digests = [&]() -> Result<Digests> {
        const auto reads = (*ledger)->reads();
        if (!reads) return std::unexpected(reads.error());
        return (*reads)->digest();
    }();
    if (Status done = (*ledger)->close(); !done) return std::unexpected(done.error());
    return digests;
}

}  // namespace

Status expect_whole(const ports::Reader& store) {
    const auto half = store.setting(half_a_copy);
    if (!half) return std::unexpected(half.error());
    if (!*half || (*half)->empty()) return {};
    return fail("half_a_copy",
                "the store is half of a copy: run the copy, backup or restore again to its end, or remove it");
}

Result<Copied> copy_as_of_now(ports::Store& from, ports::Store& to, ports::Clock& clock,
                              const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    if (Status whole = expect_whole(from); !whole) return std::unexpected(whole.error());
    const auto records = to.last_position();
    if (!records) return std::unexpected(records.error());
    const Status whole = expect_whole(to);
    if (!whole && whole.error().code != "half_a_copy") return std::unexpected(whole.error());
    if (whole && *records != ports::no_position)
        return fail("exists", "there is a store already, and it is not overwritten; choose another place");
    Copied copied;
    if (Status done = Copy(from, to).run(copied, progress); !done) return std::unexpected(done.error());
    auto digests = digests_of(to, clock);
    if (!digests) return std::unexpected(digests.error());
    copied.digests = *digests;
    return copied;
}

Result<Copied> copy(ports::Store& from, ports::Store& to, ports::Clock& clock,
                    const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    Copied copied;
    if (Status done = Copy(from, to).run(copied, progress); !done) return std::unexpected(done.error());
    const auto ours = digests_of(from, clock);
    if (!ours) return std::unexpected(ours.error());
    const auto theirs = digests_of(to, clock);
    if (!theirs) return std::unexpected(theirs.error());
    if (ours->journal_head != theirs->journal_head || ours->state_hash != theirs->state_hash)
        return std::unexpected(fail("copy_differs", "the copy is not what was copied (journal " +
                                                        to_hex(ours->journal_head) + " and " +
                                                        to_hex(theirs->journal_head) +
                                                        "): run `baton verify` on both, then copy to a new store")
                                   .error());
    copied.digests = *theirs;
    return copied;
}

}  // namespace baton::app
