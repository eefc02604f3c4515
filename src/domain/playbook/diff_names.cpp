// What the playbook is called, who signs, and the names it declares.
#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {
namespace {

void diff_values(Difference& d, const std::string& name, const std::vector<std::string>& was,
                 const std::vector<std::string>& is) {
    if (was == is) return;
    if (is.empty()) return d.say(name + " may now hold anything.");
    if (was.empty()) return d.say(name + " may now hold only " + listed(is, "or") + ".");
    d.came_and_went(
        same_words(was), same_words(is),
        [&](const std::string& v) { d.say(name + " may now also be " + quoted(v) + "."); },
        [&](const std::string& v) { d.say(name + " can no longer be " + quoted(v) + "."); });
    if (std::is_permutation(was.begin(), was.end(), is.begin(), is.end()))
        d.say("the values of " + name + " are now listed in this order: " + listed(is) + ".");
}

void diff_property(Difference& d, const Property& was, const Property& is) {
    const std::string name = quoted(is.label);
    if (was.label != is.label) d.say(quoted(was.label) + " is now called " + name + ".");
    d.changed(name, "now holds", in_words(was.type), in_words(is.type));
    diff_values(d, name, was.values, is.values);
    if (was.filled_by != is.filled_by) d.changed(name, "is now filled by", listed(was.filled_by), listed(is.filled_by));
    if (was.personal != is.personal)
        d.say(name + (is.personal ? " now counts as personal data." : " no longer counts as personal data."));
}

void diff_properties(Difference& d, bool of_account) {
    const auto those = [&](const Playbook& book) {
        std::vector<Property> all;
        for (const Property& p : book.properties)
            if (p.of_account == of_account) all.push_back(p);
        return all;
    };
    const std::string whose = of_account ? " of a company" : " of a person";
    match(
        those(d.before()), those(d.after()),
        [&](const Property& p) { d.say(quoted(p.label) + whose + " is now kept: " + in_words(p.type) + "."); },
        [&](const Property& was, const Property& is) { diff_property(d, was, is); },
        [&](const Property& p) { d.say(quoted(p.label) + whose + " is no longer kept."); });
}

void diff_questions(Difference& d) {
    match(
        d.before().questions, d.after().questions,
        [&](const Question& q) { d.say("a new question is asked: " + quoted(q.ask)); },
        [&](const Question& was, const Question& is) {
            if (was.ask != is.ask) d.say("the question " + quoted(was.ask) + " now reads " + quoted(is.ask));
            d.changed("the answer to " + quoted(is.ask), "is now called", quoted(answer_name(d.before(), was)),
                      quoted(answer_name(d.after(), is)));
            d.changed("the answer to " + quoted(is.ask), "is now", in_words(was.type), in_words(is.type));
            diff_values(d, "the answer to " + quoted(is.ask), was.values, is.values);
        },
        [&](const Question& q) { d.say("this question is no longer asked: " + quoted(q.ask)); });
}

void diff_facts(Difference& d) {
    match(
        d.before().facts, d.after().facts,
        [&](const FactType& f) { d.say("a new kind of fact is known: " + f.label + "."); },
        [&](const FactType& was, const FactType& is) {
            if (was.label != is.label)
                d.say("the fact " + quoted(was.label) + " is now called " + quoted(is.label) + ".");
            match(
                was.properties, is.properties,
                [&](const Property& p) {
                    d.say("the fact " + quoted(is.label) + " now also tells " + quoted(p.label) + ".");
                },
                [&](const Property& o, const Property& n) { diff_property(d, o, n); },
                [&](const Property& p) {
                    d.say("the fact " + quoted(is.label) + " no longer tells " + quoted(p.label) + ".");
                });
        },
        [&](const FactType& f) { d.say("this kind of fact is no longer declared: " + f.label + "."); });
}

void diff_lists(Difference& d) {
    for (const auto& [name, list] : d.after().lists) {
        const auto was = d.before().lists.find(name);
        if (was == d.before().lists.end()) {
            d.say("there is a new list, " + quoted(name) + ": " + listed(list) + ".");
            continue;
        }
        d.came_and_went(
            same_words(was->second), same_words(list),
            [&, &key = name](const std::string& v) {
                d.say("the list " + quoted(key) + " now also has " + quoted(v) + ".");
            },
            [&, &key = name](const std::string& v) {
                d.say("the list " + quoted(key) + " no longer has " + quoted(v) + ".");
            });
    }
    for (const auto& [name, list] : d.before().lists)
        if (!d.after().lists.contains(name)) d.say("the list " + quoted(name) + " is gone.");
}

void diff_aggregates(Difference& d) {
    const auto words = [](const Compiled& book, const Aggregate& a) {
        return in_words(book, a.when, criteria::Scope::member);
    };
    match(
        d.before().aggregates, d.after().aggregates,
        [&](const Aggregate& a) {
            d.say("people of a company are now counted as " + quoted(a.label) + ": " + words(d.b, a) + ".");
        },
        [&](const Aggregate& was, const Aggregate& is) {
            if (was.label != is.label)
                d.say("the count " + quoted(was.label) + " is now called " + quoted(is.label) + ".");
            if (was.when.text != is.when.text)
                d.say("the count " + quoted(is.label) + " now takes people with " + words(d.b, is) +
                      " (before: " + words(d.a, was) + ").");
        },
        [&](const Aggregate& a) { d.say("the count " + quoted(a.label) + " is gone."); });
}

void diff_teams(Difference& d) {
    match(
        d.before().teams, d.after().teams, [&](const Team& t) { d.say("there is a new team, " + t.name + "."); },
        [&](const Team& was, const Team& is) {
            if (was.name != is.name) d.say("the team " + was.name + " is now called " + is.name + ".");
            d.changed("for " + is.name + ", the one responsible", "is now", was.responsible, is.responsible);
        },
        [&](const Team& t) { d.say("the team " + t.name + " is gone."); });
}

}  // namespace

void diff_general(Difference& d) {
    const Playbook& was = d.before();
    const Playbook& is = d.after();
    d.changed("the process", "is now called", quoted(was.name), quoted(is.name));
    d.changed("the id of the process", "is now", was.id, is.id);
    if (was.description != is.description) d.say("the process now describes itself so: " + quoted(is.description));
    d.changed("the process", "now runs for", quoted(was.process), quoted(is.process));
    match(
        was.signers, is.signers, [&](const Signer& s) { d.say(s.name + " must now sign as well."); },
        [&](const Signer& o, const Signer& n) {
            d.changed("the signer", "is now", o.name, n.name);
            d.changed(n.name, "now signs for", o.role, n.role);
        },
        [&](const Signer& s) { d.say(s.name + " no longer has to sign."); });
    const auto sites = [](const Playbook& book) {
        std::vector<std::string> names;
        for (const Text& site : book.own_sites) names.push_back(site.text);
        return same_words(names);
    };
    d.came_and_went(
        sites(was), sites(is),
        [&](const std::string& site) { d.say("the site " + quoted(site) + " now counts as one's own."); },
        [&](const std::string& site) { d.say("the site " + quoted(site) + " no longer counts as one's own."); });
    diff_teams(d);
}

void diff_names(Difference& d) {
    diff_properties(d, false);
    diff_properties(d, true);
    diff_questions(d);
    diff_facts(d);
    diff_lists(d);
    diff_aggregates(d);
}

}  // namespace baton::playbook
