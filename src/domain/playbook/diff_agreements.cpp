// Hand-offs, reasons, routing, programs and promises.
#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {
namespace {

std::string silence_words(const HandOff& h) {
    if (!h.silence_after || h.silence == SilenceEnd::stays_open) return "the offer stays open";
    return std::string(h.silence == SilenceEnd::accepted ? "it counts as accepted" : "the offer expires") + " after " +
           in_words(*h.silence_after);
}

void diff_hand_off(Difference& d, const HandOff& was, const HandOff& is) {
    const std::string name = "the hand-off " + quoted(is.name.text);
    if (was.name.text != is.name.text)
        d.say("the hand-off " + quoted(was.name.text) + " is now called " + quoted(is.name.text) + ".");
    d.changed_name(name, "is now made at", {was.at.text, stage_name(d.before(), was.at.text)},
                   {is.at.text, stage_name(d.after(), is.at.text)});
    d.changed_name(name, "now comes from", {was.from.text, team_name(d.before(), was.from.text)},
                   {is.from.text, team_name(d.after(), is.from.text)});
    d.changed_name(name, "now goes to", {was.to.text, team_name(d.before(), was.to.text)},
                   {is.to.text, team_name(d.after(), is.to.text)});
    if (silence_words(was) == silence_words(is)) return;
    const std::string team = team_name(d.after(), is.to.text);
    const bool only_longer = was.silence == is.silence && was.silence_after && is.silence_after;
    const auto same_team = [&](const HandOff& h) { return h.to.text == is.to.text; };
    const bool ambiguous = std::count_if(d.after().hand_offs.begin(), d.after().hand_offs.end(), same_team) > 1;
    if (only_longer)
        d.say(team + " now has " + in_words(*is.silence_after) + " instead of " + in_words(*was.silence_after) +
              " to accept" + (ambiguous ? " (" + is.name.text + ")." : "."));
    else
        d.say("when " + team + " does not answer " + quoted(is.name.text) + ", " + silence_words(is) +
              " (before: " + silence_words(was) + ").");
}

void diff_reason(Difference& d, const Reason& was, const Reason& is) {
    if (was.label != is.label) d.say("the reason " + quoted(was.label) + " is now called " + quoted(is.label) + ".");
    d.changed_name("the reason " + quoted(is.label), "now leads to", {was.to.text, stage_name(d.before(), was.to.text)},
                   {is.to.text, stage_name(d.after(), is.to.text)});
    if (was.wake_after_days == is.wake_after_days) return;
    const auto words = [](const std::optional<std::int64_t>& days) {
        return days ? "for " + days_in_words(*days) : std::string("as long as the move says");
    };
    d.say("after the reason " + quoted(is.label) + ", the lead is now not offered again " + words(is.wake_after_days) +
          " instead of " + words(was.wake_after_days) + ".");
}

void diff_reason_list(Difference& d, const ReasonList& was, const ReasonList& is) {
    match(
        was.reasons, is.reasons,
        [&](const Reason& r) { d.say(quoted(r.label) + " can now be given as a reason for " + is.id + "."); },
        [&](const Reason& o, const Reason& n) { diff_reason(d, o, n); },
        [&](const Reason& r) { d.say(quoted(r.label) + " can no longer be given as a reason for " + is.id + "."); });
}

// ---- sections that act later ------------------------------------------------------------------------------------------

std::string condition(const Compiled& book, const std::optional<Text>& when) {
    return when ? in_words(book, *when) : std::string("everybody else");
}

std::string route_words(const Compiled& book, const Route& r) {
    const std::string to = team_name(book.source, r.to);
    return (r.name.empty() ? "" : quoted(r.name) + " ") + "(" + condition(book, r.when) + ") to " + to;
}

void diff_routing(Difference& d) {
    const auto routes = [](const Compiled& book) {
        std::vector<Named> all;
        for (const Route& r : book.source.routing)
            all.push_back({r.name + "\n" + (r.when ? r.when->text : "") + "\n" + r.to, route_words(book, r)});
        return all;
    };
    const std::vector<Named> was = routes(d.a);
    const std::vector<Named> is = routes(d.b);
    const auto same = [](const Named& x, const Named& y) { return x.key == y.key; };
    std::vector<std::string> order;
    for (const Named& route : is) order.push_back(route.words);
    d.came_and_went(
        was, is, [&](const std::string& r) { d.say("leads are now routed so: " + r + "."); },
        [&](const std::string& r) { d.say("leads are no longer routed so: " + r + "."); });
    if (!std::equal(was.begin(), was.end(), is.begin(), is.end(), same) &&
        std::is_permutation(was.begin(), was.end(), is.begin(), is.end(), same))
        d.say("routes are now tried in this order: " + listed(order, "then") + ".");
}

std::string steps_words(const Program& p) {
    std::vector<std::string> words;
    for (const ProgramStep& s : p.steps)
        words.push_back(s.wait ? "wait " + in_words(*s.wait) : s.kind + " " + quoted(s.text));
    return words.empty() ? "none" : listed(words, "then");
}

void diff_program(Difference& d, const Program& was, const Program& is) {
    const std::string name = "the program " + quoted(is.name);
    if (was.name != is.name) d.say("the program " + quoted(was.name) + " is now called " + quoted(is.name) + ".");
    const auto named = [](const Compiled& book, const std::optional<Text>& t) {
        return t ? Named{t->text, in_words(book, *t)} : Named{};
    };
    d.changed_name(name, "now takes in", named(d.a, was.entry), named(d.b, is.entry));
    d.changed_name(name, "now lets go at", named(d.a, was.exit), named(d.b, is.exit));
    d.changed_name(name, "now aims at", {was.goal, stage_name(d.before(), was.goal)},
                   {is.goal, stage_name(d.after(), is.goal)});
    d.changed(name, "is now seen to by", was.responsible, is.responsible);
    d.changed("the steps of " + name, "are now:", steps_words(was), steps_words(is));
}

void diff_commitments(Difference& d) {
    const auto same = [](const Commitment& x, const Commitment& y) {
        return x.team == y.team && x.what == y.what && x.per == y.per && x.segment == y.segment;
    };
    const auto find = [&](const std::vector<Commitment>& list, const Commitment& c) {
        return std::find_if(list.begin(), list.end(), [&](const Commitment& other) { return same(other, c); });
    };
    const auto tail = [](const Commitment& c) {
        return c.what + " a " + c.per + (c.segment.empty() ? "" : " (" + c.segment + ")");
    };
    for (const Commitment& c : d.after().commitments) {
        const auto was = find(d.before().commitments, c);
        const std::string team = team_name(d.after(), c.team);
        if (was == d.before().commitments.end())
            d.say(team + " now promises " + std::to_string(c.number) + " " + tail(c) + ".");
        else if (was->number != c.number)
            d.say(team + " now promises " + std::to_string(c.number) + " instead of " + std::to_string(was->number) +
                  " " + tail(c) + ".");
    }
    for (const Commitment& c : d.before().commitments)
        if (find(d.after().commitments, c) == d.after().commitments.end())
            d.say(team_name(d.before(), c.team) + " no longer promises " + std::to_string(c.number) + " " + tail(c) +
                  ".");
}

}  // namespace

