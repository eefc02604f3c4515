// A batch of facts: who they are about, which are known already, which decisions the moment refuses; then one transaction.
#include <algorithm>

#include "app/batch.h"
#include "codec/canonical.h"

namespace baton::app {
namespace {

Outcome refused(std::string code, std::string detail) {
    Outcome outcome;
    outcome.code = std::move(code);
    outcome.detail = std::move(detail);
    return outcome;
}

std::string said(const Fact& fact, std::string_view property) {
    const Value* value = fact.kind == FactKind::profile ? find(fact.properties, property) : nullptr;
    const auto* text = value == nullptr ? nullptr : value->as<std::string>();
    return text == nullptr ? std::string() : *text;
}

/// What the fact says that registers may hold.
Batch::ScrubOf scrub_of(const Draft& draft) {
    const Fact& fact = draft.record.fact;
    std::string name = said(fact, "name");
    if (name.empty()) name = said(fact, "first_name") + " " + said(fact, "last_name");
    return {fact.engine_at,        fact.historical,        draft.keys, fact.account,
            said(fact, "company"), contact::trimmed(name), fact.trust};
}

bool is_about_no_person(FactKind kind) { return kind == FactKind::user || kind == FactKind::account_profile; }

void count(const Outcome& outcome, Receipt& receipt) {
    switch (outcome.verdict) {
        case Verdict::accepted: ++receipt.accepted; break;
        case Verdict::duplicate: ++receipt.duplicates; break;
        case Verdict::refused: ++receipt.refused; break;
    }
}

/// Facts of one transaction, in order.
class Intake {
   public:
    using Places = Ledger::Core::Places;
    Intake(Ledger::Core& core, Batch& batch, Places places) : core_(core), batch_(batch), places_(places) {}

    Status look_up(std::span<Request* const> requests);
    /// All of the requests; answers whether something of the past was taken.
    Result<bool> take(std::span<Request* const> requests, bool dry);

   private:
    struct Known {
        std::uint16_t source = 0;
        std::optional<SubjectId> subject;     ///< whose the home key is, where that was known before the batch
        std::optional<Lane> asked;            ///< in which lane the message was looked for
        std::optional<ports::Position> used;  ///< what it said about the message's first key
    };
    Result<Outcome> take(Draft& draft, std::size_t index);
    Result<std::optional<FactRef>> erased_before(const Draft& draft, std::size_t index);
    Result<Batch::Place> place_of(const Draft& draft, std::size_t index, SubjectId subject);
    /// Nobody looks whether the message was sent before: the store refuses it then. Not so a decision or a fact with a
    /// condition, which may be refused here and never come to the store.
    bool trusted(const Draft& draft) const {
        return places_ == Places::all_assumed_free && !is_decision(draft.record.fact.kind) &&
               draft.whom == Whom::anybody && draft.only_if.empty();
    }
    Status look_up_keys(std::span<Request* const> requests);
    Status look_up_messages(const std::vector<const Draft*>& drafts,
                            const std::vector<std::optional<SubjectId>>& whose);

    void set_times(Draft& draft) const;
    Result<Outcome> take_known(Draft& draft, std::size_t index, SubjectId subject);
    Result<Outcome> take_company(Draft& draft, std::size_t index);
    Result<Outcome> take_account(Draft& draft, std::optional<SubjectId> known, const ports::MessageKey* key);
    Result<Outcome> take_person(Draft& draft, std::optional<SubjectId> known, const ports::MessageKey* key);
    std::optional<Outcome> left_out(const Draft& draft, const Subject* person) const;
    std::optional<Outcome> changed_since(const Draft& draft, const Subject* person) const;
    Result<std::optional<Outcome>> decision_refused(Draft& draft, Subject* person);
    Result<Outcome> journal(Draft& draft, Subject& subject, const ports::MessageKey* key);

