#include "connectors/demo/events.h"

#include <array>
#include <chrono>

namespace baton::demo {
namespace {

constexpr std::array<std::string_view, 10> pages{"/",
                                                 "/blog/forecast-errors",
                                                 "/blog/stock-turns",
                                                 "/product/planning",
                                                 "/product/inventory",
                                                 "/product/integrations",
                                                 "/pricing",
                                                 "/customers",
                                                 "/about",
                                                 "/careers/engineering"};
constexpr std::array<std::string_view, 5> assets{"Forecasting guide", "Inventory checklist", "Total cost white paper",
                                                 "Planning maturity test", "Customer book"};
constexpr std::array<std::string_view, 3> forms{"newsletter", "guide", "question"};
constexpr std::array<std::string_view, 3> products{"Planning", "Inventory", "Suite"};
constexpr std::array<std::string_view, 5> dispositions{"connected", "no answer", "voicemail", "wrong number",
                                                       "call back later"};
constexpr std::array<std::string_view, 6> notes{"Wants to replace spreadsheets before the next season.",
                                                "Budget is planned for next year.",
                                                "Compares us with two others.",
                                                "Needs the connector to their ERP.",
                                                "The decision lies with the head of operations.",
                                                "Only looking around for now."};
constexpr std::array<std::string_view, 4> features{"forecast", "orders", "reports", "alerts"};
constexpr std::array<std::string_view, 4> lost_reasons{"price", "no decision", "missing feature",
                                                       "went with a competitor"};

template <std::size_t n>
Value chosen(const std::array<std::string_view, n>& from, std::int32_t index) {
    return Value(from[static_cast<std::size_t>(index) % n]);
}

std::string_view type_of(What what) {
    switch (what) {
        case What::profile: return "profile";
        case What::newsletter: return "Newsletter Subscribed";
        case What::page: return "Page Viewed";
        case What::form: return "Form Submitted";
        case What::demo: return "Demo Requested";
        case What::contact: return "Contact Requested";
        case What::asset: return "Asset Downloaded";
        case What::mail_opened: return "Email Opened";
        case What::mail_clicked: return "Email Clicked";
        case What::unsubscribed: return "Unsubscribed";
        case What::bounced: return "Email Bounced";
        case What::webinar_registered: return "Webinar Registered";
        case What::webinar_attended: return "Webinar Attended";
        case What::event_attended: return "Event Attended";
        case What::trial: return "Trial Started";
        case What::meeting_booked: return "Meeting Booked";
        case What::meeting_held: return "Meeting Held";
        case What::proposal: return "Proposal Sent";
        case What::used: return "Product Used";
        case What::ticket: return "Support Ticket Opened";
        case What::renewal: return "Renewal Signed";
        case What::referral: return "Referral Given";
        case What::churned: return "Churned";
        case What::call: return "call";
        case What::note: return "note";
        case What::answer: return "answer";
        case What::accept: return "accept";
        case What::reject: return "reject";
        case What::give_back: return "return";
        case What::withdraw: return "withdraw";
        case What::disqualify: return "disqualify";
        case What::stage_fact: return "";
    }
    return "";
}

Properties profile_of(const Person& person, const Cast& cast) {
    Properties p{{"first_name", Value(person.first)},
                 {"last_name", Value(person.last)},
                 {"name", Value(person.first + " " + person.last)},
                 {"email", Value(person.email)},
                 {"title", Value(person.title)},
                 {"origin", Value(person.origin)},
                 {"landing_page", Value(person.landing_page)}};
    if (!person.phone.empty()) p.push_back({"phone", Value(person.phone)});
    if (person.firm < 0) return p;
    const Firm& firm = cast.firms[static_cast<std::size_t>(person.firm)];
    p.push_back({"company", Value(firm.name)});
    p.push_back({"domain", Value(firm.domain)});
    p.push_back({"employees", Value(firm.employees)});
    p.push_back({"industry", Value(firm.industry)});
    p.push_back({"country", Value(firm.country)});
    return p;
}

Properties decision_of(const Event& event) {
    Properties p;
    if (!event.text.empty()) p.push_back({"reason", Value(event.text)});
    if (!event.more.empty()) p.push_back({"clauses", Value(ValueList{Value(event.more)})});
    if (event.what == What::reject || event.what == What::give_back) p.push_back({"details", chosen(notes, event.a)});
    return p;
}

Properties stage_fact_of(const Event& event) {
    if (event.text.find("Won") != std::string::npos)
        return {{"amount", Value(static_cast<std::int64_t>(event.a))}, {"product", chosen(products, event.b)}};
    if (event.text.find("Lost") != std::string::npos) return {{"reason", chosen(lost_reasons, event.b)}};
    return {};
}

/// How each origin shows in the first visit. Who met us at a fair types the address.
struct Arrival {
    std::string_view origin, property, value;
};
constexpr std::array arrivals{Arrival{"organic search", "referrer", "https://www.google.com/"},
                              Arrival{"paid search", "utm_source", "google"},
                              Arrival{"paid search", "utm_medium", "cpc"},
                              Arrival{"paid search", "utm_campaign", "forecasting"},
                              Arrival{"referral", "referrer", "https://www.planners-weekly.example/tools"},
                              Arrival{"social", "referrer", "https://www.linkedin.com/"},
                              Arrival{"newsletter", "utm_source", "newsletter"},
                              Arrival{"newsletter", "utm_medium", "email"},
                              Arrival{"newsletter", "utm_campaign", "welcome"},
                              Arrival{"partner", "utm_source", "partner"},
                              Arrival{"partner", "utm_medium", "referral"}};

Properties page_of(const Event& event, const Person& person) {
    Properties p{{"path", chosen(pages, event.a)}};
    if (event.number > 0) return p;
    for (const Arrival& arrival : arrivals)
        if (arrival.origin == person.origin)
            p.push_back({std::string(arrival.property), Value(std::string(arrival.value))});
    return p;
}

Properties letter_of(const Event& event) {
    const std::string number = std::to_string(event.a);
    Properties p{{"asset", Value("Letter " + number)}, {"campaign", Value("letter-" + number)}};
    if (event.what == What::mail_opened) return p;
    p.push_back({"utm_source", Value("newsletter")});
    p.push_back({"utm_medium", Value("email")});
    p.push_back({"utm_campaign", Value("letter-" + number)});
    return p;
}

Properties properties_of(const Event& event, const Cast& cast) {
    switch (event.what) {
        case What::profile: return profile_of(cast.people[event.person], cast);
        case What::page: return page_of(event, cast.people[event.person]);
        case What::form: return {{"form", chosen(forms, event.a)}};
        case What::demo:
        case What::trial: return {{"product", chosen(products, event.a)}};
        case What::contact: return {{"landing_page", Value(cast.people[event.person].landing_page)}};
        case What::asset: return {{"asset", chosen(assets, event.a)}};
        case What::mail_opened:
        case What::mail_clicked: return letter_of(event);
        case What::webinar_registered:
        case What::webinar_attended: return {{"webinar", Value("Webinar " + std::to_string(event.a))}};
        case What::event_attended: return {{"event", Value("Logistics Fair " + std::to_string(event.a))}};
        case What::proposal:
        case What::renewal: return {{"amount", Value(static_cast<std::int64_t>(event.a))}};
        case What::used: return {{"feature", chosen(features, event.a)}};
        case What::churned: return {{"reason", chosen(lost_reasons, event.a)}};
        case What::call: return {{"disposition", chosen(dispositions, event.a)}};
        case What::note: return {{"text", chosen(notes, event.a)}};
        case What::answer: return {{"question", Value(event.text)}, {"value", Value(event.more)}};
        case What::accept:
        case What::reject:
        case What::give_back:
        case What::withdraw:
        case What::disqualify: return decision_of(event);
        case What::stage_fact: return stage_fact_of(event);
        default: return {};
    }
}

constexpr std::int64_t day_us = one_day.us;
std::int64_t day_number(Instant t) { return (t.us - ((t.us % day_us) + day_us) % day_us) / day_us; }
/// 0 = Monday.
int weekday(std::int64_t day) { return static_cast<int>(((day + 3) % 7 + 7) % 7); }

}  // namespace

IncomingFact fact_of(const Event& event, const Cast& cast) {
    const Person& person = cast.people[event.person];
    IncomingFact fact;
    fact.type = event.what == What::stage_fact ? event.text : std::string(type_of(event.what));
    fact.source = "demo";
    fact.message_id = std::to_string(event.person) + "-" + std::to_string(event.number);
    fact.email = person.email;
    if (event.what == What::profile && person.firm >= 0)
        fact.account = cast.firms[static_cast<std::size_t>(person.firm)].domain;
    fact.occurred_at = event.at;
    fact.properties = properties_of(event, cast);
    if (event.colleague >= 0) fact.actor = cast.staff[static_cast<std::size_t>(event.colleague)].id;
    return fact;
}

IncomingFact fact_of(const Colleague& colleague, Instant at) {
    IncomingFact fact;
    fact.type = "user";
    fact.source = "demo";
    fact.message_id = "user-" + colleague.id;
    fact.occurred_at = at;
    fact.properties = {{"user", Value(colleague.id)},
                       {"name", Value(colleague.name)},
                       {"roles", Value(ValueList{Value(colleague.role)})}};
    return fact;
}

int busyness(Instant day, Instant start, Instant end) {
    constexpr std::array<int, 12> season{105, 100, 110, 100, 100, 95, 75, 65, 115, 115, 110, 60};
    constexpr std::array<int, 7> week{100, 112, 110, 104, 84, 18, 22};
    using namespace std::chrono;
    const std::int64_t number = day_number(day);
    const year_month_day date{sys_days{days{number}}};
    const std::int64_t growth = 60 + 60 * (day - start).us / std::max<std::int64_t>(1, (end - start).us);
    return static_cast<int>(growth * season[static_cast<unsigned>(date.month()) - 1] *
                            week[static_cast<std::size_t>(weekday(number))] / 1500);
}

Instant start_of_day(Instant t) { return {day_number(t) * day_us}; }

Instant moment_in(Instant day, Random& random) {
    constexpr std::array<int, 24> hours{1,  1,  1,  1,  2,  4,  10, 24, 44, 52, 54, 46,
                                        34, 44, 50, 46, 36, 24, 16, 14, 13, 10, 6,  3};
    const auto hour = static_cast<std::int64_t>(random.weighted(hours));
    return start_of_day(day) + Duration::hours(hour) + Duration{random.between(0, 3'599'999) * 1000};
}

Instant working(Instant t) {
    constexpr std::int64_t opens = 7, closes = 17;
    for (;;) {
        const std::int64_t day = day_number(t);
        const std::int64_t hour = (t.us - day * day_us) / Duration::hours(1).us;
        const Instant midnight{day * day_us};
        if (weekday(day) < 5 && hour >= opens && hour < closes) return t;
        const Duration past_the_hour{t.us % Duration::hours(1).us};
        if (weekday(day) < 5 && hour < opens) return midnight + Duration::hours(opens) + past_the_hour;
        t = midnight + one_day + Duration::hours(opens) + past_the_hour;
    }
}

}  // namespace baton::demo
