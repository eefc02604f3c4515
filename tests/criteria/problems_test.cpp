// (expression) → where it is wrong, what is wrong, how to mend it.
#include <gtest/gtest.h>

#include "criteria/table.h"

namespace baton::criteria::test {
namespace {

/// "offset: message | hint", one line a problem.
std::string problems(std::string_view text, Scope scope = Scope::person) {
    const Compiled compiled = compile(text, declarations(), scope, event_properties());
    EXPECT_EQ(compiled.expression.valid(), compiled.problems.empty()) << text;
    std::string all;
    for (const Problem& p : compiled.problems) {
        if (!all.empty()) all += '\n';
        all += std::to_string(p.offset) + ": " + p.message + (p.hint.empty() ? "" : " | " + p.hint);
    }
    return all;
}

struct Case {
    const char* text;
    const char* expected;
};

void check(std::initializer_list<Case> cases, Scope scope = Scope::person) {
    for (const Case& c : cases) EXPECT_EQ(problems(c.text, scope), c.expected) << c.text;
}

TEST(Problems, of_spelling) {
    check({{"", "0: the expression is empty | write a condition, for example person.employees >= 200"},
           {"   ", "0: the expression is empty | write a condition, for example person.employees >= 200"},
           {"person.employees >=", "19: the expression ends too early | expected a value"},
           {"person.employees = 200", "17: unexpected = | write == to compare"},
           {"person.budget and true", "14: unexpected and | write && for and"},
           {"person.budget & true", "14: unexpected & | write && for and"},
           {"person.budget or true", "14: unexpected or | write || for or"},
           {"not person.budget", "0: unexpected not | write ! before the expression"},
           {"person.employees <> 1", "17: unexpected <> | write != for not equal"},
           {"1 < 2 < 3", "6: comparisons cannot be chained | write a < b && b < c"},
           {"(1 < 2", "6: the expression ends too early | expected )"},
           {"[1, 2", "5: the expression ends too early | expected ]"},
           {"person.", "7: the expression ends too early | expected a name after the point"},
           {"person.title == \"VP", "16: this text has no closing quote | add \""},
           {"person.title == \"a\\qb\"",
            "18: unknown escape in a text | write \\\\ for a backslash, or r\"\xE2\x80\xA6\" for a pattern"},
           {"person.title == \"\\ud800\"", "17: this escape is no character a text may hold"},
           {"person.title == \"\\x00\"", "17: this escape is no character a text may hold"},
           {"person.title == \"\\u12\"", "17: this escape needs more digits"},
           {"person.title == \"\xFF\"", "17: this is not UTF-8 text | save the file as UTF-8"},
           {"person.title == \xE2\x80\x9CVP\xE2\x80\x9D", "16: unexpected \xE2\x80\x9C | write plain quotes: \"text\""},
           {"person.title == \"\"\"VP\"\"\"",
            "16: texts in triple quotes are not part of the criteria language | use one quote"},
           {"person.title == b\"VP\"",
            "16: bytes are not part of the criteria language | leave out the b before the quote"},
           {"person.employees > 5u",
            "20: a number cannot be followed by a letter | leave out the u: there are no unsigned numbers"},
           {"days_in_stage() > 5d",
            "19: a number cannot be followed by a letter | lengths of time are written days(14), hours(4), "
            "duration(\"1d12h\")"},
           {"9223372036854775808", "0: this number is too large | whole numbers go up to 9223372036854775807"},
           {"1e13", "0: this number is too large | decimals go up to 9223372036854.775807"},
           {"0.1234567", "0: this number has more than six decimal places | round it to six places"},
           {"1e-7", "0: this number has more than six decimal places | round it to six places"},
           {"{\"a\": 1}", "0: unexpected { | write a list in brackets: [\"a\", \"b\"]"},
           {"#", "0: unexpected #"},
           {"true ? 1", "8: the expression ends too early | expected :"},
           {"true true", "5: unexpected true | expected the end of the expression"},
           {"for > 1", "0: unexpected for | expected a value"}});
    EXPECT_EQ(problems("0.1234560 > 0 || 1e-6 > 0.0 || 0.5e-5 > 0 || 0x1F > 30"), "");
}

TEST(Problems, of_names) {
    check({{"person.employes >= 200", "0: unknown property person.employes | did you mean person.employees?"},
           {"person.Employees >= 200", "0: unknown property person.Employees | did you mean person.employees?"},
           {"person.industry == \"software\"", "0: unknown property person.industry | did you mean account.industry?"},
           {"person.behaviour > 3", "0: unknown property person.behaviour | did you mean score.behaviour?"},
           {"person.shoe_size_in_inches > 3",
            "0: unknown property person.shoe_size_in_inches | declare it under properties"},
           {"account.decision_maker > 1",
            "0: unknown property account.decision_maker | did you mean account.decision_makers?"},
           {"answer.budgt", "0: unknown question answer.budgt | did you mean answer.budget?"},
           {"answer.title == \"x\"", "0: unknown question answer.title | there is only answer.budget"},
           {"score.behavior > 3", "0: unknown score score.behavior | did you mean score.behaviour?"},
           {"score.x > 3", "0: unknown score score.x | there are score.behaviour, score.fit"},
           {"class.het == \"hot\"", "0: unknown class class.het | did you mean class.heat?"},
           {"person.domain in lists.competitor", "17: unknown list lists.competitor | did you mean lists.competitors?"},
           {"lead.phase == \"x\"",
            "0: unknown name lead.phase | there are lead.stage, lead.cycle, lead.furthest, lead.holder"},
           {"employees > 3", "0: unknown name employees | did you mean person.employees?"},
           {"persn.employees > 3", "0: unknown name persn | did you mean person?"},
           {"person > 3", "0: person is not a value by itself | name what to read: person.<name>"},
           {"person[\"title\"] == \"x\"", "0: person is read with a point | write person.<name>"},
           {"person.title.first == \"x\"", "0: person.title is text and has no parts"},
           {"count(\"Demo Request\") > 0", "6: unknown fact type \"Demo Request\" | did you mean \"Demo Requested\"?"},
           {"last(\"Mail\") == last(\"call\")", "5: unknown fact type \"Mail\" | did you mean \"call\"?"},
           {"count(person.title) > 0", "6: the fact type is written as text in quotes | write \"Demo Requested\""},
           {"days_sinc(last(\"call\")) > 3", "0: unknown function days_sinc | did you mean days_since?"},
           {"now() > last(\"call\")", "0: there is no now() | use days_since(moment) or days_until(moment)"},
           {"contains(person.title, \"x\")", "0: contains stands behind a value | write x.contains(\xE2\x80\xA6)"},
           {"person.revenue.int()", "0: int stands before its value | write int(x)"},
           {"person.title.startswith(\"x\")", "0: unknown function .startswith() | did you mean .startsWith?"}});
}

TEST(Problems, of_places) {
    check({{"event.path == \"x\"", "0: event.path cannot be read here | event.* is read in `where` of a score rule"}});
    check(
        {{"score.fit > 1",
          "0: score.fit cannot be read here | `when` of a fit score rule reads person, account, answer and lists"},
         {"days_since(person.signup) > 1",
          "0: days_since(person.signup) cannot be read here | `when` of a fit score rule reads person, account, answer "
          "and lists"},
         {"account.decision_makers > 1 && answer.budget && person.domain in lists.competitors", ""}},
        Scope::fit);
    check({{"event.paht == \"x\"", "0: unknown property event.paht | did you mean event.path?"},
           {"event.path == person.domain || event.path in lists.competitors", ""},
           {"lead.stage == \"won\"",
            "0: lead.stage cannot be read here | `where` of a score rule reads event, person and lists"},
           {"account.industry == \"retail\"",
            "0: account.industry cannot be read here | `where` of a score rule reads event, person and lists"}},
          Scope::event);
    check({{"person.role == \"user\" || answer.budget", ""},
           {"account.industry == \"retail\"",
            "0: account.industry cannot be read here | an account count reads person, answer and lists of one member"}},
          Scope::member);
}

TEST(Problems, of_types) {
    check(
        {{"person.employees > \"200\"",
          "0: cannot compare person.employees (a whole number) with \"200\" (text) | write 200 without quotes"},
         {"\"200\" < person.employees",
          "0: cannot compare \"200\" (text) with person.employees (a whole number) | write 200 without quotes"},
         {"person.title == 3", "0: cannot compare person.title (text) with 3 (a whole number) | write \"3\" in quotes"},
         {"person.budget == \"yes\"",
          "0: cannot compare person.budget (yes or no) with \"yes\" (text) | write true or false without quotes"},
         {"person.signup > 30",
          "0: cannot compare person.signup (a moment) with 30 (a whole number) | compare days: "
          "days_since(person.signup) > 30"},
         {"person.signup > \"2026-01-01\"",
          "0: cannot compare person.signup (a moment) with \"2026-01-01\" (text) | write "
          "timestamp(\"2026-01-31T00:00:00Z\")"},
         {"person.tags == \"a\"",
          "0: cannot compare person.tags (a list) with \"a\" (text) | write \"a\" in person.tags"},
         {"person.title > person.employees",
          "0: cannot compare person.title (text) with person.employees (a whole number)"},
         {"person.tags < person.tags", "0: lists have no order | compare their sizes: size(person.tags) > 0"},
         {"person.phone == null",
          "0: person.phone is never null: a missing value is unknown | write !has(person.phone)"},
         {"person.phone != null",
          "0: person.phone is never null: a missing value is unknown | write has(person.phone)"},
         {"person.employees && true",
          "0: && needs yes or no, but person.employees is a whole number | compare it with something, for example "
          "person.employees > 0"},
         {"!person.title",
          "1: ! needs yes or no, but person.title is text | compare it with something, for example person.title == "
          "\"\xE2\x80\xA6\""},
         {"\"a\" in person.title", "0: in needs a list, but person.title is text | write person.title.contains(\"a\")"},
         {"3 in 4", "5: in needs a list, but 4 is a whole number | write a list in brackets: [\"a\", \"b\"]"},
         {"person.employees in [\"a\"]", "20: person.employees is a whole number, but the list holds texts"},
         {"person.title + 1", "0: + does not fit text and a whole number | string(x) makes text of a value"},
         {"person.revenue % 2",
          "0: % does not fit a number and a whole number | % takes whole numbers: int(x) cuts the fraction"},
         {"person.signup - 3", "0: - does not fit a moment and a whole number | write days(3)"},
         {"-person.title", "0: - needs a number, but person.title is text"},
         {"person.title[0]", "0: [ ] needs a list, but person.title is text"},
         {"person.tags[\"a\"]", "12: a position is a whole number from 0, not text"},
         {"person.employees.contains(\"1\")", "0: contains needs text, but person.employees is a whole number"},
         {"person.tags.contains(\"a\")",
          "0: contains needs text, but person.tags is a list | write \"a\" in person.tags"},
         {"person.title.contains(3)", "22: contains takes text, not a whole number | write \"3\" in quotes"},
         {"person.title.exists(x, true)", "0: exists needs a list, but person.title is text"},
         {"person.tags.exists(1, true)", "19: exists first names each element | write list.exists(x, \xE2\x80\xA6)"},
         {"person.tags.exists(person, true)",
          "19: exists first names each element | write list.exists(x, \xE2\x80\xA6)"},
         {"person.tags.exists(x)", "0: exists does not take 1 argument | write list.exists(x, \xE2\x80\xA6)"},
         {"size(person.employees)", "5: size needs text or a list, but person.employees is a whole number"},
         {"int(person.tags)", "4: int() cannot convert a list"},
         {"has(person.employees > 3)", "4: has() asks whether a property is known | write has(person.email)"},
         {"has(lead.stage)", "4: lead.stage always has a value | leave out has()"},
         {"has(account.decision_makers)", "4: account.decision_makers always has a value | leave out has()"},
         {"days_since(\"call\") > 3", "11: days_since needs a moment, not text | write days_since(last(\"call\"))"},
         {"days_since(\"2026-01-01\") > 3",
          "11: days_since needs a moment, not text | write days_since(timestamp(\"2026-01-01\"))"}});
}

TEST(Problems, of_values) {
    check(
        {{"account.industry == \"softwear\"",
          "20: account.industry is never \"softwear\" | did you mean \"software\"?"},
         {"\"bank\" != account.industry", "0: account.industry is never \"bank\" | there are \"software\", \"retail\""},
         {"account.industry in [\"retail\", \"sofware\"]",
          "31: account.industry is never \"sofware\" | did you mean \"software\"?"},
         {"class.heat == \"boiling\"", "14: class.heat is never \"boiling\" | there are \"hot\", \"warm\", \"cool\""},
         {"lead.stage == \"qualifed\"", "14: lead.stage is never \"qualifed\" | did you mean \"qualified\"?"},
         {"lead.stage == \"\"", "14: lead.stage is never \"\" | there are \"lead\", \"qualified\", \"won\""},
         {"lead.holder == \"ownr\"", "15: lead.holder is never \"ownr\" | did you mean \"owner\"?"},
         {"lead.holder == \"\" || lead.furthest == \"\" || class.heat == \"\"", ""},
         {"count(\"call\", 14) > 0", "14: the window is a fixed length of time, not a whole number | write days(14)"},
         {"count(\"call\", days(0)) > 0",
          "14: the window must be longer than nothing | leave it out to count all facts ever"},
         {"count(\"call\", days(person.employees)) > 0",
          "19: days() takes a number that is written out | write days(14)"},
         {"count() > 0", "0: count does not take 0 arguments | write count(\"type\", days(14))"},
         {"days_in_stage(1) > 3", "0: days_in_stage does not take 1 argument | write days_in_stage()"},
         {"duration(\"3 days\") > days(1)", "9: \"3 days\" is no length of time | write duration(\"1d12h\")"},
         {"timestamp(\"2026-02-30\") > last(\"call\")",
          "10: \"2026-02-30\" is no moment | write timestamp(\"2026-01-31T00:00:00Z\")"},
         {"days(1000000000000) > days(1)", "5: this length of time is too large"},
         {"person.title.matches(\"(a\")",
          "21: the pattern cannot be read: missing ): (a | patterns are RE2 regular expressions; contains() finds "
          "plain text"},
         {"person.title.matches(person.domain)", "21: the pattern is written out as text | write r\"^(VP|Chief)\""},
         {"person.employees > 1 / 0", "19: 1 / 0 is out of range or divides by zero"},
         {"person.employees > 9223372036854775807 + 1",
          "19: 9223372036854775807 + 1 is out of range or divides by zero"},
         {"person.employees > int(\"x\")",
          "19: int(\"x\") cannot be computed | the text is no number or time, or the position lies outside the list"}});
}

TEST(Problems, several_at_once_in_the_order_they_stand) {
    EXPECT_EQ(problems("person.employes > 1 && score.behavior > 2 && person.title == 3"),
              "0: unknown property person.employes | did you mean person.employees?\n"
              "23: unknown score score.behavior | did you mean score.behaviour?\n"
              "45: cannot compare person.title (text) with 3 (a whole number) | write \"3\" in quotes");
}

TEST(Problems, of_size) {
    std::string deep = "person.employees > 1";
    for (int i = 0; i < 31; ++i) deep = "(" + deep + ")";
    EXPECT_EQ(problems(deep), "");
    EXPECT_EQ(problems("(" + deep + ")"),
              "32: the expression is nested more than 32 deep | split it into several clauses");
    EXPECT_EQ(problems(std::string(40, '!') + "person.budget"),
              "32: the expression is nested more than 32 deep | split it into several clauses");
    std::string wide = "true";
    for (int i = 0; i < 1'998; ++i) wide += "&&true";
    EXPECT_EQ(problems(wide), "");
    EXPECT_EQ(problems(wide + "&&true"),
              "0: the expression has more than 2,000 parts | split it into several clauses, or use a list");
    std::string sum = "1";
    for (int i = 0; i < 660; ++i) sum += "+person.employees";
    EXPECT_EQ(problems(sum + " > 0"), "");
}

}  // namespace
}  // namespace baton::criteria::test
