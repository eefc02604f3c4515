#include "connectors/demo/company.h"

#include <algorithm>
#include <array>
#include <queue>

#include "app/reads.h"
#include "connectors/demo/staff.h"

namespace baton::demo {
namespace {

constexpr Duration look_every = Duration::hours(24);  ///< how often colleagues look at their lists, in the morning
constexpr Duration looks_at = Duration::hours(10);
constexpr Duration look_when_lived = Duration::hours(1);
constexpr std::size_t page = 100;
constexpr std::size_t told_refusals = 5;

struct Later {
    bool operator()(const Event& a, const Event& b) const { return b < a; }
};

/// Rows of a stage that were entered after `since`, newest first.
Result<std::vector<ports::LeadRow>> newly_entered(const app::Reads& reads, const std::string& stage, Instant since) {
    ports::LeadQuery query;
    query.stage = stage;
    query.sort = ports::LeadQuery::Sort::entered;
    query.limit = page;
    std::vector<ports::LeadRow> all;
    for (;;) {
        auto rows = reads.leads(query);
        if (!rows) return rows;
        for (ports::LeadRow& row : *rows) {
            if (row.stage_entered_at < since) return all;
            all.push_back(std::move(row));
        }
        if (rows->size() < page) return all;
        query.after_key = all.back().stage_entered_at.us;
        query.after_person = all.back().person;
    }
}

std::map<std::string, std::uint32_t> index_by_email(const Cast& cast) {
    std::map<std::string, std::uint32_t> index;
    for (std::uint32_t i = 0; i < cast.people.size(); ++i) index[cast.people[i].email] = i;
    return index;
}

class Story {
   public:
    Story(app::Ledger& ledger, SimulatedClock& clock, const Options& options)
        : ledger_(ledger),
          clock_(clock),
          options_(options),
          span_{start_of(options), options.until},
          cast_(make_cast(options.seed, options.people)),
          by_email_(index_by_email(cast_)),
          reacted_(cast_.people.size(), first_reaction) {}

    Result<Summary> tell(const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
        auto reads = ledger_.reads();
        if (!reads) return std::unexpected(reads.error());
        reads_ = std::move(*reads);
        summary_.people = cast_.people.size();
        plan_everything();
        if (const Status staffed = take_staff(); !staffed) return std::unexpected(staffed.error());
        const Instant lived_from = std::max(span_.start, span_.end - options_.lived);
        const auto days = static_cast<std::uint64_t>(whole_days(span_.start, span_.end));
        for (Instant at = span_.start; at < lived_from;) {
            at = std::min(start_of_day(at + look_every - looks_at) + looks_at, lived_from);
            if (const Status past = import_until(at); !past) return std::unexpected(past.error());
            if (progress) progress(static_cast<std::uint64_t>(whole_days(span_.start, at)), days);
        }
        const auto gone_live = ledger_.go_live();
        if (!gone_live) return std::unexpected(gone_live.error());
        if (const Status lived = live_until_end(lived_from); !lived) return std::unexpected(lived.error());
        return std::move(summary_);
    }

   private:
    void plan_everything() {
        for (std::uint32_t i = 0; i < cast_.people.size(); ++i)
            for (Event& event : plan(cast_, options_.seed, i, span_)) events_.push(std::move(event));
        plan_campaign();
    }

    /// A mailing in the last two days: some people of firms that fit ask for a demonstration.
    void plan_campaign() {
        Random random({options_.seed, 6});
        for (std::size_t i = 0; i < std::max<std::size_t>(3, cast_.people.size() / 250); ++i) {
            const auto person = static_cast<std::uint32_t>(random.below(cast_.people.size()));
            const int firm = cast_.people[person].firm;
            if (firm < 0 || cast_.firms[static_cast<std::size_t>(firm)].employees < 50) continue;
            const Instant at = span_.end - Duration::minutes(random.between(5, 1200));
            push(person, What::profile, at);
            push(person, What::demo, at + Duration::seconds(40));
        }
    }

    void push(std::uint32_t person, What what, Instant at) {
        Event event;
        event.at = at;
        event.person = person;
        event.number = reacted_[person]++;
        event.what = what;
        events_.push(std::move(event));
    }

    Status take_staff() {
        std::vector<IncomingFact> facts;
        for (const Colleague& colleague : cast_.staff) facts.push_back(fact_of(colleague, span_.start));
        for (IncomingFact& fact : facts) fact.historical = true;
        return take(facts);
    }

    Status take(std::span<const IncomingFact> facts) {
        if (facts.empty()) return {};
        const auto receipt = ledger_.intake(facts);
        if (!receipt) return std::unexpected(receipt.error());
        summary_.facts += receipt->accepted;
        summary_.refused += receipt->refused;
        for (std::size_t i = 0; i < receipt->outcomes.size() && summary_.refusals.size() < told_refusals; ++i)
            if (receipt->outcomes[i].verdict == app::Verdict::refused)
                summary_.refusals.push_back(facts[i].type + ": " + receipt->outcomes[i].code + ": " +
                                            receipt->outcomes[i].detail);
        return {};
    }

    Event pop() {
        Event event = events_.top();
        events_.pop();
        return event;
    }

    Status import_until(Instant until) {
        clock_.put(until);
        std::vector<IncomingFact> facts;
        while (!events_.empty() && events_.top().at < until) {
            facts.push_back(fact_of(pop(), cast_));
            facts.back().historical = true;
        }
        if (const Status taken = take(facts); !taken) return taken;
        return look_around(until);
    }

