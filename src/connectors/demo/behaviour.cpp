#include "connectors/demo/behaviour.h"

#include <algorithm>
#include <array>
#include <utility>

namespace baton::demo {
namespace {

constexpr std::int64_t letter_every_days = 14, webinar_every_days = 30;

/// Per temper: passing, curious, interested, buying.
struct Habit {
    std::int64_t fewest_visits, most_visits, longest_gap_days, most_pages;
    int opens_letters, asks_for_demo, asks_for_contact, downloads, joins_webinars;  ///< percent
};
constexpr std::array<Habit, 4> habits{{{1, 5, 60, 4, 12, 0, 2, 6, 1},
                                       {5, 14, 40, 5, 24, 4, 6, 25, 4},
                                       {12, 30, 20, 6, 38, 26, 12, 60, 10},
                                       {18, 50, 12, 6, 48, 74, 18, 75, 12}}};

class Plan {
   public:
    Plan(const Cast& cast, std::uint64_t seed, std::uint32_t number, Span span)
        : person_(cast.people[number]),
          number_(number),
          span_(span),
          random_({seed, 3, number}),
          habit_(habits[static_cast<std::size_t>(person_.temper)]) {}

    std::vector<Event> make() {
        arrival_ = arrive();
        visits();
        if (known_at_ == Instant::never()) return {};  // left before anybody knew who it was
        letters();
        webinars();
        if (person_.origin == "event")
            add(What::event_attended, arrival_ - Duration::hours(2),
                static_cast<int>(1 + (arrival_ - span_.start).us / Duration::days(365).us));
        std::sort(events_.begin(), events_.end());
        std::erase_if(events_, [&](const Event& e) { return e.at < span_.start || e.at >= span_.end; });
        for (std::uint32_t i = 0; i < events_.size(); ++i) events_[i].number = i;
        return std::move(events_);
    }

   private:
    void add(What what, Instant at, std::int32_t a = 0) {
        Event event;
        event.at = at;
        event.person = number_;
        event.number = static_cast<std::uint32_t>(events_.size());
        event.what = what;
        event.a = a;
        events_.push_back(std::move(event));
    }

    /// A day drawn by how busy days are.
    Instant arrive() {
        const std::int64_t days = whole_days(span_.start, span_.end);
        for (;;) {
            const Instant day =
                start_of_day(span_.start) + Duration::days(random_.between(0, std::max<std::int64_t>(1, days) - 1));
            if (random_.between(0, 1000) < busyness(day, span_.start, span_.end))
                return std::max(moment_in(day, random_), span_.start);
        }
    }

    void visits() {
        const std::int64_t count = random_.between(habit_.fewest_visits, habit_.most_visits);
        const std::int64_t asks_at = random_.between(2, 8);
        const bool asks = random_.chance(habit_.asks_for_demo);
        Instant at = arrival_;
        for (std::int64_t visit = 0; visit < count && at < span_.end; ++visit) {
            Instant t = pages(at);
            if (visit == 0)
                introduces_himself(t);
            else if (random_.chance(habit_.downloads / 6))
                add(What::asset, t + Duration::minutes(1), static_cast<int>(random_.below(5)));
            if (asks && visit == asks_at) requests(t + Duration::minutes(2));
            if (visit == asks_at + 1 && random_.chance(habit_.asks_for_contact))
                add(What::contact, t + Duration::minutes(3));
            at = moment_in(at + Duration::days(random_.between(1, habit_.longest_gap_days)), random_);
        }
    }

    Instant pages(Instant at) {
        constexpr std::array<int, 10> weights{16, 14, 10, 16, 12, 8, 10, 7, 5, 2};
        const std::int64_t count = random_.between(1, habit_.most_pages);
        for (std::int64_t i = 0; i < count; ++i) {
            add(What::page, at, static_cast<int>(random_.weighted(weights)));
            at = at + Duration::seconds(random_.between(15, 240));
        }
        return at;
    }

