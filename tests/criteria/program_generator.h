// Random programs: mostly well typed, so that evaluation is reached; some nonsense, so that checking is.
#pragma once

#include <string>

#include <rapidcheck.h>

namespace baton::criteria::test {

template <class... Texts>
std::string one_of(Texts... texts) {
    return *rc::gen::element<std::string>(std::string(texts)...);
}

inline std::string random_text(int depth);
inline std::string random_list(int depth);
inline std::string random_condition(int depth);

inline std::string random_number(int depth) {
    if (depth <= 0) {
        return one_of("0", "1", "-1", "3", "150", "2.5", "-0.000001", "9223372036854775807", "person.employees",
                      "person.revenue", "person.big", "account.size", "score.behaviour", "lead.cycle",
                      "days_in_stage()", "count(\"call\")", "account.decision_makers");
    }
    const int next = depth - 1;
    switch (*rc::gen::inRange(0, 9)) {
        case 0: return "(" + random_number(next) + " + " + random_number(next) + ")";
        case 1: return random_number(0) + " * " + random_number(0);
        case 2: return random_number(next) + " / " + random_number(0);
        case 3: return "int(" + random_number(next) + ") % " + one_of("0", "1", "7", "lead.cycle");
        case 4: return "-" + random_number(0);
        case 5: return "size(" + random_text(next) + ")";
        case 6: return random_list(next) + ".size()";
        case 7: return "int(" + random_text(next) + ")";
        default: return "(" + random_condition(next) + " ? " + random_number(next) + " : " + random_number(next) + ")";
    }
}

inline std::string random_text(int depth) {
    if (depth <= 0) {
        return one_of("\"\"", "\"a\"", "'VP Sales'", "r\"\\d\"", "\"\\u00e4\\n\"", "\"12\"", "person.title",
                      "person.phone", "person.domain", "class.heat", "account.industry", "person.tags[0]",
                      "person.tags[5]");
    }
    const int next = depth - 1;
    switch (*rc::gen::inRange(0, 3)) {
        case 0: return "(" + random_text(next) + " + " + random_text(next) + ")";
        case 1: return random_text(0) + ".lowerAscii()";
        default: return "string(" + random_number(next) + ")";
    }
}

inline std::string random_list(int depth) {
    if (depth <= 0) return one_of("person.tags", "lists.competitors", "[]", "[\"a\", \"b\"]", "[1, 2.5, \"x\"]");
    const int next = depth - 1;
    switch (*rc::gen::inRange(0, 4)) {
        case 0: return "[" + random_number(next) + ", " + random_text(next) + "]";
        case 1:
            return random_list(next) + ".filter(x, " +
                   one_of("x == \"a\"", "x != 1", "x > \"a\"", random_condition(next)) + ")";
        case 2: return random_list(next) + ".map(y, " + one_of("y", "[y]", "y == 1", random_number(next)) + ")";
        default: return "(" + random_list(next) + " + " + random_list(next) + ")";
    }
}

inline std::string random_condition(int depth) {
    const int next = depth - 1;
    if (depth <= 0) return one_of("true", "false", "person.budget", "has(person.phone)", "has(answer.budget)");
    switch (*rc::gen::inRange(0, 12)) {
        case 0: return "(" + random_condition(next) + " && " + random_condition(next) + ")";
        case 1: return random_condition(next) + " || " + random_condition(next);
        case 2: return "!(" + random_condition(next) + ")";
        case 3: return random_number(next) + one_of(" < ", " <= ", " > ", " >= ", " == ", " != ") + random_number(next);
        case 4: return random_text(next) + one_of(" < ", " == ", " != ") + random_text(next);
        case 5: return random_text(next) + " in " + random_list(next);
        case 6: return random_text(next) + one_of(".contains(", ".startsWith(", ".endsWith(") + random_text(next) + ")";
        case 7: return random_text(next) + one_of(".matches(\"a+\")", ".matches(r\"(?i)^vp\")");
        case 8:
            return random_list(next) + one_of(".exists(x, ", ".all(x, ", ".exists_one(x, ") +
                   one_of("x == \"a\"", "x > \"a\"", random_condition(next)) + ")";
        case 9:
            return "days_since(" + one_of("person.signup", "last(\"call\")", "first(\"Demo Requested\")") + ") > " +
                   random_number(next);
        case 10: return random_number(next) + " == " + random_text(next);
        default:
            return "(" + random_condition(next) + " ? " + random_condition(next) + " : " + random_condition(next) + ")";
    }
}

}  // namespace baton::criteria::test