    Ledger::Core& core_;
    Batch& batch_;
    const Places places_;
    std::vector<Known> known_;
};

/// All reads first, in few look-ups; what the batch itself adds is seen when its turn comes.
Status Intake::look_up(std::span<Request* const> requests) {
    std::vector<const Draft*> drafts;
    std::vector<std::optional<SubjectId>> whose;
    std::vector<SubjectId> subjects;
    if (auto done = look_up_keys(requests); !done) return done;
    for (const Request* request : requests)
        for (const auto& draft : request->drafts) {
            Known& known = known_.emplace_back();
            drafts.push_back(draft ? &*draft : nullptr);
            whose.emplace_back();
            if (!draft) continue;
            const auto source = core_.source(draft->source);
            if (!source) return std::unexpected(source.error());
            known.source = *source;
            if (draft->record.fact.kind == FactKind::user) continue;
            const auto found = batch_.find(draft->keys);
            if (!found) return std::unexpected(found.error());
            whose.back() = *found;
            const auto home = batch_.find(draft->keys.front());
            if (home) known.subject = *home;
            if (*found) subjects.push_back(**found);
        }
    if (auto done = look_up_messages(drafts, whose); !done) return done;
    return core_.subjects.fetch(subjects, core_.store);
}

Status Intake::look_up_keys(std::span<Request* const> requests) {
    std::vector<ports::IdentityKey> keys;
    for (const Request* request : requests)
        for (const auto& draft : request->drafts)
            if (draft && draft->record.fact.kind != FactKind::user)
                keys.insert(keys.end(), draft->keys.begin(), draft->keys.end());
    return batch_.look_up(std::move(keys));
}

Status Intake::look_up_messages(const std::vector<const Draft*>& drafts,
                                const std::vector<std::optional<SubjectId>>& whose) {
    std::vector<ports::MessageKey> keys;
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (drafts[i] == nullptr || drafts[i]->record.fact.kind == FactKind::user || trusted(*drafts[i])) continue;
        // Somebody new will be in the lane of the first key, and known when the next fact comes.
        known_[i].asked = whose[i] ? baton::lane_of(*whose[i]) : lane_of(drafts[i]->keys.front());
        keys.push_back(batch_.message_key(*drafts[i], known_[i].source, *known_[i].asked));
        at.push_back(i);
    }
    if (keys.empty()) return {};
    const auto positions = core_.store.positions_of(keys);
    if (!positions) return std::unexpected(positions.error());
    for (std::size_t i = 0; i < at.size(); ++i) known_[at[i]].used = (*positions)[i];
    return {};
}

/// By now the batch may have given the keys to a subject of another lane.
Result<Batch::Place> Intake::place_of(const Draft& draft, std::size_t index, SubjectId subject) {
    const Known& known = known_[index];
    if (trusted(draft)) return batch_.place(draft, known.source, subject, ports::no_position);
    return batch_.place(draft, known.source, subject,
                        known.asked == baton::lane_of(subject) ? known.used : std::nullopt);
}

/// Where the message stood, if it was about somebody who has been erased since.
Result<std::optional<FactRef>> Intake::erased_before(const Draft& draft, std::size_t index) {
    for (const auto& key : draft.keys) {
        const auto [from, to] = core_.erased_keys.equal_range(erased_hash(core_.hash_key, key));
        for (auto at = from; at != to; ++at) {
            const Lane lane = baton::lane_of(at->second);
            const auto message = batch_.message_key(draft, known_[index].source, lane);
            const auto found = core_.store.positions_of(std::span(&message, 1));
            if (!found) return std::unexpected(found.error());
            if (found->front() == ports::no_position) continue;
            const auto record = core_.store.record(lane, found->front());
            if (!record) return std::unexpected(record.error());
            if (!*record || (*record)->subject != at->second) continue;
            const auto left = codec::decode_journal((*record)->payload, {lane, (*record)->seq}, (*record)->recorded_at);
            if (!left) return std::unexpected(left.error());
            if (left->redacted) return std::optional(left->fact.ref);
        }
    }
    return std::optional<FactRef>();
}

/// A future time is brought back and marked; a missing one is now.
void Intake::set_times(Draft& draft) const {
    Fact& fact = draft.record.fact;
    const Instant now = batch_.recorded_at();
    fact.recorded_at = now;
    fact.occurred_at = draft.sent_at.value_or(now);
    fact.time_clamped = fact.occurred_at > now;
    draft.record.claimed_at.reset();
    if (fact.time_clamped) {
        draft.record.claimed_at = fact.occurred_at;
        fact.occurred_at = now;
    }
    fact.engine_at = fact.historical ? fact.occurred_at : now;
}

/// A store that works beside this process is given a long transaction in parts.
Result<bool> Intake::take(std::span<Request* const> requests, bool dry) {
    constexpr std::size_t part = 128;
    bool historical = false;
    std::size_t index = 0;
    for (Request* request : requests)
        for (auto& draft : request->drafts) {
            auto outcome =
                draft ? take(*draft, index) : Result<Outcome>(refused(draft.error().code, draft.error().detail));
            ++index;
            if (!outcome) return std::unexpected(outcome.error());
            historical = historical || (outcome->verdict == Verdict::accepted && draft->record.fact.historical);
            count(*outcome, request->receipt);
            request->receipt.outcomes.push_back(std::move(*outcome));
            if (!core_.in_turn || dry || batch_.records() < part) continue;
            if (auto done = core_.write_part(batch_); !done) return std::unexpected(done.error());
        }
    return historical;
}

Result<Outcome> Intake::take(Draft& draft, std::size_t index) {
    set_times(draft);
    draft.record.source = known_[index].source;
    if (core_.is_undone(draft.record.fact.import))
        return refused("import_undone", "the import it is part of was undone meanwhile; import again");
    if (!draft.only_if.empty() && is_about_no_person(draft.record.fact.kind))
        return refused("bad_condition", "only what is said about a person may depend on a version");
    if (draft.record.fact.kind == FactKind::user) return take_company(draft, index);
    if (!core_.erased_keys.empty()) {
        const auto there = erased_before(draft, index);
        if (!there) return std::unexpected(there.error());
        if (*there) return Outcome{Verdict::duplicate, {}, **there, "", ""};
    }
    if (known_[index].subject) return take_known(draft, index, *known_[index].subject);
    const auto subject = batch_.find(draft.keys);
    if (!subject) return std::unexpected(subject.error());
    if (*subject) return take_known(draft, index, **subject);
    const bool account = draft.record.fact.kind == FactKind::account_profile;
    return account ? take_account(draft, std::nullopt, nullptr) : take_person(draft, std::nullopt, nullptr);
}

Result<Outcome> Intake::take_known(Draft& draft, std::size_t index, SubjectId subject) {
    const auto place = place_of(draft, index, subject);
    if (!place) return std::unexpected(place.error());
    if (place->duplicate) return Outcome{Verdict::duplicate, subject, *place->duplicate, "", ""};
    if (draft.record.fact.kind == FactKind::account_profile) return take_account(draft, subject, &place->free);
    return take_person(draft, subject, &place->free);
}

Result<Outcome> Intake::take_company(Draft& draft, std::size_t index) {
    const SubjectId company{0};
    const auto place = place_of(draft, index, company);
    if (!place) return std::unexpected(place.error());
    if (place->duplicate) return Outcome{Verdict::duplicate, company, *place->duplicate, "", ""};
    if (auto done = batch_.emit_lane(Lane{0}, draft.record, place->free); !done) return std::unexpected(done.error());
    return Outcome{Verdict::accepted, company, draft.record.fact.ref, "", ""};
}

/// By the version of the person that the caller has seen.
std::optional<Outcome> Intake::changed_since(const Draft& draft, const Subject* person) const {
    const auto* row = person == nullptr ? nullptr : std::get_if<codec::PersonRow>(&person->row);
    const auto stands = row == nullptr || row->empty ? fits(draft.only_if, "whom these keys name", "")
                                                     : core_.person_fits(person->id, person->last, draft.only_if);
    return stands ? std::nullopt : std::optional(refused(stands.error().code, stands.error().detail));
}

Result<Outcome> Intake::take_account(Draft& draft, std::optional<SubjectId> known, const ports::MessageKey* key) {
    if (!known && draft.whom == Whom::somebody_known)
        return refused(std::string(not_known), "no account '" + draft.keys.front().key + "' is known yet");
    const auto subject = known ? batch_.load(*known) : Result<Subject*>(&batch_.create(draft.keys.front(), true));
    if (!subject) return std::unexpected(subject.error());
    if ((*subject)->account() == nullptr) return refused("key_missing", "this key names a person, not an account");
    draft.record.fact.engine_at = std::max(draft.record.fact.engine_at, (*subject)->account()->engine_at);
    return journal(draft, **subject, key);
}

/// The decision is judged at its moment: with everything due before it done. What came due stays, refused or not.
Result<std::optional<Outcome>> Intake::decision_refused(Draft& draft, Subject* person) {
    const Fact& fact = draft.record.fact;
    if (!is_decision(fact.kind)) return std::optional<Outcome>();
    static const engine::PersonState nobody;
    const auto playbook = person == nullptr ? core_.playbooks->active() : core_.playbooks->of(*person->person());
    const engine::PersonState& state = person == nullptr ? nobody : person->person()->state;
    const auto refusal = engine::refusal_of(*playbook, state, fact);
    if (!refusal) return std::optional<Outcome>();
    if (person != nullptr && person->loose)
        if (auto done = batch_.emit_timer(*person, fact.engine_at, fact.historical); !done)
            return std::unexpected(done.error());
    Outcome outcome = refused(std::string(to_string(*refusal)), explain(*refusal, *playbook, state, fact));
    if (person != nullptr) outcome.subject = person->id;
    return std::optional(std::move(outcome));
}

/// By the condition the fact carries.
std::optional<Outcome> Intake::left_out(const Draft& draft, const Subject* person) const {
    if (draft.whom == Whom::anybody) return {};
    const auto* row = person == nullptr ? nullptr : std::get_if<codec::PersonRow>(&person->row);
    const bool known = person != nullptr && (row == nullptr || !row->empty);
    if (draft.whom == Whom::somebody_known)
        return known ? std::nullopt
                     : std::optional(refused(std::string(not_known), "nobody is known by these keys yet"));
    if (!known || row == nullptr || (row->made_by != 0 && row->made_by == draft.record.fact.import)) return {};
    return refused(std::string(known_already), "is known already, as person " + std::to_string(person->id.value));
}

Result<Outcome> Intake::take_person(Draft& draft, std::optional<SubjectId> known, const ports::MessageKey* key) {
    Subject* person = nullptr;
    Subject* survivor = nullptr;  // whose lead it is
    Fact& fact = draft.record.fact;
    if (known) {
        const auto loaded = batch_.load(*known);
        if (!loaded) return std::unexpected(loaded.error());
        person = *loaded;
        if (person->person() == nullptr) return refused("key_missing", "this key names an account, not a person");
        const auto lives = batch_.survivor_of(*person);
        if (!lives) return std::unexpected(lives.error());
        survivor = *lives;
        if (auto left = left_out(draft, survivor)) return std::move(*left);
        if (auto other = changed_since(draft, survivor)) return std::move(*other);
        if (auto done = batch_.wake(*survivor, fact.historical); !done) return std::unexpected(done.error());
        fact.engine_at =
            std::max({fact.engine_at, person->person()->state.engine_at, survivor->person()->state.engine_at});
        if (auto done = batch_.advance(*survivor, fact.engine_at, fact.historical); !done)
            return std::unexpected(done.error());
        if (auto done = batch_.drain(); !done) return std::unexpected(done.error());
    }
    if (!known) {
        if (auto left = left_out(draft, nullptr)) return std::move(*left);
        if (auto other = changed_since(draft, nullptr)) return std::move(*other);
    }
    auto refusal = decision_refused(draft, survivor);
    if (!refusal) return std::unexpected(refusal.error());
    if (*refusal) {
        if (auto done = batch_.drain(); !done) return std::unexpected(done.error());
        return std::move(**refusal);
    }
    if (person == nullptr) person = survivor = &batch_.create(draft.keys.front(), false);
    if (auto done = batch_.take_in_visitors(*survivor, draft); !done) return std::unexpected(done.error());
    if (auto done = batch_.scrub(*survivor, scrub_of(draft)); !done) return std::unexpected(done.error());
    return journal(draft, *person, key);
}

Result<Outcome> Intake::journal(Draft& draft, Subject& subject, const ports::MessageKey* key) {
    auto linked = batch_.link(subject.id, draft.keys, draft.record.fact.trust);
    if (!linked) return std::unexpected(linked.error());
    draft.record.linked = std::move(*linked);
    ports::MessageKey message =
        key != nullptr ? *key : batch_.message_key(draft, draft.record.source, baton::lane_of(subject.id));
    if (key == nullptr && places_ == Places::looked_up) {
        const auto place = batch_.place(draft, draft.record.source, subject.id, std::nullopt);
        if (!place) return std::unexpected(place.error());
        message = place->free;
    }
    if (auto done = batch_.emit(subject, draft.record, message); !done) return std::unexpected(done.error());
    const FactRef ref = draft.record.fact.ref;
    if (const auto* person = subject.person(); person != nullptr && person->merged_into.value != 0) {
        if (person->unverified) draft.record.fact.trust = Trust::browser;
        const auto survivor = batch_.load(person->merged_into);
        if (!survivor) return std::unexpected(survivor.error());
        if (auto done = batch_.forward(**survivor, subject.id, draft.record, Batch::When::since); !done)
            return std::unexpected(done.error());
    }
    if (auto done = batch_.drain(); !done) return std::unexpected(done.error());
    return Outcome{Verdict::accepted, subject.id, ref, "", ""};
}

}  // namespace

