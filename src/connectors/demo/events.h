// What the simulation makes happen, before it becomes a fact.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "codec/incoming.h"
#include "connectors/demo/people.h"
#include "connectors/demo/random.h"

namespace baton::demo {

enum class What : std::uint8_t {
    profile,
    newsletter,
    page,
    form,
    demo,
    contact,
    asset,
    mail_opened,
    mail_clicked,
    unsubscribed,
    bounced,
    webinar_registered,
    webinar_attended,
    event_attended,
    trial,
    meeting_booked,
    meeting_held,
    proposal,
    used,
    ticket,
    renewal,
    referral,
    churned,
    call,
    note,
    answer,
    accept,
    reject,
    give_back,
    withdraw,
    disqualify,
    stage_fact,
};

/// One thing a person or a colleague does. `a`, `b` choose among texts; `text`, `more` carry ids of the playbook.
struct Event {
    Instant at;
    std::uint32_t person = 0;
    std::uint32_t number = 0;  ///< of this person's events; makes the message id
    What what = What::page;
    std::int32_t a = 0, b = 0;
    std::int16_t colleague = -1;  ///< who did it; -1: the person
    std::string text, more;
    friend auto operator<=>(const Event& x, const Event& y) {
        if (const auto by_time = x.at <=> y.at; by_time != 0) return by_time;
        if (const auto by_person = x.person <=> y.person; by_person != 0) return by_person;
        return x.number <=> y.number;
    }
    friend bool operator==(const Event& x, const Event& y) {
        return x.at == y.at && x.person == y.person && x.number == y.number;
    }
};

/// As the intake port takes it; `source` "demo".
IncomingFact fact_of(const Event& event, const Cast& cast);
/// A colleague of the demonstration company.
IncomingFact fact_of(const Colleague& colleague, Instant at);

// ---- time -----------------------------------------------------------------------------------------------------

/// How busy a day is: growth over the two years, seasons, week; 0 … 1000.
int busyness(Instant day, Instant start, Instant end);
/// A moment of that day when people are at it.
Instant moment_in(Instant day, Random& random);
/// The same moment, or the next one in working hours (Monday to Friday, 7 to 17 UTC).
Instant working(Instant t);
Instant start_of_day(Instant t);

}  // namespace baton::demo
