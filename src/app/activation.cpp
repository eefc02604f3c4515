// A playbook version takes effect: one record in every lane, before the first record at or after its time.
#include <algorithm>

#include "app/batch.h"

namespace baton::app {
namespace {

Error unknown_version(std::uint32_t version) {
    return {"unknown_version",
            "there is no playbook version " + std::to_string(version) + " that compiles: store it first"};
}

/// Every mapped stage must be there to be left and to be entered.
Status check_migrate(const std::map<std::string, std::string>& migrate, const playbook::Compiled* from,
                     const playbook::Compiled& to) {
    for (const auto& [gone, target] : migrate) {
        if (from != nullptr && !from->stage(gone))
            return fail("stage_unknown", "migrate: the version in force has no stage '" + gone + "'");
        if (to.stage(gone))
            return fail("stage_kept", "migrate: the new version still has the stage '" + gone + "': leads stay there");
        if (!to.stage(target)) return fail("stage_unknown", "migrate: the new version has no stage '" + target + "'");
    }
    return {};
}

}  // namespace

Result<std::int64_t> Ledger::Core::open_leads() const {
    std::int64_t open = 0;
    Error error;
    auto done = store.scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        const auto person = codec::decode_person(row.state);
        if (!person) error = person.error();
        if (person && person->state.lead.open) ++open;
        return person.has_value();
    });
    if (!done) return std::unexpected(done.error());
    if (!error.code.empty()) return std::unexpected(error);
    return open;
}

Result<Activated> Ledger::Core::activate(const Activation& wanted) {
    if (auto done = ready(); !done) return std::unexpected(done.error());
    if (store.shared() && playbooks->get(wanted.version) == nullptr)  // another process may have stored it
        if (auto done = playbooks->load(store); !done) return std::unexpected(done.error());
    const auto to = playbooks->get(wanted.version);
    if (to == nullptr) return std::unexpected(unknown_version(wanted.version));
    const Instant now = moment();
    if (auto done = enact_announced(now); !done) return std::unexpected(done.error());
    const auto from = playbooks->active();
    if (from != nullptr && from->version == wanted.version && lanes[0].announced.empty())
        return Activated{lanes[0].activations.back().at, wanted.version, 0, true};
    if (auto done = check_migrate(wanted.migrate, from.get(), *to); !done) return std::unexpected(done.error());
    if (auto done = write_derived(); !done) return std::unexpected(done.error());
    const auto open = open_leads();
    if (!open) return std::unexpected(open.error());

    codec::LaneActivation activation;
    activation.version = wanted.version;
    activation.at = std::max(wanted.at.value_or(now), now);
    activation.wait = wanted.open_leads == OpenLeads::wait;
    activation.migrate.assign(wanted.migrate.begin(), wanted.migrate.end());
    activation.spread_us = *open * 1'000'000 / std::max<std::int64_t>(1, options.reevaluate_per_second);
    const Activated answer{activation.at, wanted.version, *open, false};
    if (activation.at <= now) {
        if (auto done = enact(activation); !done) return std::unexpected(done.error());
        return answer;
    }
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    Batch batch(*this, now);
    codec::JournalRecord record;
    record.fact.kind = FactKind::activation;
    record.fact.type = type_name(FactKind::activation);
    record.fact.occurred_at = record.fact.engine_at = now;
    record.fact.actor = wanted.actor;
    record.fact.properties = properties_of(activation, true);
    record.source = *number;
    record.fact.trust = Trust::baton;
    record.home = {'s', ""};
    record.message_id = "announced:" + std::to_string(activation.version) + ":" + std::to_string(activation.at.us);
    auto done = batch.emit_lane(Lane{0}, record, std::nullopt);
    if (done) done = commit(batch);
    if (!done) {
        static_cast<void>(recover());
        return std::unexpected(done.error());
    }
    return answer;
}

Status Ledger::Core::enact_announced(Instant now) {
    while (!lanes[0].announced.empty()) {
        // A copy: taking effect strikes it off the list.
        const codec::LaneActivation next =
            *std::ranges::min_element(lanes[0].announced, {}, &codec::LaneActivation::at);
        if (next.at > now) return {};
        if (auto done = enact(next); !done) return done;
    }
    return {};
}

Status Ledger::Core::enact(const codec::LaneActivation& activation) {
    const auto number = source("baton");
    if (!number) return std::unexpected(number.error());
    Batch batch(*this, recorded);
    codec::JournalRecord record;
    record.fact.kind = FactKind::activation;
    record.fact.type = type_name(FactKind::activation);
    record.fact.occurred_at = record.fact.engine_at = activation.at;
    record.fact.properties = properties_of(activation, false);
    record.source = *number;
    record.fact.trust = Trust::baton;
    record.home = {'s', ""};
    record.message_id = "activation:" + std::to_string(activation.version) + ":" + std::to_string(activation.at.us);
    Status done;
    for (std::uint16_t lane = 0; lane < lane_count && done; ++lane)
        done = batch.emit_lane(Lane{lane}, record, std::nullopt);
    if (done) done = journal(batch);
    if (!done) {
        static_cast<void>(recover());
        return done;
    }
    playbooks->set_active(activation.version);
    return spread();
}

/// Gives every person the due moment at which the newest activation shall reach them. Done again after a crash in between:
/// the setting is written last.
Status Ledger::Core::spread() {
    const auto reached = store.setting("spread");
    if (!reached) return std::unexpected(reached.error());
    const std::string all = std::to_string(lanes[0].activations.size());
    if (reached->value_or("0") == all) return {};
    if (auto done = write_derived(); !done) return done;
    std::vector<SubjectId> moved;
    Error error;
    const auto scanned = store.scan_states([&](const ports::StateRow& row) {
        if (codec::kind_of_row(row.state) != codec::RowKind::person) return true;
        const auto person = codec::decode_person(row.state);
        if (!person) error = person.error();
        if (person && next_moment(row.subject, *person, activations(lane_of(row.subject))) != row.next_at)
            moved.push_back(row.subject);
        return person.has_value();
    });
    if (!scanned) return scanned;
    if (!error.code.empty()) return std::unexpected(error);
    constexpr std::size_t at_once = 10'000;
    for (std::size_t from = 0; from < moved.size(); from += at_once) {
        const auto some = std::span(moved).subspan(from, std::min(at_once, moved.size() - from));
        if (auto done = subjects.fetch(some, store); !done) return done;
        for (const SubjectId id : some)
            if (Subject* subject = subjects.find(id)) mark(*subject);
        if (auto done = write_derived(); !done) return done;
        subjects.shrink();
    }
    return store.set_setting("spread", all);
}

}  // namespace baton::app