    Status live_until_end(Instant from) {
        Instant look = from + look_when_lived;
        while (!events_.empty() && events_.top().at < span_.end) {
            const Event event = pop();
            for (; look <= event.at; look = look + look_when_lived)
                if (const Status looked = look_around(look); !looked) return looked;
            clock_.put(event.at);
            if (const auto due = ledger_.run_due(event.at); !due) return std::unexpected(due.error());
            const IncomingFact fact = fact_of(event, cast_);
            if (const Status taken = take(std::span(&fact, 1)); !taken) return taken;
        }
        clock_.put(span_.end);
        if (const auto due = ledger_.run_due(span_.end); !due) return std::unexpected(due.error());
        return ledger_.flush();
    }

    /// Time passes in the ledger too; then colleagues see who has come to their stages.
    Status look_around(Instant now) {
        clock_.put(now);
        if (const auto due = ledger_.run_due(now); !due) return std::unexpected(due.error());
        if (const Status flushed = ledger_.flush(); !flushed) return flushed;
        const auto book = ledger_.active();
        for (const std::string& stage : staffed_stages(*book)) {
            const auto rows = newly_entered(*reads_, stage, looked_at_);
            if (!rows) return std::unexpected(rows.error());
            for (const ports::LeadRow& row : *rows) react(*book, row, now);
        }
        looked_at_ = now - look_every - look_every;  // a timer may tell of a little earlier
        return {};
    }

    void react(const playbook::Compiled& book, const ports::LeadRow& row, Instant now) {
        const auto person = by_email_.find(row.email);
        if (person == by_email_.end()) return;
        Instant& handled = handled_[person->second];
        if (handled == row.stage_entered_at) return;
        handled = row.stage_entered_at;
        const Arrived arrived{person->second, row.stage, row.stage_entered_at};
        std::vector<Event> doings = reactions(book, cast_, options_.seed, arrived, now, reacted_[person->second]);
        for (Event& event : doings) {
            reacted_[person->second] = std::max(reacted_[person->second], event.number + 1);
            events_.push(std::move(event));
        }
    }

    app::Ledger& ledger_;
    SimulatedClock& clock_;
    const Options& options_;
    Span span_;
    Cast cast_;
    std::map<std::string, std::uint32_t> by_email_;
    std::vector<std::uint32_t> reacted_;  ///< next number of each person's reactions
    std::map<std::uint32_t, Instant> handled_;
    std::priority_queue<Event, std::vector<Event>, Later> events_;
    std::unique_ptr<app::Reads> reads_;
    Instant looked_at_ = Instant::beginning();
    Summary summary_;
};

}  // namespace

Instant start_of(const Options& options) { return options.until - options.length; }

Result<Summary> live(app::Ledger& ledger, SimulatedClock& clock, const Options& options,
                     const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    return Story(ledger, clock, options).tell(progress);
}

// ---- under a running server ----------------------------------------------------------------------------------------

namespace {

constexpr std::uint64_t look_every_ticks = 10;
constexpr std::int64_t hurry = 40;  ///< colleagues of a demonstration answer so many times faster

}  // namespace

Living::Living(app::Ledger& ledger, std::uint64_t seed, std::int64_t people)
    : ledger_(ledger),
      seed_(seed),
      cast_(make_cast(seed, people)),
      random_({seed, 7}),
      by_email_(index_by_email(cast_)) {}

Living::~Living() = default;

Status Living::give(const Event& event) {
    IncomingFact fact = fact_of(event, cast_);
    fact.message_id = "live-" + std::to_string(event.at.us) + "-" + std::to_string(next_number_++);
    const auto receipt = ledger_.intake(std::span(&fact, 1));
    if (!receipt) return std::unexpected(receipt.error());
    return {};
}

Status Living::tick(Instant now) {
    if (ticks_++ == 0) random_ = Random({seed_, 7, static_cast<std::uint64_t>(now.us)});  // another day, other visitors
    if (ticks_ % look_every_ticks == 1)
        if (const Status looked = colleagues(now); !looked) return looked;
    while (!waiting_.empty() && waiting_.front().at <= now) {
        Event event = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        event.at = now;
        if (const Status given = give(event); !given) return given;
    }
    if (!random_.chance(25)) return {};
    Event event;
    event.at = now;
    event.person = static_cast<std::uint32_t>(random_.below(cast_.people.size()));
    constexpr std::array<int, 6> weights{70, 10, 6, 6, 4, 4};
    constexpr std::array<What, 6> doings{What::page,  What::mail_clicked, What::mail_opened,
                                         What::asset, What::demo,         What::contact};
    event.what = doings[random_.weighted(weights)];
    event.a = static_cast<std::int32_t>(random_.below(10));
    if (event.what == What::demo || event.what == What::contact) {
        Event profile = event;
        profile.what = What::profile;
        if (const Status given = give(profile); !given) return given;
    }
    return give(event);
}

Status Living::colleagues(Instant now) {
    const auto book = ledger_.active();
    const auto reads = ledger_.reads();
    if (!reads) return std::unexpected(reads.error());
    if (book == nullptr) return {};
    for (const std::string& stage : staffed_stages(*book)) {
        const auto rows = newly_entered(**reads, stage, now - Duration::days(3));
        if (!rows) return std::unexpected(rows.error());
        for (const ports::LeadRow& row : *rows) {
            const auto person = by_email_.find(row.email);
            if (person == by_email_.end() || handled_[person->second] == row.stage_entered_at) continue;
            handled_[person->second] = row.stage_entered_at;
            for (Event& event :
                 reactions(*book, cast_, seed_, {person->second, row.stage, row.stage_entered_at}, now, 0)) {
                event.at = now + Duration{(event.at - now).us / hurry};
                waiting_.push_back(std::move(event));
            }
        }
    }
    std::stable_sort(waiting_.begin(), waiting_.end());
    return {};
}

}  // namespace baton::demo
