#include "support/intake_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "domain/engine/fact.h"

namespace baton::support {
namespace {

std::uint64_t mix(std::uint64_t n) {
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
    n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
    return n ^ (n >> 31);
}

/// Draws from a fixed sequence.
class Dice {
   public:
    Dice(std::uint64_t seed, std::uint64_t number) : at_(mix(seed * 0x9e3779b97f4a7c15 + number + 1)) {}
    std::size_t below(std::size_t n) {
        at_ = mix(at_ + 0x9e3779b97f4a7c15);
        return static_cast<std::size_t>(at_ % n);
    }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <std::size_t n>
    std::string of(const std::array<const char*, n>& words) {
        return words[below(n)];
    }

   private:
    std::uint64_t at_;
};

void name_person(IncomingFact& fact, std::size_t person, Dice& dice) {
    const std::string number = std::to_string(person);
    switch (person % 4) {
        case 0: fact.email = "p" + number + "@example.com"; break;
        case 1:  // a browser first, a name later
            fact.anonymous_id = "browser-" + number;
            if (dice.one_in(4)) fact.email = "p" + number + "@example.com";
            break;
        case 2:
            fact.user_id = "u" + number;
            if (dice.one_in(2)) fact.email = "P" + number + "@Example.com";
            break;
        default: fact.phone = "+49 30 " + std::to_string(1'000'000 + person); break;
    }
    if (dice.one_in(6)) fact.account = "company" + std::to_string(person % 97) + ".example";
}

constexpr std::array pages = {"/pricing", "/product/a", "/product/b", "/careers", "/blog/1", "/"};
constexpr std::array titles = {"CEO", "Head of Sales", "Office Manager", "student", "Clerk"};
constexpr std::array industries = {"software", "Retail", "fishing", "logistics"};
constexpr std::array forms = {"contact", "newsletter", "quote"};
constexpr std::array campaigns = {"spring", "summer", "autumn"};
constexpr std::array rejections = {"wrong_fit", "no_real_interest", "wrong_person", "bad_data"};
constexpr std::array returns = {"no_answer", "no_budget", "not_now", "stalled"};

void observe(IncomingFact& fact, Dice& dice) {
    switch (dice.below(20)) {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
            fact.type = "Page Viewed";
            fact.properties = {{"path", Value(dice.of(pages))}};
            return;
        case 5:
        case 6:
            fact.type = "Email Clicked";
            fact.properties = {{"asset", Value(dice.of(campaigns))}};
            return;
        case 7:
        case 8:
            fact.type = "Asset Downloaded";
            fact.properties = {{"asset", Value("guide " + std::to_string(dice.below(9)))}};
            return;
        case 9:
            fact.type = "Form Submitted";
            fact.properties = {{"form", Value(dice.of(forms))}};
            return;
        case 10:
        case 11: fact.type = "Demo Requested"; return;
        case 12: fact.type = "Email Opened"; return;
        case 13: fact.type = "Agreed To Engage"; return;
        case 14:
            fact.type = dice.one_in(3) ? "Deal Lost" : "Deal Won";
            fact.properties = {{"amount", Value(static_cast<std::int64_t>(100 * dice.below(90)))}};
            return;
        case 15:
            fact.type = "call";
            fact.properties = {{"disposition", Value("reached")}, {"text", Value("said \"yes, perhaps\"\n")}};
            return;
        default:
            fact.type = "profile";
            fact.properties = {{"employees", Value(static_cast<std::int64_t>(dice.below(2'000)))}};
            if (dice.one_in(2)) fact.properties.push_back({"title", Value(dice.of(titles))});
            if (dice.one_in(2)) fact.properties.push_back({"industry", Value(dice.of(industries))});
            if (dice.one_in(9)) fact.properties.push_back({"name", Value("Anna Bäcker")});
            return;
    }
}

void decide(IncomingFact& fact, Dice& dice) {
    fact.actor = "sam";
    switch (dice.below(8)) {
        case 0:
            fact.type = "reject";
            fact.properties = {{"reason", Value(dice.of(rejections))}};
            return;
        case 1:
        case 2:
            fact.type = "return";
            fact.properties = {{"reason", Value(dice.of(returns))}};
            return;
        case 3:
            if (dice.one_in(4)) {
                fact.type = "disqualify";
                fact.properties = {{"reason", Value("competitor")}};
                return;
            }
            [[fallthrough]];
        default: fact.type = "accept"; return;
    }
}

void set_time(IncomingFact& fact, Instant now, Dice& dice) {
    switch (dice.below(10)) {
        case 0: fact.occurred_at = now - Duration::hours(static_cast<std::int64_t>(dice.below(24 * 90))); return;
        case 1: fact.occurred_at = now + Duration::minutes(static_cast<std::int64_t>(dice.below(90))); return;
        case 2:
        case 3:
        case 4:
        case 5: fact.occurred_at = now - Duration::minutes(static_cast<std::int64_t>(dice.below(3'000))); return;
        default: return;
    }
}

std::string who(const IncomingFact& fact) {
    return fact.user_id + "|" + fact.anonymous_id + "|" + fact.phone +
           (fact.user_id.empty() && fact.anonymous_id.empty() ? fact.email : "");
}

std::string playbook_text() {
    std::ifstream file(BATON_SOURCE_DIR "/playbooks/handoff-loop.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

}  // namespace

IntakeStream::IntakeStream(std::uint64_t seed, std::size_t facts, std::size_t largest)
    : seed_(seed), largest_(largest) {
    Instant at = *parse_instant("2025-01-06T08:00:00Z");
    Dice dice(seed, 0);
    for (std::size_t first = 0; first < facts; first += 1 + dice.below(largest)) {
        first_.push_back(first);
        moments_.push_back(at);
        at = at + Duration::minutes(static_cast<std::int64_t>(1 + dice.below(720)));
    }
    first_.push_back(facts);
}

std::size_t IntakeStream::number_in(const std::string& message_id) {
    std::size_t number = 0;
    const char* end = message_id.data() + message_id.size();
    const auto read = std::from_chars(message_id.data() + 1, end, number);
    BATON_CHECK(message_id.starts_with('m') && read.ptr == end);
    return number;
}

IncomingFact IntakeStream::fact(std::size_t number, Instant now) const {
    Dice dice(seed_, number + 1);
    IncomingFact fact;
    fact.message_id = "m" + std::to_string(number);
    if (dice.one_in(5)) fact.source = "csv:list";
    if (dice.one_in(100)) {
        fact.type = "account";
        fact.account = "company" + std::to_string(dice.below(97)) + ".example";
        fact.properties = {{"size", Value(static_cast<std::int64_t>(dice.below(9)))}};
        return fact;
    }
    name_person(fact, dice.below(std::max<std::size_t>(3, facts() / 25)), dice);
    if (dice.one_in(7)) {
        decide(fact, dice);
    } else {
        observe(fact, dice);
        set_time(fact, now, dice);
    }
    return fact;
}

std::vector<IncomingFact> IntakeStream::batch(std::size_t number) const {
    std::vector<IncomingFact> batch, decisions;
    std::set<std::string> deciding;
    for (std::size_t i = first_[number]; i < first_[number + 1]; ++i) {
        IncomingFact next = fact(i, moments_[number]);
        if (is_decision(kind_of(next.type))) {
            if (deciding.insert(who(next)).second) decisions.push_back(std::move(next));
            continue;
        }
        Dice dice(~seed_, i);
        // As a client does that did not hear the answer: the same once more, here or in a later batch.
        if (dice.one_in(30) && i > 0) {
            const std::size_t before = i - 1 - dice.below(std::min<std::size_t>(i, 400));
            const auto its = std::ranges::upper_bound(first_, before) - first_.begin() - 1;
            IncomingFact again = fact(before, moments_[static_cast<std::size_t>(its)]);
            if (!is_decision(kind_of(again.type))) batch.push_back(std::move(again));
        }
        batch.push_back(std::move(next));
    }
    std::ranges::move(decisions, std::back_inserter(batch));
    return batch;
}

StreamTaker::StreamTaker(ports::Store& store, const IntakeStream& stream, app::Options options) : stream_(stream) {
    clock_.time = stream.moment(0);
    options.salt = 1;  // journals of equal streams are compared
    auto opened = app::Ledger::open(store, clock_, std::move(options));
    if (!opened) {
        ready_ = std::unexpected(opened.error());
        return;
    }
    ledger_ = std::move(*opened);
    if (ledger_->active() != nullptr) return;
    const auto version = ledger_->store_playbook(playbook_text(), "handoff-loop.yaml");
    if (version) {
        const auto active = ledger_->activate({*version, {}, app::OpenLeads::re_evaluate, {}, "olga"});
        if (!active) ready_ = std::unexpected(active.error());
    } else {
        ready_ = std::unexpected(version.error());
    }
}

Result<app::Receipt> StreamTaker::take(std::size_t batch) {
    clock_.time = stream_.moment(batch);
    if (const auto fired = ledger_->run_due(clock_.time); !fired) return std::unexpected(fired.error());
    return ledger_->intake(stream_.batch(batch));
}

app::Options tight_options() {
    app::Options options;
    options.cache_bytes = std::size_t{1} << 20;
    options.derive_bytes = std::size_t{1} << 18;
    return options;
}

}  // namespace baton::support
