// A store before the store: what a full disk, an unknown commit or a crash look like from above.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ports/store.h"

namespace baton::app {

/// Says no when it is told to: an append that fails, derived rows that are not written any more.
class Forgetful : public ports::Store {
   public:
    explicit Forgetful(ports::Store& disk) : disk_(disk) {}
    bool crashed = false;   ///< nothing more is derived, as when the process is gone
    int appends_left = -1;  ///< the next append after so many fails; -1 = never
    std::string failure = "disk_full";
    bool away = false;      ///< no turn comes
    bool happened = false;  ///< commit_unknown: it was written all the same

    Status append(const ports::Append& batch) override {
        const bool at_commit = shared() && failure == "commit_unknown";
        if (appends_left == 0 && !at_commit) {
            if (happened) static_cast<void>(disk_.append(batch));
            return fail(failure, "planted");
        }
        if (appends_left > 0) --appends_left;
        return disk_.append(batch);
    }
    bool shared() const override { return disk_.shared(); }
    Result<ports::Turn> begin_turn(ports::Position known) override {
        if (away) return fail("unavailable", "planted");
        return disk_.begin_turn(known);
    }
    Status keep_turn() override { return disk_.keep_turn(); }
    Status end_turn() override {
        if (appends_left != 0 || failure != "commit_unknown") return disk_.end_turn();
        appends_left = -1;
        if (happened) static_cast<void>(disk_.end_turn());
        if (!happened) disk_.drop_turn();
        return fail(failure, "planted");
    }
    void drop_turn() override { disk_.drop_turn(); }
    Status write_derived(const ports::Derived& batch) override {
        if (crashed) return fail("io", "crashed");
        return disk_.write_derived(batch);
    }
    ports::Position position_of_next(Lane l, Seq s, std::size_t i) const override {
        return disk_.position_of_next(l, s, i);
    }
    Status clear_derived() override { return disk_.clear_derived(); }
    Status rebuild_search() override { return disk_.rebuild_search(); }
    Status purge() override { return disk_.purge(); }
    Status keep_apart(std::string_view line) override { return disk_.keep_apart(line); }
    Result<std::uint16_t> source_number(std::string_view n) override { return disk_.source_number(n); }
    Result<std::uint32_t> store_playbook(const ports::StoredPlaybook& p) override { return disk_.store_playbook(p); }
    Status set_setting(std::string_view n, std::string_view v) override { return disk_.set_setting(n, v); }
    HashKey hash_key() const override { return disk_.hash_key(); }
    Result<std::unique_ptr<ports::Reader>> reader() const override { return disk_.reader(); }
    Result<std::vector<ports::Damage>> verify() const override { return disk_.verify(); }
    Status backup(const std::string& to) const override { return disk_.backup(to); }
    Result<std::vector<ports::LaneHead>> heads() const override { return disk_.heads(); }
    Status scan(ports::Position p, const std::function<bool(const ports::Record&)>& e) const override {
        return disk_.scan(p, e);
    }
    Result<std::vector<ports::Record>> records_of(SubjectId s, ports::Position l) const override {
        return disk_.records_of(s, l);
    }
    Result<std::optional<ports::Record>> record(Lane l, ports::Position p) const override { return disk_.record(l, p); }
    Result<std::vector<std::optional<SubjectId>>> subjects_of(std::span<const ports::IdentityKey> k) const override {
        return disk_.subjects_of(k);
    }
    Result<std::vector<ports::Identity>> identities_of(SubjectId s) const override { return disk_.identities_of(s); }
    Result<std::vector<ports::Position>> positions_of(std::span<const ports::MessageKey> k) const override {
        return disk_.positions_of(k);
    }
    Result<std::vector<std::string>> sources() const override { return disk_.sources(); }
    Result<std::optional<ports::StateRow>> state_of(SubjectId s) const override { return disk_.state_of(s); }
    Result<std::vector<ports::StateRow>> states_of(std::span<const SubjectId> s) const override {
        return disk_.states_of(s);
    }
    Status scan_states(const std::function<bool(const ports::StateRow&)>& e) const override {
        return disk_.scan_states(e);
    }
    Result<std::vector<ports::LeadRow>> leads(const ports::LeadQuery& q) const override { return disk_.leads(q); }
    Result<std::optional<ports::LeadRow>> lead(SubjectId p) const override { return disk_.lead(p); }
    Result<std::vector<ports::AccountRow>> accounts(const ports::AccountQuery& q) const override {
        return disk_.accounts(q);
    }
    Result<std::vector<ports::LeadRow>> people_of(const std::string& account, std::size_t limit) const override {
        return disk_.people_of(account, limit);
    }
    Status scan_history(const std::function<bool(const ports::HistoryRow&)>& e) const override {
        return disk_.scan_history(e);
    }
    Result<std::vector<ports::HistoryRow>> history_of(SubjectId s, std::span<const ports::Position> p) const override {
        return disk_.history_of(s, p);
    }
    Result<std::vector<ports::HistoryRow>> latest_history(std::size_t l,
                                                          std::span<const std::uint8_t> k) const override {
        return disk_.latest_history(l, k);
    }
    Result<std::vector<std::pair<std::string, std::int64_t>>> counters() const override { return disk_.counters(); }
    Result<std::vector<std::pair<Instant, SubjectId>>> due(Instant u, std::size_t l) const override {
        return disk_.due(u, l);
    }
    Result<std::optional<Instant>> next_due() const override { return disk_.next_due(); }
    Result<ports::Position> derived_up_to() const override { return disk_.derived_up_to(); }
    Result<ports::Position> last_position() const override { return disk_.last_position(); }
    Result<std::vector<ports::StoredPlaybook>> playbooks() const override { return disk_.playbooks(); }
    Result<std::optional<std::string>> setting(std::string_view n) const override { return disk_.setting(n); }
    Result<std::optional<ports::Secret>> secret(char k, std::string_view i) const override {
        return disk_.secret(k, i);
    }
    Result<std::vector<ports::Secret>> secrets() const override { return disk_.secrets(); }

   private:
    ports::Store& disk_;
};

}  // namespace baton::app
