// The cast of every criteria test: one playbook's names, and a person's data as a table.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/criteria/criteria.h"

namespace baton::criteria::test {

inline constexpr Instant noon{1'800'000'000'000'000};  // 2027-01-15T08:00:00Z

inline Declarations declarations() {
    Declarations d;
    d.person = {{"employees", "Employees", PropertyType::integer, {}},
                {"revenue", "Revenue", PropertyType::number, {}},
                {"role", "Role", PropertyType::string, {"decision maker", "user", "other"}},
                {"title", "Title", PropertyType::string, {}},
                {"domain", "Domain", PropertyType::string, {}},
                {"phone", "Phone", PropertyType::string, {}},
                {"budget", "Budget", PropertyType::boolean, {}},
                {"signup", "Signup", PropertyType::timestamp, {}},
                {"tags", "Tags", PropertyType::strings, {}},
                {"big", "Big number", PropertyType::integer, {}},
                {"crm_id", "CRM id", PropertyType::string, {}}};
    d.account = {{"industry", "Industry", PropertyType::string, {"software", "retail"}},
                 {"size", "", PropertyType::integer, {}}};
    d.questions = {"budget"};
    d.aggregates = {"decision_makers"};
    d.aggregate_labels = {"decision makers known"};
    d.types = {"Demo Requested", "Page Viewed", "call"};
    d.type_labels = {"asked for a demo", "Page Viewed"};
    d.scores = {"behaviour", "fit"};
    d.score_names = {"Behaviour"};
    d.classes = {"heat"};
    d.class_names = {"Heat"};
    d.class_labels = {{"hot", "warm", "cool"}};
    d.stages = {"lead", "qualified", "won"};
    d.stage_names = {"Lead", "Qualified lead", "Customer"};
    d.lists = {{"competitors", {"rival.example", "other.example"}}};
    return d;
}

inline std::vector<DeclaredProperty> event_properties() {
    return {{"path", "Path", PropertyType::string, {}}, {"seconds", "Seconds", PropertyType::integer, {}}};
}

/// A score that is given by steps: from each moment on its value.
using Steps = std::map<Instant, Decimal>;

class Table : public Inputs {
   public:
    std::map<std::uint16_t, Value> attributes, account, answers;
    std::map<std::string, Value, std::less<>> fact;
    std::map<std::uint16_t, std::vector<Instant>> facts;  ///< ascending
    std::map<std::uint16_t, Steps> scores;
    std::string heat = "warm";
    std::string stage_id = "lead";
    std::string furthest_id = "qualified";
    std::string holder_kind = "queue";
    std::int64_t cycle_number = 2;
    std::int64_t decision_makers = 0;
    Instant entered = noon - Duration::days(10);
    Instant cycle_start = noon - Duration::days(40);

    static const Value* look(const std::map<std::uint16_t, Value>& map, PropertyIndex i) {
        const auto at = map.find(i.value);
        return at == map.end() ? nullptr : &at->second;
    }
    const Value* attribute(PropertyIndex i) const override { return look(attributes, i); }
    const Value* account_attribute(PropertyIndex i) const override { return look(account, i); }
    const Value* answer(PropertyIndex i) const override { return look(answers, i); }
    const Value* event(std::string_view name) const override {
        const auto at = fact.find(name);
        return at == fact.end() ? nullptr : &at->second;
    }
    std::int64_t aggregate(AggregateIndex) const override { return decision_makers; }

    const std::vector<Instant>& of(TypeIndex type) const {
        static const std::vector<Instant> none;
        const auto at = facts.find(type.value);
        return at == facts.end() ? none : at->second;
    }
    std::int64_t count(TypeIndex type, Duration window, Instant at) const override {
        return std::ranges::count_if(of(type), [&](Instant t) { return window.us == 0 || at - window < t; });
    }
    std::int64_t count_this_cycle(TypeIndex type) const override {
        return std::ranges::count_if(of(type), [&](Instant t) { return t >= cycle_start; });
    }
    std::optional<Instant> first(TypeIndex type) const override {
        return of(type).empty() ? std::nullopt : std::optional(of(type).front());
    }
    std::optional<Instant> last(TypeIndex type) const override {
        return of(type).empty() ? std::nullopt : std::optional(of(type).back());
    }
    Decimal score(ScoreIndex i, Instant at) const override {
        Decimal value;
        if (const auto steps = scores.find(i.value); steps != scores.end()) {
            for (const auto& [from, points] : steps->second) {
                if (from <= at) value = points;
            }
        }
        return value;
    }
    std::string_view label(ClassIndex) const override { return heat; }
    std::string_view stage() const override { return stage_id; }
    std::string_view furthest() const override { return furthest_id; }
    std::string_view holder() const override { return holder_kind; }
    std::int64_t cycle() const override { return cycle_number; }
    Instant stage_entered_at() const override { return entered; }
    Instant cycle_started_at() const override { return cycle_start; }

    Instant count_changes_after(TypeIndex type, Duration window, Instant at) const override {
        Instant earliest = Instant::never();
        for (const Instant t : of(type)) {
            if (t + window > at) earliest = std::min(earliest, t + window);
        }
        return earliest;
    }
    Instant score_changes_after(ScoreIndex i, Instant at) const override {
        if (const auto steps = scores.find(i.value); steps != scores.end()) {
            const auto next = steps->second.upper_bound(at);
            if (next != steps->second.end()) return next->first;
        }
        return Instant::never();
    }
    Instant score_comparison_changes_after(ScoreIndex i, Comparison comparison, Decimal bound,
                                           Instant at) const override {
        const auto holds = [&](Instant t) { return compare(score(i, t), comparison, bound); };
        const bool now = holds(at);
        for (Instant t = score_changes_after(i, at); t != Instant::never(); t = score_changes_after(i, t)) {
            if (holds(t) != now) return t;
        }
        return Instant::never();
    }
    static bool compare(Decimal a, Comparison comparison, Decimal b) {
        switch (comparison) {
            case Comparison::less: return a < b;
            case Comparison::less_equal: return a <= b;
            case Comparison::greater: return a > b;
            case Comparison::greater_equal: return a >= b;
            case Comparison::equal: return a == b;
            case Comparison::not_equal: return a != b;
        }
        return false;
    }
};

/// Anna: a mid-size software firm, two demo requests, one page view an hour ago.
inline Table anna() {
    Table t;
    t.attributes = {{0, Value(150)},
                    {1, Value(Decimal{2'500'000})},
                    {2, Value("decision maker")},
                    {3, Value("VP Sales")},
                    {4, Value("rival.example")},
                    {6, Value(true)},
                    {7, Value(noon - Duration::days(100))},
                    {8, Value(ValueList{Value("a"), Value("b")})},
                    {9, Value(std::int64_t{9'223'372'036'854'775'807})}};
    t.account = {{0, Value("software")}};
    t.answers = {{6, Value(true)}};
    t.facts = {{0, {noon - Duration::days(20), noon - Duration::days(3)}}, {1, {noon - Duration::hours(1)}}};
    t.scores = {{0,
                 {{noon - Duration::days(1), Decimal::whole(70)},
                  {noon + Duration::days(5), Decimal::whole(55)},
                  {noon + Duration::days(9), Decimal{12'500'000}}}}};
    t.decision_makers = 1;
    return t;
}

}  // namespace baton::criteria::test