void diff_hand_offs(Difference& d) {
    match(
        d.before().hand_offs, d.after().hand_offs,
        [&](const HandOff& h) {
            d.say("leads in " + stage_name(d.after(), h.at.text) + " are now offered to " +
                  team_name(d.after(), h.to.text) + "; without an answer, " + silence_words(h) + ".");
        },
        [&](const HandOff& was, const HandOff& is) { diff_hand_off(d, was, is); },
        [&](const HandOff& h) {
            d.say("leads in " + stage_name(d.before(), h.at.text) + " are no longer offered to " +
                  team_name(d.before(), h.to.text) + ".");
        });
}

void diff_reasons(Difference& d) {
    match(
        d.before().reasons, d.after().reasons,
        [&](const ReasonList& list) {
            std::vector<std::string> labels;
            for (const Reason& r : list.reasons) labels.push_back(quoted(r.label));
            d.say("there is a new list of reasons, " + list.id + ": " + listed(labels) + ".");
        },
        [&](const ReasonList& was, const ReasonList& is) { diff_reason_list(d, was, is); },
        [&](const ReasonList& list) { d.say("the list of reasons " + list.id + " is gone."); });
}

void diff_later(Difference& d) {
    diff_routing(d);
    match(
        d.before().programs, d.after().programs,
        [&](const Program& p) { d.say("there is a new program, " + quoted(p.name) + ": " + steps_words(p) + "."); },
        [&](const Program& was, const Program& is) { diff_program(d, was, is); },
        [&](const Program& p) { d.say("the program " + quoted(p.name) + " is gone."); });
    diff_commitments(d);
}

}  // namespace baton::playbook