/// Where a message is taken to be the only one of its hash and is not, the store refuses the batch, and each place is looked up;
/// for a while then of every batch first.
Status Ledger::Core::take(std::span<Request* const> requests, bool dry) {
    constexpr std::size_t for_long = 1'000;
    const bool trusting = store.shared() && !dry && wary == 0;
    if (wary > 0) --wary;
    auto done = take_once(requests, dry, trusting ? Places::all_assumed_free : Places::assumed_free);
    if (done || done.error().code != "conflict") return done;
    if (trusting) wary = for_long;
    return take_once(requests, dry, Places::looked_up);
}

/// `dry`: all is undone in memory and nothing is written.
Status Ledger::Core::take_once(std::span<Request* const> requests, bool dry, Places places) {
    for (Request* request : requests) request->receipt = {};
    if (auto done = ready(); !done) return done;
    if (dry && !store.shared())
        if (auto done = write_derived(); !done) return done;
    const Instant now = moment();
    if (!dry)
        if (auto done = enact_announced(now); !done) return done;
    if (playbooks->active() == nullptr)
        return fail("no_playbook", "no playbook is in force yet: `baton playbook activate`, or --playbook NAME|FILE");
    const ports::Position before = position;
    Batch batch(*this, now);
    Intake intake(*this, batch, places);
    const auto all = [&]() -> Status {
        if (auto done = intake.look_up(requests); !done) return done;
        const auto historical = intake.take(requests, dry);
        if (!historical) return std::unexpected(historical.error());
        if (dry) return {};
        if (auto done = open_history(*historical); !done) return done;
        return commit(batch);
    }();
    if (dry || !all) {
        if (!all)
            for (Request* request : requests) request->receipt = {};
        if (auto mended = recover(); !mended && all) return mended;
        return all;
    }
    for (Request* request : requests) {
        request->receipt.position = position == before ? ports::no_position : position;
        stats.accepted += request->receipt.accepted;
        stats.duplicates += request->receipt.duplicates;
        stats.refused += request->receipt.refused;
    }
    write_if_much();
    return {};
}

}  // namespace baton::app
