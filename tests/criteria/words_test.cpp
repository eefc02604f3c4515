// What people read instead of an expression, and what they read when it does not hold yet.
#include <gtest/gtest.h>

#include "criteria/table.h"

namespace baton::criteria::test {
namespace {

Expression compiled(std::string_view text, Scope scope = Scope::person) {
    Compiled result = compile(text, declarations(), scope, event_properties());
    for (const Problem& problem : result.problems) ADD_FAILURE() << text << ": " << problem.message;
    return result.expression;
}

struct Said {
    const char* text;
    const char* holds;
    const char* contrary;
};

void check(std::initializer_list<Said> cases, Scope scope = Scope::person) {
    for (const Said& c : cases) {
        const Expression expression = compiled(c.text, scope);
        if (!expression.valid()) continue;
        EXPECT_EQ(describe(expression), c.holds) << c.text;
        EXPECT_EQ(describe(expression, Truth::no), c.contrary) << c.text;
    }
}

TEST(Describe, comparisons) {
    check(
        {{"person.employees >= 200", "employees at least 200", "employees below 200"},
         {"200 <= person.employees", "employees at least 200", "employees below 200"},
         {"person.employees > 200", "employees above 200", "employees at most 200"},
         {"person.revenue < 2.50", "revenue below 2.5", "revenue at least 2.5"},
         {"person.employees == 3", "employees is 3", "employees is not 3"},
         {"account.industry == \"software\"", "industry is software", "industry is not software"},
         {"account.industry != \"software\"", "industry is not software", "industry is software"},
         {"person.budget", "budget is yes", "budget is no"},
         {"person.budget == false", "budget is no", "budget is yes"},
         {"!person.budget", "budget is no", "budget is yes"},
         {"person.crm_id == \"x\"", "CRM id is x", "CRM id is not x"},
         {"person.signup < timestamp(\"2026-01-31\")", "signup before 2026-01-31", "signup not before 2026-01-31"},
         {"account.decision_makers >= 2", "decision makers known at least 2", "decision makers known below 2"},
         {"score.behaviour >= 60", "behaviour score at least 60", "behaviour score below 60"},
         {"score.fit + score.behaviour > 100", "fit score + behaviour score above 100",
          "fit score + behaviour score at most 100"},
         {"size(person.tags) > 2", "number of tags above 2", "number of tags at most 2"},
         {"person.revenue / person.employees > 1.0", "revenue / employees above 1", "revenue / employees at most 1"}});
}

TEST(Describe, membership_and_presence) {
    check(
        {{"person.domain in lists.competitors", "domain in the list competitors", "domain not in the list competitors"},
         {"account.industry in [\"software\", \"retail\"]", "industry is software or retail",
          "industry is not software or retail"},
         {"person.employees in [1, 2, 3, 4]", "employees is one of 1, 2, 3, 4", "employees is none of 1, 2, 3, 4"},
         {"\"a\" in person.tags", "tags contain a", "tags do not contain a"},
         {"has(person.budget)", "budget known", "budget not known"},
         {"!has(person.phone)", "phone not known", "phone known"},
         {"has(answer.budget)", "budget answered", "budget not answered"},
         {"class.heat == \"hot\"", "heat is hot", "heat is not hot"},
         {"class.heat == \"\"", "no heat", "has a heat"},
         {"lead.stage == \"qualified\"", "stage is Qualified lead", "stage is not Qualified lead"},
         {"lead.stage in [\"qualified\", \"won\"]", "stage is Qualified lead or Customer",
          "stage is not Qualified lead or Customer"},
         {"lead.holder == \"nurture\"", "held by nurture", "not held by nurture"},
         {"lead.cycle > 1", "cycle above 1", "cycle at most 1"}});
}

TEST(Describe, counts_and_days) {
    check({{"count(\"Demo Requested\", days(14)) > 0", "asked for a demo within 14 days",
            "has not asked for a demo within 14 days"},
           {"count(\"Demo Requested\") >= 1", "asked for a demo", "has not asked for a demo"},
           {"count(\"Demo Requested\", hours(1)) >= 3", "asked for a demo at least 3 times within 1 hour",
            "asked for a demo at most 2 times within 1 hour"},
           {"count(\"Demo Requested\") == 0", "has not asked for a demo", "asked for a demo"},
           {"count(\"Page Viewed\", days(1)) > 1", "at least 2 \"Page Viewed\" within 1 day",
            "at most 1 \"Page Viewed\" within 1 day"},
           {"count(\"call\") == 0", "no \"call\"", "at least one \"call\""},
           {"count_this_cycle(\"Demo Requested\") > 0", "asked for a demo in this cycle",
            "has not asked for a demo in this cycle"},
           {"days_since(last(\"Demo Requested\")) >= 30", "last asked for a demo at least 30 days ago",
            "last asked for a demo less than 30 days ago"},
           {"days_since(person.signup) < 1", "signup less than 1 day ago", "signup at least 1 day ago"},
           {"days_until(person.signup) <= 90", "signup in at most 90 days", "signup in more than 90 days"},
           {"days_in_stage() >= 14", "at least 14 days in the stage", "less than 14 days in the stage"}});
}

TEST(Describe, texts_and_connections) {
    check(
        {{"person.title.contains(\"VP\")", "title contains \"VP\"", "title does not contain \"VP\""},
         {"person.title.lowerAscii().startsWith(\"vp\")", "title starts with \"vp\"",
          "title does not start with \"vp\""},
         {"person.title.matches(r\"^VP|Chief\")", "title matches \"^VP|Chief\"", "title does not match \"^VP|Chief\""},
         {"person.budget && person.employees > 1", "budget is yes and employees above 1",
          "budget is no or employees at most 1"},
         {"has(person.phone) || person.budget || person.employees > 1",
          "phone known, budget is yes or employees above 1", "phone not known, budget is no and employees at most 1"},
         {"person.budget && (has(person.phone) || person.employees > 1)",
          "budget is yes and (phone known or employees above 1)",
          "budget is no or (phone not known and employees at most 1)"},
         {"person.budget ? person.employees > 1 : has(person.phone)",
          "if budget is yes: employees above 1, else phone known",
          "if budget is yes: employees at most 1, else phone not known"},
         {"person.tags.exists(t, t == \"x\")", "for at least one t of tags: t is x", "for each t of tags: t is not x"},
         {"1 == 1", "always", "never"}});
    check({{"event.path.startsWith(\"/pricing\")", "path starts with \"/pricing\"",
            "path does not start with \"/pricing\""}},
          Scope::event);
}

std::string wants(std::string_view text, Truth goal = Truth::yes) {
    const Expression expression = compiled(text);
    std::string all;
    for (const Wanted& want : wanted(expression, anna(), noon, goal)) {
        all += (all.empty() ? "" : "; ") + want.text + (want.now.empty() ? "" : " (" + want.now + ")");
    }
    return all;
}

struct WantCase {
    const char* text;
    const char* expected;
};

TEST(Wanted, says_what_is_missing_and_how_it_stands) {
    for (const WantCase& c : std::initializer_list<WantCase>{
             {"person.employees >= 100", ""},
             {"person.employees >= 200", "employees at least 200 (is 150)"},
             {"200 <= person.employees", "employees at least 200 (is 150)"},
             {"person.phone == \"1\"", "phone is 1 (is missing)"},
             {"has(person.phone)", "phone known"},
             {"!person.budget", "budget is no (is yes)"},
             {"account.industry in [\"retail\"]", "industry is retail (is software)"},
             {"!(person.domain in lists.competitors)", "domain not in the list competitors (is rival.example)"},
             {"count(\"call\", days(14)) > 0", "at least one \"call\" within 14 days (none so far)"},
             {"count(\"Demo Requested\") >= 3", "asked for a demo at least 3 times (2 so far)"},
             {"score.behaviour >= 80", "behaviour score at least 80 (is 70)"},
             {"days_in_stage() >= 30", "at least 30 days in the stage (10 so far)"},
             {"person.title.matches(r\"Chief\")", "title matches \"Chief\" (is VP Sales)"},
             {"class.heat == \"hot\"", "heat is hot (is warm)"},
             {"account.size > 3", "size above 3 (is missing)"},
             {"days_since(last(\"call\")) > 3", "last call more than 3 days ago (last call is missing)"},
             {"person.employees > account.size", "employees above size (size is missing)"},
             {"\"z\" in person.tags", "tags contain z (is a, b)"}}) {
        EXPECT_EQ(wants(c.text), c.expected) << c.text;
    }
}

TEST(Wanted, takes_all_sides_of_and_and_the_cheapest_of_or) {
    for (const WantCase& c : std::initializer_list<WantCase>{
             {"person.employees >= 200 && has(person.phone) && person.budget",
              "employees at least 200 (is 150); phone known"},
             {"(person.employees >= 200 && has(person.phone)) || !person.budget", "budget is no (is yes)"},
             {"person.employees >= 200 || has(person.phone)", "employees at least 200 (is 150)"},
             {"false || has(person.phone)", "phone known"},
             {"person.budget ? person.employees >= 200 : true", "employees at least 200 (is 150)"},
             {"!(person.budget && person.employees > 100)", "budget is no (is yes)"},
             {"!(person.budget || person.employees > 100)", "budget is no (is yes); employees at most 100 (is 150)"},
             {"1 == 2", "a change of the playbook: this never holds"}}) {
        EXPECT_EQ(wants(c.text), c.expected) << c.text;
    }
    EXPECT_EQ(wants("person.budget && person.employees > 100", Truth::no), "budget is no (is yes)");
    EXPECT_EQ(wants("person.employees > 200", Truth::no), "");
}

TEST(Wanted, names_the_input_the_comparison_and_the_bound) {
    const Expression expression = compiled("has(person.phone) && 200 <= person.employees");
    const auto all = wanted(expression, anna(), noon);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(expression.inputs()[static_cast<std::size_t>(all[0].input)].name, "person.phone");
    EXPECT_EQ(expression.inputs()[static_cast<std::size_t>(all[1].input)].name, "person.employees");
    EXPECT_EQ(all[1].comparison, Comparison::greater_equal);
    EXPECT_EQ(all[1].bound, Value(200));
}

}  // namespace
}  // namespace baton::criteria::test