    /// The first visit ends with a form, so that somebody is known. Pages seen before it are theirs too.
    void introduces_himself(Instant at) {
        known_at_ = arrival_;
        add(What::profile, at);
        if (random_.chance(55)) {
            add(What::newsletter, at + Duration::seconds(1));
            subscribed_ = true;
        }
        const std::int64_t way = random_.between(0, 99);
        if (way < habit_.downloads) {
            add(What::form, at + Duration::seconds(2), 1);
            add(What::asset, at + Duration::seconds(30), static_cast<int>(random_.below(5)));
        } else if (way > 90) {
            add(What::form, at + Duration::seconds(2), 2);
        }
    }

    void requests(Instant at) {
        add(What::demo, at, static_cast<int>(random_.below(3)));
        if (random_.chance(30))
            add(What::trial, moment_in(at + Duration::days(random_.between(1, 9)), random_),
                static_cast<int>(random_.below(3)));
    }

    void letters() {
        if (!subscribed_) return;
        const std::int64_t first = (known_at_ - span_.start).us / Duration::days(letter_every_days).us + 1;
        bool once = true;
        for (std::int64_t letter = first;; ++letter) {
            const Instant sent =
                start_of_day(span_.start) + Duration::days(letter * letter_every_days) + Duration::hours(8);
            if (sent >= span_.end) return;
            if (std::exchange(once, false) && random_.chance(3)) {
                add(What::bounced, sent + Duration::minutes(1));
                return;
            }
            if (!random_.chance(habit_.opens_letters)) continue;
            const Instant opened = sent + Duration::minutes(random_.between(2, 1800));
            add(What::mail_opened, opened, static_cast<int>(letter));
            if (random_.chance(24))
                add(What::mail_clicked, opened + Duration::seconds(random_.between(4, 90)), static_cast<int>(letter));
            if (random_.between(0, 199) != 0) continue;
            add(What::unsubscribed, opened + Duration::minutes(2));
            return;
        }
    }

    void webinars() {
        for (std::int64_t month = 1;; ++month) {
            const Instant held =
                start_of_day(span_.start) + Duration::days(month * webinar_every_days) + Duration::hours(14);
            if (held >= span_.end) return;
            if (held < known_at_ || held > known_at_ + Duration::days(270) || !random_.chance(habit_.joins_webinars))
                continue;
            add(What::webinar_registered, held - Duration::days(random_.between(1, 12)), static_cast<int>(month));
            if (random_.chance(62))
                add(What::webinar_attended, held + Duration::minutes(random_.between(-4, 12)), static_cast<int>(month));
        }
    }

    const Person& person_;
    std::uint32_t number_;
    Span span_;
    Random random_;
    const Habit& habit_;
    Instant arrival_, known_at_ = Instant::never();
    bool subscribed_ = false;
    std::vector<Event> events_;
};

}  // namespace

std::vector<Event> plan(const Cast& cast, std::uint64_t seed, std::uint32_t number, Span span) {
    return Plan(cast, seed, number, span).make();
}

std::vector<Event> nurtured(const Cast& cast, std::uint64_t seed, std::uint32_t number, Instant from,
                            std::uint32_t first_number) {
    Random random({seed, 5, number, static_cast<std::uint64_t>(from.us)});
    std::vector<Event> events;
    const auto add = [&](What what, Instant at, std::int32_t a) {
        Event event;
        event.at = at;
        event.person = number;
        event.number = first_number++;
        event.what = what;
        event.a = a;
        events.push_back(std::move(event));
    };
    const Person& person = cast.people[number];
    if (!random.chance(30 + person.quality / 3)) return events;  // not a trace of nurture
    Instant at = from;
    const std::int64_t letters = random.between(1, 4);
    for (std::int64_t i = 0; i < letters; ++i) {
        at = moment_in(at + Duration::days(random.between(10, 30)), random);
        add(What::mail_clicked, at, static_cast<std::int32_t>(900 + i));
        if (random.chance(50)) add(What::page, at + Duration::minutes(1), random.chance(40) ? 6 : 3);
    }
    if (random.chance(20 + person.quality / 3))
        add(What::demo, moment_in(at + Duration::days(random.between(20, 60)), random), 2);
    return events;
}

}  // namespace baton::demo
